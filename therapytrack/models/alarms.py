"""What the owner is told of by itself: unusual volume, emergency access."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index
from sqlmodel import Field

from therapytrack.models.base import WorkspaceRow, key_with_workspace, within_workspace


class Alarm(WorkspaceRow, table=True):
    """Something unusual that one member did, for `told_id` to look at. `detail` holds counts and reasons, no names."""

    __tablename__ = "alarm"
    __table_args__ = (
        key_with_workspace("alarm"),
        within_workspace("membership_id", "membership"),
        within_workspace("told_id", "membership"),
        within_workspace("student_id", "student"),
        Index("ix_alarm_told", "workspace_id", "told_id", "seen_at"),
    )

    kind: str = Field(max_length=40)
    membership_id: UUID
    told_id: UUID
    student_id: UUID | None = None
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    seen_at: datetime | None = None
