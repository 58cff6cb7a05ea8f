"""What a note is written from, who has read it, and what happens to it afterwards: returns, co-signatures, addenda."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from therapytrack.models.base import WorkspaceRow, key_with_workspace, within_workspace


class NoteTemplate(WorkspaceRow, table=True):
    """The workspace's own text for notes of a discipline ("" for any) and setting, with placeholders for data.

    A note keeps the words that came out of it: changing a template changes no note.
    """

    __tablename__ = "note_template"
    __table_args__ = (
        key_with_workspace("note_template"),
        CheckConstraint("setting in ('individual', 'group', 'consult')", name="setting"),
    )

    name: str = Field(max_length=60)
    discipline: str = Field(default="", max_length=40)
    setting: str = Field(max_length=20)
    text: str = Field(max_length=4000)
    position: int = 0
    archived_at: datetime | None = None
    version: int = 1


class NoteReading(WorkspaceRow, table=True):
    """Somebody had this very text of a note, over these very data, on her screen: what is signed in one go was read."""

    __tablename__ = "note_reading"
    __table_args__ = (
        within_workspace("entry_id", "session_entry"),
        within_workspace("reader_id", "membership"),
        UniqueConstraint("entry_id", "reader_id"),
    )

    entry_id: UUID
    reader_id: UUID
    note_version: int
    facts_hash: str = Field(max_length=64)
    read_at: datetime


class NoteAddendum(WorkspaceRow, table=True):
    """A correction or addition to a signed note; the note itself stays as it was signed."""

    __tablename__ = "note_addendum"
    __table_args__ = (
        key_with_workspace("note_addendum"),
        within_workspace("entry_id", "session_entry"),
        within_workspace("author_id", "membership"),
        Index("ix_note_addendum_entry", "workspace_id", "entry_id"),
    )

    entry_id: UUID
    author_id: UUID
    text: str = Field(max_length=20000)
    status: str = Field(max_length=20)
    content_hash: str = Field(max_length=64)
    signed_at: datetime | None = None


class NoteReturn(WorkspaceRow, table=True):
    """A supervisor sent a note or an addendum back; `returned_text` is what she read, to show the difference later."""

    __tablename__ = "note_return"
    __table_args__ = (
        within_workspace("entry_id", "session_entry"),
        within_workspace("returned_by_id", "membership"),
        Index("ix_note_return_entry", "workspace_id", "entry_id"),
    )

    entry_id: UUID
    addendum_id: UUID | None = Field(default=None, foreign_key="note_addendum.id")
    returned_by_id: UUID
    comment: str = Field(max_length=2000)
    returned_text: str = Field(max_length=20000)


class CoSignature(WorkspaceRow, table=True):
    """A supervisor's signature under the exact text whose hash she was shown. It is not supervision."""

    __tablename__ = "co_signature"
    __table_args__ = (
        within_workspace("entry_id", "session_entry"),
        within_workspace("signed_by_id", "membership"),
        Index("ix_co_signature_entry", "workspace_id", "entry_id"),
        Index(
            "ix_co_signature_once",
            "entry_id",
            unique=True,
            sqlite_where=text("addendum_id IS NULL"),
            postgresql_where=text("addendum_id IS NULL"),
        ),
        Index("ix_co_signature_addendum_once", "addendum_id", unique=True),
    )

    entry_id: UUID
    addendum_id: UUID | None = Field(default=None, foreign_key="note_addendum.id")
    signed_by_id: UUID
    content_hash: str = Field(max_length=64)
