"""The keyboard on every page: the list of keys, searching, going, selecting; and nothing while somebody types."""

import re
import unicodedata
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.demo import PATIENCE_MS, Ear, enter, look
from tests.e2e.groups import Group, pad
from tests.e2e.servers import Server

pytestmark = pytest.mark.e2e


@pytest.fixture
def today(server: Server, browser: Browser) -> Iterator[Page]:
    """A clinician on Today, with an ear on the browser's complaints."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
    page = context.new_page()
    ear = Ear(page)
    enter(page, server)
    expect(page.get_by_role("heading", level=1)).to_have_text("Today")
    expect(page.locator(".sk")).to_have_count(0)
    yield page
    assert ear.heard == []
    context.close()


@pytest.fixture
def caseload(today: Page) -> Page:
    """The caseload with its rows."""
    today.keyboard.press("g")
    today.keyboard.press("c")
    expect(rows(today).first).to_be_visible(timeout=PATIENCE_MS)
    return today


def rows(page: Page) -> Locator:
    return page.locator("table.cl tbody tr:not([hidden])")


def ticks(page: Page) -> Locator:
    return page.locator("table.cl tbody input:checked")


def search(page: Page) -> Locator:
    return page.get_by_role("searchbox", name="Search or jump to")


def test_a_question_mark_opens_a_list_that_holds_the_focus_until_escape(caseload: Page) -> None:
    before = caseload.get_by_role("link", name="Open", exact=True)
    before.focus()
    caseload.keyboard.press("?")
    box = caseload.get_by_role("dialog", name="Keys")
    expect(box).to_be_visible()
    expect(box).to_contain_text("Select the row in focus")
    for _ in range(4):
        caseload.keyboard.press("Tab")
        assert caseload.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        )
    caseload.keyboard.press("g")
    caseload.keyboard.press("t")
    expect(box).to_be_visible()
    caseload.keyboard.press("Escape")
    expect(box).to_be_hidden()
    expect(before).to_be_focused()


def test_the_list_of_keys_opens_without_a_key(today: Page) -> None:
    today.get_by_text("Account").locator("xpath=ancestor::summary").click()
    today.get_by_role("button", name="Keys", exact=True).click()
    box = today.get_by_role("dialog", name="Keys")
    box.get_by_role("button", name="Close").click()
    expect(box).to_be_hidden()


@pytest.mark.parametrize(("letter", "path"), [("c", "caseload"), ("n", "notes"), ("t", "today")])
def test_g_and_a_letter_go_to_a_page(today: Page, letter: str, path: str) -> None:
    today.keyboard.press("g")
    today.keyboard.press(letter)
    expect(today).to_have_url(re.compile(rf"/{path}/?$"))


def test_a_letter_after_g_is_not_also_a_key_of_the_page(server: Server, browser: Browser) -> None:
    context = browser.new_context(locale="en-US")
    page = enter(context.new_page(), server, "Supervisor")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Co-sign").click()
    waiting = page.locator(".note-row")
    expect(waiting.first).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("[data-armed][data-shown]").first).to_be_visible()
    count = waiting.count()
    page.keyboard.press("g")
    page.keyboard.press("c")
    expect(page).to_have_url(re.compile(r"/caseload/?$"))
    page.go_back()
    expect(waiting).to_have_count(count, timeout=PATIENCE_MS)
    context.close()


def test_no_key_acts_while_somebody_types(caseload: Page) -> None:
    search(caseload).press_sequentially("gtx?/")
    expect(search(caseload)).to_have_value("gtx?/")
    expect(caseload).to_have_url(re.compile(r"/caseload/?$"))
    expect(caseload.get_by_role("dialog", name="Keys")).to_be_hidden()
    expect(ticks(caseload)).to_have_count(0)


@pytest.mark.parametrize("key", ["/", "Control+k"])
def test_searching_from_another_page_leads_to_the_caseloads_search(today: Page, key: str) -> None:
    today.keyboard.press(key)
    expect(search(today)).to_be_focused(timeout=PATIENCE_MS)
    expect(search(today)).to_have_value("")


def test_any_student_is_found_with_four_keys(caseload: Page, record_property: Callable[[str, object], None]) -> None:
    names = rows(caseload).get_by_role("link").all_inner_texts()
    assert len(names) > 20
    for name in names:
        caseload.keyboard.press("/")
        letters = [one for one in unicodedata.normalize("NFD", name) if one.isalpha()][:3]
        for letter in letters:
            caseload.keyboard.press(letter)
        expect(rows(caseload).get_by_role("link", name=name, exact=True)).to_be_in_viewport()
        search(caseload).press("Escape")
    record_property("keys to find a student", 1 + len(letters))


def test_the_search_is_still_there_after_a_student_and_gone_after_escape(caseload: Page) -> None:
    caseload.keyboard.press("/")
    search(caseload).press_sequentially("mateo")
    expect(rows(caseload)).to_have_count(1)
    search(caseload).press("Enter")
    caseload.wait_for_url(re.compile(r"/students/"))
    expect(caseload.get_by_role("heading", level=1)).to_have_text("Mateo Rivera")
    caseload.go_back()
    expect(search(caseload)).to_have_value("mateo")
    expect(rows(caseload)).to_have_count(1)
    assert "mateo" not in caseload.url.lower()
    search(caseload).press("Escape")
    expect(rows(caseload).nth(5)).to_be_visible()


def test_x_selects_the_row_in_focus_and_shift_click_those_between(caseload: Page) -> None:
    rows(caseload).nth(1).get_by_role("link").focus()
    caseload.keyboard.press("x")
    expect(ticks(caseload)).to_have_count(1)
    expect(caseload.locator(".bulk")).to_contain_text("1 selected")
    rows(caseload).nth(4).get_by_role("checkbox").click(modifiers=["Shift"])
    expect(ticks(caseload)).to_have_count(4)
    expect(caseload.locator(".bulk")).to_contain_text("4 selected")
    expect(caseload.locator(".bulk")).to_be_in_viewport()
    rows(caseload).nth(1).get_by_role("link").focus()
    caseload.keyboard.press("x")
    expect(caseload.locator(".bulk")).to_contain_text("3 selected")


def test_the_selection_survives_a_reload_and_a_look_at_a_student(caseload: Page) -> None:
    for place in (0, 2):
        rows(caseload).nth(place).get_by_role("checkbox").click()
    expect(caseload).to_have_url(re.compile(r"pick=[0-9a-f-]{36}%2C[0-9a-f-]{36}$"))
    caseload.reload()
    expect(caseload.locator(".bulk")).to_contain_text("2 selected", timeout=PATIENCE_MS)
    expect(ticks(caseload)).to_have_count(2)
    rows(caseload).nth(1).get_by_role("link").click()
    caseload.wait_for_url(re.compile(r"/students/"))
    caseload.go_back()
    expect(caseload.locator(".bulk")).to_contain_text("2 selected", timeout=PATIENCE_MS)
    caseload.get_by_role("button", name="Clear").click()
    expect(caseload).to_have_url(re.compile(r"/caseload/?$"))


def test_the_tabs_of_a_student_are_reached_by_arrows_and_stand_in_the_address(caseload: Page) -> None:
    rows(caseload).first.get_by_role("link").click()
    bar = caseload.get_by_role("tablist", name="Parts of the record")
    bar.get_by_role("tab", name="Goals").focus()
    caseload.keyboard.press("ArrowLeft")
    expect(bar.get_by_role("tab", name="Timeline")).to_be_focused()
    caseload.keyboard.press("Home")
    caseload.keyboard.press("ArrowRight")
    caseload.keyboard.press("ArrowRight")
    expect(bar.get_by_role("tab", name="Goals")).to_have_attribute("aria-selected", "true")
    caseload.keyboard.press("Space")
    expect(caseload).to_have_url(re.compile(r"\?tab=sessions$"))
    panel = caseload.get_by_role("tabpanel", name="Sessions")
    expect(panel.get_by_role("rowheader").first).to_be_visible()
    expect(bar.get_by_role("tab", name="Sessions")).to_be_focused()
    caseload.reload()
    expect(panel.get_by_role("rowheader").first).to_be_visible(timeout=PATIENCE_MS)
    caseload.go_back()
    expect(caseload.get_by_role("tabpanel", name="Goals").get_by_role("table", name="Goals")).to_be_visible()


def test_keys_of_one_letter_can_be_switched_off_and_on(own_server: Server, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
    group = Group(own_server)
    group.sign_in(context)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    switch_keys(page, own_server, on=False)
    page.goto(f"{own_server.url}/caseload")
    expect(rows(page).first).to_be_visible()
    rows(page).first.get_by_role("link").focus()
    for key in ("x", "/", "?", "g", "t"):
        page.keyboard.press(key)
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    expect(ticks(page)).to_have_count(0)
    expect(page).to_have_url(re.compile(r"/caseload/?$"))
    expect(search(page)).not_to_be_focused()
    page.keyboard.press("Control+k")
    expect(search(page)).to_be_focused()
    group.open(page)
    for key in ("2", "e", "Shift+W", "n"):
        page.keyboard.press(key)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(".sess > .hint")).to_be_hidden()
    pad(page, "incorrect").click()
    page.keyboard.press("Control+z")
    expect(pad(page, "incorrect").locator(".n")).to_have_text("0")
    assert sum(int(one) for one in page.locator(".pad .n").all_inner_texts()) == 0
    page.goto(f"{own_server.url}/caseload")
    page.get_by_text("Account").locator("xpath=ancestor::summary").click()
    page.get_by_role("button", name="Keys", exact=True).click()
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("are switched off for you")
    switch_keys(page, own_server, on=True)
    page.keyboard.press("g")
    page.keyboard.press("c")
    expect(page).to_have_url(re.compile(r"/caseload/?$"))
    context.close()


def test_without_keys_of_one_letter_enter_alone_co_signs(own_server: Server, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
    page = enter(context.new_page(), own_server, "Supervisor")
    switch_keys(page, own_server, on=False)
    page.goto(f"{own_server.url}/co-sign")
    expect(page.locator("[data-armed][data-shown]").first).to_be_visible(timeout=PATIENCE_MS)
    waiting, open_one = page.locator(".note-row"), page.locator(".note-row[aria-current]")
    count, first = waiting.count(), open_one.inner_text()
    cosigned = "SELECT count(*) FROM session_entry WHERE note_status = 'cosigned'"
    ((before,),) = look(own_server, cosigned)
    for key in ("j", "r", "c"):
        page.keyboard.press(key)
    assert (waiting.count(), open_one.inner_text()) == (count, first)
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile(rf"^Co-signed\. {count - 1} left"))).to_be_visible()
    assert look(own_server, cosigned) == [(before + 1,)]
    context.close()


def switch_keys(page: Page, server: Server, *, on: bool) -> None:
    """Set the person's own setting."""
    page.goto(f"{server.url}/settings/profile")
    box = page.get_by_role("checkbox", name="Keys of one letter, number or sign")
    box.set_checked(on)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(box).to_be_checked(checked=on)
    page.locator("h1").click()


def test_the_live_session_keeps_its_letters_and_has_the_list(server: Server, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
    group = Group(server)
    group.sign_in(context)
    page = group.open(context.new_page())
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("First goal: incorrect, cued, correct")
    page.keyboard.press("e")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    expect(pad(page).locator(".n")).to_have_text("0")
    page.keyboard.press("g")
    page.keyboard.press("c")
    expect(pad(page, goal=2).locator(".n")).to_have_text("1")
    assert "/sessions/" in page.url
    context.close()
