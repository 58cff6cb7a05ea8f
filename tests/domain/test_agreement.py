"""Point-by-point agreement, by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapytrack.domain.agreement import Agreement, Scored, on_cue, on_outcome, pairs, together


def row(outcomes: str) -> list[Scored]:
    return [Scored(one) for one in outcomes]


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
    found = on_outcome(pairs(row(first), row(second)))
    assert found == Agreement(agreed, trials)
    assert found.percent == pytest.approx(percent)
    assert on_outcome(pairs(row(second), row(first))) == found


def test_nothing_scored_is_no_agreement_and_several_goals_count_by_their_trials() -> None:
    assert on_outcome(pairs([], [])).percent is None
    assert together([Agreement(3, 4), Agreement(0, 0), Agreement(1, 4)]) == Agreement(4, 8)


@given(st.permutations([Scored("+", None, 1), Scored("c", None, 2), Scored("-", None, 3), Scored("-", None, 4)]))
def test_steps_are_held_against_the_same_step_in_whatever_order_they_were_scored(second: list[Scored]) -> None:
    first = [Scored("+", None, 1), Scored("c", None, 2), Scored("+", None, 3)]
    assert on_outcome(pairs(first, second)) == Agreement(2, 4)


def test_a_step_that_was_tried_twice_is_held_against_its_own_second_try() -> None:
    first = [Scored("-", None, 1), Scored("+", None, 2), Scored("+", None, 1)]
    second = [Scored("+", None, 2), Scored("-", None, 1), Scored("-", None, 1)]
    assert on_outcome(pairs(first, second)) == Agreement(2, 3)


MINIMAL, MODERATE, OTHER_SCALE = (1, 1), (1, 2), (2, 1)


@pytest.mark.parametrize(
    "first, second, found",
    [
        (Scored("cued", MINIMAL), Scored("cued", MINIMAL), Agreement(2, 3)),
        (Scored("cued", MINIMAL), Scored("cued", MODERATE), Agreement(1, 3)),
        (Scored("cued", MINIMAL), Scored("cued", OTHER_SCALE), Agreement(1, 3)),
        (Scored("cued", MINIMAL), Scored("cued"), None),
        (Scored("cued", MINIMAL), Scored("correct"), None),
    ],
)
def test_cue_levels_are_compared_where_both_recorded_one(
    first: Scored, second: Scored, found: Agreement | None
) -> None:
    others = row("+-"), row("++")
    assert on_cue(pairs([*others[0], first], [*others[1], second])) == found


def test_a_cue_without_two_levels_is_left_out_of_that_figure_alone() -> None:
    first = [Scored("correct"), Scored("cued", MINIMAL), Scored("cued", MINIMAL), Scored("incorrect")]
    second = [Scored("correct"), Scored("cued", MINIMAL), Scored("cued"), Scored("correct")]
    both = pairs(first, second)
    assert (on_outcome(both), on_cue(both)) == (Agreement(3, 4), Agreement(2, 3))
