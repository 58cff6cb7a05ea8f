"""What the ledger is made of, as columns beside a student: her plan, and what became of the minutes."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Date, and_, bindparam, case, exists, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from therapytrack.access import ties
from therapytrack.access.actor import Actor
from therapytrack.access.seen import StudentLine
from therapytrack.domain.attendance import Attendance
from therapytrack.domain.ledger import Given
from therapytrack.domain.make_ups import AHEAD
from therapytrack.domain.mandates import DatedMandate, Enrollment, Plan, Setting
from therapytrack.domain.minutes import Mandate as Asked
from therapytrack.domain.minutes import Per
from therapytrack.models import Enrollment as EnrollmentRow
from therapytrack.models import Mandate, ScheduleSlot, SessionEntry, SessionStatus, SlotStudent, Student, TherapySession
from therapytrack.services.dialects import Milliseconds, raw_key
from therapytrack.services.json_rows import JsonRows, rows_in

# The longest that a period of each kind has been running; its exact first day is `minutes.period_of`. What was given
# ahead for a session missed in it was held before it, and the week at its edge began before it.
PERIODS = {Per.WEEK: 7, Per.MONTH: 31, Per.QUARTER: 92, Per.YEAR: 366}
EDGE = timedelta(days=6)
TODAY: Any = bindparam("today", type_=Date)
UNTIL: Any = bindparam("ledger_until", type_=Date)
MINUTE = 60_000


def running_days(today: date) -> dict[str, date]:
    """The days that these columns are bound to for the running periods."""
    reach = {f"{per}_since": today - timedelta(days=longest) - AHEAD - EDGE for per, longest in PERIODS.items()}
    return {"today": today, "ledger_until": today + timedelta(days=366) + EDGE, **reach}


def chosen_days(today: date, first: date, last: date) -> dict[str, date]:
    """The days that these columns are bound to for the days from `first` to `last`."""
    since = first - AHEAD - EDGE
    return {"today": today, "ledger_until": last + AHEAD + EDGE} | {f"{per}_since": since for per in PERIODS}


def plan_columns() -> tuple[Any, Any]:
    """The mandates and the enrollments of the enclosing statement's Student: read with `plan_in`."""
    mandate, stay = Mandate, EnrollmentRow
    says = (mandate.minutes, mandate.sessions, mandate.period, mandate.starts_on, mandate.ends_on, mandate.setting)
    asked = select(JsonRows(*(col(one) for one in (*says, mandate.service, mandate.place, mandate.delivery))))
    runs = or_(col(mandate.ends_on).is_(None), col(mandate.ends_on) >= bindparam("year_since", type_=Date))
    mine = (col(mandate.workspace_id) == ties.WORKSPACE, col(mandate.student_id) == col(Student.id), runs)
    stays = select(JsonRows(col(stay.school), col(stay.starts_on), col(stay.ends_on)))
    hers = (col(stay.workspace_id) == ties.WORKSPACE, col(stay.student_id) == col(Student.id))
    return (
        asked.where(*mine).correlate(Student).scalar_subquery(),
        stays.where(*hers).correlate(Student).scalar_subquery(),
    )


def plan_in(mandates: str | None, enrollments: str | None, until: date | None = None) -> Plan:
    """What the two columns say of a student who was archived on the day `until` (None: she is not)."""
    return Plan(
        tuple(_mandate(*row) for row in rows_in(mandates)),
        tuple(Enrollment(school, _day(first), _day_or_none(last)) for school, first, last in rows_in(enrollments)),
        until,
    )


def archived_on(student: Student | StudentLine, actor: Actor) -> date | None:
    """The workspace's day on which a student was archived; None while she is not."""
    return student.archived_at.astimezone(actor.zone).date() if student.archived_at else None


def _mandate(
    minutes: int,
    sessions: int,
    per: str,
    first: str,
    last: str | None,
    setting: str,
    service: str,
    place: str,
    delivery: str,
) -> DatedMandate:
    asks = Asked(minutes, sessions, Per(per), _day(first), _day_or_none(last))
    return DatedMandate(asks, Setting(setting), service, place, delivery)


def given_column() -> Any:
    """The minutes given since the running periods began, or some days before: read with `given_in`."""
    entry, missed = _entries(), _entries()
    missed_on = select(missed.held_on).where(missed.id == entry.makes_up_id).correlate(entry).scalar_subquery()
    days = and_(entry.held_on >= _since(), entry.held_on <= TODAY)
    return (
        select(JsonRows(entry.held_on, entry.minutes, missed_on, case((_settings_matter(), _size(entry)), else_=0)))
        .where(_mine(entry), days, entry.minutes > 0)
        .correlate(Student)
        .scalar_subquery()
    )


def given_in(column: str | None) -> list[Given]:
    """What such a column says; a session planned for more than one student is one of a group."""
    return [given(*row) for row in rows_in(column)]


def given(held_on: str, minutes: int, missed_on: str | None, size: int) -> Given:
    """Minutes of one session: they count on the day of the missed one that it makes up, if it does."""
    return Given(_day(missed_on or held_on), minutes, setting_of(size), missed_on is not None)


def setting_of(size: int) -> Setting:
    """With whom a session is: it is a group's when more than one student was to come, whoever then came."""
    return Setting.GROUP if size > 1 else Setting.INDIVIDUAL


def parts_column() -> Any:
    """Every part in a session within the days that are bound: key, day, attendance, minutes, the planned length, the
    day of the missed session that it makes up, how many were to come, the slot it came of, and whether it is still to
    be held."""
    entry, missed = _entries(), _entries()
    session: Any = aliased(TherapySession)
    missed_on = select(missed.held_on).where(missed.id == entry.makes_up_id).correlate(entry).scalar_subquery()
    length = (Milliseconds(session.planned_end) - Milliseconds(session.planned_start)) / MINUTE
    still = ties.among(session.status, (SessionStatus.PLANNED, SessionStatus.RUNNING))
    to_come = and_(entry.attendance == Attendance.PLANNED, entry.held_on >= TODAY, still)
    columns = (entry.held_on, entry.attendance, entry.minutes, length, missed_on, _size(entry))
    return (
        select(JsonRows(raw_key(entry.id), *columns, raw_key(session.slot_id), case((to_come, 1), else_=0)))
        .join_from(entry, session, session.id == entry.session_id)
        .where(_mine(entry), entry.held_on >= _since(), entry.held_on <= UNTIL)
        .correlate(Student)
        .scalar_subquery()
    )


def planned_column() -> Any:
    """The parts of sessions that are to be held from today on: day, planned length, the day of the missed session that
    it makes up, how many are to come, and the slot it came of: read with `coming.coming`."""
    entry, missed = _entries(), _entries()
    session: Any = aliased(TherapySession)
    missed_on = select(missed.held_on).where(missed.id == entry.makes_up_id).correlate(entry).scalar_subquery()
    length = (Milliseconds(session.planned_end) - Milliseconds(session.planned_start)) / MINUTE
    still = ties.among(session.status, (SessionStatus.PLANNED, SessionStatus.RUNNING))
    return (
        select(JsonRows(entry.held_on, length, missed_on, _size(entry), raw_key(session.slot_id)))
        .join_from(entry, session, session.id == entry.session_id)
        .where(_mine(entry), entry.attendance == Attendance.PLANNED, still)
        .where(entry.held_on >= TODAY, entry.held_on <= UNTIL)
        .correlate(Student)
        .scalar_subquery()
    )


def slot_sizes_column() -> Any:
    """The school of each slot of the Student, and how many students it has, by its key."""
    own: Any = aliased(SlotStudent)
    other: Any = aliased(SlotStudent)
    slot = ScheduleSlot
    size = select(func.count()).where(other.slot_id == own.slot_id).correlate(own).scalar_subquery()
    return (
        select(JsonRows(col(slot.id), col(slot.school_id), size))
        .join_from(own, slot, col(slot.id) == own.slot_id)
        .where(own.workspace_id == ties.WORKSPACE, own.student_id == col(Student.id))
        .correlate(Student)
        .scalar_subquery()
    )


def _since() -> Any:
    """From when on sessions can matter: from the first day of the longest period that a mandate of hers has."""
    running: Any = aliased(Mandate)
    since = case(*((running.period == per, bindparam(f"{per}_since", type_=Date)) for per in PERIODS))
    mine = (running.workspace_id == ties.WORKSPACE, running.student_id == col(Student.id))
    ended = or_(running.ends_on.is_(None), running.ends_on >= since)
    return func.coalesce(
        select(func.min(since)).where(*mine, ended).correlate(Student).scalar_subquery(),
        bindparam("month_since", type_=Date),
    )


def _settings_matter() -> Any:
    mandate: Any = aliased(Mandate)
    mine = (mandate.workspace_id == ties.WORKSPACE, mandate.student_id == col(Student.id))
    return exists(select(1).where(*mine, mandate.setting != "")).correlate(Student)


def _size(entry: Any) -> Any:
    """How many were to come to the session of `entry`. By the session alone, which is of one workspace: SQLite would
    else walk through all entries of the workspace, once for each of them."""
    other = _entries()
    return select(func.count()).where(other.session_id == entry.session_id).correlate(entry).scalar_subquery()


def _entries() -> Any:
    return aliased(SessionEntry)


def _mine(entry: Any) -> Any:
    return and_(entry.workspace_id == ties.WORKSPACE, entry.student_id == col(Student.id))


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _day_or_none(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
