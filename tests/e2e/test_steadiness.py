"""Nothing moves while a page comes from a slow server: every page's layout shift on a cold load, at three sizes."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, WebSocketRoute, expect

from tests.e2e.demo import PATIENCE_MS
from tests.e2e.groups import Group
from tests.e2e.servers import Server
from tests.e2e.test_accessibility import PLAIN, VIEWS, WIDTHS, View, break_glass, look_only
from tests.e2e.test_accessibility import ids as ids
from tests.e2e.test_accessibility import people as people

pytestmark = pytest.mark.e2e
MOST = 0.02
BANNER = "[aria-label='Emergency access'] .banner"
LISTEN = """
window.moved = [];
const place = (box) => `(${box.x}, ${box.y}, ${box.height})`;
const named = ({ node, previousRect, currentRect }) =>
  `${node?.nodeName} ${node?.className || ""} ${place(previousRect)} to ${place(currentRect)}`;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries())
    if (!entry.hadRecentInput) moved.push({ value: entry.value, what: entry.sources.map(named) });
}).observe({ type: "layout-shift", buffered: true });
"""
# A still page: everything has come, the fonts too, and two frames were drawn since.
STILL = """async () => {
  await document.fonts.ready;
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""
PAGES = [view for view in VIEWS if view.act is look_only]


class SlowServer:
    """Keeps back what the server sends over the page's socket until `answer`: what waits is drawn, on any machine."""

    def __init__(self, page: Page) -> None:
        self.page, self.held, self.answered = page, list[tuple[WebSocketRoute, str | bytes]](), False
        page.route_web_socket(re.compile("/_event"), self._between)

    def _between(self, socket: WebSocketRoute) -> None:
        def take(message: str | bytes) -> None:
            if self.answered:
                socket.send(message)
            else:
                self.held.append((socket, message))

        socket.connect_to_server().on_message(take)

    def answer(self) -> None:
        """Wait until the page waits and is drawn, then let everything through."""
        deadline = time.monotonic() + PATIENCE_MS / 1000
        while not self.held:
            assert time.monotonic() < deadline, "the page asks the server for nothing"
            self.page.evaluate(STILL)
        self.page.evaluate(STILL)
        self.answered = True
        for socket, message in self.held:
            socket.send(message)


def load(page: Page, url: str, view: View) -> None:
    """Open the page, let it wait for its data, and wait until nothing more comes."""
    page.set_default_timeout(PATIENCE_MS)
    server = SlowServer(page)
    page.goto(url)
    if not PLAIN.search(url):
        server.answer()
    expect(page.locator(view.seen).first).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator(".sk")).to_have_count(0, timeout=PATIENCE_MS)
    page.evaluate(STILL)


def moved(browser: Browser, width: int, kept: StorageState, url: str, view: View) -> list[dict[str, Any]]:
    """What moved while the page came to a browser that has nothing of it yet."""
    context = browser.new_context(
        viewport={"width": width, "height": WIDTHS[width]},
        storage_state=kept,
        locale="en-US",
        has_touch=width < 1000,
    )
    page = context.new_page()
    page.add_init_script(LISTEN)
    load(page, url, view)
    found: list[dict[str, Any]] = page.evaluate("moved")
    context.close()
    return found


def all_that_moved(view: View, server: Server, browser: Browser, who: BrowserContext, ids: dict[str, str]) -> Any:
    """By the size of the window: what moved further than it may."""
    kept, url = who.storage_state(), server.url + view.path.format(**ids)
    seen = {width: moved(browser, width, kept, url, view) for width in WIDTHS}
    return {width: one for width, one in seen.items() if sum(each["value"] for each in one) > MOST}


@pytest.mark.parametrize("view", PAGES, ids=lambda view: view.name)
def test_a_page_that_comes_for_the_first_time_does_not_move(
    view: View, server: Server, browser: Browser, people: Callable[[str], BrowserContext], ids: dict[str, str]
) -> None:
    if view.who == "slp":
        group, who = Group(server), browser.new_context(locale="en-US")
        group.sign_in(who)
        ids = {**ids, "running": str(group.world.session.id)}
    else:
        who = people(view.who)
    assert all_that_moved(view, server, browser, who, ids) == {}


@pytest.fixture(scope="module")
def in_an_emergency(server: Server, people: Callable[[str], BrowserContext]) -> Iterator[BrowserContext]:
    """The supervisor, while her emergency access to a student lasts; the rest of the run goes on without it."""
    page = people("Supervisor").new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{server.url}/emergency")
    break_glass(page)
    expect(page.locator(BANNER)).to_be_visible(timeout=PATIENCE_MS)
    yield people("Supervisor")
    page.get_by_role("button", name="End now").first.click()
    page.wait_for_url("**/today")
    page.close()


@pytest.mark.parametrize("view", [view for view in PAGES if view.who == "Supervisor"], ids=lambda view: view.name)
def test_a_page_with_the_banner_of_emergency_access_does_not_move(
    view: View, server: Server, browser: Browser, in_an_emergency: BrowserContext, ids: dict[str, str]
) -> None:
    with_banner = replace(view, seen=BANNER)
    assert all_that_moved(with_banner, server, browser, in_an_emergency, ids) == {}
