"""The settings of templates: what the office changes, what others read, and an unknown placeholder by its name."""

import pytest

from tests.conftest import OpenDb
from tests.factories import Cast, make_cast
from tests.harness import running_tabs
from therapytrack.services.note_templates import add_default_templates
from therapytrack.state.settings_templates import SettingsTemplatesState as State

SHORT = {"name": "Short", "discipline": "slp", "setting": "group", "text": "{student}: {results}"}


@pytest.fixture
def cast(db: OpenDb) -> Cast:
    with db() as session:
        made = make_cast(session)
        add_default_templates(session, made.workspace_id)
        return made


async def test_the_office_keeps_the_templates_and_a_colleague_reads_them(cast: Cast) -> None:
    async with running_tabs() as tabs:
        tab = await tabs.tab(cast.tokens["owner"]).open("/settings/templates")
        await tab.call(State, "save", form=SHORT | {"text": "{diagnosis}"})
        assert "There is no placeholder {diagnosis}." in tab.var(State.field_errors)["text"]
        await tab.call(State, "save", form=SHORT)
        short = tab.var(State.lines)[-1]
        assert (short.name, short.words) == ("Short", "Speech-language pathology · Group")
        await tab.call(State, "edit", line_id=short.id)
        await tab.call(State, "save", form=SHORT | {"name": "Shorter"})
        assert (tab.var(State.lines)[-1].name, tab.var(State.editing).id) == ("Shorter", "")
        other = await tabs.tab(cast.tokens["reader"]).open("/settings/templates")
        assert (other.var(State.may_edit), len(other.var(State.lines))) == (False, 13)
        await other.call(State, "put_away", line_id=short.id)
        assert other.var(State.problem) != ""
        await tab.call(State, "put_away", line_id=short.id)
        assert tab.var(State.lines)[-1].away
        await tab.call(State, "bring_back", line_id=short.id)
        assert not tab.var(State.lines)[-1].away
        assert not tabs.errors
