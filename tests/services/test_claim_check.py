"""What is asked before a note is signed, from the records of the day."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, update
from sqlmodel import Session, col

from tests.databases import as_owner
from tests.factories import add_plan
from tests.services.note_world import NoteWorld, build_notes
from therapytrack.domain.claim_check import Question
from therapytrack.errors import NotFound, NotPermitted
from therapytrack.models import (
    Account,
    GoalPoint,
    Membership,
    School,
    SchoolCalendarDay,
    SessionEntry,
    SessionStatus,
    Student,
    TherapySession,
)
from therapytrack.services.claim_check import BeforeSigning
from therapytrack.services.note_queue import open_notes


@pytest.fixture
def world(engine: Engine) -> NoteWorld:
    """A note in order: a plan that runs, a place, the planned minutes."""
    with as_owner() as db:
        made = build_notes(db)
        session = db.get_one(TherapySession, made.session_id)
        session.place = "Room 12"
        for name in ("ana", "ben"):
            add_plan(db, db.get_one(Student, made.students[name]), session.held_on - timedelta(days=30))
        return made


def asked(world: NoteWorld, who: str = "slp", note: str = "ana") -> BeforeSigning:
    with as_owner() as db:
        return open_notes(db, world.actor(db, who), None, world.entries[note]).questions or BeforeSigning([], None)


def questions(world: NoteWorld) -> list[Question]:
    return [one.question for one in asked(world).findings]


def day(db: Session, world: NoteWorld) -> date:
    return db.get_one(TherapySession, world.session_id).held_on


def test_nothing_is_asked_about_a_note_in_order(world: NoteWorld) -> None:
    assert asked(world) == BeforeSigning([], None)


def test_a_closure_of_the_school_that_the_student_goes_to_is_asked_about(world: NoteWorld) -> None:
    with as_owner() as db:
        held_on = day(db, world)
        oak = School(workspace_id=world.workspace_id, name="Oak Middle")
        db.add(oak)
        db.flush()
        closed: dict[str, Any] = {"first_on": held_on, "last_on": held_on, "kind": "closed", "label": "Water damage"}
        db.add(SchoolCalendarDay(workspace_id=oak.workspace_id, school_id=oak.id, **closed))
    assert questions(world) == []
    with as_owner() as db:
        db.get_one(Student, world.students["ana"]).school = "Oak Middle"
    assert [one.sentence for one in asked(world).findings] == ["No school: Water damage (Oak Middle)."]


def test_nothing_is_asked_about_somebody_elses_note(world: NoteWorld) -> None:
    with as_owner() as db:
        db.get_one(SessionEntry, world.entries["ana"]).note_status = "signed"
    assert asked(world, "supervisor").findings == []


def test_whoever_may_not_read_the_note_is_told_nothing(world: NoteWorld) -> None:
    with pytest.raises(NotPermitted):
        asked(world, "reader")
    with pytest.raises(NotFound):
        asked(world, "outsider")


def test_a_plan_that_ended_a_closed_day_and_a_lapsed_credential_are_asked_about(world: NoteWorld) -> None:
    with as_owner() as db:
        held_on = day(db, world)
        here: dict[str, Any] = {"workspace_id": world.workspace_id}
        db.add(SchoolCalendarDay(**here, first_on=held_on, last_on=held_on, kind="closed", label="Snow"))
        member = db.get_one(Membership, world.members["slp"])
        db.get_one(Account, member.account_id).credential_until = held_on - timedelta(days=1)
        db.get_one(SessionEntry, world.entries["ana"]).student_id = world.students["ana"]
    assert questions(world) == [Question.CLOSED, Question.CREDENTIAL_LAPSED]


def test_data_of_an_absent_student_are_asked_about_until_all_marks_are_undone(world: NoteWorld) -> None:
    with as_owner() as db:
        entry = db.get_one(SessionEntry, world.entries["ana"])
        entry.attendance, entry.minutes = "student_absent", 0
    (found,) = asked(world).findings
    assert (found.question, found.sentence[:17]) == (Question.ABSENT, "Data are recorded")
    with as_owner() as db:
        points = update(GoalPoint).where(col(GoalPoint.entry_id) == world.entries["ana"])
        db.execute(points.values(trials=0, correct=0, cued=0))
    assert asked(world).findings == []


def test_a_session_of_the_same_person_at_the_same_time_is_named(world: NoteWorld) -> None:
    with as_owner() as db:
        mine = db.get_one(TherapySession, world.session_id)
        db.add(
            TherapySession(
                workspace_id=world.workspace_id,
                provider_id=world.members["slp"],
                title="Pair B",
                held_on=mine.held_on,
                planned_start=mine.planned_start + timedelta(minutes=10),
                planned_end=mine.planned_end + timedelta(minutes=10),
                status=SessionStatus.FINISHED,
            )
        )
    (found,) = asked(world).findings
    assert found.question is Question.OVERLAP and "Pair B" in found.sentence


def test_sessions_that_touch_or_were_called_off_do_not_overlap(world: NoteWorld) -> None:
    with as_owner() as db:
        mine = db.get_one(TherapySession, world.session_id)
        for start, status in ((mine.planned_end, "finished"), (mine.planned_start, "cancelled")):
            db.add(
                TherapySession(
                    workspace_id=world.workspace_id,
                    provider_id=world.members["slp"],
                    title="Other",
                    held_on=mine.held_on,
                    planned_start=start,
                    planned_end=start + timedelta(minutes=30),
                    status=status,
                )
            )
    assert questions(world) == []


def test_a_missing_place_and_minutes_beyond_the_plan_are_asked_about(world: NoteWorld) -> None:
    with as_owner() as db:
        db.get_one(TherapySession, world.session_id).place = ""
        db.get_one(SessionEntry, world.entries["ana"]).minutes = 50
    assert questions(world) == [Question.MISSING, Question.MISSING]


def test_a_text_that_stands_in_the_groupmates_note_is_named(world: NoteWorld) -> None:
    text = "Named eight of ten pictures after one model and stayed with the game until the very end of it."
    with as_owner() as db:
        for name in ("ana", "ben"):
            db.get_one(SessionEntry, world.entries[name]).note = text
        db.get_one(SessionEntry, world.entries["ben"]).author_id = world.members["slp"]
    alike = asked(world).alike
    assert alike is not None and (alike.other, alike.percent) == ("Ben Test's note of this session", 100)


def test_a_note_that_she_may_not_read_is_not_compared(world: NoteWorld) -> None:
    text = "Named eight of ten pictures after one model and stayed with the game until the very end of it."
    with as_owner() as db:
        for name in ("ana", "ben"):
            db.get_one(SessionEntry, world.entries[name]).note = text
    assert asked(world).alike is None
