"""A group from its first mark to its last signature, counted; and the tablet in a student's hands."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect
from sqlmodel import Session

from tests.e2e.groups import Group, finish, pad
from tests.e2e.servers import Server
from therapytrack.db import make_engine
from therapytrack.services.note_templates import add_default_templates

pytestmark = pytest.mark.e2e
WAIT = 30_000
GOALS, TRIALS_A_GOAL = 3, 4


class Counted:
    """Presses keys and buttons, and knows how many there were."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    def click(self, name: str | re.Pattern[str]) -> None:
        self.page.get_by_role("button", name=name).click()
        self.count += 1

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.count += 1


def with_templates(server: Server) -> Group:
    group = Group(server)
    engine = make_engine(f"sqlite:///{server.database}")
    with Session(engine) as db, db.begin():
        add_default_templates(db, group.world.session.workspace_id)
    engine.dispose()
    return group


def test_a_group_of_four_is_recorded_finished_and_signed_in_few_taps(
    server: Server, context: BrowserContext, record_property: Callable[[str, object], None]
) -> None:
    group = with_templates(server)
    group.plan()
    group.sign_in(context)
    page = group.open(context.new_page())
    students = [one.student.given_name for one in group.world.places]
    taps, trials = Counted(page), len(students) * GOALS * TRIALS_A_GOAL
    for number in range(trials):
        student, goal = students[number % len(students)], number // len(students) % GOALS
        pad(page, ("correct", "cued")[number % 2], goal, student).click()
        taps.count += 1
    expect(page.locator(".save").get_by_role("status")).to_have_text(re.compile(r"Saved \d"), timeout=WAIT)
    group.began(30)
    taps.click("Finish")
    page.wait_for_url(re.compile("/notes"), timeout=WAIT)
    record_property(f"taps for a group of four with three goals each and {trials} trials", taps.count)
    assert taps.count <= trials + 12

    notes = Counted(page)
    notes.count = 1  # the press on Finish
    listed = page.get_by_role("region", name="List")
    notes.click("Fill empty notes from the template")
    field = page.get_by_role("textbox", name="Note", exact=True)
    expect(field).to_have_value(re.compile("took part in 30 minutes of speech-language therapy"), timeout=WAIT)
    expect(field).to_have_value(re.compile(r"goal 0: \d of 4 correct"))
    expect(page.get_by_text(re.compile("^From the data: "))).to_be_visible()
    for number in range(len(students)):
        expect(listed.get_by_text("Read", exact=True)).to_have_count(number + 1, timeout=WAIT)
        if number < len(students) - 1:
            notes.press("j")
    notes.click(f"Sign all {len(students)}")
    expect(listed.get_by_text("Signed", exact=True)).to_have_count(len(students), timeout=WAIT)
    record_property("actions to finish and sign its four notes", notes.count)
    assert notes.count <= 8


def test_notes_that_were_not_read_are_named_and_marked_and_nothing_is_signed(
    server: Server, context: BrowserContext
) -> None:
    group = with_templates(server)
    group.sign_in(context)
    page = group.open(context.new_page())
    finish(page)
    page.get_by_role("button", name="Fill empty notes from the template").click(timeout=WAIT)
    listed = page.get_by_role("region", name="List")
    expect(listed.get_by_text("Read", exact=True)).to_have_count(1, timeout=WAIT)
    page.get_by_role("button", name="Sign all 4").click()
    expect(page.get_by_text(re.compile("^Nothing was signed yet. Open and read the notes of"))).to_be_visible()
    expect(listed.get_by_text("Not read yet", exact=True)).to_have_count(3)


def test_the_tablet_in_a_students_hands_shows_nobody_else(server: Server, context: BrowserContext) -> None:
    group = Group(server)
    group.sign_in(context)
    page = group.open(context.new_page())
    first, *others = [one.student.given_name for one in group.world.places]
    back = page.get_by_role("button", name="Back to the group")
    page.get_by_role("button", name=f"Hand over the tablet to {first} Test").click()
    for again in (lambda: None, page.reload, page.go_back, lambda: page.keyboard.press("2")):
        again()
        expect(back).to_be_visible(timeout=WAIT)
        expect(pad(page, student=first)).to_be_visible()
        assert not [name for name in others if name in page.locator("body").aria_snapshot()]
        assert not [name for name in others if name in page.content()]
    result = Axe().run(page)
    assert result.violations_count == 0, result.generate_report()
    page.keyboard.press("?")
    back.click()  # too short: nothing is left by accident
    expect(page.get_by_role("heading", name="Keys")).to_be_hidden()
    pad(page, student=first).click()
    expect(pad(page, student=first).locator(".n")).to_have_text("1")
    back.hover()
    page.mouse.down()
    expect(pad(page, student=others[0])).to_be_visible(timeout=WAIT)
    page.mouse.up()
    page.get_by_role("button", name=f"Hand over the tablet to {others[0]} Test").click()
    expect(pad(page, student=first)).to_be_hidden()
    page.keyboard.press("Control+Shift+Enter")
    expect(pad(page, student=first)).to_be_visible()
    page.reload()
    expect(pad(page, student=first)).to_be_visible(timeout=WAIT)
