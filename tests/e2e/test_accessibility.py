"""Every page, light and dark, in the eyes of axe; and no page is wider than its window."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.demo import PATIENCE_MS, enter, look
from tests.e2e.groups import Group, pad
from tests.e2e.servers import Server
from therapytrack.services.demo_accounts import DEMO_PASSWORD
from therapytrack.services.identity import hash_token

pytestmark = pytest.mark.e2e
WIDTHS = {1440: 900, 820: 1180, 390: 844}
RULES = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
Act = Callable[[Page], object]


def look_only(_page: Page) -> None:
    """Nothing to do first."""


@dataclass(frozen=True)
class View:
    """A page in one of its states: who looks, where, what it takes to get there, and what shows that it is all here."""

    name: str
    who: str
    path: str
    act: Act = look_only
    seen: str = "h1"


def press(name: str) -> Act:
    """Press a button."""
    return lambda page: page.get_by_role("button", name=name, exact=True).click()


def open_rule(page: Page) -> None:
    """The rule of supervision, to be changed."""
    page.locator("main summary").click()


def list_keys(page: Page) -> None:
    """Open the list of keys."""
    page.keyboard.press("?")


def refuse_profile(page: Page) -> None:
    """A profile without a name."""
    page.get_by_label("Your name").fill("")
    page.get_by_role("button", name="Save", exact=True).click()


def refuse_invite(page: Page) -> None:
    """An invitation without an address."""
    press("Invite")(page)
    press("Send invitation")(page)


def choose_students(page: Page) -> None:
    """An invitation with students to choose from."""
    press("Invite")(page)
    press("Choose students")(page)


def ask_remove(page: Page) -> None:
    """The question before somebody is removed."""
    press("Change Rosa Alvarez")(page)
    press("Remove")(page)


def invitation(server: Server) -> str:
    """The token of an invitation that waits, put there behind the server's back."""
    token, now = uuid4().hex, datetime.now(UTC)
    (owner,) = look(
        server, "SELECT id, workspace_id FROM membership WHERE admin_role = 'owner' AND clinical_role = 'none'"
    )
    stamps = [f"{one:%Y-%m-%d %H:%M:%S.%f}" for one in (now, now, now + timedelta(days=7))]
    values = (uuid4().hex, stamps[0], owner[1], f"{token}@school.org", hash_token(token), owner[0], *stamps[1:])
    with closing(sqlite3.connect(server.database, timeout=30)) as db:
        db.execute(
            "INSERT INTO invite (id, created_at, workspace_id, email, token_hash, admin_role, clinical_role, billing, "
            "discipline, invited_by_id, status, sent_at, expires_at, version) "
            "VALUES (?, ?, ?, ?, ?, 'none', 'reader', 0, 'slp', ?, 'pending', ?, ?, 1)",
            values,
        )
        db.commit()
    return token


def mark(page: Page) -> None:
    """One trial of each kind and an open note."""
    for outcome in ("correct", "cued", "incorrect"):
        pad(page, outcome).click()
    page.get_by_role("button", name="Note for Ana Test").click()


def open_why(page: Page) -> None:
    """The reasons of one person's rights."""
    page.get_by_text("Why, Rosa Alvarez").click()


def check_handover(page: Page) -> None:
    """A handover as it would be, in numbers."""
    page.get_by_label("Caseload of").select_option(label="Rosa Alvarez, clinician")
    page.get_by_label("Goes to").select_option(label="Ines Calloway, supervisor")
    page.get_by_role("button", name="Check").click()


def break_glass(page: Page) -> None:
    """A record opened in an emergency; the password is asked for when the sign-in is some minutes old."""
    page.get_by_label("Student's full name or number").fill("Aaliyah Brooks")
    page.get_by_role("button", name="Find").click()
    page.get_by_label("Why this cannot wait").fill("She is at the nurse and cannot say what happened.")
    opened, asked = page.locator("[aria-label='Emergency access'] .banner"), page.get_by_label("Your password")
    page.get_by_role("button", name="Open the record").click()
    expect(opened.or_(asked).first).to_be_visible(timeout=PATIENCE_MS)
    if asked.is_visible():
        asked.fill(DEMO_PASSWORD)
        page.get_by_role("button", name="Confirm").click()
        expect(asked).to_have_count(0)
        page.get_by_role("button", name="Open the record").click()


def wrong_days(page: Page) -> None:
    """A last day before the first one."""
    page.get_by_label("To", exact=False).last.fill("2026-01-01")
    page.get_by_role("button", name="Show", exact=True).click()


PLOT = ".js-plotly-plot .main-svg"
VIEWS = [
    View("sign-in", "", "/sign-in/"),
    View("sign-in refused", "", "/sign-in/", press("Sign in"), ".input[aria-invalid=true]"),
    View("sign-up", "", "/sign-up/"),
    View("today", "Clinician", "/today"),
    View("today, office", "Owner", "/today", seen="main .state"),
    View("today, new group", "Clinician", "/today", press("New group"), "form[aria-label='New group']"),
    View("caseload", "Clinician", "/caseload", seen="table.cl tbody tr"),
    View("caseload, nobody in this view", "Clinician", "/caseload?view=archived"),
    View("caseload, owner", "Owner", "/caseload"),
    View("caseload, list of keys", "Clinician", "/caseload", list_keys, "dialog.keys[open]"),
    View("student", "Clinician", "/students/{student}"),
    View("student, as a reader", "Reader", "/students/{student}"),
    View("student, new", "Clinician", "/students/new", seen="main form"),
    View("student, refused", "Clinician", "/students/new", press("Save student"), ".input[aria-invalid=true]"),
    View("student, edit", "Clinician", "/students/{student}/edit", seen="main form"),
    View("goal, new", "Clinician", "/students/{student}/goals/new", seen="main form"),
    View(
        "goal, refused", "Clinician", "/students/{student}/goals/new", press("Save goal"), ".input[aria-invalid=true]"
    ),
    View("goal, edit", "Clinician", "/students/{student}/goals/{goal}/edit", seen="main form"),
    View("goal, chart", "Clinician", "/students/{student}/goals/{goal}", seen=PLOT),
    View("summary to print", "Clinician", "/students/{student}/summary"),
    View("session, planned", "Clinician", "/sessions/{planned}", seen=".goal"),
    View("session, running", "slp", "/sessions/{running}", mark, ".sheet"),
    View("session, finished", "Clinician", "/sessions/{finished}", seen=".goal"),
    View("session notes", "Clinician", "/sessions/{finished}/notes", seen=".note-open"),
    View("notes", "Clinician", "/notes", seen=".note-open"),
    View("notes, signed", "Clinician", "/notes?tab=signed", seen=".note-open"),
    View("notes, of an assistant", "Assistant", "/notes?tab=returned", seen=".note-open"),
    View("co-sign", "Supervisor", "/co-sign"),
    View("disclosures", "Clinician", "/students/{student}/disclosures", press("Enter"), ".input[aria-invalid=true]"),
    View("activity", "Owner", "/activity", seen="table.grid tbody tr"),
    View("activity, refused dates", "Owner", "/activity?since=2026-01-02", wrong_days, ".input[aria-invalid=true]"),
    View("activity, of nobody's office", "Clinician", "/activity", seen=".state h2"),
    View("disclosures, office", "Owner", "/students/{student}/disclosures", seen="main form"),
    View("supervision", "Supervisor", "/supervision", seen="main form"),
    View("supervision, office", "Owner", "/supervision", open_rule, "main form"),
    View("draft, new", "Clinician", "/students/{student}/drafts/new", seen="main form"),
    View("draft", "Clinician", "/students/{student}/drafts/new", press("Draft"), "#draft-text"),
    View("team", "Owner", "/team", seen=".team tbody tr"),
    View("team, as a colleague", "Reader", "/team", seen=".team tbody tr"),
    View("team, invite", "Owner", "/team", choose_students, ".roll label"),
    View("team, invite refused", "Owner", "/team", refuse_invite, ".input[aria-invalid=true]"),
    View("team, one person", "Owner", "/team", press("Change Rosa Alvarez"), "dialog[open] form"),
    View("team, remove", "Owner", "/team", ask_remove, "dialog[open] .danger"),
    View("workspaces", "Owner", "/workspaces", seen=".list li"),
    View(
        "invitation, new person", "", "/invite/{invitation}", press("Create account and accept"), ".error:not(:empty)"
    ),
    View("invitation, of somebody else", "Reader", "/invite/{invitation}"),
    View("invitation, dead", "", "/invite/nothing"),
    View("confirm that it is you", "Owner", "/prove", seen="main form"),
    View("settings, profile", "Clinician", "/settings/profile", seen="main form"),
    View("settings, profile refused", "Clinician", "/settings/profile", refuse_profile, ".input[aria-invalid=true]"),
    View("settings, workspace", "Owner", "/settings/workspace", seen="main form"),
    View("settings, workspace in words", "Clinician", "/settings/workspace", seen="main dl"),
    View("settings, AI", "Owner", "/settings/ai", seen="main form"),
    View("settings, AI in words", "Clinician", "/settings/ai", seen="main h3"),
    View("access", "Owner", "/students/{student}/access", open_why, ".person details[open]"),
    View("access, refused", "Owner", "/students/{student}/access", press("Give access"), ".input[aria-invalid=true]"),
    View("access, her own", "Reader", "/students/{student}/access", seen=".reasons"),
    View("access, matrix", "Owner", "/team/access", seen="table.matrix tbody tr"),
    View("access, selection", "Clinician", "/team/access?pick={student}", seen=".bulk"),
    View("access, substitute", "Owner", "/team/access?pick={student}&do=substitute", seen="main form.card"),
    View("access, handover", "Owner", "/team/handover", check_handover, "h3"),
    View("emergency access", "Supervisor", "/emergency", seen="main form"),
    View("emergency access, open", "Supervisor", "/emergency", break_glass, "[aria-label='Emergency access'] .banner"),
    View("not found", "Clinician", "/students/{nobody}", seen=".state h2"),
    View("not found, session", "Clinician", "/sessions/{nobody}", seen=".state h2"),
    View("no such page", "Clinician", "/nowhere", seen=".state h2"),
]


@pytest.fixture(scope="module")
def people(server: Server, browser: Browser) -> Iterator[Callable[[str], BrowserContext]]:
    """A browser session of each person, signed in once."""
    opened: dict[str, BrowserContext] = {"": browser.new_context(locale="en-US")}

    def of(who: str) -> BrowserContext:
        if who not in opened:
            opened[who] = browser.new_context(locale="en-US")
            enter(opened[who].new_page(), server, who).close()
        return opened[who]

    yield of
    for one in opened.values():
        one.close()


@pytest.fixture(scope="module")
def ids(server: Server) -> dict[str, str]:
    """Records of the demo by the names that the addresses use."""
    sessions = (
        "SELECT s.id FROM therapy_session s JOIN session_entry e ON e.session_id = s.id "
        "JOIN student t ON t.id = e.student_id WHERE t.given_name = 'Mateo' AND s.status = ? ORDER BY s.held_on"
    )
    found = {
        "student": look(server, "SELECT id FROM student WHERE given_name = 'Mateo'"),
        "goal": look(
            server, "SELECT g.id FROM goal g JOIN student s ON s.id = g.student_id WHERE s.given_name = 'Mateo'"
        ),
        "planned": look(server, sessions, "planned"),
        "finished": look(server, sessions + " DESC", "finished"),
    }
    return {name: str(UUID(rows[0][0])) for name, rows in found.items()} | {
        "nobody": str(uuid4()),
        "invitation": invitation(server),
    }


@pytest.fixture(scope="module", params=VIEWS, ids=lambda view: view.name)
def shown(
    request: pytest.FixtureRequest,
    server: Server,
    people: Callable[[str], BrowserContext],
    ids: dict[str, str],
    browser: Browser,
) -> Iterator[Page]:
    """A page of the product in the state that its view describes, everything loaded."""
    view: View = request.param
    if view.who == "slp":
        group = Group(server)
        ids = {**ids, "running": str(group.world.session.id)}
        context = browser.new_context(locale="en-US")
        group.sign_in(context)
    else:
        context = people(view.who)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(server.url + view.path.format(**ids))
    loaded(page)
    view.act(page)
    expect(page.locator(view.seen).first).to_be_visible(timeout=PATIENCE_MS)
    loaded(page)
    yield page
    page.close()


def loaded(page: Page) -> None:
    """Nothing is a skeleton any more."""
    expect(page.locator("h1").first).to_be_attached(timeout=PATIENCE_MS)
    expect(page.locator(".sk")).to_have_count(0, timeout=PATIENCE_MS)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_a_page_has_no_accessibility_violation(shown: Page, scheme: str, width: int) -> None:
    shown.set_viewport_size({"width": width, "height": WIDTHS[width]})
    shown.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    if not shown.url.endswith("/summary") and "/invite/" not in shown.url:
        expect(shown.locator("html")).to_have_class(re.compile(scheme))
    result = Axe().run(shown, options=RULES)
    assert result.violations_count == 0, result.generate_report()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_page_does_not_scroll_sideways(shown: Page, width: int) -> None:
    shown.set_viewport_size({"width": width, "height": WIDTHS[width]})
    shown.wait_for_function("width => innerWidth === width", arg=width)
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
