"""The production server: one granian worker serves the pages, the plain HTTP routes and the websocket on one port."""

import errno
import os
import socket
import sys
from typing import NoReturn

from therapytrack.launcher import progress, toolchain
from therapytrack.launcher.supervisor import Order
from therapytrack.settings import PROJECT_ROOT, Settings

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


def serve(settings: Settings, told: str, app: str = APP) -> NoReturn:
    """Become the process that serves `app` until stopped; it says `told` once it answers."""
    from reflex_base.environment import environment

    os.chdir(PROJECT_ROOT)
    os.environ.update(toolchain.environment())
    os.environ["REFLEX_ENV_MODE"] = "prod"
    # The C library of Linux raises this limit by itself at the first password hash, and then keeps the memory of later
    # ones (19 MB each) and of closed connections for itself; a limit that is set stays.
    os.environ.setdefault("MALLOC_MMAP_THRESHOLD_", str(128 * 1024))
    environment.REFLEX_SKIP_COMPILE.set(True)
    environment.REFLEX_MOUNT_FRONTEND_COMPILED_APP.set(True)
    order = Order(app, settings.host, settings.port, told, settings.worker_start)
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "therapytrack.launcher.supervisor", order.written()])  # noqa: S606 - ourselves, by our own path
