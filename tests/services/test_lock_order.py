"""Two people write about one student at once on PostgreSQL: both take the student first, so neither stops the other."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, select, text
from sqlmodel import Session, col

from tests.conftest import OpenDb
from tests.e2e.servers import breathe
from tests.services.note_world import NoteWorld, build_notes, grant, note_as_shown
from therapytrack.access.actions import Action
from therapytrack.access.entries import access_session
from therapytrack.domain.taps import Tap, TapBatch, milliseconds
from therapytrack.models import NoteAddendum, NoteStatus, SessionEntry, Trial, new_id
from therapytrack.services.co_sign import co_sign_addendum, co_sign_note
from therapytrack.services.live import record_taps
from therapytrack.services.note_readings import mark_read
from therapytrack.services.notes import add_addendum, sign_note, sign_notes, submit_note

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def world(db: OpenDb) -> NoteWorld:
    with db() as session:
        return build_notes(session)


@pytest.fixture
def beside() -> Iterator[ThreadPoolExecutor]:
    """Another person's request, on a thread and a connection of its own."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        yield pool


def until_one_waits(engine: Engine) -> None:
    """Wait until a transaction waits for another one's lock."""
    with engine.connect() as watcher:
        for _ in range(400):
            if watcher.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar():
                return
            breathe()
    raise AssertionError("nobody waits: the two did not meet")


def marks_again(db: Session, world: NoteWorld, *students: str) -> TapBatch:
    """Marks that are stored already, as a page sends them again whose answer was lost."""
    entries = [world.entries[one] for one in students]
    stored = db.execute(select(Trial).where(col(Trial.entry_id).in_(entries))).scalars()
    return TapBatch(taps=[_tap(trial) for trial in stored])


def _tap(trial: Trial) -> Tap:
    values = {"id": trial.id, "entry": trial.entry_id, "goal": trial.goal_id, "outcome": trial.outcome}
    return Tap.model_validate({**values, "purpose": trial.purpose, "at": milliseconds(trial.tapped_at)})


def while_marks_are_stored(
    db: OpenDb, engine: Engine, world: NoteWorld, pool: ThreadPoolExecutor, work: Callable[[Session], object]
) -> Future[object]:
    """Begin to store marks of both students; `work` starts beside it and waits; then the marks are stored."""

    def apart() -> object:
        with db() as session:
            return work(session)

    with db() as session:
        slp = world.actor(session, "slp")
        batch = marks_again(session, world, "ana", "ben")
        access_session(session, slp, world.session_id, Action.RECORD_SESSION)
        other = pool.submit(apart)
        until_one_waits(engine)
        receipt = record_taps(session, slp, world.session_id, batch)
        assert len(receipt.acked) == len(batch.taps)
    return other


def test_a_note_is_signed_while_its_marks_are_stored(
    db: OpenDb, engine: Engine, world: NoteWorld, beside: ThreadPoolExecutor
) -> None:
    with db() as session:
        shown = note_as_shown(session, world, "ana")
    signing = while_marks_are_stored(
        db, engine, world, beside, lambda session: sign_note(session, world.actor(session, "slp"), shown)
    )
    entry = signing.result()
    assert isinstance(entry, SessionEntry)
    assert entry.note_status == NoteStatus.SIGNED


def test_notes_are_signed_in_any_order_while_their_marks_are_stored(
    db: OpenDb, engine: Engine, world: NoteWorld, beside: ThreadPoolExecutor
) -> None:
    with db() as session:
        grant(session, world, "slp", "ben", edit=True)
        session.get_one(SessionEntry, world.entries["ben"]).author_id = world.members["slp"]
    with db() as session:
        shown = [note_as_shown(session, world, one) for one in ("ben", "ana")]
        for one in shown:
            mark_read(session, world.actor(session, "slp"), one.entry_id, one.version, one.facts)
    signing = while_marks_are_stored(
        db, engine, world, beside, lambda session: sign_notes(session, world.actor(session, "slp"), shown)
    )
    signed = signing.result()
    assert isinstance(signed, list)
    assert {one.note_status for one in signed} == {NoteStatus.SIGNED}


def submitted(db: Session, world: NoteWorld) -> str:
    """The hash of Ben's note, handed in by the assistant."""
    return submit_note(db, world.actor(db, "slpa"), note_as_shown(db, world, "ben")).content_hash


def test_a_note_is_co_signed_while_its_marks_come_again(
    db: OpenDb, engine: Engine, world: NoteWorld, beside: ThreadPoolExecutor
) -> None:
    with db() as session:
        shown = submitted(session, world)
    signing = while_marks_are_stored(
        db,
        engine,
        world,
        beside,
        lambda session: co_sign_note(session, world.actor(session, "supervisor"), world.entries["ben"], shown),
    )
    signing.result()
    with db() as session:
        assert session.get_one(SessionEntry, world.entries["ben"]).note_status == NoteStatus.COSIGNED


def test_an_addendum_is_co_signed_in_turn_with_whoever_writes_about_its_student(
    db: OpenDb, engine: Engine, world: NoteWorld, beside: ThreadPoolExecutor
) -> None:
    with db() as session:
        co_sign_note(session, world.actor(session, "supervisor"), world.entries["ben"], submitted(session, world))
        addendum = add_addendum(session, world.actor(session, "slpa"), world.entries["ben"], new_id(), "Was 25 min.")
        assert addendum.status == NoteStatus.SUBMITTED
    signing = while_marks_are_stored(
        db,
        engine,
        world,
        beside,
        lambda session: co_sign_addendum(
            session, world.actor(session, "supervisor"), addendum.id, addendum.content_hash
        ),
    )
    signing.result()
    with db() as session:
        assert session.get_one(NoteAddendum, addendum.id).status == NoteStatus.COSIGNED
