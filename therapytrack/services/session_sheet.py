"""Everything that the live session's page shows about one session, except the trials: those come by plain HTTP."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import SeenEntry, SeenSession, access_session
from therapytrack.domain.accuracy import Score, percent_text
from therapytrack.domain.dates import clock_range, short_date
from therapytrack.domain.taps import milliseconds
from therapytrack.models import Account, Goal, GoalPoint, GoalVersion, Membership, Student, TherapySession
from therapytrack.services.activity import only_reads, record
from therapytrack.services.attendance_codes import CodeLine, choice_of, list_codes
from therapytrack.services.live import queue_owner
from therapytrack.services.live_marks import shown_version, standing
from therapytrack.services.prompt_scale import ScaleLevel, list_levels
from therapytrack.services.therapy_sessions import planned_minutes

Last = dict[tuple[UUID, str], str]
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class SheetGoal:
    """One goal that can be recorded; `target` and the last scores in words, "" when there is none."""

    id: str
    name: str
    measure: str
    target: str
    last_practice: str
    last_probe: str


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
    goals: list[SheetGoal]


@dataclass(frozen=True, slots=True)
class SessionSheet:
    """A session with those students whom the actor may view; times in milliseconds since 1970, 0 for not yet."""

    id: str
    owner: str
    title: str
    when: str
    place: str
    status: str
    started_at: int
    finished_at: int
    planned: int
    levels: list[ScaleLevel]
    codes: list[CodeLine]
    entries: list[SheetEntry]


@only_reads
def get_session_sheet(db: Session, actor: Actor, session_id: UUID, shown: Collection[str] = ()) -> SessionSheet:
    """The session as its page shows it, in at most seven statements; the view is logged. Raises NotFound.

    `shown`: entries that the open page shows already; looking at those again, because somebody changed them, is no
    other view.
    """
    seen = access_session(db, actor, session_id, Action.VIEW)
    if any(str(one.entry.id) not in shown for one in seen.entries):
        record(db, actor, Action.VIEW, record_kind="therapy_session", record_id=session_id, students=len(seen.entries))
    goals = _goals(db, actor, seen)
    last = _last_scores(db, actor, [goal.id for rows in goals.values() for goal in rows], seen.session)
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
        levels=list_levels(db, actor),
        codes=list_codes(db, actor),
        entries=[_entry(one, goals.get(one.entry.student_id, []), last, authors) for one in seen.entries],
    )


def in_session(
    db: Session, actor: Actor, session_id: UUID, service: Callable[..., R], *args: Any
) -> tuple[R, frozenset[str]]:
    """What `service` answers about one student's part, and the entries that the actor may view at this moment.

    A page of several students shows by them whose right has ended. Raises what `service` raises, and NotFound.
    """
    answer = service(db, actor, *args)
    seen = access_session(db, actor, session_id, Action.VIEW)
    return answer, frozenset(str(one.entry.id) for one in seen.entries)


def when_in_words(session: TherapySession, actor: Actor) -> str:
    """ "Nov 25, 10:00–10:30" on the workspace's clock."""
    zone = ZoneInfo(actor.time_zone)
    hours = clock_range(session.planned_start.astimezone(zone), session.planned_end.astimezone(zone))
    return f"{short_date(session.held_on)}, {hours}"


def _stamp(at: datetime | None) -> int:
    return milliseconds(at) if at else 0


def _entry(one: SeenEntry, goals: list[Any], last: Last, authors: dict[UUID, str]) -> SheetEntry:
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
        goals=[_goal(goal, last) for goal in goals],
    )


def _goal(goal: Any, last: Last) -> SheetGoal:
    return SheetGoal(
        id=str(goal.id),
        name=goal.label,
        measure=goal.measure,
        target=percent_text(goal.target_value),
        last_practice=last.get((goal.id, "practice"), ""),
        last_probe=last.get((goal.id, "probe"), ""),
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
    of_goal = (col(Goal.id), col(Goal.student_id), col(Goal.label))
    of_version = (col(GoalVersion.measure), col(GoalVersion.target_value), col(GoalVersion.starts_on))
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


def _last_scores(db: Session, actor: Actor, goals: Sequence[UUID], session: TherapySession) -> Last:
    asked = {"workspace": actor.workspace_id, "goals": goals, "day": session.held_on}
    found: Last = {}
    for row in db.execute(_last_query(), asked):
        score = Score(n=row.trials, correct=row.correct).independent
        found[row.goal_id, row.purpose] = percent_text(score) if score is not None else ""
    return found


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
        select(col(GoalPoint.goal_id), col(GoalPoint.purpose), col(GoalPoint.trials), col(GoalPoint.correct), newest)
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
