"""The register's page: typed text stays on an error, an entry is made once, and a stranger reads "not found"."""

import pytest

from tests.conftest import OpenDb
from tests.factories import Cast, add_student, make_cast
from tests.harness import running_tabs
from therapytrack.state.disclosures import DisclosuresState


@pytest.fixture
def world(db: OpenDb) -> tuple[Cast, str]:
    with db() as session:
        cast = make_cast(session)
        return cast, str(add_student(session, cast).id)


async def test_an_entry_is_made_once_and_shown(world: tuple[Cast, str]) -> None:
    cast, student = world
    typed = {"party": "Parent", "purpose": "Asked", "what": "Log", "corrects": ""}
    async with running_tabs() as tabs:
        tab = await tabs.tab(cast.tokens["slp"]).open(f"/students/{student}/disclosures", student_id=student)
        typed |= {"entry_id": tab.var(DisclosuresState.entry_id), "disclosed_on": tab.var(DisclosuresState.today)}
        await tab.call(DisclosuresState, "save", form=typed | {"party": ""})
        assert set(tab.var(DisclosuresState.field_errors)) == {"party"}
        assert tab.var(DisclosuresState.entry_id) == typed["entry_id"]
        for _ in range(2):
            await tab.call(DisclosuresState, "save", form=typed)
        assert [(one.number, one.party) for one in tab.var(DisclosuresState.entries)] == [(1, "Parent")]
        assert not tabs.errors


async def test_what_puts_an_entry_right_goes_on_when_the_page_reconnects(world: tuple[Cast, str]) -> None:
    cast, student = world
    path, state = f"/students/{student}/disclosures", DisclosuresState
    typed = {"party": "Parent", "purpose": "Asked", "what": "Log", "corrects": ""}
    async with running_tabs() as tabs:
        tab, other = [await tabs.tab(cast.tokens["slp"]).open(path) for _ in range(2)]
        typed |= {"entry_id": tab.var(state.entry_id), "disclosed_on": tab.var(state.today)}
        await tab.call(state, "save", form=typed)
        await other.visit(path)
        begun, (first,) = tab.var(state.entry_id), tab.var(state.choices)
        tabs.restart()
        await tab.come_back()
        assert (tab.var(state.entry_id), tab.var(state.choices)) == (begun, [first])
        right = typed | {"corrects": first.value}
        await other.visit(path)
        await other.call(state, "save", form=right | {"entry_id": other.var(state.entry_id)})
        await tab.come_back()
        assert (tab.var(state.entry_id), len(tab.var(state.entries))) == (begun, 2)
        assert first in tab.var(state.choices), "or the browser would make another entry of it"
        await tab.call(state, "save", form=right | {"entry_id": begun})
        assert list(tab.var(state.field_errors)) == ["corrects"]
        tabs.restart()
        await tab.come_back()
        assert tab.var(state.entry_id) != begun, "that entry can be chosen no more"
        assert not tabs.errors


@pytest.mark.parametrize("who", ["outsider", "reader"])
async def test_a_stranger_reads_not_found(world: tuple[Cast, str], who: str) -> None:
    cast, student = world
    async with running_tabs() as tabs:
        tab = await tabs.tab(cast.tokens[who]).open(f"/students/{student}/disclosures", student_id=student)
        assert tab.var(DisclosuresState.missing)
        assert tab.var(DisclosuresState.student) == ""
