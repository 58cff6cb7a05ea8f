"""The database itself refuses to change what was signed and what happened, whoever asks."""

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from tests.conftest import OpenDb
from tests.services.note_world import NoteWorld, build_notes, note_as_shown
from therapytrack.errors import IdTaken
from therapytrack.models import Disclosure, SessionEntry, new_id
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
