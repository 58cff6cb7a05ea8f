"""Events without a browser: the real registry, the real middleware, the real state manager; no socket, no Node."""

import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import reflex as rx
from reflex.istate.manager.memory import StateManagerMemory
from reflex_base.event import Event
from reflex_base.event.context import EventContext
from reflex_base.event.processor import BaseStateEventProcessor

from therapytrack.state.guard import COOKIE_TO_STATE
from therapytrack.state.shell import ShellState
from therapytrack.state.sockets import FairProcessor

HYDRATE = "reflex___state____state.hydrate_and_load"
FOLLOW = "reflex___state____state.reflex___state____on_load_internal_state.on_load_internal"
SUFFIX = "_rx_state_"


class Tab:
    """One browser tab: sends events as a page does, or raw ones as an attacker would; keeps what the server sent."""

    def __init__(self, processor: BaseStateEventProcessor, token_hash: str) -> None:
        self.processor = processor
        self.token = f"{uuid.uuid4()}-{token_hash[:32] or 'stranger'}"
        self.headers = {"origin": "http://app.test"}
        if token_hash:
            self.headers["cookie"] = f"{COOKIE_TO_STATE}={token_hash}"
        self.state: dict[str, dict[str, Any]] = {}
        self.deltas: list[Mapping[str, Any]] = []
        self.events: list[Event] = []
        self.path = "/"
        self.query: dict[str, str] = {}
        self.failures: list[tuple[str, Exception]] = []

    async def open(self, path: str, **arguments: str) -> "Tab":
        """Load the page at `path` with its query (the route's pattern filled in by `arguments`), and stay there."""
        self.path, self.query = path, arguments
        return await self.send(name=HYDRATE, query=arguments)

    async def come_back(self) -> "Tab":
        """Reconnect as a page does whose connection was cut: with what its browser keeps of what was open."""
        shell = ShellState.get_full_name()
        name = f"still_open{SUFFIX}"
        kept = {f"{shell}.{name}": self.state.get(shell, {}).get(name, "")}
        return await self.send(name=HYDRATE, payload={"vars": kept}, query=self.query)

    async def visit(self, path: str) -> "Tab":
        """Go to the page at `path` by a link in the tab, and stay there."""
        self.path, self.query = path, {}
        return await self.send(name=FOLLOW)

    async def call(self, state: type[rx.State], handler: str, **arguments: Any) -> "Tab":
        """Call a handler as the page of its state would."""
        return await self.send(name=f"{state.get_full_name()}.{handler}", payload=arguments)

    async def send(
        self,
        *,
        name: str,
        payload: dict[str, Any] | None = None,
        path: str = "",
        query: dict[str, str] | None = None,
    ) -> "Tab":
        """Send a raw event, as an attacker could."""
        event = Event(name=name, payload=payload or {})
        address = path or self.path
        pathname = address.partition("?")[0]
        page = {"pathname": pathname, "path": pathname, "query": query or {}, "asPath": address}
        connection = {"headers": dict(self.headers), "token": self.token, "sid": "sid", "ip": "::1"}
        event.router_data.update({**page, **connection})
        future = await self.processor.enqueue(self.token, event)
        try:
            await future.wait_all()
        except Exception as error:  # noqa: BLE001
            self.failures.append((name, error))
        return self

    def var(self, field: Any) -> Any:
        """The value of a public var (`State.name`) as the browser last received it, or None."""
        data = field._get_all_var_data()
        return self.state.get(data.state, {}).get(data.field_name + SUFFIX)

    @property
    def received(self) -> str:
        """Everything that the server ever sent to this tab, as text to search for what must not be there."""
        return repr(self.deltas) + repr(self.events)


class Tabs:
    """Opens tabs on one running processor and collects unexpected errors."""

    def __init__(self, app: rx.App) -> None:
        self.errors: list[Exception] = []
        self.by_token: dict[str, Tab] = {}
        self.states = StateManagerMemory()  # type: ignore[abstract]
        self.processor = FairProcessor(
            middleware=app, backend_exception_handler=self.errors.append, graceful_shutdown_timeout=2
        )
        self.processor._root_context = EventContext(
            token="",
            state_manager=self.states,
            enqueue_impl=self.processor.enqueue_many,
            emit_delta_impl=self._deliver,
            emit_event_impl=self._emit,
        )

    def tab(self, token_hash: str = "") -> Tab:
        """A new tab, signed in by the sign-in with `token_hash`, or a stranger's."""
        tab = Tab(self.processor, token_hash)
        self.by_token[tab.token] = tab
        return tab

    def restart(self) -> None:
        """Forget every tab, as a server does that ends."""
        self.states.states.clear()

    async def cut_off(self, tab: Tab, *fields: Any) -> None:
        """Cut a tab's connection, and end the server next: each time these vars are to stand as they stood."""
        before = [tab.var(field) for field in fields]
        await tab.come_back()
        assert [tab.var(field) for field in fields] == before
        self.restart()
        await tab.come_back()
        assert [tab.var(field) for field in fields] == before

    async def _deliver(self, token: str, delta: Mapping[str, Mapping[str, Any]]) -> None:
        tab = self.by_token[token]
        tab.deltas.append(delta)
        for state, values in delta.items():
            tab.state.setdefault(state, {}).update(values)

    async def _emit(self, token: str, *events: Event) -> None:
        self.by_token[token].events += events


def load_app() -> rx.App:
    """The app with all its pages, states and handlers registered."""
    from therapytrack.therapytrack import app

    app._apply_decorated_pages()  # type: ignore[no-untyped-call]
    return app


@asynccontextmanager
async def running_tabs() -> AsyncIterator[Tabs]:
    """The app's event processing, for the length of a test."""
    tabs = Tabs(load_app())
    async with tabs.processor:
        yield tabs
    await tabs.states.close()  # type: ignore[no-untyped-call]
