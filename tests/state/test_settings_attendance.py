"""The settings of attendance: what the office changes, what others read, what is said of a wrong field, and what a
reconnection leaves as it is."""

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
        await tab.call(State, "save", form={"label": "", "reason": ""})
        assert set(tab.var(State.field_errors)) == {"label", "reason"}
        await tab.call(State, "save", form=SNOW)
        snow = tab.var(State.lines)[-1]
        assert (snow.label, snow.words, snow.owed, tab.var(State.done)) == ("Snow day", "School closed", True, "Saved.")
        await tab.call(State, "edit", line_id=snow.id)
        assert tab.var(State.editing).label == "Snow day"
        await tab.call(State, "save", form=SNOW | {"label": "Snow"})
        assert (tab.var(State.lines)[-1].label, tab.var(State.editing).id) == ("Snow", "")
        other = await tabs.tab(world.cast.tokens["reader"]).open("/settings/attendance")
        assert (other.var(State.may_edit), len(other.var(State.lines))) == (False, 8)
        await other.call(State, "put_away", line_id=snow.id)
        assert other.var(State.problem) != ""
        await tab.call(State, "put_away", line_id=snow.id)
        assert tab.var(State.lines)[-1].away
        await tab.call(State, "bring_back", line_id=snow.id)
        assert not tab.var(State.lines)[-1].away
        assert not tabs.errors


async def test_a_change_goes_on_over_its_version_when_the_page_reconnects(world: ScheduleWorld) -> None:
    path, owner = "/settings/attendance", world.cast.tokens["owner"]
    async with running_tabs() as tabs:
        tab = await tabs.tab(owner).open(path)
        code = tab.var(State.lines)[0]
        await tab.call(State, "edit", line_id=code.id)
        key = tab.var(State.form_key)
        await tab.come_back()
        assert (tab.var(State.form_key), tab.var(State.editing), tab.var(State.loaded)) == (key, code, True)
        other = await tabs.tab(owner).open(path)
        await other.call(State, "edit", line_id=code.id)
        await other.call(State, "save", form={"label": "Here", "reason": code.reason})
        for restarted in (False, True):
            if restarted:
                tabs.restart()
            await tab.come_back()
            assert (tab.var(State.form_key), tab.var(State.lines)[0].label) == (key, "Here")
            await tab.call(State, "save", form={"label": "There", "reason": code.reason})
            assert "in the meantime" in tab.var(State.problem)
            assert (tab.var(State.form_key), tab.var(State.lines)[0].label) == (key, "Here")
        await tab.visit(path)
        assert (tab.var(State.form_key) != key, tab.var(State.editing).id) == (True, "")
        assert not tabs.errors
