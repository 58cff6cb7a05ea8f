"""Slots: made once, changed from a day on, ended; the past stays as it was held."""

from collections.abc import Callable, Iterator
from datetime import date, time, timedelta
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import Engine, select
from sqlmodel import Session, col

from tests.databases import as_owner
from tests.factories import acts_of_people, grant
from tests.services.schedule_world import MONDAY, NOW, ScheduleWorld, build_schedule_world
from therapytrack.access.actor import Actor
from therapytrack.domain.attendance import Attendance
from therapytrack.domain.slot_form import DayMove, SlotForm
from therapytrack.errors import Conflict, Invalid, NotFound, NotPermitted
from therapytrack.models import (
    NoteStatus,
    ScheduleSlot,
    SessionEntry,
    SlotDay,
    SlotStudent,
    Student,
    StudentGrant,
    TherapySession,
    new_id,
)
from therapytrack.services import slot_days, slots
from therapytrack.services.make_up_links import start_make_up

NEXT = MONDAY + timedelta(days=7)


@pytest.fixture(autouse=True)
def later() -> Iterator[None]:
    """Two weeks after the first Monday."""
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def world(engine: Engine, later: None) -> ScheduleWorld:
    with as_owner() as db:
        return build_schedule_world(db)


@pytest.fixture
def slot(world: ScheduleWorld) -> ScheduleSlot:
    with as_owner() as db:
        return world.slot(db, "slp", 0, 1)


def students_of(db: Session, slot_id: UUID) -> list[UUID]:
    query = select(col(SlotStudent.student_id)).where(col(SlotStudent.slot_id) == slot_id)
    return list(db.execute(query.order_by(col(SlotStudent.position))).scalars())


def sessions(db: Session) -> list[TherapySession]:
    return list(db.execute(select(TherapySession).order_by(col(TherapySession.slot_on))).scalars())


def change(world: ScheduleWorld, slot: ScheduleSlot, on: date, form: SlotForm, who: str = "slp") -> ScheduleSlot:
    with as_owner() as db:
        return slots.change_slot(db, world.actor(db, who), slot.id, on, slot.version, form)


def test_a_form_sent_twice_makes_one_slot(world: ScheduleWorld) -> None:
    key = new_id()
    for _ in range(2):
        with as_owner() as db:
            world.slot(db, "slp", 0, 1, slot_id=key)
    with as_owner(write=False) as db:
        assert len(students_of(db, key)) == 2
        assert [one.action for one in acts_of_people(db)].count("schedule") == 1


def test_a_student_out_of_reach_makes_no_slot(world: ScheduleWorld) -> None:
    with pytest.raises(NotFound), as_owner() as db:
        world.slot(db, "slpa", 0, 2)
    with as_owner(write=False) as db:
        assert db.execute(select(ScheduleSlot)).first() is None


def test_a_reader_makes_no_slot(world: ScheduleWorld) -> None:
    with as_owner() as db:
        grant(db, world.cast, world.students[0], "reader")
    with pytest.raises(NotPermitted), as_owner() as db:
        world.slot(db, "reader", 0)


def test_a_school_of_another_workspace_is_none_of_the_choices(world: ScheduleWorld) -> None:
    with pytest.raises(Invalid), as_owner() as db:
        world.slot(db, "slp", 0, school_id=new_id())


def test_somebody_elses_slot_id_opens_nothing(world: ScheduleWorld, slot: ScheduleSlot) -> None:
    with pytest.raises(NotFound), as_owner() as db:
        world.slot(db, "slpa", 0, slot_id=slot.id)


def test_a_change_before_the_first_day_changes_the_slot_itself(world: ScheduleWorld, slot: ScheduleSlot) -> None:
    changed = change(world, slot, MONDAY, world.form(1, starts=time(11)))
    assert (changed.id, changed.starts, changed.version) == (slot.id, time(11), 2)
    with as_owner(write=False) as db:
        assert students_of(db, slot.id) == [world.students[1].id]


def test_a_change_from_a_later_day_ends_the_slot_and_makes_another(world: ScheduleWorld, slot: ScheduleSlot) -> None:
    following = change(world, slot, NEXT, world.form(0, 1, 2, starts=time(11)))
    assert following.id != slot.id
    with as_owner(write=False) as db:
        first = db.get_one(ScheduleSlot, slot.id)
        assert (first.ends_on, first.starts) == (NEXT - timedelta(days=1), time(10))
        assert (following.starts_on, len(students_of(db, following.id))) == (NEXT, 3)


def test_every_other_week_keeps_its_weeks_after_a_change(world: ScheduleWorld) -> None:
    fortnightly = "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"
    with as_owner() as db:
        slot = world.slot(db, "slp", 0, rule=fortnightly)
    with pytest.raises(Invalid):
        change(world, slot, NEXT, world.form(0, rule=fortnightly))
    following = change(world, slot, MONDAY + timedelta(days=14), world.form(0, rule=fortnightly, minutes=20))
    assert following.starts_on == MONDAY + timedelta(days=14)


def test_a_stale_change_is_a_conflict_and_changes_nothing(world: ScheduleWorld, slot: ScheduleSlot) -> None:
    change(world, slot, MONDAY, world.form(0, title="Mine"))
    with pytest.raises(Conflict):
        change(world, slot, MONDAY, world.form(0, title="Other"))
    with as_owner(write=False) as db:
        assert db.get_one(ScheduleSlot, slot.id).title == "Mine"


def test_what_was_held_is_not_changed(world: ScheduleWorld, slot: ScheduleSlot) -> None:
    with as_owner() as db:
        slot_days.start_day(db, world.actor(db, "slp"), slot.id, NEXT)
    with pytest.raises(Conflict), as_owner() as db:
        slots.end_slot(db, world.actor(db, "slp"), slot.id, MONDAY, slot.version)
    with pytest.raises(Conflict):
        change(world, slot, MONDAY, world.form(0))
    assert change(world, slot, NEXT + timedelta(days=7), world.form(0)).id != slot.id


def test_a_student_whom_the_supervisor_may_not_see_stays_in_the_slot(world: ScheduleWorld) -> None:
    with as_owner() as db:
        slot = world.slot(db, "slp", 0, 2)
        db.get_one(ScheduleSlot, slot.id).provider_id = world.cast.members["slpa"]
    changed = change(world, slot, MONDAY, world.form(0, 1), who="supervisor")
    with as_owner(write=False) as db:
        expected = [world.students[one].id for one in (0, 1, 2)]
        assert students_of(db, changed.id) == expected


def test_a_colleague_with_one_of_the_students_sees_the_slot_and_does_not_change_it(
    world: ScheduleWorld, slot: ScheduleSlot
) -> None:
    with pytest.raises(NotPermitted) as refused, as_owner() as db:
        slots.end_slot(db, world.actor(db, "slpa"), slot.id, MONDAY, 1)
    assert "her supervisor" in refused.value.sentence


@pytest.mark.parametrize("who", ["outsider", "owner"])
def test_for_all_others_there_is_no_such_slot(world: ScheduleWorld, slot: ScheduleSlot, who: str) -> None:
    with pytest.raises(NotFound), as_owner() as db:
        slots.end_slot(db, world.actor(db, who), slot.id, MONDAY, 1)


def test_an_ended_slot_has_no_day_from_then_on(world: ScheduleWorld, slot: ScheduleSlot) -> None:
    with as_owner() as db:
        slots.end_slot(db, world.actor(db, "slp"), slot.id, NEXT, slot.version)
    with pytest.raises(Invalid), as_owner() as db:
        slot_days.start_day(db, world.actor(db, "slp"), slot.id, NEXT)


def test_a_day_started_twice_is_one_session_with_its_students_present(world: ScheduleWorld, slot: ScheduleSlot) -> None:
    for _ in range(2):
        with as_owner() as db:
            started = slot_days.start_day(db, world.actor(db, "slp"), slot.id, MONDAY)
    with as_owner(write=False) as db:
        (one,) = sessions(db)
        entries = db.execute(select(SessionEntry).where(col(SessionEntry.session_id) == one.id)).scalars().all()
    assert (started.status, one.slot_on, one.held_on) == ("running", MONDAY, MONDAY)
    assert [(entry.attendance, entry.minutes) for entry in entries] == [("present", 30)] * 2


def test_a_moved_day_is_held_where_it_was_moved(world: ScheduleWorld, slot: ScheduleSlot) -> None:
    tuesday = MONDAY + timedelta(days=1)
    with as_owner() as db:
        slot_days.move_day(db, world.actor(db, "slp"), slot.id, MONDAY, DayMove(tuesday, time(13), 20))
    with as_owner() as db:
        started = slot_days.start_day(db, world.actor(db, "slp"), slot.id, MONDAY)
    assert (started.held_on, started.planned_end - started.planned_start) == (tuesday, timedelta(minutes=20))
    with pytest.raises(Conflict), as_owner() as db:
        slot_days.move_day(db, world.actor(db, "slp"), slot.id, MONDAY, DayMove(MONDAY, time(10), 30))


def test_a_day_that_is_held_after_all_can_be_moved(world: ScheduleWorld, slot: ScheduleSlot) -> None:
    tuesday = MONDAY + timedelta(days=1)
    with as_owner() as db:
        slot_days.call_off_day(db, world.actor(db, "slp"), slot.id, MONDAY, Attendance.PROVIDER_DUTY)
    with as_owner() as db:
        slot_days.resume_day(db, world.actor(db, "slp"), slot.id, MONDAY)
    with as_owner() as db:
        slot_days.move_day(db, world.actor(db, "slp"), slot.id, MONDAY, DayMove(tuesday, time(13), 20))
    with as_owner(write=False) as db:
        (session,) = sessions(db)
        days = db.execute(select(col(SessionEntry.held_on))).scalars().all()
    assert (session.held_on, session.planned_start.hour, set(days)) == (tuesday, 18, {tuesday})


def test_a_day_moved_back_leaves_no_trace(world: ScheduleWorld, slot: ScheduleSlot) -> None:
    for hour in (13, 14, 10):
        with as_owner() as db:
            slot_days.move_day(db, world.actor(db, "slp"), slot.id, MONDAY, DayMove(MONDAY, time(hour), 30))
    with as_owner(write=False) as db:
        assert db.execute(select(SlotDay)).first() is None


def test_a_day_that_the_rule_does_not_name_is_refused(world: ScheduleWorld, slot: ScheduleSlot) -> None:
    for act in (slot_days.start_day, slot_days.resume_day):
        with pytest.raises((Invalid, Conflict)), as_owner() as db:
            act(db, world.actor(db, "slp"), slot.id, MONDAY + timedelta(days=1))


def test_a_day_called_off_counts_as_not_provided_for_its_reason_until_it_is_taken_back(
    world: ScheduleWorld, slot: ScheduleSlot
) -> None:
    with as_owner() as db:
        slot_days.call_off_day(db, world.actor(db, "slp"), slot.id, MONDAY, Attendance.PROVIDER_ABSENT)
    with pytest.raises(Invalid), as_owner() as db:
        slot_days.start_day(db, world.actor(db, "slp"), slot.id, MONDAY)
    with as_owner(write=False) as db:
        entries = db.execute(select(SessionEntry)).scalars().all()
        assert [(one.attendance, one.minutes) for one in entries] == [("provider_absent", 0)] * 2
    with as_owner() as db:
        slot_days.resume_day(db, world.actor(db, "slp"), slot.id, MONDAY)
    with as_owner() as db:
        assert slot_days.start_day(db, world.actor(db, "slp"), slot.id, MONDAY).status == "running"


def test_what_makes_a_day_up_counts_for_itself_when_the_day_is_held_after_all_unless_it_is_signed(
    world: ScheduleWorld, slot: ScheduleSlot
) -> None:
    with as_owner() as db:
        off = slot_days.call_off_day(db, world.actor(db, "slp"), slot.id, MONDAY, Attendance.PROVIDER_ABSENT)
        db.flush()
        missed = db.execute(select(SessionEntry).where(col(SessionEntry.session_id) == off.id)).scalars().first()
        repair = start_make_up(db, world.actor(db, "slp"), new_id(), missed.id if missed else off.id)
        db.flush()
        made_up_by = db.execute(select(SessionEntry).where(col(SessionEntry.session_id) == repair.id)).scalar_one()
        made_up_by.note_status, key = NoteStatus.SUBMITTED, made_up_by.id
    with pytest.raises(NotPermitted, match="signed"), as_owner() as db:
        slot_days.resume_day(db, world.actor(db, "slp"), slot.id, MONDAY)
    with as_owner() as db:
        entry = db.get_one(SessionEntry, key)
        assert entry.makes_up_id is not None
        entry.note_status = NoteStatus.RETURNED
    with as_owner() as db:
        slot_days.resume_day(db, world.actor(db, "slp"), slot.id, MONDAY)
    with as_owner(write=False) as db:
        assert db.get_one(SessionEntry, key).makes_up_id is None


def test_a_day_whose_absence_is_signed_stays_called_off(world: ScheduleWorld, slot: ScheduleSlot) -> None:
    with as_owner() as db:
        slot_days.call_off_day(db, world.actor(db, "slp"), slot.id, MONDAY, Attendance.PROVIDER_ABSENT)
        db.flush()
        for one in db.execute(select(SessionEntry)).scalars():
            one.note_status = NoteStatus.SIGNED
    with pytest.raises(Conflict, match="signed"), as_owner() as db:
        slot_days.resume_day(db, world.actor(db, "slp"), slot.id, MONDAY)
    with pytest.raises(Conflict, match="signed"), as_owner() as db:
        slot_days.call_off_day(db, world.actor(db, "slp"), slot.id, MONDAY, Attendance.STUDENT_ABSENT)


def test_a_day_that_was_held_is_not_called_off(world: ScheduleWorld, slot: ScheduleSlot) -> None:
    with as_owner() as db:
        slot_days.start_day(db, world.actor(db, "slp"), slot.id, MONDAY)
    with pytest.raises(Conflict), as_owner() as db:
        slot_days.call_off_day(db, world.actor(db, "slp"), slot.id, MONDAY, Attendance.SCHOOL_CLOSED)


@pytest.mark.parametrize("reason", [Attendance.PRESENT, Attendance.PLANNED])
def test_calling_off_takes_a_reason(world: ScheduleWorld, slot: ScheduleSlot, reason: Attendance) -> None:
    with pytest.raises(Invalid), as_owner() as db:
        slot_days.call_off_day(db, world.actor(db, "slp"), slot.id, MONDAY, reason)


def test_a_day_called_off_stays_so_after_a_change_of_the_days_before_it(
    world: ScheduleWorld, slot: ScheduleSlot
) -> None:
    later = NEXT + timedelta(days=7)
    with as_owner() as db:
        slot_days.call_off_day(db, world.actor(db, "slp"), slot.id, later, Attendance.SCHOOL_CLOSED)
    following = change(world, slot, NEXT, world.form(0, 1, starts=time(11)))
    with pytest.raises(Invalid), as_owner() as db:
        slot_days.start_day(db, world.actor(db, "slp"), following.id, later)
    with as_owner(write=False) as db:
        assert len(sessions(db)) == 1


def test_a_supervisor_who_covers_gives_and_documents_the_session(world: ScheduleWorld) -> None:
    with as_owner() as db:
        slot = world.slot(db, "slpa", 0, 1)
    with as_owner() as db:
        started = slot_days.start_day(db, world.actor(db, "supervisor"), slot.id, MONDAY)
    with as_owner(write=False) as db:
        authors = db.execute(select(col(SessionEntry.author_id))).scalars().all()
    assert {started.provider_id, *authors} == {world.cast.members["supervisor"]}


def test_an_archived_student_is_left_out(world: ScheduleWorld, slot: ScheduleSlot) -> None:
    with as_owner() as db:
        db.get_one(Student, world.students[0].id).archived_at = world.students[0].created_at
    with as_owner() as db:
        slot_days.start_day(db, world.actor(db, "slp"), slot.id, MONDAY)
    with as_owner(write=False) as db:
        assert db.execute(select(col(SessionEntry.student_id))).scalars().all() == [world.students[1].id]


ACTS: dict[str, Callable[[Session, Actor, UUID], object]] = {
    "call off": lambda db, actor, slot_id: slot_days.call_off_day(db, actor, slot_id, MONDAY, Attendance.SCHOOL_CLOSED),
    "resume": lambda db, actor, slot_id: slot_days.resume_day(db, actor, slot_id, MONDAY),
    "move": lambda db, actor, slot_id: slot_days.move_day(db, actor, slot_id, MONDAY, DayMove(NEXT, time(8), 30)),
}


@pytest.mark.parametrize("act", ACTS)
def test_a_day_with_a_student_who_is_no_longer_hers_is_not_changed_as_a_whole(
    world: ScheduleWorld, slot: ScheduleSlot, act: str
) -> None:
    with as_owner() as db:
        slot_days.call_off_day(db, world.actor(db, "slp"), slot.id, MONDAY, Attendance.STUDENT_ABSENT)
        if act == "move":
            slot_days.resume_day(db, world.actor(db, "slp"), slot.id, MONDAY)
    with as_owner() as db:
        held = select(StudentGrant).where(col(StudentGrant.student_id) == world.students[0].id)
        for one in db.execute(held).scalars():
            one.can_edit = False
    before = parts()
    with pytest.raises(NotPermitted), as_owner() as db:
        ACTS[act](db, world.actor(db, "slp"), slot.id)
    assert parts() == before


def parts() -> list[tuple[str, date]]:
    with as_owner(write=False) as db:
        return [(one.attendance, one.held_on) for one in db.execute(select(SessionEntry)).scalars()]


def test_a_day_to_come_is_not_started(world: ScheduleWorld, slot: ScheduleSlot) -> None:
    with pytest.raises(Invalid) as refused, as_owner() as db:
        slot_days.start_day(db, world.actor(db, "slp"), slot.id, MONDAY + timedelta(days=21))
    assert refused.value.fields == {"on": "This session is on Monday, Dec 21. It can be started on its day."}


@pytest.mark.parametrize("year", [1, 1990, 2099, 9999])
def test_the_schedule_goes_two_years_each_way_and_no_further(
    world: ScheduleWorld, slot: ScheduleSlot, year: int
) -> None:
    far = MONDAY.replace(year=year)
    with pytest.raises(Invalid), as_owner() as db:
        slot_days.move_day(db, world.actor(db, "slp"), slot.id, MONDAY, DayMove(far, time(10), 30))
    with pytest.raises(Invalid), as_owner() as db:
        slots.get_slot(db, world.actor(db, "slp"), slot.id, far)
    with pytest.raises(Invalid), as_owner() as db:
        world.slot(db, "slp", 0, starts_on=far)
