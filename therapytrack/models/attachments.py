"""Files that people add to a student's record: what the database knows of them; their bytes are sealed elsewhere."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from therapytrack.models.base import WorkspaceRow, within_workspace


class Attachment(WorkspaceRow, table=True):
    """One file of a student, added at `created_at`.

    `name`: as it is shown and saved; `media_type`: as it was read, not as it was claimed; `size` in bytes and `sha256`
    are those of what is kept. One that was removed can be brought back until its bytes go; its row stays.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        within_workspace("student_id", "student"),
        within_workspace("uploaded_by_id", "membership"),
        within_workspace("removed_by_id", "membership"),
        Index("ix_attachment_student", "workspace_id", "student_id", "created_at"),
        CheckConstraint("size >= 0", name="size"),
        CheckConstraint(
            "media_type in ('image/jpeg', 'image/png', 'application/pdf', 'text/plain')", name="media_type"
        ),
    )

    student_id: UUID
    uploaded_by_id: UUID
    name: str = Field(max_length=120)
    media_type: str = Field(max_length=40)
    size: int
    sha256: str = Field(max_length=64)
    removed_at: datetime | None = None
    removed_by_id: UUID | None = None
