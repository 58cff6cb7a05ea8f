"""The calendar settings' events: what the office enters, what everybody reads, and what is said of a wrong field."""

import pytest

from tests.conftest import OpenDb
from tests.harness import Tab, running_tabs
from tests.services.schedule_world import ScheduleWorld, build_schedule_world
from therapytrack.models import Workspace
from therapytrack.state.settings_calendar import SettingsCalendarState as State

BREAK = {"kind": "closed", "label": "Break", "first_on": "2026-12-21", "last_on": "2027-01-01", "day_school": ""}


@pytest.fixture
def world(db: OpenDb) -> ScheduleWorld:
    with db() as session:
        made = build_schedule_world(session)
        session.get_one(Workspace, made.cast.workspace_id).us_state = "NY"
        return made


async def opened(tab: Tab, more: str = "") -> Tab:
    return await tab.open(f"/settings/calendar?year=2026{more}")


async def test_the_office_enters_days_and_a_colleague_reads_them(world: ScheduleWorld) -> None:
    async with running_tabs() as tabs:
        tab = await opened(tabs.tab(world.cast.tokens["owner"]))
        await tab.call(State, "save_day", form=BREAK | {"first_on": ""})
        assert set(tab.var(State.field_errors)) == {"first_on"}
        await tab.call(State, "save_day", form=BREAK)
        (one,) = tab.var(State.entries)
        assert (one.days, one.words, one.where) == ("Dec 21, 2026 to Jan 1, 2027", "No school: Break", "All schools")
        other = await opened(tabs.tab(world.cast.tokens["reader"]))
        assert (other.var(State.may_edit), len(other.var(State.entries))) == (False, 1)
        await other.call(State, "remove_day", day_id=one.id)
        assert other.var(State.problem) != ""
        await tab.call(State, "remove_day", day_id=one.id)
        assert (tab.var(State.entries), tab.var(State.done), tab.var(State.undo)) == ([], "Taken out.", True)
        await tab.call(State, "undo_removal")
        (one,) = tab.var(State.entries)
        assert (one.words, tab.var(State.undo)) == ("No school: Break", False)
        await tab.call(State, "remove_day", day_id=one.id)
        await tab.call(State, "remove_day", day_id=one.id)
        assert (tab.var(State.missing), tab.var(State.loaded)) == (False, True)
        assert not tabs.errors


async def test_schools_and_the_road_between_them(world: ScheduleWorld) -> None:
    async with running_tabs() as tabs:
        tab = await opened(tabs.tab(world.cast.tokens["owner"]))
        await tab.call(State, "save_school", form={"school_id": "", "school_name": "Elm High"})
        await tab.call(State, "save_school", form={"school_id": "", "school_name": "Elm High"})
        assert set(tab.var(State.field_errors)) == {"school_name"}
        elm, oak = (next(one for one in tab.var(State.schools) if one.name.startswith(name)) for name in ("Elm", "Oak"))
        day = {"hours_school": elm.id, "hours_open": "07:30", "hours_close": "13:45"}
        await tab.call(State, "save_hours", form=day | {"hours_close": "07:00"})
        assert set(tab.var(State.field_errors)) == {"hours_close"}
        await tab.call(
            State, "save_hours", form={"hours_school": elm.id, "hours_open": "07:30", "hours_close": "13:45"}
        )
        said = [(one.words, one.minutes) for one in tab.var(State.hours)]
        assert said == [("All schools but these", "8:00 AM–3:00 PM"), ("Elm High", "7:30 AM–1:45 PM")]
        await tab.call(State, "edit_school", school_id=elm.id)
        assert tab.var(State.editing_name) == "Elm High"
        keys = [tab.var(one) for one in (State.school_key, State.road_key, State.hours_key, State.day_key)]
        other = await opened(tabs.tab(world.cast.tokens["owner"]))
        await other.call(State, "put_away", school_id=oak.id)
        await tab.come_back()
        assert oak.name in [one.words for one in tab.var(State.offered)], "or the browser would choose all schools"
        tabs.restart()
        await tab.come_back()
        assert keys == [tab.var(one) for one in (State.school_key, State.road_key, State.hours_key, State.day_key)]
        assert (tab.var(State.editing), tab.var(State.loaded)) == (elm.id, True)
        await other.call(State, "bring_back", school_id=oak.id)
        await tab.call(State, "save_school", form={"school_id": elm.id, "school_name": "Elm Street"})
        road = {"road_from": elm.id, "road_to": elm.id, "road_minutes": "12"}
        await tab.call(State, "save_road", form=road)
        assert set(tab.var(State.field_errors)) == {"road_to"}
        await tab.call(State, "save_road", form=road | {"road_to": oak.id})
        assert [(one.words, one.minutes) for one in tab.var(State.roads)] == [("Elm Street – Oak Middle", "12 minutes")]
        await tab.call(State, "put_away", school_id=elm.id)
        assert "Elm Street" not in [one.words for one in tab.var(State.offered)]
        await tab.call(State, "bring_back", school_id=elm.id)
        assert "Elm Street" in [one.words for one in tab.var(State.offered)]
        assert not tabs.errors


async def test_defaults_and_an_import_are_told_in_words(world: ScheduleWorld, db: OpenDb) -> None:
    async with running_tabs() as tabs:
        tab = await opened(tabs.tab(world.cast.tokens["owner"]), "&new=3&same=2&left=1")
        assert tab.var(State.done).startswith(
            "From the file: 3 new in the calendar. 2 stood there already. 1 of the file"
        )
        await opened(tab, "&new=3&same=b&left=1")
        assert tab.var(State.done) == ""
        await tab.call(State, "add_defaults")
        assert tab.var(State.defaults) == len(tab.var(State.entries)) > 5
        assert {one.source for one in tab.var(State.entries)} == {"Default, to be checked"}
        await tab.call(State, "remove_source", source="holidays")
        assert tab.var(State.defaults) == 0
        with db() as session:
            session.get_one(Workspace, world.cast.workspace_id).us_state = ""
        await tab.call(State, "add_defaults")
        assert "under Workspace first" in tab.var(State.problem)
        assert not tabs.errors
