"""The school calendar and the feed in a browser: a file chosen and imported, a removal undone, an address."""

from datetime import date

import icalendar
import pytest
from playwright.sync_api import Page, expect

from tests.domain.test_calendar_file import calendar
from tests.e2e.demo import PATIENCE_MS, enter
from tests.e2e.servers import Server
from therapytrack.domain.calendar_file import NO_CALENDAR
from therapytrack.domain.calendar_form import school_year, school_year_of

pytestmark = pytest.mark.e2e


def spring_day() -> date:
    """A day late in the school year that runs."""
    return school_year(school_year_of(date.today()))[1].replace(month=4, day=1)  # noqa: DTZ011 - any day of it


def test_a_districts_file_is_imported_and_taken_out_again_with_undo(page: Page, own_server: Server) -> None:
    event = f"UID:1\r\nDTSTART;VALUE=DATE:{spring_day():%Y%m%d}\r\nSUMMARY:Spring recess, no school"
    enter(page, own_server, "Owner")
    page.goto(f"{own_server.url}/settings/calendar")
    page.get_by_label("Calendar file").set_input_files(
        {"name": "district.ics", "mimeType": "text/calendar", "buffer": b"not a calendar"}
    )
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator("#file-error")).to_have_text(NO_CALENDAR, timeout=PATIENCE_MS)
    page.get_by_label("Calendar file").set_input_files(
        {"name": "district.ics", "mimeType": "text/calendar", "buffer": calendar(event)}
    )
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("From the file: 1 new in the calendar.")).to_be_visible(timeout=PATIENCE_MS)
    entry = page.get_by_text("No school: Spring recess, no school")
    expect(entry).to_be_visible()
    page.get_by_role("button", name="Take out all that was imported").click()
    expect(entry).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(entry).to_be_visible()


def test_a_feed_is_made_and_opened_without_a_sign_in(page: Page, own_server: Server) -> None:
    enter(page, own_server, "Clinician")
    page.goto(f"{own_server.url}/settings/profile")
    page.get_by_role("button", name="Make a feed").click()
    address = page.get_by_label("Address of your feed").input_value(timeout=PATIENCE_MS)
    copy = page.get_by_role("button", name="Copy", exact=True)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    copy.click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == address
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")  # as on a page without HTTPS
    copy.click()
    expect(page.get_by_label("Address of your feed")).to_be_focused()
    assert page.evaluate("getSelection().toString()") == address
    path = address.partition("/calendar/")[2]
    other = page.context.browser.new_context() if page.context.browser else page.context
    answer = other.request.get(f"{own_server.url}/calendar/{path}")
    assert answer.status == 200
    events = icalendar.Calendar.from_ical(answer.text()).walk("VEVENT")
    assert events
    assert all("student" in str(one["SUMMARY"]) for one in events)
    page.get_by_role("button", name="End the feed").click()
    expect(page.get_by_text("There is no feed.")).to_be_visible()
    assert other.request.get(f"{own_server.url}/calendar/{path}").status == 404
    other.close()
