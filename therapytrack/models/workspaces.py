"""A workspace and the people in it."""

from datetime import datetime, time
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from therapytrack.models.base import Row, WorkspaceRow, key_with_workspace


class WorkspaceStatus(StrEnum):
    """Whether a workspace takes new data: read-only keeps viewing, closed keeps nothing."""

    ACTIVE = "active"
    READ_ONLY = "read_only"
    CLOSED = "closed"

    @classmethod
    def _missing_(cls, _value: object) -> "WorkspaceStatus":
        """A status that this release does not know opens nothing."""
        return cls.CLOSED


class AdminRole(StrEnum):
    """First axis: governing the workspace. It gives no clinical access."""

    NONE = "none"
    ADMIN = "admin"
    OWNER = "owner"

    @classmethod
    def _missing_(cls, _value: object) -> "AdminRole":
        """A role that this release does not know gives nothing."""
        return cls.NONE


class ClinicalRole(StrEnum):
    """Second axis: what a person may at most do with students whom she was granted."""

    NONE = "none"
    READER = "reader"
    ASSISTANT = "assistant"
    CLINICIAN = "clinician"
    SUPERVISOR = "supervisor"

    @classmethod
    def _missing_(cls, _value: object) -> "ClinicalRole":
        """A role that this release does not know gives nothing."""
        return cls.NONE


class MemberStatus(StrEnum):
    """Whether a membership counts. A suspended one can be resumed; a removed one only by a new invitation."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    REMOVED = "removed"


class Workspace(Row, table=True):
    """An organisation's own room: its people, students, settings and rules.

    `service_log_columns`: what its service log says beyond the minimum, a line a column: `domain.service_log`.
    `school_opens_at`, `school_closes_at`: a school's day, None for `domain.school_calendar.USUAL_HOURS`.
    """

    __tablename__ = "workspace"

    name: str = Field(max_length=200)
    time_zone: str = Field(default="America/New_York", max_length=64)
    us_state: str = Field(default="", max_length=2)
    status: str = Field(default=WorkspaceStatus.ACTIVE, max_length=20)
    ai_enabled: bool = False
    assistants_may_export: bool = False
    break_glass_enabled: bool = False
    alarm_students_an_hour: int = Field(default=25, sa_column_kwargs={"server_default": "25"})
    alarm_exports_an_hour: int = Field(default=3, sa_column_kwargs={"server_default": "3"})
    note_due_days: int = Field(default=7, sa_column_kwargs={"server_default": "7"})
    service_log_columns: str = Field(default="", max_length=4000, sa_column_kwargs={"server_default": text("''")})
    school_opens_at: time | None = None
    school_closes_at: time | None = None
    is_demo: bool = False
    version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})


class Membership(WorkspaceRow, table=True):
    """A person's place in a workspace on three axes, from when until when.

    `us_state`: the state whose rules hold for her work here, as the office set it; None where it is the workspace's.
    """

    __tablename__ = "membership"
    __table_args__ = (
        key_with_workspace("membership"),
        UniqueConstraint("workspace_id", "account_id"),
        Index(
            "ix_membership_one_owner",
            "workspace_id",
            unique=True,
            sqlite_where=text("admin_role = 'owner' AND status = 'active'"),
            postgresql_where=text("admin_role = 'owner' AND status = 'active'"),
        ),
    )

    account_id: UUID = Field(foreign_key="account.id", index=True)
    admin_role: str = Field(default=AdminRole.NONE, max_length=20)
    clinical_role: str = Field(default=ClinicalRole.NONE, max_length=20)
    billing: bool = False
    discipline: str = Field(default="", max_length=40)
    us_state: str | None = Field(default=None, max_length=2)
    status: str = Field(default=MemberStatus.ACTIVE, max_length=20)
    starts_at: datetime
    ends_at: datetime | None = None
    version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
