"""A student's next session is one that the school calendar lets be held, or one that somebody put there by hand."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session

from tests.conftest import OpenDb
from tests.factories import Cast, add_plan, add_session, add_student, make_cast
from tests.services.schedule_world import WEEKLY
from therapytrack.models import ScheduleSlot, School, SchoolCalendarDay, SlotStudent, Student, TherapySession, utc_now
from therapytrack.services.caseload import access_facts, list_caseload

ZONE = ZoneInfo("America/New_York")  # where the workspace is
TODAY = utc_now().astimezone(ZONE).date()
NEXT = TODAY + timedelta(days=7 - TODAY.weekday())  # the next Monday
WEEK = timedelta(days=7)


def world(db: Session) -> tuple[Cast, Student, ScheduleSlot]:
    """A student who is seen each Monday at nine, from the next on."""
    cast = make_cast(db)
    student = add_student(db, cast)
    add_plan(db, student, TODAY - timedelta(days=100))
    ours: dict[str, Any] = {"workspace_id": cast.workspace_id, "provider_id": cast.members["slp"]}
    slot = ScheduleSlot(**ours, title="", starts_on=NEXT, rule=WEEKLY, starts=time(9), minutes=30)
    db.add(slot)
    db.flush()
    db.add(SlotStudent(workspace_id=cast.workspace_id, slot_id=slot.id, student_id=student.id))
    return cast, student, slot


def close(db: Session, cast: Cast, day: date, school: School | None = None) -> None:
    """No school on `day`, in one school or in all."""
    where: dict[str, Any] = {"workspace_id": cast.workspace_id, "school_id": school.id if school else None}
    db.add(SchoolCalendarDay(**where, first_on=day, last_on=day, kind="closed", label="Snow"))
    db.flush()


def nexts(db: Session, cast: Cast, student: Student) -> list[date | None]:
    """The day of her next session, as the caseload and as her page have it."""
    actor = cast.actor(db, "slp")
    row = next(one for one in list_caseload(db, actor, forecast=True)[0] if one.seen.student.id == student.id)
    _, facts = access_facts(db, actor, student.id)
    return [one.next_start.astimezone(ZONE).date() if one.next_start else None for one in (row, facts)]


def planned(db: Session, cast: Cast, student: Student, day: date, slot: ScheduleSlot | None = None) -> TherapySession:
    """A planned session of hers, at nine; of a slot, or put there by hand."""
    entry = add_session(db, cast, student, day, attendance="planned", at=time(14))
    session = db.get_one(TherapySession, entry.session_id)
    session.planned_start = datetime.combine(day, time(9), ZONE)
    session.slot_id, session.slot_on = (slot.id, day) if slot else (None, None)
    db.flush()
    return session


def test_a_meeting_on_a_day_without_school_is_not_the_next(db: OpenDb) -> None:
    with db() as session:
        cast, student, _ = world(session)
        assert nexts(session, cast, student) == [NEXT, NEXT]
        close(session, cast, NEXT)
        assert nexts(session, cast, student) == [NEXT + WEEK, NEXT + WEEK]


@pytest.mark.parametrize(("by_hand", "day"), [(False, NEXT + WEEK), (True, NEXT)])
def test_a_planned_session_counts_on_a_closed_day_if_somebody_put_it_there(
    db: OpenDb, by_hand: bool, day: date
) -> None:
    with db() as session:
        cast, student, slot = world(session)
        close(session, cast, NEXT)
        planned(session, cast, student, NEXT, None if by_hand else slot)
        assert nexts(session, cast, student) == [day, day]


def test_a_session_that_was_moved_onto_a_closed_day_counts(db: OpenDb) -> None:
    with db() as session:
        cast, student, slot = world(session)
        tuesday = NEXT + timedelta(days=1)
        close(session, cast, tuesday)
        planned(session, cast, student, tuesday, slot).slot_on = NEXT
        session.flush()
        assert nexts(session, cast, student) == [tuesday, tuesday]


def test_another_school_may_be_closed(db: OpenDb) -> None:
    with db() as session:
        cast, student, slot = world(session)
        mine, other = (School(workspace_id=cast.workspace_id, name=name) for name in ("Maple", "Oak"))
        session.add_all((mine, other))
        session.flush()
        slot.school_id = mine.id
        close(session, cast, NEXT, other)
        planned(session, cast, student, NEXT, slot).school_id = mine.id
        session.flush()
        assert nexts(session, cast, student) == [NEXT, NEXT]
        close(session, cast, NEXT, mine)
        assert nexts(session, cast, student) == [NEXT + WEEK, NEXT + WEEK]
