"""What the idle server must not have loaded: it would stay in memory for everybody, used or not."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from therapytrack.launcher.supervisor import Order, reachable
from therapytrack.settings import PROJECT_ROOT

HEAVY = [
    "alembic", "anthropic", "fpdf", "holidays", "icalendar", "numpy", "pandas", "plotly", "recurring_ical_events",
    "scipy", "uharfbuzz", "zxcvbn",
]  # fmt: skip
OF_THE_WORKER = ["pydantic", "reflex", "reflex_base", "sqlalchemy", "typer"]


def loaded_by(module: str, suspects: list[str]) -> list[str]:
    """Those of `suspects` that a fresh process holds after `import module`."""
    code = f"import sys, {module}; print([one for one in {suspects!r} if one in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT_ROOT)
    found: list[str] = json.loads(done.stdout.splitlines()[-1].replace("'", '"'))
    return found


def test_the_app_loads_its_heavy_libraries_only_where_they_are_used() -> None:
    assert loaded_by("therapytrack.therapytrack", HEAVY) == []


def test_the_collector_looks_through_nothing_that_was_loaded_at_the_start() -> None:
    code = (
        "import gc; from therapytrack.therapytrack import app, settle; assert settle in app.get_lifespan_tasks(); "
        "before = len(gc.get_objects()); settle(); print([len(gc.get_objects()) * 100 < before])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT_ROOT)
    assert done.stdout.splitlines()[-1] == "[True]"


def test_the_workers_parent_holds_nothing_of_the_worker() -> None:
    assert loaded_by("therapytrack.launcher.supervisor", OF_THE_WORKER) == []


def test_the_order_survives_the_command_line() -> None:
    order = Order("package:app", "127.0.0.1", 8000, 'TherapyTrack is "up"\nat http://localhost', "spawn")
    assert Order(**json.loads(order.written())) == order


@pytest.mark.parametrize(
    ("host", "called"),
    [("::", "::1"), ("0.0.0.0", "127.0.0.1"), ("10.1.2.3", "10.1.2.3")],  # noqa: S104 - nothing is bound
)
def test_a_server_that_listens_everywhere_is_called_at_home(host: str, called: str) -> None:
    assert reachable(host) == called


@pytest.mark.parametrize(("now", "highest", "then"), [(256, 4096, 1000), (256, 512, 512), (2048, 4096, 2048)])
def test_the_server_may_hold_more_connections_than_it_begins_with(now: int, highest: int, then: int) -> None:
    code = (
        "import resource\nfrom therapytrack.launcher.supervisor import allow_files\n"
        f"resource.setrlimit(resource.RLIMIT_NOFILE, ({now}, {highest}))\nallow_files(1000)\n"
        "print(*resource.getrlimit(resource.RLIMIT_NOFILE))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT_ROOT)
    assert done.stdout.split() == [str(then), str(highest)]


class Up(BaseHTTPRequestHandler):
    """Answers as a server that is up."""

    def do_GET(self) -> None:
        """Nothing but a success."""
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def port() -> Iterator[int]:
    """Where something answers."""
    with HTTPServer(("127.0.0.1", 0), Up) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def test_the_parent_says_that_the_server_answers_and_keeps_no_thread_and_no_child_for_it(port: int) -> None:
    order = Order("package:app", "127.0.0.1", port, "It is up", "fork")
    code = (
        "import os, sys, threading\nfrom therapytrack.launcher.supervisor "
        "import Order, announce_when_ready\n"
        f"announce_when_ready({order!r})\nsys.stdin.read()\nprint(threading.active_count())\n"
        "try:\n os.waitpid(-1, os.WNOHANG)\nexcept ChildProcessError:\n print('alone')"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=PROJECT_ROOT
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == "It is up\n"
    assert parent.communicate(timeout=30)[0].split() == ["1", "alone"]
