"""The notes page's events: what the browser gets, what it can ask for, and that nothing typed is lost."""

import pytest
from sqlalchemy import func, select

from tests.conftest import OpenDb
from tests.harness import Tab, running_tabs
from tests.services.note_world import NoteWorld, build_notes, grant, note_as_shown
from therapytrack.models import NoteAddendum, NoteStatus, SessionEntry, new_id
from therapytrack.services.co_sign import return_addendum, return_note
from therapytrack.services.note_templates import add_default_templates
from therapytrack.services.notes import add_addendum, sign_note, submit_note
from therapytrack.services.therapy_sessions import set_note
from therapytrack.state.note_views import GoalLine
from therapytrack.state.notes import NotesState


@pytest.fixture
def world(db: OpenDb) -> NoteWorld:
    with db() as session:
        return build_notes(session)


def status_of(db: OpenDb, world: NoteWorld, student: str) -> str:
    with db() as session:
        return session.get_one(SessionEntry, world.entries[student]).note_status


async def open_notes(tab: Tab, note: str = "") -> Tab:
    return await tab.open(f"/notes?note={note}")


def act(tab: Tab, action: str) -> dict[str, object]:
    sheet = tab.var(NotesState.sheet)
    return {"action": action, "entry": sheet.id, "text": sheet.text, "version": sheet.version}


async def test_the_page_opens_with_the_first_unsigned_note_and_its_data(db: OpenDb, world: NoteWorld) -> None:
    async with running_tabs() as tabs:
        tab = await open_notes(tabs.tab(world.tokens["slp"]))
        sheet = tab.var(NotesState.sheet)
        assert (sheet.student, sheet.attendance, sheet.minutes) == ("Ana Test", "Present", "30 min")
        assert sheet.goals == [GoalLine("/s/ of ana", "50%", "2 of 4", "Practice", "Minimal 1")]
        assert sheet.data_text == "/s/ of ana: 2 of 4 correct (50%), 1 with minimal cues"
        assert not tabs.errors


async def test_signing_from_the_page_signs_and_says_so(db: OpenDb, world: NoteWorld) -> None:
    async with running_tabs() as tabs:
        tab = await open_notes(tabs.tab(world.tokens["slp"]))
        await tab.call(NotesState, "act", **act(tab, "sign"))
        assert status_of(db, world, "ana") == NoteStatus.SIGNED
        assert (tab.var(NotesState.said), tab.var(NotesState.problem)) == ("Signed.", "")
        assert not tabs.errors


async def test_an_assistant_is_offered_submitting_only(db: OpenDb, world: NoteWorld) -> None:
    async with running_tabs() as tabs:
        tab = await open_notes(tabs.tab(world.tokens["slpa"]))
        assert [one.name for one in tab.var(NotesState.sheet).acts] == ["submit", "submit_next"]
        await tab.call(NotesState, "act", **act(tab, "sign"))
        assert status_of(db, world, "ben") == NoteStatus.DRAFT
        await tab.call(NotesState, "act", **act(tab, "submit"))
        assert status_of(db, world, "ben") == NoteStatus.SUBMITTED


async def test_saving_over_a_newer_text_keeps_the_stored_one_and_shows_it(db: OpenDb, world: NoteWorld) -> None:
    async with running_tabs() as tabs:
        tab = await open_notes(tabs.tab(world.tokens["slp"]))
        with db() as session:
            set_note(session, world.actor(session, "slp"), world.entries["ana"], "Theirs.", 1)
        await tab.call(NotesState, "save_note", entry=str(world.entries["ana"]), text="Mine.", version=1)
        assert (tab.var(NotesState.sheet).text, tab.var(NotesState.sheet).version) == ("Theirs.", 2)


async def test_data_that_changed_behind_the_page_are_shown_before_anything_is_signed(
    db: OpenDb, world: NoteWorld
) -> None:
    async with running_tabs() as tabs:
        tab = await open_notes(tabs.tab(world.tokens["slp"]))
        with db() as session:
            session.get_one(SessionEntry, world.entries["ana"]).minutes = 20
        await tab.call(NotesState, "act", **act(tab, "sign"))
        assert "data changed" in tab.var(NotesState.problem)
        assert tab.var(NotesState.sheet).minutes == "20 min"
        await tab.call(NotesState, "act", **act(tab, "sign"))
        assert status_of(db, world, "ana") == NoteStatus.SIGNED


async def test_sign_all_on_a_sessions_page_leaves_other_peoples_notes_alone(db: OpenDb, world: NoteWorld) -> None:
    async with running_tabs() as tabs:
        tab = tabs.tab(world.tokens["slp"])
        await tab.open(f"/sessions/{world.session_id}/notes")
        assert [one.student for one in tab.var(NotesState.rows)] == ["Ana Test", "Ben Test"]
        assert [one.can_sign for one in tab.var(NotesState.rows)] == [True, False]
        assert "sounds with ben" not in tab.received
        await tab.call(NotesState, "act", **act(tab, "sign_all"))
        assert status_of(db, world, "ana") == NoteStatus.SIGNED
        assert status_of(db, world, "ben") == NoteStatus.DRAFT


async def test_sign_all_says_whose_notes_are_empty(db: OpenDb, world: NoteWorld) -> None:
    async with running_tabs() as tabs:
        tab = tabs.tab(world.tokens["slp"])
        await tab.open(f"/sessions/{world.session_id}/notes")
        await tab.call(NotesState, "act", **act(tab, "sign_all") | {"text": " "})
        assert "Nothing was signed yet" in tab.var(NotesState.problem)
        assert "for Ana Test, then" in tab.var(NotesState.problem)
        assert status_of(db, world, "ana") == NoteStatus.DRAFT


async def test_a_sessions_empty_notes_are_filled_read_and_signed_together(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        add_default_templates(session, world.workspace_id)
        grant(session, world, "slp", "ben", edit=True)
        for student in ("ana", "ben"):
            entry = session.get_one(SessionEntry, world.entries[student])
            entry.author_id, entry.note = world.members["slp"], ""
    async with running_tabs() as tabs:
        tab = tabs.tab(world.tokens["slp"])
        await tab.open(f"/sessions/{world.session_id}/notes")
        assert tab.var(NotesState.can_fill) == 2
        await tab.call(NotesState, "fill_notes")
        assert tab.var(NotesState.can_fill) == 0
        assert [one.read for one in tab.var(NotesState.rows)] == [False, False]
        await tab.call(NotesState, "act", **act(tab, "sign_all"))
        assert "read the notes of Ben Test" in tab.var(NotesState.problem)
        assert [one.wanting for one in tab.var(NotesState.rows)] == ["", "Not read yet"]
        await tab.open(f"/sessions/{world.session_id}/notes?note={world.entries['ben']}")
        await tab.call(NotesState, "note_read", entry=tab.var(NotesState.sheet).id, version=2)
        assert [one.read for one in tab.var(NotesState.rows)] == [False, True]
        other = {"entry": str(world.entries["ana"]), "text": tab.var(NotesState.rows)[0].text}
        await tab.call(NotesState, "act", **act(tab, "sign_all") | other)
        assert status_of(db, world, "ana") == NoteStatus.DRAFT
        await tab.open(f"/sessions/{world.session_id}/notes?note={world.entries['ana']}")
        await tab.call(NotesState, "act", **act(tab, "sign_all"))
        assert (tab.var(NotesState.said), status_of(db, world, "ben")) == ("All signed.", NoteStatus.SIGNED)
        assert not tabs.errors


async def test_an_addendum_sent_twice_is_stored_once(db: OpenDb, world: NoteWorld) -> None:
    async with running_tabs() as tabs:
        tab = await open_notes(tabs.tab(world.tokens["slp"]))
        await tab.call(NotesState, "act", **act(tab, "sign"))
        form = {"key": str(new_id()), "addendum": "Minutes were 25."}
        for _ in range(2):
            await tab.call(NotesState, "add_addendum", form=form)
        with db() as session:
            assert session.execute(select(func.count()).select_from(NoteAddendum)).scalar_one() == 1
        assert not tabs.errors


async def test_an_addendum_that_is_being_typed_outlives_what_else_is_done(db: OpenDb, world: NoteWorld) -> None:
    async with running_tabs() as tabs:
        tab = await open_notes(tabs.tab(world.tokens["slp"]))
        await tab.call(NotesState, "act", **act(tab, "sign"))
        await open_notes(tab, note=str(world.entries["ana"]))
        key = tab.var(NotesState.new_addendum)
        await tab.call(NotesState, "act", **act(tab, "submit"))
        assert (tab.var(NotesState.problem) != "", tab.var(NotesState.new_addendum)) == (True, key)
        await tab.call(NotesState, "add_addendum", form={"key": key, "addendum": " "})
        assert (list(tab.var(NotesState.field_errors)), tab.var(NotesState.new_addendum)) == (["addendum"], key)
        await tab.call(NotesState, "add_addendum", form={"key": key, "addendum": "Minutes were 25."})
        assert tab.var(NotesState.new_addendum) != key


async def test_a_returned_addendum_is_submitted_again_once(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        sign_note(session, world.actor(session, "slp"), note_as_shown(session, world, "ana"))
        slpa = world.actor(session, "slpa")
        addendum = add_addendum(session, slpa, world.entries["ana"], new_id(), "The mother called.")
        return_addendum(session, world.actor(session, "supervisor"), addendum.id, addendum.content_hash, "When?")
    async with running_tabs() as tabs:
        tab = await open_notes(tabs.tab(world.tokens["slpa"]), note=str(world.entries["ana"]))
        form = {"key": str(addendum.id), "revised": ""}
        await tab.call(NotesState, "revise_addendum", form=form)
        assert list(tab.var(NotesState.field_errors)) == ["revised"]
        for _ in range(2):
            await tab.call(NotesState, "revise_addendum", form=form | {"revised": "The mother called on Monday."})
            assert (tab.var(NotesState.problem), tab.var(NotesState.said)) == ("", "Addendum submitted.")
    with db() as session:
        assert session.get_one(NoteAddendum, addendum.id).text == "The mother called on Monday."


@pytest.mark.parametrize("note", ["not-an-id", "01a20969-a800-7b9c-b548-b9341c529051"])
async def test_a_wrong_id_in_the_address_is_not_found(db: OpenDb, world: NoteWorld, note: str) -> None:
    async with running_tabs() as tabs:
        tab = await open_notes(tabs.tab(world.tokens["slp"]), note=note)
        assert tab.var(NotesState.missing) is True
        assert not tabs.errors


@pytest.mark.parametrize("who", ["outsider", "owner"])
async def test_nothing_of_a_note_reaches_those_who_may_not_read_it(db: OpenDb, world: NoteWorld, who: str) -> None:
    async with running_tabs() as tabs:
        tab = await open_notes(tabs.tab(world.tokens[who]), note=str(world.entries["ana"]))
        await tab.open(f"/sessions/{world.session_id}/notes")
        await tab.call(NotesState, "act", action="sign", entry=str(world.entries["ana"]), text="x", version=1)
        await tab.call(NotesState, "save_note", entry=str(world.entries["ana"]), text="x", version=1)
        assert "Ana" not in tab.received
        assert "sounds" not in tab.received
        assert status_of(db, world, "ana") == NoteStatus.DRAFT
        assert not tabs.errors


async def test_notes_open_on_what_came_back_when_nothing_else_waits(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        sent = submit_note(session, world.actor(session, "slpa"), note_as_shown(session, world, "ben"))
        return_note(session, world.actor(session, "supervisor"), sent.id, sent.content_hash, "Say which cue.")
    async with running_tabs() as tabs:
        tab = await tabs.tab(world.tokens["slpa"]).open("/notes")
        assert tab.var(NotesState.tab) == "returned"
        assert [one.student for one in tab.var(NotesState.rows)] == ["Ben Test"]
        tab = await tabs.tab(world.tokens["slpa"]).open("/notes?tab=unsigned")
        assert tab.var(NotesState.tab) == "unsigned"
