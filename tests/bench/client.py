"""A clinician's browser without a browser: signs in by the real routes, then speaks websocket and plain HTTP."""

import asyncio
import uuid
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import aiohttp
import orjson
import socketio

NAMESPACE = "/_event"
ROOT = "reflex___state____state"
LOAD = f"{ROOT}.reflex___state____on_load_internal_state.on_load_internal"
SUFFIX = "_rx_state_"
WAIT_SECONDS = 20.0
Delta = Mapping[str, Mapping[str, Any]]


class CountingJson:
    """The socket's JSON, counting the characters that arrive."""

    def __init__(self) -> None:
        self.received = 0

    def loads(self, text: str | bytes, **_: Any) -> Any:
        """Read one message."""
        self.received += len(text)
        return orjson.loads(text)

    @staticmethod
    def dumps(value: Any, **_: Any) -> str:
        """Write one message."""
        return orjson.dumps(value).decode()


# The socket library keeps one JSON module for all its clients.
arrivals = CountingJson()


class Person:
    """One signed-in person: her cookies, and a connection for plain requests."""

    def __init__(self, base: str) -> None:
        self.base = base
        # Signing in takes as long as its password hash; nothing else here comes near the limit.
        self.http = aiohttp.ClientSession(
            base, cookie_jar=aiohttp.CookieJar(unsafe=True), timeout=aiohttp.ClientTimeout(total=60)
        )

    async def sign_in(self, email: str, password: str) -> "Person":
        """Sign in as the form does. Raises RuntimeError when that is refused."""
        async with self.http.get("/sign-in/", headers={"accept": "text/html"}):
            pass
        form = {"email": email, "password": password, "csrf_token": self.cookie("tt_csrf")}
        headers = {"origin": self.base, "accept": "application/json"}
        async with self.http.post("/auth/sign-in", data=form, headers=headers) as answer:
            if answer.status != 200:
                raise RuntimeError(f"the bench could not sign in: {answer.status} {await answer.text()}")
        return self

    def cookie(self, name: str) -> str:
        """The value of one of her cookies."""
        return next(one.value for one in self.http.cookie_jar if one.key == name)

    @property
    def cookies(self) -> str:
        """Her Cookie header."""
        return "; ".join(f"{one.key}={one.value}" for one in self.http.cookie_jar)

    async def get(self, path: str) -> bytes:
        """The body of a plain GET. Raises for an answer that is no success."""
        async with self.http.get(path) as answer:
            answer.raise_for_status()
            return await answer.read()

    async def post(self, path: str, value: Any) -> bytes:
        """The body of the answer to JSON, sent as the page's own script sends it."""
        headers = {"origin": self.base, "x-csrf-token": self.cookie("tt_csrf"), "content-type": "application/json"}
        async with self.http.post(path, data=orjson.dumps(value), headers=headers) as answer:
            answer.raise_for_status()
            return await answer.read()

    async def tab(self) -> "Tab":
        """A new tab, connected and hydrated."""
        return await Tab(self).connect()

    async def leave(self) -> None:
        """Close her connection."""
        await self.http.close()


class Tab:
    """One websocket; `state` is what a page would hold."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.state: dict[str, dict[str, Any]] = {}
        self.path, self.token = "/", uuid.uuid4()
        self._wanted: Callable[[Delta], bool] = lambda _: False
        self._found: asyncio.Future[None] | None = None
        self.socket = socketio.AsyncClient(reconnection=False, json=arrivals)
        self.socket.on("event", self._receive, namespace=NAMESPACE)

    async def connect(self) -> "Tab":
        """Connect and load the state, as the first page of a tab does; after `close` it is the same tab again."""
        boot = {"name": f"{ROOT}.hydrate_and_load", "payload": {}, "router_data": {"pathname": "/", "asPath": "/"}}
        done = self._expect(hydrated)
        await self.socket.connect(
            f"{self.person.base}/?token={self.token}",
            headers={"Origin": self.person.base, "Cookie": self.person.cookies},
            transports=["websocket"],
            namespaces=[NAMESPACE],
            socketio_path="_event",
            auth={"event": boot},
        )
        await asyncio.wait_for(done, WAIT_SECONDS)
        return self

    async def open(self, path: str, **arguments: str) -> None:
        """Go to another page in this tab, as a link does, and wait until it is loaded."""
        self.path = path
        await self._send(LOAD, {}, hydrated, arguments)

    async def call(self, state: str, handler: str, **payload: Any) -> None:
        """Call a handler of a state and wait for the change that it sends to that very state."""
        full = self.full_name(state)
        await self._send(f"{full}.{handler}", payload, lambda delta: full in delta, {})

    def full_name(self, state: str) -> str:
        """The registered name of the state that ends so (`caseload_state`)."""
        return next(name for name in self.state if name.endswith(f"_{state}"))

    def var(self, state: str, name: str) -> Any:
        """The value of a public var as the page would have it."""
        return self.state[self.full_name(state)][name + SUFFIX]

    async def close(self) -> None:
        """Close the tab."""
        await self.socket.disconnect()

    async def _send(
        self, name: str, payload: dict[str, Any], until: Callable[[Delta], bool], arguments: Mapping[str, str]
    ) -> None:
        parts = urlsplit(self.path)
        router = {"pathname": parts.path, "asPath": self.path, "query": dict(parse_qsl(parts.query)) | dict(arguments)}
        done = self._expect(until)
        await self.socket.emit("event", {"name": name, "payload": payload, "router_data": router}, namespace=NAMESPACE)
        await asyncio.wait_for(done, WAIT_SECONDS)

    def _expect(self, wanted: Callable[[Delta], bool]) -> asyncio.Future[None]:
        self._wanted, self._found = wanted, asyncio.get_running_loop().create_future()
        return self._found

    async def _receive(self, update: Mapping[str, Any]) -> None:
        delta: Delta = update.get("delta") or {}
        for state, values in delta.items():
            self.state.setdefault(state, {}).update(values)
        if self._found and not self._found.done() and self._wanted(delta):
            self._found.set_result(None)


def hydrated(delta: Delta) -> bool:
    """The change with which the server ends the loading of a page."""
    return delta.get(ROOT, {}).get(f"is_hydrated{SUFFIX}") is True
