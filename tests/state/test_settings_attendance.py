"""The settings of attendance: what the office changes, what others read, and what is said of a wrong field."""

import pytest

from tests.conftest import OpenDb
from tests.harness import running_tabs
from tests.services.schedule_world import ScheduleWorld, build_schedule_world
from therapytrack.services.attendance_codes import add_default_codes
from therapytrack.state.settings_attendance import SettingsAttendanceState as State

SNOW = {"label": "Snow day", "reason": "school_closed", "owed": "on"}


@pytest.fixture
def world(db: OpenDb) -> ScheduleWorld:
    with db() as session:
        made = build_schedule_world(session)
        add_default_codes(session, made.cast.workspace_id)
        return made


async def test_the_office_keeps_the_codes_and_a_colleague_reads_them(world: ScheduleWorld) -> None:
    async with running_tabs() as tabs:
        tab = await tabs.tab(world.cast.tokens["owner"]).open("/settings/attendance")
        await tab.call(State, "save_code", form={"label": "", "reason": ""})
        assert set(tab.var(State.field_errors)) == {"label", "reason"}
        await tab.call(State, "save_code", form=SNOW)
        snow = tab.var(State.codes)[-1]
        assert (snow.label, snow.words, snow.owed, tab.var(State.done)) == ("Snow day", "School closed", True, "Saved.")
        await tab.call(State, "edit_code", code_id=snow.id)
        assert tab.var(State.editing).label == "Snow day"
        await tab.call(State, "save_code", form=SNOW | {"label": "Snow"})
        assert (tab.var(State.codes)[-1].label, tab.var(State.editing).id) == ("Snow", "")
        other = await tabs.tab(world.cast.tokens["reader"]).open("/settings/attendance")
        assert (other.var(State.may_edit), len(other.var(State.codes))) == (False, 8)
        await other.call(State, "put_away", code_id=snow.id)
        assert other.var(State.problem) != ""
        await tab.call(State, "put_away", code_id=snow.id)
        assert tab.var(State.codes)[-1].away
        await tab.call(State, "bring_back", code_id=snow.id)
        assert not tab.var(State.codes)[-1].away
        assert not tabs.errors
