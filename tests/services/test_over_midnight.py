"""A session over midnight is of the day on which it began: in its parts, the note, the minutes and the claim check."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import select
from sqlmodel import col

from tests.conftest import OpenDb
from tests.services.schedule_world import MONDAY, ScheduleWorld, build_schedule_world
from therapytrack.domain.claim_check import Question
from therapytrack.domain.entry_facts import times_line
from therapytrack.domain.minutes_choice import MinutesChoice
from therapytrack.domain.slots import key_of
from therapytrack.models import SchoolCalendarDay, SessionEntry, SessionStatus, SignIn, TherapySession, new_id
from therapytrack.services.finishing import close_session, set_times
from therapytrack.services.ledger import keep_books
from therapytrack.services.note_contents import content_of
from therapytrack.services.note_queue import open_notes
from therapytrack.services.slot_days import start_meeting
from therapytrack.services.therapy_sessions import set_note, start_session, start_unplanned

# Ten to midnight on the last day of November in New York, and half an hour later.
BEFORE, AFTER = "2026-12-01T04:50:00Z", "2026-12-01T05:20:00Z"
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def night() -> Iterator[Any]:
    with time_machine.travel(BEFORE, tick=False) as clock:
        yield clock


@pytest.fixture
def world(db: OpenDb, night: Any) -> ScheduleWorld:
    with db() as session:
        built = build_schedule_world(session)
        for one in session.execute(select(SignIn)).scalars():
            one.last_active_at += timedelta(minutes=20)
        return built


def planned(db: OpenDb, world: ScheduleWorld) -> UUID:
    """A slot of half an hour from ten to midnight on, started on its day."""
    with db() as session:
        slot = world.slot(session, "slp", 0, starts=time(23, 50))
        return start_meeting(session, world.actor(session, "slp"), key_of(slot.id, MONDAY)).id


def unplanned(db: OpenDb, world: ScheduleWorld) -> UUID:
    with db() as session:
        return start_unplanned(session, world.actor(session, "slp"), new_id(), [world.students[0].id]).id


def part(db: OpenDb, session_id: UUID) -> SessionEntry:
    with db() as session:
        query = select(SessionEntry).where(col(SessionEntry.session_id) == session_id)
        found: SessionEntry = session.execute(query).scalar_one()
        return found


def provided(db: OpenDb, world: ScheduleWorld, on: date) -> int:
    """The minutes that the ledger of the month of `on` says were given to Ana."""
    with db() as session:
        actor = world.actor(session, "slp")
        books = keep_books(session, actor, MinutesChoice(span="month", on=on.isoformat()).period(actor.today))
        (hers,) = [one for one in books.students if one.seen.student.given_name == "Ana"]
        return sum(line.sums.provided for line in hers.lines)


def close(db: OpenDb, world: ScheduleWorld, day: date, **values: Any) -> None:
    with db() as session:
        whole: dict[str, Any] = {"kind": "closed", "label": "Snow", "first_on": day, "last_on": day} | values
        session.add(SchoolCalendarDay(workspace_id=world.cast.workspace_id, **whole))


def asked(db: OpenDb, world: ScheduleWorld, entry: UUID) -> set[Question]:
    with db() as session:
        found = open_notes(session, world.actor(session, "slp"), None, entry).questions
        assert found is not None
        return {one.question for one in found.findings}


@pytest.mark.parametrize("begin", [planned, unplanned])
def test_it_belongs_to_the_day_on_which_it_began(db: OpenDb, world: ScheduleWorld, night: Any, begin: Any) -> None:
    key = begin(db, world)
    night.move_to(AFTER)
    with db() as session:
        actor = world.actor(session, "slp")
        closing = close_session(session, actor, key)
        assert (actor.today, closing.session.held_on) == (TUESDAY, MONDAY)
        assert (closing.planned, closing.passed, closing.ask) == (30, 30, False)
        assert closing.session.status == SessionStatus.FINISHED
    entry = part(db, key)
    assert (entry.held_on, entry.minutes) == (MONDAY, 30)
    with db() as session:
        actor = world.actor(session, "slp")
        set_note(session, actor, entry.id, "Worked late on blends.", entry.note_version)
        assert content_of(session, actor, session.get_one(SessionEntry, entry.id)).held_on == MONDAY
    assert (provided(db, world, MONDAY), provided(db, world, TUESDAY)) == (30, 0)


def test_a_student_who_left_after_midnight_is_credited_until_then(db: OpenDb, world: ScheduleWorld, night: Any) -> None:
    key = planned(db, world)
    night.move_to(AFTER)
    entry = part(db, key)
    with db() as session:
        set_times(
            session, world.actor(session, "slp"), entry.id, {"came": "23:55", "left": "00:10"}, times_line(None, None)
        )
    assert part(db, key).minutes == 15


def test_the_claim_check_asks_about_the_day_on_which_it_began(db: OpenDb, world: ScheduleWorld, night: Any) -> None:
    key = planned(db, world)
    night.move_to(AFTER)
    with db() as session:
        close_session(session, world.actor(session, "slp"), key)
    entry = part(db, key).id
    close(db, world, TUESDAY)
    assert asked(db, world, entry) == {Question.MISSING}
    close(db, world, MONDAY, kind="early_release", closes_at=time(12, 30))
    assert asked(db, world, entry) == {Question.MISSING, Question.CLOSED}


def test_the_claim_check_names_a_session_of_the_next_day_that_it_runs_into(
    db: OpenDb, world: ScheduleWorld, night: Any
) -> None:
    key = planned(db, world)
    with db() as session:
        later = world.slot(session, "slp", 1, starts=time(0, 10), starts_on=TUESDAY, rule="FREQ=WEEKLY;BYDAY=TU")
    night.move_to(AFTER)
    with db() as session:
        second = start_meeting(session, world.actor(session, "slp"), key_of(later.id, TUESDAY))
        assert (second.held_on, session.get_one(TherapySession, key).held_on) == (TUESDAY, MONDAY)
    assert Question.OVERLAP in asked(db, world, part(db, key).id)


def test_yesterdays_session_that_nobody_started_still_starts_for_its_own_day(
    db: OpenDb, world: ScheduleWorld, night: Any
) -> None:
    with db() as session:
        slot = world.slot(session, "slp", 0, starts=time(23, 50))
    night.move_to(AFTER)
    with db() as session:
        key = start_meeting(session, world.actor(session, "slp"), key_of(slot.id, MONDAY)).id
        assert start_session(session, world.actor(session, "slp"), key).held_on == MONDAY
