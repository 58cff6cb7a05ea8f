"""Who did what, when, to which record: append-only, chained, in the transaction of the act itself."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field

from therapytrack.models.base import Row, WorkspaceRow, within_workspace


class Activity(Row, table=True):
    """One act. `detail` holds counts, field names and reasons, never a name, a note's text or a student's value.

    Rows of one workspace form a chain, and so do rows of none (before sign-in): `sequence` counts from 1 without a gap,
    and `hash` covers all columns of the row and the hash of the row before it, under the key `key_id`.
    """

    __tablename__ = "activity"
    __table_args__ = (
        Index("ix_activity_workspace", "workspace_id", "created_at"),
        Index("ix_activity_student", "student_id", "created_at"),
        Index("ix_activity_member", "membership_id", "created_at"),
        Index("ix_activity_chain", "workspace_id", "sequence", unique=True),
        Index(
            "ix_activity_own_chain",
            "sequence",
            unique=True,
            sqlite_where=text("workspace_id IS NULL"),
            postgresql_where=text("workspace_id IS NULL"),
        ),
    )

    workspace_id: UUID | None = Field(default=None, foreign_key="workspace.id")
    account_id: UUID | None = Field(default=None, foreign_key="account.id")
    membership_id: UUID | None = None
    action: str = Field(max_length=60)
    outcome: str = Field(default="done", max_length=10)
    student_id: UUID | None = None
    record_kind: str = Field(default="", max_length=40)
    record_id: UUID | None = None
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    sequence: int = Field(sa_type=BigInteger)
    key_id: str = Field(max_length=16)
    hash: str = Field(max_length=64)


class AuditHead(Row, table=True):
    """Where one chain ends: its last sequence and hash, and a seal over both that no row can give.

    `id` is the workspace's, all zeros for the chain of no workspace. It only moves forward.
    """

    __tablename__ = "audit_head"

    workspace_id: UUID | None = Field(default=None, foreign_key="workspace.id")
    sequence: int = Field(sa_type=BigInteger)
    hash: str = Field(max_length=64)
    key_id: str = Field(max_length=16)
    seal: str = Field(max_length=64)


class RefusalCount(WorkspaceRow, table=True):
    """How often one person was refused one act on a kind of record within the hour that began at `since`.

    It is taken away when that hour is over and the log tells what it counted (`services.refusal_tally`).
    """

    __tablename__ = "refusal_count"
    __table_args__ = (
        within_workspace("membership_id", "membership"),
        UniqueConstraint("workspace_id", "account_id", "action", "record_kind"),
    )

    account_id: UUID = Field(foreign_key="account.id")
    membership_id: UUID | None = None
    action: str = Field(max_length=60)
    record_kind: str = Field(default="", max_length=40)
    since: datetime
    count: int
