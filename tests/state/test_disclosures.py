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


@pytest.mark.parametrize("who", ["outsider", "reader"])
async def test_a_stranger_reads_not_found(world: tuple[Cast, str], who: str) -> None:
    cast, student = world
    async with running_tabs() as tabs:
        tab = await tabs.tab(cast.tokens[who]).open(f"/students/{student}/disclosures", student_id=student)
        assert tab.var(DisclosuresState.missing)
        assert tab.var(DisclosuresState.student) == ""
