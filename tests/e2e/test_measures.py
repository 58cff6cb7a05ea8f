"""Data that are no trials, in a browser: clocks, intervals, ratings, steps and texts outlive network and reload."""

import json
import re
import sqlite3
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.e2e.groups import Group
from tests.e2e.servers import Server, breathe

pytestmark = pytest.mark.e2e
LEVELS = [["Not yet", "with full help"], ["Nearly", "with one cue"], ["Alone", "without help"]]
SETUPS: dict[str, tuple[dict[str, Any], int]] = {
    "interval": ({"kind": "partial", "seconds": 3, "intervals": 1}, 0),
    "rubric": ({"levels": LEVELS}, 3),
    "long rubric": ({"levels": [[f"Level {number}", ""] for number in range(1, 11)]}, 10),
    "task": ({"steps": ["Wets", "Rinses"]}, 2),
}


@pytest.fixture
def group(server: Server) -> Group:
    return Group(server, students=1, goals=3)


def measure(group: Group, *measures: str) -> None:
    """Let the goals of the student be measured so, in their order."""
    with closing(sqlite3.connect(group.server.database)) as db, db:
        for goal, name in zip(group.world.places[0].goals, measures, strict=True):
            setup, places = SETUPS.get(name, ({}, 0))
            values = (name.split()[-1], json.dumps(setup), places, goal.id.hex)
            db.execute("UPDATE goal_version SET measure = ?, setup = ?, places = ? WHERE goal_id = ?", values)


def events(group: Group, *, undone: bool = False) -> list[tuple[str, int | None]]:
    """(outcome, place) of the session's events in their order."""
    query = "SELECT outcome, place FROM trial WHERE session_id = ? AND (undone_at IS NOT NULL) = ? ORDER BY tapped_at"
    with closing(sqlite3.connect(group.server.database)) as db:
        return list(db.execute(query, (group.world.session.id.hex, undone)))


def stored(group: Group, *expected: tuple[str, int | None]) -> None:
    """Wait until exactly these events count."""
    for _ in range(400):
        if sorted(map(str, events(group))) == sorted(map(str, expected)):
            return
        breathe()
    assert events(group) == list(expected)


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=f"{name}, for Ana Test", exact=True)


def test_a_clock_runs_on_through_reload_and_lost_network_and_each_event_is_stored_once(
    context: BrowserContext, group: Group
) -> None:
    measure(group, "rate", "duration", "interval")
    group.sign_in(context)
    page = context.new_page()
    page.goto(group.url)
    button(page, "goal 0: start clock").click()
    page.keyboard.press("e")
    button(page, "goal 1: start").click()
    stored(group, ("start", None), ("count", None), ("start", None))
    page.reload()
    expect(button(page, "goal 0: stop clock")).to_be_visible()
    context.set_offline(True)
    button(page, "goal 1: stop").click()
    page.keyboard.press("e")
    expect(page.locator(".save")).to_contain_text("Offline · 2 kept", timeout=15_000)
    context.set_offline(False)
    stored(group, ("start", None), ("count", None), ("start", None), ("stop", None), ("count", None))
    page.get_by_role("button", name="Undo").first.click()
    button(page, "goal 0: stop clock").click()
    four = (("start", None), ("count", None), ("start", None), ("stop", None), ("stop", None))
    stored(group, *four)
    assert events(group, undone=True) == [("count", None)]
    page.keyboard.press("x")
    page.keyboard.press("c")
    expect(button(page, "goal 2: start")).to_be_visible(timeout=15_000)
    stored(group, *four, ("start", None), ("hit", 1), ("stop", None))


def test_none_today_is_one_press_by_hand_or_key_and_can_be_taken_back(context: BrowserContext, group: Group) -> None:
    measure(group, "frequency", "duration", "latency")
    group.sign_in(context)
    page = context.new_page()
    page.goto(group.url)
    row = page.get_by_role("group", name="goal 1, Ana Test")
    button(page, "goal 1: none today").click()
    expect(row).to_contain_text("0 s no episodes")
    expect(button(page, "goal 1: none today")).to_have_attribute("aria-pressed", "true")
    button(page, "goal 1: none today").click()
    page.keyboard.press("w")
    expect(page.get_by_role("group", name="goal 0, Ana Test")).to_contain_text("0 times today")
    expect(button(page, "goal 2: none today")).to_have_count(0)
    stored(group, ("none", None), ("none", None))
    page.keyboard.press("Control+z")
    expect(button(page, "goal 0: none today")).to_have_attribute("aria-pressed", "false")
    stored(group, ("none", None))
    page.reload()
    expect(row).to_contain_text("0 s no episodes")
    button(page, "goal 1: start").click()
    button(page, "goal 1: stop").click()
    expect(row).to_contain_text("1 episode")


def test_a_stopwatch_is_stopped_on_a_second_device_whatever_the_first_ones_clock_says(
    browser: Browser, group: Group
) -> None:
    measure(group, "duration", "latency", "rate")
    pages = []
    for _ in range(2):
        context = browser.new_context(locale="en-US")
        group.sign_in(context)
        pages.append(context.new_page())
    tablet, phone = pages
    tablet.clock.set_fixed_time("2026-01-02T03:04:05Z")
    for page in pages:
        page.goto(group.url)
    button(tablet, "goal 0: start").click()
    stop = button(phone, "goal 0: stop")
    expect(stop).to_contain_text("Started elsewhere")
    expect(stop).to_contain_text(re.compile(r"0:(0[1-9]|[1-5]\d)"))
    stop.click()
    stored(group, ("start", None), ("stop", None))
    expect(button(tablet, "goal 0: start")).to_be_visible()
    with closing(sqlite3.connect(group.server.database)) as db:
        query = "SELECT amount FROM trial WHERE session_id = ? AND outcome = 'stop'"
        ((amount,),) = db.execute(query, (group.world.session.id.hex,)).fetchall()
    assert 1000 <= amount < 60_000
    for page in pages:
        page.context.close()


def test_one_watch_that_two_devices_stop_at_once_is_one_episode_which_can_be_undone(
    browser: Browser, group: Group
) -> None:
    measure(group, "duration", "latency", "rate")
    pages = []
    for _ in range(2):
        context = browser.new_context(locale="en-US")
        group.sign_in(context)
        pages.append(context.new_page())
    tablet, phone = pages
    phone.clock.set_fixed_time("2026-01-02T03:04:05Z")
    for page in pages:
        page.goto(group.url)
    button(tablet, "goal 0: start").click()
    expect(button(phone, "goal 0: stop")).to_contain_text(re.compile(r"0:(0[1-9]|[1-5]\d)"))
    phone.context.set_offline(True)
    for page in pages:
        button(page, "goal 0: stop").click()
    phone.context.set_offline(False)
    stored(group, ("start", None), ("stop", None))
    for page in pages:
        expect(page.get_by_text("Saved", exact=False).first).to_be_visible()
        expect(button(page, "goal 0: start")).to_be_visible()
        expect(page.get_by_role("group", name="goal 0, Ana Test")).to_contain_text("1 episode")
    assert len(events(group)) == 2
    tablet.keyboard.press("Control+z")
    stored(group, ("start", None))
    for page in pages:
        expect(button(page, "goal 0: stop")).to_be_visible()
    button(phone, "goal 0: stop").click()
    stored(group, ("start", None), ("stop", None))
    for page in pages:
        expect(button(page, "goal 0: start")).to_be_visible()
        page.context.close()


def test_a_level_beyond_the_third_is_rated_by_key(context: BrowserContext, group: Group) -> None:
    measure(group, "long rubric", "long rubric", "trials")
    group.sign_in(context)
    page = context.new_page()
    page.goto(group.url)
    expect(button(page, "goal 0: 4 Level 4")).to_be_visible()
    for keys in ("Shift+Q", "4", "Shift+D", "0", "w", "Shift+A", "Escape", "1"):
        page.keyboard.press(keys)
    expect(button(page, "goal 0: 2 Level 2")).to_have_attribute("aria-pressed", "true")
    expect(button(page, "goal 1: 10 Level 10")).to_have_attribute("aria-pressed", "true")
    stored(group, ("rated", 4), ("rated", 10), ("rated", 2))


def test_ratings_steps_and_texts_are_kept(context: BrowserContext, group: Group) -> None:
    measure(group, "rubric", "task", "narrative")
    group.sign_in(context)
    page = context.new_page()
    page.goto(group.url)
    button(page, "goal 0: 3 Alone").click()
    button(page, "goal 1: step 1 correct").click()
    button(page, "goal 1: step 2 cued").click()
    expect(button(page, "goal 1: step 1 correct")).to_be_visible()
    stored(group, ("rated", 3), ("correct", 1), ("cued", 2))
    told = page.get_by_role("textbox", name="goal 2: what happened, for Ana Test")
    told.fill("Asked a peer for a turn.")
    told.blur()
    expect(page.get_by_role("group", name="goal 2, Ana Test")).to_contain_text("Saved", timeout=15_000)
    page.reload()
    expect(told).to_have_value("Asked a peer for a turn.")
    expect(button(page, "goal 0: 3 Alone")).to_have_attribute("aria-pressed", "true")
