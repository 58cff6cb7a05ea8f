"""Drafts from documented data: what was gathered, what was sent, what came back, what the person made of it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index
from sqlmodel import Field

from therapytrack.models.base import WorkspaceRow, key_with_workspace, within_workspace


class Draft(WorkspaceRow, table=True):
    """A draft summary of one student's documented data. Nothing is signed or sent by itself."""

    __tablename__ = "draft"
    __table_args__ = (
        key_with_workspace("draft"),
        within_workspace("student_id", "student"),
        within_workspace("author_id", "membership"),
        Index("ix_draft_student", "workspace_id", "student_id"),
    )

    student_id: UUID
    author_id: UUID
    kind: str = Field(default="summary", max_length=20)
    since: date
    until: date
    status: str = Field(default="preparing", max_length=20)
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    payload: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    source: str = Field(default="template", max_length=20)
    model: str = Field(default="", max_length=80)
    generated_text: str = Field(default="", max_length=20000)
    text: str = Field(default="", max_length=20000)
    problem: str = Field(default="", max_length=500)
    version: int = 1
    finished_at: datetime | None = None
