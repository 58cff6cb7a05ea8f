"""Who did what, when, to which record: append-only, in the transaction of the act itself."""

from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index
from sqlmodel import Field

from therapytrack.models.base import Row


class Activity(Row, table=True):
    """One act. `detail` holds counts, field names and reasons, never a name, a note's text or a student's value."""

    __tablename__ = "activity"
    __table_args__ = (
        Index("ix_activity_workspace", "workspace_id", "created_at"),
        Index("ix_activity_student", "student_id", "created_at"),
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
