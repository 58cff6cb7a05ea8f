"""IEP goals as dated versions, their stages and objectives, and the prompt levels that a workspace defines."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from therapytrack.models.base import WorkspaceRow, key_with_workspace, within_workspace

# What has not been withdrawn, as the index of it says it.
LIVE = "withdrawn_at IS NULL"


class Goal(WorkspaceRow, table=True):
    """A measurable annual goal; its words and numbers stand in its versions.

    `targets`: the words or sounds that are worked on, as {"name", "away"}; a mark names one by its number, from 1, so
    none is ever taken out of the list.
    """

    __tablename__ = "goal"
    __table_args__ = (
        key_with_workspace("goal"),
        within_workspace("student_id", "student"),
        Index("ix_goal_student", "workspace_id", "student_id"),
    )

    student_id: UUID
    label: str = Field(max_length=80)
    position: int = 0
    status: str = Field(default="active", max_length=20)
    targets: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    version: int = 1


class GoalVersion(WorkspaceRow, table=True):
    """The goal as it read from `starts_on`. A version that has data is never edited: a new one is made.

    `setup`: what the measure needs to know (`domain.measures.Setup`); `places`: its steps or levels, 0 without.
    Values (baseline, target) are in the unit of the measure.
    """

    __tablename__ = "goal_version"
    __table_args__ = (
        key_with_workspace("goal_version"),
        within_workspace("goal_id", "goal"),
        UniqueConstraint("goal_id", "number"),
        CheckConstraint(
            "measure in ('trials', 'tally', 'task', 'frequency', 'rate', 'duration', 'latency', 'interval', 'rubric', "
            "'narrative')",
            name="measure",
        ),
        CheckConstraint("direction in ('up', 'down')", name="direction"),
    )

    goal_id: UUID
    number: int = 1
    starts_on: date
    text: str = Field(max_length=2000)
    condition: str = Field(default="", max_length=500)
    behavior: str = Field(default="", max_length=500)
    criterion: str = Field(default="", max_length=500)
    measure: str = Field(default="trials", max_length=20)
    direction: str = Field(default="up", max_length=4)
    baseline_value: float | None = None
    baseline_on: date | None = None
    target_value: float
    target_on: date
    mastery: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    setup: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    places: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class GoalPhase(WorkspaceRow, table=True):
    """A stage of a goal's life from a day on (`domain.life_cycle`): where the chart's data path breaks.

    `name` stands at the line. An entry is never changed: it is withdrawn, and `corrects_id` of another one names it.
    """

    __tablename__ = "goal_phase"
    __table_args__ = (
        within_workspace("goal_id", "goal"),
        within_workspace("entered_by_id", "membership"),
        within_workspace("withdrawn_by_id", "membership"),
        Index(
            "ix_goal_phase_one_a_day",
            "goal_id",
            "starts_on",
            unique=True,
            sqlite_where=text(LIVE),
            postgresql_where=text(LIVE),
        ),
        CheckConstraint(
            "stage in ('baseline', 'acquisition', 'generalization', 'maintenance', 'mastered', 'discontinued')",
            name="stage",
        ),
    )

    goal_id: UUID
    stage: str = Field(default="acquisition", max_length=20, sa_column_kwargs={"server_default": "acquisition"})
    name: str = Field(max_length=60)
    starts_on: date
    entered_by_id: UUID | None = None
    corrects_id: UUID | None = None
    withdrawn_at: datetime | None = None
    withdrawn_by_id: UUID | None = None
    why: str = Field(default="", max_length=200, sa_column_kwargs={"server_default": text("''")})


class StudentEvent(WorkspaceRow, table=True):
    """What happened outside of teaching (new hearing aids, another classroom): a dotted line on the student's charts.

    `goal_id`: on the chart of that goal alone. It is corrected in place and withdrawn, which can be undone.
    """

    __tablename__ = "student_event"
    __table_args__ = (
        within_workspace("student_id", "student"),
        within_workspace("goal_id", "goal"),
        within_workspace("entered_by_id", "membership"),
        within_workspace("withdrawn_by_id", "membership"),
        Index("ix_student_event_student", "workspace_id", "student_id"),
    )

    student_id: UUID
    goal_id: UUID | None = None
    happened_on: date
    text: str = Field(max_length=60)
    entered_by_id: UUID
    changed_at: datetime
    withdrawn_at: datetime | None = None
    withdrawn_by_id: UUID | None = None


class Objective(WorkspaceRow, table=True):
    """A step on the way to a goal, measured with the goal's own data: a short-term objective or a benchmark.

    `mastery` as in `GoalVersion`, its target in it. An entry is never changed, as with `GoalPhase`; `why` it was
    withdrawn.
    """

    __tablename__ = "objective"
    __table_args__ = (
        within_workspace("goal_id", "goal"),
        within_workspace("entered_by_id", "membership"),
        within_workspace("withdrawn_by_id", "membership"),
        Index("ix_objective_goal", "workspace_id", "goal_id"),
    )

    goal_id: UUID
    position: int = 0
    text: str = Field(max_length=500)
    mastery: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    target_on: date
    entered_by_id: UUID
    corrects_id: UUID | None = None
    withdrawn_at: datetime | None = None
    withdrawn_by_id: UUID | None = None
    why: str = Field(default="", max_length=200)


class BankGoal(WorkspaceRow, table=True):
    """A goal of the workspace's bank, for any student: words with placeholders, and a criterion.

    `discipline` "" is any, `grade_band` as in `domain.goal_bank`; `mastery`, `setup` and `places` as in `GoalVersion`;
    `search` are the words by which it is found, casefolded.
    """

    __tablename__ = "bank_goal"
    __table_args__ = (
        key_with_workspace("bank_goal"),
        CheckConstraint("grade_band in ('', 'prek', 'k2', 'g35', 'g68', 'g912', 'post')", name="grade_band"),
    )

    label: str = Field(max_length=80)
    discipline: str = Field(default="", max_length=40)
    area: str = Field(default="", max_length=60)
    grade_band: str = Field(default="", max_length=10)
    measure: str = Field(default="trials", max_length=20)
    direction: str = Field(default="up", max_length=4)
    condition: str = Field(max_length=500)
    behavior: str = Field(max_length=500)
    criterion: str = Field(max_length=500)
    target_value: float
    mastery: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    setup: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    places: int = 0
    search: str = Field(max_length=4000)
    retired_at: datetime | None = None
    version: int = 1


class PromptLevel(WorkspaceRow, table=True):
    """One level of the workspace's prompt scale, with its definition; a changed scale is a new `scale_version`."""

    __tablename__ = "prompt_level"
    __table_args__ = (key_with_workspace("prompt_level"), UniqueConstraint("workspace_id", "scale_version", "rank"))

    scale_version: int = 1
    rank: int
    name: str = Field(max_length=60)
    definition: str = Field(max_length=500)
