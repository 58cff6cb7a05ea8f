"""Trend lines against SciPy and published vectors, and the four-point rule."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import combinations, permutations
from math import inf, nan
from statistics import linear_regression, pvariance
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import theilslopes

from therapytrack.domain.points import Direction
from therapytrack.domain.trend import (
    AimLine,
    Line,
    Status,
    _rank_variance,
    against_aim,
    aim_line,
    ols,
    projected_date,
    theil_sen,
    theil_sen_interval,
    theil_sen_with_interval,
)

START = date(2025, 9, 1)
# Sen 1968, section 6: the worked example of the paper.
SEN_X = [1.0, 2.0, 3.0, 4.0, 10.0, 12.0, 18.0]
SEN_Y = [9.0, 15.0, 19.0, 20.0, 45.0, 55.0, 78.0]

scores = st.integers(0, 20).map(lambda n: 5 * n)
series = st.lists(st.tuples(st.integers(0, 300), scores), min_size=5, max_size=30)
directions = st.sampled_from(Direction)


def weekly(values: list[float]) -> list[tuple[date, float]]:
    return [(START + timedelta(weeks=week), value) for week, value in enumerate(values, start=1)]


def test_the_worked_example_of_sen_1968() -> None:
    line = theil_sen(SEN_X, SEN_Y)
    assert line is not None
    assert line.slope == pytest.approx(4.0)


def test_the_interval_of_sen_1968() -> None:
    # The paper gives 26/7 to 35/8 at a level of 93%.
    assert theil_sen_interval(SEN_X, SEN_Y, 0.93) == pytest.approx((26 / 7, 35 / 8))


def test_the_slope_of_a_published_treatment_phase() -> None:
    # Phase B of the vignette "Effect size definitions" of SingleCaseES.
    line = theil_sen(range(1, 8), [28, 25, 24, 27, 30, 30, 29])
    assert line is not None
    assert line.slope == pytest.approx(2 / 3)


def columns(points: list[tuple[int, int]]) -> tuple[list[float], list[float]]:
    return [float(a) for a, _ in points], [float(b) for _, b in points]


@pytest.mark.filterwarnings("ignore:invalid value encountered in sqrt")
@given(series)
def test_the_line_agrees_with_scipy(points: list[tuple[int, int]]) -> None:
    x, y = columns(points)
    assume(len(set(x)) > 1)
    line = theil_sen(x, y)
    theirs = theilslopes(y, x, method="separate")
    assert line == pytest.approx((theirs.slope, theirs.intercept))


@given(st.lists(st.tuples(st.integers(0, 300), scores), min_size=5, max_size=30, unique_by=lambda point: point[0]))
def test_the_interval_agrees_with_scipy_when_no_two_points_share_a_day(points: list[tuple[int, int]]) -> None:
    x, y = columns(points)
    assume(len(set(y)) > 1)
    theirs = theilslopes(y, x, 0.95)
    assert theil_sen_interval(x, y) == pytest.approx((theirs.low_slope, theirs.high_slope))


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 99)), min_size=5, max_size=20, unique_by=lambda one: one[1])
)
def test_the_interval_agrees_with_scipy_when_points_share_a_day_but_no_value(points: list[tuple[int, int]]) -> None:
    x, y = columns(points)
    assume(len(set(x)) > 1)
    theirs = theilslopes(y, x, 0.95)
    assert theil_sen_interval(x, y) == pytest.approx((theirs.low_slope, theirs.high_slope))


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ([1, 1, 2, 2, 3, 3], [5, 5, 6, 6, 6, 7]),
        ([1, 1, 1, 2, 2, 2], [5, 5, 5, 6, 6, 7]),
        ([1, 1, 1, 1, 2, 3], [5, 6, 7, 7, 7, 7]),
    ],
)
def test_with_days_and_values_shared_the_spread_of_the_ranks_is_that_of_all_orders(x: list[int], y: list[int]) -> None:
    def ranks(order: Sequence[int]) -> float:
        both = zip(combinations(x, 2), combinations(order, 2), strict=True)
        return sum(float(np.sign(b - a) * np.sign(d - c)) for (a, b), (c, d) in both)

    assert _rank_variance(x, y) == pytest.approx(pvariance([ranks(order) for order in permutations(y)]))


# 2 of the 720 orders of six points are perfect, 2 of the 120 of five: more than 1% of them.
@pytest.mark.parametrize(("points", "confidence", "says"), [(4, 0.95, 0), (5, 0.95, 1), (5, 0.99, 0), (6, 0.99, 1)])
def test_few_points_have_an_interval_only_where_their_best_order_would_be_that_rare(
    points: int, confidence: float, says: int
) -> None:
    x, y = list(range(points)), [float(one * one) for one in range(points)]
    theirs = theilslopes(y, x, confidence)
    said = theil_sen_interval(x, y, confidence)
    assert said == (pytest.approx((theirs.low_slope, theirs.high_slope)) if says else None)


@pytest.mark.parametrize(("low", "high"), [(7, 1), (5, 3), (1, 7)])
def test_two_values_on_two_days_are_enough_for_an_interval_and_one_of_either_is_not(low: int, high: int) -> None:
    days, values = list(range(8)), [50.0] * low + [60.0] * high
    theirs = theilslopes(values, days, 0.95)
    assert theil_sen_interval(days, values) == pytest.approx((theirs.low_slope, theirs.high_slope))
    assert theil_sen_with_interval(days, [50.0] * 8) == (Line(0, 50), None)
    assert theil_sen_with_interval([3] * 8, values) == (None, None)


@given(series)
def test_the_interval_holds_the_slope_however_many_points_share_a_day(points: list[tuple[int, int]]) -> None:
    x, y = columns(points)
    line, interval = theil_sen(x, y), theil_sen_interval(x, y)
    assert theil_sen_with_interval(x, y) == (line, interval)
    assert interval is None or (line is not None and interval[0] <= line.slope <= interval[1])


def test_points_that_are_all_alike_have_no_interval() -> None:
    assert theil_sen_interval(range(8), [0.0] * 8) is None


@given(series)
def test_least_squares_agrees_with_the_standard_library(points: list[tuple[int, int]]) -> None:
    x, y = columns(points)
    assume(len(set(x)) > 1)
    line, theirs = ols(x, y), linear_regression(x, y)
    assert line is not None
    assert (line.slope, line.intercept) == pytest.approx((theirs.slope, theirs.intercept), abs=1e-6)


@given(st.integers(3, 12), st.integers(0, 11))
def test_one_bad_day_does_not_turn_the_trend(weeks: int, bad: int) -> None:
    values = [10.0 + 5 * week for week in range(weeks)]
    if weeks > 4:
        values[bad % weeks] = 0.0
    line = theil_sen(range(weeks), values)
    assert line is not None
    assert line.slope > 0


@pytest.mark.parametrize(("x", "y"), [([], []), ([3.0], [50.0]), ([3.0, 3.0], [50.0, 60.0])])
def test_no_line_without_two_different_days(x: list[float], y: list[float]) -> None:
    assert (theil_sen(x, y), ols(x, y), theil_sen_interval(x, y)) == (None, None, None)


@pytest.mark.parametrize("bad", [nan, inf, None, 10**309, -(10**309)])
def test_no_line_through_what_is_no_number(bad: Any) -> None:
    for x, y in (([1.0, 2, 3, 4, 5], [1.0, bad, 3, 4, 6]), ([1.0, 2, bad, 4, 5], [1.0, 2, 3, 4, 6])):
        assert (theil_sen(x, y), ols(x, y), theil_sen_interval(x, y)) == (None, None, None)


@pytest.mark.parametrize(("x", "y"), [([0, 5e-324], [0, 1]), ([0, 1, 2], [-1.7e308, 1.7e308, 1.7e308])])
def test_no_line_that_a_float_cannot_hold(x: list[float], y: list[float]) -> None:
    assert (theil_sen(x, y), ols(x, y), theil_sen_interval(x, y)) == (None, None, None)


def test_no_interval_whose_ends_a_float_cannot_hold() -> None:
    steep = [-1.7e308, 1.7e308, -1.7e308, 1.7e308, -1.7e308]
    assert theil_sen_with_interval(range(5), steep) == (Line(0, -1.7e308), None)
    assert ols([0, 1e-200, 1], [0, 1, 2]) is not None and ols([0, 1e-200], [0, 1]) is None


@pytest.mark.parametrize("method", [theil_sen, ols, theil_sen_interval])
def test_each_x_needs_its_y(method: Callable[..., Any]) -> None:
    with pytest.raises(ValueError, match="one y for each x"):
        method([1, 2, 3], [1, 2])


@pytest.mark.parametrize("method", [theil_sen, ols])
def test_a_date_goes_in_as_its_ordinal_and_points_may_come_in_any_order(method: Callable[..., Line]) -> None:
    days = [START + timedelta(weeks=week) for week in (3, 0, 2, 1, 1)]
    with pytest.raises(TypeError, match="date"):
        method(days, [40, 10, 30, 20, 20])
    assert method([day.toordinal() for day in days], [40, 10, 30, 20, 20]).slope == pytest.approx(10 / 7)


@pytest.mark.parametrize("method", [theil_sen, ols, theil_sen_interval])
def test_any_columns_of_numbers_will_do(method: Callable[..., Any]) -> None:
    plain = method(SEN_X, SEN_Y)
    for kind in (tuple, np.array, lambda column: np.array(column, int)):
        ours = method(kind(SEN_X), kind(SEN_Y))
        assert (ours, [type(number) for number in ours]) == (plain, [float, float])


def test_four_points_cannot_give_a_95_percent_interval() -> None:
    assert theil_sen_interval([1, 2, 3, 4], [10, 20, 30, 40]) is None


def test_the_aim_line_starts_at_the_median_of_the_baseline() -> None:
    line = aim_line([25, 30, 25, 30], START, 80, START + timedelta(days=100))
    assert line is not None
    assert [line.value_on(START + timedelta(days=day)) for day in (-9, 0, 50, 100, 200)] == [27.5, 27.5, 53.75, 80, 80]


def test_one_odd_baseline_point_does_not_move_the_aim_line() -> None:
    line = aim_line([10, 20, 90], START, 80, START + timedelta(days=100))
    assert line is not None and line.start_value == 20


def test_no_aim_line_without_baseline_or_time() -> None:
    assert aim_line([], START, 80, START + timedelta(days=1)) is None
    assert aim_line([20], START, 80, START) is None


LEVEL = AimLine(START, 50, START + timedelta(days=365), 50)


@pytest.mark.parametrize(
    ("values", "status", "sentence"),
    [
        ([0, 0, 50, 50, 60, 50], Status.ON_TRACK, "last 4 points at or above the aim line"),
        ([90, 90, 45, 40, 49, 49], Status.OFF_TRACK, "last 4 points below the aim line"),
        ([0, 0, 50, 60, 40, 50], Status.WATCH, "1 of the last 4 points below the aim line"),
        ([90, 90, 40, 40, 40, 50], Status.WATCH, "3 of the last 4 points below the aim line"),
        ([90, 90, 90, 90, 90], Status.TOO_FEW, "5 of the 6 points that the rule needs"),
        ([], Status.TOO_FEW, "0 of the 6 points that the rule needs"),
    ],
)
def test_the_four_point_rule(values: list[float], status: Status, sentence: str) -> None:
    check = against_aim(weekly(values), LEVEL, Direction.UP)
    assert (check.status, check.sentence) == (status, sentence)


def test_a_descending_goal_is_on_track_below_its_line() -> None:
    check = against_aim(weekly([90, 90, 40, 40, 50, 10]), LEVEL, Direction.DOWN)
    assert (check.status, check.sentence) == (Status.ON_TRACK, "last 4 points at or below the aim line")


@given(st.lists(st.floats(0, 100), max_size=12))
def test_mirrored_data_have_the_mirrored_status(values: list[float]) -> None:
    mirrored = [100 - value for value in values]
    up = against_aim(weekly(values), LEVEL, Direction.UP).status
    assert against_aim(weekly(mirrored), LEVEL, Direction.DOWN).status is up


def test_a_projection_is_the_day_the_line_reaches_the_target() -> None:
    line = Line(slope=0.5, intercept=60 - 0.5 * START.toordinal())
    assert projected_date(line, 80, Direction.UP, START) == START + timedelta(days=40)


def test_a_reached_target_is_projected_at_the_last_point() -> None:
    assert projected_date(Line(0, 85), 80, Direction.UP, START) == START


@given(st.floats(-1e3, 1e3), st.floats(0, 100), directions)
def test_a_projection_is_never_before_the_last_point(slope: float, value: float, direction: Direction) -> None:
    line = Line(slope, value - slope * START.toordinal())
    day = projected_date(line, 50, direction, START)
    assert day is None or day >= START


@pytest.mark.parametrize("slope", [0.0, -0.5, 1e-9])
def test_no_projection_when_the_line_does_not_go_toward_the_target(slope: float) -> None:
    assert projected_date(Line(slope, 40 - slope * START.toordinal()), 80, Direction.UP, START) is None


def test_a_level_line_at_the_target_is_there_already() -> None:
    last = date(2026, 3, 2)
    assert projected_date(Line(0.0, 80.0), 80, Direction.UP, last) == last


def test_five_years_are_the_farthest_that_a_line_is_carried() -> None:
    last = date(2026, 3, 2)
    line = Line(1.0, -last.toordinal())
    within, beyond = (projected_date(line, 5 * 366 + more, Direction.UP, last) for more in (-1, 0))
    assert (within, beyond) == (last + timedelta(days=5 * 366 - 1), None)


def test_a_point_within_rounding_of_the_aim_line_lies_on_it() -> None:
    start = date(2026, 1, 5)
    aim = AimLine(start, 20, start + timedelta(days=100), 80)
    days = [start + timedelta(days=7 * week) for week in range(6)]
    assert against_aim([(day, aim.value_on(day) - 1e-10) for day in days], aim, Direction.UP).status is Status.ON_TRACK
    assert against_aim([(day, aim.value_on(day) - 1e-6) for day in days], aim, Direction.UP).status is Status.OFF_TRACK
