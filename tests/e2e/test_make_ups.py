"""Time and make-ups in a browser: who left early, which minutes count at the end, and a missed session made up."""

import re
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect
from sqlmodel import Session

from tests.e2e.groups import Group
from tests.e2e.servers import Server
from therapytrack.db import make_engine
from therapytrack.models import SessionEntry, TherapySession

pytestmark = pytest.mark.e2e


def miss_a_week_ago(server: Server, group: Group) -> None:
    """Let the first student have missed the same session a week before, because the provider was away."""
    engine = make_engine(f"sqlite:///{server.database}")
    with Session(engine) as db, db.begin():
        held = db.get_one(TherapySession, group.world.session.id)
        part = db.get_one(SessionEntry, group.world.places[0].entry.id)
        week = timedelta(days=7)
        session = TherapySession(**held.model_dump(exclude={"id", "started_at"}))
        session.held_on, session.status = held.held_on - week, "finished"
        session.planned_start, session.planned_end = held.planned_start - week, held.planned_end - week
        db.add(session)
        db.flush()
        missed = SessionEntry(**part.model_dump(exclude={"id"}))
        missed.session_id, missed.held_on = session.id, session.held_on
        missed.attendance, missed.minutes = "provider_absent", 0
        db.add(missed)
    engine.dispose()


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {[node['html'][:120] for node in one['nodes']]}" for one in found]


def test_a_missed_session_is_made_up_by_a_shorter_one(context: BrowserContext, server: Server) -> None:
    group = Group(server)
    miss_a_week_ago(server, group)
    group.sign_in(context)
    page = context.new_page()
    student = f"{server.url}/students/{group.world.places[0].student.id}?tab=minutes"
    page.goto(student)
    owed = page.get_by_role("listitem").filter(has_text="Provider absent").first
    expect(owed).to_contain_text("30 min owed")
    assert violations(page) == []
    group.open(page)
    page.get_by_role("combobox", name="Make-up by Ana Test").select_option(index=1)
    page.get_by_role("button", name="30 min, times of Ben Test").click()
    assert violations(page) == []
    page.get_by_label("Came").fill("11:20")
    page.get_by_label("Left").fill("11:10")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Enter a time after the student came")).to_be_visible()
    expect(page.get_by_label("Left")).to_have_accessible_description(re.compile("Enter a time after the student came"))
    expect(page.get_by_label("Came")).to_have_value("11:20")
    expect(page.get_by_label("Left")).to_have_value("11:10")
    page.get_by_role("button", name="Left now").click()
    expect(page.get_by_role("button", name="0 min, times of Ben Test")).to_be_visible()
    for _ in range(2):
        page.get_by_role("button", name="Fewer minutes for Ana Test").click()
    expect(page.get_by_role("button", name="20 min, times of Ana Test")).to_be_visible()
    page.get_by_role("button", name="Finish").click()
    question = page.get_by_role("region", name="Which minutes count")
    expect(question).to_contain_text(re.compile(r"Planned 30 min · \d min passed"))
    assert violations(page) == []
    expect(question.get_by_role("button").first).to_have_text("Credit 30 min, as planned")
    expect(question.get_by_role("button").first).to_be_focused()
    question.get_by_role("button", name="Go on").click()
    expect(question).to_have_count(0)
    page.get_by_role("button", name="Finish").click()
    question.get_by_role("button", name=re.compile(r"^Credit (no minutes|\d min, as passed)$")).click()
    page.wait_for_url(re.compile("/notes"))
    page.goto(student)
    expect(owed).to_contain_text("10 of 30 min owed")
    expect(owed).to_contain_text("20 min")
    owed.get_by_role("button", name="Mark as not owed").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Say why")).to_be_visible()
    page.get_by_role("textbox", name="Why it is not owed").fill("The team met: no impact.")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Other missed sessions").click()
    expect(owed).to_contain_text("The team met: no impact.")
