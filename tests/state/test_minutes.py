"""The pages of minutes and of mandates: what they show, what they say of a wrong field, and what is saved."""

from datetime import date

import pytest

from tests.conftest import OpenDb
from tests.factories import add_session, school_day
from tests.harness import Tab, Tabs, running_tabs
from tests.services.schedule_world import ScheduleWorld, build_schedule_world
from therapytrack.state.minutes import MinutesState
from therapytrack.state.student_plan import PlanState

MANDATE = {
    "minutes": "20", "sessions": "1", "period": "week", "setting": "group", "delivery": "", "starts_on": "2026-09-01",
}  # fmt: skip

OTHER = MANDATE | {"starts_on": "2099-01-01"}


@pytest.fixture
def world(db: OpenDb) -> ScheduleWorld:
    with db() as session:
        made = build_schedule_world(session)
        for one in made.students:
            add_session(session, made.cast, one, school_day())
        return made


async def test_the_ledger_is_shown_and_explained_as_the_address_asks(world: ScheduleWorld) -> None:
    async with running_tabs() as tabs:
        tab = await tabs.tab(world.cast.tokens["slp"]).open("/minutes")
        rows = tab.var(MinutesState.rows)
        assert [one.name for one in rows] == ["Ana Test", "Ben Test", "Chloé Test"]
        await tab.open(rows[0].href)
        assert tab.var(MinutesState.explained).name == "Ana Test"
        await tab.open("/minutes?by=workspace&span=year")
        assert [one.name for one in tab.var(MinutesState.rows)] == ["All students"]
        assert not tabs.errors


async def test_the_office_says_which_columns_the_service_log_has(world: ScheduleWorld) -> None:
    async with running_tabs() as tabs:
        tab = await tabs.tab(world.cast.tokens["owner"]).open("/minutes")
        await tab.call(MinutesState, "open_columns")
        await tab.call(MinutesState, "save_columns", form={"columns": "Moon phase"})
        assert set(tab.var(MinutesState.field_errors)) == {"columns"}
        await tab.call(MinutesState, "save_columns", form={"columns": "group size"})
        assert tab.var(MinutesState.done) != ""
        await tab.call(MinutesState, "open_columns")
        assert tab.var(MinutesState.columns) == "Group size"


async def test_mandates_and_enrollments_are_kept_on_their_page(world: ScheduleWorld) -> None:
    async with running_tabs() as tabs:
        path = f"/students/{world.students[0].id}/plan"
        tab = await tabs.tab(world.cast.tokens["slp"]).open(path)
        assert [one.words for one in tab.var(PlanState.mandates)] == ["4 x 30 min each month"]
        await tab.call(PlanState, "save_mandate", form=MANDATE | {"minutes": "0"})
        assert set(tab.var(PlanState.field_errors)) == {"minutes"}
        await tab.call(PlanState, "save_mandate", form=MANDATE)
        assert tab.var(PlanState.mandates)[0].words == "1 x 20 min each week, group"
        assert "Both are owed" in tab.var(PlanState.notices)[0]
        await tab.call(PlanState, "save_stay", form={"school": "Oak", "starts_on": date(2026, 9, 1).isoformat()})
        (stay,) = tab.var(PlanState.stays)
        await tab.call(PlanState, "edit", record=stay.id)
        assert tab.var(PlanState.fields)["school"] == "Oak"
        await tab.call(PlanState, "save_stay", form={"record": stay.id, "school": "Elm", "starts_on": "2026-09-01"})
        assert [one.words for one in tab.var(PlanState.stays)] == ["Elm"]
        await tab.call(PlanState, "remove", record=stay.id)
        assert tab.var(PlanState.stays) == []
        await tab.call(PlanState, "remove", record=tab.var(PlanState.mandates)[1].id)
        assert "stays" in tab.var(PlanState.problem)
        await _two_at_one_mandate(tab, tabs.tab(world.cast.tokens["slp"]), path, tabs)
        assert not tabs.errors


async def _two_at_one_mandate(tab: Tab, second: Tab, path: str, tabs: Tabs) -> None:
    """Of two who change one mandate the second sees both versions; nothing typed and nothing saved is lost."""
    await tab.call(PlanState, "save_mandate", form=OTHER)
    record = tab.var(PlanState.mandates)[0].id
    for one in (tab, await second.open(path)):
        await one.call(PlanState, "edit", record=record)
    await tab.call(PlanState, "save_mandate", form=OTHER | {"record": record, "sessions": "2", "place": "Room 12"})
    typed = OTHER | {"record": record, "sessions": "3"}
    await tabs.cut_off(second, PlanState.editing, PlanState.forms, PlanState.stay)
    await second.call(PlanState, "save_mandate", form=typed)
    assert "A colleague changed this" in second.var(PlanState.problem)
    said = [(one.what, one.now, one.typed) for one in second.var(PlanState.both)]
    assert said == [("Sessions", "2", "3"), ("Place", "Room 12", "empty")]
    assert second.var(PlanState.editing) == record, "what she typed is still in the form"
    assert second.var(PlanState.mandates)[0].words.startswith("2 x 20"), "and nothing was written over"
    await second.call(PlanState, "save_mandate", form=typed)
    assert (second.var(PlanState.both), second.var(PlanState.problem)) == ([], "")
    assert second.var(PlanState.mandates)[0].words.startswith("3 x 20")
    await tab.open(path)
    for one in (tab, second):
        await one.call(PlanState, "edit", record=record)
    same = OTHER | {"record": record, "sessions": "4"}
    for one in (second, tab):
        await one.call(PlanState, "save_mandate", form=same)
    assert (tab.var(PlanState.problem), tab.var(PlanState.editing)) == ("", "")
    assert "the very same" in tab.var(PlanState.done)
    await second.call(PlanState, "edit", record=record)
    await tab.call(PlanState, "remove", record=record)
    await second.come_back()
    assert "took this away" in second.var(PlanState.problem)
    assert (second.var(PlanState.editing), second.var(PlanState.missing)) == ("", False)
