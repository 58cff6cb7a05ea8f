"""Every page, light and dark, in the eyes of axe; and no page is wider than its window."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.demo import PATIENCE_MS, look
from tests.e2e.groups import Group, pad
from tests.e2e.servers import Server
from tests.e2e.wire import sign_in
from therapytrack.services.demo_accounts import DEMO_PASSWORD
from therapytrack.services.identity import hash_token

pytestmark = pytest.mark.e2e
WIDTHS = {1440: 900, 820: 1180, 390: 844}
Rules = dict[str, Any]
ALL: Rules = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
# Dark differs from light by its colors alone, and a tablet from a desktop and a telephone by everything but them.
COLORS: Rules = {"resultTypes": ["violations"], "runOnly": ["color-contrast"]}
SHAPES: Rules = {"resultTypes": ["violations"], "rules": {**ALL["rules"], "color-contrast": {"enabled": False}}}
LOOKS = [
    (1440, "light", ALL),
    (1440, "dark", COLORS),
    (820, "light", SHAPES),
    (390, "light", ALL),
    (390, "dark", COLORS),
]
AXE = Axe()
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


def press(*names: str) -> Act:
    """Press one button after the other."""

    def act(page: Page) -> None:
        for name in names:
            page.get_by_role("button", name=name, exact=True).first.click()

    return act


def open_rule(page: Page) -> None:
    """The rule of supervision, to be changed."""
    page.locator("main summary").click()


def open_report(page: Page) -> None:
    """The first report of the queue."""
    page.locator(".report-row").first.click()


def sign_too_early(page: Page) -> None:
    """A report without a code."""
    open_report(page)
    page.get_by_role("button", name="Sign and next").click()


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


def take_link(page: Page) -> None:
    """The link of an invitation, to be handed over."""
    page.get_by_role("button", name=re.compile("^Get the link: .*@hand")).first.click()


def refuse_link(page: Page) -> None:
    """A tie of supervision that ended before it began."""
    page.get_by_label("Last day").fill("2020-01-01")
    page.get_by_role("button", name="Link", exact=True).click()


def enter_disclosure(page: Page) -> None:
    """An entry of the register."""
    page.get_by_label("Given to").fill("Dr. Ruiz, pediatrician")
    page.get_by_label("Purpose").fill("Referral that the parents asked for")
    page.get_by_label("What was disclosed").fill("Progress summary, Sep to Nov")
    page.get_by_role("button", name="Enter", exact=True).click()


def find_nobody(page: Page) -> None:
    """A name that no student has."""
    page.get_by_label("Student", exact=True).fill("Nobody At All")
    page.get_by_role("button", name="Find", exact=True).click()


def invitation(server: Server, domain: str = "school.org") -> str:
    """The token of an invitation that waits, put there behind the server's back."""
    token, now = uuid4().hex, datetime.now(UTC)
    (owner,) = look(
        server, "SELECT id, workspace_id FROM membership WHERE admin_role = 'owner' AND clinical_role = 'none'"
    )
    stamps = [f"{one:%Y-%m-%d %H:%M:%S.%f}" for one in (now, now, now + timedelta(days=7))]
    values = (uuid4().hex, stamps[0], owner[1], f"{token}@{domain}", hash_token(token), owner[0], *stamps[1:])
    with closing(sqlite3.connect(server.database, timeout=30)) as db:
        db.execute(
            "INSERT INTO invite (id, created_at, workspace_id, email, token_hash, admin_role, clinical_role, billing, "
            "discipline, invited_by_id, status, sent_at, expires_at, version) "
            "VALUES (?, ?, ?, ?, ?, 'none', 'reader', 0, 'slp', ?, 'pending', ?, ?, 1)",
            values,
        )
        db.commit()
    return token


def reset_link(server: Server) -> str:
    """The token of a live link that sets a new password, put there behind the server's back."""
    token, now = uuid4().hex, datetime.now(UTC)
    (account,) = look(server, "SELECT id FROM account WHERE email LIKE 'reader@%'")
    stamps = [f"{one:%Y-%m-%d %H:%M:%S.%f}" for one in (now, now + timedelta(days=1))]
    values = (uuid4().hex, stamps[0], account[0], hash_token(token), stamps[1])
    with closing(sqlite3.connect(server.database, timeout=30)) as db:
        db.execute(
            "INSERT INTO password_reset (id, created_at, account_id, token_hash, expires_at) VALUES (?, ?, ?, ?, ?)",
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


def refuse_slot(page: Page) -> None:
    """A slot without students."""
    press("New session", "Add to the schedule")(page)


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


RATE = "SELECT {} FROM goal g JOIN goal_version v ON v.goal_id = g.id WHERE v.measure = 'rate' AND g.position = 0"
PLOT = ".js-plotly-plot .main-svg"
INVALID = ".input[aria-invalid=true]"
VIEWS = [
    View("sign-in", "", "/sign-in/"),
    View("sign-in refused", "", "/sign-in/", press("Sign in"), ".input[aria-invalid=true]"),
    View("sign-up", "", "/sign-up/"),
    View("today", "Clinician", "/today"),
    View("today, office", "Owner", "/today", seen="main .state"),
    View("today, new session", "Clinician", "/today", press("New session"), "form[aria-label='New session']"),
    View("schedule", "Clinician", "/schedule", seen="main .seg"),
    View("schedule, agenda", "Clinician", "/schedule?view=agenda", seen=".ag-day"),
    View("schedule, new slot", "Clinician", "/schedule", refuse_slot, "dialog[open] [data-invalid=true]"),
    View("caseload", "Clinician", "/caseload", seen="table.cl tbody tr"),
    View("caseload, nobody in this view", "Clinician", "/caseload?view=archived"),
    View("caseload, owner", "Owner", "/caseload"),
    View("caseload, list of keys", "Clinician", "/caseload", list_keys, "dialog.keys[open]"),
    View("student", "Clinician", "/students/{student}"),
    *[
        View(f"student, {tab}", "Clinician", f"/students/{{student}}?tab={tab}", seen="[role=tabpanel] .card")
        for tab in ("sessions", "files", "access")
    ],
    View("student, as a reader", "Reader", "/students/{student}"),
    View("student, timeline of a reader", "Reader", "/students/{student}?tab=timeline", seen="[role=tabpanel] ol"),
    View("student, new", "Clinician", "/students/new", seen="main form"),
    View("student, refused", "Clinician", "/students/new", press("Save student"), ".input[aria-invalid=true]"),
    View("settings, attendance", "Owner", "/settings/attendance", seen="form[aria-label='Attendance code']"),
    View("settings, attendance refused", "Owner", "/settings/attendance", press("Add code"), "[aria-invalid=true]"),
    View("settings, templates", "Owner", "/settings/templates", seen="form[aria-label='Note template']"),
    View("settings, template refused", "Owner", "/settings/templates", press("Add template"), "[aria-invalid=true]"),
    View("settings, attendance as a reader", "Reader", "/settings/attendance", seen="[aria-label='Attendance codes']"),
    View("settings, prompts", "Owner", "/settings/prompts", seen="form[aria-label='Change the scale']"),
    View("settings, calendar", "Owner", "/settings/calendar", seen="form[aria-label='Add days']"),
    View(
        "settings, calendar refused", "Owner", "/settings/calendar", press("Add to the calendar"), "[aria-invalid=true]"
    ),
    View("settings, calendar as a reader", "Reader", "/settings/calendar", seen="[aria-label='School calendar']"),
    View("settings, calendar feed", "Clinician", "/settings/profile", press("Make a feed"), "#feed_address"),
    View("student, edit", "Clinician", "/students/{student}/edit", seen="main form"),
    View("goal, new", "Clinician", "/students/{student}/goals/new", seen="main form"),
    View(
        "goal, refused", "Clinician", "/students/{student}/goals/new", press("Save goal"), ".input[aria-invalid=true]"
    ),
    View("goal, edit", "Clinician", "/students/{student}/goals/{goal}/edit", seen="main form"),
    View(
        "goal, statistics",
        "Supervisor",
        "/students/{supervised}/goals/{goal of Amir}?tab=supervisor",
        seen="main table",
    ),
    View("goal, chart", "Clinician", "/students/{student}/goals/{goal}", seen=PLOT),
    View("goal, celeration", "Clinician", "/students/{counted}/goals/{rate}?scale=celeration", seen=PLOT),
    View("goals compared", "Clinician", "/students/{student}/compare", seen=".panels svg"),
    View("goals of a group", "Clinician", "/progress", seen="h1"),
    View("goals of assistants' students", "Supervisor", "/progress?of=all", seen=".small-charts svg"),
    View("summary to print", "Clinician", "/students/{student}/summary"),
    View("session, planned", "Clinician", "/sessions/{planned}", seen=".goal"),
    View("session, running", "slp", "/sessions/{running}", mark, ".sheet"),
    View("session, finished", "Clinician", "/sessions/{finished}", seen=".goal"),
    View("session, second scorer", "slp", "/sessions/{running}?second=1", seen=".goal"),
    View("co-scoring", "Clinician", "/sessions/{finished}/agreement", seen="[aria-label=Agreement]"),
    View("session notes", "Clinician", "/sessions/{finished}/notes", seen=".note-open"),
    View("notes", "Clinician", "/notes", seen=".note-open"),
    View("notes, signed", "Clinician", "/notes?tab=signed", seen=".note-open"),
    View("notes, of an assistant", "Assistant", "/notes?tab=returned", seen=".note-open"),
    View("co-sign", "Supervisor", "/co-sign", seen=".note-open"),
    View("co-sign, return refused", "Supervisor", "/co-sign", press("Return"), ".input[aria-invalid=true]"),
    View("co-sign, nothing to do", "Clinician", "/co-sign", seen=".state h2"),
    View("reports", "Clinician", "/reports", seen=".report-row"),
    View("report", "Clinician", "/reports", open_report, ".report-goal"),
    View("report, refused", "Clinician", "/reports", sign_too_early, ".report-code .error"),
    View("settings, reports", "Owner", "/settings/reports", seen="form[aria-label='Reporting period']"),
    View(
        "settings, reports refused", "Owner", "/settings/reports", press("Add period", "Add set"), "[aria-invalid=true]"
    ),
    View("disclosures", "Clinician", "/students/{student}/disclosures", press("Enter"), ".input[aria-invalid=true]"),
    View("minutes", "Clinician", "/minutes?student={student}", seen="h3"),
    View("minutes, columns", "Owner", "/minutes", press("Columns of the service log"), "main form"),
    View(
        "mandates, refused", "Clinician", "/students/{student}/plan", press("Save mandate"), ".input[aria-invalid=true]"
    ),
    View("activity", "Owner", "/activity", seen="table.grid tbody tr"),
    View("activity, refused dates", "Owner", "/activity?since=2026-01-02", wrong_days, ".input[aria-invalid=true]"),
    View("activity, nothing fits", "Owner", "/activity?until=2020-01-01", seen=".state h2"),
    View("activity, one student", "Owner", "/activity?tab=exports&student={student}"),
    View("activity, no such student", "Owner", "/activity", find_nobody, "[role=status] p"),
    View("activity, of nobody's office", "Clinician", "/activity", seen=".state h2"),
    View("disclosures, office", "Owner", "/students/{student}/disclosures", seen="main form"),
    View("supervision, caseloads", "Supervisor", "/supervision/caseloads", seen="table.fold tbody tr"),
    View("supervision", "Supervisor", "/supervision", seen="main form"),
    View("disclosures, entered", "Clinician", "/students/{student}/disclosures", enter_disclosure, ".banner.good"),
    View("supervision, refused", "Supervisor", "/supervision", press("Log contact"), ".input[aria-invalid=true]"),
    View("supervision, strike out", "Supervisor", "/supervision", press("Strike out"), ".list form"),
    View("supervision, assistant", "Assistant", "/supervision", seen="main section"),
    View("supervision, tie refused", "Owner", "/supervision", refuse_link, ".input[aria-invalid=true]"),
    View("supervision, office", "Owner", "/supervision", open_rule, "main form"),
    View("goal plan", "Clinician", "/students/{student}/goals/{goal}/plan", seen=".list li"),
    View("goal plan, refused", "Clinician", "/students/{student}/goals/{goal}/plan", press("Add objective"), INVALID),
    View(
        "goal plan, withdraw", "Clinician", "/students/{student}/goals/{goal}/plan", press("Withdraw Baseline"), "#why"
    ),
    View("goal bank", "Clinician", "/goal-bank", seen=".list li"),
    View("goal bank, form refused", "Clinician", "/goal-bank", press("Add to the bank", "Add goal"), INVALID),
    View("goal bank, nothing fits", "Reader", "/goal-bank?words=nothing+of+this+kind", seen=".state h2"),
    View("draft, new", "Clinician", "/students/{student}/drafts/new", seen="main form"),
    View("draft", "Clinician", "/students/{student}/drafts/new", press("Draft"), "#draft-text"),
    View("team", "Owner", "/team", seen=".team tbody tr"),
    View("team, as a colleague", "Reader", "/team", seen=".team tbody tr"),
    View("team, invite", "Owner", "/team", press("Invite", "Choose students"), ".roll label"),
    View("team, invite refused", "Owner", "/team", refuse_invite, ".input[aria-invalid=true]"),
    View("team, one person", "Owner", "/team", press("Change Rosa Alvarez"), "dialog[open] form"),
    View("team, remove", "Owner", "/team", press("Change Rosa Alvarez", "Remove"), "dialog[open] .danger"),
    View("team, offer", "Owner", "/team", press("Change Rosa Alvarez", "Offer ownership"), "dialog[open] .pri"),
    View("team, a link by hand", "Owner", "/team", take_link, "#invitation-link"),
    View("workspaces", "Owner", "/workspaces", seen=".list li"),
    View(
        "invitation, new person", "", "/invite/{invitation}", press("Create account and accept"), ".error:not(:empty)"
    ),
    View("invitation, of somebody else", "Reader", "/invite/{invitation}"),
    View("invitation, dead", "", "/invite/nothing"),
    View("forgotten password, refused", "", "/forgot", press("Send the link"), ".error:not(:empty)"),
    View("forgotten password, asked", "", "/forgot?asked=1", seen="[role=status]"),
    View("forgotten password, link", "", "/reset/{reset}", press("Set the password"), ".error:not(:empty)"),
    View("forgotten password, dead link", "", "/reset/nothing"),
    View("confirm that it is you", "Owner", "/prove", seen="main form"),
    View("confirm, refused", "Owner", "/prove", press("Confirm and go on"), ".error:not(:empty)"),
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
    View("access, matrix of nobody", "Reader", "/team/access", seen=".state h2"),
    View("access, give to many", "Owner", "/team/access?pick={student}&do=give", seen="main form.card"),
    View(
        "access, take refused",
        "Owner",
        "/team/access?pick={student}&do=take",
        press("Take away"),
        ".input[aria-invalid=true]",
    ),
    View("access, substitute", "Owner", "/team/access?pick={student}&do=substitute", seen="main form.card"),
    View("access, handover", "Owner", "/team/handover", check_handover, "h3"),
    View("access, handover refused", "Owner", "/team/handover", press("Check"), ".input[aria-invalid=true]"),
    View("emergency access", "Supervisor", "/emergency", seen="main form"),
    View("emergency access, refused", "Supervisor", "/emergency", press("Find"), ".input[aria-invalid=true]"),
    View("emergency access, open", "Supervisor", "/emergency", break_glass, "[aria-label='Emergency access'] .banner"),
    View("not found", "Clinician", "/students/{nobody}", seen=".state h2"),
    View("not found, session", "Clinician", "/sessions/{nobody}", seen=".state h2"),
    View("no such page", "Clinician", "/nowhere", seen=".state h2"),
]


# Pages of the server's own: their colors follow the system without a class.
PLAIN = re.compile(r"/summary$|/invite/|/forgot|/reset/")


@pytest.fixture(scope="module")
def people(server: Server, browser: Browser) -> Iterator[Callable[[str], BrowserContext]]:
    """A browser session of each person, signed in once."""
    opened: dict[str, BrowserContext] = {}

    def of(who: str) -> BrowserContext:
        if who not in opened:
            opened[who] = browser.new_context(locale="en-US")
            cookies = sign_in(server, who.lower()).cookies.items() if who else []
            opened[who].add_cookies([{"name": name, "value": value, "url": server.url} for name, value in cookies])
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
        "supervised": look(server, "SELECT id FROM student WHERE given_name = 'Amir'"),
        "goal of Amir": look(
            server, "SELECT g.id FROM goal g JOIN student s ON s.id = g.student_id WHERE s.given_name = 'Amir'"
        ),
        "counted": look(server, RATE.format("g.student_id")),
        "rate": look(server, RATE.format("g.id")),
        "planned": look(server, sessions, "planned"),
        "finished": look(server, sessions + " DESC", "finished"),
    }
    return {name: str(UUID(rows[0][0])) for name, rows in found.items()} | {
        "nobody": str(uuid4()),
        "invitation": invitation(server),
        "by hand": invitation(server, "hand.school.org"),
        "reset": reset_link(server),
    }


@pytest.fixture(params=VIEWS, ids=lambda view: view.name)
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


def look_at(page: Page, width: int, scheme: str) -> None:
    """Make the window so wide and the system light or dark, and wait until the page follows."""
    page.set_viewport_size({"width": width, "height": WIDTHS[width]})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.wait_for_function("width => innerWidth === width", arg=width)
    if not PLAIN.search(page.url):
        expect(page.locator("html")).to_have_class(re.compile(scheme), timeout=PATIENCE_MS)


def violations(page: Page, rules: Rules) -> list[str]:
    """What axe, which is in the page, has to say by these rules."""
    result = AxeResults(page.evaluate("rules => axe.run(rules)", rules))
    return [result.generate_report()] if result.violations_count else []


def test_a_page_is_accessible_in_every_look_and_never_wider_than_its_window(shown: Page) -> None:
    shown.evaluate(AXE.axe_script)
    found = []
    for width, scheme, rules in LOOKS:
        look_at(shown, width, scheme)
        said = violations(shown, rules)
        if (wide := shown.evaluate("document.documentElement.scrollWidth")) > width:
            said.append(f"the page is {wide} wide")
        found += [f"{width}, {scheme}: {one}" for one in said]
    assert not found, "\n".join(found)
