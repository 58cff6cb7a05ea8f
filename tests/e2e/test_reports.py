"""Progress-report day in a browser: one student's report in six clicks, and the signed ones printed in one run."""

import re
import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.demo import PATIENCE_MS, Ear, enter, look
from tests.e2e.servers import Server

pytestmark = pytest.mark.e2e


class Clicks:
    """Counts what the person clicks."""

    def __init__(self) -> None:
        self.made = 0

    def on(self, target: object) -> None:
        target.click()  # type: ignore[attr-defined]
        self.made += 1


def in_use(server: Server, name: str) -> None:
    """Let new reports use the set of that name."""
    with closing(sqlite3.connect(server.database, timeout=30)) as db, db:
        db.execute("UPDATE progress_code_set SET in_use = 0")
        db.execute("UPDATE progress_code_set SET in_use = 1 WHERE name = ?", (name,))


def three_goals(page: Page) -> str:
    """The name in the queue of a student with three goals."""
    rows = page.get_by_role("link").filter(has_text="3 codes missing")
    expect(rows.first).to_be_visible()
    return str(rows.first.inner_text().splitlines()[0])


def test_a_report_of_three_goals_takes_six_clicks_and_signed_ones_are_printed(
    own_server: Server, context: BrowserContext
) -> None:
    in_use(own_server, "California")  # it has a code for every share of the way
    page = enter(context.new_page(), own_server)
    ear, clicks = Ear(page), Clicks()
    clicks.on(page.get_by_role("link", name="Reports"))
    name = three_goals(page)
    clicks.on(page.get_by_role("link", name=re.compile(re.escape(name))))
    goals = page.locator(".report-goal")
    expect(goals).to_have_count(3)
    for place in range(3):
        use = goals.nth(place).get_by_role("button", name=re.compile("^Use "))
        clicks.on(use)
        expect(use).to_have_count(0)
    with page.expect_download(timeout=PATIENCE_MS) as download:
        clicks.on(page.get_by_role("button", name="Sign and export"))
    assert download.value.suggested_filename.endswith(".pdf")
    assert clicks.made == 6
    expect(page.get_by_text("Signed", exact=True).first).to_be_visible()
    expect(page.get_by_role("button", name="Sign and export")).to_have_count(0)
    assert look(own_server, "SELECT count(*) FROM progress_report WHERE status = 'signed'") == [(4,)]
    page.get_by_role("link", name="Reports").first.click()
    page.get_by_role("button", name="Print all signed").click()
    ready = page.get_by_role("link", name="One file for printing")
    expect(ready).to_be_visible(timeout=PATIENCE_MS)
    with page.expect_download(timeout=PATIENCE_MS) as merged:
        ready.click()
    assert merged.value.suggested_filename == "reports-quarter-2-report.pdf"
    acts = look(own_server, "SELECT action, count(*) FROM activity WHERE action LIKE '%progress report%' GROUP BY 1")
    assert acts == [
        ("download progress reports", 1 + 5), ("export progress report", 1 + 5), ("print progress reports", 1),
    ]  # fmt: skip
    page.reload()
    expect(page.get_by_role("link", name="One file per student (ZIP)")).to_be_visible(timeout=PATIENCE_MS)
    assert ear.heard == []
