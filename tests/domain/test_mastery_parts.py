"""Each part of a mastery criterion by itself, worked out by hand: what counts, what is left out, and on which day."""

from datetime import date

import pytest

from therapytrack.domain.accuracy import Purpose, Score
from therapytrack.domain.mastery import Comparator, MasteryCriterion, MasteryResult, Window, WindowKind
from therapytrack.domain.points import Metric, Point

TWO = Window(WindowKind.CONSECUTIVE, 2, 2)


def probe(day: int, correct: int, n: int = 10, **more: object) -> Point:
    """A probe of a day in May 2026."""
    return Point(date(2026, 5, day), Score(n, correct), Purpose.PROBE)._replace(**more)  # type: ignore[arg-type]


def met_on(result: MasteryResult) -> int | None:
    """The day in May, None while it is not met."""
    return result.met_on.day if result.met_on else None


@pytest.mark.parametrize(
    ("corrects", "day"),
    [
        ([8, 8], 2),  # exactly the target counts
        ([7, 8, 8], 3),
        ([8, 7, 8, 8], 4),  # the miss breaks the run
        ([8, 7, 8, 7], None),
        ([8], None),
        ([], None),
    ],
)
def test_two_in_a_row_at_eighty_percent(corrects: list[int], day: int | None) -> None:
    points = [probe(on, correct) for on, correct in enumerate(corrects, start=1)]
    assert met_on(MasteryCriterion(80, window=TWO).is_met(points)) == day


@pytest.mark.parametrize(
    ("corrects", "day"),
    [
        ([9, 0, 9, 9], 4),  # 3 of these 4
        ([9, 9, 0, 0, 9], None),  # never 3 within 4 in a row
        ([9, 9, 0, 0, 9, 9], None),
        ([9, 9, 0, 0, 9, 9, 9], 7),
        ([9, 9, 9], 3),  # 3 of 3 are 3 of 4 as well
    ],
)
def test_three_of_four_in_a_row(corrects: list[int], day: int | None) -> None:
    points = [probe(on, correct) for on, correct in enumerate(corrects, start=1)]
    assert met_on(MasteryCriterion(80, window=Window(WindowKind.K_OF_N, 3, 4)).is_met(points)) == day


def test_a_point_of_too_few_trials_neither_counts_nor_breaks_the_run() -> None:
    criterion = MasteryCriterion(80, window=TWO, min_opportunities=10)
    assert met_on(criterion.is_met([probe(1, 9), probe(2, 0, n=9), probe(3, 9)])) == 3
    assert met_on(criterion.is_met([probe(1, 9), probe(2, 9, n=9)])) is None


def test_zero_trials_say_nothing_and_divide_by_nothing() -> None:
    empty = [probe(1, 0, n=0), probe(2, 0, n=0)]
    assert MasteryCriterion(0, window=TWO).is_met(empty).sentence == "Cannot say yet: no probes."
    falling = MasteryCriterion(20, comparator=Comparator.AT_MOST, window=TWO)
    assert not falling.is_met(empty).met


def test_a_point_that_cannot_be_valued_is_not_below_a_target_either() -> None:
    unmeasured = Point(date(2026, 5, 1), Score(1, 1, 0, 0, None), Purpose.PROBE)
    falling = MasteryCriterion(2, Metric.RATE, Comparator.AT_MOST, window=Window(WindowKind.CONSECUTIVE, 1, 1))
    assert not falling.is_met([unmeasured]).met


@pytest.mark.parametrize(("corrects", "day"), [([5, 2, 2], 3), ([2, 3, 2], None), ([0, 0], 2)])
def test_a_descending_goal_counts_what_is_at_or_below_its_target(corrects: list[int], day: int | None) -> None:
    falling = MasteryCriterion(20, comparator=Comparator.AT_MOST, window=TWO)
    assert met_on(falling.is_met([probe(on, one) for on, one in enumerate(corrects, start=1)])) == day


def test_two_points_of_one_day_stand_in_the_order_in_which_they_were_given() -> None:
    same_day = [probe(4, 9), probe(4, 7), probe(5, 9)]
    assert met_on(MasteryCriterion(80, window=TWO).is_met(same_day)) is None
    assert met_on(MasteryCriterion(80, window=TWO).is_met([same_day[1], same_day[0], same_day[2]])) == 5


def test_practice_between_probes_breaks_no_run_of_probes() -> None:
    practice = probe(2, 0)._replace(purpose=Purpose.PRACTICE)
    points = [probe(1, 9), practice, probe(3, 9)]
    assert met_on(MasteryCriterion(80, window=TWO).is_met(points)) == 3
    assert met_on(MasteryCriterion(80, window=TWO, probe_only=False).is_met(points)) is None


def test_people_are_those_who_recorded_and_namesakes_are_two() -> None:
    criterion = MasteryCriterion(80, window=TWO, people=2)
    alike = [probe(1, 9, recorded_by="A. Lee", recorders=("a",)), probe(2, 9, recorded_by="A. Lee", recorders=("b",))]
    assert met_on(criterion.is_met(alike)) == 2
    one = [probe(1, 9, recorded_by="A. Lee", recorders=("a",)), probe(2, 9, recorded_by="B. Roy", recorders=("a",))]
    assert met_on(criterion.is_met(one)) is None


def test_two_people_who_recorded_one_point_together_count_as_two() -> None:
    criterion = MasteryCriterion(80, window=TWO, people=2)
    assert met_on(criterion.is_met([probe(1, 9, recorders=("a", "b")), probe(2, 9, recorders=("a",))])) == 2


def test_the_people_of_a_window_are_counted_and_not_those_before_it() -> None:
    criterion = MasteryCriterion(80, window=TWO, people=2)
    points = [probe(1, 9, recorders=("b",)), probe(2, 0, recorders=("b",))]
    points += [probe(day, 9, recorders=("a",)) for day in (3, 4, 5)]
    assert met_on(criterion.is_met(points)) is None
    assert met_on(criterion.is_met([*points, probe(6, 9, recorders=("b",))])) == 6


def test_settings_are_places_however_they_are_typed_and_no_place_is_none() -> None:
    criterion = MasteryCriterion(80, window=TWO, settings=2)
    assert met_on(criterion.is_met([probe(1, 9, setting="Room 12"), probe(2, 9, setting="room  12")])) is None
    assert met_on(criterion.is_met([probe(1, 9, setting="Room 12"), probe(2, 9)])) is None
    assert met_on(criterion.is_met([probe(1, 9, setting="Room 12"), probe(2, 9, setting="Playground")])) == 2


def test_a_prompt_above_the_ceiling_or_of_another_scale_does_not_count() -> None:
    criterion = MasteryCriterion(80, Metric.SUPPORTED, window=Window(WindowKind.CONSECUTIVE, 1, 1), max_prompt_level=1)
    cued = Point(date(2026, 5, 1), Score(10, 5, 4), Purpose.PROBE, prompt_level=1, prompt_scale=1)
    assert criterion.is_met([cued]).met
    assert not criterion.is_met([cued._replace(prompt_level=2)]).met
    assert not criterion.is_met([cued._replace(prompt_scale=2)]).met
    assert criterion.is_met([cued._replace(score=Score(10, 9, 0), prompt_level=None)]).met  # no cue, no level


def test_data_from_before_the_criterion_was_changed_do_not_meet_the_new_one() -> None:
    points = [probe(day, 9) for day in (1, 2, 3)]
    changed = date(2026, 5, 3)
    criterion = MasteryCriterion(90, window=TWO)
    assert met_on(criterion.is_met(points)) == 2
    result = criterion.is_met(points, changed)
    assert (result.met, result.sentence) == (
        False,
        (
            "Not yet: 1 of 1 probe at 90% or more, 2 needed. Data from before May 3, 2026 were taken under another "
            "wording."
        ),
    )
    assert met_on(criterion.is_met([*points, probe(4, 9)], changed)) == 4


def test_baseline_before_the_change_is_not_told_as_left_out() -> None:
    baseline = [probe(1, 9, phase="Baseline")]
    assert MasteryCriterion(90).is_met(baseline, date(2026, 5, 3)).sentence == "Cannot say yet: no probes."
