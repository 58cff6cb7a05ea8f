"""Students, the rights that people hold on each, and the dates and minutes of their IEPs."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from therapytrack.models.base import WorkspaceRow, key_with_workspace, within_workspace


class Student(WorkspaceRow, table=True):
    """A child on the caseload. `version` guards the profile against two people saving at once.

    `plan_version` counts the changes of the goals: an open session compares it and loads its grid again.

    From `next_case_manager_from` on, the case manager is `next_case_manager_id`: ask `case_manager_at`.
    """

    __tablename__ = "student"
    __table_args__ = (
        key_with_workspace("student"),
        within_workspace("case_manager_id", "membership"),
        within_workspace("next_case_manager_id", "membership"),
    )

    given_name: str = Field(max_length=300)
    family_name: str = Field(max_length=300)
    preferred_name: str = Field(default="", max_length=300)
    pronouns: str = Field(default="", max_length=40)
    birth_date: date | None = None
    grade: str = Field(default="", max_length=4)
    school: str = Field(default="", max_length=200)
    local_number: str = Field(default="", max_length=60)
    medicaid_number: str = Field(default="", max_length=40, sa_column_kwargs={"server_default": text("''")})
    case_manager_id: UUID
    archived_at: datetime | None = None
    on_hold: bool = False
    ai_opt_out: bool = False
    version: int = 1
    plan_version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    next_case_manager_id: UUID | None = None
    next_case_manager_from: datetime | None = None

    def case_manager_at(self, at: datetime) -> UUID:
        """Whose case the student is at `at`."""
        changes = self.next_case_manager_from
        if self.next_case_manager_id is not None and changes is not None and changes <= at:
            return self.next_case_manager_id
        return self.case_manager_id


class StudentGrant(WorkspaceRow, table=True):
    """What one member may do with one student, by whom, from when until when. Never edited: ended and made anew."""

    __tablename__ = "student_grant"
    __table_args__ = (
        within_workspace("student_id", "student"),
        within_workspace("membership_id", "membership"),
        within_workspace("granted_by_id", "membership"),
        within_workspace("ended_by_id", "membership"),
        Index("ix_student_grant_member", "workspace_id", "membership_id", "student_id"),
        Index("ix_student_grant_student", "workspace_id", "student_id"),
        CheckConstraint("kind in ('explicit', 'break_glass')", name="kind"),
    )

    student_id: UUID
    membership_id: UUID
    granted_by_id: UUID
    kind: str = Field(default="explicit", max_length=20)
    can_view: bool = True
    can_edit: bool = False
    can_export: bool = False
    can_generate: bool = False
    reason: str = Field(default="", max_length=500)
    starts_at: datetime
    ends_at: datetime | None = None
    ended_by_id: UUID | None = None


class Iep(WorkspaceRow, table=True):
    """One IEP's dates (34 CFR 300.324: reviewed at least yearly; 300.303: re-evaluation within three years)."""

    __tablename__ = "iep"
    __table_args__ = (within_workspace("student_id", "student"), Index("ix_iep_student", "workspace_id", "student_id"))

    student_id: UUID
    starts_on: date
    review_due_on: date
    reevaluation_due_on: date | None = None


class Mandate(WorkspaceRow, table=True):
    """Minutes that an IEP mandates: `minutes` in each of `sessions` per `period`, both dates inclusive.

    `max_group`: the largest group in which they may be given (1: alone, None: any). `setting`, `place` and `delivery`
    are "" where the IEP does not say.
    """

    __tablename__ = "mandate"
    __table_args__ = (
        within_workspace("student_id", "student"),
        Index("ix_mandate_student", "workspace_id", "student_id"),
        CheckConstraint("minutes > 0 and sessions > 0", name="positive"),
        CheckConstraint("period in ('week', 'month', 'quarter', 'year')", name="period"),
        CheckConstraint("max_group >= 1 and max_group <= 12", name="max_group"),
        CheckConstraint("setting in ('', 'individual', 'group')", name="setting"),
    )

    student_id: UUID
    service: str = Field(default="", max_length=60)
    minutes: int
    sessions: int
    period: str = Field(max_length=10)
    starts_on: date
    ends_on: date | None = None
    max_group: int | None = None
    setting: str = Field(default="", max_length=20, sa_column_kwargs={"server_default": text("''")})
    place: str = Field(default="", max_length=120, sa_column_kwargs={"server_default": text("''")})
    delivery: str = Field(default="", max_length=20, sa_column_kwargs={"server_default": text("''")})
    version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})


class Enrollment(WorkspaceRow, table=True):
    """A student's time at one school, both dates inclusive (None: still). Without any she is enrolled always."""

    __tablename__ = "enrollment"
    __table_args__ = (
        within_workspace("student_id", "student"),
        Index("ix_enrollment_student", "workspace_id", "student_id"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
    )

    student_id: UUID
    school: str = Field(max_length=200)
    starts_on: date
    ends_on: date | None = None
    version: int = 1
