"""Mastery criteria: when a run of points counts, and the words that explain it."""

import json
from contextlib import nullcontext
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapytrack.domain.accuracy import Purpose, Score
from therapytrack.domain.mastery import Comparator, MasteryCriterion, Window, WindowKind
from therapytrack.domain.points import Metric, Point
from therapytrack.domain.units import UNITS
from therapytrack.errors import Invalid

START = date(2026, 1, 5)
THREE_IN_A_ROW = MasteryCriterion(target=80)


def probes(*corrects: int, n: int = 10, **facts: Any) -> list[Point]:
    return [
        Point(START + timedelta(weeks=week), Score(n, correct), Purpose.PROBE, **facts)
        for week, correct in enumerate(corrects)
    ]


@st.composite
def criteria(draw: st.DrawFn) -> MasteryCriterion:
    k = draw(st.integers(1, 6))
    metric = draw(st.sampled_from(Metric))
    kind = draw(st.sampled_from(WindowKind))
    n = k if kind is WindowKind.CONSECUTIVE else draw(st.integers(k, 8))
    return MasteryCriterion(
        target=draw(st.floats(0, UNITS[metric].limit)),
        metric=metric,
        comparator=draw(st.sampled_from(Comparator)),
        min_opportunities=draw(st.integers(1, 30)),
        window=Window(kind, k, n),
        max_prompt_level=draw(st.none() | st.integers(0, 6)),
        probe_only=draw(st.booleans()),
        people=draw(st.integers(1, k)),
        settings=draw(st.integers(1, k)),
        prompt_scale=draw(st.integers(1, 3)),
    )


@given(criteria())
def test_a_criterion_survives_its_storage_as_json(criterion: MasteryCriterion) -> None:
    assert MasteryCriterion.from_dict(json.loads(json.dumps(criterion.to_dict()))) == criterion


@given(criteria(), st.lists(st.integers(0, 10), max_size=12))
def test_every_criterion_gives_an_answer_in_a_sentence(criterion: MasteryCriterion, corrects: list[int]) -> None:
    result = criterion.is_met(probes(*corrects))
    assert result.sentence.endswith(".")
    assert result.met == (result.met_on is not None)


@given(criteria(), st.lists(st.integers(0, 10), max_size=10), st.integers(0, 10))
def test_what_was_met_stays_met(criterion: MasteryCriterion, corrects: list[int], later: int) -> None:
    if criterion.is_met(probes(*corrects)).met:
        assert criterion.is_met(probes(*corrects, later)).met


def test_three_probes_in_a_row_meet_the_criterion_on_the_day_of_the_third() -> None:
    result = THREE_IN_A_ROW.is_met(probes(7, 8, 8, 9, 4))
    assert (result.met, result.met_on) == (True, START + timedelta(weeks=3))
    assert result.sentence == "Met on Jan 26, 2026: 80% or more without cues in 3 probes in a row."


def test_a_miss_between_breaks_a_run() -> None:
    result = THREE_IN_A_ROW.is_met(probes(8, 8, 7, 8, 8))
    assert result.sentence == "Not yet: 2 of the last 3 probes at 80% or more, 3 needed."


def test_the_order_in_which_points_are_given_does_not_matter() -> None:
    broken = probes(8, 8, 7, 8)
    assert not THREE_IN_A_ROW.is_met([broken[2], broken[0], broken[1], broken[3]]).met


@pytest.mark.parametrize(
    ("corrects", "count"),
    [((9,), "1 of 1 probe"), ((9, 7), "1 of the last 2 probes"), ((9,) * 2, "2 of the last 2 probes")],
)
def test_what_is_missing_is_counted_over_the_last_points(corrects: tuple[int, ...], count: str) -> None:
    assert THREE_IN_A_ROW.is_met(probes(*corrects)).sentence == f"Not yet: {count} at 80% or more, 3 needed."


def test_k_of_n_allows_a_miss_between() -> None:
    assert MasteryCriterion(80, window=Window(WindowKind.K_OF_N, 3, 4)).is_met(probes(8, 8, 7, 8)).met


def test_practice_does_not_count_when_the_criterion_asks_for_probes() -> None:
    practice = [Point(START, Score(10, 10), Purpose.PRACTICE)] * 3
    assert THREE_IN_A_ROW.is_met(practice).sentence == "Cannot say yet: no probes."
    assert MasteryCriterion(80, probe_only=False).is_met(practice).met


def test_baseline_does_not_count() -> None:
    assert THREE_IN_A_ROW.is_met(probes(9, 9, 9, phase="Baseline")).sentence == "Cannot say yet: no probes."


def test_points_with_too_few_trials_are_left_out() -> None:
    criterion = MasteryCriterion(80, min_opportunities=10)
    assert criterion.is_met(probes(5, 5, 5, n=5)).sentence == "Cannot say yet: no probes with 10 or more trials."
    two = MasteryCriterion(80, min_opportunities=2)
    assert two.is_met(probes(1, n=1)).sentence == "Cannot say yet: no probes with 2 or more trials."
    points = [*probes(9, 9, 0, 9)]
    points[2] = Point(points[2].on, Score(4, 0), Purpose.PROBE)
    assert criterion.is_met(points).met


def test_a_descending_goal_is_met_from_above() -> None:
    assert MasteryCriterion(20, comparator=Comparator.AT_MOST).is_met(probes(6, 2, 1, 0)).met


def test_probes_by_one_person_do_not_meet_a_criterion_of_two() -> None:
    criterion = MasteryCriterion(80, people=2)
    one = probes(9, 9, 9, recorded_by="R. Alvarez")
    two = [*one[:2], *probes(0, 0, 9, recorded_by="D. Osei")[2:]]
    assert criterion.is_met(one).sentence == (
        "Not yet: the percentage is reached, but not with enough different people."
    )
    assert criterion.is_met(two).met


@pytest.mark.parametrize(
    ("people", "settings", "missing"), [(2, 1, "people"), (1, 2, "settings"), (2, 2, "people or settings")]
)
def test_the_target_reached_by_too_few_says_of_what(people: int, settings: int, missing: str) -> None:
    criterion = MasteryCriterion(80, people=people, settings=settings)
    assert criterion.is_met(probes(9, 9, 9)).sentence == (
        f"Not yet: the percentage is reached, but not with enough different {missing}."
    )


@pytest.mark.parametrize(("level", "met"), [(1, True), (2, True), (3, False), (None, False)])
def test_supported_points_count_up_to_the_prompt_level(level: int | None, met: bool) -> None:
    criterion = MasteryCriterion(
        80, metric=Metric.SUPPORTED, max_prompt_level=2, window=Window(WindowKind.K_OF_N, 1, 1)
    )
    assert criterion.is_met([Point(START, Score(10, 5, 4), Purpose.PROBE, prompt_level=level)]).met is met


def test_without_a_prompt_level_any_cue_counts_and_independence_asks_for_none() -> None:
    cued = Point(START, Score(10, 8, 2), Purpose.PROBE)
    one = Window(WindowKind.CONSECUTIVE, 1, 1)
    assert MasteryCriterion(80, Metric.SUPPORTED, window=one).is_met([cued]).met
    assert MasteryCriterion(80, window=one, max_prompt_level=1).is_met([cued]).met


def test_what_a_stored_criterion_leaves_out_is_three_probes_in_a_row_of_any_number_of_trials() -> None:
    assert MasteryCriterion.from_dict({"target": 80}) == THREE_IN_A_ROW
    assert (
        MasteryCriterion(
            80, Metric.INDEPENDENT, Comparator.AT_LEAST, 1, Window(WindowKind.CONSECUTIVE, 3, 3), None, True, 1, 1, 1
        )
        == THREE_IN_A_ROW
    )


@pytest.mark.parametrize(("most", "fits"), [(50, True), (51, False)])
def test_a_window_is_of_fifty_points_at_most(most: int, fits: bool) -> None:
    with nullcontext() if fits else pytest.raises(Invalid):
        MasteryCriterion(80, window=Window(WindowKind.K_OF_N, 2, most))


@pytest.mark.parametrize(
    ("criterion", "words"),
    [
        (THREE_IN_A_ROW, "80% or more without cues in 3 probes in a row"),
        (
            MasteryCriterion(12.5, comparator=Comparator.AT_MOST, window=Window(WindowKind.CONSECUTIVE, 1, 1)),
            "12.5% or less without cues in 1 probe",
        ),
        (
            MasteryCriterion(2, Metric.COUNT, Comparator.AT_MOST, probe_only=False),
            "2 times or fewer in a session in 3 points in a row",
        ),
        (MasteryCriterion(3, Metric.LEVEL), "level 3 or higher in 3 probes in a row"),
        (MasteryCriterion(80, Metric.SUPPORTED), "80% or more with or without cues in 3 probes in a row"),
        (
            MasteryCriterion(80, min_opportunities=2, settings=2),
            "80% or more without cues in 3 probes in a row, at least 2 trials each, in 2 or more settings",
        ),
        (
            MasteryCriterion(
                90, Metric.SUPPORTED, Comparator.AT_LEAST, 10, Window(WindowKind.K_OF_N, 4, 5), 2, False, 2, 3
            ),
            (
                "90% or more with prompts up to level 2 in 4 of 5 points in a row, at least 10 trials each, "
                "recorded by 2 or more people, in 3 or more settings"
            ),
        ),
    ],
)
def test_a_criterion_is_described_in_plain_english(criterion: MasteryCriterion, words: str) -> None:
    assert criterion.describe() == words


@pytest.mark.parametrize(
    ("stored", "field"),
    [
        ({}, "mastery"),
        ({"target": "many"}, "mastery"),
        ({"target": 80, "metric": "loud"}, "mastery"),
        ({"target": 80, "window": 3}, "mastery"),
        ({"target": 101}, "target"),
        ({"target": float("nan")}, "target"),
        ({"target": 80, "window": {"kind": "consecutive", "k": 3, "n": 4}}, "window"),
        ({"target": 80, "window": {"k": 0}}, "window"),
        ({"target": 80, "people": 0}, "people"),
        ({"target": 80, "people": 4}, "people"),
        ({"target": 80, "settings": 0}, "settings"),
        ({"target": 80, "settings": 4}, "settings"),
        ({"target": 80, "min_opportunities": 0}, "min_opportunities"),
        ({"target": 80, "max_prompt_level": -1}, "max_prompt_level"),
    ],
)
def test_a_criterion_that_makes_no_sense_is_refused_by_field(stored: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        MasteryCriterion.from_dict(stored)
    assert field in refused.value.fields
