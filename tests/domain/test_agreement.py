"""Point-by-point agreement, by hand."""

import pytest

from therapytrack.domain.agreement import Agreement, point_by_point, together


@pytest.mark.parametrize(
    "first, second, agreed, trials, percent",
    [
        ("++-+", "++-+", 4, 4, 100),
        ("++-+", "+--+", 3, 4, 75),
        ("+++++", "+++", 3, 5, 60),
        ("+-", "+-+-", 2, 4, 50),
        ("", "+", 0, 1, 0),
        ("+c-", "c+-", 1, 3, 100 / 3),
    ],
)
def test_the_nth_trial_is_held_against_the_nth(
    first: str, second: str, agreed: int, trials: int, percent: float
) -> None:
    found = point_by_point(first, second)
    assert found == Agreement(agreed, trials)
    assert found.percent == pytest.approx(percent)
    assert point_by_point(second, first) == found


def test_nothing_scored_is_no_agreement_and_several_goals_count_by_their_trials() -> None:
    assert point_by_point("", "").percent is None
    assert together([Agreement(3, 4), Agreement(0, 0), Agreement(1, 4)]) == Agreement(4, 8)
