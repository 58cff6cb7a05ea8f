"""Notes and co-signing in a browser: nothing typed is lost, nothing unseen is signed, ten notes take few keys."""

import re
import sqlite3

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.servers import Server

pytestmark = pytest.mark.e2e
WAIT = 30_000


def sign_in(context: BrowserContext, server: Server, who: str) -> Page:
    """A tab in which `who` of the demonstration is signed in."""
    page = context.new_page()
    page.goto(f"{server.url}/sign-in/")
    page.get_by_role("button", name=who, exact=True).click()
    page.wait_for_url(re.compile("/today"), timeout=WAIT)
    return page


def notes(page: Page, server: Server, address: str = "/notes/") -> Page:
    page.goto(server.url + address)
    expect(page.get_by_role("button", name="Sign and next")).to_be_visible(timeout=WAIT)
    return page


def reports_waiting(server: Server) -> int:
    """How many progress reports wait beside the notes."""
    with sqlite3.connect(server.database) as db:
        return int(db.execute("SELECT count(*) FROM progress_report WHERE status = 'submitted'").fetchone()[0])


def count(server: Server, status: str) -> int:
    with sqlite3.connect(server.database) as db:
        query = "SELECT count(*) FROM session_entry WHERE note_status = ?"
        return int(db.execute(query, (status,)).fetchone()[0])


def test_a_note_saves_itself_and_comes_back_after_a_reload(own_server: Server, context: BrowserContext) -> None:
    page = notes(sign_in(context, own_server, "Clinician"), own_server)
    field = page.get_by_role("textbox", name="Note", exact=True)
    field.fill("Typed and left alone.")
    expect(page.get_by_text(re.compile(r"^Saved \d"))).to_be_visible(timeout=WAIT)
    page.reload()
    expect(page.get_by_role("textbox", name="Note", exact=True)).to_have_value("Typed and left alone.", timeout=WAIT)


def test_two_tabs_writing_one_note_show_both_texts_and_lose_neither(
    own_server: Server, context: BrowserContext
) -> None:
    one = notes(sign_in(context, own_server, "Clinician"), own_server)
    two = notes(context.new_page(), own_server)
    one.get_by_role("textbox", name="Note", exact=True).fill("From the first tab.")
    expect(one.get_by_text(re.compile(r"^Saved \d"))).to_be_visible(timeout=WAIT)
    two.get_by_role("textbox", name="Note", exact=True).fill("From the second tab.")
    expect(two.get_by_role("button", name="Keep both")).to_be_visible(timeout=WAIT)
    expect(two.get_by_text("From the first tab.").first).to_be_visible()
    two.get_by_role("button", name="Keep both").click()
    expect(two.get_by_role("textbox", name="Note", exact=True)).to_have_value(
        "From the first tab.\nFrom the second tab.", timeout=WAIT
    )
    expect(two.get_by_text(re.compile(r"^Saved \d"))).to_be_visible(timeout=WAIT)


def test_typed_text_is_signed_with_the_note_and_the_next_one_opens(own_server: Server, context: BrowserContext) -> None:
    page = notes(sign_in(context, own_server, "Clinician"), own_server)
    first = page.get_by_role("region", name="Note").get_by_role("heading").inner_text()
    signed = count(own_server, "signed")
    page.get_by_role("textbox", name="Note", exact=True).fill("Last words before signing.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("region", name="Note").get_by_role("heading")).not_to_have_text(first, timeout=WAIT)
    with sqlite3.connect(own_server.database) as db:
        row = db.execute("SELECT note_status, length(content_hash) FROM session_entry WHERE note LIKE 'Last words%'")
        assert row.fetchone() == ("signed", 64)
    assert count(own_server, "signed") == signed + 1


def test_ten_notes_are_co_signed_with_ten_keys_each_shown_first(own_server: Server, context: BrowserContext) -> None:
    page = sign_in(context, own_server, "Supervisor")
    page.goto(f"{own_server.url}/co-sign/")
    expect(page.get_by_role("button", name="Co-sign")).to_be_visible(timeout=WAIT)
    waiting, done = count(own_server, "submitted") + reports_waiting(own_server), count(own_server, "cosigned")
    keys = 0
    for left in range(waiting - 1, waiting - 11, -1):
        expect(page.locator("button[data-shown]")).to_be_visible(timeout=WAIT)
        page.keyboard.press("c")
        keys += 1
        expect(page.get_by_text(f"Co-signed. {left} left.")).to_be_visible(timeout=WAIT)
    assert (keys, count(own_server, "cosigned") - done) == (10, 10)


def test_a_key_held_down_signs_one_note_only(own_server: Server, context: BrowserContext) -> None:
    page = sign_in(context, own_server, "Supervisor")
    page.goto(f"{own_server.url}/co-sign/")
    expect(page.get_by_role("button", name="Co-sign")).to_be_visible(timeout=WAIT)
    expect(page.locator("button[data-shown]")).to_be_visible(timeout=WAIT)
    done = count(own_server, "cosigned")
    for _ in range(5):
        page.keyboard.down("c")
    expect(page.get_by_text(re.compile("Co-signed"))).to_be_visible(timeout=WAIT)
    page.keyboard.up("c")
    assert count(own_server, "cosigned") == done + 1


def test_a_return_by_keys_needs_a_comment(own_server: Server, context: BrowserContext) -> None:
    page = sign_in(context, own_server, "Supervisor")
    page.goto(f"{own_server.url}/co-sign/")
    expect(page.get_by_role("button", name="Return")).to_be_visible(timeout=WAIT)
    page.keyboard.press("r")
    expect(page.get_by_role("textbox", name="Comment for the author")).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Say what to change")).to_be_visible(timeout=WAIT)
    page.keyboard.type("Which prompts?")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text(re.compile(r"Returned\. \d+ left"))).to_be_visible(timeout=WAIT)


def test_an_addendum_is_added_beneath_a_signed_note(own_server: Server, context: BrowserContext) -> None:
    page = sign_in(context, own_server, "Clinician")
    page.goto(f"{own_server.url}/notes/?tab=signed")
    expect(page.get_by_role("button", name="Add addendum")).to_be_visible(timeout=WAIT)
    page.get_by_role("textbox", name="New addendum").fill("The session took 25 minutes.")
    page.get_by_role("button", name="Add addendum").click()
    expect(page.get_by_role("heading", name="Addenda")).to_be_visible(timeout=WAIT)
    expect(page.get_by_text("The session took 25 minutes.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("who", "address", "button"), [("Clinician", "/notes/", "Sign"), ("Supervisor", "/co-sign/", "Co-sign")]
)
def test_the_pages_have_no_accessibility_violation_and_no_sideways_scroll(
    server: Server, context: BrowserContext, who: str, address: str, button: str, scheme: str
) -> None:
    page = sign_in(context, server, who)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(server.url + address)
    expect(page.get_by_role("button", name=button, exact=True)).to_be_visible(timeout=WAIT)
    result = Axe().run(page)
    assert result.violations_count == 0, result.generate_report()
    for width in (1440, 820, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
