"""A goal's plan for its page: objectives held against the data, the stages of its life, and what was withdrawn."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, case, cast, literal, null, select, union_all
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import access_goal
from therapytrack.domain.goal_form import TOLD
from therapytrack.domain.life_cycle import Entry, offer
from therapytrack.domain.mastery import MasteryCriterion, MasteryResult
from therapytrack.domain.measures import Measure, metric_of
from therapytrack.domain.objectives import Verdict, judge
from therapytrack.domain.points import Metric, Phase
from therapytrack.models import Account, GoalPhase, Membership, Objective, StudentEvent
from therapytrack.services.activity import only_reads, record
from therapytrack.services.caseload_rows import display_name
from therapytrack.services.goal_data import GoalRecord, load_goals
from therapytrack.services.goal_terms import asked_since
from therapytrack.services.prompt_scale import ScaleLevel, list_levels

SHARED = ("id", "created_at", "entered_by_id", "withdrawn_at", "withdrawn_by_id", "why")


@dataclass(frozen=True, slots=True)
class Entered:
    """Who entered something and when; `gone`: when, by whom and why it was withdrawn, "" each while it counts."""

    by: str
    on: date | None
    gone_by: str = ""
    gone_on: date | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class StageLine:
    """A stage from a day on, as it was entered."""

    id: UUID
    stage: str
    name: str
    starts_on: date
    entered: Entered


@dataclass(frozen=True, slots=True)
class ObjectiveLine:
    """An objective with where it stands; `verdict` is None for one that was withdrawn."""

    id: UUID
    text: str
    mastery: Mapping[str, Any]
    criterion: str
    target_on: date
    entered: Entered
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class EventLine:
    """An outside event of the student on this goal's chart; `here`: on this one alone."""

    id: UUID
    text: str
    on: date
    here: bool
    entered: Entered


@dataclass(frozen=True, slots=True)
class GoalPlan:
    """What the page shows; `why_not`: why the actor may not change it. `mastery` is the goal's own criterion now."""

    student: str
    label: str
    number: int
    text: str
    measure: str
    direction: str
    metric: Metric
    mastery: Mapping[str, Any]
    mastered: MasteryResult | None
    offer: str
    today: date
    stages: list[StageLine]
    objectives: list[ObjectiveLine]
    events: list[EventLine]
    levels: list[ScaleLevel]
    may_edit: bool
    why_not: str


@only_reads
def get_goal_plan(db: Session, actor: Actor, student_id: UUID, goal_id: UUID) -> GoalPlan:
    """The plan of one goal of that student, as of the workspace's today. The view is logged.

    Five statements, one more for a narrative. Raises NotFound, NotPermitted.
    """
    goal, seen = access_goal(db, actor, student_id, goal_id, Action.VIEW_PROGRESS)
    entries = _entries(db, actor, student_id, goal_id)
    stages = [row for row in entries if row.kind == GoalPhase.__tablename__]
    phases = [Phase(row.words, row.day, row.stage) for row in stages if row.withdrawn_at is None]
    records = load_goals(db, actor, [goal])
    record(db, actor, "view progress", student_id=student_id, record_kind="goal", record_id=goal_id)
    found = records[0] if records else None
    version = found.version_on(actor.today) if found else None
    mastered = found.chart_on(actor.today).mastery if found else None
    live = [Entry(one.stage, one.starts_on) for one in phases]
    mastery = version.mastery if version else TOLD
    measure = version.measure if version else Measure.NARRATIVE.value
    return GoalPlan(
        student=display_name(seen.student),
        label=goal.label,
        number=goal.position + 1,
        text=version.text if version else "",
        measure=measure,
        direction=version.direction if version else "up",
        metric=metric_of(measure, mastery),
        mastery=mastery,
        mastered=mastered,
        offer=offer(mastered, live, actor.today),
        today=actor.today,
        stages=[StageLine(row.id, row.stage, row.words, row.day, _entered(actor, row)) for row in stages],
        objectives=[_objective(actor, found, row) for row in entries if row.kind == Objective.__tablename__],
        events=[
            EventLine(row.id, row.words, row.day, bool(row.stage), _entered(actor, row))
            for row in entries
            if row.kind == StudentEvent.__tablename__
        ],
        levels=list_levels(db, actor),
        may_edit=seen.allows(Action.MANAGE_GOALS),
        why_not=seen.reason(Action.MANAGE_GOALS),
    )


def verdicts(found: GoalRecord, today: date) -> list[tuple[str, Verdict]]:
    """The words of each objective that counts, with where it stands."""
    return [(one.text, _verdict(today, found, one)) for one in found.objectives]


def _verdict(today: date, found: GoalRecord, one: Any) -> Verdict:
    since = asked_since(found.versions, found.version_on(today))
    return judge(MasteryCriterion.from_dict(one.mastery), one.target_on, found.points, today, since)


def _entries(db: Session, actor: Actor, student_id: UUID, goal_id: UUID) -> list[Any]:
    """The stages and objectives that were ever entered and the events that are drawn, in their order, with who entered
    and withdrew each. One statement: `kind` says which it is, `day` when a stage begins, an objective is due or
    something happened, `stage` of an event that it is of this goal alone."""
    makers, ends, maker, ender = aliased(Membership), aliased(Membership), aliased(Account), aliased(Account)
    of_stage: tuple[Any, ...] = (
        literal(0).label("position"),
        col(GoalPhase.name).label("words"),
        col(GoalPhase.starts_on).label("day"),
    )
    of_step: tuple[Any, ...] = (col(Objective.position), col(Objective.text), col(Objective.target_on))
    parts = [
        select(
            literal(table.__tablename__).label("kind"),
            *(col(getattr(table, name)) for name in SHARED),
            *columns,
            kind.label("stage"),
            mastery.label("mastery"),
        ).where(col(table.workspace_id) == actor.workspace_id, col(table.goal_id) == goal_id)
        for table, columns, kind, mastery in (
            (GoalPhase, of_stage, col(GoalPhase.stage), cast(null(), JSON)),
            (Objective, of_step, literal(""), col(Objective.mastery)),
        )
    ]
    entry = union_all(*parts, _happened(actor, student_id, goal_id)).subquery()
    query = (
        select(entry, col(maker.name).label("by"), col(ender.name).label("gone_by"))
        .outerjoin(makers, col(makers.id) == entry.c.entered_by_id)
        .outerjoin(maker, col(maker.id) == col(makers.account_id))
        .outerjoin(ends, col(ends.id) == entry.c.withdrawn_by_id)
        .outerjoin(ender, col(ender.id) == col(ends.account_id))
        .order_by(entry.c.position, entry.c.kind, entry.c.day, entry.c.created_at, entry.c.id)
    )
    return list(db.execute(query))


def _happened(actor: Actor, student_id: UUID, goal_id: UUID) -> Any:
    event = StudentEvent
    shared = (literal("") if name == "why" else col(getattr(event, name)) for name in SHARED)
    return select(
        literal(event.__tablename__),
        *shared,
        literal(0),
        col(event.text),
        col(event.happened_on),
        case((col(event.goal_id).is_(None), ""), else_="here"),
        cast(null(), JSON),
    ).where(
        col(event.workspace_id) == actor.workspace_id,
        col(event.student_id) == student_id,
        col(event.goal_id).is_(None) | (col(event.goal_id) == goal_id),
        col(event.withdrawn_at).is_(None),
    )


def _entered(actor: Actor, row: Any) -> Entered:
    on = row.created_at.astimezone(actor.zone).date() if row.by else None
    if row.withdrawn_at is None:
        return Entered(row.by or "", on)
    return Entered(row.by or "", on, row.gone_by or "", row.withdrawn_at.astimezone(actor.zone).date(), row.why)


def _objective(actor: Actor, found: GoalRecord | None, row: Any) -> ObjectiveLine:
    known = {one.id: one for one in found.objectives} if found else {}
    verdict = _verdict(actor.today, found, known[row.id]) if found and row.id in known else None
    criterion = MasteryCriterion.from_dict(row.mastery).describe()
    return ObjectiveLine(row.id, row.words, row.mastery, criterion, row.day, _entered(actor, row), verdict)
