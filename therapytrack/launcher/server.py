"""The production server: one granian worker serves the pages, the plain HTTP routes and the websocket on one port."""

import errno
import http.client
import ipaddress
import multiprocessing
import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from http import HTTPStatus

from therapytrack.launcher import progress, toolchain
from therapytrack.settings import PROJECT_ROOT, Settings

READY_SECONDS = 60.0
APP = "therapytrack.therapytrack:app"


def check_port(settings: Settings) -> None:
    """Refuse early when the port is taken or not allowed. Raises LaunchProblem."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((settings.host, settings.port))
    except OSError as error:
        raise progress.LaunchProblem(_port_sentence(error, settings)) from error


def _port_sentence(error: OSError, settings: Settings) -> str:
    other = f"PORT={settings.port + 1 if settings.port < 65535 else 8000} make run"
    if error.errno == errno.EADDRINUSE:
        return f"Port {settings.port} is in use by another program. Stop it, or choose another port: {other}"
    if error.errno == errno.EACCES:
        return f"Port {settings.port} needs more rights than this account has. Choose one above 1023: {other}"
    return f"The address {settings.host}:{settings.port} cannot be used: check THERAPYTRACK_HOST and PORT."


def ping(settings: Settings) -> bool:
    """Whether the server answers."""
    connection = http.client.HTTPConnection(_reachable(settings.host), settings.port, timeout=1)
    try:
        connection.request("GET", "/ping")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _reachable(host: str) -> str:
    """An address to call ourselves at, also when the server listens on all of them."""
    try:
        return "localhost" if ipaddress.ip_address(host).is_unspecified else host
    except ValueError:
        return host


def announce_when_ready(settings: Settings, announce: Callable[[], None]) -> None:
    """Call `announce` once the server answers; it says nothing when the server never does."""

    def wait() -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            if ping(settings):
                announce()
                return
            time.sleep(0.05)

    threading.Thread(target=wait, daemon=True).start()


def serve(settings: Settings, announce: Callable[[], None], app: str = APP) -> None:
    """Serve `app` until stopped. A worker that dies is replaced; stopping waits at most ten seconds for it."""
    from granian import Granian
    from granian.constants import Interfaces, Loops
    from granian.log import LogLevels
    from reflex_base.environment import environment

    os.chdir(PROJECT_ROOT)
    os.environ.update(toolchain.environment())
    os.environ["REFLEX_ENV_MODE"] = "prod"
    environment.REFLEX_SKIP_COMPILE.set(True)
    environment.REFLEX_MOUNT_FRONTEND_COMPILED_APP.set(True)
    sys.path.insert(0, str(PROJECT_ROOT))
    # A forked worker can inherit a lock that the announcing thread holds at that moment, and then never starts.
    multiprocessing.set_start_method("spawn", force=True)
    announce_when_ready(settings, announce)
    Granian(
        app,
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        workers=1,
        respawn_failed_workers=True,
        respawn_interval=1.0,
        workers_kill_timeout=10,
        log_level=LogLevels.warning,
        log_access=False,
    ).serve()
