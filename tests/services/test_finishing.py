"""What a session credits at its end, and what a student is credited with who came late or left early."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlmodel import Session, col

from tests.databases import as_owner
from tests.factories import acts_of_people
from tests.services.live_world import World, build_world
from therapytrack.domain.entry_facts import times_line
from therapytrack.errors import Conflict, Invalid, NotFound, NotPermitted
from therapytrack.models import NoteStatus, SessionEntry, StudentGrant, TherapySession, utc_now
from therapytrack.services.finishing import Closing, close_session, finish_session, leave_now, set_times
from therapytrack.services.therapy_sessions import set_attendance, set_minutes

NEVER = times_line(None, None)


@pytest.fixture
def world(engine: Engine) -> World:
    """The group of two began twelve minutes ago, on time; thirty are planned."""
    with as_owner() as db:
        built = build_world(db)
        began(db, built, 12)
        return built


def began(db: Session, world: World, minutes: int) -> None:
    session = db.get_one(TherapySession, world.session.id)
    session.started_at = session.planned_start = utc_now().replace(second=0, microsecond=0) - timedelta(minutes=minutes)
    session.planned_end = session.planned_start + timedelta(minutes=30)


def minutes(world: World) -> list[int]:
    with as_owner(write=False) as db:
        return [db.get_one(SessionEntry, one.entry.id).minutes for one in world.places]


def close(world: World, who: str = "slp") -> Closing:
    with as_owner() as db:
        return close_session(db, world.actor(db, who), world.session.id)


def finish(world: World, credit: int | None) -> TherapySession:
    with as_owner() as db:
        return finish_session(db, world.actor(db, "slp"), world.session.id, credit)


def clock(world: World, after: int) -> str:
    """HH:MM so many minutes after the session began."""
    with as_owner(write=False) as db:
        zone = world.actor(db, "slp").zone
        started = db.get_one(TherapySession, world.session.id).planned_start
        return f"{(started + timedelta(minutes=after)).astimezone(zone):%H:%M}"


def come_and_leave(world: World, came: int | None, left: int | None, was: str = NEVER) -> None:
    clocks = {
        "came": "" if came is None else clock(world, came),
        "left": "" if left is None else clock(world, left),
    }
    with as_owner() as db:
        set_times(db, world.actor(db, "slp"), world.places[0].entry.id, clocks, was)


def test_a_session_that_was_cut_short_asks_and_goes_on_until_somebody_says(world: World) -> None:
    closing = close(world)
    assert (closing.ask, closing.planned, closing.follow) == (True, 30, 2)
    assert closing.passed in (12, 13), "13 when the minute has just ended"
    assert (closing.session.status, closing.session.finished_at) == ("running", None)
    assert minutes(world) == [30, 30]
    finished = finish(world, 12)
    assert (finished.status, finished.credited_minutes, minutes(world)) == ("finished", 12, [12, 12])


def test_a_session_about_as_long_as_its_plan_is_finished_with_nothing_asked(world: World) -> None:
    with as_owner() as db:
        began(db, world, 34)
    closing = close(world)
    assert (closing.ask, closing.session.status, closing.session.credited_minutes) == (False, "finished", None)
    assert minutes(world) == [30, 30]
    assert close(world).ask is False


def test_the_plan_can_be_credited_all_the_same_and_a_second_finish_changes_nothing(world: World) -> None:
    assert finish(world, 30).credited_minutes is None
    ended = finish(world, 12).finished_at
    assert (minutes(world), finish(world, 0).finished_at) == ([30, 30], ended)


def test_nobody_credits_more_than_has_passed(world: World) -> None:
    with pytest.raises(Invalid):
        finish(world, 25)
    assert close(world).session.status == "running"


def left(world: World) -> list[bool]:
    with as_owner(write=False) as db:
        return [db.get_one(SessionEntry, one.entry.id).left_at is not None for one in world.places]


@pytest.mark.parametrize("ask", [close_session, finish_session])
def test_a_colleague_who_records_one_of_the_students_ends_that_ones_part_alone(
    world: World, ask: Callable[..., object]
) -> None:
    for _ in range(2):
        with as_owner() as db:
            ask(db, world.actor(db, "partner"), world.session.id)
    assert (left(world), minutes(world)[1]) == ([True, False], 30)
    assert minutes(world)[0] in (12, 13), "13 when the minute has just ended"
    with as_owner(write=False) as db:
        session = db.get_one(TherapySession, world.session.id)
        assert (session.status, session.finished_at, session.credited_minutes) == ("running", None, None)
        acts = [one.action for one in acts_of_people(db)]
    assert (acts.count("leave session"), acts.count("finish session")) == (1, 0)


def test_what_a_colleague_settled_stays_when_the_session_ends(world: World) -> None:
    with as_owner() as db:
        began(db, world, 28)
    assert close(world, "partner").left
    with as_owner() as db:
        db.get_one(TherapySession, world.session.id).started_at = utc_now() - timedelta(minutes=50)
    assert (minutes(world), close(world).ask) == ([30, 30], True)
    assert finish(world, 45).status == "finished"
    assert minutes(world) == [30, 45]


def test_the_last_who_leaves_finishes_the_session(world: World) -> None:
    with as_owner() as db:
        other = world.actor(db, "slp")
        set_attendance(db, other, world.places[1].entry.id, "student_absent", "present")
    closing = close(world, "partner")
    assert (closing.left, closing.session.status, closing.session.credited_minutes) == (False, "finished", None)
    assert minutes(world)[1] == 0


def test_whoever_gives_the_session_ends_it_also_for_a_student_whom_she_may_not_record(world: World) -> None:
    with as_owner() as db:
        grants = select(StudentGrant).where(col(StudentGrant.student_id) == world.places[1].entry.student_id)
        for one in db.execute(grants).scalars():
            one.can_edit = False
    assert finish(world, 12).status == "finished"
    assert minutes(world) == [12, 30]


def test_minutes_corrected_by_hand_and_missed_students_do_not_follow_the_clock(world: World) -> None:
    with as_owner() as db:
        actor = world.actor(db, "slp")
        set_minutes(db, actor, world.places[0].entry.id, 20, 30)
        set_attendance(db, actor, world.places[1].entry.id, "student_absent", "present")
    closing = close(world)
    assert (closing.ask, closing.follow, minutes(world)) == (False, 0, [20, 0])


def test_a_note_that_is_signed_keeps_its_minutes(world: World) -> None:
    with as_owner() as db:
        db.get_one(SessionEntry, world.places[0].entry.id).note_status = NoteStatus.SIGNED
    finish(world, 12)
    assert minutes(world) == [30, 12]


def test_a_student_who_leaves_in_the_middle_is_credited_until_then_whatever_the_session_is(world: World) -> None:
    come_and_leave(world, None, 8)
    assert minutes(world) == [8, 30]
    finish(world, 12)
    assert minutes(world) == [8, 12]


def test_a_student_who_came_late_is_credited_from_then_on_to_the_end_that_counts(world: World) -> None:
    come_and_leave(world, 5, None)
    assert minutes(world) == [25, 30]
    finish(world, 12)
    assert minutes(world) == [7, 12]


def test_leaving_now_is_by_the_servers_clock(world: World) -> None:
    with as_owner() as db:
        entry = leave_now(db, world.actor(db, "slp"), world.places[0].entry.id)
    assert entry.left_at is not None
    assert entry.minutes in (12, 13), "13 when the minute has just ended"


def test_times_can_be_taken_back_and_set_again_after_the_session(world: World) -> None:
    come_and_leave(world, 2, 8)
    finish(world, 12)
    with as_owner(write=False) as db:
        entry = db.get_one(SessionEntry, world.places[0].entry.id)
        was = times_line(entry.arrived_at, entry.left_at)
    come_and_leave(world, None, None, was)
    assert minutes(world) == [12, 12]


def test_times_that_somebody_set_in_between_stay(world: World) -> None:
    come_and_leave(world, None, 8)
    with pytest.raises(Conflict):
        come_and_leave(world, None, 10)
    come_and_leave(world, None, 8)
    assert minutes(world)[0] == 8


def test_only_who_was_present_came_and_left_and_being_absent_takes_the_times_away(world: World) -> None:
    one = world.places[0].entry.id
    come_and_leave(world, None, 8)
    with as_owner() as db:
        entry = set_attendance(db, world.actor(db, "slp"), one, "student_absent", "present")
        assert (entry.minutes, entry.arrived_at, entry.left_at) == (0, None, None)
    with pytest.raises(Invalid):
        come_and_leave(world, None, 8)
    finish(world, 12)
    with as_owner() as db:
        assert set_attendance(db, world.actor(db, "slp"), one, "present", "student_absent").minutes == 12


def test_times_of_a_signed_note_stay(world: World) -> None:
    with as_owner() as db:
        db.get_one(SessionEntry, world.places[0].entry.id).note_status = NoteStatus.SUBMITTED
    with pytest.raises(NotPermitted):
        come_and_leave(world, None, 8)


def test_an_outsider_finds_nothing_to_finish_and_nobody_who_left(world: World) -> None:
    for call, record in (
        (close_session, world.session.id),
        (finish_session, world.session.id),
        (leave_now, world.places[0].entry.id),
    ):
        with pytest.raises(NotFound), as_owner() as db:
            call(db, world.actor(db, "outsider"), record)
    with pytest.raises(NotFound), as_owner() as db:
        set_times(db, world.actor(db, "outsider"), world.places[0].entry.id, {"came": "", "left": ""}, NEVER)


def test_a_long_session_ends_also_for_a_student_who_came_before_it(world: World) -> None:
    with as_owner() as db:
        began(db, world, 601)
        session = db.get_one(TherapySession, world.session.id)
        entry = db.get_one(SessionEntry, world.places[0].entry.id)
        entry.arrived_at, entry.minutes = session.planned_start - timedelta(minutes=20), 50
    assert finish(world, 600).status == "finished"
    assert minutes(world) == [600, 600]
