"""Today: slots that are not sessions yet, what is due, and who is owed minutes."""

from datetime import date, time, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import Engine, select

from tests.databases import as_owner
from tests.services.schedule_world import MONDAY, ScheduleWorld, build_schedule_world
from therapytrack.domain.attendance import Attendance
from therapytrack.domain.caseload_choice import CaseloadChoice
from therapytrack.domain.session_plan import SessionPlan
from therapytrack.domain.slot_form import DayMove
from therapytrack.domain.slots import key_of, parse_key
from therapytrack.models import Iep, SchoolCalendarDay, SignIn, Student, new_id
from therapytrack.services import slot_days
from therapytrack.services.caseload_rows import CaseloadView, open_caseload
from therapytrack.services.session_sheet import get_session_sheet
from therapytrack.services.therapy_sessions import plan_session
from therapytrack.services.today import Day, get_day

# Nine in the morning in New York.
NOW = f"{MONDAY.isoformat()}T14:00:00Z"


@pytest.fixture
def world(engine: Engine) -> ScheduleWorld:
    with time_machine.travel(NOW, tick=False), as_owner() as db:
        return build_schedule_world(db)


@pytest.fixture(autouse=True)
def monday(world: ScheduleWorld) -> Any:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def today(world: ScheduleWorld, who: str = "slp") -> Day:
    with as_owner() as db:
        return get_day(db, world.actor(db, who))


def caseload(world: ScheduleWorld, who: str = "slp") -> CaseloadView:
    with as_owner() as db:
        return open_caseload(db, world.actor(db, who), CaseloadChoice())


def slot(world: ScheduleWorld, *places: int, **other: Any) -> str:
    with as_owner() as db:
        return key_of(world.slot(db, "slp", *places, **other).id, MONDAY)


def test_a_slot_of_today_waits_among_the_sessions_and_starts_by_its_key(world: ScheduleWorld) -> None:
    late, early = slot(world, 0, 1), slot(world, 2, starts=time(9))
    shown = today(world).sessions
    assert [(one.id, one.hours, one.can_start) for one in shown] == [
        (early, "9:00–9:30 AM", True),
        (late, "10:00–10:30 AM", True),
    ]
    with as_owner() as db:
        started = slot_days.start_meeting(db, world.actor(db, "slp"), late)
    assert [(one.id, one.status) for one in today(world).sessions] == [
        (early, "planned"),
        (str(started.id), "running"),
    ]


def test_a_day_that_is_called_off_or_moved_away_is_not_today(world: ScheduleWorld) -> None:
    off, moved = slot(world, 0), slot(world, 1, starts=time(11))
    with as_owner() as db:
        slot_days.call_off_day(db, world.actor(db, "slp"), *parse_key(off), Attendance.SCHOOL_CLOSED)
    with as_owner() as db:
        tuesday = DayMove(MONDAY + timedelta(days=1), time(9), 30)
        slot_days.move_day(db, world.actor(db, "slp"), *parse_key(moved), tuesday)
    assert today(world).sessions == []
    words = {row.name: row.next_words for row in caseload(world).rows}
    assert "9:00" in words["Ben Test"] and "Dec 7" in words["Ana Test"]


def test_a_colleague_sees_the_meeting_and_does_not_start_it(world: ScheduleWorld) -> None:
    slot(world, 0, 2)
    (one,) = today(world, "slpa").sessions
    assert (len(one.students), one.can_start, one.by) == (1, False, "Slp")
    (mine,) = today(world).sessions
    assert mine.by == ""


def test_the_caseload_tells_the_next_meeting_of_a_slot(world: ScheduleWorld, monday: Any) -> None:
    slot(world, 0)
    (row, *_) = caseload(world).rows
    assert "10:00" in row.next_words
    monday.shift(timedelta(hours=2))
    with as_owner() as db:
        _stay_signed_in(db)
    (row, *_) = caseload(world).rows
    assert row.next_words == "Due 10:00 AM"  # Today still offers to start it
    monday.shift(timedelta(hours=14))
    with as_owner() as db:
        _stay_signed_in(db, timedelta(hours=14))
    (row, *_) = caseload(world).rows
    assert "Mon 10:00 AM" in row.next_words


def test_a_planned_session_whose_time_is_over_is_still_what_comes_next(world: ScheduleWorld, monday: Any) -> None:
    with as_owner() as db:
        actor = world.actor(db, "slp")
        plan = SessionPlan("Group A", MONDAY, time(10), time(10, 30), "", "pull_out", (world.students[0].id,))
        plan_session(db, actor, new_id(), plan)
    monday.shift(timedelta(hours=2))
    with as_owner() as db:
        _stay_signed_in(db)
    (row, *_) = caseload(world).rows
    assert row.next_words == "Due 10:00 AM"


def _stay_signed_in(db: Any, by: timedelta = timedelta(hours=2)) -> None:
    for one in db.execute(select(SignIn)).scalars():
        one.last_active_at += by
        one.expires_at += by


def no_school(world: ScheduleWorld, *days: tuple[str, Any], **changes: Any) -> None:
    """Each of `days`: a label, and the school that is closed on that Monday, None for all."""
    with as_owner() as db:
        for label, school in days:
            day: dict[str, Any] = {
                "first_on": MONDAY,
                "last_on": MONDAY,
                "kind": "closed",
                "label": label,
                "school_id": school,
                **changes,
            }
            db.add(SchoolCalendarDay(workspace_id=world.cast.workspace_id, **day))


def test_the_page_says_what_the_calendar_says_of_all_schools_and_of_those_of_its_students(world: ScheduleWorld) -> None:
    no_school(world, ("Snow", None), ("Water damage", world.schools[0].id), ("Election", world.schools[1].id))
    assert today(world).calendar == ["No school: Snow"]
    with as_owner() as db:
        db.get_one(Student, world.students[2].id).school = "maple elementary"
    slot(world, 0, school_id=world.schools[1].id)
    shown = ["No school: Snow", "No school: Water damage (Maple Elementary)", "No school: Election (Oak Middle)"]
    assert today(world).calendar == shown


def test_a_session_without_a_school_of_its_own_is_hit_by_what_closes_that_of_its_students(world: ScheduleWorld) -> None:
    slot(world, 0)
    no_school(world, ("Water damage", world.schools[0].id), ("Election", world.schools[1].id))
    assert [one.hit for one in today(world).sessions] == [""]
    with as_owner() as db:
        db.get_one(Student, world.students[0].id).school = "Maple Elementary"
    said = "No school: Water damage (Maple Elementary)"
    assert [one.hit for one in today(world).sessions] == [said]
    key = today(world).sessions[0].id
    with as_owner() as db:
        started = slot_days.start_meeting(db, world.actor(db, "slp"), key)
    with as_owner() as db:
        assert get_session_sheet(db, world.actor(db, "slp"), started.id).hit == said


def test_a_session_without_school_says_so_and_can_be_started_all_the_same(world: ScheduleWorld) -> None:
    here, there = (slot(world, place, school_id=world.schools[place].id, starts=time(9 + place)) for place in (0, 1))
    no_school(world, ("Water damage", world.schools[0].id))
    shown = [(one.id, one.hit, one.can_start) for one in today(world).sessions]
    assert shown == [(here, "No school: Water damage (Maple Elementary)", True), (there, "", True)]
    assert caseload(world).today == today(world).sessions, "the panel beside the caseload says the same"
    with as_owner() as db:
        slot_days.start_meeting(db, world.actor(db, "slp"), here)
    assert [(one.status, one.hit) for one in today(world).sessions] == [("running", ""), ("planned", "")]


def test_an_early_release_is_said_of_what_ends_after_it(world: ScheduleWorld) -> None:
    slot(world, 0, starts=time(10))
    slot(world, 1, starts=time(11))
    no_school(world, ("Staff meeting", None), kind="early_release", closes_at=time(10, 30))
    said = "Early release at 10:30 AM: Staff meeting"
    assert [one.hit for one in today(world).sessions] == ["", said]
    with as_owner() as db:
        actor = world.actor(db, "slp")
        plan = SessionPlan("Planned", MONDAY, time(12), time(12, 30), "", "pull_out", (world.students[2].id,))
        plan_session(db, actor, new_id(), plan)
    assert [one.hit for one in today(world).sessions] == ["", said, said]
    assert caseload(world).today == today(world).sessions


def test_due_reviews_and_minutes_behind_are_told_and_nothing_else(world: ScheduleWorld) -> None:
    with as_owner() as db:
        due = {world.students[0].id: date(2026, 12, 10), world.students[1].id: date(2026, 11, 20)}
        for one in db.execute(select(Iep)).scalars():
            one.review_due_on = due.get(one.student_id, date(2027, 6, 1))
    found = today(world)
    assert [(one.student.given_name, one.words, one.tone) for one in found.due] == [
        ("Ben", "IEP review 10 days overdue", "bad"),
        ("Ana", "IEP review in 10 days", "warn"),
    ]
    assert {one.words for one in found.owed} == {"120 minutes behind"}


def test_a_reader_is_told_of_nothing_that_others_owe(world: ScheduleWorld) -> None:
    found = today(world, "reader")
    assert (found.due, found.owed, found.sessions) == ([], [], [])
