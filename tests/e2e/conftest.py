"""One production server and one browser for each worker; each test gets a browser context of its own."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests import browser as browsers
from tests.e2e.demo import PATIENCE_MS
from tests.e2e.servers import Server, load_demo
from therapytrack.launcher import fonts, frontend
from therapytrack.models import utc_now
from therapytrack.services.demo_sessions import ZONE

# What is expected comes later on a machine that is slow or busy; that it comes is what the tests are about.
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def built() -> None:
    """The pages are built, or the tests say how to build them."""
    if not (fonts.are_current() and frontend.is_current()):
        pytest.fail("The pages are not built from these sources: run `make build` (or `make test`, which does).")


def demo_of_today(shared_folder: Path) -> Path:
    """A data folder with the demo, which is made relative to the day in its workspace: loaded once for all workers, and
    anew after midnight there."""
    day = utc_now().astimezone(ZONE).date()
    folder, loading = shared_folder / f"demo-{day}", shared_folder / f"demo-{day}-loading"
    with FileLock(shared_folder / "demo.lock"):
        if not folder.exists():
            load_demo(loading)
            loading.rename(folder)
    return folder


@pytest.fixture(scope="session")
def server(built: None, shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """This worker's server, with the demo workspace as of when the first test of the worker asked for it."""
    data = shutil.copytree(demo_of_today(shared_folder), tmp_path_factory.mktemp("server") / "data")
    running = Server(data).start()
    yield running
    running.stop()


@pytest.fixture
def own_server(built: None, shared_folder: Path, tmp_path: Path) -> Iterator[Server]:
    """A server of this test's own, to be killed, stopped or starved; with the demo workspace as of today."""
    running = Server(shutil.copytree(demo_of_today(shared_folder), tmp_path / "own-data")).start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """This worker's Chromium."""
    found = browsers.find()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=found.executable, args=list(browsers.ARGUMENTS), env={**os.environ, **found.env}
        )
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser session without cookies."""
    opened = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """One tab at desktop size."""
    return context.new_page()
