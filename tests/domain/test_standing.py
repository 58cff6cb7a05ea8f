"""One rule for how a goal stands: the list's few points and the chart's whole history say the same word."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.examples import FIRST_DAY, GOAL, PHASES, goals, probe, school_year
from therapytrack.domain.accuracy import Purpose, Score
from therapytrack.domain.goal_chart import build_goal_chart
from therapytrack.domain.goal_findings import GoalFacts, with_phases
from therapytrack.domain.points import Direction, Metric, Phase, Point, is_baseline
from therapytrack.domain.standing import LATEST_POINTS, Counts, Standing, standing, standing_of_chart
from therapytrack.domain.trend import Status


def from_list(goal: GoalFacts, phases: list[Phase], points: list[Point]) -> Standing:
    """The standing as a list has it: all of the baseline, and only the latest points of each purpose."""
    named = [point for point in with_phases(points, phases) if point.score.n]
    by_purpose = defaultdict(list)
    for point in named:
        by_purpose[point.purpose].append(point)
    latest = [point for of_purpose in by_purpose.values() for point in of_purpose[-LATEST_POINTS:]]
    kept = [point for point in named if is_baseline(point.phase) or any(point is one for one in latest)]
    return standing(
        goal,
        [
            Counts(one.on, one.purpose, one.score.n, one.score.correct, one.score.cued, is_baseline(one.phase))
            for one in kept
        ],
    )


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Phase], list[Point]]:
    """A baseline of a few days, then a long intervention; one point a day and purpose at most."""
    start = date(2025, 8, 19)
    phases = [Phase("Baseline", start), Phase("Intervention", start + timedelta(days=10))]
    days = draw(st.lists(st.integers(0, 90), max_size=60, unique=True))
    points = [
        Point(start + timedelta(days=day), Score(10, draw(st.integers(0, 10))), draw(st.sampled_from(Purpose)))
        for day in days
    ]
    return phases[draw(st.integers(0, 1)) :], sorted(points, key=lambda point: point.on)


@settings(deadline=None)
@given(goals(), histories())
def test_a_list_and_a_chart_say_the_same(goal: GoalFacts, history: tuple[list[Phase], list[Point]]) -> None:
    phases, points = history
    chart, listed = build_goal_chart(goal, phases, points), from_list(goal, phases, points)
    assert listed.status == chart.status
    if chart.aim:
        assert listed.sentence in chart.alt or not listed.values


def test_three_baseline_points_begin_the_aim_line() -> None:
    stored = GoalFacts(GOAL.label, 80, GOAL.target_on, baseline_value=70, baseline_on=FIRST_DAY)
    assert from_list(stored, list(PHASES), school_year()).status is Status.ON_TRACK
    without_baseline = [point for point in school_year() if point.on >= FIRST_DAY]
    assert from_list(stored, list(PHASES), without_baseline).status is Status.WATCH


def test_fewer_than_three_baseline_points_leave_the_stated_baseline() -> None:
    goal = GoalFacts("Goal", 80, date(2026, 5, 28), baseline_value=20, baseline_on=FIRST_DAY)
    two = [probe(FIRST_DAY - timedelta(days=days), 60) for days in (9, 7)]
    chart = build_goal_chart(goal, PHASES, two + [probe(FIRST_DAY + timedelta(weeks=week), 45) for week in range(7)])
    assert chart.aim is not None
    assert (chart.aim.start, chart.aim.start_value, chart.status) == (FIRST_DAY, 20, Status.ON_TRACK)


def test_practice_baseline_counts_when_there_are_too_few_probes() -> None:
    practice = [probe(FIRST_DAY - timedelta(days=days), 30, Purpose.PRACTICE) for days in (9, 7, 5)]
    chart = build_goal_chart(GOAL, PHASES, [*practice, probe(FIRST_DAY - timedelta(days=8), 90)])
    assert chart.aim is not None
    assert (chart.aim.start, chart.aim.start_value) == (FIRST_DAY - timedelta(days=5), 30)


def test_a_goal_without_a_baseline_says_so() -> None:
    goal = GoalFacts("Goal", 80, date(2026, 5, 28))
    assert from_list(goal, [], [probe(FIRST_DAY, 40)]).sentence == "no baseline yet"


def test_the_words_of_a_line_name_its_ends() -> None:
    said = from_list(GOAL, list(PHASES), school_year()).words(80)
    assert said == "65% to 80% in 12 sessions, target 80%"


def test_a_goal_that_is_told_in_words_waits_for_no_points() -> None:
    found = standing(replace(GOAL, measured=Metric.NOTHING), [])
    assert (found.label, found.sentence) == ("Told in words", "its notes tell how it goes")
    assert standing(GOAL, []).label == "Cannot say yet"


@pytest.mark.parametrize(("metric", "value"), [(Metric.INDEPENDENT, 60), (Metric.SUPPORTED, 90)])
def test_cued_trials_count_only_where_the_goal_counts_them(metric: Metric, value: float) -> None:
    found = standing(replace(GOAL, measured=metric), [Counts(FIRST_DAY, Purpose.PROBE, 10, 6, 3)])
    assert found.values == (value,)


def test_one_value_is_no_way_from_one_to_another() -> None:
    found = standing(GOAL, [Counts(FIRST_DAY, Purpose.PROBE, 10, 6, 0)])
    assert found.words(80) == "60%, target 80%"
    assert standing(GOAL, []).words(80) == "no data yet"


def test_a_list_takes_a_baseline_of_practice_and_shows_values_without_any() -> None:
    goal = GoalFacts("Goal", 80, date(2026, 5, 28))
    days = [FIRST_DAY + timedelta(weeks=week) for week in range(9)]
    base = [Counts(day, Purpose.PRACTICE, 10, 3, 0, True) for day in days[:3]]
    later = [Counts(day, Purpose.PROBE, 10, 7, 0) for day in days[3:]]
    assert standing(goal, [*base, *later]).status is Status.ON_TRACK
    without = standing(goal, later)
    assert (without.status, without.values) == (Status.TOO_FEW, (70,) * 6)


def test_a_chart_of_a_goal_in_words_stands_as_its_list_does() -> None:
    told = replace(GOAL, measured=Metric.NOTHING)
    chart = standing_of_chart(build_goal_chart(told, PHASES, []))
    assert chart.label == standing(told, []).label == "Told in words"
    rate = replace(GOAL, measured=Metric.RATE)
    assert standing_of_chart(build_goal_chart(rate, PHASES, [])).metric is Metric.RATE


@pytest.mark.parametrize(
    ("direction", "target", "baseline", "why"),
    [
        (Direction.UP, 80, 85, "the baseline (85%) already meets the target (80%), so there is no aim line"),
        (Direction.UP, 80, 80, "the baseline (80%) already meets the target (80%), so there is no aim line"),
        (Direction.DOWN, 20, 15, "the baseline (15%) already meets the target (20%), so there is no aim line"),
        (Direction.DOWN, 20, 20, "the baseline (20%) already meets the target (20%), so there is no aim line"),
    ],
)
@pytest.mark.parametrize("measured", [True, False])
def test_nothing_is_held_against_a_way_that_leads_away(
    direction: Direction, target: float, baseline: float, why: str, *, measured: bool
) -> None:
    """Whether the baseline was measured or stated, and however the points lie after it."""
    goal = GoalFacts("Goal", target, date(2026, 5, 28), direction)
    goal = goal if measured else replace(goal, baseline_value=baseline, baseline_on=FIRST_DAY)
    before = [probe(FIRST_DAY - timedelta(days=day), int(baseline)) for day in (9, 7, 5)] if measured else []
    told = [*before, *(probe(FIRST_DAY + timedelta(weeks=week), 45) for week in range(8))]
    chart, listed = build_goal_chart(goal, PHASES, told), from_list(goal, list(PHASES), told)
    assert (listed.status, listed.sentence) == (Status.TOO_FEW, why)
    assert (chart.aim, chart.status, standing_of_chart(chart).sentence) == (None, Status.TOO_FEW, why)
    assert why in chart.alt
    assert {(one.headline, one.detail) for one in chart.prompts} == {("Cannot say yet", f"T{why[1:]}.")}


@pytest.mark.parametrize(("direction", "target", "baseline"), [(Direction.UP, 80, 79), (Direction.DOWN, 20, 21)])
def test_a_baseline_just_short_of_the_target_has_an_aim_line(
    direction: Direction, target: float, baseline: float
) -> None:
    goal = GoalFacts("Goal", target, date(2026, 5, 28), direction, baseline_value=baseline, baseline_on=FIRST_DAY)
    chart = build_goal_chart(goal, PHASES, [probe(FIRST_DAY + timedelta(weeks=week), 45) for week in range(8)])
    assert chart.aim is not None
    assert chart.status is not Status.TOO_FEW
