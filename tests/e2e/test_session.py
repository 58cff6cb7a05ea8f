"""The live session in a browser: each mark shows at once, is stored exactly once, and outlives network and browser."""

import os
import re
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests import browser as browsers
from tests.e2e.demo import look
from tests.e2e.groups import Group, finish, pad
from tests.e2e.servers import Server, breathe
from tests.e2e.tap_to_paint import GOALS, STUDENTS, TRIALS, busiest_group, measure

pytestmark = pytest.mark.e2e
SIZES = [(1440, 900), (820, 1180)]
KEPT_ON_DISK = """() => new Promise((done) => {
  const asked = indexedDB.open('tt-marks');
  asked.onsuccess = () => {
    if (!asked.result.objectStoreNames.contains('queues')) return done(0);
    const count = asked.result.transaction('queues').objectStore('queues').count();
    count.onsuccess = () => done(count.result);
  };
})"""


@pytest.fixture
def group(server: Server) -> Group:
    return Group(server)


@pytest.fixture
def page(context: BrowserContext, group: Group) -> Page:
    """The running session, as the clinician sees it."""
    group.sign_in(context)
    return group.open(context.new_page())


def state(page: Page, text: str) -> None:
    expect(page.locator(".save").get_by_role("status")).to_contain_text(re.compile(text), timeout=20_000)


def stored(group: Group, count: int) -> None:
    """Wait until the database holds `count` marks."""
    for _ in range(400):
        if group.rows() == count:
            return
        breathe()
    assert group.rows() == count


@pytest.mark.parametrize("size", SIZES)
def test_four_students_with_three_goals_are_visible_without_scrolling(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    for student in ("Ana", "Ben", "Chloé", "Đan"):
        for goal in range(3):
            expect(pad(page, "correct", goal, student)).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_a_phone_shows_one_student_and_tabs(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("tab", name="Ben").click()
    expect(pad(page, student="Ben")).to_be_visible()
    expect(pad(page, student="Ana")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_mark_shows_before_the_server_answers(page: Page) -> None:
    page.route("**/taps", lambda _: None)
    pad(page).click()
    expect(pad(page).locator(".n")).to_have_text("1")
    state(page, "Saving")


def test_marks_are_stored_once_each_and_the_page_says_saved(page: Page, group: Group) -> None:
    for _ in range(5):
        pad(page).click()
    pad(page, "cued").click()
    pad(page, "incorrect", 1, "Ben").click()
    state(page, r"Saved \d")
    assert group.rows(counted=False) == 7
    expect(page.locator(".goal").first.locator(".sc")).to_have_text("83% 5/6")


def test_keys_choose_the_student_and_record(page: Page, group: Group) -> None:
    page.keyboard.press("2")
    for key in "QWEASDZXC":
        page.keyboard.press(key)
    page.keyboard.press("Control+z")
    expect(pad(page, "correct", 2, "Ben").locator(".n")).to_have_text("0")
    expect(pad(page, "cued", 2, "Ben").locator(".n")).to_have_text("1")
    stored(group, 8)


def test_keys_are_letters_while_a_note_is_typed(page: Page, group: Group) -> None:
    page.get_by_role("button", name="Note for Ana Test").click()
    page.get_by_label("Note text for Ana Test").type("Ready, set, go. 12")
    state(page, "Saved")
    assert group.rows(counted=False) == 0


def test_undo_takes_back_the_last_mark_and_leaves_a_trace(page: Page, group: Group) -> None:
    pad(page).click()
    pad(page, "incorrect").click()
    stored(group, 2)
    page.get_by_role("button", name="Undo").click()
    expect(pad(page, "incorrect").locator(".n")).to_have_text("0")
    stored(group, 1)
    assert group.rows(counted=False) == 2


def test_undo_works_after_a_reload(page: Page, group: Group) -> None:
    pad(page).click()
    state(page, r"Saved \d")
    group.open(page)
    page.get_by_role("button", name="Undo").click()
    stored(group, 0)


def test_probe_and_practice_are_kept_apart(page: Page, group: Group) -> None:
    pad(page).click()
    page.get_by_role("radio", name="Probe").click()
    expect(pad(page).locator(".n")).to_have_text("0")
    pad(page, "incorrect").click()
    page.get_by_role("radio", name="Practice").click()
    expect(page.locator(".goal").first.locator(".sc")).to_have_text("100% 1/1")
    stored(group, 2)


def test_a_reload_goes_on_probing(page: Page, group: Group) -> None:
    page.get_by_role("radio", name="Probe").click()
    group.open(page)
    expect(page.get_by_role("radio", name="Probe")).to_be_checked()
    pad(page).click()
    stored(group, 1)
    assert group.purposes() == {"probe"}
    page.get_by_role("radio", name="Practice").click()
    group.open(page)
    expect(page.get_by_role("radio", name="Practice")).to_be_checked()


def test_a_mark_before_the_start_starts_the_session(page: Page, group: Group) -> None:
    group.plan()
    group.open(page)
    expect(page.get_by_role("button", name="Start session")).to_be_visible()
    pad(page).click()
    expect(page.get_by_role("button", name="Finish")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("button", name="Start session")).to_have_count(0)
    expect(page.get_by_label("Attendance of Ana Test")).to_have_value("present")
    expect(page.get_by_role("button", name="Pause timer")).to_be_enabled()
    assert (group.status(), group.rows()) == ("running", 1)


def test_a_student_who_is_not_shared_any_more_leaves_the_open_page(page: Page, group: Group) -> None:
    pad(page, student="Ben").click()
    pad(page).click()
    stored(group, 2)
    group.take(1)
    expect(page.get_by_text("Ben Test")).to_have_count(0, timeout=20_000)
    expect(page.get_by_text("no longer shared with you")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    stored(group, 1)
    pad(page, "incorrect", 0, "Chloé").click()
    stored(group, 2)
    state(page, r"Saved \d")


def test_marks_of_a_student_who_was_taken_meanwhile_are_named_and_the_others_kept(
    page: Page, group: Group, context: BrowserContext
) -> None:
    context.set_offline(True)
    for student in ("Ana", "Ben", "Ben"):
        pad(page, student=student).click()
    state(page, "Offline · 3 kept")
    group.take(1)
    context.set_offline(False)
    state(page, r"Saved \d")
    expect(page.get_by_role("alert").filter(has_text="2 marks were not taken")).to_be_visible()
    expect(page.get_by_text("Ben Test")).to_have_count(0, timeout=20_000)
    assert group.rows(counted=False) == 1
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('tt:q:'))") == []


def test_marks_left_behind_in_a_session_that_was_taken_are_called_so_and_not_sent_for_ever(
    page: Page, group: Group, context: BrowserContext
) -> None:
    page.context.route("**/taps", lambda route: route.abort())
    pad(page).click()
    state(page, "Offline · 1 kept")
    for place in range(4):
        group.take(place)
    page.context.unroute("**/taps")
    page.goto(f"{group.server.url}/today/")
    expect(page.get_by_role("alert").filter(has_text="1 mark was not taken")).to_be_visible(timeout=20_000)
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('tt:q:'))") == []


def test_shift_on_cued_picks_the_help_and_it_stays_for_the_student(page: Page, group: Group) -> None:
    pad(page, "cued").click(modifiers=["Shift"])
    page.get_by_role("button", name="Moderate cue").click()
    pad(page, "cued", 1).click()
    pad(page, "cued", 1, "Ben").click()
    stored(group, 3)
    expect(page.locator(".pad.c .lv")).to_have_count(3)


def test_the_help_that_was_chosen_outlives_a_reload_and_ends_with_the_session(page: Page, group: Group) -> None:
    pad(page, "cued").click(modifiers=["Shift"])
    page.get_by_role("button", name="Moderate cue").click()
    stored(group, 1)
    group.open(page)
    levels = page.get_by_role("region", name="Ana Test").locator(".pad.c .lv")
    expect(levels).to_have_text(["Moderate"] * 3)
    pad(page, "cued", 1).click()
    stored(group, 2)
    assert group.prompts() == [2, 2]
    finish(page)
    page.wait_for_url(f"**/sessions/{group.world.session.id}/notes*")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('tt:l:'))") == []


def test_while_the_help_is_chosen_numbers_choose_and_letters_record(page: Page, group: Group) -> None:
    choice = page.get_by_role("dialog", name="What help did Ana Test need?")
    page.keyboard.press("Shift+W")
    expect(choice).to_be_visible()
    page.keyboard.press("3")
    expect(choice).to_be_hidden()
    expect(pad(page, "cued")).to_be_focused()
    expect(pad(page, "cued").locator(".lv")).to_have_text("Maximal")
    stored(group, 1)
    page.keyboard.press("Shift+S")
    expect(choice).to_be_visible()
    page.keyboard.press("e")
    expect(choice).to_be_hidden()
    expect(pad(page, "cued", 1)).to_be_focused()
    page.keyboard.press("s")
    expect(pad(page).locator(".n")).to_have_text("1")
    expect(pad(page, "cued", 1).locator(".n")).to_have_text("1")
    stored(group, 3)
    expect(page.get_by_role("region", name="Ana Test")).to_have_class(re.compile(r"\bcur\b"))


def test_a_goal_that_is_added_meanwhile_appears_and_no_waiting_mark_is_lost(page: Page, group: Group) -> None:
    page.route("**/taps", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    pad(page).click()
    group.add_goal(0)
    expect(pad(page, goal=9)).to_be_visible(timeout=20_000)
    expect(pad(page).locator(".n")).to_have_text("1")
    assert group.rows(counted=False) == 0
    page.unroute("**/taps")
    pad(page, goal=9).click()
    stored(group, 2)


def test_a_long_press_picks_the_help_and_is_no_mark(page: Page, group: Group) -> None:
    pad(page, "cued").hover()
    page.mouse.down()
    expect(page.get_by_role("dialog", name="What help did Ana Test need?")).to_be_visible()
    page.mouse.up()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(pad(page, "cued").locator(".n")).to_have_text("0")
    assert group.rows(counted=False) == 0


def test_marks_made_offline_are_kept_and_sent_when_the_network_returns(
    page: Page, group: Group, context: BrowserContext
) -> None:
    context.set_offline(True)
    for _ in range(7):
        pad(page).click()
    state(page, "Offline · 7 kept")
    context.set_offline(False)
    state(page, r"Saved \d")
    assert group.rows(counted=False) == 7


def test_a_reload_during_a_dropped_connection_loses_nothing(page: Page, group: Group, context: BrowserContext) -> None:
    page.route("**/taps", lambda route: route.abort())
    for _ in range(4):
        pad(page).click()
    state(page, "Offline · 4 kept")
    page.unroute("**/taps")
    group.open(page)
    expect(pad(page).locator(".n")).to_have_text("4")
    stored(group, 4)


def test_an_answer_that_never_came_is_asked_for_again_and_stored_once(page: Page, group: Group) -> None:
    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/taps", lose, times=1)
    pad(page).click()
    state(page, r"Saved \d")
    assert group.rows(counted=False) == 1


def test_two_tabs_of_one_browser_neither_lose_nor_double(page: Page, group: Group, context: BrowserContext) -> None:
    other = group.open(context.new_page())
    context.set_offline(True)
    for tab, times in ((page, 3), (other, 2)):
        for _ in range(times):
            pad(tab).click()
    context.set_offline(False)
    stored(group, 5)
    for tab in (page, other):
        tab.bring_to_front()
        expect(pad(tab).locator(".n")).to_have_text("5", timeout=20_000)
    assert group.rows(counted=False) == 5


def test_two_people_see_each_others_marks_and_undo_only_their_own(page: Page, group: Group, browser: Browser) -> None:
    hers = browser.new_context()
    group.sign_in(hers, "partner")
    partner = group.open(hers.new_page())
    expect(partner.get_by_text("Ben Test")).to_have_count(0)
    pad(page).click()
    pad(partner, "incorrect").click()
    for tab in (page, partner):
        tab.bring_to_front()
        expect(tab.locator(".goal").first.locator(".sc")).to_have_text("50% 1/2", timeout=20_000)
    partner.get_by_role("button", name="Undo").click()
    page.bring_to_front()
    expect(page.locator(".goal").first.locator(".sc")).to_have_text("100% 1/1", timeout=20_000)
    hers.close()


def test_only_ids_and_marks_stand_in_the_browsers_storage(page: Page, context: BrowserContext) -> None:
    context.set_offline(True)
    pad(page).click()
    page.get_by_role("button", name="Engaged, for Ana Test").click()
    state(page, "Offline · 1 kept")
    text = page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")
    assert "tt:q:" in text
    for word in ("Ana", "Test", "Engaged", "goal 0", "Group A"):
        assert word not in text


def test_finish_wipes_what_was_kept_and_goes_on_to_the_notes(page: Page, group: Group) -> None:
    pad(page).click()
    finish(page)
    page.wait_for_url(f"**/sessions/{group.world.session.id}/notes*")
    assert group.rows() == 1
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('tt:'))") == []


def test_back_after_finishing_finds_the_session_finished_and_does_nothing_twice(page: Page, group: Group) -> None:
    pad(page).click()
    stored(group, 1)
    finish(page)
    page.wait_for_url(re.compile("/notes/?$"))
    query = "SELECT status, finished_at FROM therapy_session WHERE id = ?"
    ended = look(group.server, query, group.world.session.id.hex)
    for again in (page.go_back, page.reload, page.go_forward, page.go_back):
        again()
        if "/notes" in page.url:
            continue
        expect(page.get_by_role("link", name="Notes").first).to_be_visible()
        expect(page.get_by_role("button", name="Finish")).to_have_count(0)
    assert look(group.server, query, group.world.session.id.hex) == ended
    assert group.rows(counted=False) == 1


def test_a_session_is_not_finished_while_marks_wait(page: Page, context: BrowserContext) -> None:
    context.set_offline(True)
    pad(page).click()
    page.get_by_role("button", name="Finish").click()
    told = page.get_by_role("alert").filter(has_text="not finished")
    expect(told).to_be_visible(timeout=20_000)
    expect(told).not_to_contain_text("not taken")
    context.set_offline(False)
    expect(told).to_have_count(0, timeout=20_000)


def test_the_notice_of_a_lost_connection_covers_no_button(page: Page, context: BrowserContext) -> None:
    context.set_offline(True)
    expect(page.locator(".conn")).to_be_visible(timeout=30_000)
    for width, height in ((1440, 900), (820, 1180), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        notice = page.locator(".conn").bounding_box()
        parts = [one.bounding_box() for one in page.locator(".sess-h, .sess-m, .sess-f:visible").all()]
        assert notice and max(box["y"] + box["height"] for box in parts if box) <= notice["y"] + 0.5


def test_somebody_signed_out_keeps_the_marks_and_is_told(page: Page, context: BrowserContext, group: Group) -> None:
    context.clear_cookies()
    pad(page).click()
    state(page, "Signed out · 1 kept")
    group.sign_in(context)
    group.open(page)
    stored(group, 1)


def test_signing_out_warns_of_marks_that_wait_and_then_wipes_them(page: Page, group: Group) -> None:
    page.context.route("**/taps", lambda route: route.abort())
    pad(page).click()
    state(page, "Offline · 1 kept")
    page.goto(f"{group.server.url}/today/")
    page.locator(".who summary").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_text("1 mark is not saved yet")).to_be_visible(timeout=15_000)
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url("**/sign-in/*")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('tt:'))") == []
    assert page.evaluate(KEPT_ON_DISK) == 0


def test_a_note_saves_itself_unasked(page: Page, group: Group) -> None:
    page.get_by_role("button", name="Redirected, for Ana Test").click()
    page.get_by_role("button", name="Note for Ana Test").click()
    page.get_by_label("Note text for Ana Test").press_sequentially(" Worked on blends.")
    expect(page.get_by_role("dialog").get_by_role("status")).to_contain_text("Saved")
    assert group.note() == "Redirected. Worked on blends."


def test_two_places_that_write_one_note_show_both_texts(page: Page, group: Group, context: BrowserContext) -> None:
    other = group.open(context.new_page())
    for tab, text in ((page, "From the tablet."), (other, "From the laptop.")):
        tab.bring_to_front()
        tab.get_by_role("button", name="Note for Ana Test").click()
        tab.get_by_label("Note text for Ana Test").fill(text)
        if tab is page:
            expect(tab.get_by_role("dialog").get_by_role("status")).to_contain_text("Saved")
    choice = other.get_by_role("dialog")
    expect(choice.get_by_text("From the tablet.")).to_be_visible(timeout=10_000)
    expect(choice.get_by_text("From the laptop.")).to_be_visible()
    other.get_by_role("button", name="Keep both").click()
    expect(choice.get_by_role("status")).to_contain_text("Saved")
    assert group.note() == "From the tablet.\nFrom the laptop."


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_the_page_has_no_accessibility_violation(page: Page, scheme: str, size: tuple[int, int]) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    for outcome in ("correct", "cued", "incorrect"):
        pad(page, outcome).click()
    page.get_by_label("Attendance of Ana Test").select_option("student_absent")
    expect(pad(page)).to_be_disabled()
    page.get_by_role("button", name="Note for Ana Test").click()
    state(page, r"Saved \d")
    result = Axe().run(page)
    assert result.violations_count == 0, result.generate_report()


def test_a_killed_browser_loses_no_mark(group: Group, browser: Browser, tmp_path: Path) -> None:
    found, profile = browsers.find(), tmp_path / "profile"

    def launch() -> BrowserContext:
        return browser.browser_type.launch_persistent_context(
            str(profile),
            executable_path=found.executable,
            args=list(browsers.ARGUMENTS),
            env={**os.environ, **found.env},
        )

    doomed = launch()
    group.sign_in(doomed)
    page = group.open(doomed.pages[0])
    doomed.set_offline(True)
    for _ in range(6):
        pad(page).click()
    state(page, "Offline · 6 kept")
    with doomed.expect_event("close"):
        kill(profile)
    assert group.rows(counted=False) == 0
    again = launch()
    group.sign_in(again)
    again.pages[0].goto(f"{group.server.url}/today/")
    stored(group, 6)
    again.close()


def kill(profile: Path) -> None:
    """SIGKILL for every process of the browser with this profile folder, which is this test's own."""
    mine = f"--user-data-dir={profile}"
    for process in psutil.process_iter(["cmdline"]):
        if mine in " ".join(process.info["cmdline"] or ()):
            with suppress(psutil.NoSuchProcess):
                process.kill()


def test_the_busiest_sheet_counts_every_tap_on_a_slow_processor(server: Server, context: BrowserContext) -> None:
    group = busiest_group(Group(server, STUDENTS, GOALS))
    group.sign_in(context)
    painted = measure(group, context.new_page(), rounds=1)
    stored(group, TRIALS + painted.taps)
