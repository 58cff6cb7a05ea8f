"""The doors of the websocket: what a packet may call is listed, and of a fault in one its kind and place are logged.

Behind them each person's events stand in a lane of their own (see `lanes`). Where a browser sends faster than that, its
socket is read no further until some are done: what it has sent stays with it, and takes no memory here.

The socket's library hands a packet to whatever handler its sender names, `connect` and `disconnect` among them, which
are the server's own to call: with `connect` a sender would choose the headers, the address and the state key that all
else trusts, and a hash of a sign-in (which a copy of the database holds) would be as good as its cookie.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import reflex as rx
import reflex.app as framework
from reflex.app import EventNamespace
from reflex_base.event import Event
from reflex_base.event.context import EventContext
from reflex_base.event.processor import BaseStateEventProcessor as Processor
from reflex_base.event.processor import EventFuture, EventQueueEntry
from reflex_base.registry import RegisteredEventHandler

from therapytrack.state.failures import log_failure
from therapytrack.state.lanes import EVENTS, Lanes, whose_events

FROM_PACKETS = frozenset({"event", "ping", "client_error"})
MOST_WAITING = 16 * 1024 * 1024
"""Characters of one person's events that are not done; hours of typing that come at once are a tenth of it."""
LOOK_SECONDS = 0.1


class FairProcessor(Processor):
    """The framework's processing of events, so many of one person at once."""

    @cached_property
    def lanes(self) -> Lanes:
        """Where events wait that end by themselves."""
        return Lanes(EVENTS)

    @cached_property
    def long_lanes(self) -> Lanes:
        """Where those wait that go on beside others: a draft being written must not hold up its page."""
        return Lanes(EVENTS)

    @cached_property
    def waiting(self) -> Counter[str]:
        """By person: the size of the events that are not done."""
        return Counter()

    async def enqueue(self, token: str, event: Event, ev_ctx: EventContext | None = None) -> EventFuture:
        """As the framework does, and keep count of what waits."""
        whose, size = whose_events(token), len(repr(event))
        future = await super().enqueue(token, event, ev_ctx)
        self.waiting[whose] += size
        future.add_done_callback(lambda _: self._done(whose, size))
        return future

    def _done(self, whose: str, size: int) -> None:
        self.waiting[whose] -= size
        if not self.waiting[whose]:
            del self.waiting[whose]

    async def _execute_event(self, *, entry: EventQueueEntry, registered_handler: RegisteredEventHandler) -> None:
        lanes = self.long_lanes if registered_handler.handler.is_background else self.lanes
        turn = await lanes.take(whose_events(entry.ctx.token))
        try:
            await super()._execute_event(entry=entry, registered_handler=registered_handler)
        finally:
            turn.end()


class SocketDoors(EventNamespace):
    """The framework's handlers of socket messages, behind the list of those that a browser may call."""

    async def trigger_event(self, event: Any, *args: Any) -> Any:
        """Call the handler of a message, or of the library's own connecting and disconnecting; nothing else.

        Whatever it raises goes no further: the library would log its words, which quote the message. False refuses who
        connects.
        """
        if not self._may(event, args):
            return None
        try:
            return await super().trigger_event(event, *args)
        except Exception as error:  # noqa: BLE001 - see above
            log_failure(error)
            return False if event == "connect" else None

    def _may(self, event: Any, args: tuple[Any, ...]) -> bool:
        """The library calls `connect` with its own record of the connection, `disconnect` once there is none."""
        sid = args[0] if args else ""
        if event == "connect":
            return len(args) > 1 and args[1] is self.server.get_environ(sid, self.namespace)
        if event == "disconnect":
            return not self.server.manager.is_connected(sid, self.namespace)
        return isinstance(event, str) and event in FROM_PACKETS

    async def on_event(self, sid: str, data: Any) -> None:
        """Pass on what has the shape of an event; anything else is no event of a page of ours.

        Nothing more of this socket is read meanwhile.
        """
        if is_event(data):
            while not self._room(sid):  # noqa: ASYNC110 - by whichever of many events there is room again
                await asyncio.sleep(LOOK_SECONDS)
            await super().on_event(sid, data)

    def _room(self, sid: str) -> bool:
        processor: Any = self.app.event_processor
        return bool(processor.waiting[whose_events(self.sid_to_token.get(sid, ""))] < MOST_WAITING)


def is_event(data: Any) -> bool:
    """Whether `data` names a handler, and its arguments and its place are objects."""
    if not isinstance(data, Mapping) or not isinstance(data.get("name"), str):
        return False
    return all(isinstance(data.get(part, {}), dict) for part in ("payload", "router_data"))


def guard_sockets(app: rx.App) -> None:
    """Put the doors and the lanes in the place of the framework's own."""
    setattr(framework, Processor.__name__, FairProcessor)
    if app.sio is not None and app.event_namespace is not None:
        doors = SocketDoors(app.event_namespace.namespace, app)
        app._event_namespace = doors  # noqa: SLF001 - the framework offers no other way
        app.sio.register_namespace(doors)
