"""Co-signing and returning what an assistant submitted, on both databases."""

from collections.abc import Callable
from functools import partial
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import Session, col

from tests.conftest import OpenDb
from tests.services.note_world import NoteWorld, build_notes, note_as_shown
from therapytrack.errors import Conflict, Invalid, NotFound, NotPermitted
from therapytrack.models import (
    Activity,
    CoSignature,
    GoalPoint,
    NoteAddendum,
    NoteReturn,
    NoteStatus,
    SessionEntry,
    SupervisionLink,
    new_id,
)
from therapytrack.services.co_sign import co_sign_addendum, co_sign_note, return_addendum, return_note
from therapytrack.services.note_sheet import read_note
from therapytrack.services.notes import add_addendum, revise_addendum, sign_note, submit_note
from therapytrack.services.therapy_sessions import set_attendance, set_note


@pytest.fixture
def world(db: OpenDb) -> NoteWorld:
    """The assistant's note is submitted."""
    with db() as session:
        built = build_notes(session)
        submit_note(session, built.actor(session, "slpa"), note_as_shown(session, built, "ben"))
        return built


def hash_of(db: Session, world: NoteWorld, student: str = "ben") -> str:
    return db.get_one(SessionEntry, world.entries[student]).content_hash


def signatures(db: Session) -> int:
    return int(db.execute(select(func.count()).select_from(CoSignature)).scalar_one())


def test_the_authors_supervisor_cosigns_the_hash_that_she_was_shown(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        actor, shown = world.actor(session, "supervisor"), hash_of(session, world)
        signature = co_sign_note(session, actor, world.entries["ben"], shown)
        entry = session.get_one(SessionEntry, world.entries["ben"])
        assert (entry.note_status, entry.signed_at, signature.content_hash) == (NoteStatus.COSIGNED, actor.at, shown)
    with db() as session:
        done = select(func.count()).select_from(Activity).where(col(Activity.action) == "co-sign note")
        assert session.execute(done).scalar_one() == 1


def test_a_double_click_makes_one_co_signature(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        shown = hash_of(session, world)
        first = co_sign_note(session, world.actor(session, "supervisor"), world.entries["ben"], shown)
    with db() as session:
        again = co_sign_note(session, world.actor(session, "supervisor"), world.entries["ben"], shown)
        assert (again.id, signatures(session)) == (first.id, 1)


def test_two_co_signatures_at_the_same_moment_make_one(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        shown = hash_of(session, world)
    failures: list[BaseException] = []

    def sign() -> None:
        try:
            with db() as session:
                co_sign_note(session, world.actor(session, "supervisor"), world.entries["ben"], shown)
        except BaseException as error:  # noqa: BLE001 - handed to the test's own thread
            failures.append(error)

    threads = [Thread(target=sign) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with db() as session:
        assert (failures, signatures(session)) == ([], 1)


def test_an_authors_edit_in_between_refuses_the_co_signature(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        supervisor, entry_id, shown = world.actor(session, "supervisor"), world.entries["ben"], hash_of(session, world)
        return_note(session, supervisor, entry_id, shown, "Which prompts?")
        set_note(session, world.actor(session, "slpa"), entry_id, "With minimal cues.", 1)
        session.refresh(session.get_one(SessionEntry, entry_id))
        submit_note(session, world.actor(session, "slpa"), note_as_shown(session, world, "ben"))
        with pytest.raises(NotPermitted, match="changed after you opened it"):
            co_sign_note(session, supervisor, entry_id, shown)
        assert signatures(session) == 0
        co_sign_note(session, supervisor, entry_id, hash_of(session, world))


def test_data_that_are_not_those_submitted_refuse_the_co_signature(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        point = select(GoalPoint).where(col(GoalPoint.entry_id) == world.entries["ben"])
        session.execute(point).scalar_one().trials += 1
        session.flush()
        with pytest.raises(Conflict, match="not those that were submitted"):
            co_sign_note(session, world.actor(session, "supervisor"), world.entries["ben"], hash_of(session, world))


@pytest.mark.parametrize(
    ("who", "error"),
    [
        ("other_supervisor", NotPermitted),
        ("slp", NotPermitted),
        ("slpa", NotPermitted),
        ("reader", NotPermitted),
        ("owner", NotFound),
        ("outsider", NotFound),
    ],
)
@pytest.mark.parametrize("verb", [co_sign_note, partial(return_note, comment="Please look again.")])
def test_only_the_authors_supervisor_cosigns_or_returns(
    db: OpenDb, world: NoteWorld, who: str, error: type[Exception], verb: Callable[..., Any]
) -> None:
    with db() as session:
        shown = hash_of(session, world)
        with pytest.raises(error):
            verb(session, world.actor(session, who), world.entries["ben"], shown)
    with db() as session:
        assert session.get_one(SessionEntry, world.entries["ben"]).note_status == NoteStatus.SUBMITTED


def test_a_supervisor_whose_link_ended_cannot_co_sign(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        link = session.execute(select(SupervisionLink)).scalar_one()
        link.ends_at = link.starts_at
        session.flush()
        with pytest.raises(NotPermitted, match="supervisor in the same discipline"):
            co_sign_note(session, world.actor(session, "supervisor"), world.entries["ben"], hash_of(session, world))


def test_a_note_that_was_not_submitted_cannot_be_co_signed(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        sign_note(session, world.actor(session, "slp"), note_as_shown(session, world, "ana"))
        with pytest.raises(NotPermitted, match="not waiting"):
            co_sign_note(
                session, world.actor(session, "supervisor"), world.entries["ana"], hash_of(session, world, "ana")
            )


def test_a_return_keeps_the_comment_and_the_text_that_was_read(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        supervisor, shown = world.actor(session, "supervisor"), hash_of(session, world)
        returned = return_note(session, supervisor, world.entries["ben"], shown, " Which prompts? ")
        assert (returned.comment, returned.returned_text) == ("Which prompts?", "Worked on sounds with ben.")
        assert session.get_one(SessionEntry, world.entries["ben"]).note_status == NoteStatus.RETURNED


def test_a_return_needs_a_comment_and_happens_once(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        supervisor, shown = world.actor(session, "supervisor"), hash_of(session, world)
        with pytest.raises(Invalid):
            return_note(session, supervisor, world.entries["ben"], shown, "  ")
        for _ in range(2):
            return_note(session, supervisor, world.entries["ben"], shown, "Which prompts?")
        assert session.execute(select(func.count()).select_from(NoteReturn)).scalar_one() == 1


def test_a_submitted_note_and_its_facts_stay_as_they_are(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        with pytest.raises(NotPermitted):
            set_note(session, world.actor(session, "slpa"), world.entries["ben"], "Other words.", 1)
        with pytest.raises(NotPermitted):
            set_attendance(session, world.actor(session, "slpa"), world.entries["ben"], "student_absent", "present")


def assistants_addendum(db: Session, world: NoteWorld) -> NoteAddendum:
    co_sign_note(db, world.actor(db, "supervisor"), world.entries["ben"], hash_of(db, world))
    return add_addendum(db, world.actor(db, "slpa"), world.entries["ben"], new_id(), "The mother called.")


def test_an_assistants_addendum_is_co_signed_on_its_own(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        addendum = assistants_addendum(session, world)
        for _ in range(2):
            co_sign_addendum(session, world.actor(session, "supervisor"), addendum.id, addendum.content_hash)
        assert (addendum.status, signatures(session)) == (NoteStatus.COSIGNED, 2)


def test_a_returned_addendum_is_revised_and_submitted_again(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        addendum = assistants_addendum(session, world)
        supervisor, shown = world.actor(session, "supervisor"), addendum.content_hash
        return_addendum(session, supervisor, addendum.id, shown, "When?")
        revise_addendum(session, world.actor(session, "slpa"), addendum.id, "The mother called on Friday.")
        with pytest.raises(NotPermitted, match="changed after you opened it"):
            co_sign_addendum(session, supervisor, addendum.id, shown)
        co_sign_addendum(session, supervisor, addendum.id, addendum.content_hash)
        assert addendum.status == NoteStatus.COSIGNED


@pytest.mark.parametrize(("who", "follows"), [("slpa", True), ("supervisor", True), ("reader", False), ("slp", False)])
def test_a_returned_addendum_is_read_by_its_author_and_her_supervisor_alone(
    db: OpenDb, world: NoteWorld, who: str, follows: bool
) -> None:
    with db() as session:
        addendum = assistants_addendum(session, world)
        return_addendum(session, world.actor(session, "supervisor"), addendum.id, addendum.content_hash, "When?")
        sheet = read_note(session, world.actor(session, who), world.entries["ben"])
        assert [(one.text, one.comment) for one in sheet.addenda] == [("The mother called.", "When?")] * follows


@pytest.mark.parametrize(("who", "follows"), [("slpa", True), ("supervisor", True), ("reader", False), ("slp", False)])
def test_what_a_supervisor_asked_for_is_read_by_the_author_and_herself_alone(
    db: OpenDb, world: NoteWorld, who: str, follows: bool
) -> None:
    with db() as session:
        return_note(session, world.actor(session, "supervisor"), world.entries["ben"], hash_of(session, world), "Why?")
        submit_note(session, world.actor(session, "slpa"), note_as_shown(session, world, "ben", text="Other words."))
        co_sign_note(session, world.actor(session, "supervisor"), world.entries["ben"], hash_of(session, world))
        sheet = read_note(session, world.actor(session, who), world.entries["ben"])
        assert [one.comment for one in sheet.returned] == ["Why?"] * follows


def test_only_the_authors_supervisor_co_signs_an_addendum(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        addendum = assistants_addendum(session, world)
        for who, error in (("other_supervisor", NotPermitted), ("slpa", NotPermitted), ("outsider", NotFound)):
            with pytest.raises(error):
                co_sign_addendum(session, world.actor(session, who), addendum.id, addendum.content_hash)
