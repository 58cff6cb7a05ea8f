"""The day at a glance: today's sessions with what can be done next, and the notes that still wait for a signature."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, select
from sqlmodel import Session, col

from therapytrack.access import ties
from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import visible_lines
from therapytrack.access.queries import run_plain
from therapytrack.access.seen import SeenLine, StudentLine
from therapytrack.domain.dates import clock_range, due_label, short_date
from therapytrack.domain.late_notes import days_late, late_rule
from therapytrack.domain.make_ups import owed_words, still_owed
from therapytrack.domain.school_calendar import SchoolDay, days_that_hit
from therapytrack.domain.slots import Occurrence, key_of, span
from therapytrack.models import SessionStatus, Student, TherapySession
from therapytrack.services.activity import only_reads, record
from therapytrack.services.caseload import StudentFacts, facts_in, minutes_behind
from therapytrack.services.caseload_sql import PLAN, days_around, plans_and_day
from therapytrack.services.make_ups import missed_of
from therapytrack.services.report_due import ReportsDue, due_column, due_days, reports_due
from therapytrack.services.schedule_sql import calendar_between
from therapytrack.services.student_slots import StudentSlot, slots_in
from therapytrack.services.work_queue import my_unsigned

LONGEST_LIST = 60


DayRow = tuple[SeenLine, Sequence[Any]]


@dataclass(frozen=True, slots=True)
class DaySession:
    """One of today's meetings with those of its students whom the actor may view.

    `id` is that of its session, or the slot's key (`slots.key_of`) while there is none; `start` and `end`: when;
    `by`: who gives it, "" when that is the actor; `hit`: what the school calendar says against it, "" for nothing.
    """

    id: str
    title: str
    hours: str
    place: str
    status: str
    can_start: bool
    students: Sequence[StudentLine]
    start: datetime
    end: datetime
    by: str = ""
    school_id: UUID | None = None
    hit: str = ""


@dataclass(frozen=True, slots=True)
class UnsignedSession:
    """A finished session of which `notes` of the actor's notes are unsigned, `late` days too late so far.

    `students`: whose notes they are, by first name.
    """

    id: str
    title: str
    day: str
    notes: int
    students: str
    late: int


@dataclass(frozen=True, slots=True)
class OwedLine:
    """A student to whom something is owed: an IEP review by a day, or minutes; in words, `tone` as in `dates`."""

    student: Student | StudentLine
    words: str
    tone: str


@dataclass(frozen=True, slots=True)
class Day:
    """What the page Today shows; `students` are those with whom the actor may record a session.

    `calendar`: what the school calendar says of the day, of all schools and of those that these students go to.
    `reports`: the reporting period that is due.
    """

    calendar: list[str]
    sessions: list[DaySession]
    unsigned: list[UnsignedSession]
    due: list[OwedLine]
    owed: list[OwedLine]
    to_make_up: list[OwedLine]
    students: list[StudentLine]
    reports: ReportsDue | None = None


@only_reads
def get_day(db: Session, actor: Actor) -> Day:
    """Today in the workspace's time zone, in four statements and the log's row. Sees only what the actor may view.

    What is due and owed is told of the students with whom she may record a session.
    """
    rows, reports = _rows(db, actor)
    seen = {one.student.id: (one, columns) for one, columns in rows if one.student.archived_at is None}
    able = [pair for pair in seen.values() if pair[0].allows(Action.RECORD_SESSION)]
    hers = [facts_in(one, columns, actor) for one, columns in able]
    calendar = calendar_between(db, actor, actor.today, actor.today)
    sessions = meetings_of(actor, [(one, columns[PLAN - 1 :]) for one, columns in rows], calendar)
    unsigned = _unsigned(db, actor)
    record(db, actor, Action.VIEW, record_kind="today", students=students_in(sessions))
    return Day(
        calendar=[one.told for one in calendar if not one.school_id or _concerns(one, seen.values(), sessions)],
        sessions=sessions,
        unsigned=unsigned,
        due=_due(hers, actor.today),
        owed=_owed(hers),
        to_make_up=_to_make_up(db, actor, [one.student for one, _ in able]),
        students=[one.student for one, _ in able],
        reports=reports_due([reports[one.student.id] for one, _ in able], actor.today),
    )


def _rows(db: Session, actor: Actor) -> tuple[list[DayRow], dict[UUID, str | None]]:
    """The students with their plans and sessions of today, and of each what `due_column` says. One statement."""
    values = days_around(actor) | due_days(actor.today)
    found = visible_lines(db, actor, _plans_day_and_reports(), **values)
    return [(one, more[:-1]) for one, more in found], {one.student.id: more[-1] for one, more in found}


@cache
def _plans_day_and_reports() -> Any:
    return plans_and_day(archived=False).add_columns(due_column())


def _concerns(entry: SchoolDay, students: Iterable[DayRow], sessions: Sequence[DaySession]) -> bool:
    """Whether an entry of one school is about one of these students, or about one of these sessions."""
    there = any(one.student.school.casefold() == entry.school.casefold() for one, _ in students)
    return there or any(one.school_id == entry.school_id for one in sessions)


def _against(calendar: Sequence[SchoolDay], actor: Actor, one: DaySession) -> DaySession:
    """The session with what keeps it from being held as planned: it can be started all the same."""
    if one.status != SessionStatus.PLANNED:
        return one
    end = one.end.astimezone(actor.zone)
    ends = end.time() if end.date() == actor.today else None
    hits = days_that_hit(calendar, actor.today, one.school_id, ends, {each.school for each in one.students})
    return replace(one, hit=" · ".join(hit.told for hit in hits))


def _due(facts: Sequence[StudentFacts], today: date) -> list[OwedLine]:
    """The IEP reviews that are overdue or due within 30 days, the earliest first."""
    dated = sorted((one for one in facts if one.iep_due), key=lambda one: one.iep_due or today)
    labels = [(one.seen.student, *due_label(one.iep_due, today)) for one in dated if one.iep_due]
    return [OwedLine(student, f"IEP review {words}", tone) for student, words, tone in labels if tone]


def _owed(facts: Sequence[StudentFacts]) -> list[OwedLine]:
    """The students whose minutes do not keep pace, the most behind first."""
    behind = [(minutes, one.seen.student) for one in facts if (minutes := minutes_behind(one))]
    behind.sort(key=lambda pair: -pair[0])
    return [OwedLine(student, f"{minutes} minutes behind", "warn") for minutes, student in behind]


def _to_make_up(db: Session, actor: Actor, students: Sequence[StudentLine]) -> list[OwedLine]:
    """The students to whom missed sessions are owed, the most minutes first."""
    missed = missed_of(db, actor, [one.id for one in students])
    owed = [(still_owed(missed.get(one.id, ())), one) for one in students]
    owed.sort(key=lambda pair: -sum(one.left for one in pair[0]))
    return [OwedLine(student, owed_words(sessions), "warn") for sessions, student in owed if sessions]


def students_in(sessions: Iterable[DaySession]) -> int:
    """How many students are in these sessions."""
    return len({student.id for one in sessions for student in one.students})


def meetings_of(actor: Actor, rows: Sequence[DayRow], calendar: Sequence[SchoolDay]) -> list[DaySession]:
    """The day's sessions that were not cancelled and the slots that are not sessions yet, by their start.

    `rows` are students with the columns `slots_column` and DAY, one for each of their sessions of today; `calendar`
    what the school calendar says of today.
    """
    grouped: dict[UUID, list[DayRow]] = {}
    for one, (_, *columns) in sorted((row for row in rows if row[1][1] is not None), key=lambda row: row[1][1]):
        grouped.setdefault(columns[1], []).append((one, columns))
    held = [_day_session(actor, group) for group in grouped.values() if group[0][1][6] != "cancelled"]
    found = sorted([*held, *_to_come(actor, rows)], key=lambda one: (one.start, one.id))
    return [_against(calendar, actor, one) for one in found]


def _day_session(actor: Actor, group: Sequence[DayRow]) -> DaySession:
    _, key, title, start, end, place, status, by, school_id = group[0][1]
    return DaySession(
        id=str(key),
        title=title,
        hours=clock_range(start.astimezone(actor.zone), end.astimezone(actor.zone)),
        place=place,
        status=status,
        can_start=any(one.allows(Action.RECORD_SESSION) for one, _ in group),
        students=[one.student for one, _ in group],
        start=start,
        end=end,
        by=by,
        school_id=school_id,
    )


def _to_come(actor: Actor, rows: Sequence[DayRow]) -> list[DaySession]:
    """Today's meetings of slots, each with those of its students who are not archived."""
    found: dict[UUID, tuple[StudentSlot, Occurrence, list[tuple[int, SeenLine]]]] = {}
    for one in {seen.student.id: (seen, columns) for seen, columns in rows}.values():
        if one[0].student.archived_at is not None:
            continue
        for slot in slots_in(one[1][0]):
            for meeting in slot.meetings(actor.today, actor.today):
                found.setdefault(slot.slot.id, (slot, meeting, []))[2].append((slot.position, one[0]))
    return [_meeting(actor, *one) for one in found.values()]


def _meeting(
    actor: Actor, slot: StudentSlot, meeting: Occurrence, placed: Sequence[tuple[int, SeenLine]]
) -> DaySession:
    start, end = span(meeting.day, meeting.starts, meeting.minutes, actor.zone)
    students = [one for _, one in sorted(placed, key=lambda pair: pair[0])]
    may_record = any(one.allows(Action.RECORD_SESSION) for one in students)
    return DaySession(
        id=key_of(slot.slot.id, meeting.on),
        title=slot.title,
        hours=clock_range(start.astimezone(actor.zone), end.astimezone(actor.zone)),
        place=slot.place,
        status=SessionStatus.PLANNED,
        can_start=may_record and slot.changeable_by(actor),
        students=[one.student for one in students],
        start=start,
        end=end,
        by=slot.by,
        school_id=slot.school_id,
    )


def _unsigned(db: Session, actor: Actor) -> list[UnsignedSession]:
    """The finished sessions with unsigned notes of the actor's, newest first."""
    rows = run_plain(db, actor, _unsigned_sessions())
    rule = late_rule(actor.us_state, actor.note_due_days)
    return [
        UnsignedSession(
            str(key), title, short_date(held_on), notes, students, days_late(held_on, actor.today, rule.days)
        )
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
