"""What a page called saved is there after a power cut, and what it could not save yet it keeps and says so."""

import re
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, WebSocketRoute, expect

from tests.e2e.demo import NAMES, PATIENCE_MS, enter, look, until
from tests.e2e.groups import Group, pad
from tests.e2e.servers import Server

pytestmark = pytest.mark.e2e
ROUNDS, BETWEEN = 3, 4
SECRET = "Tilly said elephant twice."


@pytest.fixture
def group(own_server: Server) -> Group:
    return Group(own_server)


@pytest.fixture
def page(context: BrowserContext, group: Group) -> Page:
    """The running session, as the clinician sees it."""
    group.sign_in(context)
    opened = context.new_page()
    opened.set_default_timeout(PATIENCE_MS)
    return group.open(opened)


def state(page: Page, text: str, milliseconds: int = 60_000) -> None:
    """What the session's save state says."""
    expect(page.locator(".save").get_by_role("status")).to_contain_text(re.compile(text), timeout=milliseconds)


def ids(group: Group) -> list[str]:
    """The ids of all the session's trials, also of doubled ones if there were any."""
    return [
        row[0] for row in look(group.server, "SELECT id FROM trial WHERE session_id = ?", group.world.session.id.hex)
    ]


def test_a_power_cut_in_the_middle_of_marks_loses_none_and_doubles_none(page: Page, group: Group) -> None:
    made = 0
    for _ in range(ROUNDS):
        for _ in range(BETWEEN):
            pad(page).click()
        state(page, r"Saved \d")
        made += BETWEEN
        called_saved = made
        for _ in range(BETWEEN):
            pad(page, "incorrect", 1, "Ben").click()
        group.server.kill()
        assert len(set(ids(group))) >= called_saved
        pad(page, "cued", 2, "Đan").click()
        made += BETWEEN + 1
        state(page, r"Offline · \d+ kept")
        group.server.start()
        state(page, r"Saved \d")
    stored = ids(group)
    assert len(stored) == len(set(stored)) == made
    assert pad(page).locator(".n").inner_text() == str(ROUNDS * BETWEEN)


class Line:
    """The page's websocket; `cut` ends it right behind the first answer of a server that started again, before that
    has read the session. What it sends may not be a blank page: `blank` says whether one came."""

    def __init__(self, page: Page) -> None:
        self.cut, self.over, self.blank = False, False, False
        page.route_web_socket("**/_event/**", self._open)

    def _open(self, line: WebSocketRoute) -> None:
        server = line.connect_to_server()

        def pass_on(message: str | bytes) -> None:
            if self.over:
                return
            line.send(message)
            self.blank |= self.cut and '"sheet_id_rx_state_":""' in str(message)
            if self.cut and '"is_hydrated_rx_state_":false' in str(message):
                self.over = True
                line.close()

        server.on_message(pass_on)


def test_the_session_stays_on_the_screen_when_the_network_goes_while_a_new_server_reads_it(
    context: BrowserContext, group: Group
) -> None:
    group.sign_in(context)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    line = Line(page)
    group.open(page)
    pad(page).click()
    state(page, r"Saved \d")
    group.server.kill()
    line.cut = True
    group.server.start()
    until(lambda: bool(page.title()) and line.over)
    context.set_offline(True)
    assert not line.blank
    expect(page.get_by_role("heading", name="Ana Test")).to_be_visible()
    for _ in range(3):
        pad(page).click()
    expect(pad(page).locator(".n")).to_have_text("4")
    state(page, "Offline · 3 kept")
    line.cut, line.over = False, False
    context.set_offline(False)
    come_back(page)
    state(page, r"Saved \d")
    expect(pad(page).locator(".n")).to_have_text("4")
    assert len(ids(group)) == len(set(ids(group))) == 4


def write(page: Page, text: str) -> None:
    page.get_by_label("Note text for Ana Test").press_sequentially(text)


def note_state(page: Page, text: str) -> None:
    """What the open note's own state says."""
    expect(page.get_by_role("dialog").get_by_role("status")).to_contain_text(re.compile(text), timeout=60_000)


def test_a_power_cut_while_a_note_is_written_loses_nothing_that_was_called_saved(page: Page, group: Group) -> None:
    page.get_by_role("button", name="Note for Ana Test").click()
    write(page, SECRET)
    note_state(page, r"^Saved \d")
    write(page, " And once more")
    group.server.kill()
    assert group.note().startswith(SECRET)
    expect(page.get_by_label("Note text for Ana Test")).to_have_value(f"{SECRET} And once more")
    group.server.start()
    until(lambda: group.note() == f"{SECRET} And once more", 60)


def test_two_people_whose_marks_waited_offline_lose_none(page: Page, group: Group, browser: Browser) -> None:
    hers = browser.new_context()
    group.sign_in(hers, "partner")
    partner = group.open(hers.new_page())
    for one in (page, partner):
        one.context.set_offline(True)
    for _ in range(6):
        pad(page).click()
        pad(partner, "incorrect").click()
    for one in (partner, page):
        one.context.set_offline(False)
        one.bring_to_front()
        state(one, r"Saved \d")
    until(lambda: len(ids(group)) == 12)
    for one in (page, partner):
        one.bring_to_front()
        expect(pad(one).locator(".n")).to_have_text("6", timeout=PATIENCE_MS)
        expect(pad(one, "incorrect").locator(".n")).to_have_text("6", timeout=PATIENCE_MS)
    assert len(set(ids(group))) == 12
    hers.close()


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Somebody else holds the database's write lock."""
    with closing(sqlite3.connect(database, isolation_level=None, timeout=30)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def full_disk(server: Server) -> Iterator[None]:
    """No file of the server's may grow or change: the answer of a full disk, also for root."""
    assert server.process is not None
    leader = psutil.Process(server.process.pid)
    everyone = [leader, *leader.children()]
    before = [(one, one.rlimit(psutil.RLIMIT_FSIZE)) for one in everyone]
    for one, (_, hard) in before:
        one.rlimit(psutil.RLIMIT_FSIZE, (0, hard))
    yield
    for one, limits in before:
        one.rlimit(psutil.RLIMIT_FSIZE, limits)


@contextmanager
def read_only(server: Server) -> Iterator[None]:
    """The server starts again on a file that SQLite itself opens for reading alone, and later on one that it may write.

    The address does what storage mounted for reading does, also for root.
    """
    server.stop()
    address = f"sqlite:///file:{server.database}?mode=ro&uri=true"
    before, server.extra_env = server.extra_env, {"THERAPYTRACK_DATABASE_URL": address}
    server.start()
    yield
    server.stop()
    server.extra_env = before
    server.start()


def come_back(page: Page) -> None:
    """Press Retry where it still stands: when its socket is there again, a page also comes back by itself."""
    page.get_by_role("button", name="Retry").evaluate_all("all => all.forEach((one) => one.click())")


def expect_kept_then_saved(page: Page, group: Group, trouble: object, words: str) -> None:
    """Marks and a note made during a trouble are kept on the page, which says so, and saved when it is over."""
    page.get_by_role("button", name="Note for Ana Test").click()
    with trouble:  # type: ignore[attr-defined]
        for _ in range(3):
            pad(page, "correct", 0, "Ben").click()
        write(page, SECRET)
        state(page, words)
        note_state(page, "Not saved yet. Kept on this page")
        expect(page.get_by_text("Not saved. The storage did not take it").first).to_be_visible(timeout=60_000)
        expect(page.get_by_label("Note text for Ana Test")).to_have_value(SECRET)
        assert (ids(group), group.note()) == ([], "")
    state(page, r"Saved \d")
    note_state(page, r"^Saved \d")
    until(lambda: group.note() == SECRET)
    assert len(ids(group)) == len(set(ids(group))) == 3


# Linux alone lets anybody limit the files of a process that is running already.
if sys.platform == "linux":

    def test_a_full_disk_is_called_not_saved_and_nothing_typed_is_lost(page: Page, group: Group) -> None:
        expect_kept_then_saved(page, group, full_disk(group.server), "Not saved · 3 kept")


def test_a_locked_database_is_called_not_saved_and_nothing_typed_is_lost(page: Page, group: Group) -> None:
    expect_kept_then_saved(page, group, locked(group.server.database), "(Offline|Not saved) · 3 kept")


def test_a_read_only_database_is_called_not_saved_and_nothing_typed_is_lost(page: Page, group: Group) -> None:
    page.get_by_role("button", name="Note for Ana Test").click()
    group.server.stop()
    for _ in range(3):
        pad(page, "correct", 0, "Ben").click()
    write(page, SECRET)
    state(page, r"Offline · 3 kept")
    note_state(page, "Not saved yet")
    with read_only(group.server):
        expect(page.get_by_text(re.compile("^(Not saved. The storage|This cannot be opened)")).first).to_be_visible(
            timeout=60_000
        )
        expect(page.get_by_text("they come back with the session")).to_be_visible()
        assert (ids(group), group.note()) == ([], "")
    come_back(page)
    state(page, r"Saved \d")
    page.get_by_role("button", name="Note for Ana Test").click()
    expect(page.get_by_label("Note text for Ana Test")).to_have_value(SECRET)
    until(lambda: group.note() == SECRET)
    assert len(ids(group)) == len(set(ids(group))) == 3


def test_what_a_read_only_database_cannot_log_is_not_shown_and_the_page_says_so(
    page: Page, group: Group, own_server: Server
) -> None:
    student = group.world.places[0].student.id
    addresses = (f"/sessions/{group.world.session.id}", "/caseload", "/today", f"/students/{student}")
    fresh = page.context.new_page()
    with read_only(own_server):
        for address in addresses:
            fresh.goto(own_server.url + address)
            expect(fresh.get_by_role("alert").filter(has_text="This cannot be opened just now")).to_be_visible(
                timeout=PATIENCE_MS
            )
            expect(fresh.get_by_text("Ana Test")).to_have_count(0)
    come_back(fresh)
    expect(fresh.get_by_role("heading", level=1)).to_have_text("Ana Test", timeout=60_000)


EVERYTHING_KEPT = """async () => {
  const found = {local: {...localStorage}, session: {...sessionStorage}};
  Object.assign(found, {cookie: document.cookie, history: history.state});
  for (const {name} of await indexedDB.databases()) {
    const db = await new Promise((done) => { const r = indexedDB.open(name); r.onsuccess = () => done(r.result); });
    for (const table of db.objectStoreNames) {
      const all = (method) => new Promise((done) => {
        const r = db.transaction(table).objectStore(table)[method](); r.onsuccess = () => done(r.result); });
      found[`${name}.${table}`] = [await all("getAllKeys"), await all("getAll")];
    }
    db.close();
  }
  for (const name of await caches.keys())
    found[`cache ${name}`] = (await (await caches.open(name)).keys()).map((r) => r.url);
  return JSON.stringify(found);
}"""


def test_a_browser_keeps_no_name_and_no_note(page: Page, group: Group, context: BrowserContext) -> None:
    context.set_offline(True)
    pad(page).click()
    page.get_by_role("button", name="Note for Ana Test").click()
    write(page, SECRET)
    state(page, "Offline · 1 kept")
    kept = page.evaluate(EVERYTHING_KEPT)
    assert "tt-marks.queues" in kept
    for word in ("Ana", "Ben", "Chloé", "Test", "goal 0", "Tilly", "elephant"):
        assert not re.search(rf"\b{word}\b", kept)


def test_pages_of_the_caseload_leave_no_name_in_the_browser(server: Server, browser: Browser) -> None:
    context = browser.new_context(locale="en-US")
    page = enter(context.new_page(), server)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Caseload").click()
    page.get_by_role("searchbox").fill("Mateo")
    page.get_by_role("link", name="Mateo Rivera", exact=True).click()
    titles = [page.title()]
    page.get_by_role("link", name="Retell, 4 elements", exact=True).click()
    expect(page.get_by_role("region", name="Data points").first).to_be_visible(timeout=PATIENCE_MS)
    titles.append(page.title())
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Notes").click()
    expect(page.get_by_role("region", name="List")).to_be_visible(timeout=PATIENCE_MS)
    kept = page.evaluate(EVERYTHING_KEPT) + "".join(titles) + page.url
    assert [name for name in NAMES if re.search(rf"\b{name}\b", kept)] == []
    context.close()
