"""What is documented about a student in a period, gathered for a draft: five statements, whatever the history."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from therapytrack.access.actor import Actor
from therapytrack.domain.accuracy import Purpose, Score
from therapytrack.domain.attendance import LABELS, Attendance
from therapytrack.domain.chart_facts import facts_of, score_words
from therapytrack.domain.draft_facts import DataPoint, Facts, GoalData, SessionPart, Trend
from therapytrack.domain.goal_findings import Findings, GoalFacts, findings, with_phases
from therapytrack.domain.mastery import MasteryCriterion
from therapytrack.domain.measures import Measure
from therapytrack.domain.points import Metric, Phase, Point, is_baseline
from therapytrack.domain.score_words import counts_text, hits_of
from therapytrack.domain.units import clock_text, is_percent
from therapytrack.models import (
    Account,
    Goal,
    GoalPhase,
    GoalPoint,
    GoalVersion,
    Membership,
    NoteStatus,
    SessionEntry,
    SessionStatus,
    Student,
    TherapySession,
)
from therapytrack.services.goal_terms import asked_since, facts_of_version


@dataclass(frozen=True, slots=True)
class Asked:
    """What a goal asked for at the end of the period, and since when: `goal_data.asked_since`."""

    version: GoalVersion
    since: date | None


@dataclass(frozen=True, slots=True)
class Documented:
    """The facts, and how many of the attended sessions have a note that is not signed yet."""

    facts: Facts
    unsigned: int


def gather(
    db: Session, actor: Actor, student: Student, since: date, until: date, goal_id: UUID | None = None
) -> Documented:
    """Facts of `student` (one that the gate has granted) from `since` to `until`, both inclusive; all goals, or one."""
    entries = _entries(db, actor, student.id, since, until)
    goals = _goals(db, actor, student.id, until, goal_id)
    points = _points(db, actor, [goal.id for goal, _ in goals], since, until)
    phases = _phases(db, actor, [goal.id for goal, _ in goals])
    parts = tuple(_part(row) for row in entries)
    facts = Facts(
        student=student.preferred_name or student.given_name,
        since=since,
        until=until,
        sessions=parts,
        goals=tuple(_goal_data(goal, asked, points[goal.id], phases[goal.id]) for goal, asked in goals),
    )
    written = (NoteStatus.SIGNED, NoteStatus.COSIGNED)
    present = [row for row in entries if row.attendance == Attendance.PRESENT]
    return Documented(facts, sum(row.note_status not in written for row in present))


def people_to_hide(db: Session, actor: Actor) -> list[str]:
    """Every student's and every colleague's name in the workspace, to be taken out of what may leave it."""
    students = select(col(Student.given_name), col(Student.family_name), col(Student.preferred_name))
    rows = db.execute(students.where(col(Student.workspace_id) == actor.workspace_id))
    members = select(col(Account.name)).join(Membership, col(Membership.account_id) == col(Account.id))
    names = db.execute(members.where(col(Membership.workspace_id) == actor.workspace_id)).scalars()
    return [*(name for row in rows for name in (" ".join(row[:2]), row[2]) if name), *names]


def _entries(db: Session, actor: Actor, student_id: UUID, since: date, until: date) -> list[Any]:
    query = (
        select(
            col(SessionEntry.id),
            col(SessionEntry.held_on),
            col(SessionEntry.attendance),
            col(SessionEntry.minutes),
            col(SessionEntry.note_status),
        )
        .join(TherapySession, col(TherapySession.id) == col(SessionEntry.session_id))
        .where(
            col(SessionEntry.workspace_id) == actor.workspace_id,
            col(SessionEntry.student_id) == student_id,
            col(SessionEntry.held_on).between(since, until),
            col(SessionEntry.attendance) != Attendance.PLANNED,
            col(TherapySession.status) != SessionStatus.CANCELLED,
        )
    )
    return list(db.execute(query.order_by(col(SessionEntry.held_on), col(SessionEntry.id))))


def _part(row: Any) -> SessionPart:
    attended = row.attendance == Attendance.PRESENT
    reason = "" if attended else LABELS.get(Attendance(row.attendance), row.attendance).lower()
    return SessionPart(str(row.id), row.held_on, attended, row.minutes if attended else 0, reason)


def _goals(db: Session, actor: Actor, student_id: UUID, until: date, goal_id: UUID | None) -> list[tuple[Goal, Asked]]:
    """Active goals in their order, each with the version that held on `until` (else its first)."""
    query = (
        select(Goal, GoalVersion)
        .join(GoalVersion, col(GoalVersion.goal_id) == col(Goal.id))
        .where(
            col(Goal.workspace_id) == actor.workspace_id,
            col(Goal.student_id) == student_id,
            col(Goal.status) == "active",
        )
        .order_by(col(Goal.position), col(Goal.id), col(GoalVersion.number))
    )
    if goal_id is not None:
        query = query.where(col(Goal.id) == goal_id)
    goals: dict[UUID, Goal] = {}
    versions: defaultdict[UUID, list[GoalVersion]] = defaultdict(list)
    for goal, version in db.execute(query):
        goals[goal.id] = goal
        versions[goal.id].append(version)
    return [(goal, _asked(versions[goal.id], until)) for goal in goals.values()]


def _asked(versions: list[GoalVersion], until: date) -> Asked:
    held = ([one for one in versions if one.starts_on <= until] or versions[:1])[-1]
    return Asked(held, asked_since(versions, held))


def _points(db: Session, actor: Actor, goals: list[UUID], since: date, until: date) -> dict[UUID, list[Any]]:
    query = (
        select(GoalPoint, col(SessionEntry.author_id))
        .join(SessionEntry, col(SessionEntry.id) == col(GoalPoint.entry_id))
        .where(
            col(GoalPoint.workspace_id) == actor.workspace_id,
            col(GoalPoint.goal_id).in_(goals),
            col(GoalPoint.held_on).between(since, until),
            col(GoalPoint.trials) > 0,
        )
        .order_by(col(GoalPoint.held_on), col(GoalPoint.id))
    )
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in db.execute(query):
        found[row[0].goal_id].append(row)
    return found


def _phases(db: Session, actor: Actor, goals: list[UUID]) -> dict[UUID, list[Phase]]:
    query = select(GoalPhase).where(
        col(GoalPhase.workspace_id) == actor.workspace_id,
        col(GoalPhase.goal_id).in_(goals),
        col(GoalPhase.withdrawn_at).is_(None),
    )
    found: dict[UUID, list[Phase]] = defaultdict(list)
    for phase in db.execute(query).scalars():
        found[phase.goal_id].append(Phase(phase.name, phase.starts_on))
    return found


def _goal_data(goal: Goal, wanted: Asked, rows: list[Any], phases: list[Phase]) -> GoalData:
    version = wanted.version
    asked = facts_of_version(goal.label, version, wanted.since)
    criterion = asked.criterion
    points = with_phases([_point(row, author) for row, author in rows], phases)
    found = findings(asked, points)
    kept = [point for point in points if not is_baseline(point.phase) and point.value(asked.metric) is not None]
    task, told = version.measure == Measure.TASK, version.measure == Measure.NARRATIVE
    trials = not task and asked.metric in (Metric.INDEPENDENT, Metric.SUPPORTED)
    return GoalData(
        id=str(goal.id),
        label=goal.label,
        text=version.text,
        points=tuple(_data_point(point, asked.metric) for point in kept),
        counting=f"percent of steps {score_words(asked.metric)}" if task else score_words(asked.metric),
        kind="told" if told else "trials" if trials else "unit",
        criterion=criterion.describe() if criterion else "",
        status=_status(criterion, points, wanted.since),
        trend=_course(found),
        trend_text=_trend_text(asked, found),
    )


def _point(row: GoalPoint, author_id: UUID) -> Point:
    score = Score(row.trials, row.correct, row.cued, row.amount, row.value)
    return Point(row.held_on, score, Purpose(row.purpose), recorded_by=str(author_id), session_id=str(row.id))


def _data_point(point: Point, metric: Metric) -> DataPoint:
    counted = hits_of(metric, point.score)
    measured, ground = (None, "") if is_percent(metric) else (point.value(metric), counts_text(metric, point.score))
    if metric is Metric.COUNT:
        ground = f"in {clock_text(point.score.amount)}" if point.score.amount else "in the session"
    return DataPoint(point.session_id, point.on, str(point.purpose), counted, point.score.n, metric, measured, ground)


def _status(criterion: MasteryCriterion | None, points: list[Point], since: date | None) -> str:
    """Empty when the criterion asks for what points do not carry here: prompt levels, several people or settings."""
    if criterion is None or criterion.max_prompt_level is not None or max(criterion.people, criterion.settings) > 1:
        return ""
    met = criterion.is_met(points, since)
    return f"met on {met.met_on:%b} {met.met_on.day}, {met.met_on.year}" if met.met_on else "not met in this period"


def _course(found: Findings) -> Trend:
    """Rising or falling only when the slope's 95% interval leaves out zero; unknown without an interval."""
    if found.interval is None:
        return "unknown"
    low, high = found.interval
    return "rising" if low > 0 else "falling" if high < 0 else "level"


def _trend_text(asked: GoalFacts, found: Findings) -> str:
    trend = next(fact for fact in facts_of(asked, found) if fact.key == "trend")
    return f"{trend.headline} (Theil–Sen; {trend.detail})" if found.line else ""
