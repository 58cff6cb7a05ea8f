"""The database itself refuses to change what was signed and what happened, whoever asks."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from tests.conftest import OpenDb
from tests.services.note_world import NoteWorld, build_notes, note_as_shown
from therapytrack.errors import IdTaken
from therapytrack.models import (
    Disclosure,
    GoalNarrative,
    GoalPhase,
    GoalVersion,
    Objective,
    SecondTrial,
    SessionEntry,
    TherapySession,
    new_id,
    utc_now,
)
from therapytrack.services.co_sign import co_sign_note, return_note
from therapytrack.services.notes import add_addendum, sign_note, submit_note

REFUSED = (
    "UPDATE session_entry SET note = 'other' WHERE note_status = 'signed'",
    "UPDATE session_entry SET content_hash = 'other' WHERE note_status = 'signed'",
    "UPDATE session_entry SET minutes = 60 WHERE note_status = 'signed'",
    "UPDATE session_entry SET attendance = 'student_absent' WHERE note_status = 'signed'",
    "UPDATE session_entry SET arrived_at = created_at WHERE note_status = 'signed'",
    "UPDATE session_entry SET left_at = created_at WHERE note_status = 'submitted'",
    "UPDATE session_entry SET signed_at = NULL WHERE note_status = 'signed'",
    "UPDATE session_entry SET note_status = 'draft' WHERE note_status = 'signed'",
    "UPDATE session_entry SET note = 'other' WHERE note_status = 'submitted'",
    "UPDATE session_entry SET note_status = 'draft' WHERE note_status = 'submitted'",
    "UPDATE note_addendum SET text = 'other'",
    "UPDATE note_addendum SET status = 'returned'",
    "DELETE FROM note_addendum",
    "UPDATE trial SET outcome = 'correct' WHERE outcome = 'incorrect'",
    "UPDATE trial SET place = 9",
    "UPDATE trial SET amount = 9",
    "UPDATE trial SET scale_version = 9",
    "DELETE FROM trial",
    "UPDATE activity SET action = 'nothing'",
    "DELETE FROM activity",
    "UPDATE note_return SET comment = 'other'",
    "DELETE FROM note_return",
    "UPDATE disclosure SET party = 'nobody'",
    "DELETE FROM disclosure",
    "UPDATE goal_narrative SET text = 'other' WHERE held_on < '2020-01-02'",
    "DELETE FROM goal_narrative WHERE held_on < '2020-01-02'",
    "UPDATE second_trial SET outcome = 'cued'",
    "UPDATE second_trial SET place = 4, scale_version = 3",
    "UPDATE second_trial SET undone_at = NULL WHERE undone_at IS NOT NULL",
    "DELETE FROM second_trial",
    "UPDATE goal_phase SET name = 'other' WHERE withdrawn_at IS NULL",
    "UPDATE goal_phase SET starts_on = '2020-01-01'",
    "UPDATE goal_phase SET withdrawn_at = NULL WHERE withdrawn_at IS NOT NULL",
    "UPDATE goal_phase SET why = 'other' WHERE withdrawn_at IS NOT NULL",
    "DELETE FROM goal_phase",
    "UPDATE objective SET text = 'other'",
    "UPDATE objective SET withdrawn_at = NULL WHERE withdrawn_at IS NOT NULL",
    "DELETE FROM objective",
    "UPDATE audit_head SET sequence = sequence - 1",
    "UPDATE audit_head SET seal = 'other'",
    "DELETE FROM audit_head",
)


@pytest.fixture
def world(db: OpenDb) -> NoteWorld:
    """One note is signed and has an addendum; the other was returned, and is submitted again."""
    with db() as session:
        built = build_notes(session)
        sign_note(session, built.actor(session, "slp"), note_as_shown(session, built, "ana"))
        add_addendum(session, built.actor(session, "slp"), built.entries["ana"], new_id(), "More.")
        entry = submit_note(session, built.actor(session, "slpa"), note_as_shown(session, built, "ben"))
        return_note(session, built.actor(session, "supervisor"), entry.id, entry.content_hash, "Which prompts?")
        submit_note(session, built.actor(session, "slpa"), note_as_shown(session, built, "ben"))
        add_data(session, built)
        student = session.get_one(SessionEntry, built.entries["ana"]).student_id
        who = built.actor(session, "slp")
        session.add(
            Disclosure(
                workspace_id=who.workspace_id,
                student_id=student,
                party="A school",
                purpose="Transfer",
                disclosed_on=who.today,
                what="Goals",
                recorded_by_id=who.membership_id,
            )
        )
        return built


def add_data(db: Session, world: NoteWorld) -> None:
    """A narrative of a day of its own under the signed note, one under a draft, and two second scores, one undone."""
    now, held = utc_now(), {"ana": date(2020, 1, 1), "draft": date(2020, 2, 1)}
    here: dict[str, Any] = {"workspace_id": world.workspace_id, "goal_id": world.goals["ana"]}
    version = db.execute(select(GoalVersion).where(col(GoalVersion.goal_id) == world.goals["ana"])).scalar_one()
    whose = {"ana": world.entries["ana"], "draft": draft_of(db, world)}
    for name, day in held.items():
        told: dict[str, Any] = {
            "entry_id": whose[name],
            "goal_version_id": version.id,
            "held_on": day,
            "text": "Greeted twice.",
        }
        db.add(GoalNarrative(**here, **told, saved_at=now))
    for gone in (None, now):
        by: dict[str, Any] = {"entered_by_id": world.members["slp"], "withdrawn_at": gone}
        db.add(GoalPhase(**here, **by, name="Baseline", starts_on=held["ana"]))
        db.add(Objective(**here, **by, text="In words.", mastery={"target": 60}, target_on=held["ana"]))
    for undone in (None, now):
        where: dict[str, Any] = {
            "session_id": world.session_id,
            "entry_id": world.entries["ana"],
            "scorer_id": world.members["slp"],
        }
        made: dict[str, Any] = {"outcome": "correct", "purpose": "practice", "tapped_at": now, "changed_at": now}
        db.add(SecondTrial(**here, **where, **made, undone_at=undone))
    db.flush()


def draft_of(db: Session, world: NoteWorld) -> UUID:
    """Another part of the student's, in a session whose note is a draft."""
    first = db.get_one(TherapySession, world.session_id)
    times: dict[str, Any] = {
        "held_on": first.held_on,
        "planned_start": first.planned_start,
        "planned_end": first.planned_end,
    }
    session = TherapySession(workspace_id=world.workspace_id, provider_id=first.provider_id, title="Other", **times)
    db.add(session)
    db.flush()
    signed = db.get_one(SessionEntry, world.entries["ana"])
    entry = SessionEntry(
        workspace_id=world.workspace_id,
        session_id=session.id,
        student_id=signed.student_id,
        author_id=signed.author_id,
        position=0,
        held_on=session.held_on,
    )
    db.add(entry)
    db.flush()
    return entry.id


@pytest.mark.parametrize("statement", REFUSED)
def test_the_database_refuses_to_change_what_is_settled(db: OpenDb, world: NoteWorld, statement: str) -> None:
    with pytest.raises(IntegrityError), db() as session:
        session.execute(text(statement))


@pytest.mark.parametrize("statement", ["UPDATE co_signature SET content_hash = ''", "DELETE FROM co_signature"])
def test_the_database_refuses_to_change_a_co_signature(db: OpenDb, world: NoteWorld, statement: str) -> None:
    with db() as session:
        entry = submit_note(session, world.actor(session, "slpa"), note_as_shown(session, world, "ben"))
        co_sign_note(session, world.actor(session, "supervisor"), entry.id, entry.content_hash)
    with pytest.raises(IntegrityError), db() as session:
        session.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE session_entry SET position = 7",
        "UPDATE goal_narrative SET text = 'other' WHERE held_on > '2020-01-02'",
        "UPDATE second_trial SET undone_at = changed_at WHERE undone_at IS NULL",
        "UPDATE session_entry SET make_up = 'not_owed', make_up_why = 'Excused.'",
        "UPDATE trial SET undone_at = changed_at",
        "INSERT INTO activity SELECT * FROM activity WHERE 1 = 0",
    ],
)
def test_the_database_takes_what_a_signature_does_not_cover(db: OpenDb, world: NoteWorld, statement: str) -> None:
    with db() as session:
        session.execute(text(statement))


@pytest.mark.parametrize("table", ["activity", "disclosure", "audit_head"])
def test_a_row_cannot_be_replaced_by_another_of_its_key(
    db: OpenDb, engine: Engine, world: NoteWorld, table: str
) -> None:
    insert = "INSERT OR REPLACE" if engine.dialect.name == "sqlite" else "INSERT"
    with pytest.raises((IntegrityError, IdTaken)), db() as session:
        session.execute(text(f"{insert} INTO {table} SELECT * FROM {table}"))


def test_an_undone_trial_stays_undone(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        session.execute(text("UPDATE trial SET undone_at = changed_at"))
    with pytest.raises(IntegrityError), db() as session:
        session.execute(text("UPDATE trial SET undone_at = NULL"))
