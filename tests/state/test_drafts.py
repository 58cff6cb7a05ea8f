"""The draft page's events: written while one watches, stopped, refused, retried, saved."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from llmock.pytest_plugin import LLMock

from tests.conftest import OpenDb
from tests.harness import Tab, running_tabs
from tests.services.draft_world import SINCE, UNTIL, World, make_world
from therapytrack.models import Draft, Workspace
from therapytrack.services.drafts import prepare_draft
from therapytrack.settings import get_settings
from therapytrack.state.draft_start import DraftStartState
from therapytrack.state.draft_views import in_batches
from therapytrack.state.drafts import DraftState

HONEST = "{{student}} attended {{sessions.attended}}. Accuracy rose from {{goal1.first}} to {{goal1.last}}."


@pytest.fixture
def world(db: OpenDb) -> World:
    return make_world(db)


@pytest.fixture
def ai(world: World, monkeypatch: pytest.MonkeyPatch, llmock: LLMock) -> LLMock:
    monkeypatch.setenv("THERAPYTRACK_ANTHROPIC_API_KEY", "test-key")
    monkeypatch.setenv("THERAPYTRACK_ANTHROPIC_BASE_URL", llmock.base_url("anthropic"))
    get_settings.cache_clear()
    world.change(Workspace, world.workspace, ai_enabled=True)
    return llmock


def prepare(world: World) -> None:
    with world.open() as db:
        prepare_draft(db, world.actor("slp"), world.student, SINCE, UNTIL, world.draft)


class Deltas(list[Mapping[str, Any]]):
    """What a tab received; `came` is set whenever something more did."""

    def __init__(self) -> None:
        super().__init__()
        self.came = asyncio.Event()

    def append(self, delta: Mapping[str, Any]) -> None:
        super().append(delta)
        self.came.set()


@dataclass
class Page:
    """The draft page in a tab."""

    tab: Tab
    deltas: Deltas

    async def call(self, handler: str, **arguments: object) -> None:
        """Call a handler and wait for all that follows from it."""
        await self.tab.call(DraftState, handler, **arguments)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until what the tab received makes the condition hold."""
        async with asyncio.timeout(60):
            while not holds():
                self.deltas.came.clear()
                await self.deltas.came.wait()


OpenPage = Callable[..., Awaitable[Page]]


@pytest.fixture
async def page(world: World) -> AsyncIterator[OpenPage]:
    """Opens the page of the prepared draft as somebody."""
    async with running_tabs() as tabs:

        async def open_page(who: str = "slp", draft: object = None) -> Page:
            tab, deltas = tabs.tab(f"hash of {who}"), Deltas()
            tab.deltas = deltas
            await tab.open(f"/drafts/{draft or world.draft}", draft_id=str(draft or world.draft))
            return Page(tab, deltas)

        yield open_page
        assert tabs.errors == []


async def test_a_plain_draft_is_written_when_its_page_opens(world: World, page: OpenPage) -> None:
    prepare(world)
    shown = await page()
    assert shown.tab.var(DraftState.status) == "written"
    assert "Mateo attended 8 sessions" in shown.tab.var(DraftState.text)
    assert world.stored().status == "written"


async def test_sentences_come_with_the_dates_of_their_rows(world: World, page: OpenPage) -> None:
    prepare(world)
    shown = await page()
    first = shown.tab.var(DraftState.sentences)[0]
    assert (first.dates[-1], first.more) == ("Oct 20", 2)
    assert shown.tab.var(DraftState.sentences)[4].href == f"/students/{world.student}/goals/{world.goal}"


async def test_praise_without_data_is_marked_for_checking(world: World, ai: LLMock, page: OpenPage) -> None:
    prepare(world)
    ai.reply(HONEST + " {{student}} works hard.")
    shown = await page()
    await shown.call("write", plain=False)
    warnings = [one.warning for one in shown.tab.var(DraftState.sentences)]
    assert warnings == ["", "", "This sentence rests on no documented data: “Mateo works hard.”"]


async def test_an_ai_draft_waits_until_what_is_sent_was_seen(world: World, ai: LLMock, page: OpenPage) -> None:
    prepare(world)
    shown = await page()
    assert shown.tab.var(DraftState.status) == "prepared"
    assert "[name]" in shown.tab.var(DraftState.payload)
    assert ai.requests == []


async def test_an_ai_draft_comes_in_pieces_and_is_kept_when_whole(world: World, ai: LLMock, page: OpenPage) -> None:
    prepare(world)
    ai.reply(HONEST).pace(60)
    shown = await page()
    await shown.call("write", plain=False)
    assert shown.tab.var(DraftState.status) == "written"
    streamed = {
        values["shown_rx_state_"]
        for delta in shown.tab.deltas
        for values in delta.values()
        if "shown_rx_state_" in values
    }
    assert len(streamed - {""}) >= 2
    assert not any("{{" in text for text in streamed)
    assert world.stored().text.startswith("Mateo attended 8 sessions. Accuracy rose from 25%")


async def test_stop_ends_the_writing_and_keeps_nothing(world: World, ai: LLMock, page: OpenPage) -> None:
    prepare(world)
    ai.reply(HONEST * 20).pace(200)
    shown = await page()
    writing = asyncio.create_task(shown.call("write", plain=False))
    await shown.until(lambda: bool(shown.tab.var(DraftState.shown)))
    await shown.call("stop")
    await asyncio.wait_for(writing, 20)
    assert (world.stored().status, world.stored().text) == ("stopped", "")
    assert shown.tab.var(DraftState.problem) == "Stopped. Nothing was stored."


async def test_a_failure_of_the_service_is_told_and_retry_mends_it(world: World, ai: LLMock, page: OpenPage) -> None:
    prepare(world)
    ai.fail(401)
    shown = await page()
    await shown.call("write", plain=False)
    assert shown.tab.var(DraftState.status) == "failed"
    assert "refused this workspace's key" in shown.tab.var(DraftState.problem)
    ai.reply(HONEST)
    await shown.call("write", plain=False)
    assert (shown.tab.var(DraftState.status), shown.tab.var(DraftState.problem)) == ("written", "")


async def test_invented_numbers_never_become_a_draft(world: World, ai: LLMock, page: OpenPage) -> None:
    prepare(world)
    ai.reply("{{student}} reached 97%.")
    shown = await page()
    await shown.call("write", plain=False)
    assert (shown.tab.var(DraftState.status), world.stored().text) == ("failed", "")


async def test_a_right_revoked_while_the_service_writes_stores_nothing(
    world: World, ai: LLMock, page: OpenPage
) -> None:
    prepare(world)
    ai.reply(HONEST).pace(150)
    shown = await page()
    writing = asyncio.create_task(shown.call("write", plain=False))
    await shown.until(lambda: bool(shown.tab.var(DraftState.shown)))
    world.revoke("slp")
    await asyncio.wait_for(writing, 30)
    assert world.stored().text == ""
    assert shown.tab.var(DraftState.missing) is True


async def test_the_plain_draft_can_be_chosen_instead(world: World, ai: LLMock, page: OpenPage) -> None:
    prepare(world)
    shown = await page()
    await shown.call("write", plain=True)
    assert (shown.tab.var(DraftState.status), ai.requests) == ("written", [])


async def test_typing_is_saved_and_foreign_numbers_are_pointed_out(world: World, page: OpenPage) -> None:
    prepare(world)
    shown = await page()
    await shown.call("save", text="Mateo scored 91%.")
    assert world.stored().text == "Mateo scored 91%."
    assert shown.tab.var(DraftState.saved).startswith("Saved ")
    assert shown.tab.var(DraftState.checks) == ["The number 91 is not in the documented data."]


async def test_two_tabs_lose_neither_text(world: World, page: OpenPage) -> None:
    prepare(world)
    first = await page()
    second = await page()
    begun = second.tab.var(DraftState.editor_key)
    await first.call("save", text="From the first tab.")
    await second.tab.come_back()
    assert second.tab.var(DraftState.editor_key) == begun, "what is typed there stays"
    await second.call("save", text="From the second tab.")
    assert second.tab.var(DraftState.theirs) == "From the first tab."
    assert second.tab.var(DraftState.text) == "From the second tab."
    await second.call("keep_mine")
    assert world.stored().text == "From the second tab."


async def test_accept_and_discard_are_events_of_their_own(world: World, page: OpenPage) -> None:
    prepare(world)
    shown = await page()
    assert world.stored().status == "written"
    await shown.call("accept")
    assert shown.tab.var(DraftState.status) == "accepted"
    await shown.call("discard")
    assert world.stored().status == "discarded"
    assert f"/students/{world.student}" in repr(shown.tab.events)


@pytest.mark.parametrize("who", ["supervisor", "reader", "owner", "outsider"])
async def test_nobody_else_sees_a_word_of_a_draft(world: World, page: OpenPage, who: str) -> None:
    prepare(world)
    shown = await page(who)
    for handler, arguments in (("write", {"plain": True}), ("save", {"text": "x"}), ("accept", {}), ("discard", {})):
        await shown.call(handler, **arguments)
    assert shown.tab.var(DraftState.missing) is True
    assert "Mateo" not in shown.tab.received
    assert world.stored().status == "prepared"


@pytest.mark.parametrize("address", ["not-an-id", "00000000-0000-0000-0000-000000000000", "%00"])
async def test_a_malformed_id_is_answered_like_a_missing_one(world: World, page: OpenPage, address: str) -> None:
    shown = await page(draft=address)
    assert (shown.tab.var(DraftState.missing), shown.tab.var(DraftState.problem)) == (True, "")


async def test_a_draft_starts_from_a_students_page_once(world: World) -> None:
    async with running_tabs() as tabs:
        tab = await tabs.tab("hash of slp").open(f"/students/{world.student}/drafts/new", student_id=str(world.student))
        form = {"since": SINCE.isoformat(), "until": UNTIL.isoformat(), "goal": str(world.goal)}
        await tab.call(DraftStartState, "start", form=form)
        await tab.call(DraftStartState, "start", form=form)
        assert "/drafts/" in repr(tab.events)
        assert tabs.errors == []
    assert world.drafts() == 1


async def test_too_few_data_are_told_beside_the_form(world: World) -> None:
    async with running_tabs() as tabs:
        tab = await tabs.tab("hash of slp").open(f"/students/{world.student}/drafts/new", student_id=str(world.student))
        await tab.call(DraftStartState, "start", form={"since": "2026-09-01", "until": "2026-09-02"})
        assert "Not enough documented data" in tab.var(DraftStartState.field_errors)["range"]
        await tab.call(DraftStartState, "start", form={"since": "x", "until": ""})
        assert set(tab.var(DraftStartState.field_errors)) == {"since", "until"}
    assert world.drafts() == 0


async def test_the_form_offers_goals_defaults_and_earlier_drafts(world: World) -> None:
    prepare(world)
    path = f"/students/{world.student}/drafts/new"
    async with running_tabs() as tabs:
        tab = await tabs.tab("hash of slp").open(path, student_id=str(world.student))
        assert tab.var(DraftStartState.goals) == [(str(world.goal), "Initial /ɹ/ with Ms. Alvarez")]
        assert tab.var(DraftStartState.earlier)[0].href == f"/drafts/{world.draft}"
        outsider = await tabs.tab("hash of outsider").open(path, student_id=str(world.student))
        assert outsider.var(DraftStartState.missing) is True
        assert "Mateo" not in outsider.received


async def test_an_interrupted_writing_is_told_and_can_be_started_again(world: World, page: OpenPage) -> None:
    prepare(world)
    facts = {**world.stored().facts, "writing_since": "2026-01-01T00:00:00+00:00", "attempt": 1, "by": "template"}
    world.change(Draft, world.draft, status="writing", facts=facts)
    shown = await page()
    assert shown.tab.var(DraftState.status) == "interrupted"
    await shown.call("write", plain=True)
    assert shown.tab.var(DraftState.status) == "written"


async def test_pieces_are_joined_by_time_and_a_failure_comes_after_them() -> None:
    async def pieces() -> AsyncIterator[str]:
        yield "a"
        yield "b"
        raise ValueError

    got: list[str] = []

    async def drain() -> None:
        async for batch in in_batches(pieces(), 0.05):
            got.extend([batch])

    with pytest.raises(ValueError):
        await drain()
    assert got == ["ab"]
