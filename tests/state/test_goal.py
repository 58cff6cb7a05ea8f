"""The goal page's events: what reaches the browser, and what does not."""

import json
from dataclasses import asdict
from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.conftest import OpenDb
from tests.factories import add_session
from tests.harness import running_tabs
from tests.services.progress_world import START, Progress, make_progress
from therapytrack.domain.palette import LIGHT, NAMES
from therapytrack.errors import Unavailable
from therapytrack.models import GoalPoint, GoalVersion, Student, new_id
from therapytrack.state.goal import GoalState

PAGE = "/students/{}/goals/{}"


def prepared(db: OpenDb, points: int = 10) -> Progress:
    with db() as session:
        return make_progress(session, points)


async def opened(made: Progress, who: str, student: object = None, goal: object = None, query: str = ""):  # type: ignore[no-untyped-def]
    async with running_tabs() as tabs:
        tab = tabs.tab(made.cast.tokens[who])
        path = PAGE.format(student or made.student_id, goal or made.goal_id)
        await tab.open(path + query)
        assert tabs.errors == []
        return tab


async def test_the_page_gets_a_figure_facts_and_rows(db: OpenDb) -> None:
    made = prepared(db)
    tab = await opened(made, "slp")
    assert tab.var(GoalState.ready)
    assert tab.var(GoalState.total) == 10
    assert len(tab.var(GoalState.facts)) == 4
    figure = json.loads(tab.var(GoalState.figure))
    assert {trace["line"]["color"] for trace in figure["data"]} <= set(asdict(NAMES).values())
    assert not set(asdict(LIGHT).values()) & set(tab.var(GoalState.figure).split('"'))


async def test_the_page_knows_where_the_same_chart_is_drawn_for_paper_and_a_file_of_the_time_shown(db: OpenDb) -> None:
    tab = await opened(prepared(db), "slp", query="?period=quarter")
    assert tab.var(GoalState.paper_href).endswith("/paper.svg?period=quarter")
    assert "<svg" not in tab.received
    assert "progress.csv?since=20" in tab.var(GoalState.csv_href)


async def test_no_figure_holds_the_students_name(db: OpenDb) -> None:
    made = prepared(db)
    tab = await opened(made, "slp")
    assert "Mateo" not in tab.var(GoalState.figure)
    assert "Rivera" not in tab.var(GoalState.figure)


async def test_an_outsider_sees_not_found_and_nothing_of_the_goal(db: OpenDb) -> None:
    made = prepared(db)
    tab = await opened(made, "outsider")
    assert tab.var(GoalState.missing)
    assert "Initial sounds" not in tab.received
    assert "Mateo" not in tab.received


async def test_malformed_and_foreign_ids_are_not_found(db: OpenDb) -> None:
    made = prepared(db)
    for student, goal in (("abc", made.goal_id), (made.student_id, "abc"), (new_id(), made.goal_id)):
        tab = await opened(made, "slp", student, goal)
        assert tab.var(GoalState.missing)


async def test_the_table_is_turned_sixty_rows_at_a_time(db: OpenDb) -> None:
    made = prepared(db, 1)
    with db() as session:
        student = session.get_one(Student, made.student_id)
        for day in range(80):
            add_session(session, made.cast, student, START + timedelta(days=1 + day), scores=[(made.version, 10, 5)])
    async with running_tabs() as tabs:
        tab = tabs.tab(made.cast.tokens["slp"])
        path = PAGE.format(made.student_id, made.goal_id)
        await tab.open(path)
        assert len(tab.var(GoalState.points)) == 60
        opened_with = len(tab.deltas)
        await tab.send(name=f"{GoalState.get_full_name()}.older", path=path)
        assert len(tab.var(GoalState.points)) == 21
        turned = {name for delta in tab.deltas[opened_with:] for name in delta.get(GoalState.get_full_name(), {})}
        assert "points_rx_state_" in turned
        assert "figure_rx_state_" not in turned, "the chart stands there already"
        await tab.send(name=f"{GoalState.get_full_name()}.older", path=path)
        assert tab.var(GoalState.shown_from) == 60
        await tab.send(name=f"{GoalState.get_full_name()}.newer", path=path)
        assert tab.var(GoalState.shown_from) == 0
        assert tabs.errors == []


async def test_what_the_page_shows_already_is_not_sent_when_it_is_opened_again(db: OpenDb) -> None:
    made = prepared(db)
    async with running_tabs() as tabs:
        tab = tabs.tab(made.cast.tokens["slp"])
        path = PAGE.format(made.student_id, made.goal_id)
        await tab.open(path)
        first = len(tab.deltas)
        await tab.send(name=f"{GoalState.get_full_name()}.enter", path=path)
        again = {name for delta in tab.deltas[first:] for name in delta.get(GoalState.get_full_name(), {})}
        assert not {f"{name}_rx_state_" for name in ("figure", "points", "facts", "head", "offered")} & again
        await tab.send(name=f"{GoalState.get_full_name()}.enter", path=f"{path}?period=month")
        assert "2026-03-09" in tab.var(GoalState.figure)
        assert len(tab.var(GoalState.points)) == 5


async def test_a_goal_that_cannot_be_shown_leaves_nothing_of_the_one_before(
    db: OpenDb, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = prepared(db)
    async with running_tabs() as tabs:
        tab = tabs.tab(made.cast.tokens["slp"])
        path = PAGE.format(made.student_id, made.goal_id)
        await tab.open(path)
        monkeypatch.setattr("therapytrack.state.goal.get_goal_progress", _broken)
        await tab.send(name=f"{GoalState.get_full_name()}.older", path=path)
        assert tab.var(GoalState.problem)
        assert tab.var(GoalState.total) == 10, "the table stays as it was"
        await tab.send(name=f"{GoalState.get_full_name()}.enter", path=path)
        assert tab.var(GoalState.problem)
        assert (tab.var(GoalState.figure), tab.var(GoalState.points), tab.var(GoalState.total)) == ("", [], 0)
        assert tab.var(GoalState.student_href) == f"/students/{made.student_id}", "the way back"


def _broken(*_: object) -> None:
    raise Unavailable("The storage does not answer.")


async def test_statistics_reach_a_supervisors_browser_and_nobody_elses(db: OpenDb) -> None:
    made = prepared(db)
    tab = await opened(made, "supervisor", query="?tab=supervisor&period=quarter")
    assert len(tab.var(GoalState.statistics).rows) == 8
    assert [one.current for one in tab.var(GoalState.offered).tabs] == ["false", "true"]
    assert tab.var(GoalState.offered).periods[1].href.endswith(f"{made.goal_id}?tab=supervisor")
    tab = await opened(made, "slp", query="?tab=supervisor")
    assert tab.var(GoalState.statistics).rows == []
    assert "for supervisors" in tab.var(GoalState.statistics).refused
    assert len(tab.var(GoalState.offered).tabs) == 2, "the way back to the chart"


@pytest.mark.parametrize(("who", "words"), [("supervisor", ["Progress", "Supervisor"]), ("slp", [])])
async def test_the_supervisors_tab_is_offered_to_those_who_may_see_it(db: OpenDb, who: str, words: list[str]) -> None:
    tab = await opened(prepared(db), who)
    assert [one.words for one in tab.var(GoalState.offered).tabs] == words


async def test_a_goal_that_is_no_rate_has_no_celeration_chart_to_choose(db: OpenDb) -> None:
    made = prepared(db)
    tab = await opened(made, "slp", query="?scale=celeration")
    assert tab.var(GoalState.offered).scales == []
    assert "Standard celeration" not in tab.var(GoalState.head).chart_title


async def test_the_celeration_chart_of_a_rate_offers_only_what_changes_it(db: OpenDb) -> None:
    made = prepared(db)
    with db() as session:
        session.execute(update(GoalVersion).values(measure="rate"))
        session.execute(update(GoalPoint).values(amount=60_000))
    month = f"period=month&until={START + timedelta(days=15)}"
    even = (await opened(made, "slp", query=f"?{month}")).var(GoalState.offered)
    assert [one.words for one in even.scales] == ["Even scale", "Celeration"]
    assert even.steps
    tab = await opened(made, "slp", query=f"?scale=celeration&{month}")
    offers = tab.var(GoalState.offered)
    assert "Standard celeration" in tab.var(GoalState.head).chart_title
    assert (offers.periods, offers.trends, offers.layers, offers.steps) == ([], [], [], [])
    assert "scale=celeration" in tab.var(GoalState.paper_href)
    assert "scale=celeration" in tab.var(GoalState.picture_href)
