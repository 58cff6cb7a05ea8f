"""The ledgers of the students whom somebody may view: one statement for all of them, two for calendar and schools."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, or_
from sqlmodel import Session, col

from therapytrack.access import ties
from therapytrack.access.actor import Actor
from therapytrack.access.gate import visible_lines
from therapytrack.access.queries import the_lines
from therapytrack.access.seen import SeenLine
from therapytrack.access.slots import name_of
from therapytrack.domain.attendance import Attendance
from therapytrack.domain.clashes import BusyTime
from therapytrack.domain.ledger import Happened, Ledger, Line, Lost, ledger_of, running_ledger
from therapytrack.domain.make_ups import Missed
from therapytrack.domain.mandates import Plan
from therapytrack.domain.minutes import Period
from therapytrack.domain.names import folded
from therapytrack.domain.school_calendar import SchoolDay, closed_on
from therapytrack.models import Student
from therapytrack.services.coming import Sizes, coming, sizes_in
from therapytrack.services.dialects import key_text
from therapytrack.services.json_rows import rows_in
from therapytrack.services.ledger_sql import (
    archived_on,
    chosen_days,
    given,
    parts_column,
    plan_columns,
    plan_in,
    running_days,
    setting_of,
    slot_sizes_column,
)
from therapytrack.services.make_ups import missed_column, missed_in, missed_window
from therapytrack.services.schedule_sql import Schools, around_columns, around_in, calendar_between, schools_of
from therapytrack.services.student_slots import StudentSlot, slots_column, slots_in

ROWS = 6  # so many columns of text are what a ledger follows from


@dataclass(frozen=True, slots=True)
class StudentMinutes:
    """One student's ledger with all that it was made of; `manager`: her case manager.

    `to_make_up`: what is open today of all that she missed, as on her own page; `missed`: of it in her lines' days.
    `archived_on`: the day until which her minutes are owed, None of a student of the caseload.
    """

    seen: SeenLine
    manager: str
    school: str
    plan: Plan
    happened: Happened
    ledger: Ledger
    to_make_up: Sequence[Missed]
    missed: Sequence[Missed]
    slots: Sequence[StudentSlot]
    busy: Sequence[BusyTime]
    archived_on: date | None = None

    @property
    def lines(self) -> Sequence[Line]:
        """The lines of her ledger."""
        return self.ledger.lines


@dataclass(frozen=True, slots=True)
class Books:
    """The ledgers of all students by family name, and the calendar and schools of their days."""

    students: list[StudentMinutes]
    calendar: Sequence[SchoolDay]
    schools: Schools


@dataclass(frozen=True, slots=True, eq=False)
class _Days:
    """The days that are looked at: `chosen`, or the running periods; `due`: those whose missed sessions are open today;
    `closed` by school, as it is asked for. It is known by itself: a key that costs nothing to compare."""

    today: date
    chosen: Period | None
    due: Period
    calendar: Sequence[SchoolDay]
    schools: dict[str, UUID]
    closed: dict[UUID | None, frozenset[date]]
    bound: dict[str, date]

    @property
    def first(self) -> date:
        """The first day that matters."""
        return self.bound["year_since"]

    @property
    def last(self) -> date:
        """The last one."""
        return self.bound["ledger_until"]

    def without_school(self, school: UUID | None) -> frozenset[date]:
        """The days on which a school is closed."""
        if school not in self.closed:
            spans = (one for one in self.calendar if one.school_id in (None, school))
            days = {
                one.first + timedelta(days=number)
                for one in spans
                for number in range((min(one.last, self.last) - one.first).days + 1)
            }
            self.closed[school] = frozenset(day for day in days if closed_on(self.calendar, day, school))
        return self.closed[school]


@dataclass(frozen=True, slots=True)
class _Kept:
    """What follows of a student's ledger from her rows and the days alone."""

    plan: Plan
    school: str
    happened: Happened
    ledger: Ledger
    to_make_up: Sequence[Missed]
    missed: Sequence[Missed]
    slots: Sequence[StudentSlot]


def keep_books(
    db: Session, actor: Actor, chosen: Period | None, whose: str = "all", student_id: UUID | None = None
) -> Books:
    """The ledgers of every student whom the actor may view, of the days `chosen` or of the running periods.

    An archived student's minutes are owed, and counted, until the day on which she was archived: a sum of past days is
    the same before and after. `whose`: those of the caseload alone ("active"), "archived" ones, or "all"; of
    `student_id` alone where one is named. Three statements.
    """
    today = actor.today
    bound = _bound(today, chosen)
    calendar = calendar_between(db, actor, bound["year_since"], bound["ledger_until"])
    schools = schools_of(db, actor)
    opened = missed_window(actor)
    due = Period(opened["missed_since"], opened["missed_until"])
    days = _days(today, chosen, due, tuple(calendar), tuple(schools.names.items()))
    window = {
        "slots_since": bound["year_since"],
        "missed_since": min(bound["year_since"], due.start),
        "missed_until": max(bound["ledger_until"], due.end),
    }
    gone_since = datetime.combine(bound["year_since"] - timedelta(days=1), time(), UTC)
    query, only = (_everyone(whose), {}) if student_id is None else (_one(), {"student_id": student_id})
    rows = visible_lines(db, actor, query, **bound, **window, gone_since=gone_since, **only)
    return Books([_student(seen, columns, days, actor) for seen, columns in rows], calendar, schools)


@lru_cache(maxsize=64)
def _days(
    today: date,
    chosen: Period | None,
    due: Period,
    calendar: Sequence[SchoolDay],
    schools: Sequence[tuple[UUID, str]],
) -> _Days:
    """The same days, calendar and schools are the same key, as long as few others were asked for since."""
    names = {folded(name): key for key, name in schools}
    return _Days(today, chosen, due, calendar, names, {}, _bound(today, chosen))


def _bound(today: date, chosen: Period | None) -> dict[str, date]:
    return chosen_days(today, chosen.start, chosen.end) if chosen else running_days(today)


@cache
def _everyone(whose: str) -> Any:
    """Whoever was archived before the first day that matters has nothing in it."""
    archived_at = col(Student.archived_at)
    on_caseload, gone = archived_at.is_(None), archived_at >= bindparam("gone_since")
    wanted = {"active": on_caseload, "archived": gone}.get(whose, or_(on_caseload, gone))
    columns = (
        name_of(ties.case_manager()),
        *plan_columns(),
        parts_column(),
        missed_column(),
        slots_column(bindparam("slots_since")),
        slot_sizes_column(),
        *around_columns(),
    )
    query = the_lines(*columns).where(ties.may_view(), wanted)
    return query.order_by(col(Student.family_name), col(Student.given_name), col(Student.id))


@cache
def _one() -> Any:
    return _everyone("all").where(col(Student.id) == bindparam("student_id"))


def _student(seen: SeenLine, columns: Sequence[Any], days: _Days, actor: Actor) -> StudentMinutes:
    manager, *rows = columns[: 1 + ROWS]
    archived = archived_on(seen.student, actor)
    kept = _kept(*rows, archived, seen.student.school, days)
    busy, _ = around_in(seen.student.id, columns[1 + ROWS :])
    return StudentMinutes(
        seen=seen,
        manager=manager or "",
        school=kept.school,
        plan=kept.plan,
        happened=kept.happened,
        ledger=kept.ledger,
        to_make_up=kept.to_make_up,
        missed=kept.missed,
        slots=kept.slots,
        busy=busy,
        archived_on=archived,
    )


@lru_cache(maxsize=1024)
def _kept(
    mandates: str | None,
    enrollments: str | None,
    parts: str | None,
    missed_text: str | None,
    slots_text: str | None,
    sizes_text: str | None,
    archived: date | None,
    last_school: str,
    days: _Days,
) -> _Kept:
    """A ledger follows from these rows and the days alone, and most are what they were when the page was opened last.
    What is kept is calculation: each time the rows are read again, of those whom the actor may view."""
    plan = plan_in(mandates, enrollments, archived)
    missed, slots = missed_in(missed_text), slots_in(slots_text)
    sizes = sizes_in(sizes_text)
    school = plan.school_on(min(days.chosen.end, days.today) if days.chosen else days.today, last_school)
    home = days.schools.get(folded(school))
    lost = [one for one in missed if days.first <= one.held_on <= days.last]
    happened = _happened(rows_in(parts), lost, slots, sizes, home, days)
    chosen = days.chosen
    ledger = ledger_of(plan, happened, chosen, days.today) if chosen else running_ledger(plan, happened, days.today)
    due = [one for one in missed if one.left and days.due.start <= one.held_on <= days.due.end]
    return _Kept(plan, school, happened, ledger, due, _within(due, ledger), slots)


def _happened(
    parts: Sequence[Sequence[Any]],
    missed: Sequence[Missed],
    slots: Sequence[StudentSlot],
    sizes: Sizes,
    home: UUID | None,
    days: _Days,
) -> Happened:
    groups = {key_text(key): size for key, *_, size, _, _ in parts} if missed else {}
    today = days.today.isoformat()
    gave = [given(on, minutes, made, size) for _, on, _, minutes, _, made, size, *_ in parts if minutes and on <= today]
    due = ([on, length, made, size, slot] for _, on, _, _, length, made, size, slot, due in parts if due)
    come = coming(due, slots, sizes, days.calendar, (days.today, days.last))
    lost = [
        Lost(one.held_on, one.minutes - one.made_up, one.attendance, setting_of(groups.get(str(one.entry_id), 1)))
        for one in missed
        if one.minutes > one.made_up and not one.repairs_another
    ]
    for slot in slots:
        school, size = sizes.get(slot.slot.id, (None, 1))
        lost += [
            Lost(one.day, one.minutes, Attendance.SCHOOL_CLOSED, setting_of(size))
            for one in slot.meetings(days.first, min(days.last, days.today - timedelta(days=1)))
            if closed_on(days.calendar, one.day, school)
        ]
    return Happened(gave, lost, come, days.without_school(home))


def _within(missed: Sequence[Missed], ledger: Ledger) -> list[Missed]:
    """The missed sessions of the days that the ledger's lines count."""
    return [one for one in missed if any(line.within.start <= one.held_on <= line.within.end for line in ledger.lines)]


def group_of(one: StudentMinutes, by: str) -> str:
    """In which sum a student stands: her case manager's, her school's (`ledger_schools`), or everybody's."""
    return {"clinician": one.manager or "No case manager", "school": one.school or "No school"}.get(by, "All students")
