"""Granian's parent in a process that holds nothing else (`python -m therapytrack.launcher.supervisor WHAT`).

`server.serve` becomes this process, and the worker that it starts begins from it: neither then keeps what the
commands, the settings and the checks before the start had loaded. The worker is forked, so that both share what the
parent holds.
"""

import ipaddress
import json
import multiprocessing
import os
import signal
import sys
import time
from dataclasses import asdict, dataclass
from http import HTTPStatus

from therapytrack.launcher.progress import say

READY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Order:
    """What to serve and where; `told` is said once the server answers."""

    app: str
    host: str
    port: int
    told: str

    def written(self) -> str:
        """As one argument of a command line."""
        return json.dumps(asdict(self))


def answers(order: Order) -> bool:
    """Whether the server serves requests now."""
    import http.client

    connection = http.client.HTTPConnection(reachable(order.host), order.port, timeout=1)
    try:
        connection.request("GET", "/ping")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def reachable(host: str) -> str:
    """An address to call ourselves at, also when the server listens on all of them."""
    try:
        return "localhost" if ipaddress.ip_address(host).is_unspecified else host
    except ValueError:
        return host


def announce_when_ready(order: Order) -> None:
    """Say what is to be told once the server answers; nothing when it ends before, or never does.

    A process of its own does it and goes. A thread would not: a worker forked beside it can inherit a lock that it
    holds at that moment, and then never starts.
    """
    supervisor = os.getpid()
    if not order.told:
        return
    if child := os.fork():
        os.waitpid(child, 0)
    elif os.fork():  # nobody's child: its end needs no waiting for
        os._exit(0)
    else:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        _announce(order, supervisor)
        os._exit(0)


def _announce(order: Order, supervisor: int) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and _lives(supervisor):
        if answers(order):
            say(order.told)
            return
        time.sleep(0.05)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def _end_when_told() -> None:
    """A worker that is asked to stop before it serves ends at once: it does not keep its parent's answer to signals."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


def main() -> None:
    """Serve until stopped. A worker that dies is replaced; stopping waits at most ten seconds for it."""
    from granian import Granian
    from granian.constants import Interfaces, Loops
    from granian.log import LogLevels

    order = Order(**json.loads(sys.argv[1]))
    announce_when_ready(order)
    os.register_at_fork(after_in_child=_end_when_told)
    # Where libraries of the system do not bear a fork, the worker begins afresh.
    multiprocessing.set_start_method("fork" if sys.platform == "linux" else "spawn")
    Granian(
        order.app,
        factory=True,
        address=order.host,
        port=order.port,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        workers=1,
        respawn_failed_workers=True,
        respawn_interval=1.0,
        workers_kill_timeout=10,
        log_level=LogLevels.warning,
        log_access=False,
    ).serve()


if __name__ == "__main__":
    main()
