"""The production server itself: one build for any host, a worker that comes back, an end in good order."""

import os
import signal
import sqlite3
from pathlib import Path

import httpx
import psutil
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.demo import look, until
from tests.e2e.servers import Server, breathe

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_the_same_build_works_under_every_name_of_the_host(server: Server, page: Page, host: str) -> None:
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    page.goto(f"http://{host}:{server.port}/sign-in/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("button", name="Clinician")).to_be_visible()
    assert all(url.startswith(f"ws://{host}:{server.port}/") for url in sockets)
    assert sockets


def test_the_sign_in_page_has_no_accessibility_violation(server: Server, page: Page) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.goto(f"{server.url}/sign-in/")
        expect(page.get_by_role("button", name="Clinician")).to_be_visible()
        result = Axe().run(page)
        assert result.violations_count == 0, result.generate_report()


def test_the_fonts_come_from_the_server_itself(server: Server) -> None:
    answer = httpx.get(f"{server.url}/fonts/source-sans-3-latin-wght-normal.woff2")
    assert answer.status_code == 200
    assert answer.content[:4] == b"wOF2"


@pytest.mark.parametrize("start", ["", "spawn"], ids=["as this system does", "afresh, as on macOS"])
def test_a_worker_that_dies_is_replaced_and_the_server_ends_in_good_order(own_server: Server, start: str) -> None:
    if start:
        own_server.stop()
        own_server.extra_env = {"THERAPYTRACK_WORKER_START": start}
        own_server.start()
    worker = worker_of(own_server)
    assert worker
    os.kill(worker, signal.SIGKILL)
    while own_server.answers() and worker_of(own_server) == worker:
        breathe()
    while not own_server.answers():
        breathe()
    leader = own_server.process
    assert leader is not None
    assert leader.poll() is None
    assert httpx.get(f"{own_server.url}/sign-in/").status_code == 200
    own_server.stop()
    assert leader.returncode == 0


def worker_of(server: Server) -> int:
    """The process id of the server's worker, 0 while there is none; a spawned one has a tracker beside it."""
    assert server.process is not None
    try:
        children = psutil.Process(server.process.pid).children()
        named = [one.pid for one in children if "resource_tracker" not in " ".join(one.cmdline())]
    except psutil.NoSuchProcess:
        return 0
    return named[0] if named else 0


def test_a_first_start_loads_the_demo_and_says_where_it_is_and_who_can_sign_in(built: None, tmp_path: Path) -> None:
    server = Server(tmp_path / "new").start()
    until(lambda: "clinician@demo" in server.log.read_text())
    assert look(server, "SELECT count(*) FROM workspace WHERE is_demo") != [(0,)]
    assert f"running at http://localhost:{server.port}" in server.log.read_text()
    server.stop()


def test_data_of_a_stopped_server_is_there_after_the_next_start(own_server: Server) -> None:
    with sqlite3.connect(own_server.database) as opened:
        before = opened.execute("SELECT count(*) FROM student").fetchone()
    own_server.stop()
    own_server.start()
    with sqlite3.connect(own_server.database) as opened:
        assert opened.execute("SELECT count(*) FROM student").fetchone() == before
