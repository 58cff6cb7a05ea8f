"""Nothing moves while a page comes: the layout shift of every page on a cold load, at three sizes."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.demo import PATIENCE_MS
from tests.e2e.servers import Server
from tests.e2e.test_accessibility import VIEWS, WIDTHS, View, look_only
from tests.e2e.test_accessibility import ids as ids
from tests.e2e.test_accessibility import people as people

pytestmark = pytest.mark.e2e
MOST = 0.02
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


def load(page: Page, url: str, view: View) -> None:
    """Open the page and wait until nothing more comes."""
    page.set_default_timeout(PATIENCE_MS)
    page.goto(url, wait_until="networkidle")
    expect(page.locator(view.seen).first).to_be_visible()
    expect(page.locator(".sk")).to_have_count(0)
    page.evaluate(STILL)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("view", PAGES, ids=lambda view: view.name)
def test_a_page_that_comes_for_the_first_time_does_not_move(
    view: View,
    width: int,
    server: Server,
    browser: Browser,
    people: Callable[[str], BrowserContext],
    ids: dict[str, str],
) -> None:
    kept = people(view.who).storage_state()
    context = browser.new_context(
        viewport={"width": width, "height": WIDTHS[width]},
        storage_state=kept,
        locale="en-US",
        has_touch=width < 1000,
    )
    page = context.new_page()
    page.add_init_script(LISTEN)
    load(page, server.url + view.path.format(**ids), view)
    moved = page.evaluate("moved")
    context.close()
    assert sum(one["value"] for one in moved) <= MOST, moved
