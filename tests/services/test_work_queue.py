"""What waits for a person is counted as her lists show it: notes and addenda, of students whom she may view."""

import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session
from sqlmodel import col

from tests.conftest import OpenDb
from tests.services.note_world import NoteWorld, build_notes, note_as_shown
from therapytrack.access.entries import visible_entries
from therapytrack.models import NoteStatus, SessionEntry, StudentGrant, SupervisionLink, new_id
from therapytrack.services.co_sign import co_sign_note
from therapytrack.services.co_sign_queue import open_queue
from therapytrack.services.note_lists import NoteTab
from therapytrack.services.note_queue import open_notes
from therapytrack.services.notes import add_addendum, submit_note
from therapytrack.services.today import get_day
from therapytrack.services.work_queue import Waiting, count_waiting


@pytest.fixture
def world(db: OpenDb) -> NoteWorld:
    """The assistant's note is submitted, the clinician's is a draft."""
    with db() as session:
        built = build_notes(session)
        submit_note(session, built.actor(session, "slpa"), note_as_shown(session, built, "ben"))
        return built


def waiting(db: OpenDb, world: NoteWorld, who: str) -> Waiting:
    """The counts of `who`, which have to be what her lists hold."""
    with db() as session:
        actor = world.actor(session, who)
        counted = count_waiting(session, actor)
        own = [NoteTab.UNSIGNED, NoteTab.RETURNED]
        assert counted.unsigned == sum(len(open_notes(session, actor, tab, None).rows) for tab in own)
        assert counted.unsigned == sum(one.notes for one in get_day(session, actor).unsigned)
        queue = open_queue(session, actor, None)
        assert counted.to_cosign == len(queue.queue) + len(queue.reports)
    return counted


def add_submitted_addendum(db: OpenDb, world: NoteWorld) -> None:
    """The assistant's note is co-signed, and she adds to it."""
    with db() as session:
        shown = session.get_one(SessionEntry, world.entries["ben"]).content_hash
        co_sign_note(session, world.actor(session, "supervisor"), world.entries["ben"], shown)
        add_addendum(session, world.actor(session, "slpa"), world.entries["ben"], new_id(), "The mother called.")


def revoke(session: Session, world: NoteWorld, who: str, student: str) -> None:
    session.execute(
        delete(StudentGrant).where(
            col(StudentGrant.membership_id) == world.members[who],
            col(StudentGrant.student_id) == world.students[student],
        )
    )


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("slp", Waiting(1, 0)),
        ("slpa", Waiting(0, 0)),
        ("supervisor", Waiting(0, 1)),
        ("other_supervisor", Waiting(0, 0)),
        ("reader", Waiting(0, 0)),
        ("owner", Waiting(0, 0)),
        ("outsider", Waiting(0, 0)),
    ],
)
def test_everybody_counts_what_waits_for_her(db: OpenDb, world: NoteWorld, who: str, expected: Waiting) -> None:
    assert waiting(db, world, who) == expected


def test_a_submitted_addendum_waits_for_the_supervisor_too(db: OpenDb, world: NoteWorld) -> None:
    add_submitted_addendum(db, world)
    assert waiting(db, world, "supervisor") == Waiting(0, 1)
    assert waiting(db, world, "other_supervisor") == Waiting(0, 0)


def test_an_addendum_waits_no_more_when_the_supervision_has_ended(db: OpenDb, world: NoteWorld) -> None:
    add_submitted_addendum(db, world)
    with db() as session:
        session.execute(delete(SupervisionLink))
    assert waiting(db, world, "supervisor") == Waiting(0, 0)


def test_a_note_about_a_student_whom_she_may_no_longer_view_is_not_counted(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        revoke(session, world, "slp", "ana")
    assert waiting(db, world, "slp") == Waiting(0, 0)


def test_a_limit_counts_only_entries_that_may_be_seen(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        revoke(session, world, "reader", "ben")
        session.execute(
            update(SessionEntry)
            .where(col(SessionEntry.id) == world.entries["ana"])
            .values(note_status=NoteStatus.SIGNED, held_on=SessionEntry.held_on)
        )
    with db() as session:
        found = visible_entries(session, world.actor(session, "reader"), limit=1)
        assert [one.entry.id for one in found] == [world.entries["ana"]]
