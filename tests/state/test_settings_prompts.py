"""The settings of the prompt scale: the office makes a new version, others read, a wrong text gets its sentence."""

import pytest

from tests.conftest import OpenDb
from tests.harness import running_tabs
from tests.services.schedule_world import ScheduleWorld, build_schedule_world
from therapytrack.services.prompt_scale import add_default_scale
from therapytrack.state.settings_prompts import SettingsPromptsState as State


@pytest.fixture
def world(db: OpenDb) -> ScheduleWorld:
    with db() as session:
        made = build_schedule_world(session)
        add_default_scale(session, made.cast.workspace_id)
        return made


async def test_the_office_makes_a_new_version_and_who_saves_second_is_told(world: ScheduleWorld) -> None:
    async with running_tabs() as tabs:
        tab = await tabs.tab(world.cast.tokens["owner"]).open("/settings/prompts")
        late = await tabs.tab(world.cast.tokens["owner"]).open("/settings/prompts")
        await tab.call(State, "save", form={"levels": "Look"})
        assert set(tab.var(State.field_errors)) == {"levels"}
        await tab.call(State, "save", form={"levels": "Look: a look\nTouch: a touch"})
        assert [one.name for one in tab.var(State.levels)] == ["Look", "Touch"]
        assert (len(tab.var(State.earlier)), tab.var(State.problem)) == (1, "")
        key, text = late.var(State.form_key), late.var(State.text)
        await late.come_back()
        assert (late.var(State.form_key), late.var(State.text)) == (key, text), "what is typed stays"
        assert [one.name for one in late.var(State.levels)] == ["Look", "Touch"]
        tabs.restart()
        await late.come_back()
        assert late.var(State.form_key) == key
        await late.call(State, "save", form={"levels": "Word: one word"})
        assert "changed the scale" in late.var(State.problem)
        other = await tabs.tab(world.cast.tokens["reader"]).open("/settings/prompts")
        assert (other.var(State.may_edit), len(other.var(State.levels))) == (False, 2)
        await other.call(State, "save", form={"levels": "Word: one word"})
        assert other.var(State.problem) != ""
        assert len(other.var(State.earlier)) == 1
        assert not tabs.errors
