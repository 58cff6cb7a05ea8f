"""The schedule page's events: what the address shows, a slot from its form, a day moved and put back."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import select

from tests.conftest import OpenDb
from tests.harness import Tab, running_tabs
from tests.services.schedule_world import MONDAY, NOW, ScheduleWorld, build_schedule_world
from therapytrack.domain.slots import key_of
from therapytrack.models import ScheduleSlot, School, SchoolCalendarDay, SessionStatus, TherapySession, utc_now
from therapytrack.state.minutes import MinutesState
from therapytrack.state.schedule import ScheduleState

WEEK = f"/schedule?day={MONDAY.isoformat()}"


FORM = (ScheduleState.form_key, ScheduleState.changing, ScheduleState.fields, ScheduleState.in_slot)


@pytest.fixture(autouse=True)
def later() -> Iterator[None]:
    """Two weeks after the first Monday."""
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def world(db: OpenDb, later: None) -> ScheduleWorld:
    with db() as session:
        return build_schedule_world(session)


@pytest.fixture
def slot(db: OpenDb, world: ScheduleWorld) -> ScheduleSlot:
    with db() as session:
        return world.slot(session, "slp", 0, 1)


def typed(tab: Tab, world: ScheduleWorld, *places: int, **changes: str) -> dict[str, Any]:
    form: dict[str, Any] = dict(tab.var(ScheduleState.fields))
    form |= {"form_key": tab.var(ScheduleState.form_key), "changing": tab.var(ScheduleState.changing)}
    return form | {f"student:{world.students[one].id}": True for one in places} | changes


def shown(tab: Tab) -> list[tuple[str, str]]:
    return [(one.day_words, one.hours) for one in tab.var(ScheduleState.meetings)]


async def test_a_week_has_its_days_and_its_meetings(world: ScheduleWorld, slot: ScheduleSlot) -> None:
    async with running_tabs() as tabs:
        tab = await tabs.tab(world.cast.tokens["slp"]).open(WEEK)
        assert [one.date for one in tab.var(ScheduleState.days)] == ["Nov 30", "Dec 1", "Dec 2", "Dec 3", "Dec 4"]
        assert shown(tab) == [("Mon, Nov 30", "10:00–10:30 AM")]
        assert tab.var(ScheduleState.links).after.endswith("day=2026-12-07")
        assert not tabs.errors


async def test_a_free_time_that_would_mend_a_shortage_opens_the_form_with_all_of_it_and_is_added_at_one_press(
    db: OpenDb, world: ScheduleWorld
) -> None:
    student = world.students[0]
    async with running_tabs() as tabs:
        tab = await tabs.tab(world.cast.tokens["slp"]).open(f"/minutes?student={student.id}")
        offered = tab.var(MinutesState.explained).openings[0]
        assert offered.words == "Tue, Dec 15, 8:00–8:30 AM"
        await tab.open(offered.href)
        assert tab.var(ScheduleState.in_slot) == [str(student.id)]
        await tab.call(ScheduleState, "save", form=typed(tab, world, 0))
        assert shown(tab) == [("Tue, Dec 15", "8:00–8:30 AM")]
        assert not tabs.errors
    with db() as session:
        assert session.execute(select(ScheduleSlot)).scalars().one().rule == "", "held once"


async def test_the_form_of_a_free_time_opens_for_nobody_who_may_put_nothing_on_the_schedule(
    world: ScheduleWorld,
) -> None:
    href = f"/schedule?view=day&day={MONDAY}&new={world.students[0].id}&starts=10:00&minutes=30"
    async with running_tabs() as tabs:
        tab = await tabs.tab(world.cast.tokens["reader"]).open(href)
        assert (tab.var(ScheduleState.form_key), tab.var(ScheduleState.students)) == ("", [])


async def test_a_slot_sent_twice_is_on_the_schedule_once_and_an_error_keeps_the_form(world: ScheduleWorld) -> None:
    async with running_tabs() as tabs:
        tab = await tabs.tab(world.cast.tokens["slp"]).open(WEEK)
        await tab.call(ScheduleState, "new_slot", day="2026-12-01", minutes=600)
        await tab.call(ScheduleState, "save", form=typed(tab, world))
        assert set(tab.var(ScheduleState.field_errors)) == {"students"}
        form = typed(tab, world, 0, 1)
        for _ in range(2):
            await tab.call(ScheduleState, "save", form=form)
        assert shown(tab) == [("Tue, Dec 1", "10:00–10:30 AM")]
        said = "Group session is on the schedule, every week on Tue from Dec 1."
        assert (tab.var(ScheduleState.said), tab.var(ScheduleState.form_key)) == (said, "")
        assert not tabs.errors


async def test_the_week_of_a_new_slots_first_day_is_shown(world: ScheduleWorld) -> None:
    async with running_tabs() as tabs:
        tab = await tabs.tab(world.cast.tokens["slp"]).open(WEEK)
        await tab.call(ScheduleState, "new_slot", day="2026-12-01", minutes=600)
        form = typed(tab, world, 0, starts_on="2026-12-17", repeat="once")
        await tab.call(ScheduleState, "save", form=form)
        assert shown(tab) == [("Thu, Dec 17", "10:00–10:30 AM")]
        assert tab.var(ScheduleState.links).after.endswith("day=2026-12-21")
        assert tab.var(ScheduleState.said) == "Individual session is on the schedule, Thu, Dec 17."
        assert not tabs.errors


async def test_a_change_begins_with_what_holds_and_a_stale_one_is_told(
    world: ScheduleWorld, slot: ScheduleSlot, db: OpenDb
) -> None:
    async with running_tabs() as tabs:
        tab = await tabs.tab(world.cast.tokens["slp"]).open(WEEK)
        await tab.call(ScheduleState, "edit", key=key_of(slot.id, MONDAY))
        assert tab.var(ScheduleState.fields)["starts"] == "10:00"
        assert tab.var(ScheduleState.in_slot) == [str(world.students[one].id) for one in (0, 1)]
        form = typed(tab, world, 0, 1, starts="11:00", ends="11:30")
        with db() as session:
            session.get_one(ScheduleSlot, slot.id).version = 9
        await tabs.cut_off(tab, *FORM)
        await tab.call(ScheduleState, "save", form=form)
        assert "Somebody changed this" in tab.var(ScheduleState.problem)
        assert tab.var(ScheduleState.form_key) != ""
        with db() as session:
            session.get_one(ScheduleSlot, slot.id).version = 1
        await tab.call(ScheduleState, "save", form=form)
        assert shown(tab) == [("Mon, Nov 30", "11:00–11:30 AM")]


async def test_what_is_open_stays_open_when_the_page_reconnects_while_it_is_there(
    world: ScheduleWorld, slot: ScheduleSlot
) -> None:
    key = key_of(slot.id, MONDAY)
    async with running_tabs() as tabs:
        tab, other = [await tabs.tab(world.cast.tokens["slp"]).open(WEEK) for _ in range(2)]
        await tab.call(ScheduleState, "new_slot", day="", minutes=0)
        await tabs.cut_off(tab, ScheduleState.form_key, ScheduleState.changing, ScheduleState.students)
        await tab.call(ScheduleState, "pick", key=key)
        await tabs.cut_off(tab, ScheduleState.picked, ScheduleState.form_key, ScheduleState.reasons)
        await tab.call(ScheduleState, "shut")
        await tabs.cut_off(tab, ScheduleState.picked, ScheduleState.form_key)
        await tab.call(ScheduleState, "edit", key=key)
        await other.open(WEEK)
        await other.call(ScheduleState, "end", key=key)
        await tab.come_back()
        assert "no longer a day" in tab.var(ScheduleState.problem)
        assert tab.var(ScheduleState.form_key) == ""


async def test_a_day_that_was_moved_is_put_back(world: ScheduleWorld, slot: ScheduleSlot) -> None:
    async with running_tabs() as tabs:
        tab = await tabs.tab(world.cast.tokens["slp"]).open(WEEK)
        await tab.call(ScheduleState, "move", key=key_of(slot.id, MONDAY), day="2026-12-02", minutes=615)
        assert shown(tab) == [("Wed, Dec 2", "10:15–10:45 AM")]
        assert tab.var(ScheduleState.said) == "Group A is moved to Wed, Dec 2, 10:15 AM."
        await tab.call(ScheduleState, "undo_move")
        assert (shown(tab), tab.var(ScheduleState.undo)) == ([("Mon, Nov 30", "10:00–10:30 AM")], "")


async def test_the_panel_moves_calls_off_holds_again_and_ends(world: ScheduleWorld, slot: ScheduleSlot) -> None:
    key = key_of(slot.id, MONDAY)
    async with running_tabs() as tabs:
        tab = await tabs.tab(world.cast.tokens["slp"]).open(WEEK)
        await tab.call(ScheduleState, "pick", key=key)
        await tab.call(ScheduleState, "move_to", form={"to": "2026-12-03", "starts": "9:00", "ends": "09:30"})
        assert set(tab.var(ScheduleState.field_errors)) == {"starts"}
        await tab.call(ScheduleState, "move_to", form={"to": "2026-12-03", "starts": "09:00", "ends": "09:30"})
        assert shown(tab) == [("Thu, Dec 3", "9:00–9:30 AM")]
        await tab.call(ScheduleState, "call_off", form={"key": key, "reason": ""})
        assert set(tab.var(ScheduleState.field_errors)) == {"reason"}
        await tab.call(ScheduleState, "call_off", form={"key": key, "reason": "school_closed"})
        assert [one.status for one in tab.var(ScheduleState.meetings)] == ["cancelled"]
        await tab.call(ScheduleState, "resume", key=key)
        assert [one.status for one in tab.var(ScheduleState.meetings)] == ["planned"]
        await tab.call(ScheduleState, "end", key=key)
        assert tab.var(ScheduleState.meetings) == [] or shown(tab) == [("Thu, Dec 3", "9:00–9:30 AM")]
        assert not tabs.errors


async def test_a_meeting_is_started_and_opens_its_session(world: ScheduleWorld, slot: ScheduleSlot, db: OpenDb) -> None:
    async with running_tabs() as tabs:
        tab = await tabs.tab(world.cast.tokens["slp"]).open(WEEK)
        await tab.call(ScheduleState, "start", key=key_of(slot.id, MONDAY))
    with db() as session:
        (made,) = session.execute(select(TherapySession)).scalars()
    assert made.status == SessionStatus.RUNNING
    assert f"/sessions/{made.id}" in tab.received


@pytest.mark.parametrize("who", ["slpa", "outsider"])
async def test_who_may_not_change_a_slot_is_told_so_and_moves_nothing(
    world: ScheduleWorld, slot: ScheduleSlot, who: str
) -> None:
    key = key_of(slot.id, MONDAY)
    async with running_tabs() as tabs:
        tab = await tabs.tab(world.cast.tokens[who]).open(WEEK)
        for handler in ("start", "edit", "resume", "end"):
            await tab.call(ScheduleState, handler, key=key)
        await tab.call(ScheduleState, "call_off", form={"key": key, "reason": "school_closed"})
        mine = await tabs.tab(world.cast.tokens["slp"]).open(WEEK)
        assert [(one.status, one.hours) for one in mine.var(ScheduleState.meetings)] == [("planned", "10:00–10:30 AM")]
        assert not tabs.errors


async def test_a_day_is_not_moved_past_midnight(world: ScheduleWorld, slot: ScheduleSlot) -> None:
    key = key_of(slot.id, MONDAY)
    async with running_tabs() as tabs:
        tab = await tabs.tab(world.cast.tokens["slp"]).open(WEEK)
        for minutes in (24 * 60 - 15, 2**31 - 1):
            await tab.call(ScheduleState, "move", key=key, day=MONDAY.isoformat(), minutes=minutes)
            assert "ends on the day on which it begins" in tab.var(ScheduleState.problem)
        assert [one.hours for one in tab.var(ScheduleState.meetings)] == ["10:00–10:30 AM"]
        assert not tabs.errors


@pytest.mark.parametrize("key", ["", "x", ":", f"{UUID(int=7)}:2026-11-30", f"{UUID(int=7)}:soon"])
async def test_a_key_that_names_no_meeting_is_answered_like_a_foreign_one(world: ScheduleWorld, key: str) -> None:
    async with running_tabs() as tabs:
        tab = await tabs.tab(world.cast.tokens["slp"]).open(WEEK)
        await tab.call(ScheduleState, "edit", key=key)
        assert tab.var(ScheduleState.missing) and tab.var(ScheduleState.form_key) == ""
        assert not tabs.errors


async def test_what_falls_on_a_closed_day_is_called_off_by_one_press(
    world: ScheduleWorld, slot: ScheduleSlot, db: OpenDb
) -> None:
    with db() as session:
        closed: dict[str, Any] = {"first_on": MONDAY, "last_on": MONDAY, "kind": "closed", "label": "Snow"}
        session.add(SchoolCalendarDay(workspace_id=world.cast.workspace_id, **closed))
    async with running_tabs() as tabs:
        tab = await tabs.tab(world.cast.tokens["slp"]).open(WEEK)
        (one,) = tab.var(ScheduleState.meetings)
        assert (one.closed, one.status) == (True, "planned")
        await tab.call(ScheduleState, "call_off", form={"key": one.key, "reason": "school_closed"})
        assert [one.status for one in tab.var(ScheduleState.meetings)] == ["cancelled"]
        assert not tabs.errors


async def test_a_school_that_is_put_away_stays_where_it_is_and_is_offered_to_nobody_else(
    world: ScheduleWorld, db: OpenDb
) -> None:
    maple = world.schools[0]
    with db() as session:
        world.slot(session, "slp", 0, school_id=maple.id)
        session.get_one(School, maple.id).archived_at = utc_now()
    async with running_tabs() as tabs:
        tab = await tabs.tab(world.cast.tokens["slp"]).open(WEEK)
        assert tab.var(ScheduleState.meetings)[0].where == "Room 12 · Maple Elementary"
        assert [one.words for one in tab.var(ScheduleState.schools)] == ["Maple Elementary", "Oak Middle"]
        await tab.open(f"/schedule?day={(MONDAY - timedelta(days=7)).isoformat()}")
        assert [one.words for one in tab.var(ScheduleState.schools)] == ["Oak Middle"]
        assert not tabs.errors


async def test_a_move_without_an_open_panel_moves_nothing(world: ScheduleWorld, slot: ScheduleSlot) -> None:
    async with running_tabs() as tabs:
        tab = await tabs.tab(world.cast.tokens["slp"]).open(WEEK)
        await tab.call(ScheduleState, "move_to", form={"to": "2026-12-03", "starts": "09:00", "ends": "09:30"})
        await tab.call(ScheduleState, "undo_move")
        assert shown(tab) == [("Mon, Nov 30", "10:00–10:30 AM")]
        assert tab.failures == [] and not tabs.errors
