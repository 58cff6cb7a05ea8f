"""The day at a glance: today's sessions with what can be done next, and the notes that still wait for a signature."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, select
from sqlmodel import Session, col

from therapytrack.access import ties
from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import visible_lines
from therapytrack.access.queries import run_plain
from therapytrack.access.seen import SeenLine, StudentLine
from therapytrack.domain.dates import clock_range, short_date
from therapytrack.models import Student, TherapySession
from therapytrack.services.activity import only_reads, record
from therapytrack.services.caseload_sql import days_around, lines_and_day
from therapytrack.services.work_queue import my_unsigned

LONGEST_LIST = 60


@dataclass(frozen=True, slots=True)
class DaySession:
    """One of today's sessions with those of its students whom the actor may view."""

    id: str
    title: str
    hours: str
    place: str
    status: str
    can_start: bool
    students: Sequence[StudentLine]


@dataclass(frozen=True, slots=True)
class UnsignedSession:
    """A finished session of which `notes` of the actor's notes are unsigned; `students`: whose, by first name."""

    id: str
    title: str
    day: str
    notes: int
    students: str


@dataclass(frozen=True, slots=True)
class Day:
    """What the page Today shows; `students` are those with whom the actor may record a session."""

    sessions: list[DaySession]
    unsigned: list[UnsignedSession]
    students: list[StudentLine]


@only_reads
def get_day(db: Session, actor: Actor) -> Day:
    """Today in the workspace's time zone, in two statements and the log's row. Sees only what the actor may view."""
    rows = visible_lines(db, actor, lines_and_day(), **days_around(actor))
    seen = {one.student.id: one for one, _ in rows}
    parts = [(one, columns) for one, columns in rows if columns[0] is not None]
    unsigned = _unsigned(db, actor)
    record(db, actor, Action.VIEW, record_kind="today", students=students_in(parts))
    return Day(
        sessions=sessions_of(actor, parts),
        unsigned=unsigned,
        students=[one.student for one in seen.values() if one.allows(Action.RECORD_SESSION)],
    )


def students_in(parts: Sequence[tuple[SeenLine, Sequence[Any]]]) -> int:
    """How many students have a session today."""
    return len({one.student.id for one, _ in parts})


def sessions_of(actor: Actor, parts: Sequence[tuple[SeenLine, Sequence[Any]]]) -> list[DaySession]:
    """The day's sessions that were not cancelled, by their start; `parts` are students with columns of DAY."""
    grouped: dict[UUID, list[tuple[SeenLine, Sequence[Any]]]] = {}
    for one, columns in sorted(parts, key=lambda part: part[1][0]):
        grouped.setdefault(columns[1], []).append((one, columns))
    order = sorted(grouped.values(), key=lambda group: (group[0][1][3], group[0][1][1]))
    return [_day_session(actor, group) for group in order if group[0][1][6] != "cancelled"]


def _day_session(actor: Actor, group: Sequence[tuple[SeenLine, Sequence[Any]]]) -> DaySession:
    zone = ZoneInfo(actor.time_zone)
    _, key, title, start, end, place, status = group[0][1]
    return DaySession(
        id=str(key),
        title=title,
        hours=clock_range(start.astimezone(zone), end.astimezone(zone)),
        place=place,
        status=status,
        can_start=any(one.allows(Action.RECORD_SESSION) for one, _ in group),
        students=[one.student for one, _ in group],
    )


def _unsigned(db: Session, actor: Actor) -> list[UnsignedSession]:
    """The finished sessions with unsigned notes of the actor's, newest first."""
    rows = run_plain(db, actor, _unsigned_sessions())
    return [
        UnsignedSession(str(key), title, short_date(held_on), notes, students)
        for key, title, held_on, notes, students in rows
    ]


@cache
def _unsigned_sessions() -> Any:
    session = (col(TherapySession.id), col(TherapySession.title), col(TherapySession.held_on))
    start = col(TherapySession.planned_start)
    called = case((col(Student.preferred_name) != "", col(Student.preferred_name)), else_=col(Student.given_name))
    whose = func.aggregate_strings(called, ", ")
    query = my_unsigned(select(*session, func.count(), whose)).where(ties.may_view()).group_by(*session, start)
    return query.order_by(col(TherapySession.held_on).desc(), start.desc(), col(TherapySession.id)).limit(LONGEST_LIST)
