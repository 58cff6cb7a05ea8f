"""What the schedule shows, to whom, and what it says does not fit."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import Engine, select

from tests.databases import as_owner
from tests.factories import add_session
from tests.services.progress_world import counted
from tests.services.schedule_world import MONDAY, NOW, ScheduleWorld, build_schedule_world
from therapytrack.domain.attendance import Attendance
from therapytrack.domain.slot_form import DayMove
from therapytrack.models import Mandate, ScheduleSlot, SchoolCalendarDay, SchoolTravel, StudentBusyTime
from therapytrack.services import slot_days
from therapytrack.services.schedule import Meeting, get_schedule

SUNDAY = MONDAY + timedelta(days=6)


@pytest.fixture(autouse=True)
def later() -> Iterator[None]:
    """Two weeks after the first Monday."""
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def world(engine: Engine, later: None) -> ScheduleWorld:
    with as_owner() as db:
        return build_schedule_world(db)


def week(world: ScheduleWorld, who: str = "slp", first: date = MONDAY, last: date = SUNDAY) -> list[Meeting]:
    with as_owner() as db:
        return get_schedule(db, world.actor(db, who), first, last).meetings


def slot(world: ScheduleWorld, who: str, *places: int, **other: Any) -> ScheduleSlot:
    with as_owner() as db:
        return world.slot(db, who, *places, **other)


def names(one: Meeting) -> list[str]:
    return [student.given_name for student in one.students]


def test_a_week_shows_its_meetings_by_the_schools_clock(world: ScheduleWorld) -> None:
    slot(world, "slp", 0, 1)
    (one,) = week(world)
    assert (one.day, one.starts, one.ends, one.status, names(one)) == (
        MONDAY,
        time(10),
        time(10, 30),
        "planned",
        ["Ana", "Ben"],
    )
    assert (one.changeable, one.can_start, one.repeats, one.provider) == (True, True, "every week on Mon", "Slp")


def test_a_session_that_was_started_takes_the_place_of_its_day(world: ScheduleWorld) -> None:
    made = slot(world, "slp", 0, 1)
    with as_owner() as db:
        started = slot_days.start_day(db, world.actor(db, "slp"), made.id, MONDAY)
    (one,) = week(world)
    assert (one.session_id, one.status, one.slot_id) == (started.id, "running", made.id)


def test_a_session_planned_once_stands_beside_the_slots(world: ScheduleWorld) -> None:
    with as_owner() as db:
        add_session(db, world.cast, world.students[2], MONDAY)
    (one,) = week(world)
    assert (one.slot_id, one.day, one.changeable) == (None, MONDAY, False)


def test_a_day_moved_into_another_week_is_shown_there_alone(world: ScheduleWorld) -> None:
    made = slot(world, "slp", 0)
    later = MONDAY + timedelta(days=8)
    with as_owner() as db:
        slot_days.move_day(db, world.actor(db, "slp"), made.id, MONDAY, DayMove(later, time(13), 30))
    assert week(world) == []
    found = week(world, first=MONDAY + timedelta(days=7), last=SUNDAY + timedelta(days=7))
    assert [(one.day, one.moved) for one in found] == [(MONDAY + timedelta(days=7), False), (later, True)]


def test_a_day_moved_to_a_week_and_started_is_shown_once(world: ScheduleWorld) -> None:
    made = slot(world, "slp", 0)
    later = MONDAY + timedelta(days=8)
    with as_owner() as db:
        slot_days.move_day(db, world.actor(db, "slp"), made.id, MONDAY, DayMove(later, time(13), 30))
    with as_owner() as db:
        slot_days.start_day(db, world.actor(db, "slp"), made.id, MONDAY)
    assert week(world) == []
    both = week(world, last=SUNDAY + timedelta(days=7))
    assert [(one.day, one.status) for one in both] == [
        (MONDAY + timedelta(days=7), "planned"),
        (later, "running"),
    ]


def test_a_colleague_sees_the_students_that_are_hers_and_changes_nothing(world: ScheduleWorld) -> None:
    slot(world, "slp", 0, 2)
    (one,) = week(world, "slpa")
    assert (names(one), one.changeable, one.can_start) == (["Ana"], False, False)


@pytest.mark.parametrize("who", ["outsider", "owner", "reader"])
def test_whoever_sees_none_of_the_students_sees_no_slot(world: ScheduleWorld, who: str) -> None:
    slot(world, "slp", 0, 1)
    assert week(world, who) == []


def test_a_supervisor_may_change_what_her_assistant_gives(world: ScheduleWorld) -> None:
    slot(world, "slpa", 0, 1)
    (one,) = week(world, "supervisor")
    assert (one.changeable, one.provider) == (True, "Slpa")


def test_what_does_not_fit_is_said_at_each_meeting(world: ScheduleWorld) -> None:
    maple, oak = world.schools
    with as_owner() as db:
        ana = world.students[0]
        here: dict[str, Any] = {"workspace_id": world.cast.workspace_id}
        db.add(StudentBusyTime(**here, student_id=ana.id, weekday=0, starts=time(10, 15), ends=time(11), label="lunch"))
        db.execute(select(Mandate).where(Mandate.student_id == ana.id)).scalar_one().max_group = 1  # type: ignore[arg-type]
        first, second = sorted((maple.id, oak.id))
        db.add(SchoolTravel(**here, from_id=first, to_id=second, minutes=25))
        closed: dict[str, Any] = {"first_on": MONDAY, "last_on": MONDAY, "kind": "closed", "label": "Snow"}
        db.add(SchoolCalendarDay(**here, school_id=oak.id, **closed))
    slot(world, "slp", 0, 1, title="Early", school_id=maple.id)
    slot(world, "slp", 2, title="Late", starts=time(10, 45), school_id=oak.id)
    slot(world, "slpa", 0, title="Other", starts=time(10, 20))
    early, other, late = week(world)
    assert list(early.clashes) == [
        "Ana is in Other at the same time, 10:20–10:50 AM.",
        "Ana has lunch at the same time, 10:15–11:00 AM.",
        "Ana is to be seen alone; this group has 2.",
    ]
    assert "Ana is in Early at the same time, 10:00–10:30 AM." in other.clashes
    assert list(late.clashes) == ["No school: Snow.", "The way from Maple Elementary takes 25 minutes; there are 15."]


def test_a_meeting_that_was_called_off_is_in_nobodys_way(world: ScheduleWorld) -> None:
    made = slot(world, "slp", 0)
    slot(world, "slp", 1)
    with as_owner() as db:
        slot_days.call_off_day(db, world.actor(db, "slp"), made.id, MONDAY, Attendance.PROVIDER_DUTY)
    found = week(world)
    assert sorted(one.status for one in found) == ["cancelled", "planned"]
    assert [one.clashes for one in found] == [(), ()]


def test_statements_do_not_grow_with_the_slots(world: ScheduleWorld) -> None:
    counts = []
    for number in range(1, 4):
        slot(world, "slp", 0, 1, 2, starts=time(8 + number))
        with as_owner() as db:
            actor = world.actor(db, "slp")
            with counted(db.get_bind().engine) as sent:
                get_schedule(db, actor, MONDAY, SUNDAY)
        counts.append(len(sent))
    assert counts == [5, 5, 5]
