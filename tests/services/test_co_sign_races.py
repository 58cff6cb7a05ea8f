"""An author and her supervisor answer one note at the same moment on PostgreSQL: each meeting has one defined end."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlmodel import col

from tests.conftest import OpenDb
from tests.services.note_world import NoteWorld, build_notes, note_as_shown
from tests.services.test_lock_order import until_one_waits
from therapytrack.access.actions import Action
from therapytrack.db import get_engine
from therapytrack.errors import NotPermitted, TherapyTrackError
from therapytrack.models import Activity, CoSignature, NoteAddendum, NoteReturn, NoteStatus, SessionEntry, new_id
from therapytrack.services.co_sign import co_sign_addendum, co_sign_note, return_addendum, return_note
from therapytrack.services.notes import add_addendum, locked_entry, submit_note
from therapytrack.services.therapy_sessions import set_note
from therapytrack.state.base import run_service

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
TEXT = "Worked on sounds with ben."
Service = Callable[..., object]


@pytest.fixture
def world(db: OpenDb) -> NoteWorld:
    """The assistant's note is submitted."""
    with db() as session:
        built = build_notes(session)
        submit_note(session, built.actor(session, "slpa"), note_as_shown(session, built, "ben"))
        return built


@pytest.fixture
def shown(db: OpenDb, world: NoteWorld) -> str:
    """The hash of the note as the supervisor has it before her."""
    with db() as session:
        return session.get_one(SessionEntry, world.entries["ben"]).content_hash


@pytest.fixture
def beside() -> Iterator[ThreadPoolExecutor]:
    """The other person's request, on a thread and a connection of its own."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        yield pool


def ask(db: OpenDb, world: NoteWorld, who: str, service: Service, *args: Any) -> object:
    """One request as the app runs it: its own transaction, and a refusal is written down in another."""
    with db() as session:
        actor = world.actor(session, who)
    return run_service(actor, service, *args)


def meet(
    db: OpenDb, engine: Engine, world: NoteWorld, pool: ThreadPoolExecutor, first: Service, second: Service
) -> Future[object]:
    """`first` has the note in her hands when `second` asks for it and waits; then the first one commits."""
    with db() as session:
        first(session)
        other = pool.submit(second)
        until_one_waits(engine)
    return other


def status(db: OpenDb, world: NoteWorld) -> tuple[str, str]:
    with db() as session:
        entry = session.get_one(SessionEntry, world.entries["ben"])
        return entry.note_status, entry.note


def rows(db: OpenDb, model: type[Any]) -> int:
    with db() as session:
        return int(session.execute(select(func.count()).select_from(model)).scalar_one())


def refused(db: OpenDb) -> list[tuple[str, str]]:
    """The acts that were refused, by the audit, and who was."""
    with db() as session:
        query = select(Activity).where(col(Activity.outcome) == "refused")
        return [(one.action, str(one.membership_id)) for one in session.execute(query).scalars()]


def test_an_author_who_edits_while_her_note_is_co_signed_is_told_and_changes_nothing(
    db: OpenDb, engine: Engine, world: NoteWorld, shown: str, beside: ThreadPoolExecutor
) -> None:
    assert get_engine().dialect.name == "postgresql"
    entry = world.entries["ben"]
    editing = meet(
        db,
        engine,
        world,
        beside,
        lambda session: co_sign_note(session, world.actor(session, "supervisor"), entry, shown),
        lambda: ask(db, world, "slpa", set_note, entry, "Other words.", 1),
    )
    with pytest.raises(NotPermitted) as told:
        editing.result()
    assert told.value.sentence.endswith(".")
    assert (status(db, world), rows(db, CoSignature)) == ((NoteStatus.COSIGNED, TEXT), 1)
    assert refused(db) == [(Action.EDIT_NOTE, str(world.members["slpa"]))]


def returned_and_changed(db: OpenDb, world: NoteWorld, shown: str) -> str:
    """The note came back to its author, and she has submitted it with other words; the hash that it had."""
    with db() as session:
        return_note(session, world.actor(session, "supervisor"), world.entries["ben"], shown, "Which prompts?")
        again = note_as_shown(session, world, "ben", text="With minimal cues.")
    with db() as session:
        submit_note(session, world.actor(session, "slpa"), again)
    return shown


def test_a_co_signature_that_meets_the_authors_new_submission_is_refused_because_it_was_not_shown(
    db: OpenDb, engine: Engine, world: NoteWorld, shown: str, beside: ThreadPoolExecutor
) -> None:
    entry = world.entries["ben"]
    with db() as session:
        return_note(session, world.actor(session, "supervisor"), entry, shown, "Which prompts?")
        again = note_as_shown(session, world, "ben", text="With minimal cues.")
    signing = meet(
        db,
        engine,
        world,
        beside,
        lambda session: submit_note(session, world.actor(session, "slpa"), again),
        lambda: ask(db, world, "supervisor", co_sign_note, entry, shown),
    )
    with pytest.raises(NotPermitted, match="changed after you opened it"):
        signing.result()
    assert (status(db, world), rows(db, CoSignature)) == ((NoteStatus.SUBMITTED, "With minimal cues."), 0)
    assert refused(db) == [(Action.COSIGN_NOTE, str(world.members["supervisor"]))]


@pytest.mark.parametrize("returned_first", [True, False])
def test_of_a_co_signature_and_a_return_at_once_the_first_holds_and_the_second_is_told(
    db: OpenDb, engine: Engine, world: NoteWorld, shown: str, beside: ThreadPoolExecutor, returned_first: bool
) -> None:
    entry = world.entries["ben"]
    sign: tuple[Service, tuple[object, ...]] = (co_sign_note, (entry, shown))
    send_back: tuple[Service, tuple[object, ...]] = (return_note, (entry, shown, "Which prompts?"))
    (first, one), (second, two) = (send_back, sign) if returned_first else (sign, send_back)
    late = meet(
        db,
        engine,
        world,
        beside,
        lambda session: first(session, world.actor(session, "supervisor"), *one),
        lambda: ask(db, world, "supervisor", second, *two),
    )
    with pytest.raises(NotPermitted) as told:
        late.result()
    assert told.value.sentence.endswith(".")
    held = NoteStatus.RETURNED if returned_first else NoteStatus.COSIGNED
    assert status(db, world) == (held, TEXT)
    assert (rows(db, NoteReturn), rows(db, CoSignature)) == ((1, 0) if returned_first else (0, 1))
    assert [action for action, _ in refused(db)] == [Action.COSIGN_NOTE if returned_first else Action.RETURN_NOTE]


@pytest.mark.parametrize("returned_first", [True, False])
def test_of_a_co_signature_and_a_return_of_an_addendum_at_once_the_first_holds(
    db: OpenDb, engine: Engine, world: NoteWorld, shown: str, beside: ThreadPoolExecutor, returned_first: bool
) -> None:
    with db() as session:
        co_sign_note(session, world.actor(session, "supervisor"), world.entries["ben"], shown)
        added = add_addendum(session, world.actor(session, "slpa"), world.entries["ben"], new_id(), "Was 25 min.")
    sign: tuple[Service, tuple[object, ...]] = (co_sign_addendum, (added.id, added.content_hash))
    send_back: tuple[Service, tuple[object, ...]] = (return_addendum, (added.id, added.content_hash, "Why?"))
    (first, one), (second, two) = (send_back, sign) if returned_first else (sign, send_back)
    late = meet(
        db,
        engine,
        world,
        beside,
        lambda session: first(session, world.actor(session, "supervisor"), *one),
        lambda: ask(db, world, "supervisor", second, *two),
    )
    with pytest.raises(NotPermitted):
        late.result()
    with db() as session:
        held = NoteStatus.RETURNED if returned_first else NoteStatus.COSIGNED
        assert session.get_one(NoteAddendum, added.id).status == held
    assert (rows(db, NoteReturn), rows(db, CoSignature)) == ((1, 1) if returned_first else (0, 2))
    assert [action for action, _ in refused(db)] == [Action.COSIGN_NOTE if returned_first else Action.RETURN_NOTE]


def test_many_meetings_of_author_and_supervisor_never_leave_a_signature_under_unseen_words(
    db: OpenDb, world: NoteWorld, shown: str
) -> None:
    """Return with new words, old hash and new hash at once: exactly one signature, under the text that stands."""
    old, entry = returned_and_changed(db, world, shown), world.entries["ben"]
    with db() as session:
        new = session.get_one(SessionEntry, entry).content_hash
    asked = [(co_sign_note, (entry, old)), (co_sign_note, (entry, new)), (co_sign_note, (entry, new))]

    def one(each: tuple[Service, tuple[object, ...]]) -> str:
        try:
            ask(db, world, "supervisor", each[0], *each[1])
        except TherapyTrackError as error:
            return type(error).__name__
        return "done"

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(one, asked)) == ["NotPermitted", "done", "done"]
    with db() as session:
        assert session.execute(select(col(CoSignature.content_hash))).scalars().all() == [new]
    assert status(db, world) == (NoteStatus.COSIGNED, "With minimal cues.")


def test_who_holds_the_note_is_waited_for(
    db: OpenDb, engine: Engine, world: NoteWorld, shown: str, beside: ThreadPoolExecutor
) -> None:
    signing = meet(
        db,
        engine,
        world,
        beside,
        lambda session: locked_entry(session, world.actor(session, "supervisor"), world.entries["ben"]),
        lambda: ask(db, world, "supervisor", co_sign_note, world.entries["ben"], shown),
    )
    assert isinstance(signing.result(), CoSignature)
