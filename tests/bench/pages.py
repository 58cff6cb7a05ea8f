"""What a browser fetches for a page, and how soon it paints a mark: the built pages in Chromium."""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, StorageState, expect, sync_playwright

from tests import browser as browsers
from tests.bench.stage import Stage
from tests.e2e.groups import Group
from tests.e2e.tap_to_paint import GOALS, SLOWER, STUDENTS, TRIALS, busiest_group, measure

SCRIPT, CHART, STYLE, FONT = 190_000, 560_000, 10_000, 100_000
PAINT = 50
PLOT, PATIENCE_MS = ".js-plotly-plot .main-svg", 30_000


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of the tests."""
    found = browsers.find()
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=found.executable, args=list(browsers.ARGUMENTS), env={**os.environ, **found.env}
        )
        yield opened
        opened.close()


def weight_lines(browser: Browser, stage: Stage) -> Iterator[str]:
    """Script, style and fonts of each page as they travel, each page in a browser that has nothing yet."""
    group, points = stage.people["group"], stage.people["points"]
    student, goals = next(iter(points.caseload.goals.items()))
    yield weigh(browser, stage, "sign-in", "/sign-in/", None, SCRIPT)
    for title, path in (("caseload", "/caseload"), ("today", "/today"), ("session", f"/sessions/{group.running.id}")):
        yield weigh(browser, stage, title, path, "group", SCRIPT)
    yield weigh(browser, stage, "goal", f"/students/{student}/goals/{goals[0]}", "points", CHART, PLOT)


def weigh(browser: Browser, stage: Stage, title: str, path: str, who: str | None, most: int, seen: str = "h1") -> str:
    """One page's row; it is all there when `seen` (a CSS selector) is."""
    kept = signed_in(browser, stage, who) if who else None
    context = browser.new_context(viewport={"width": 1440, "height": 900}, storage_state=kept)
    page = context.new_page()
    sizes = fetched(page, stage.server.url + path, seen)
    context.close()
    limits = {"Script": most, "Stylesheet": STYLE, "Font": FONT}
    over = [kind.lower() for kind, limit in limits.items() if sizes[kind] > limit]
    verdict = f"MISSED: {', '.join(over)}" if over else "ok"
    kinds = "  ".join(
        f"{kind.lower()} {sizes[kind] / 1000:>6.1f} of {limit / 1000:.0f} kB" for kind, limit in limits.items()
    )
    return f"{title:<10}{kinds}  {verdict}"


def signed_in(browser: Browser, stage: Stage, who: str) -> StorageState:
    """The cookies of a person who signed in by the form."""
    person, context = stage.people[who], browser.new_context()
    page = context.new_page()
    page.goto(f"{stage.server.url}/sign-in/")
    page.get_by_label("Email").fill(person.email)
    page.get_by_label("Password", exact=True).fill(person.password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/today/")
    kept = context.storage_state()
    context.close()
    return kept


def fetched(page: Page, url: str, seen: str) -> Counter[str]:
    """Bytes on the wire by kind until the page is quiet."""
    sizes: Counter[str] = Counter()
    kinds: dict[str, str] = {}
    network = page.context.new_cdp_session(page)
    network.on("Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"]}))
    network.on(
        "Network.loadingFinished",
        lambda event: sizes.update({kinds.get(event["requestId"], "Other"): int(event["encodedDataLength"])}),
    )
    network.send("Network.enable")
    page.goto(url)
    expect(page.locator(seen).first).to_be_visible(timeout=PATIENCE_MS)
    page.wait_for_load_state("networkidle")
    return sizes


def paint_line(browser: Browser, stage: Stage) -> str:
    """From a tap to the picture that shows it, on the busiest sheet, with a processor four times slower."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
    group = busiest_group(Group(stage.server, STUDENTS, GOALS))
    group.sign_in(context)
    found = measure(group, context.new_page())
    context.close()
    verdict = "ok" if found.paint.p95 <= PAINT else "MISSED"
    return (
        f"tap to paint, 8 students, 5 goals, {TRIALS} marks in, processor {SLOWER} times slower, {found.taps} taps: "
        f"p50 {found.paint.p50} ms, p95 {found.paint.p95} ms (budget {PAINT} ms: {verdict}); "
        f"our script p95 {found.script.p95} ms; a tap on nothing p50 {found.floor.p50} ms, p95 {found.floor.p95} ms"
    )
