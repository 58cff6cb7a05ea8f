"""The websocket's own doors: what a packet may call, whose headers count, and what of a malformed one is logged.

And behind them: one person's events, however many, keep nobody else waiting, and none of them is lost.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest
import reflex.app

from tests.harness import HYDRATE, load_app, running_tabs
from therapytrack.services.sign_ins import actor_behind
from therapytrack.state import guard, sockets
from therapytrack.state.failures import TALKATIVE
from therapytrack.state.guard import COOKIE_TO_STATE
from therapytrack.state.lanes import EVENTS, whose_events
from therapytrack.state.sockets import MOST_WAITING, FairProcessor
from therapytrack.state.today import TodayState

NAMESPACE = "/_event"
PATIENCE, MANY = 30.0, 40  # tabs: more than there are threads
CANARY = "quokka marble Mateo Rivera"
TOKEN = "2b1d2e0e-0b5d-4c1f-9a38-0f4a5e0d7c11-stranger"
# As the server's own library writes a connection down; of a sender's it would be the same shape.
CONNECTION: dict[str, Any] = {"QUERY_STRING": f"token={TOKEN}", "asgi.scope": {"headers": [], "client": ("::1", 1)}}
FORGED = {
    "QUERY_STRING": "token=another",
    "asgi.scope": {"headers": [(b"cookie", f"{COOKIE_TO_STATE}=stolen".encode())], "client": ("6.6.6.6", 1)},
}


@pytest.fixture
async def socket() -> Any:
    """The app's socket server with one connection: its namespace, the connection's id, and how a packet arrives."""
    sio: Any = load_app().sio
    sio.environ["eio"] = environ = dict(CONNECTION)
    sid = await sio.manager.pre_connect("eio", NAMESPACE)
    assert await sio._trigger_event("connect", NAMESPACE, sid, environ, None) is not False
    await sio.manager.connect(sid, NAMESPACE)
    yield sio, sio.namespace_handlers[NAMESPACE], sid
    sio.manager.pre_disconnect(sid, NAMESPACE)
    await sio._trigger_event("disconnect", NAMESPACE, sid, "gone")
    await sio.manager.disconnect(sid, NAMESPACE, ignore_queue=True)
    del sio.environ["eio"]


async def arrive(socket: Any, *packet: Any) -> None:
    sio, _, sid = socket
    await sio._handle_event_internal(sio, sid, "eio", list(packet), NAMESPACE, None)


def whose(socket: Any) -> tuple[str, dict[str, str]]:
    """The state key and the headers that the next event of the connection will have."""
    _, doors, sid = socket
    return doors.sid_to_token.get(sid, ""), dict(doors._static_router_data.get(sid, {}).get("headers", {}))


@pytest.mark.parametrize(
    "packet", [("connect", FORGED), ("connect", FORGED, None), ("connect",), ("connect", CONNECTION)]
)
async def test_a_packet_that_calls_itself_connecting_changes_neither_the_state_key_nor_the_headers(
    socket: Any, packet: tuple[Any, ...]
) -> None:
    before = whose(socket)
    assert before[0] == TOKEN
    await arrive(socket, *packet)
    assert whose(socket) == before


async def test_a_packet_that_calls_itself_disconnecting_leaves_the_connection_as_it_is(socket: Any) -> None:
    before = whose(socket)
    await arrive(socket, "disconnect", "x")
    assert whose(socket) == before


@pytest.mark.parametrize(
    "packet",
    [
        ("event", CANARY),
        ("event", f'{{"name": "{CANARY}"}}'),
        ("event", {"payload": {"text": CANARY}}),
        ("event", {"name": 5, "payload": {"text": CANARY}}),
        ("event", {"name": "x", "payload": CANARY}),
        ("event", {"name": "x", "payload": {}, "router_data": CANARY}),
        ("event", [CANARY]),
        ("event",),
        ("event", {"name": "x"}, CANARY),
        ("_may", CANARY),
        ({"not": "hashable"}, CANARY),
        (None, CANARY),
    ],
)
async def test_a_malformed_packet_raises_nothing_that_the_library_would_log(
    socket: Any, packet: tuple[Any, ...]
) -> None:
    before = whose(socket)
    await arrive(socket, *packet)
    assert whose(socket) == before


def test_the_socket_library_writes_its_log_through_our_handler_alone() -> None:
    """Its clients are none of the server's: another test may have been one in this process."""
    load_app()
    known = [name for name in logging.root.manager.loggerDict if not name.endswith(".client")]
    beneath = [name for name in known if name.partition(".")[0] in TALKATIVE]
    named = [logging.getLogger(name) for name in beneath]
    assert "engineio.server" in beneath
    assert [one.name for one in named if one.handlers and one.name not in TALKATIVE] == []


async def test_forty_tabs_of_one_person_take_turns_and_another_one_does_not_wait_for_them(
    signed_in: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, ben = signed_in("ana@school.org"), signed_in("ben@school.org")
    begun, free = list[str](), Event()

    def slow_for_ana(token_hash: str) -> Any:
        if token_hash == ana:
            begun.append(token_hash)
            free.wait(PATIENCE)
        return actor_behind(token_hash)

    monkeypatch.setattr(guard, "actor_behind", slow_for_ana)
    async with running_tabs() as tabs:
        hers = [tabs.tab(ana) for _ in range(MANY)]
        opening = [asyncio.create_task(one.open("/today")) for one in hers]
        try:
            his = await asyncio.wait_for(tabs.tab(ben).open("/today"), PATIENCE)
            assert (his.var(TodayState.ready), len(begun)) == (True, EVENTS)
        finally:
            free.set()
        await asyncio.gather(*opening)
        assert [one.var(TodayState.ready) for one in hers] == [True] * MANY
        processor = tabs.processor
        assert isinstance(processor, FairProcessor)
        assert (dict(processor.lanes.lanes), processor.waiting) == ({}, Counter())


async def test_a_socket_that_sends_more_than_may_wait_is_read_no_further_and_loses_nothing(
    socket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    came, waiting = list[Any](), Counter({whose_events(TOKEN): MOST_WAITING})

    async def enqueue(token: str, event: Any) -> None:
        came.append((token, event.name))

    monkeypatch.setattr(sockets, "LOOK_SECONDS", 0)
    monkeypatch.setattr(load_app(), "_event_processor", SimpleNamespace(waiting=waiting, enqueue=enqueue))
    arriving = asyncio.create_task(arrive(socket, "event", {"name": HYDRATE, "payload": {}, "router_data": {}}))
    for _ in range(100):
        await asyncio.sleep(0)
    assert (arriving.done(), came) == (False, [])
    waiting.clear()
    await asyncio.wait_for(arriving, PATIENCE)
    assert came == [(TOKEN, HYDRATE)]


def test_the_server_itself_works_through_events_in_such_turns() -> None:
    load_app()
    assert vars(reflex.app)["BaseStateEventProcessor"] is FairProcessor
