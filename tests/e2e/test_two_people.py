"""An assistant and her supervisor in one record at once: one group in two browsers, then the notes between them."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.e2e.demo import PATIENCE_MS, Ear, enter, key, look, until
from tests.e2e.groups import Group, finish
from tests.e2e.servers import Server

pytestmark = pytest.mark.e2e
EACH, TURN = 100, 10
ASSISTANT, SUPERVISOR = "Daniel Osei", "Ines Calloway"
# Correct and incorrect for the first and the second goal; every student of the demo's assistant has two.
KEYS = "EQDA"
COUNTS = """() => [...document.querySelectorAll('.goal[data-goal] .pad')]
  .map((pad) => [pad.getAttribute('aria-label'), Number(pad.querySelector('.n').textContent)])"""
STORED_IN_BROWSER = "() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }])"


@dataclass
class Pair:
    """The two people's tabs, the server, and the complaints of both browsers."""

    server: Server
    assistant: Page
    supervisor: Page
    ears: list[Ear]
    session: str = ""

    @property
    def both(self) -> tuple[Page, Page]:
        """The assistant's tab and the supervisor's."""
        return self.assistant, self.supervisor

    def entries(self) -> list[str]:
        """The session's notes in order, as addresses write them."""
        query = "SELECT id FROM session_entry WHERE session_id = ? ORDER BY position"
        return [str(UUID(row[0])) for row in look(self.server, query, key(self.session))]

    def note(self, place: int) -> tuple[str, str]:
        """Status and text of a note as stored."""
        query = "SELECT note_status, note FROM session_entry WHERE session_id = ? AND position = ?"
        (found,) = look(self.server, query, key(self.session), str(place))
        return str(found[0]), str(found[1])

    def is_now(self, place: int, status: str) -> bool:
        """Whether a note has come to `status`."""
        return self.note(place)[0] == status


def tab(browser: Browser) -> Page:
    """A browser of one's own."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
    return context.new_page()


@pytest.fixture
def pair(own_server: Server, browser: Browser) -> Iterator[Pair]:
    """The demo's assistant and supervisor, each signed in in a browser of her own."""
    pages = tab(browser), tab(browser)
    found = Pair(own_server, *pages, [Ear(page) for page in pages])
    enter(found.assistant, own_server, "Assistant")
    enter(found.supervisor, own_server, "Supervisor")
    yield found
    assert [ear.heard for ear in found.ears] == [[], []]
    for page in pages:
        page.context.close()


def start_the_group(pair: Pair) -> None:
    """The assistant plans a group of four of her students and starts it; her supervisor opens it, too."""
    page = pair.assistant
    page.get_by_role("button", name="New session").click()
    page.get_by_role("textbox", name="Name").fill("Two at once")
    page.get_by_label("From").fill("08:00")
    page.get_by_label("To", exact=True).fill("08:30")
    for place in range(4):
        page.locator(".pick input").nth(place).check()
    page.get_by_role("button", name="Add to today").click()
    page.get_by_role("button", name="Start session, Two at once").click()
    page.wait_for_url(re.compile(r"/sessions/[^/]+/?$"))
    pair.session = page.url.rstrip("/").rsplit("/", 1)[-1]
    expect(here(page)).to_have_text("")
    pair.supervisor.goto(page.url)
    for one in pair.both:
        expect(one.locator(".goal[data-goal]")).to_have_count(8)


def here(page: Page) -> Locator:
    """The line that says who else is here."""
    return page.locator("p.here")


def take_turns(pair: Pair) -> Counter[tuple[int, str]]:
    """Ten keys of one, ten of the other, until both have made a hundred marks; answers what was pressed, by place."""
    pressed: Counter[tuple[int, str]] = Counter()
    for turn in range(EACH // TURN):
        for shift, page in enumerate(pair.both):
            place = (turn + shift) % 4
            page.keyboard.press(str(place + 1))
            for number in range(TURN):
                one = KEYS[(number + turn) % len(KEYS)]
                page.keyboard.press(one)
                pressed[place, one] += 1
    return pressed


def shown(page: Page) -> list[tuple[str, int]]:
    """The count that stands on each button, by the button's name, in order."""
    return [(str(name), int(count)) for name, count in page.evaluate(COUNTS)]


def agree(pair: Pair, total: int) -> None:
    """Both pages come to show the same counts, which make `total`."""
    until(lambda: shown(pair.assistant) == shown(pair.supervisor) and total == counted(pair.assistant))
    assert shown(pair.assistant) == shown(pair.supervisor)
    assert counted(pair.supervisor) == total


def counted(page: Page) -> int:
    return sum(count for _, count in shown(page))


def stored_exactly_once(pair: Pair, pressed: Counter[tuple[int, str]]) -> None:
    query = """
        SELECT t.id, e.position, g.position, t.outcome, m.clinical_role, t.undone_at FROM trial t
        JOIN session_entry e ON e.id = t.entry_id JOIN goal g ON g.id = t.goal_id
        JOIN membership m ON m.id = t.recorded_by_id WHERE t.session_id = ?"""
    rows = look(pair.server, query, key(pair.session))
    assert len(rows) == len({row[0] for row in rows}) == 2 * EACH
    assert Counter(row[4] for row in rows) == {"assistant": EACH, "supervisor": EACH}
    assert {row[5] for row in rows} == {None}
    by_key = {(0, "correct"): "E", (0, "incorrect"): "Q", (1, "correct"): "D", (1, "incorrect"): "A"}
    assert Counter((row[1], by_key[row[2], row[3]]) for row in rows) == pressed
    points = look(
        pair.server,
        "SELECT sum(trials) FROM goal_point p JOIN session_entry e ON e.id = p.entry_id WHERE e.session_id = ?",
        key(pair.session),
    )
    assert points == [(2 * EACH,)]


def changes_of_one_show_to_the_other(pair: Pair) -> None:
    """Undo, minutes, attendance and a note, each without a reload; the supervisor then finishes for both."""
    assistant, supervisor = pair.both
    supervisor.get_by_role("button", name="Undo").first.click()
    agree(pair, 2 * EACH - 1)
    assistant.get_by_role("button", name=re.compile("^Fewer minutes for")).first.click()
    expect(supervisor.locator(".kid").first.locator(".mins")).to_contain_text("25 min")
    attendance = supervisor.get_by_role("combobox", name=re.compile("^Attendance of")).nth(3)
    (absent,) = attendance.select_option(label="Student absent")
    expect(assistant.get_by_role("combobox", name=re.compile("^Attendance of")).nth(3)).to_have_value(absent)
    for page in pair.both:
        page.get_by_role("button", name=re.compile("^Note for")).first.click()
    written = assistant.get_by_role("textbox", name=re.compile("^Note text for"))
    written.fill("Chose the pictures.")
    read = supervisor.get_by_role("textbox", name=re.compile("^Note text for"))
    expect(read).to_have_value("Chose the pictures.")
    expect(read).not_to_be_editable()
    finish(supervisor)
    supervisor.wait_for_url(re.compile(f"/sessions/{pair.session}/notes"))
    assistant.keyboard.press("Escape")
    assistant.get_by_role("link", name="Notes", exact=True).first.click()
    assistant.wait_for_url(re.compile(f"/sessions/{pair.session}/notes"))


def submit_all(pair: Pair) -> None:
    page = pair.assistant
    for place, entry in enumerate(pair.entries()):
        page.goto(f"{pair.server.url}/sessions/{pair.session}/notes?note={entry}")
        field = page.get_by_role("textbox", name="Note", exact=True)
        field.fill(f"Worked at the table, place {place}.")
        field.press("Control+Enter")
        until(partial(pair.is_now, place, "submitted"))


def return_one(pair: Pair) -> None:
    page = pair.supervisor
    page.goto(f"{pair.server.url}/co-sign?note={pair.entries()[0]}")
    expect(page.get_by_text("Worked at the table, place 0.")).to_be_visible()
    page.keyboard.press("r")
    page.keyboard.type("Which cues?")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text(re.compile(r"^Returned\. \d+ left"))).to_be_visible()
    assert pair.note(0)[0] == "returned"


def change_and_resubmit(pair: Pair) -> None:
    page = pair.assistant
    page.goto(f"{pair.server.url}/sessions/{pair.session}/notes?note={pair.entries()[0]}")
    expect(page.get_by_text("Which cues?")).to_be_visible()
    field = page.get_by_role("textbox", name="Note", exact=True)
    field.fill("Worked at the table, place 0, with gestures.")
    field.press("Control+Enter")
    until(partial(pair.is_now, 0, "submitted"))


def co_sign_the_difference(pair: Pair) -> None:
    page = pair.supervisor
    page.goto(f"{pair.server.url}/co-sign?note={pair.entries()[0]}")
    expect(page.get_by_role("heading", name="Changed since")).to_be_visible()
    expect(page.locator(".note-diff ins").first).to_be_visible()
    assert "with gestures" in " ".join(page.locator(".note-diff ins").all_inner_texts())
    expect(page.locator("button[data-shown]")).to_be_visible()
    page.keyboard.press("c")
    expect(page.get_by_text(re.compile(r"^Co-signed\. \d+ left"))).to_be_visible()
    assert pair.note(0) == ("cosigned", "Worked at the table, place 0, with gestures.")
    of_note = "FROM {} WHERE entry_id = ?"
    entry = key(pair.entries()[0])
    for table in ("co_signature", "note_return"):
        assert look(pair.server, f"SELECT count(*) {of_note.format(table)}", entry) == [(1,)], table


def co_sign_ten(pair: Pair) -> int:
    """Ten more notes by keyboard from any page, each shown before its key works; answers the keystrokes."""
    page = pair.supervisor
    page.goto(f"{pair.server.url}/co-sign")
    done = "SELECT count(*) FROM session_entry WHERE note_status = 'cosigned'"
    expect(page.locator("button[data-shown]")).to_be_visible()
    ((before,),), left = look(pair.server, done), page.locator(".note-row").count()
    strokes = 0
    for number in range(1, 11):
        expect(page.locator("button[data-shown]")).to_be_visible(timeout=PATIENCE_MS)
        page.keyboard.press("c")
        strokes += 1
        expect(page.get_by_text(re.compile(rf"^Co-signed\. {left - number} left"))).to_be_visible()
    assert look(pair.server, done) == [(before + 10,)]
    return strokes


def test_two_people_record_one_group_at_once_and_pass_its_notes_between_them(
    pair: Pair, record_property: Callable[[str, object], None]
) -> None:
    start_the_group(pair)
    assistant, supervisor = pair.both
    expect(here(assistant)).to_contain_text(f"{SUPERVISOR} has this session open")
    expect(here(supervisor)).to_contain_text(f"{ASSISTANT} has this session open")
    pressed = take_turns(pair)
    agree(pair, 2 * EACH)
    stored_exactly_once(pair, pressed)
    expect(here(assistant)).to_contain_text(f"{SUPERVISOR} is taking data in this session")
    expect(here(supervisor)).to_contain_text(f"{ASSISTANT} is taking data in this session")
    assert Axe().run(assistant).violations_count == 0
    for page, other in ((assistant, SUPERVISOR), (supervisor, ASSISTANT)):
        assert other.split()[1] not in page.evaluate(STORED_IN_BROWSER)
    changes_of_one_show_to_the_other(pair)
    submit_all(pair)
    return_one(pair)
    change_and_resubmit(pair)
    co_sign_the_difference(pair)
    strokes = co_sign_ten(pair)
    record_property("keystrokes for ten notes", strokes)
    assert strokes <= 25


def test_a_note_typed_on_two_devices_shows_both_texts_in_the_session(server: Server, context: BrowserContext) -> None:
    group = Group(server)
    group.sign_in(context)
    tablet, laptop = (group.open(context.new_page()) for _ in range(2))
    for page in (tablet, laptop):
        page.get_by_role("button", name="Note for Ana Test").click()
    tablet.get_by_label("Note text for Ana Test").fill("From the tablet.")
    laptop.get_by_label("Note text for Ana Test").press_sequentially("From the laptop.", delay=20)
    expect(laptop.get_by_role("button", name="Keep both")).to_be_visible(timeout=PATIENCE_MS)
    laptop.get_by_role("button", name="Keep both").click()
    until(lambda: group.note() == "From the tablet.\nFrom the laptop.")
    expect(tablet.get_by_label("Note text for Ana Test")).to_have_value(
        "From the tablet.\nFrom the laptop.", timeout=PATIENCE_MS
    )
