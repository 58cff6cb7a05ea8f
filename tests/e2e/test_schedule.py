"""The schedule in a browser: a weekly group in few actions, a meeting dragged, moved by keys, started."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.demo import Ear, enter, look
from tests.e2e.servers import Server

pytestmark = pytest.mark.e2e
# A week after the demo's slots have ended, so that what is here was put here.
NEXT_YEAR = datetime.now(UTC).astimezone(ZoneInfo("America/New_York")).date() + timedelta(days=400)
MONDAY = NEXT_YEAR - timedelta(days=NEXT_YEAR.weekday())


@pytest.fixture
def page(browser: Browser, own_server: Server) -> Page:
    """The clinician's schedule of an empty week, on a server of the test's own."""
    with closing(sqlite3.connect(own_server.database, timeout=30)) as db:
        db.execute("UPDATE schedule_slot SET ends_on = ?", ((MONDAY - timedelta(days=7)).isoformat(),))
        db.commit()
    opened = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US").new_page()
    enter(opened, own_server)
    opened.goto(f"{own_server.url}/schedule?day={MONDAY.isoformat()}")
    expect(opened.locator(".wk")).to_be_visible()
    return opened


def on_day(page: Page, place: int) -> Locator:
    """The meetings of the week's day at `place`, as of now."""
    return page.locator(f".wk-m[data-day='{(MONDAY + timedelta(days=place)).isoformat()}']")


def add_group(page: Page) -> int:
    """Put a weekly group of four on Monday at ten; answers how many actions that took."""
    page.locator(".wk-day").first.click(position={"x": 60, "y": 2 * 120 + 10})
    dialog = page.get_by_role("dialog", name="New session")
    names = dialog.locator(".pick")
    for place in range(4):
        names.nth(place).click()
    dialog.get_by_role("button", name="Add to the schedule").click()
    expect(dialog).to_have_count(0)
    return 1 + 4 + 1


def test_a_new_weekly_group_takes_six_actions(
    page: Page, own_server: Server, record_property: Callable[[str, object], None]
) -> None:
    ear = Ear(page)
    actions = add_group(page)
    record_property("actions for a new weekly group of four", actions)
    meeting = on_day(page, 0)
    expect(meeting).to_have_count(1)
    expect(meeting).to_contain_text("10:00–10:30 AM")
    page.get_by_role("link", name="Later").click()
    expect(on_day(page, 7)).to_have_count(1)
    ((rule, students),) = look(
        own_server,
        "SELECT rule, (SELECT count(*) FROM slot_student WHERE slot_id = schedule_slot.id) FROM schedule_slot "
        "ORDER BY created_at DESC LIMIT 1",
    )
    assert (rule, students, actions) == ("FREQ=WEEKLY;BYDAY=MO", 4, 6)
    assert not ear.heard


def test_the_end_follows_the_beginning_and_the_chosen_are_named(page: Page) -> None:
    page.locator(".wk-day").first.click(position={"x": 60, "y": 2 * 120 + 10})
    dialog = page.get_by_role("dialog", name="New session")
    expect(dialog.get_by_text("Nobody chosen yet")).to_be_visible()
    for place in range(2):
        dialog.locator(".pick").nth(place).click()
    expect(dialog.get_by_text(re.compile(r"^2 chosen: \w+.*, \w+"))).to_be_visible()
    begin, end = dialog.get_by_label("From", exact=True), dialog.get_by_label("To", exact=True)
    begin.fill("13:15")
    expect(end).to_have_value("13:45")
    end.fill("14:00")
    begin.fill("09:30")
    expect(end).to_have_value("10:15")
    begin.fill("23:50")
    expect(end).to_have_value("23:59")
    dialog.locator(".pick").first.click()
    expect(dialog.get_by_text(re.compile(r"^1 chosen: \w+$"))).to_be_visible()


def test_a_meeting_is_dragged_to_another_day_and_put_back(page: Page) -> None:
    add_group(page)
    meeting = page.locator(".wk-m")
    box = meeting.bounding_box()
    target = page.locator(".wk-day").nth(2).bounding_box()
    assert box and target
    page.mouse.move(box["x"] + 30, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(target["x"] + 60, box["y"] + 20 + 60, steps=5)
    page.mouse.up()
    expect(on_day(page, 2)).to_contain_text("10:30–11:00 AM")
    page.get_by_role("button", name="Undo").click()
    expect(on_day(page, 0)).to_contain_text("10:00–10:30 AM")


def test_a_meeting_is_moved_and_let_go_by_keys_alone(page: Page) -> None:
    add_group(page)
    page.locator(".wk-m").focus()
    page.keyboard.press("m")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    expect(on_day(page, 0)).to_have_count(1)
    page.locator(".wk-m").focus()
    for key in ("m", "ArrowRight", "Shift+ArrowDown"):
        page.keyboard.press(key)
    expect(page.get_by_role("status").filter(has_text=re.compile("Tue .*10:15"))).to_have_count(1)
    page.locator(".wk-m").press("Enter")
    expect(on_day(page, 1)).to_contain_text("10:15–10:45 AM")


def test_a_day_is_called_off_with_its_reason_and_held_after_all(page: Page) -> None:
    add_group(page)
    page.locator(".wk-m").click()
    panel = page.get_by_role("dialog")
    panel.get_by_role("button", name="Call off this day").click()
    expect(panel.get_by_text("Choose why the session is not held.")).to_be_visible()
    panel.get_by_label("Why").select_option(label="School closed")
    panel.get_by_role("button", name="Call off this day").click()
    expect(page.locator(".wk-m.cancelled")).to_contain_text("Called off")
    page.locator(".wk-m").click()
    page.get_by_role("button", name="Hold it after all").click()
    expect(page.locator(".wk-m.planned")).to_have_count(1)


def test_on_a_phone_the_week_is_a_list(page: Page) -> None:
    add_group(page)
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator(".wk")).to_be_hidden()
    expect(page.get_by_role("region", name=re.compile("Agenda, Mon"))).to_contain_text("10:00–10:30 AM")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
