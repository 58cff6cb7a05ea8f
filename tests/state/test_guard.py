"""The guard before every event: no policy, no live sign-in, no fitting arguments, no run."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import reflex as rx
import time_machine
from reflex_base.registry import RegistrationContext
from sqlalchemy import update

from tests.conftest import OpenDb
from tests.harness import HYDRATE, load_app, running_tabs
from therapytrack.access.actions import Action
from therapytrack.models import Membership, SignIn, utc_now
from therapytrack.state.guard import FRAMEWORK_EVENTS, ON_LOAD, ROOT, UPDATE_VARS, policy_of, public, requires


class Probe(rx.State):
    """Handlers of every kind, to see which of them run."""

    ran: str = "nothing"

    @rx.event
    @requires(Action.VIEW)
    async def guarded(self, count: int = 0) -> None:
        self.ran = f"guarded {count!r}"

    @rx.event
    @public
    async def open_to_all(self) -> None:
        self.ran = "open"

    @rx.event
    async def forgotten(self) -> None:
        self.ran = "forgotten"

    async def undecorated(self) -> None:
        self.ran = "undecorated"

    @rx.event
    @requires(Action.VIEW)
    async def chains(self) -> object:
        self.ran = "chained from"
        return Probe.forgotten

    @rx.event
    @requires(Action.VIEW)
    async def submitted(self, form: dict[str, str]) -> None:
        self.ran = f"submitted {sorted(form.items())!r}"


NAME = Probe.get_full_name()
SignedIn = Callable[..., str]


async def test_a_signed_in_person_runs_a_guarded_handler(signed_in: SignedIn) -> None:
    async with running_tabs() as tabs:
        tab = await tabs.tab(signed_in()).open("/")
        await tab.call(Probe, "guarded", count=3)
        assert tab.var(Probe.ran) == "guarded 3"
        assert not tabs.errors


async def test_a_stranger_is_sent_to_sign_in_and_nothing_runs(signed_in: SignedIn) -> None:
    async with running_tabs() as tabs:
        tab = await tabs.tab().open("/")
        await tab.call(Probe, "guarded", count=3)
        assert tab.var(Probe.ran) == "nothing"
        assert "/sign-in/" in repr(tab.events)


async def test_a_stranger_runs_what_is_public(signed_in: SignedIn) -> None:
    async with running_tabs() as tabs:
        tab = await tabs.tab().open("/")
        await tab.call(Probe, "open_to_all")
        assert tab.var(Probe.ran) == "open"


@pytest.mark.parametrize("handler", ["forgotten", "undecorated", "setvar"])
async def test_a_handler_without_policy_runs_for_nobody(signed_in: SignedIn, handler: str) -> None:
    async with running_tabs() as tabs:
        tab = await tabs.tab(signed_in()).open("/")
        payload = {"var_name": "ran", "value": "set"} if handler == "setvar" else {}
        await tab.send(name=f"{NAME}.{handler}", payload=payload)
        assert tab.var(Probe.ran) == "nothing"


async def test_a_chained_event_is_judged_like_any_other(signed_in: SignedIn) -> None:
    async with running_tabs() as tabs:
        tab = await tabs.tab(signed_in()).open("/")
        await tab.call(Probe, "chains")
        assert tab.var(Probe.ran) == "chained from"


@pytest.mark.parametrize(
    "payload",
    [
        {"count": {"a": 1}},
        {"count": [1]},
        {"count": "x"},
        {"count": 1, "more": 2},
        {"count": 1.5},
        {"count": None},
        {"count": 2**31},
    ],
)
async def test_arguments_that_do_not_fit_the_signature_end_the_event(
    signed_in: SignedIn, payload: dict[str, object]
) -> None:
    async with running_tabs() as tabs:
        tab = await tabs.tab(signed_in()).open("/")
        await tab.send(name=f"{NAME}.guarded", payload=payload)
        assert tab.var(Probe.ran) == "nothing"
        assert not tabs.errors


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        (HYDRATE, {"hashes": [None]}),
        (HYDRATE, {"hashes": "x"}),
        (HYDRATE, {"vars": [1]}),
        (HYDRATE, {"more": 1}),
        (f"{ROOT}.hydrate", {"hashes": ["x"]}),
        (f"{ROOT}.{UPDATE_VARS}.update_vars_internal", {"vars": [1]}),
        (f"{ROOT}.{ON_LOAD}.set_is_hydrated", {"value": {"a": ["b"]}}),
        (f"{ROOT}.{ON_LOAD}.on_load_internal", {"more": 1}),
    ],
)
async def test_the_frameworks_own_events_end_when_their_arguments_do_not_fit(
    signed_in: SignedIn, event: str, payload: dict[str, object]
) -> None:
    async with running_tabs() as tabs:
        tab = await tabs.tab(signed_in()).open("/")
        deltas = len(tab.deltas)
        await tab.send(name=event, payload=payload)
        assert tab.deltas[deltas:] == []
        assert (tab.failures, tabs.errors) == ([], [])


async def test_a_form_fits_as_the_browser_sends_it(signed_in: SignedIn) -> None:
    async with running_tabs() as tabs:
        tab = await tabs.tab(signed_in()).open("/")
        await tab.call(Probe, "submitted", form={"__reflex_form_data__": [["since", "2026-09-01"], ["goal", ""]]})
        assert tab.var(Probe.ran) == "submitted [('goal', ''), ('since', '2026-09-01')]"
        assert not tabs.errors


@pytest.mark.parametrize(
    "entries", [5, "text", [1], [["a"]], [["a", "b", "c"]], [[{}, "b"]], [["a", {"b": 1}]], {"a": 1}]
)
async def test_a_malformed_form_ends_the_event(signed_in: SignedIn, entries: object) -> None:
    async with running_tabs() as tabs:
        tab = await tabs.tab(signed_in()).open("/")
        await tab.call(Probe, "submitted", form={"__reflex_form_data__": entries})
        assert tab.var(Probe.ran) == "nothing"
        assert not tabs.errors


async def test_headers_that_the_browser_claims_do_not_sign_it_in(signed_in: SignedIn) -> None:
    token_hash = signed_in()
    async with running_tabs() as tabs:
        tab = await tabs.tab().open("/")
        tab.token = tab.token.replace("stranger", token_hash[:32])
        tabs.by_token[tab.token] = tab
        await tab.call(Probe, "guarded", count=1)
        assert tab.var(Probe.ran) == "nothing"


async def test_ending_the_sign_in_ends_the_open_page_at_its_next_event(signed_in: SignedIn, db: OpenDb) -> None:
    token_hash = signed_in()
    async with running_tabs() as tabs:
        tab = await tabs.tab(token_hash).open("/")
        await tab.call(Probe, "guarded", count=1)
        with db() as session:
            session.execute(update(SignIn).values(ended_at=utc_now()))
        await tab.call(Probe, "guarded", count=2)
        assert tab.var(Probe.ran) == "nothing"
        assert "/sign-in/" in repr(tab.events)


async def test_a_page_that_reconnects_after_its_sign_in_ended_gets_nothing_back(
    signed_in: SignedIn, db: OpenDb
) -> None:
    token_hash = signed_in()
    async with running_tabs() as tabs:
        tab = await tabs.tab(token_hash).open("/")
        await tab.call(Probe, "guarded", count=41)
        with db() as session:
            session.execute(update(SignIn).values(ended_at=utc_now()))
        tab.deltas.clear()
        await tab.open("/")
        assert "guarded 41" not in tab.received


async def test_suspending_the_membership_ends_the_open_page_at_its_next_event(signed_in: SignedIn, db: OpenDb) -> None:
    token_hash = signed_in()
    async with running_tabs() as tabs:
        tab = await tabs.tab(token_hash).open("/")
        with db() as session:
            session.execute(update(Membership).values(status="suspended"))
        await tab.call(Probe, "guarded", count=2)
        assert tab.var(Probe.ran) == "nothing"


@pytest.mark.parametrize(("minutes", "runs"), [(29, True), (31, False)])
async def test_thirty_idle_minutes_end_a_sign_in(signed_in: SignedIn, minutes: int, runs: bool) -> None:
    token_hash = signed_in()
    async with running_tabs() as tabs:
        tab = await tabs.tab(token_hash).open("/")
        with time_machine.travel(utc_now() + timedelta(minutes=minutes), tick=True):
            await tab.call(Probe, "guarded", count=2)
        assert (tab.var(Probe.ran) == "guarded 2") is runs


async def test_twelve_hours_end_a_sign_in_however_busy_it_was(signed_in: SignedIn) -> None:
    token_hash = signed_in()
    start = utc_now()
    async with running_tabs() as tabs:
        tab = await tabs.tab(token_hash).open("/")
        for minutes in range(20, 12 * 60 + 20, 20):
            with time_machine.travel(start + timedelta(minutes=minutes), tick=True):
                await tab.call(Probe, "guarded", count=minutes)
        assert tab.var(Probe.ran) == "nothing"
        assert "guarded 700" in tab.received


def test_every_registered_handler_of_ours_carries_a_policy() -> None:
    load_app()
    names = RegistrationContext.get().event_handlers
    ours = {name for name in names if name not in FRAMEWORK_EVENTS and ".setvar" not in name and NAME not in name}
    assert {name for name in ours if "therapytrack" in name and policy_of(name) is None} == set()


def test_strangers_may_call_only_what_is_on_this_list() -> None:
    load_app()
    names = RegistrationContext.get().event_handlers
    opened = {name for name in names if policy_of(name) == "public" and NAME not in name}
    assert {name.rpartition("____")[2] for name in opened} <= {"sign_in_state.enter"}
