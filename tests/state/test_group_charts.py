"""The events of the page of goals together: small drawings with words, within eight statements."""

import pytest

from tests.conftest import OpenDb
from tests.factories import make_cast
from tests.harness import running_tabs
from tests.services.test_group_charts import child, group
from tests.state.test_statements import counted
from therapytrack.state.group_charts import GroupChartsState


async def test_each_goal_has_a_drawing_a_standing_and_the_way_to_it(db: OpenDb) -> None:
    with db() as session:
        cast = make_cast(session)
        made = [child(session, cast, given) for given in ("Ana", "Ben")]
        group(session, cast, "slpa", *made)
    async with running_tabs() as tabs:
        for who, address, words in (("supervisor", "/progress?of=all", "?of="), ("slpa", "/progress", "?group=")):
            tab = await tabs.tab(cast.tokens[who]).open("/today")
            tab.path = address
            with counted() as sent:
                await tab.call(GroupChartsState, "enter")
            assert 0 < len(sent) <= 8
            students = tab.var(GroupChartsState.students)
            assert [one.name for one in students] == ["Ana Test", "Ben Test"]
            goal = students[0].goals[0]
            assert goal.drawing.startswith("<svg")
            assert goal.standing in ("On track", "Watch", "Off track")
            assert goal.href.startswith(f"/students/{made[0].id}/goals/")
            await tab.call(GroupChartsState, "choose", wanted="an-id")
            assert f"/progress{words}an-id" in tab.received
            assert "Ana" not in address + "".join(one.drawing for one in students[0].goals)
        assert tabs.errors == []


@pytest.mark.parametrize("who", ["slp", "owner"])
async def test_who_is_no_supervisor_is_told_whose_view_it_is(db: OpenDb, who: str) -> None:
    with db() as session:
        cast = make_cast(session)
    async with running_tabs() as tabs:
        tab = await tabs.tab(cast.tokens[who]).open("/progress?of=all")
        assert tab.var(GroupChartsState.problem) == "Your role in this workspace does not include this. Ask its owner."
        assert (tab.var(GroupChartsState.refused), tab.var(GroupChartsState.ready)) == (True, True)
        assert tab.var(GroupChartsState.students) == []
        assert tabs.errors == []
