"""The team in a browser: an assistant is invited in four actions, comes in by her link, is out when removed."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from email import message_from_bytes, policy

import httpx
import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.e2e.demo import PATIENCE_MS, Ear, enter, look, until
from tests.e2e.servers import Server
from tests.e2e.wire import HYDRATE, Wire, aside, wire
from therapytrack.services.demo_accounts import DEMO_PASSWORD
from therapytrack.state.caseload import CaseloadState

pytestmark = pytest.mark.e2e
CASELOAD = f"{CaseloadState.get_full_name()}.enter"
PASSWORD = "seven quiet harbors wait"


def tab(browser: Browser) -> Page:
    """A browser of one's own."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US").new_page()
    page.set_default_timeout(PATIENCE_MS)
    return page


def letter_to(server: Server, email: str) -> str:
    """The text of the letter to an address in the server's outbox."""
    files = (server.data_dir / "outbox").glob("*.eml")
    found = [message_from_bytes(one.read_bytes(), policy=policy.default) for one in files]
    return next(str(one.get_content()) for one in found if one["To"] == email)


def invite(page: Page, server: Server, email: str) -> str:
    """Invite an assistant as the owner does, counting what she does; the link of the letter."""
    enter(page, server, "Owner")
    page.get_by_role("link", name="Team", exact=True).click()
    expect(page.get_by_role("heading", name="Team", level=1)).to_be_visible()
    actions: list[Callable[[], object]] = [
        lambda: page.get_by_role("button", name="Invite", exact=True).click(),
        lambda: page.get_by_label("Email").fill(email),
        lambda: page.get_by_role("button", name="Send invitation").click(),
    ]
    for act in actions:
        act()
    expect(page.get_by_text(f"{email} is invited")).to_be_visible()
    assert len(actions) <= 4
    (link,) = re.findall(r"http\S+/invite/\S+", letter_to(server, email))
    return str(link)


def fill_in(page: Page, name: str) -> None:
    """The form of a new person."""
    page.get_by_label("Your name").fill(name)
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("Profession").select_option("slpa")
    page.get_by_label("State or territory").select_option("NY")
    page.get_by_role("button", name="Create account and accept").click()


def remove(page: Page, name: str) -> None:
    """Remove somebody, with the question in between; the sign-in is young enough to be a proof."""
    page.reload()
    page.get_by_role("button", name=f"Change {name}").click()
    page.get_by_role("button", name="Remove", exact=True).click()
    page.get_by_role("dialog", name=f"Remove {name}?").get_by_role("button", name="Remove", exact=True).click()
    expect(page.get_by_text(f"{name} is removed")).to_be_visible()


def test_an_assistant_is_invited_comes_in_by_her_link_and_is_out_when_removed(server: Server, browser: Browser) -> None:
    owner, assistant = tab(browser), tab(browser)
    ears, asked = [Ear(owner), Ear(assistant)], list[Request]()
    assistant.on("request", lambda request: asked.append(request))
    link = invite(owner, server, "dana@school.org")
    for _ in range(3):  # a mail scanner follows the link first
        assert httpx.get(link, headers={"accept": "text/html"}).status_code == 200
    assistant.goto(link)
    fill_in(assistant, "Dana Park")
    assistant.wait_for_url(re.compile(r"/today/?$"))
    assert not [one.url for one in asked if "invite" in (one.headers.get("referer") or "")]
    assert httpx.get(link, headers={"accept": "text/html"}).status_code == 404
    assistant.get_by_role("link", name="Team", exact=True).click()
    expect(assistant.get_by_text("Dana Park").first).to_be_visible()
    assert "@demo.therapytrack.org" not in assistant.content()
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in assistant.context.cookies())
    assert hear(server, cookies, lambda: remove(owner, "Dana Park")) == (True, True)
    assistant.get_by_role("link", name="Caseload", exact=True).click()
    assistant.wait_for_url(re.compile(r"/sign-in/?"))
    assert [ear.heard for ear in ears] == [[], []]
    for page in (owner, assistant):
        page.context.close()


def forget_proofs(server: Server) -> None:
    """Every sign-in is some minutes old."""
    with closing(sqlite3.connect(server.database, timeout=30)) as db:
        db.execute("UPDATE sign_in SET proved_at = NULL")
        db.commit()


def hear(server: Server, cookie: str, act: Callable[[], None]) -> tuple[bool, bool]:
    """Whether a raw socket of hers was answered with the caseload before `act`, and with the sign-in page after it."""

    async def ask(opened: Wire) -> str:
        return await opened.send(HYDRATE, "/caseload") + await opened.send(CASELOAD, "/caseload")

    async def before() -> str:
        async with wire(server, cookie=cookie) as opened:
            return await ask(opened)

    earlier = aside(before())
    act()
    later = aside(before())
    return "caseload_state" in earlier and "/sign-in/" not in earlier, "/sign-in/?ended=1" in later


def test_a_change_of_role_asks_for_the_password_in_place_and_keeps_what_was_chosen(
    own_server: Server, page: Page
) -> None:
    ear = Ear(page)
    enter(page, own_server, "Owner")
    forget_proofs(own_server)
    page.goto(f"{own_server.url}/team")
    page.get_by_role("button", name="Change Priscilla Wong").click()
    panel = page.get_by_role("dialog", name="Priscilla Wong")
    panel.get_by_label("Role").select_option("clinician")
    panel.get_by_role("button", name="Save").click()
    password = panel.get_by_label("Your password")
    expect(password).to_be_visible()
    password.fill("not the password")
    panel.get_by_role("button", name="Confirm").click()
    expect(panel.get_by_text("This is not your password")).to_be_visible()
    password.fill(DEMO_PASSWORD)
    panel.get_by_role("button", name="Confirm").click()
    expect(panel.get_by_text("Confirmed for five minutes")).to_be_visible()
    expect(panel.get_by_label("Role")).to_have_value("clinician")
    panel.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved: Priscilla Wong.")).to_be_visible()
    query = "SELECT clinical_role FROM membership m JOIN account a ON a.id = m.account_id WHERE a.email LIKE 'reader@%'"
    until(lambda: look(own_server, query) == [("clinician",)])
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone.")).to_be_visible()
    until(lambda: look(own_server, query) == [("reader",)])
    assert [one for one in ear.heard if "Content Security" in one] == []


def test_the_panel_keeps_the_focus_and_escape_gives_it_back(server: Server, page: Page) -> None:
    enter(page, server, "Owner")
    page.goto(f"{server.url}/team")
    page.get_by_role("button", name="Invite", exact=True).click()
    expect(page.get_by_label("Email")).to_be_focused()
    for _ in range(30):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Invite", exact=True)).to_be_focused()
