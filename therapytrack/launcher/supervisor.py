"""Granian's parent in a process that holds nothing else (`python -m therapytrack.launcher.supervisor WHAT`).

`server.serve` becomes this process, and the worker that it starts begins from it: neither then keeps what the
commands, the settings and the checks before the start had loaded. On Linux the worker is forked, so that both share
what the parent holds.
"""

import ipaddress
import json
import multiprocessing
import os
import resource
import signal
import sys
import time
from dataclasses import asdict, dataclass
from http import HTTPStatus

from therapytrack.launcher.progress import say

READY_SECONDS = 60.0
MOST_FILES = 8192


@dataclass(frozen=True, slots=True)
class Order:
    """What to serve and where; `told` is said once the server answers, `start` is how the worker begins: by "fork" or
    "spawn"."""

    app: str
    host: str
    port: int
    told: str
    start: str

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
    """An address to call ourselves at, also when the server listens on all of them; no name, which would be looked up.

    macOS does not bear a lookup in a process that was forked.
    """
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if not address.is_unspecified:
        return host
    return "127.0.0.1" if address.version == 4 else "::1"


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


def allow_files(most: int = MOST_FILES) -> None:
    """Let this process and its worker hold so many files and connections open, as far as the system lets us: each
    person's tab is one, and macOS begins with 256."""
    now, highest = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = most if highest == resource.RLIM_INFINITY else min(most, highest)
    if now != resource.RLIM_INFINITY and now < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, highest))


def main() -> None:
    """Serve until stopped. A worker that dies is replaced; stopping waits at most ten seconds for it."""
    order = Order(**json.loads(sys.argv[1]))
    allow_files()
    announce_when_ready(order)  # before anything is loaded that may not bear a fork

    from granian import Granian
    from granian.constants import Interfaces, Loops
    from granian.log import LogLevels

    os.register_at_fork(after_in_child=_end_when_told)
    multiprocessing.set_start_method(order.start)
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
