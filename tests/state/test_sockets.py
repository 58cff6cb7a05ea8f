"""The websocket's own doors: what a packet may call, whose headers count, and what of a malformed one is logged."""

import logging
from typing import Any

import pytest

from tests.harness import load_app
from therapytrack.state.failures import TALKATIVE
from therapytrack.state.guard import COOKIE_TO_STATE

NAMESPACE = "/_event"
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
