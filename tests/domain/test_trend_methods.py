"""Lines by three methods: least squares and Theil-Sen against SciPy, thirds by hand."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from therapytrack.domain.trend_methods import TrendMethod, fit, ols_interval, thirds

series = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 100)), min_size=3, max_size=30)


def columns(pairs: list[tuple[int, int]]) -> tuple[list[float], list[float]]:
    return [float(x) for x, _ in pairs], [float(y) for _, y in pairs]


@given(series)
def test_least_squares_and_its_interval_are_scipys(pairs: list[tuple[int, int]]) -> None:
    x, y = columns(pairs)
    assume(len(set(x)) > 1)
    theirs = stats.linregress(x, y)
    line, interval = fit(TrendMethod.OLS, x, y)
    assert line is not None
    assert line == pytest.approx((theirs.slope, theirs.intercept), abs=1e-8)
    if interval is not None:
        reach = stats.t.ppf(0.975, len(x) - 2) * theirs.stderr
        assert interval == pytest.approx((theirs.slope - reach, theirs.slope + reach), abs=1e-8)


@pytest.mark.filterwarnings("ignore:invalid value encountered in sqrt")
@given(series)
def test_theil_sen_through_the_switch_is_scipys(pairs: list[tuple[int, int]]) -> None:
    x, y = columns(pairs)
    assume(len(set(x)) > 1)
    line, _ = fit(TrendMethod.THEIL_SEN, x, y)
    assert line is not None
    assert line.slope == pytest.approx(stats.theilslopes(y, x).slope, abs=1e-9)


@pytest.mark.parametrize(
    ("y", "slope", "at_first"),
    [
        # Nine points: medians of 1-3 and 7-9 stand at x 1 and 7.
        ([10, 14, 12, 20, 18, 22, 30, 26, 28], (28 - 12) / 6, 12 - 16 / 6),
        # Seven points: thirds of two, one more in the middle; medians at x 0.5 and 5.5.
        ([10, 14, 12, 20, 18, 22, 30], (26 - 12) / 5, 12 - 14 / 10),
        # Eight points: thirds of three, two in the middle; medians at x 1 and 6.
        ([10, 14, 12, 20, 18, 22, 30, 26], (26 - 12) / 5, 12 - 14 / 5),
    ],
)
def test_thirds_by_hand(y: list[float], slope: float, at_first: float) -> None:
    line = thirds(list(range(len(y))), y)
    assert line is not None
    assert line == pytest.approx((slope, at_first))


@pytest.mark.parametrize(("x", "y"), [([], []), ([1], [5]), ([1, 2], [5, 6]), ([3, 3, 3, 3], [1, 2, 3, 4])])
def test_too_few_or_one_day_have_no_thirds_and_no_interval(x: list[float], y: list[float]) -> None:
    assert fit(TrendMethod.THIRDS, x, y) == (None, None)
    assert ols_interval(x, y) is None


@pytest.mark.parametrize("y", [[0, 0, 0, 0], [50, 50, 50, 50], [1, 2, 3, 4]])
def test_points_on_one_line_leave_no_error_to_judge_by(y: list[float]) -> None:
    assert ols_interval([0, 7, 14, 21], y) is None


def test_one_bad_day_moves_least_squares_alone() -> None:
    x, y = [float(day) for day in range(9)], [float(day) for day in range(8)] + [-40.0]
    slopes = {method: line.slope for method in TrendMethod if (line := fit(method, x, y)[0])}
    assert slopes[TrendMethod.THEIL_SEN] == pytest.approx(1)
    assert slopes[TrendMethod.THIRDS] == pytest.approx(5 / 6)
    assert slopes[TrendMethod.OLS] < 0
