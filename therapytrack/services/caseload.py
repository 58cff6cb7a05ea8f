"""The caseload: one row for each student that the actor may view, with what is owed next.

Five statements whatever the number of students; sums never go through the sessions, and points are read from a bounded
number, so that a long history costs nothing.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Date, Integer, String, and_, case, cast, func, literal, null, select, union_all
from sqlmodel import Session, col

from therapytrack.access.actor import Actor
from therapytrack.access.gate import Seen, visible_students
from therapytrack.domain.goal_findings import GoalFacts
from therapytrack.domain.mastery import MasteryCriterion
from therapytrack.domain.minutes import Mandate as MandatedMinutes
from therapytrack.domain.minutes import Per, Period, active_part, period_of
from therapytrack.domain.points import Direction
from therapytrack.domain.standing import Standing, standing
from therapytrack.models import (
    Goal,
    GoalVersion,
    Iep,
    Mandate,
    SessionEntry,
    SessionStatus,
    TherapySession,
)
from therapytrack.services.goal_counts import counts_of

LAST_SEEN_WINDOW = timedelta(days=400)
NEXT_WINDOW = timedelta(days=60)
MOMENT: Any = col(TherapySession.planned_start)
MISSED_BY_STUDENT = ("student_absent", "student_refused")


@dataclass(frozen=True, slots=True)
class StandingGoal:
    """An active goal with its standing."""

    id: UUID
    facts: GoalFacts
    standing: Standing


@dataclass(slots=True)
class StudentFacts:
    """Everything that a row says about one student, as values."""

    seen: Seen
    iep_due: date | None = None
    mandate: MandatedMinutes | None = None
    period: Period | None = None
    active: Period | None = None
    delivered: int = 0
    last_present: date | None = None
    last_missed: date | None = None
    next_start: datetime | None = None
    goals: Sequence[StandingGoal] = ()


class _Attended(NamedTuple):
    delivered: int
    last_present: date | None
    last_missed: date | None


def list_caseload(db: Session, actor: Actor, *, archived: bool = False) -> list[StudentFacts]:
    """The students that the actor may view, by family name, with the facts of their rows. Five statements."""
    seen = visible_students(db, actor, archived=archived)
    return list(facts_of(db, actor, seen).values())


def facts_of(db: Session, actor: Actor, seen: Sequence[Seen]) -> dict[UUID, StudentFacts]:
    """The facts of students already granted, in their order. Four statements, none when there is nobody."""
    found = {one.student.id: StudentFacts(one) for one in seen}
    if not found:
        return found
    ids = list(found)
    _add_plans(db, actor, found)
    for student_id, attended in _attended(db, actor, found).items():
        facts = found[student_id]
        facts.delivered, facts.last_present, facts.last_missed = attended
    goals = _goals(db, actor, ids)
    counts = counts_of(db, actor, [goal_id for goals_of in goals.values() for goal_id in goals_of])
    for student_id, versions in goals.items():
        found[student_id].goals = [
            StandingGoal(goal_id, facts, standing(facts, counts[goal_id])) for goal_id, facts in versions.items()
        ]
    return found


def _add_plans(db: Session, actor: Actor, found: Mapping[UUID, StudentFacts]) -> None:
    """IEP dates, running mandates and next sessions: three short lists in one statement."""
    for kind, student_id, first, second, minutes, sessions, period, starts in db.execute(_plans(actor, list(found))):
        facts = found[student_id]
        if kind == "iep":
            facts.iep_due = second
        elif kind == "mandate":
            facts.mandate = MandatedMinutes(minutes, sessions, Per(period), first, second)
            facts.period = period_of(facts.mandate, actor.today)
            facts.active = active_part(facts.mandate, facts.period)
        else:
            facts.next_start = starts


def _plans(actor: Actor, ids: list[UUID]) -> Any:
    """Rows of (kind, student, date, date, minutes, sessions, period, time), the older first within a kind."""
    return union_all(_ieps(actor, ids), _mandates(actor, ids), _next_sessions(actor, ids)).order_by("kind", "first")


def _ieps(actor: Actor, ids: list[UUID]) -> Any:
    no_number = cast(null(), Integer)
    starts_on = col(Iep.starts_on)
    return select(
        cast(literal("iep"), String).label("kind"),
        col(Iep.student_id).label("student_id"),
        starts_on.label("first"),
        col(Iep.review_due_on).label("second"),
        no_number.label("minutes"),
        no_number.label("sessions"),
        cast(literal(""), String).label("period"),
        cast(null(), MOMENT.type).label("starts"),
    ).where(col(Iep.workspace_id) == actor.workspace_id, col(Iep.student_id).in_(ids), starts_on <= actor.today)


def _mandates(actor: Actor, ids: list[UUID]) -> Any:
    ended = col(Mandate.ends_on)
    return select(
        cast(literal("mandate"), String),
        col(Mandate.student_id),
        col(Mandate.starts_on),
        ended,
        col(Mandate.minutes),
        col(Mandate.sessions),
        col(Mandate.period),
        cast(null(), MOMENT.type),
    ).where(
        col(Mandate.workspace_id) == actor.workspace_id,
        col(Mandate.student_id).in_(ids),
        col(Mandate.starts_on) <= actor.today,
        ended.is_(None) | (ended >= actor.today),
    )


def _next_sessions(actor: Actor, ids: list[UUID]) -> Any:
    no_day, no_number = cast(null(), Date), cast(null(), Integer)
    return (
        select(
            cast(literal("next"), String),
            col(SessionEntry.student_id),
            no_day,
            no_day,
            no_number,
            no_number,
            cast(literal(""), String),
            func.min(MOMENT),
        )
        .join(TherapySession, col(TherapySession.id) == col(SessionEntry.session_id))
        .where(col(SessionEntry.workspace_id) == actor.workspace_id, col(SessionEntry.student_id).in_(ids))
        .where(col(SessionEntry.held_on).between(actor.today, actor.today + NEXT_WINDOW))
        .where(col(TherapySession.status) == SessionStatus.PLANNED, col(TherapySession.planned_end) > actor.at)
        .group_by(col(SessionEntry.student_id))
    )


def _attended(db: Session, actor: Actor, found: Mapping[UUID, StudentFacts]) -> dict[UUID, _Attended]:
    """Minutes since the start of each student's own period, and the last days present and missed. One statement."""
    held, attendance = col(SessionEntry.held_on), col(SessionEntry.attendance)
    since: dict[date, list[UUID]] = defaultdict(list)
    for student_id, facts in found.items():
        if facts.active:
            since[facts.active.start].append(student_id)
    inside = [
        (and_(col(SessionEntry.student_id).in_(ids), held >= start), col(SessionEntry.minutes))
        for start, ids in since.items()
    ]
    delivered = func.coalesce(func.sum(case(*inside, else_=0)), 0) if inside else literal(0)
    query = (
        select(
            col(SessionEntry.student_id),
            delivered,
            func.max(case((attendance == "present", held))),
            func.max(case((attendance.in_(MISSED_BY_STUDENT), held))),
        )
        .where(col(SessionEntry.workspace_id) == actor.workspace_id, col(SessionEntry.student_id).in_(list(found)))
        .where(held.between(actor.today - LAST_SEEN_WINDOW, actor.today))
        .group_by(col(SessionEntry.student_id))
    )
    return {row[0]: _Attended(int(row[1]), row[2], row[3]) for row in db.execute(query)}


def _goals(db: Session, actor: Actor, ids: list[UUID]) -> dict[UUID, dict[UUID, GoalFacts]]:
    """The active goals of each student in their order, as they read today."""
    query = (
        select(
            col(Goal.student_id),
            col(Goal.id),
            col(Goal.label),
            col(GoalVersion.starts_on),
            col(GoalVersion.direction),
            col(GoalVersion.target_value),
            col(GoalVersion.target_on),
            col(GoalVersion.baseline_value),
            col(GoalVersion.baseline_on),
            col(GoalVersion.mastery),
        )
        .join(GoalVersion, col(GoalVersion.goal_id) == col(Goal.id))
        .where(col(Goal.workspace_id) == actor.workspace_id, col(Goal.student_id).in_(ids))
        .where(col(Goal.status) == "active")
        .order_by(col(Goal.position), col(Goal.id), col(GoalVersion.number))
    )
    found: dict[UUID, dict[UUID, GoalFacts]] = defaultdict(dict)
    for student_id, goal_id, label, starts_on, *rest in db.execute(query):
        if starts_on <= actor.today or goal_id not in found[student_id]:
            found[student_id][goal_id] = goal_facts(label, *rest)
    return found


def goal_facts(
    label: str,
    direction: str,
    target_value: float,
    target_on: date,
    baseline_value: float | None,
    baseline_on: date | None,
    mastery: Mapping[str, Any],
) -> GoalFacts:
    """The numbers of a stored version, in percent."""
    criterion = MasteryCriterion.from_dict(mastery) if mastery else None
    return GoalFacts(label, target_value, target_on, Direction(direction), baseline_value, baseline_on, criterion)
