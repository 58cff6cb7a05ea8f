"""A websocket client without a browser: what anybody can send to the server who knows its address."""

import asyncio
import re
import uuid
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import httpx
import socketio

from tests.e2e.servers import Server

R = TypeVar("R")
SPACE = "/_event"
HYDRATE = "reflex___state____state.hydrate_and_load"
PATIENCE, QUIET = 30.0, 1.0


def aside(work: Coroutine[Any, Any, R]) -> R:
    """Run `work` on a loop of its own, in a thread: the browser's driver occupies this one's."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def sign_in(server: Server, who: str) -> httpx.Client:
    """A browser's cookies after the demo button of `who`."""
    client = httpx.Client(base_url=server.url, headers={"origin": server.url}, timeout=PATIENCE)
    client.get("/sign-in/", headers={"accept": "text/html"})
    post(client, "/auth/demo", who=who).raise_for_status()
    return client


def post(client: httpx.Client, path: str, **fields: str) -> httpx.Response:
    """Send a form as our pages do."""
    headers = {"x-csrf-token": client.cookies["tt_csrf"], "accept": "application/json"}
    return client.post(path, data=fields, headers=headers)


def cookie_of(client: httpx.Client) -> str:
    """The Cookie header of a signed-in browser."""
    return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


class Wire:
    """One open socket under a tab's token; keeps whatever the server sends."""

    def __init__(self, server: Server, token: str = "", cookie: str = "", origin: str | None = None) -> None:
        self.server, self.token = server, token or str(uuid.uuid4())
        self.headers = {"Origin": server.url if origin is None else origin, "Cookie": cookie}
        self.headers = {name: value for name, value in self.headers.items() if value}
        self.socket = socketio.AsyncClient(reconnection=False)
        self.updates: list[dict[str, Any]] = []
        self.came = asyncio.Event()
        self.socket.on("event", self._take, namespace=SPACE)

    async def _take(self, update: dict[str, Any]) -> None:
        self.updates.append(update)
        self.came.set()

    async def open(self) -> "Wire":
        """Connect. Raises socketio.exceptions.ConnectionError when the server refuses."""
        address = f"{self.server.url}/?token={self.token}"
        await self.socket.connect(
            address,
            headers=self.headers,
            transports=["websocket"],
            namespaces=[SPACE],
            socketio_path="_event",
            wait_timeout=PATIENCE,
        )
        return self

    async def send(self, name: str, path: str = "/", *, answered: bool = True, **payload: Any) -> str:
        """Send an event and wait until nothing more comes back; what came, as text. Some events get no answer."""
        before = len(self.updates)
        page, _, query = path.partition("?")
        router = {"pathname": page, "asPath": path, "query": dict(re.findall(r"(\w+)=([^&]*)", query))}
        await self.socket.emit("event", {"name": name, "payload": payload, "router_data": router}, namespace=SPACE)
        patience = PATIENCE if answered else QUIET
        while await self._more(patience):
            patience = QUIET
        return repr(self.updates[before:])

    async def _more(self, seconds: float) -> bool:
        self.came.clear()
        try:
            await asyncio.wait_for(self.came.wait(), seconds)
        except TimeoutError:
            return False
        return True

    @property
    def received(self) -> str:
        """Everything that came, as text."""
        return repr(self.updates)


@asynccontextmanager
async def wire(server: Server, token: str = "", cookie: str = "", origin: str | None = None) -> AsyncIterator[Wire]:
    """An open socket for the length of a test."""
    opened = await Wire(server, token, cookie, origin).open()
    yield opened
    await opened.socket.disconnect()
