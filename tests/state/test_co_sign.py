"""The co-sign page's events: the queue, the difference since a return, and signatures bound to what was shown."""

import pytest

from tests.conftest import OpenDb
from tests.harness import Tab, running_tabs
from tests.services.note_world import NoteWorld, build_notes, note_as_shown
from therapytrack.db import NOT_SAVED
from therapytrack.errors import Unavailable
from therapytrack.models import NoteStatus, SessionEntry, new_id
from therapytrack.services.co_sign import return_note
from therapytrack.services.notes import add_addendum, sign_note, submit_note
from therapytrack.services.therapy_sessions import set_note
from therapytrack.state import co_sign
from therapytrack.state.co_sign import CoSignState


@pytest.fixture
def world(db: OpenDb) -> NoteWorld:
    """The assistant's note is submitted, and an addendum of hers."""
    with db() as session:
        built = build_notes(session)
        submit_note(session, built.actor(session, "slpa"), note_as_shown(session, built, "ben"))
        sign_note(session, built.actor(session, "slp"), note_as_shown(session, built, "ana"))
        add_addendum(session, built.actor(session, "slpa"), built.entries["ana"], new_id(), "The mother called.")
        return built


def status_of(db: OpenDb, world: NoteWorld) -> str:
    with db() as session:
        return session.get_one(SessionEntry, world.entries["ben"]).note_status


async def desk(tab: Tab, world: NoteWorld) -> Tab:
    return await tab.open(f"/co-sign?note={world.entries['ben']}")


async def test_co_signing_goes_on_to_what_comes_next(db: OpenDb, world: NoteWorld) -> None:
    async with running_tabs() as tabs:
        tab = await desk(tabs.tab(world.tokens["supervisor"]), world)
        sheet = tab.var(CoSignState.sheet)
        assert (sheet.student, sheet.text) == ("Ben Test", "Worked on sounds with ben.")
        await tab.call(CoSignState, "co_sign", one=sheet.id, shown=sheet.hash)
        assert status_of(db, world) == NoteStatus.COSIGNED
        assert tab.var(CoSignState.said) == "Co-signed. 1 left."
        addendum = tab.var(CoSignState.sheet)
        assert (addendum.is_addendum, addendum.text) == (True, "The mother called.")
        await tab.call(CoSignState, "co_sign", one=addendum.id, shown=addendum.hash)
        assert tab.var(CoSignState.queue) == []
        assert not tabs.errors


async def test_the_charts_of_the_notes_goals_stand_beside_it(world: NoteWorld) -> None:
    async with running_tabs() as tabs:
        tab = await desk(tabs.tab(world.tokens["supervisor"]), world)
        sheet = tab.var(CoSignState.sheet)
        assert {one.goal for one in sheet.charts} == {one.goal for one in sheet.goals} != set()
        assert all(one.label and one.standing and one.href.startswith("/students/") for one in sheet.charts)


async def test_the_same_key_twice_signs_one_note_only(db: OpenDb, world: NoteWorld) -> None:
    async with running_tabs() as tabs:
        tab = await desk(tabs.tab(world.tokens["supervisor"]), world)
        sheet = tab.var(CoSignState.sheet)
        for _ in range(2):
            await tab.call(CoSignState, "co_sign", one=sheet.id, shown=sheet.hash)
        assert len(tab.var(CoSignState.queue)) == 1


async def test_a_return_asks_for_a_comment_beside_its_field(db: OpenDb, world: NoteWorld) -> None:
    async with running_tabs() as tabs:
        tab = await desk(tabs.tab(world.tokens["supervisor"]), world)
        sheet = tab.var(CoSignState.sheet)
        form = {"one": sheet.id, "shown": sheet.hash, "comment": " "}
        await tab.call(CoSignState, "send_back", form=form)
        assert tab.var(CoSignState.comment_error).startswith("Say what to change")
        assert status_of(db, world) == NoteStatus.SUBMITTED
        await tab.call(CoSignState, "send_back", form=form | {"comment": "Which prompts?"})
        assert status_of(db, world) == NoteStatus.RETURNED
        assert tab.var(CoSignState.comment_error) == ""


async def test_a_comment_is_kept_while_another_note_is_looked_at(world: NoteWorld) -> None:
    async with running_tabs() as tabs:
        tab = await desk(tabs.tab(world.tokens["supervisor"]), world)
        first, second = (one.id for one in tab.var(CoSignState.queue))
        await tab.call(CoSignState, "keep_comment", one=first, words="Which prompts?")
        for note, kept in ((second, ""), (first, "Which prompts?")):
            tab.path = f"/co-sign?note={note}"
            await tab.call(CoSignState, "enter")
            assert (tab.var(CoSignState.sheet).id, tab.var(CoSignState.draft)) == (note, kept)


async def test_the_complaint_about_a_comment_goes_with_its_note(world: NoteWorld) -> None:
    async with running_tabs() as tabs:
        tab = await desk(tabs.tab(world.tokens["supervisor"]), world)
        sheet = tab.var(CoSignState.sheet)
        await tab.call(CoSignState, "send_back", form={"one": sheet.id, "shown": sheet.hash, "comment": " "})
        await tab.call(CoSignState, "co_sign", one=sheet.id, shown=sheet.hash)
        assert tab.var(CoSignState.said) == "Co-signed. 1 left."
        assert tab.var(CoSignState.comment_error) == ""


async def test_what_changed_since_the_return_is_shown_and_the_older_text_cannot_be_signed(
    db: OpenDb, world: NoteWorld
) -> None:
    async with running_tabs() as tabs:
        tab = await desk(tabs.tab(world.tokens["supervisor"]), world)
        old = tab.var(CoSignState.sheet)
        with db() as session:
            entry_id = world.entries["ben"]
            return_note(session, world.actor(session, "supervisor"), entry_id, old.hash, "Which prompts?")
            set_note(session, world.actor(session, "slpa"), entry_id, "Worked on words with ben.", 1)
            session.refresh(session.get_one(SessionEntry, entry_id))
            submit_note(session, world.actor(session, "slpa"), note_as_shown(session, world, "ben"))
        await tab.call(CoSignState, "co_sign", one=old.id, shown=old.hash)
        assert "changed after you opened it" in tab.var(CoSignState.problem)
        assert status_of(db, world) == NoteStatus.SUBMITTED
        sheet = tab.var(CoSignState.sheet)
        kinds = [(one.kind, one.text) for one in sheet.pieces]
        assert kinds == [
            ("same", "Worked on "),
            ("deleted", "sounds"),
            ("inserted", "words"),
            ("same", " with ben."),
        ]
        await tab.call(CoSignState, "co_sign", one=sheet.id, shown=sheet.hash)
        assert status_of(db, world) == NoteStatus.COSIGNED


@pytest.mark.parametrize("who", ["outsider", "owner", "slp", "slpa", "reader", "other_supervisor"])
async def test_others_see_an_empty_queue_and_cannot_sign(db: OpenDb, world: NoteWorld, who: str) -> None:
    with db() as session:
        shown = session.get_one(SessionEntry, world.entries["ben"]).content_hash
    async with running_tabs() as tabs:
        tab = await desk(tabs.tab(world.tokens[who]), world)
        await tab.call(CoSignState, "co_sign", one=str(world.entries["ben"]), shown=shown)
        form = {"one": str(world.entries["ben"]), "shown": shown, "comment": "No."}
        await tab.call(CoSignState, "send_back", form=form)
        assert tab.var(CoSignState.queue) == []
        assert "sounds with ben" not in tab.received
        assert status_of(db, world) == NoteStatus.SUBMITTED
        assert not tabs.errors


async def test_a_failing_storage_is_told_with_a_way_to_try_again(
    db: OpenDb, world: NoteWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise Unavailable(NOT_SAVED)

    async with running_tabs() as tabs:
        with monkeypatch.context() as fault:
            fault.setattr(co_sign, "open_queue", broken)
            tab = await desk(tabs.tab(world.tokens["supervisor"]), world)
        assert (tab.var(CoSignState.failed), tab.var(CoSignState.problem)) == (True, NOT_SAVED)
        await tab.call(CoSignState, "retry")
        assert (tab.var(CoSignState.failed), tab.var(CoSignState.problem)) == (False, "")
        assert tab.var(CoSignState.sheet).student == "Ben Test"


async def test_a_storage_that_fails_after_a_signature_says_that_it_was_signed(
    db: OpenDb, world: NoteWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise Unavailable(NOT_SAVED)

    async with running_tabs() as tabs:
        tab = await desk(tabs.tab(world.tokens["supervisor"]), world)
        sheet = tab.var(CoSignState.sheet)
        monkeypatch.setattr(co_sign, "open_queue", broken)
        await tab.call(CoSignState, "co_sign", one=sheet.id, shown=sheet.hash)
        assert status_of(db, world) == NoteStatus.COSIGNED
        assert (tab.var(CoSignState.said), tab.var(CoSignState.problem)) == ("Co-signed.", NOT_SAVED)
        assert not tabs.errors


@pytest.mark.parametrize("handler", ["co_sign", "send_back"])
async def test_a_note_that_is_gone_meanwhile_is_said_to_be(world: NoteWorld, handler: str) -> None:
    gone = {"one": str(new_id()), "shown": "0" * 64}
    async with running_tabs() as tabs:
        tab = await desk(tabs.tab(world.tokens["supervisor"]), world)
        await tab.call(
            CoSignState, handler, **(gone if handler == "co_sign" else {"form": {**gone, "comment": "Why?"}})
        )
        assert "not here for you any more" in tab.var(CoSignState.problem)
        assert len(tab.var(CoSignState.queue)) == 2
