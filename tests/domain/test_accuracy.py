"""Scores and the Wilson interval against published figures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from therapytrack.domain.accuracy import Score, percent_text, wilson_interval
from therapytrack.errors import Invalid

counts = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def test_a_score_without_trials_has_no_percentage() -> None:
    assert (Score(0, 0).independent, Score(0, 0).supported) == (None, None)


def test_cued_trials_count_as_supported_only() -> None:
    score = Score(n=20, correct=12, cued=4)
    assert (score.independent, score.supported) == (60.0, 80.0)


@pytest.mark.parametrize(("n", "correct", "cued"), [(10, 11, 0), (10, 6, 5), (-1, 0, 0), (3, -1, 0)])
def test_impossible_counts_are_refused(n: int, correct: int, cued: int) -> None:
    with pytest.raises(Invalid):
        Score(n, correct, cued)


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        (8, 10, 0.4902, 0.9433),
        (16, 20, 0.5840, 0.9193),
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_agrees_with_published_values(successes: int, n: int, low: float, high: float) -> None:
    # The last four are Newcombe 1998, table I, method 3.
    assert wilson_interval(successes, n) == pytest.approx((low, high), abs=6e-5)


@given(counts, st.floats(0.5, 0.999))
def test_the_interval_agrees_with_scipy(pair: tuple[int, int], confidence: float) -> None:
    theirs = binomtest(*pair).proportion_ci(confidence_level=confidence, method="wilson")
    assert wilson_interval(*pair, confidence) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


@given(counts)
def test_the_interval_holds_the_share_and_stays_between_0_and_1(pair: tuple[int, int]) -> None:
    low, high = wilson_interval(*pair)
    assert 0 <= low <= pair[0] / pair[1] <= high <= 1


def test_no_trials_leave_everything_possible() -> None:
    assert wilson_interval(0, 0) == (0.0, 1.0)


def test_more_successes_than_trials_are_refused() -> None:
    with pytest.raises(Invalid):
        wilson_interval(3, 2)


def test_halves_round_up() -> None:
    assert [percent_text(value) for value in (26.5, 27.5, 76.67, 0, 100)] == ["27%", "28%", "77%", "0%", "100%"]
