"""The caseload's statements: everything that a row says in columns, built once, the same for one student and for sixty.

What is many for each student (sessions of the period) or for each goal (its counts) comes as JSON in one column of its
row: thousands of rows would take longer to hand over than to find.
"""

from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import String, and_, bindparam, case, cast, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from therapytrack.access import ties
from therapytrack.access.actor import Actor
from therapytrack.access.queries import the_lines, the_students
from therapytrack.access.slots import name_of
from therapytrack.domain.attendance import Attendance
from therapytrack.domain.school_calendar import DayKind
from therapytrack.models import (
    Goal,
    GoalVersion,
    Iep,
    SchoolCalendarDay,
    SessionEntry,
    SessionStatus,
    Student,
    TherapySession,
)
from therapytrack.services.goal_counts import count_columns
from therapytrack.services.ledger_sql import (
    TODAY,
    given_column,
    plan_columns,
    planned_column,
    running_days,
    slot_sizes_column,
)
from therapytrack.services.make_ups import missed_column
from therapytrack.services.schedule_sql import calendar_column
from therapytrack.services.student_slots import slots_column

LAST_SEEN_WINDOW = timedelta(days=400)
NEXT_WINDOW = timedelta(days=60)
# How many columns say the plan of a student.
PLAN = 10


def days_around(actor: Actor) -> dict[str, date]:
    """The days that these statements are bound to."""
    today = actor.today
    window = {"seen_since": today - LAST_SEEN_WINDOW, "next_until": today + NEXT_WINDOW}
    return running_days(today) | window


@cache
def plan_of_one() -> Any:
    """The student `student_id` with her plan, her missed sessions, and what `calendar_column` says."""
    return the_students(*_plan(), missed_column(), calendar_column()).where(col(Student.id) == bindparam("student_id"))


@cache
def plans_and_day(archived: bool) -> Any:
    """Students, archived ones or the others, each with her plan and one row for each of her sessions of today.

    Whoever has a session today is among them in any case.
    """
    query = the_lines(*_plan(), *DAY)
    return _with_day(query, archived).order_by(col(Student.family_name), col(Student.given_name), col(Student.id))


@cache
def plans_day_and_calendar(archived: bool) -> Any:
    """As `plans_and_day`, and what `calendar_column` says."""
    return plans_and_day(archived).add_columns(calendar_column())


# A session of today, NULL where there is none.
DAY: tuple[Any, ...] = (
    col(SessionEntry.position),
    col(TherapySession.id),
    col(TherapySession.title),
    col(TherapySession.planned_start),
    col(TherapySession.planned_end),
    col(TherapySession.place),
    col(TherapySession.status),
    case((col(TherapySession.provider_id) != ties.ME, name_of(col(TherapySession.provider_id))), else_=""),
    col(TherapySession.school_id),
)


def _with_day(query: Any, archived: bool) -> Any:
    shown = col(Student.archived_at).is_not(None) if archived else col(Student.archived_at).is_(None)
    today = and_(
        col(SessionEntry.workspace_id) == ties.WORKSPACE,
        col(SessionEntry.student_id) == col(Student.id),
        col(SessionEntry.held_on) == TODAY,
    )
    query = query.outerjoin(SessionEntry, today)
    query = query.outerjoin(TherapySession, col(TherapySession.id) == col(SessionEntry.session_id))
    return query.where(ties.may_view(), or_(shown, col(SessionEntry.id).is_not(None)))


def _plan() -> list[Any]:
    """The next IEP's date, mandates, enrollments, the next session's start, minutes, the last days, what is planned,
    the slots' sizes, and the slots."""
    last_days = (_last_day(Attendance.PRESENT), _last_day(Attendance.STUDENT_ABSENT, Attendance.STUDENT_REFUSED))
    return [_iep_due(), *plan_columns(), _next_start(), given_column(), *last_days, *_ahead()]


def _ahead() -> tuple[Any, ...]:
    return planned_column(), slot_sizes_column(), slots_column(TODAY)


def _iep_due() -> Any:
    mine = (col(Iep.workspace_id) == ties.WORKSPACE, col(Iep.student_id) == col(Student.id))
    query = select(col(Iep.review_due_on)).where(*mine, col(Iep.starts_on) <= TODAY)
    return query.order_by(col(Iep.starts_on).desc()).limit(1).correlate(Student).scalar_subquery()


def _next_start() -> Any:
    """When the next planned session begins: one that came of a slot, and was not moved, is not held on a day on which
    its school is closed; one that was put there by hand is."""
    entry: Any = aliased(SessionEntry)
    session: Any = aliased(TherapySession)
    return (
        select(func.min(session.planned_start))
        .join_from(entry, session, session.id == entry.session_id)
        .where(entry.workspace_id == ties.WORKSPACE, entry.student_id == col(Student.id))
        .where(entry.held_on.between(TODAY, bindparam("next_until")))
        .where(session.status == SessionStatus.PLANNED)
        .where(or_(session.slot_id.is_(None), session.slot_on != session.held_on, ~_closed(session)))
        .correlate(Student)
        .scalar_subquery()
    )


def _closed(session: Any) -> Any:
    """Whether the school calendar closes the session's school on its day."""
    day = SchoolCalendarDay
    closes = (col(day.kind) == DayKind.CLOSED, session.held_on.between(col(day.first_on), col(day.last_on)))
    school = or_(col(day.school_id).is_(None), col(day.school_id) == session.school_id)
    return select(1).where(col(day.workspace_id) == ties.WORKSPACE, *closes, school).correlate(session).exists()


def _last_day(*attendance: Attendance) -> Any:
    entry = _own_entries()
    query = select(entry.held_on).where(
        *_past(entry, bindparam("seen_since")), ties.among(entry.attendance, attendance)
    )
    return query.order_by(entry.held_on.desc()).limit(1).correlate(Student).scalar_subquery()


def _own_entries() -> Any:
    return aliased(SessionEntry)


def _past(entry: Any, since: Any) -> tuple[Any, ...]:
    mine = (entry.workspace_id == ties.WORKSPACE, entry.student_id == col(Student.id))
    return (*mine, entry.held_on.between(since, TODAY))


@cache
def the_goals() -> Any:
    """The active goals of the students `student_ids` in their order, each as it reads today, with its counts."""
    version: Any = aliased(GoalVersion)
    began = version.starts_on <= TODAY
    today = (
        select(version.id)
        .where(version.goal_id == col(Goal.id))
        .order_by(case((began, 0), else_=1), case((began, -version.number), else_=version.number))
        .limit(1)
    )
    return (
        select(
            col(Goal.student_id),
            col(Goal.id),
            *count_columns(),
            col(Goal.label),
            col(GoalVersion.direction),
            col(GoalVersion.target_value),
            col(GoalVersion.target_on),
            col(GoalVersion.baseline_value),
            col(GoalVersion.baseline_on),
            cast(col(GoalVersion.mastery), String),
            _changed_on(),
        )
        .join(GoalVersion, col(GoalVersion.id) == today.correlate(Goal).scalar_subquery())
        .where(col(Goal.workspace_id) == ties.WORKSPACE, col(Goal.status) == "active")
        .where(col(Goal.student_id).in_(bindparam("student_ids", expanding=True)))
        .order_by(col(Goal.position), col(Goal.id))
    )


def _changed_on() -> Any:
    """The day from which on a goal asks for what it asks today, by `goal_terms.earlier_terms`; NULL where it always
    did."""
    before: Any = aliased(GoalVersion)
    after: Any = aliased(GoalVersion)
    pair = and_(before.goal_id == after.goal_id, before.number == after.number - 1)
    differs = or_(
        before.target_value != after.target_value,
        before.target_on != after.target_on,
        before.direction != after.direction,
        _asked(before) != _asked(after),
    )
    return (
        select(func.max(after.starts_on))
        .select_from(after)
        .join(before, pair)
        .where(after.goal_id == col(Goal.id), after.number <= col(GoalVersion.number), differs)
        .correlate(Goal, GoalVersion)
        .scalar_subquery()
    )


def _asked(version: Any) -> Any:
    return func.coalesce(version.mastery["target"].as_float(), version.target_value)
