"""The schedule's statements: sessions by day, and what a week is held against."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Date, and_, bindparam, case, func, or_, select
from sqlmodel import Session, col

from therapytrack.access import ties
from therapytrack.access.actor import Actor
from therapytrack.access.gate import visible_lines
from therapytrack.access.queries import run_plain, the_lines
from therapytrack.access.seen import SeenLine
from therapytrack.access.slots import name_of
from therapytrack.domain.clashes import BusyTime, GroupLimit
from therapytrack.domain.school_calendar import USUAL_HOURS, DayHours, DayKind, SchoolDay
from therapytrack.models import (
    Mandate,
    School,
    SchoolCalendarDay,
    SchoolTravel,
    SessionEntry,
    Student,
    StudentBusyTime,
    TherapySession,
    Workspace,
)
from therapytrack.services.json_rows import JsonRows, rows_in

FIRST, LAST = bindparam("first", type_=Date), bindparam("last", type_=Date)


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A session of the schedule; `slot_id` and `slot_on` when it came of a slot."""

    id: UUID
    title: str
    provider_id: UUID
    provider: str
    held_on: date
    start: datetime
    end: datetime
    place: str
    delivery: str
    status: str
    school_id: UUID | None
    slot_id: UUID | None
    slot_on: date | None


COLUMNS = (
    col(TherapySession.id),
    col(TherapySession.title),
    col(TherapySession.provider_id),
    name_of(col(TherapySession.provider_id)),
    col(TherapySession.held_on),
    col(TherapySession.planned_start),
    col(TherapySession.planned_end),
    col(TherapySession.place),
    col(TherapySession.delivery),
    col(TherapySession.status),
    col(TherapySession.school_id),
    col(TherapySession.slot_id),
    col(TherapySession.slot_on),
)


def visible_sessions(db: Session, actor: Actor, first: date, last: date) -> list[tuple[SessionLine, list[SeenLine]]]:
    """The sessions held between two days, or of a slot's day between them, each with her students. One statement."""
    found: dict[UUID, tuple[SessionLine, list[SeenLine]]] = {}
    for one, columns in visible_lines(db, actor, _sessions(), first=first, last=last):
        _, students = found.get(columns[0]) or found.setdefault(columns[0], (SessionLine(*columns), []))
        students.append(one)
    return list(found.values())


@cache
def _sessions() -> Any:
    query = the_lines(*COLUMNS).join(SessionEntry, col(SessionEntry.student_id) == col(Student.id))
    query = query.join(TherapySession, col(TherapySession.id) == col(SessionEntry.session_id))
    between = or_(col(TherapySession.held_on).between(FIRST, LAST), col(TherapySession.slot_on).between(FIRST, LAST))
    order = (col(TherapySession.planned_start), col(TherapySession.id), col(SessionEntry.position))
    return query.where(col(TherapySession.workspace_id) == ties.WORKSPACE, between, ties.may_view()).order_by(*order)


@cache  # the same objects each time: the statements that they stand in are found by them
def around_columns() -> tuple[Any, Any]:
    """When the student of the enclosing query cannot come, and how large a group may be: read with `around_in`."""
    busy = select(
        JsonRows(
            col(StudentBusyTime.weekday),
            col(StudentBusyTime.starts),
            col(StudentBusyTime.ends),
            col(StudentBusyTime.label),
        )
    ).where(col(StudentBusyTime.workspace_id) == ties.WORKSPACE, col(StudentBusyTime.student_id) == col(Student.id))
    hers = (col(Mandate.workspace_id) == ties.WORKSPACE, col(Mandate.student_id) == col(Student.id))
    limits = select(JsonRows(col(Mandate.max_group), col(Mandate.starts_on), col(Mandate.ends_on))).where(
        *hers, col(Mandate.max_group).is_not(None)
    )
    return busy.correlate(Student).scalar_subquery(), limits.correlate(Student).scalar_subquery()


def around_in(student_id: UUID, columns: Sequence[str | None]) -> tuple[list[BusyTime], list[GroupLimit]]:
    """What the two columns say of the student."""
    busy, limits = (rows_in(one) for one in columns)
    return (
        [BusyTime(student_id, day, _clock(starts), _clock(ends), label) for day, starts, ends, label in busy],
        [
            GroupLimit(student_id, largest, date.fromisoformat(first), date.fromisoformat(last) if last else None)
            for largest, first, last in limits
        ],
    )


def _clock(text: str) -> Any:
    return datetime.fromisoformat(f"2026-01-01T{text}").time().replace(microsecond=0)


def calendar_between(db: Session, actor: Actor, first: date, last: date) -> list[SchoolDay]:
    """The entries of the school calendar that touch the days from `first` to `last`. One statement."""
    return [
        SchoolDay(one[0], one[1], DayKind(one[2]), one[3], one[4], one[5], one[6] or "")
        for one in run_plain(db, actor, _calendar(), first=first, last=last)
    ]


@cache
def _calendar() -> Any:
    return _days_of_school(select(*_CALENDAR)).order_by(_CALENDAR[0], col(SchoolCalendarDay.id))


_CALENDAR = (
    *(col(getattr(SchoolCalendarDay, name)) for name in ("first_on", "last_on", "kind", "label", "school_id")),
    col(SchoolCalendarDay.closes_at),
    col(School.name),
)


def _days_of_school(query: Any) -> Any:
    entry = SchoolCalendarDay
    mine = and_(col(entry.workspace_id) == ties.WORKSPACE, col(entry.last_on) >= FIRST, col(entry.first_on) <= LAST)
    return query.select_from(entry).outerjoin(School, col(School.id) == col(entry.school_id)).where(mine)


def calendar_column() -> Any:
    """What `calendar_between` says, beside one row of the enclosing statement and NULL beside the others: read with
    `calendar_in`."""
    days = _days_of_school(select(JsonRows(*_CALENDAR, col(SchoolCalendarDay.id)))).scalar_subquery()
    return case((func.row_number().over() == 1, days))


def calendar_in(column: str | None) -> list[SchoolDay]:
    """The entries in such a column."""
    return [
        SchoolDay(
            date.fromisoformat(first),
            date.fromisoformat(last),
            DayKind(kind),
            label,
            UUID(str(school)) if school else None,
            _clock(closes) if closes else None,
            name or "",
        )
        for first, last, kind, label, school, closes, name, _ in sorted(
            rows_in(column), key=lambda row: (row[0], str(row[-1]))
        )
    ]


@dataclass(frozen=True, slots=True)
class Schools:
    """Schools by name, the minutes on the road between two of them, in either order; `away`: no longer offered.

    `day`: the hours of a school's day, and `hours` those of schools with others.
    """

    names: dict[UUID, str]
    travel: dict[frozenset[UUID], int]
    away: set[UUID]
    day: DayHours = USUAL_HOURS
    hours: dict[UUID, DayHours] = field(default_factory=dict)

    @property
    def days(self) -> list[DayHours]:
        """Every day that a school keeps which is still offered: the workspace's, and those of schools with others."""
        return [self.day, *(hours for key, hours in self.hours.items() if key not in self.away)]


def schools_of(db: Session, actor: Actor) -> Schools:
    """The workspace's schools with the roads between them. One statement."""
    names: dict[UUID, str] = {}
    travel: dict[frozenset[UUID], int] = {}
    away: set[UUID] = set()
    day = USUAL_HOURS
    hours: dict[UUID, DayHours] = {}
    for key, name, archived_at, to, minutes, *clocks in run_plain(db, actor, _schools()):
        opens, closes, opens_here, closes_here = clocks
        day = DayHours(opens, closes) if opens and closes else USUAL_HOURS
        if key is None:
            continue
        if opens_here and closes_here:
            hours[key] = DayHours(opens_here, closes_here)
        names[key] = name
        away |= {key} if archived_at else set()
        if to is not None:
            travel[frozenset({key, to})] = minutes
    return Schools(names, travel, away, day, hours)


@cache
def _schools() -> Any:
    """A workspace without a school has one row, for the hours of its day."""
    columns = (School.id, School.name, School.archived_at, SchoolTravel.to_id, SchoolTravel.minutes)
    hours = (Workspace.school_opens_at, Workspace.school_closes_at, School.opens_at, School.closes_at)
    query = select(*(col(one) for one in (*columns, *hours))).select_from(Workspace)
    query = query.outerjoin(School, col(School.workspace_id) == col(Workspace.id))
    query = query.outerjoin(SchoolTravel, col(SchoolTravel.from_id) == col(School.id))
    return query.where(col(Workspace.id) == ties.WORKSPACE).order_by(col(School.name))
