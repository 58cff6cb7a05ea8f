"""The pages of minutes and of mandates: what they show, what they say of a wrong field, and what is saved."""

from datetime import date

import pytest

from tests.conftest import OpenDb
from tests.factories import add_session, school_day
from tests.harness import running_tabs
from tests.services.schedule_world import ScheduleWorld, build_schedule_world
from therapytrack.state.minutes import MinutesState
from therapytrack.state.student_plan import PlanState

MANDATE = {
    "minutes": "20", "sessions": "1", "period": "week", "setting": "group", "delivery": "", "starts_on": "2026-09-01",
}  # fmt: skip


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
        await tab.call(MinutesState, "save_columns", form={"columns": "starts"})
        assert tab.var(MinutesState.done) != ""
        await tab.call(MinutesState, "open_columns")
        assert tab.var(MinutesState.columns) == "Starts"


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
        assert not tabs.errors
