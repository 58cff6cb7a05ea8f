"""The comparison's events: the address holds the selection, and nothing reaches who may not know of the student."""

from tests.conftest import OpenDb
from tests.harness import Tab, running_tabs
from tests.services.progress_world import Progress, make_progress
from tests.services.test_goal_compare import with_goals
from tests.state.test_statements import counted
from therapytrack.state.goal_compare import GoalCompareState


async def opened(made: Progress, who: str, query: str = "") -> Tab:
    async with running_tabs() as tabs:
        tab = tabs.tab(made.cast.tokens[who])
        await tab.open(f"/students/{made.student_id}/compare{query}")
        assert tabs.errors == []
        return tab


async def test_the_page_draws_the_goals_of_its_address_within_eight_statements(db: OpenDb) -> None:
    with db() as session:
        made = make_progress(session)
        goals = with_goals(session, made, 3)
    async with running_tabs() as tabs:
        tab = await tabs.tab(made.cast.tokens["slp"]).open("/caseload")
        tab.path = f"/students/{made.student_id}/compare?goals={goals[1]},{goals[0]}&period=quarter"
        with counted() as sent:
            await tab.call(GoalCompareState, "enter")
        assert tabs.errors == []
    assert 0 < len(sent) <= 8
    panels = tab.var(GoalCompareState.panels)
    assert [one.label for one in panels] == ["Goal 0", "Initial sounds"]
    assert all(one.wide.startswith("<svg") and "var(--c1)" in one.narrow for one in panels)
    assert not any("Mateo" in one.wide + one.words for one in panels)
    picks = tab.var(GoalCompareState.picks)
    assert [one.current for one in picks] == ["true", "true", "false", "false"]
    assert f"goals={goals[1]},{goals[0]},{goals[2]}&period=quarter" in picks[2].href
    assert "goals=" in tab.var(GoalCompareState.picture_href)


async def test_one_goal_asks_for_another_and_no_goal_says_so(db: OpenDb) -> None:
    with db() as session:
        made = make_progress(session)
    tab = await opened(made, "slp")
    assert "one goal so far" in tab.var(GoalCompareState.head).asked
    assert len(tab.var(GoalCompareState.panels)) == 1


async def test_an_outsider_and_a_foreign_goal_are_not_found(db: OpenDb) -> None:
    with db() as session:
        made = make_progress(session)
    for who, query in (("outsider", ""), ("slp", f"?goals={made.student_id}"), ("slp", "?goals=x")):
        tab = await opened(made, who, query)
        assert tab.var(GoalCompareState.missing)
        assert "Initial sounds" not in tab.received
