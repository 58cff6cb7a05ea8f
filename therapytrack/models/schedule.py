"""The week as it repeats: schools and their calendar, slots with their students and changes, and the private feed."""

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from therapytrack.models.base import WorkspaceRow, key_with_workspace, within_workspace


class School(WorkspaceRow, table=True):
    """A place with a calendar of its own. One that is put away (`archived_at`) keeps its sessions.

    `opens_at`, `closes_at`: its day, None where it has the workspace's hours.
    """

    __tablename__ = "school"
    __table_args__ = (key_with_workspace("school"), UniqueConstraint("workspace_id", "name"))

    name: str = Field(max_length=120)
    archived_at: datetime | None = None
    opens_at: time | None = None
    closes_at: time | None = None


class SchoolTravel(WorkspaceRow, table=True):
    """Minutes on the road between two schools, in either direction; `from_id` is the smaller of the two ids."""

    __tablename__ = "school_travel"
    __table_args__ = (
        within_workspace("from_id", "school"),
        within_workspace("to_id", "school"),
        UniqueConstraint("from_id", "to_id"),
        CheckConstraint("from_id < to_id", name="one_way"),
        CheckConstraint("minutes >= 0 and minutes <= 240", name="minutes"),
    )

    from_id: UUID
    to_id: UUID
    minutes: int


class SchoolCalendarDay(WorkspaceRow, table=True):
    """Days, both dates inclusive, on which a school (None: every school) is closed or lets out at `closes_at`.

    `source` says who put it there: "typed", "holidays" (the defaults of the US state) or "import"; `uid` is the
    imported event's own, so that a second import of one file changes nothing.
    """

    __tablename__ = "school_calendar_day"
    __table_args__ = (
        within_workspace("school_id", "school"),
        Index("ix_school_calendar_day_days", "workspace_id", "last_on", "first_on"),
        Index("ix_school_calendar_day_uid", "workspace_id", "uid"),
        CheckConstraint("last_on >= first_on", name="ends_after_start"),
        CheckConstraint("kind in ('closed', 'early_release')", name="kind"),
        CheckConstraint("source in ('typed', 'holidays', 'import')", name="source"),
    )

    school_id: UUID | None = None
    first_on: date
    last_on: date
    kind: str = Field(max_length=20)
    closes_at: time | None = None
    label: str = Field(max_length=120)
    source: str = Field(default="typed", max_length=20)
    uid: str = Field(default="", max_length=255)


class ScheduleSlot(WorkspaceRow, table=True):
    """A meeting that repeats by `rule` (RFC 5545, "" for once), from `starts_on` until `ends_on` (None: open).

    Times are the school's clock. Nothing of the past is edited: a change from a day on
    ends this slot and makes another.
    """

    __tablename__ = "schedule_slot"
    __table_args__ = (
        key_with_workspace("schedule_slot"),
        within_workspace("provider_id", "membership"),
        within_workspace("school_id", "school"),
        Index("ix_schedule_slot_provider", "workspace_id", "provider_id"),
        CheckConstraint("minutes > 0 and minutes <= 600", name="minutes"),
    )

    provider_id: UUID
    title: str = Field(max_length=120)
    starts_on: date
    ends_on: date | None = None
    rule: str = Field(default="", max_length=100)
    starts: time
    minutes: int
    school_id: UUID | None = None
    place: str = Field(default="", max_length=120)
    delivery: str = Field(default="pull_out", max_length=20)
    version: int = 1


class SlotStudent(WorkspaceRow, table=True):
    """A student of a slot, in the order of the grid."""

    __tablename__ = "slot_student"
    __table_args__ = (
        within_workspace("slot_id", "schedule_slot"),
        within_workspace("student_id", "student"),
        UniqueConstraint("slot_id", "student_id"),
        Index("ix_slot_student_student", "workspace_id", "student_id"),
    )

    slot_id: UUID
    student_id: UUID
    position: int = 0


class SlotDay(WorkspaceRow, table=True):
    """One day of a slot, `on_date`, that was moved to `to_date` at `starts` for `minutes`.

    A day that is called off is no change of the slot: it is a session that was cancelled, with each student's reason.
    """

    __tablename__ = "slot_day"
    __table_args__ = (
        within_workspace("slot_id", "schedule_slot"),
        within_workspace("changed_by_id", "membership"),
        UniqueConstraint("slot_id", "on_date"),
        CheckConstraint("minutes > 0 and minutes <= 600", name="minutes"),
    )

    slot_id: UUID
    on_date: date
    to_date: date
    starts: time
    minutes: int
    changed_by_id: UUID


class StudentBusyTime(WorkspaceRow, table=True):
    """When a student cannot come: each week on `weekday` (Monday is 0), for example at lunch."""

    __tablename__ = "student_busy_time"
    __table_args__ = (
        within_workspace("student_id", "student"),
        Index("ix_student_busy_time_student", "workspace_id", "student_id"),
        CheckConstraint("weekday >= 0 and weekday <= 6", name="weekday"),
        CheckConstraint("ends > starts", name="ends_after_start"),
    )

    student_id: UUID
    weekday: int
    starts: time
    ends: time
    label: str = Field(max_length=60)


class CalendarFeed(WorkspaceRow, table=True):
    """One person's private address of her schedule; `shows` is "counts", "initials" or "first_names", by her choice.

    The database keeps the hash of the address's secret alone; a new feed revokes the earlier one.
    """

    __tablename__ = "calendar_feed"
    __table_args__ = (
        within_workspace("membership_id", "membership"),
        UniqueConstraint("token_hash"),
        Index("ix_calendar_feed_member", "workspace_id", "membership_id"),
        CheckConstraint("shows in ('counts', 'initials', 'first_names')", name="shows"),
    )

    membership_id: UUID
    token_hash: str = Field(max_length=64)
    shows: str = Field(default="counts", max_length=20)
    revoked_at: datetime | None = None
