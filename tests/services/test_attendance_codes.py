"""The workspace's words for attendance: kept by the office, and what was recorded keeps its own."""

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col

from tests.databases import as_owner
from tests.services.schedule_world import MONDAY, ScheduleWorld, build_schedule_world
from therapytrack.access.actor import Actor
from therapytrack.domain.attendance import Attendance
from therapytrack.domain.attendance_codes import DEFAULT_CODES, CodeForm, parse_code
from therapytrack.errors import Conflict, Invalid, NotFound, NotPermitted
from therapytrack.models import SessionEntry, TherapySession, new_id
from therapytrack.services import attendance_codes as codes
from therapytrack.services.slot_days import call_off_day, resume_day
from therapytrack.services.therapy_sessions import set_attendance, start_unplanned

SNOW = CodeForm("Snow day", Attendance.SCHOOL_CLOSED, True)


@pytest.fixture
def world(engine: Engine) -> ScheduleWorld:
    with as_owner() as db:
        made = build_schedule_world(db)
        codes.add_default_codes(db, made.cast.workspace_id)
        return made


def named(db: Session, actor: Actor, label: str) -> codes.CodeLine:
    return next(one for one in codes.list_codes(db, actor) if one.label == label and not one.away)


def only_entry(db: Session, session: TherapySession) -> SessionEntry:
    query = select(SessionEntry).where(col(SessionEntry.session_id) == session.id)
    entry: SessionEntry = db.execute(query).scalar_one()
    return entry


def entry_of(db: Session, world: ScheduleWorld) -> SessionEntry:
    session = start_unplanned(db, world.actor(db, "slp"), new_id(), [world.students[0].id])
    return only_entry(db, session)


def test_the_defaults_owe_a_make_up_when_the_provider_was_missing() -> None:
    owed = {one.reason for one in DEFAULT_CODES if one.owed}
    assert owed == {Attendance.PROVIDER_ABSENT, Attendance.PROVIDER_DUTY}


def test_a_code_needs_a_word_and_a_reason_and_presence_owes_nothing() -> None:
    with pytest.raises(Invalid) as wrong:
        parse_code({"label": " ", "reason": "planned"})
    assert set(wrong.value.fields) == {"label", "reason"}
    assert parse_code({"label": "Here", "reason": "present", "owed": "on"}).owed is False


def test_the_office_adds_a_code_and_its_word_is_recorded_beside_the_reason(world: ScheduleWorld) -> None:
    with as_owner() as db:
        code_id = codes.add_code(db, world.actor(db, "owner"), SNOW)
        entry = entry_of(db, world)
        actor = world.actor(db, "slp")
        set_attendance(db, actor, entry.id, str(code_id), "present")
        assert (entry.attendance, entry.attendance_code_id, entry.minutes) == ("school_closed", code_id, 0)
        assert codes.labels_in(codes.list_codes(db, actor), [entry]) == {entry.id: "Snow day"}


def test_a_code_in_use_keeps_what_was_recorded_when_it_is_renamed(world: ScheduleWorld) -> None:
    with as_owner() as db:
        entry = entry_of(db, world)
        set_attendance(db, world.actor(db, "slp"), entry.id, "student_absent", "present")
        owner = world.actor(db, "owner")
        old = named(db, owner, "Student absent")
        assert entry.attendance_code_id == old.id
        codes.change_code(db, owner, old.id, old.version, CodeForm("Away", Attendance.STUDENT_ABSENT, False))
        assert codes.labels_in(codes.list_codes(db, owner), [entry]) == {entry.id: "Student absent"}
        new = named(db, owner, "Away")
        assert new.id != old.id
        codes.change_code(db, owner, new.id, new.version, CodeForm("Out", Attendance.STUDENT_ABSENT, True))
        assert named(db, owner, "Out").id == new.id
        with pytest.raises(Conflict):
            codes.change_code(db, owner, new.id, new.version, CodeForm("Off", Attendance.STUDENT_ABSENT, True))


def test_a_name_is_used_once_and_no_reason_is_left_without_a_code(world: ScheduleWorld) -> None:
    with as_owner() as db:
        owner = world.actor(db, "owner")
        closed = named(db, owner, "School closed")
        with pytest.raises(Invalid):
            codes.add_code(db, owner, CodeForm("school CLOSED", Attendance.SCHOOL_CLOSED, False))
        with pytest.raises(Invalid):
            codes.put_code_away(db, owner, closed.id)
        codes.add_code(db, owner, SNOW)
        codes.put_code_away(db, owner, closed.id)
        with pytest.raises(StopIteration):
            named(db, owner, "School closed")
        codes.bring_code_back(db, owner, closed.id)
        assert named(db, owner, "School closed").id == closed.id
        with pytest.raises(NotFound):
            codes.put_code_away(db, owner, new_id())


@pytest.mark.parametrize("who", ["slp", "reader"])
def test_others_read_the_codes_and_change_none(world: ScheduleWorld, who: str) -> None:
    with as_owner() as db:
        actor = world.actor(db, who)
        found = codes.get_codes(db, actor)
        assert (len(found.codes), found.may_edit) == (len(DEFAULT_CODES), False)
        with pytest.raises(NotPermitted):
            codes.add_code(db, actor, SNOW)


def test_a_day_is_called_off_with_a_code_and_planned_again_without(world: ScheduleWorld) -> None:
    with as_owner() as db:
        code_id = codes.add_code(db, world.actor(db, "owner"), SNOW)
        slot = world.slot(db, "slp", 0)
        actor = world.actor(db, "slp")
        session = call_off_day(db, actor, slot.id, MONDAY, str(code_id))
        entry = only_entry(db, session)
        assert (entry.attendance, entry.attendance_code_id) == ("school_closed", code_id)
        resume_day(db, actor, slot.id, MONDAY)
        assert (entry.attendance, entry.attendance_code_id) == ("planned", None)


def test_the_database_keeps_the_code_of_a_signed_note(world: ScheduleWorld) -> None:
    with as_owner() as db:
        entry = entry_of(db, world)
        set_attendance(db, world.actor(db, "slp"), entry.id, "student_absent", "present")
        entry.note_status = "signed"
        db.flush()
        entry.attendance_code_id = None
        with pytest.raises(DBAPIError, match="what was signed stays"):
            db.flush()
        db.rollback()
