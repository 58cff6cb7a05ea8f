"""The doors of the websocket: what a packet may call is listed, and of a fault in one its kind and place are logged.

The socket's library hands a packet to whatever handler its sender names, `connect` and `disconnect` among them, which
are the server's own to call: with `connect` a sender would choose the headers, the address and the state key that all
else trusts, and a hash of a sign-in (which a copy of the database holds) would be as good as its cookie.
"""

from collections.abc import Mapping
from typing import Any

import reflex as rx
from reflex.app import EventNamespace

from therapytrack.state.failures import log_failure

FROM_PACKETS = frozenset({"event", "ping", "client_error"})


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
        """Pass on what has the shape of an event; anything else is no event of a page of ours."""
        if is_event(data):
            await super().on_event(sid, data)


def is_event(data: Any) -> bool:
    """Whether `data` names a handler, and its arguments and its place are objects."""
    if not isinstance(data, Mapping) or not isinstance(data.get("name"), str):
        return False
    return all(isinstance(data.get(part, {}), dict) for part in ("payload", "router_data"))


def guard_sockets(app: rx.App) -> None:
    """Put the doors in the place of the framework's own."""
    if app.sio is not None and app.event_namespace is not None:
        doors = SocketDoors(app.event_namespace.namespace, app)
        app._event_namespace = doors  # noqa: SLF001 - the framework offers no other way
        app.sio.register_namespace(doors)
