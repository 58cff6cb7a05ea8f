"""Effect sizes against SingleCaseES, published examples, and what must hold whatever the data are.

`single_case_es.json`: 1,000 random pairs of phases (seed 20261126; ten kinds in turn: decimals, skewed ones,
percentages in fives, whole numbers with many ties and with few, a trend, mostly zeros, a constant phase, tenths, shares
of one; 3 to 60 points a phase, two in five for a goal that asks for less) with the estimates of SingleCaseES 0.7.4 in
R 4.2.2, as [baseline, treatment, increase, nap, tau, ...]; last the ratio of a scale that is no count (none: null).
"""

import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from math import inf, log, nan
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapytrack.domain.effect_sizes import ird, lrr, nap, pand, pnd, tau, tau_bc, tau_u

ALL = (nap, tau, tau_u, tau_bc, pnd, pand, ird, lrr)
SERIES = json.loads((Path(__file__).parent / "single_case_es.json").read_text())
CLOSE = 1e-9
phases = st.lists(st.integers(0, 20).map(float), min_size=3, max_size=12)

# Parker, Vannest and Davis 2011, as in the vignette of SingleCaseES.
A, B = [20, 20, 26, 25, 22, 23], [28, 25, 24, 27, 30, 30, 29]


@pytest.mark.parametrize(("index", "place"), [(index, place) for place, index in enumerate(ALL) if index is not tau_bc])
def test_a_thousand_series_give_what_singlecasees_gives(index: Callable[..., float], place: int) -> None:
    for before, after, increase, *theirs in SERIES:
        ours = index(before, after, increase=bool(increase))
        if index is lrr and min(*before, *after) < 0:
            assert ours is None
        else:
            assert ours == pytest.approx(theirs[place], rel=CLOSE, abs=CLOSE)


def test_the_thousand_series_hold_what_is_hard() -> None:
    constant = sum(1 in (len({*before}), len({*after})) for before, after, *_ in SERIES)
    zeros = sum(not (any(before) and any(after)) for before, after, *_ in SERIES)
    ties = sum(len({*before, *after}) < len(before) + len(after) for before, after, *_ in SERIES)
    short = sum((len(before), len(after)) == (3, 3) for before, after, *_ in SERIES)
    less = sum(not increase for _, _, increase, *_ in SERIES)
    assert len(SERIES) == 1000 and min(constant, zeros, short) >= 50 and min(ties, 1000 - ties, less) >= 300


def test_the_ratio_of_what_is_no_count_is_taken_of_the_means_as_they_are() -> None:
    for before, after, increase, *theirs in SERIES:
        if min(*before, *after) >= 0:
            ours = lrr(before, after, increase=bool(increase), counts=False)
            assert ours == (theirs[-1] and pytest.approx(theirs[-1], rel=CLOSE, abs=CLOSE))


def test_the_baseline_corrected_tau_differs_only_where_rounding_decides_a_tie() -> None:
    """SingleCaseES lays the line with rounded numbers; two values that tie exactly can come out in either order."""
    apart = 0
    for before, after, increase, *theirs in SERIES:
        ours = tau_bc(before, after, increase=bool(increase))
        assert ours is not None
        difference = abs(ours - theirs[ALL.index(tau_bc)])
        if difference > CLOSE:
            apart += 1
            assert difference <= ties_on_the_line(before, after) / (len(before) * len(after)) + CLOSE
    assert apart == 50


def ties_on_the_line(before: Sequence[float], after: Sequence[float]) -> int:
    values = [Fraction(str(value)) for value in [*before, *after]]
    slopes = [(values[j] - values[i]) / (j - i) for j in range(len(before)) for i in range(j)]
    left = [value - median(slopes) * index for index, value in enumerate(values)]
    return sum(a == b for a in left[: len(before)] for b in left[len(before) :])


@pytest.mark.parametrize(
    ("index", "expected"),
    [(nap, 38.5 / 42), (tau, 35 / 42), (tau_u, 31 / 42), (pnd, 5 / 7), (pand, 11 / 13), (ird, 6 / 7 - 1 / 6)],
)
def test_the_example_of_parker_vannest_and_davis(index: Callable[..., float], expected: float) -> None:
    assert index(A, B) == pytest.approx(expected, abs=CLOSE)


def test_the_second_example_of_parker_vannest_and_davis() -> None:
    before, after = [3, 3, 4, 5], [4, 5, 6, 7, 7]
    assert (tau(before, after), tau_u(before, after)) == pytest.approx((16 / 20, 11 / 20))


def test_the_example_of_parker_vannest_davis_and_sauber() -> None:
    """Of the paper on Tau-U, figure 1: 17 better pairs of 20, 1 worse, 2 ties; 4 of the baseline rise and 1 falls."""
    before, after = [2, 3, 5, 3], [4, 5, 5, 7, 6]
    assert (tau(before, after), nap(before, after), tau_u(before, after)) == (16 / 20, 18 / 20, 13 / 20)


def test_the_example_of_a_behavior_that_is_to_grow_less() -> None:
    """Of the documentation of the R package scan ("gretchen"): NAP 94%, rescaled 88%."""
    before, after = [12, 14, 9, 10], [10, 6, 4, 5, 3, 4]
    over, ratio = nap(before, after, increase=False), tau(before, after, increase=False)
    assert (over, ratio) == (22.5 / 24, 21 / 24)
    assert (pnd(before, after, increase=False), ird(before, after, increase=False)) == pytest.approx(
        (5 / 6, 1 - 10 / 48)
    )


def test_the_ratio_of_pustejovsky_is_the_formula_on_paper() -> None:
    """R2 = ln M + s^2 / (2 n M^2) of one phase less the other's; M 22.67 and 27.57, s^2 6.27 and 5.62."""
    by_hand = log(193 / 7) + (118 / 21) / (2 * 7 * (193 / 7) ** 2) - log(68 / 3) - (94 / 15) / (2 * 6 * (68 / 3) ** 2)
    assert lrr(A, B) == pytest.approx(by_hand, abs=1e-12) and round(by_hand, 4) == 0.1954
    assert lrr(A, B, increase=False) == pytest.approx(-by_hand, abs=1e-12)


def test_the_example_of_tarlow() -> None:
    """Its Tau-U and corrected Tau as the tests of SingleCaseES have them."""
    before, after = [1, 2, 3, 4, 5], [6, 7, 8, 9, 10]
    assert (tau(before, after), tau_u(before, after), tau_bc(before, after)) == (1, 0.6, 0)


def test_tenths_on_one_straight_line_leave_nothing() -> None:
    """In binary fractions 0.1, 0.2, 0.3 are not evenly apart."""
    line = [step / 10 for step in range(1, 12)]
    assert tau_bc(line[:4], line[4:]) == 0


@pytest.mark.parametrize("index", ALL)
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([], []),
        ([1], [2]),
        ([1, 2], [1, 2, 3]),
        ([1, 2, 3], [1, 2]),
        ([1, 2, nan], [1, 2, 3]),
        ([1, 2, 3], [inf, 2, 3]),
        ([1, 2, 3], [1, -inf, 3]),
        ([1, None, 3], [1, 2, 3]),
        ([1, 2, 3], ["1", 2, 3]),
        ([1, 2, 3], [1j, 2, 3]),
        (pd.Series([1, None, 3], dtype="Int64"), [1, 2, 3]),
        ([Decimal("NaN"), 2, 3], [1, 2, 3]),
        (np.array([A]), np.array([B])),
    ],
)
def test_nothing_is_said_about_too_little_or_no_number(index: Callable[..., Any], before: Any, after: Any) -> None:
    assert (index(before, after), index(before, after, increase=False)) == (None, None)


@pytest.mark.parametrize("index", ALL)
@pytest.mark.parametrize(
    "kind",
    [
        tuple,
        np.array,
        lambda values: np.array(values, float),
        lambda values: np.array(values, "float32"),
        lambda values: np.array(values, "uint8"),
        lambda values: pd.Series(values, index=range(len(values), 0, -1)),
        lambda values: [*map(float, values)],
        lambda values: [*map(Fraction, values)],
        lambda values: [*map(Decimal, values)],
    ],
)
def test_any_sequence_of_numbers_will_do(index: Callable[..., Any], kind: Callable[..., Any]) -> None:
    ours = index(kind(A), kind(B))
    assert (ours, type(ours)) == (index(A, B), float)


def test_no_number_is_too_large_or_too_small_or_too_near_another() -> None:
    for small in (5e-324, 1e-200):
        assert [index([small] * 3, [2 * small, 3 * small, 4 * small]) for index in ALL] == [1, 1, 1, 1, 1, 1, 1, 0]
        assert lrr([small] * 3, [2 * small] * 3, counts=False) == pytest.approx(log(2))
    assert lrr([1e308] * 3, [1.5e308] * 3) == pytest.approx(log(1.5))
    assert lrr([10**400] * 3, [2 * 10**400] * 3) == pytest.approx(log(2))
    assert nap([2**53] * 3, [2**53 + 1] * 3) == 1
    thirds: tuple[Any, Any] = [Fraction(1, 3)] * 3, [Fraction(10**20 + 1, 3 * 10**20)] * 3
    assert nap(*thirds) == 1
    tenths: Any = np.array([0.1, 0.2, 0.3], "float32")
    assert tau_bc(tenths, [0.4, 0.5, 0.6]) == 0


def test_no_ratio_with_negative_values() -> None:
    assert lrr([-1, 2, 3], [4, 5, 6]) is None


def test_all_zeros_and_no_variance_divide_by_nothing() -> None:
    zeros = [0, 0, 0]
    assert [index(zeros, zeros) for index in ALL] == [0.5, 0, 0, 0, 0, 0.5, 0, 0]
    assert nap(zeros, [1, 1, 1]) == 1


def test_the_ratio_of_a_doubled_mean_is_the_logarithm_of_two() -> None:
    long = 1000
    assert lrr([9.0, 11.0] * long, [18.0, 22.0] * long) == pytest.approx(log(2), abs=1e-6)


few = st.lists(st.integers(0, 4), min_size=3, max_size=5)


@given(few, few, st.booleans())
def test_each_index_is_its_definition_counted_out(before: list[int], after: list[int], increase: bool) -> None:
    """With heavy ties: all pairs one by one, and for PAND all ways to leave points out."""
    sign, m, n = 1 if increase else -1, len(before), len(after)
    low, high = [sign * value for value in before], [sign * value for value in after]
    pairs = [(a, b) for a in low for b in high]
    score = sum(b > a for a, b in pairs) - sum(b < a for a, b in pairs)
    within = [(a, b) for place, a in enumerate(low) for b in low[place + 1 :]]
    rises = sum(b > a for a, b in within) - sum(b < a for a, b in within)
    left = [
        stay_low + stay_high
        for stay_low in range(m + 1)
        for stay_high in range(n + 1)
        if not stay_low or not stay_high or sorted(low)[stay_low - 1] < sorted(high)[-stay_high]
    ]
    assert nap(before, after, increase=increase) == pytest.approx((score + m * n) / (2 * m * n))
    assert tau(before, after, increase=increase) == pytest.approx(score / (m * n))
    assert tau_u(before, after, increase=increase) == pytest.approx((score - rises) / (m * n))
    assert pnd(before, after, increase=increase) == pytest.approx(sum(all(b > a for a in low) for b in high) / n)
    assert pand(before, after, increase=increase) == pytest.approx(max(left) / (m + n))


@given(phases, phases)
def test_identities(before: list[float], after: list[float]) -> None:
    over, ratio, share = nap(before, after), tau(before, after), pand(before, after)
    assert over is not None and ratio is not None and share is not None
    assert ratio == pytest.approx(2 * over - 1, abs=CLOSE)
    m, n = len(before), len(after)
    assert ird(before, after) == pytest.approx(1 - (m + n) ** 2 / (2 * m * n) * (1 - share), abs=CLOSE)
    assert max(m, n) / (m + n) <= share + CLOSE <= 1 + 2 * CLOSE


@given(phases, phases)
def test_less_is_the_mirror_of_more(before: list[float], after: list[float]) -> None:
    top = max(*before, *after)
    mirrored = [top - value for value in before], [top - value for value in after]
    for index in (nap, tau, tau_u, tau_bc, pnd, pand, ird):
        assert index(before, after, increase=False) == pytest.approx(index(*mirrored), abs=CLOSE)
    up, down = lrr(before, after), lrr(before, after, increase=False)
    assert up is not None and down == -up


@given(phases, phases, st.integers(1, 5), st.integers(0, 9))
def test_units_do_not_matter_to_overlap(before: list[float], after: list[float], times: int, plus: int) -> None:
    scaled = [times * value + plus for value in before], [times * value + plus for value in after]
    for index in (nap, tau, tau_u, tau_bc, pnd, pand, ird):
        assert index(*scaled) == pytest.approx(index(before, after), abs=CLOSE)
