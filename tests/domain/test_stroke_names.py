"""The criterion's name stands where it covers fewer points."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.domain.examples import GOAL, probe
from therapytrack.domain.chart_figure import plotly_figure
from therapytrack.domain.chart_svg import render_svg
from therapytrack.domain.chart_window import zoomed
from therapytrack.domain.goal_chart import GoalChart, Stroke, build_goal_chart
from therapytrack.domain.mastery import MasteryCriterion
from therapytrack.domain.palette import LIGHT, PRINT
from therapytrack.domain.stroke_names import aim_place, earlier_place, stands_first

START = date(2026, 1, 5)
WINDOW = (START, START + timedelta(days=90))


def chart(first: int, last: int) -> GoalChart:
    """Three probes of `first` percent in January and three of `last` in March; the criterion is 80%."""
    early = [probe(START + timedelta(days=day), first) for day in (1, 5, 9)]
    return build_goal_chart(GOAL, (), [*early, *(probe(START + timedelta(days=day), last) for day in (80, 84, 88))])


@pytest.mark.parametrize(
    ("first", "last", "above", "begins"),
    [(40, 85, True, True), (85, 85, True, False), (40, 60, True, False), (40, 75, False, True), (40, 75, True, False)],
)
def test_the_name_stands_at_the_end_with_fewer_points_beside_its_line(
    first: int, last: int, above: bool, begins: bool
) -> None:
    assert stands_first(chart(first, last), WINDOW, 0.2, above=above) is begins


def test_an_interval_that_is_drawn_is_in_the_way_like_a_point() -> None:
    some = chart(20, 65)
    assert not stands_first(some, WINDOW, 0.2, above=True)
    assert stands_first(some, WINDOW, 0.2, above=True, whiskers=True)


def test_a_line_shorter_than_two_names_is_named_at_its_end() -> None:
    assert not stands_first(chart(40, 85), WINDOW, 0.6, above=True)


@pytest.mark.parametrize(
    ("early", "late", "place"),
    [(40, 60, (False, True)), (40, 85, (True, True)), (85, 85, (False, False)), (40, 75, (False, True))],
)
def test_an_earlier_criterion_is_named_where_fewer_points_are(early: int, late: int, place: tuple[bool, bool]) -> None:
    made = chart(early, late)
    stroke = Stroke("criterion", *(WINDOW[0], 80.0), *(WINDOW[1], 80.0), "Mastery 80%")
    assert earlier_place(made, stroke, WINDOW, 0.2) == place


def test_a_name_below_the_criterion_stands_first_where_the_aim_line_rises_to_it() -> None:
    asked = replace(GOAL, target_value=100, baseline_value=20.0, criterion=MasteryCriterion(100), target_on=WINDOW[1])
    made = build_goal_chart(asked, (), [probe(START + timedelta(days=40), 50)])
    assert stands_first(made, WINDOW, 0.2, above=False)
    assert not stands_first(made, WINDOW, 0.2, above=True)


def test_screen_and_paper_follow_it() -> None:
    made = chart(40, 85)
    notes = {note["text"]: note for note in plotly_figure(made, WINDOW, LIGHT)["layout"]["annotations"]}
    assert notes["Mastery 80%"]["xanchor"] == "left"
    assert f'text-anchor="start" fill="{PRINT.criterion}">Mastery 80%' in render_svg(zoomed(made, WINDOW))


def test_the_aim_line_is_named_within_the_days_shown_and_clear_of_the_points() -> None:
    goal = replace(GOAL, baseline_value=20.0, baseline_on=START, target_on=START + timedelta(days=360))
    made = build_goal_chart(goal, (), [probe(START + timedelta(days=day), 20) for day in (40, 50, 60)])
    month = (START + timedelta(days=30), START + timedelta(days=60))
    notes = plotly_figure(made, month, LIGHT)["layout"]["annotations"]
    assert "Aim line" in [note["text"] for note in notes]
    aim = made.aim.within(*month) if made.aim else None
    assert aim is not None
    day, value = aim_place(made, aim, month, 0.2)
    covered = [mark.on for part in made.segments for mark in part.marks if day <= mark.on <= day + timedelta(days=6)]
    assert value == aim.at(day) and not covered
