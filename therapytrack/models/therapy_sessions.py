"""Therapy sessions, each student's part in them, the trials recorded, and the points derived from trials."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from therapytrack.models.base import WorkspaceRow, key_with_workspace, within_workspace

# The parts whose session was missed, as the index of them says it: queries use these very words.
MISSED = "attendance NOT IN ('present', 'planned')"


def only_where(condition: str) -> dict[str, Any]:
    """The rows that an index holds, in the words of both databases."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class SessionStatus(StrEnum):
    """Where a therapy session stands."""

    PLANNED = "planned"
    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class NoteStatus(StrEnum):
    """Where a note stands; text can change in draft and returned only, and only by its author."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    SIGNED = "signed"
    COSIGNED = "cosigned"


class TherapySession(WorkspaceRow, table=True):
    """One meeting with a student or a group, planned or held; times in UTC, `held_on` the workspace's local date.

    One that came of the schedule says of which slot and which of its days (`slot_on`): each is held once.
    `credited_minutes`: what a student who was there throughout is credited with; None: the planned minutes.
    """

    __tablename__ = "therapy_session"
    __table_args__ = (
        key_with_workspace("therapy_session"),
        within_workspace("provider_id", "membership"),
        within_workspace("slot_id", "schedule_slot"),
        within_workspace("school_id", "school"),
        UniqueConstraint("slot_id", "slot_on"),
        Index("ix_therapy_session_day", "workspace_id", "held_on"),
        CheckConstraint("planned_end > planned_start", name="ends_after_start"),
    )

    title: str = Field(max_length=120)
    provider_id: UUID
    held_on: date
    planned_start: datetime
    planned_end: datetime
    place: str = Field(default="", max_length=120)
    delivery: str = Field(default="pull_out", max_length=20)
    slot_id: UUID | None = None
    slot_on: date | None = None
    school_id: UUID | None = None
    status: str = Field(default=SessionStatus.PLANNED, max_length=20)
    started_at: datetime | None = None
    finished_at: datetime | None = None
    credited_minutes: int | None = None


class AttendanceCode(WorkspaceRow, table=True):
    """The workspace's own word for what happened: it stands for one normal reason, which alone is counted."""

    __tablename__ = "attendance_code"
    __table_args__ = (
        key_with_workspace("attendance_code"),
        CheckConstraint(
            "reason in ('present', 'student_absent', 'student_refused', 'provider_absent', 'school_closed', "
            "'school_activity', 'provider_duty')",
            name="reason",
        ),
    )

    label: str = Field(max_length=60)
    reason: str = Field(max_length=30)
    make_up_owed: bool = False
    position: int = 0
    archived_at: datetime | None = None
    version: int = 1


class SessionEntry(WorkspaceRow, table=True):
    """One student's part: attendance, minutes and note. `held_on` is copied here so that sums need no join.

    `arrived_at`, `left_at`: when the student came or left, None where that was with the session's own hours.
    `makes_up_id`: the missed part that this one makes up. `make_up` says of a missed part "owed" or "not_owed" against
    its code's policy, with `make_up_why`; "" follows the policy. What a signature covers of these are the times alone.
    """

    __tablename__ = "session_entry"
    __table_args__ = (
        key_with_workspace("session_entry"),
        within_workspace("session_id", "therapy_session"),
        within_workspace("student_id", "student"),
        within_workspace("author_id", "membership"),
        within_workspace("attendance_code_id", "attendance_code"),
        within_workspace("makes_up_id", "session_entry"),
        UniqueConstraint("session_id", "student_id"),
        Index(
            "ix_session_entry_minutes", "workspace_id", "student_id", "held_on", "attendance", "minutes", "makes_up_id"
        ),
        Index("ix_session_entry_missed", "workspace_id", "student_id", "held_on", **only_where(MISSED)),
        Index("ix_session_entry_makes_up", "workspace_id", "makes_up_id", **only_where("makes_up_id IS NOT NULL")),
        Index("ix_session_entry_author", "workspace_id", "author_id", "note_status"),
        CheckConstraint("minutes >= 0 and minutes <= 600", name="minutes"),
        CheckConstraint("left_at > arrived_at", name="leaves_after_arriving"),
        CheckConstraint("make_up in ('', 'owed', 'not_owed')", name="make_up"),
        CheckConstraint("makes_up_id <> id", name="makes_up_another"),
    )

    session_id: UUID
    student_id: UUID
    author_id: UUID
    position: int = 0
    held_on: date
    attendance: str = Field(default="planned", max_length=30)
    attendance_code_id: UUID | None = None
    minutes: int = 0
    arrived_at: datetime | None = None
    left_at: datetime | None = None
    makes_up_id: UUID | None = None
    make_up: str = Field(default="", max_length=10, sa_column_kwargs={"server_default": text("''")})
    make_up_why: str = Field(default="", max_length=200, sa_column_kwargs={"server_default": text("''")})
    note: str = Field(default="", max_length=20000)
    note_version: int = 1
    note_status: str = Field(default=NoteStatus.DRAFT, max_length=20)
    note_saved_at: datetime | None = None
    submitted_at: datetime | None = None
    signed_at: datetime | None = None
    content_hash: str = Field(default="", max_length=64)


class Trial(WorkspaceRow, table=True):
    """One raw event of a goal, append-only, keyed where it was tapped: a trial, an occurrence, a stopwatch's stop, ...

    `outcome` says what happened (`domain.measures.TAKES`), `place` at which target, step, interval or level, `amount`
    how many milliseconds it took. `prompt_rank` is a rank of the workspace's scale of `scale_version`. Undo is a
    tombstone (`undone_at`), never a deletion.
    """

    __tablename__ = "trial"
    __table_args__ = (
        within_workspace("session_id", "therapy_session"),
        within_workspace("entry_id", "session_entry"),
        within_workspace("goal_id", "goal"),
        within_workspace("recorded_by_id", "membership"),
        Index("ix_trial_session", "workspace_id", "session_id", "changed_at"),
        Index("ix_trial_point", "entry_id", "goal_id", "purpose"),
    )

    session_id: UUID
    entry_id: UUID
    goal_id: UUID
    goal_version_id: UUID = Field(foreign_key="goal_version.id")
    recorded_by_id: UUID
    outcome: str = Field(max_length=20)
    prompt_rank: int | None = None
    scale_version: int | None = None
    place: int | None = None
    amount: int | None = None
    purpose: str = Field(max_length=10)
    tapped_at: datetime
    sequence: int = 0
    changed_at: datetime
    undone_at: datetime | None = None
    undone_by_id: UUID | None = None


class SecondTrial(WorkspaceRow, table=True):
    """A trial as a second, independent scorer saw it. It counts in no point, chart or minute.

    `place`, `prompt_rank` and `scale_version` as in `Trial`.
    """

    __tablename__ = "second_trial"
    __table_args__ = (
        within_workspace("session_id", "therapy_session"),
        within_workspace("entry_id", "session_entry"),
        within_workspace("goal_id", "goal"),
        within_workspace("scorer_id", "membership"),
        Index("ix_second_trial_session", "workspace_id", "session_id", "changed_at"),
        Index("ix_second_trial_goal", "workspace_id", "goal_id"),
    )

    session_id: UUID
    entry_id: UUID
    goal_id: UUID
    scorer_id: UUID
    outcome: str = Field(max_length=20)
    prompt_rank: int | None = None
    scale_version: int | None = None
    place: int | None = None
    purpose: str = Field(max_length=10)
    tapped_at: datetime
    sequence: int = 0
    changed_at: datetime
    undone_at: datetime | None = None


class GoalPoint(WorkspaceRow, table=True):
    """Events of one goal in one entry by purpose, counted: a chart reads points, not taps.

    `trials`: observations of any kind; `correct`: those that count. For what is no percentage `amount` is the observed
    milliseconds (0 where none are) and `value` the point in the measure's unit, NULL while it cannot be said.
    """

    __tablename__ = "goal_point"
    __table_args__ = (
        within_workspace("entry_id", "session_entry"),
        within_workspace("goal_id", "goal"),
        UniqueConstraint("goal_id", "entry_id", "purpose"),
        Index("ix_goal_point_goal", "workspace_id", "goal_id", "held_on"),
        Index("ix_goal_point_purpose", "workspace_id", "goal_id", "purpose", "held_on"),
        Index("ix_goal_point_day", "workspace_id", "held_on"),
    )

    goal_id: UUID
    entry_id: UUID
    goal_version_id: UUID = Field(foreign_key="goal_version.id")
    held_on: date
    purpose: str = Field(max_length=10)
    trials: int
    correct: int
    cued: int
    amount: int | None = None
    value: float | None = None


class GoalNarrative(WorkspaceRow, table=True):
    """What happened with one goal in one entry, in words; saved over the `version` that was seen, like a note."""

    __tablename__ = "goal_narrative"
    __table_args__ = (
        within_workspace("entry_id", "session_entry"),
        within_workspace("goal_id", "goal"),
        UniqueConstraint("entry_id", "goal_id"),
        Index("ix_goal_narrative_goal", "workspace_id", "goal_id", "held_on"),
    )

    entry_id: UUID
    goal_id: UUID
    goal_version_id: UUID = Field(foreign_key="goal_version.id")
    held_on: date
    text: str = Field(default="", max_length=5000)
    version: int = 1
    saved_at: datetime
