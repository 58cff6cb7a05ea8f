"""Everything that the live session's page shows about one session, except the trials: those come by plain HTTP."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.entries import access_session_with
from therapytrack.access.places import access_places
from therapytrack.access.seen import SeenEntry, SeenSession
from therapytrack.domain.accuracy import Score
from therapytrack.domain.measures import Measure, metric_of
from therapytrack.domain.points import Metric
from therapytrack.domain.score_words import score_text, value_of
from therapytrack.domain.taps import milliseconds
from therapytrack.domain.units import value_text
from therapytrack.models import Account, Goal, GoalPoint, GoalVersion, Membership, Student, TherapySession
from therapytrack.services.activity import only_reads, record
from therapytrack.services.attendance_codes import CodeLine, choice_of, codes_in
from therapytrack.services.entry_times import EntryTimes, beside_entries, entry_times, when_in_words
from therapytrack.services.finishing import ends_all
from therapytrack.services.live import queue_owner
from therapytrack.services.live_marks import shown_version, standing
from therapytrack.services.make_ups import missed_in, missed_window
from therapytrack.services.narratives import narratives_of
from therapytrack.services.prompt_scale import ScaleLevel, list_levels
from therapytrack.services.session_hits import hits_in
from therapytrack.services.therapy_sessions import planned_minutes

LAST_COLUMNS = ("goal_id", "purpose", "trials", "correct", "amount", "value")
Texts = dict[tuple[UUID, UUID], tuple[str, int]]
Last = dict[tuple[UUID, str], str]
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class SheetGoal:
    """One goal that can be recorded; `target` and the last scores in words, "" when there is none.

    `setup` as in `GoalVersion`; `targets` are (number, name) of those in use; `text` and `text_version` the narrative.
    """

    id: str
    name: str
    measure: str
    target: str
    last_practice: str
    last_probe: str
    setup: dict[str, Any]
    targets: tuple[tuple[int, str], ...]
    text: str
    text_version: int


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """One student's part; `note` is empty when the actor may not read it, `note_why` says why she may not write it.

    `choice`: as in `attendance_codes.choice_of`. `standing`: as in `domain.entry_facts`.
    """

    id: str
    student: Student
    attendance: str
    choice: str
    minutes: int
    can_record: bool
    record_why: str
    can_write: bool
    note_why: str
    note: str
    note_version: int
    standing: str
    times: EntryTimes
    goals: list[SheetGoal]


@dataclass(frozen=True, slots=True)
class SessionSheet:
    """A session with those students whom the actor may view; times in milliseconds since 1970, 0 for not yet. `ends`:
    whether it is hers to end for all; `hit`: what the school calendar says against it, "" for nothing."""

    id: str
    owner: str
    title: str
    when: str
    place: str
    status: str
    started_at: int
    finished_at: int
    planned: int
    ends: bool
    hit: str
    levels: list[ScaleLevel]
    codes: list[CodeLine]
    entries: list[SheetEntry]


@only_reads
def get_session_sheet(db: Session, actor: Actor, session_id: UUID, shown: Collection[str] = ()) -> SessionSheet:
    """The session as its page shows it, in at most six statements and one for narratives; the view is logged.

    Raises NotFound.

    `shown`: entries that the open page shows already; looking at those again, because somebody changed them, is no
    other view.
    """
    seen, beside = access_session_with(db, actor, session_id, Action.VIEW, beside_entries(), **missed_window(actor))
    if any(str(one.entry.id) not in shown for one in seen.entries):
        record(db, actor, Action.VIEW, record_kind="therapy_session", record_id=session_id, students=len(seen.entries))
    goals = _goals(db, actor, seen)
    texts = _texts(db, actor, seen, goals)
    last = _last_scores(db, actor, [goal for rows in goals.values() for goal in rows], seen.session)
    authors = _authors(db, actor, seen)
    session = seen.session
    return SessionSheet(
        id=str(session.id),
        owner=queue_owner(actor),
        title=session.title,
        when=when_in_words(session, actor),
        place=session.place,
        status=session.status,
        started_at=_stamp(session.started_at),
        finished_at=_stamp(session.finished_at),
        planned=planned_minutes(session),
        ends=ends_all(actor, seen, beside[0][2]),
        hit=hits_in(beside[0][3], session, {one.seen.student.school for one in seen.entries}, actor),
        levels=list_levels(db, actor),
        codes=codes_in(beside[0][0]),
        entries=[
            _entry(one, goals.get(one.entry.student_id, []), (last, texts), authors, _times(one, actor, columns))
            for one, columns in zip(seen.entries, beside, strict=True)
        ],
    )


def in_session(
    db: Session, actor: Actor, session_id: UUID, service: Callable[..., R], *args: Any
) -> tuple[R, frozenset[str]]:
    """What `service` answers about one student's part, and the entries that the actor may view at this moment.

    A page of several students shows by them whose right has ended. Raises what `service` raises, and NotFound.
    """
    answer = service(db, actor, *args)
    seen = access_places(db, actor, session_id, Action.VIEW)
    return answer, frozenset(str(one.entry.id) for one in seen.entries)


def _stamp(at: datetime | None) -> int:
    return milliseconds(at) if at else 0


def _times(one: SeenEntry, actor: Actor, beside: Sequence[Any]) -> EntryTimes:
    return entry_times(one.entry, actor, missed_in(beside[1]))


def _entry(
    one: SeenEntry, goals: list[Any], known: tuple[Last, Texts], authors: dict[UUID, str], times: EntryTimes
) -> SheetEntry:
    entry = one.entry
    own = one.allows(Action.EDIT_NOTE)
    why = one.reason(Action.EDIT_NOTE)
    if not own and entry.author_id in authors:
        why = f"{authors[entry.author_id]} writes this note."
    return SheetEntry(
        id=str(entry.id),
        student=one.seen.student,
        attendance=entry.attendance,
        choice=choice_of(entry),
        minutes=entry.minutes,
        can_record=one.allows(Action.RECORD_SESSION) and entry.note_status in ("draft", "returned"),
        record_why=one.reason(Action.RECORD_SESSION),
        can_write=own,
        note_why="" if own else why,
        note=entry.note if one.note_readable else "",
        note_version=shown_version(one),
        standing=standing(one),
        times=times,
        goals=[_goal(goal, entry.id, *known) for goal in goals],
    )


def _goal(goal: Any, entry: UUID, last: Last, texts: Texts) -> SheetGoal:
    metric = metric_of(goal.measure, goal.mastery)
    text, version = texts.get((entry, goal.id), ("", 0))
    return SheetGoal(
        id=str(goal.id),
        name=goal.label,
        measure=goal.measure,
        target="" if metric is Metric.NOTHING else value_text(metric, goal.target_value),
        last_practice=last.get((goal.id, "practice"), ""),
        last_probe=last.get((goal.id, "probe"), ""),
        setup=goal.setup,
        targets=tuple((n, one["name"]) for n, one in enumerate(goal.targets, start=1) if not one["away"]),
        text=text,
        text_version=version,
    )


def _goals(db: Session, actor: Actor, seen: SeenSession) -> dict[UUID, list[Any]]:
    """Active goals by student, each with the version that held on the session's day (or its first)."""
    students = [one.entry.student_id for one in seen.entries]
    chosen: dict[UUID, Any] = {}
    for row in db.execute(_goal_query(), {"workspace": actor.workspace_id, "students": students}):
        if row.id not in chosen or row.starts_on <= seen.session.held_on:
            chosen[row.id] = row
    by_student: dict[UUID, list[Any]] = {}
    for row in chosen.values():
        by_student.setdefault(row.student_id, []).append(row)
    return by_student


@cache
def _goal_query() -> Any:
    """Every version of every active goal, as the plain columns that a row of the grid shows."""
    of_goal = (col(Goal.id), col(Goal.student_id), col(Goal.label), col(Goal.targets))
    version = ("measure", "target_value", "starts_on", "setup", "mastery")
    of_version = (col(getattr(GoalVersion, name)) for name in version)
    return (
        select(*of_goal, *of_version)
        .join(GoalVersion, col(GoalVersion.goal_id) == col(Goal.id))
        .where(
            col(Goal.workspace_id) == bindparam("workspace"),
            col(Goal.student_id).in_(bindparam("students", expanding=True)),
            col(Goal.status) == "active",
        )
        .order_by(col(Goal.position), col(Goal.id), col(GoalVersion.number))
    )


def _texts(db: Session, actor: Actor, seen: SeenSession, goals: dict[UUID, list[Any]]) -> Texts:
    """The narratives of the session, (text, version) by entry and goal; no statement where no goal is told in words."""
    if not any(goal.measure == Measure.NARRATIVE for rows in goals.values() for goal in rows):
        return {}
    rows = narratives_of(db, actor, [one.entry.id for one in seen.entries])
    return {(row.entry_id, row.goal_id): (row.text, row.version) for row in rows}


def _last_scores(db: Session, actor: Actor, goals: Sequence[Any], session: TherapySession) -> Last:
    metrics = {goal.id: _shown(metric_of(goal.measure, goal.mastery)) for goal in goals}
    asked = {"workspace": actor.workspace_id, "goals": list(metrics), "day": session.held_on}
    found: Last = {}
    for row in db.execute(_last_query(), asked):
        score = Score(row.trials, row.correct, 0, row.amount, row.value)
        if value_of(metrics[row.goal_id], score) is not None:
            found[row.goal_id, row.purpose] = score_text(metrics[row.goal_id], score)
    return found


def _shown(metric: Metric) -> Metric:
    """The grid tells what was right without help, whatever the criterion counts."""
    return Metric.INDEPENDENT if metric is Metric.SUPPORTED else metric


@cache
def _last_query() -> Any:
    """The newest point of each goal and purpose before a day."""
    newest = (
        func.row_number()
        .over(
            partition_by=(col(GoalPoint.goal_id), col(GoalPoint.purpose)),
            order_by=(col(GoalPoint.held_on).desc(), col(GoalPoint.id).desc()),
        )
        .label("newest")
    )
    points = (
        select(*(col(getattr(GoalPoint, name)) for name in LAST_COLUMNS), newest)
        .where(
            col(GoalPoint.workspace_id) == bindparam("workspace"),
            col(GoalPoint.goal_id).in_(bindparam("goals", expanding=True)),
            col(GoalPoint.held_on) < bindparam("day"),
            col(GoalPoint.trials) > 0,
        )
        .subquery()
    )
    return select(points).where(points.c.newest == 1)


def _authors(db: Session, actor: Actor, seen: SeenSession) -> dict[UUID, str]:
    """Names of colleagues who write notes of this session."""
    others = {one.entry.author_id for one in seen.entries} - {actor.membership_id}
    if not others:
        return {}
    rows = db.execute(
        select(col(Membership.id), col(Account.name))
        .join(Account, col(Account.id) == col(Membership.account_id))
        .where(col(Membership.workspace_id) == actor.workspace_id, col(Membership.id).in_(others))
    )
    return {row[0]: row[1] for row in rows}
