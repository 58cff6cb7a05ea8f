"""Which code the data of a period suggest just under, at and just over each rule's border."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from tests.domain.report_cases import FIRST, LAST, STARTS, asks, facts, in_metric, probe, valued, weekly
from therapytrack.domain.mastery import MasteryCriterion
from therapytrack.domain.points import Direction, Metric, Point
from therapytrack.domain.progress_codes import SUGGESTED_FOR, ProgressCode, suggest
from therapytrack.domain.report_goal import ReportGoal

ON_THE_WAY = ("sufficient", "insufficient")
# 50 points in 364 days: of so many trials, the aim line rises by exactly ten a day.
MANY = 7280
FELL = asks(30, direction=Direction.DOWN, baseline_value=80.0, criterion=None)


def kind(goal: ReportGoal, *without: str) -> str:
    """What the suggestion is for, in a set that has a code for everything but `without`; "" where there is none."""
    codes = [ProgressCode(one.upper(), one, one) for one in SUGGESTED_FOR if one and one not in without]
    return suggest(codes, goal).code.lower()


def three(hits: int, **values: Any) -> ReportGoal:
    """Three probes alike, of 1,000 trials each, of a goal from 30 to 80%."""
    return facts(weekly(hits, hits, hits, n=1000), asks(**values))


@pytest.mark.parametrize(
    ("hits", "expected"),
    [(200, "none"), (300, "none"), (304, "none"), (305, "partial"), (306, "partial")]
    + [(549, "partial"), (550, "substantial"), (551, "substantial"), (799, "substantial"), (800, "met"), (801, "met")],
)
@pytest.mark.parametrize("criterion", [MasteryCriterion(80), None], ids=["rule", "no rule"])
def test_the_share_of_the_way_decides_at_1_and_50_percent_and_the_target(
    hits: int, expected: str, criterion: MasteryCriterion | None
) -> None:
    assert kind(three(hits, criterion=criterion)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(110.0, "none"), (99.1, "none"), (99.0, "partial"), (98.9, "partial")]
    + [(50.1, "partial"), (50.0, "substantial"), (49.9, "substantial"), (0.1, "substantial"), (0.0, "met")],
)
def test_a_goal_that_is_to_fall_has_the_same_borders_from_above(value: float, expected: str) -> None:
    down = in_metric(Metric.MEAN_TIME, 0, direction=Direction.DOWN, baseline_value=100.0)
    assert kind(facts(valued(value, value, value, n=4, correct=4), down)) == expected


@pytest.mark.parametrize(("hits", "expected"), [((1, 550, 550), "substantial"), ((549, 549, 1000), "partial")])
def test_the_share_is_that_of_the_median_of_the_last_three(hits: tuple[int, ...], expected: str) -> None:
    assert kind(facts(weekly(1000, *hits, n=1000))) == expected


def test_a_target_reached_by_the_median_is_not_met_while_the_goals_rule_is_not() -> None:
    hits = weekly(799, 800, 801, n=1000)
    assert kind(facts(hits, asks(criterion=MasteryCriterion(80)))) == "substantial"
    assert kind(facts(hits, asks(criterion=None))) == "met"


@pytest.mark.parametrize(
    ("points", "early", "late"), [(1, "", ""), (2, "", ""), (3, "met", "partial"), (4, "met", "partial")]
)
def test_nothing_is_suggested_from_fewer_than_three_points(points: int, early: str, late: str) -> None:
    assert kind(facts(weekly(*[16] * points), asks(criterion=None))) == early
    assert kind(facts(weekly(*[9] * points), asks(criterion=None))) == late


@pytest.mark.parametrize(
    ("day", "expected"),
    [(None, "not_introduced"), (FIRST - timedelta(days=1), ""), (FIRST, ""), (LAST, "")]
    + [(LAST + timedelta(days=1), "not_introduced")],
)
def test_a_goal_is_not_introduced_until_its_first_data_of_whatever_period(day: date | None, expected: str) -> None:
    goal = facts([probe(day, 9)] if day else [])
    assert kind(goal) == expected
    said = {None: "so far", FIRST - timedelta(days=1): "in this period"}.get(day, "so far" if expected else "3 points")
    assert said in suggest([ProgressCode("D", "Not yet", "not_introduced")], goal).reason


def on_the_line(day: date) -> int:
    """The trials of MANY that lie on the aim line from 30 to 80%."""
    return 2184 + 10 * (day - STARTS).days


def on_the_falling_line(day: date) -> int:
    """As `on_the_line`, from 80 to 30%."""
    return 5824 - 10 * (day - STARTS).days


def beside(line: Callable[[date], int], *trials: int) -> list[Point]:
    """Probes a week apart, so many trials above the aim line each."""
    days = [LAST - timedelta(weeks=len(trials) - 1 - place) for place in range(len(trials))]
    return [probe(day, line(day) + more, MANY) for day, more in zip(days, trials, strict=True)]


@pytest.mark.parametrize(
    ("trials", "expected"),
    [
        ((-9, -9, 0, 0, 0, 0), "sufficient"),
        ((-9, -9, 1, 1, 1, 1), "sufficient"),
        ((9, 9, -1, -1, -1, -1), "insufficient"),
        ((9, 9, -1, 0, -1, -1), ""),
        ((9, 9, -1, 0, 0, 0), ""),
        ((9, 9, 0, 0, 0, -1), ""),
        ((-9, 0, 0, 0, 0), ""),
        ((9, -1, -1, -1, -1), ""),
    ],
)
def test_four_points_at_the_aim_line_are_sufficient_and_one_trial_below_it_they_are_not(
    trials: tuple[int, ...], expected: str
) -> None:
    way = ("none", "partial", "substantial")
    up, down = facts(beside(on_the_line, *trials)), facts(beside(on_the_falling_line, *(-one for one in trials)), FELL)
    assert (kind(up, *way), kind(down, *way)) == (expected, expected)


def test_the_aim_line_is_surer_than_the_share_of_the_way_and_mastery_than_both() -> None:
    points = beside(on_the_line, 0, 0, 0, 0, 0, 0)
    assert (kind(facts(points)), kind(facts(points), *ON_THE_WAY)) == ("sufficient", "substantial")
    assert kind(facts([*weekly(*[1] * 3, last=FIRST), *beside(on_the_line, *[MANY // 4] * 6)])) == "met"
