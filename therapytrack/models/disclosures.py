"""The legal record of disclosures, apart from the activity log and kept as long as the student's record."""

from datetime import date
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from therapytrack.models.base import WorkspaceRow, key_with_workspace, within_workspace


class Disclosure(WorkspaceRow, table=True):
    """One disclosure of a student's record: to whom, why, when, what (34 CFR 99.32, 300.614).

    Append-only: a wrong entry is corrected by another that names it in `corrects_id`.
    """

    __tablename__ = "disclosure"
    __table_args__ = (
        key_with_workspace("disclosure"),
        within_workspace("student_id", "student"),
        within_workspace("recorded_by_id", "membership"),
        within_workspace("corrects_id", "disclosure"),
        Index("ix_disclosure_student", "workspace_id", "student_id", "disclosed_on"),
    )

    student_id: UUID
    party: str = Field(max_length=200)
    purpose: str = Field(max_length=500)
    disclosed_on: date
    what: str = Field(max_length=1000)
    recorded_by_id: UUID
    corrects_id: UUID | None = None
