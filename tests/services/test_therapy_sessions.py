"""A session from plan to finish: who takes part, for how long, and what the note says."""

from datetime import time, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from sqlmodel import col

from tests.databases import as_owner
from tests.services.live_world import World, build_world
from therapytrack.domain.session_plan import SessionPlan
from therapytrack.errors import Conflict, Invalid, NotFound, NotPermitted
from therapytrack.models import Activity, NoteStatus, SessionEntry, SessionStatus, TherapySession, new_id
from therapytrack.services import therapy_sessions as sessions
from therapytrack.services.finishing import finish_session


@pytest.fixture
def world(engine: Engine) -> World:
    with as_owner() as db:
        return build_world(db)


def entry(world: World, place: int = 0) -> SessionEntry:
    with as_owner(write=False) as db:
        return db.get_one(SessionEntry, world.places[place].entry.id)


def plan(world: World, *places: int) -> SessionPlan:
    students = tuple(world.places[one].student.id for one in places)
    with as_owner(write=False) as db:
        today = world.actor(db, "slp").today
    return SessionPlan("Group B", today, time(13, 5), time(13, 45), "", "push_in", students)


def save(world: World, text: str, version: int, who: str = "slp", place: int = 0) -> sessions.SavedNote:
    with as_owner() as db:
        return sessions.set_note(db, world.actor(db, who), world.places[place].entry.id, text, version)


def test_everyone_is_present_for_the_planned_minutes_once_a_session_starts(world: World) -> None:
    assert [(entry(world, n).attendance, entry(world, n).minutes) for n in (0, 1)] == [("present", 30)] * 2


def test_starting_twice_keeps_the_first_start_and_what_was_changed(world: World) -> None:
    with as_owner() as db:
        sessions.set_attendance(db, world.actor(db, "slp"), world.places[0].entry.id, "student_absent", "present")
    with as_owner() as db:
        started = sessions.start_session(db, world.actor(db, "slp"), world.session.id)
    assert started.started_at == world.session.started_at
    assert entry(world).attendance == "student_absent"


def test_a_plan_sent_twice_makes_one_session(world: World) -> None:
    key = new_id()
    for _ in range(2):
        with as_owner() as db:
            sessions.plan_session(db, world.actor(db, "slp"), key, plan(world, 0, 1))
    with as_owner(write=False) as db:
        assert len(db.execute(select(SessionEntry).where(col(SessionEntry.session_id) == key)).all()) == 2


def test_a_plan_with_a_student_out_of_reach_makes_nothing(world: World) -> None:
    key = new_id()
    with pytest.raises(NotFound), as_owner() as db:
        sessions.plan_session(db, world.actor(db, "partner"), key, plan(world, 0, 1))
    with as_owner(write=False) as db:
        assert db.get(TherapySession, key) is None


def test_somebody_elses_session_id_opens_nothing(world: World) -> None:
    with pytest.raises(NotFound), as_owner() as db:
        sessions.plan_session(db, world.actor(db, "partner"), world.session.id, plan(world, 0))


def test_an_unplanned_session_with_one_student_runs_at_once(world: World) -> None:
    student = world.places[0].student.id
    with as_owner() as db:
        started = sessions.start_unplanned(db, world.actor(db, "slp"), new_id(), [student])
    assert (started.status, sessions.planned_minutes(started)) == (SessionStatus.RUNNING, 30)


def test_finishing_twice_keeps_the_first_end(world: World) -> None:
    ends = []
    for _ in range(2):
        with as_owner() as db:
            ends.append(finish_session(db, world.actor(db, "slp"), world.session.id).finished_at)
    assert ends[0] == ends[1]


@pytest.mark.parametrize("code", ["student_absent", "student_refused", "provider_duty"])
def test_a_missed_session_has_no_minutes(world: World, code: str) -> None:
    with as_owner() as db:
        sessions.set_attendance(db, world.actor(db, "slp"), world.places[0].entry.id, code, "present")
    assert (entry(world).attendance, entry(world).minutes) == (code, 0)


def test_a_student_who_came_after_all_gets_the_planned_minutes(world: World) -> None:
    for was, code in pairwise(("present", "student_absent", "present")):
        with as_owner() as db:
            sessions.set_attendance(db, world.actor(db, "slp"), world.places[0].entry.id, code, was)
    assert entry(world).minutes == 30


@pytest.mark.parametrize("code", ["planned", "", "away"])
def test_only_the_listed_codes_are_taken(world: World, code: str) -> None:
    with pytest.raises(Invalid), as_owner() as db:
        sessions.set_attendance(db, world.actor(db, "slp"), world.places[0].entry.id, code, "present")


def put(world: World, status: SessionStatus, days: int = 0) -> None:
    """Put the session to where it is called off or has not begun, and to another day."""
    with as_owner() as db:
        session = db.get_one(TherapySession, world.session.id)
        session.status, session.started_at = status, None
        session.held_on += timedelta(days=days)
        for one in world.places:
            part = db.get_one(SessionEntry, one.entry.id)
            part.attendance, part.minutes, part.held_on = "provider_absent", 0, session.held_on


@pytest.mark.parametrize("status", [SessionStatus.CANCELLED, SessionStatus.PLANNED])
def test_nobody_was_present_in_a_session_that_was_not_held(world: World, status: SessionStatus) -> None:
    put(world, status)
    one = world.places[0].entry.id
    with pytest.raises(Invalid), as_owner() as db:
        sessions.set_attendance(db, world.actor(db, "slp"), one, "present", "provider_absent")
    with pytest.raises(Invalid), as_owner() as db:
        sessions.set_minutes(db, world.actor(db, "slp"), one, 30, 0)
    assert (entry(world).attendance, entry(world).minutes) == ("provider_absent", 0)


def test_who_was_absent_has_no_minutes(world: World) -> None:
    with as_owner() as db:
        sessions.set_attendance(db, world.actor(db, "slp"), world.places[0].entry.id, "student_absent", "present")
    with pytest.raises(Invalid), as_owner() as db:
        sessions.set_minutes(db, world.actor(db, "slp"), world.places[0].entry.id, 30, 0)
    assert entry(world).minutes == 0


def test_a_session_of_a_day_to_come_is_not_started(world: World) -> None:
    put(world, SessionStatus.PLANNED, days=1)
    with pytest.raises(Invalid), as_owner() as db:
        sessions.start_session(db, world.actor(db, "slp"), world.session.id)


@pytest.mark.parametrize("minutes", [-5, 601])
def test_impossible_minutes_are_refused(world: World, minutes: int) -> None:
    with pytest.raises(Invalid), as_owner() as db:
        sessions.set_minutes(db, world.actor(db, "slp"), world.places[0].entry.id, minutes, 30)


def test_minutes_and_attendance_of_a_signed_note_stay(world: World) -> None:
    with as_owner() as db:
        db.get_one(SessionEntry, world.places[0].entry.id).note_status = NoteStatus.SIGNED
    with pytest.raises(NotPermitted), as_owner() as db:
        sessions.set_minutes(db, world.actor(db, "slp"), world.places[0].entry.id, 20, 30)


def test_attendance_that_somebody_set_in_between_stays_and_is_named(world: World) -> None:
    one = world.places[0].entry.id
    with as_owner() as db:
        sessions.set_attendance(db, world.actor(db, "partner"), one, "provider_absent", "present")
    with pytest.raises(Conflict, match="“provider absent” elsewhere"), as_owner() as db:
        sessions.set_attendance(db, world.actor(db, "slp"), one, "student_absent", "present")
    with as_owner() as db:
        sessions.set_attendance(db, world.actor(db, "slp"), one, "provider_absent", "present")
    assert (entry(world).attendance, entry(world).minutes) == ("provider_absent", 0)


def test_somebody_planned_whom_the_start_made_present_can_be_absent(world: World) -> None:
    with as_owner() as db:
        sessions.set_attendance(db, world.actor(db, "slp"), world.places[0].entry.id, "student_absent", "planned")
    assert entry(world).attendance == "student_absent"


def test_minutes_that_somebody_corrected_in_between_stay_and_are_named(world: World) -> None:
    one = world.places[0].entry.id
    with as_owner() as db:
        sessions.set_minutes(db, world.actor(db, "partner"), one, 20, 30)
    with pytest.raises(Conflict, match="set to 20 elsewhere"), as_owner() as db:
        sessions.set_minutes(db, world.actor(db, "slp"), one, 35, 30)
    assert entry(world).minutes == 20


def test_a_note_is_saved_over_the_version_that_was_seen(world: World) -> None:
    first = save(world, "Worked on blends.", 1)
    second = save(world, "Worked on /s/ blends.", first.version)
    assert (entry(world).note, second.version) == ("Worked on /s/ blends.", 3)


def test_a_stale_note_is_a_conflict_that_carries_the_stored_text(world: World) -> None:
    save(world, "Hers.", 1)
    with pytest.raises(Conflict) as conflict:
        save(world, "His.", 1)
    assert (conflict.value.theirs, conflict.value.version) == ("Hers.", 2)
    assert entry(world).note == "Hers."


def test_the_same_note_sent_again_is_no_conflict(world: World) -> None:
    first = save(world, "Once.", 1)
    assert save(world, "Once.", 1).version == first.version


def test_only_the_author_writes_a_note(world: World) -> None:
    with pytest.raises(NotPermitted):
        save(world, "Mine?", 1, who="partner")


def test_a_note_longer_than_a_note_can_be_is_refused(world: World) -> None:
    with pytest.raises(Invalid):
        save(world, "x" * 20_001, 1)


def test_autosave_leaves_one_activity_row_and_no_words_in_it(world: World) -> None:
    version = 1
    for text in ("Engaged.", "Engaged. Tired.", "Engaged. Tired. Better."):
        version = save(world, text, version).version
    with as_owner(write=False) as db:
        rows = list(db.execute(select(Activity).where(col(Activity.action) == "draft note")).scalars())
    assert len(rows) == 1
    assert "Engaged" not in repr(rows)


@pytest.mark.parametrize("call", [sessions.start_session, finish_session])
def test_an_outsider_cannot_tell_that_the_session_exists(world: World, call: object) -> None:
    for session_id in (world.session.id, new_id()):
        with pytest.raises(NotFound) as answer, as_owner() as db:
            call(db, world.actor(db, "outsider"), session_id)  # type: ignore[operator]
        assert isinstance(session_id, UUID)
        assert answer.value.sentence == NotFound().sentence
