"""A clinician's whole day in one go, on the production build, at the sizes of a laptop and of a tablet."""

import re
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pikepdf
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, FilePayload, Locator, Page, Route, expect

from tests.e2e.demo import PATIENCE_MS, Ear, enter, key, look, named
from tests.e2e.groups import finish
from tests.e2e.servers import Server

pytestmark = pytest.mark.e2e
SIZES = [(1440, 900), (820, 1180)]
GROUP = ("Mateo Rivera", "Aaliyah Brooks", "Noah Kim", "Priya Natarajan")
TAPS, BEFORE_RELOAD, OFFLINE_FROM, OFFLINE_TO = 120, 40, 60, 85
OUTCOMES = ("correct", "cued", "incorrect")
STAGE = "Acquisition: with a picture schedule of her own"
FURTHER_STAGE = (
    "INSERT INTO goal_phase (id, created_at, workspace_id, goal_id, name, starts_on, stage, entered_by_id, why) "
    "SELECT lower(hex(randomblob(16))), created_at, workspace_id, goal_id, ?, date(starts_on, '+14 days'), stage, "
    "entered_by_id, why FROM goal_phase WHERE stage = 'acquisition'"
)


@pytest.fixture
def page(context: BrowserContext, request: pytest.FixtureRequest) -> Page:
    """One tab in the size that the test names."""
    opened = context.new_page()
    opened.set_default_timeout(PATIENCE_MS)
    width, height = request.node.callspec.params["size"]
    opened.set_viewport_size({"width": width, "height": height})
    return opened


class Sheet:
    """The running session on the page: goals in order, marks spread over all of them."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.session = page.url.rstrip("/").rsplit("/", 1)[-1]
        self.rows = page.locator(".goal[data-goal]")
        self.shown: Counter[tuple[str, str]] = Counter()
        self.count = 0

    def wait(self) -> None:
        """All four students with their three goals are here."""
        expect(self.rows).to_have_count(12, timeout=PATIENCE_MS)

    def tap_until(self, total: int) -> None:
        """Press the buttons that record a trial, in turn over the goals and their outcomes."""
        goals = [str(self.rows.nth(place).get_attribute("data-goal")) for place in range(12)]
        while self.count < total:
            goal = goals[self.count % len(goals)]
            outcomes = self.offered(goal)
            outcome = outcomes[self.count // len(goals) % len(outcomes)]
            self.pad(goal, outcome).click()
            self.shown[key(goal), outcome] += 1
            self.count += 1

    def offered(self, goal: str) -> list[str]:
        """The outcomes that a goal has buttons for; a tally knows no cued one."""
        return [one for one in OUTCOMES if self.pad(goal, one).count()]

    def pad(self, goal: str, outcome: str) -> Locator:
        """The button by its name: GOAL: outcome, for STUDENT."""
        name = re.compile(rf".+: {outcome}, for ({'|'.join(GROUP)})$")
        return self.page.locator(f'.goal[data-goal="{goal}"]').get_by_role("button", name=name)

    def expect_shown(self) -> None:
        """Every button shows as many marks as were made with it."""
        for goal in {goal for goal, _ in self.shown}:
            written = "-".join((goal[:8], goal[8:12], goal[12:16], goal[16:20], goal[20:]))
            for outcome in self.offered(written):
                expect(self.pad(written, outcome).locator(".n")).to_have_text(str(self.shown[goal, outcome]))


def saved(page: Page) -> None:
    """The page says that everything reached the server."""
    expect(page.locator(".save").get_by_role("status")).to_have_text(re.compile(r"Saved \d"), timeout=PATIENCE_MS)


def find_on_the_caseload(page: Page) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Caseload").click()
    search = page.get_by_role("searchbox", name="Search or jump to")
    expect(search).to_be_visible()
    expect(page.get_by_role("link", name="Emma Novák", exact=True)).to_be_visible()
    search.fill("novak")
    expect(page.get_by_role("link", name="Emma Novák", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name=GROUP[0], exact=True)).to_be_hidden()
    search.fill("")


def run_the_group(page: Page, context: BrowserContext) -> Sheet:
    """120 marks with a reload and a lost connection between them."""
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Today").click()
    page.get_by_role("button", name=re.compile("^Start session, .* Group A(,|$)")).click()
    page.wait_for_url(re.compile(r"/sessions/[^/]+/?$"))
    sheet = Sheet(page)
    sheet.wait()
    sheet.tap_until(BEFORE_RELOAD)
    page.reload()
    sheet.wait()
    sheet.expect_shown()
    sheet.tap_until(OFFLINE_FROM)
    saved(page)
    context.set_offline(True)
    sheet.tap_until(OFFLINE_TO)
    kept = f"Offline · {OFFLINE_TO - OFFLINE_FROM} kept"
    expect(page.locator(".save").get_by_role("status")).to_contain_text(kept, timeout=PATIENCE_MS)
    context.set_offline(False)
    sheet.tap_until(TAPS)
    saved(page)
    sheet.expect_shown()
    return sheet


def finish_and_sign(page: Page, server: Server, sheet: Sheet) -> None:
    finish(page)
    page.wait_for_url(re.compile(f"/sessions/{sheet.session}/notes"))
    for name in GROUP:
        expect(page.get_by_role("region", name="Note", exact=True).get_by_role("heading", name=name)).to_be_visible()
        page.get_by_role("button", name="Engaged, for " + name).click()
        page.get_by_role("button", name="Sign and next", exact=True).click()
    expect(page.get_by_role("region", name="List").get_by_text("Signed", exact=True)).to_have_count(4)
    signed = look(
        server,
        "SELECT note, note_status, length(content_hash) FROM session_entry WHERE session_id = ?",
        key(sheet.session),
    )
    assert signed == [("Engaged.", "signed", 64)] * 4


def read_the_chart(page: Page) -> str:
    """Open the first goal of a student; the address of the student."""
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Caseload").click()
    page.get_by_role("link", name=GROUP[0], exact=True).click()
    page.wait_for_url(re.compile(r"/students/[^/]+/?$"))
    student = page.url.rstrip("/")
    page.get_by_role("link", name="/ɹ/ initial, sentences", exact=True).click()
    page.wait_for_url(re.compile(r"/goals/[^/]+/?$"))
    expect(page.get_by_role("region", name="Chart").locator(".js-plotly-plot:visible .main-svg").first).to_be_visible()
    points = page.get_by_role("region", name="Data points").last
    expect(points.locator("table tbody tr, ul.cards > li").first).to_contain_text("%")
    with page.expect_download() as started:
        page.get_by_role("button", name="Chart as PNG").click()
    with Image.open(started.value.path()) as picture:
        assert (picture.format, picture.size) == ("PNG", (1920, 960))
        assert len(picture.convert("RGB").getcolors(1 << 20) or []) > 20
    turn_it(page)
    page.pdf()
    expect(page.locator(".on-paper svg text").filter(has_text="Mastery 80%")).to_have_count(1)
    return student


def turn_it(page: Page) -> None:
    """A stage's name stands above the chart where it has room, and on a phone its number, at once."""
    height = (page.viewport_size or {"height": 900})["height"]
    name = page.locator(".annotation-text:visible").filter(has_text=STAGE)
    legend = page.get_by_role("list", name="Stages").filter(has_text=f"3 {STAGE}")
    expect(name).to_have_count(1)
    for width, written in ((390, 0), (820, 1)):
        page.set_viewport_size({"width": width, "height": height})
        expect(name).to_have_count(written)
        expect(legend).to_be_visible(visible=not written)


def draft_a_summary(page: Page) -> None:
    page.get_by_role("link", name="Draft update").click()
    page.get_by_role("button", name="Draft", exact=True).click()
    page.wait_for_url(re.compile(r"/drafts/[^/]{36}/?$"))
    sentences = page.get_by_role("listitem").filter(has=page.get_by_role("link", name="Rows behind this sentence"))
    expect(sentences.first).to_contain_text(re.compile(r"\d"), timeout=PATIENCE_MS)
    expect(page.get_by_role("textbox", name="Text")).to_have_value(
        re.compile(r"initial, sentences.* was measured with \d+ probes")
    )
    expect(page.get_by_text("Every number is from the documented data")).to_be_visible()
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_text("Accepted", exact=True)).to_be_visible()


def export_the_pdf(page: Page, student: str, folder: Path) -> None:
    page.goto(f"{student}/summary")
    with page.expect_download() as started:
        page.get_by_role("link", name="Download as PDF").click()
    file = folder / "summary.pdf"
    started.value.save_as(file)
    assert file.read_bytes().startswith(b"%PDF")
    with pikepdf.open(file) as pdf:
        assert len(pdf.pages) > 1
        written = [{str(one.operator) for one in pikepdf.parse_content_stream(leaf)} for leaf in pdf.pages]
        assert all(operators & {"Tj", "TJ"} for operators in written)


def cancel_the_upload(page: Page) -> None:
    """Send the chosen file, which the network holds back, and cancel by keyboard: it stays chosen."""
    held: list[Route] = []
    page.route("**/files", lambda route: held.append(route))
    page.get_by_role("button", name="Add file").press("Enter")
    page.get_by_role("button", name="Cancel").press("Enter")
    expect(page.get_by_text("Canceled. Nothing was stored. The file is still chosen.")).to_be_visible()
    expect(page.get_by_role("button", name="Add file")).to_be_focused()
    page.unroute("**/files")
    assert len(held) == 1


def keep_a_file(page: Page, student: str) -> None:
    """Add a file to the student's record, save it again, and take it away and back."""
    page.goto(f"{student}?tab=files")
    letter: FilePayload = {"name": "Letter.txt", "mimeType": "text/plain", "buffer": b"From the family's doctor."}
    page.get_by_label("File to add").set_input_files(letter)
    cancel_the_upload(page)
    page.get_by_role("button", name="Add file").click()
    expect(page.get_by_text("The file was added.")).to_be_visible()
    with page.expect_download() as started:
        page.get_by_role("link", name="Download Letter.txt").click()
    assert started.value.suggested_filename == "Letter.txt"
    assert started.value.path().read_bytes() == b"From the family's doctor."
    page.get_by_role("button", name="Remove Letter.txt").click()
    page.get_by_role("button", name="Undo Letter.txt").click()
    expect(page.get_by_role("link", name="Download Letter.txt")).to_be_visible()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_a_clinicians_day_from_sign_in_to_the_printed_summary(
    own_server: Server, context: BrowserContext, page: Page, tmp_path: Path, size: tuple[int, int]
) -> None:
    with closing(sqlite3.connect(own_server.database)) as db, db:
        db.execute(FURTHER_STAGE, (STAGE,))
    ear = Ear(page)
    enter(page, own_server)
    find_on_the_caseload(page)
    sheet = run_the_group(page, context)
    finish_and_sign(page, own_server, sheet)
    student = read_the_chart(page)
    draft_a_summary(page)
    export_the_pdf(page, student, tmp_path)
    keep_a_file(page, student)
    rows = look(
        own_server, "SELECT id, goal_id, outcome, undone_at FROM trial WHERE session_id = ?", key(sheet.session)
    )
    assert len(rows) == len({row[0] for row in rows}) == TAPS
    assert all(row[3] is None for row in rows)
    assert Counter((row[1], row[2]) for row in rows) == sheet.shown
    assert ear.heard == []
    assert named(own_server.log.read_text()) == []
