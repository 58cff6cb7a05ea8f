"""What raw events come to: exact, in any amount, whatever else happened."""

from datetime import date
from fractions import Fraction
from itertools import pairwise
from statistics import median
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapytrack.domain.accuracy import Outcome, Purpose, Score
from therapytrack.domain.goal_form import fields_of, parse_goal
from therapytrack.domain.goal_setup import merged_targets
from therapytrack.domain.measures import (
    METRICS,
    TAKES,
    Counted,
    Measure,
    Raw,
    Sign,
    comparable,
    counted,
    measures_taking,
    metric_of,
)
from therapytrack.domain.place_results import place_lines
from therapytrack.domain.points import Metric, Point
from therapytrack.domain.prompt_levels import levels_text, parse_levels
from therapytrack.domain.score_words import counts_text, data_words, score_text, source_words
from therapytrack.domain.taps import MOST_PLACES
from therapytrack.domain.units import axis_ticks, clock_text, seconds_text, value_text
from therapytrack.errors import Invalid

COUNT, START = Raw(Sign.COUNT), Raw(Sign.START)


def stop(milliseconds: int) -> Raw:
    return Raw(Sign.STOP, None, milliseconds)


times = st.lists(st.integers(0, 43_200_000), max_size=20)


@given(st.integers(0, 300), times)
def test_a_rate_is_counts_over_observed_minutes(count: int, stops: list[int]) -> None:
    found = counted(Metric.RATE, [COUNT] * count + [START] + [stop(one) for one in stops])
    assert (found.hits, found.amount, found.n) == (count, sum(stops), count + len(stops))
    assert found.value == (float(Fraction(count * 60_000, sum(stops))) if sum(stops) else None)


def test_nothing_in_an_observed_time_is_a_rate_of_zero_and_without_time_there_is_no_rate() -> None:
    assert counted(Metric.RATE, [START, stop(300_000)]) == Counted(1, 0, 300_000, 0.0)
    assert counted(Metric.RATE, [COUNT, COUNT]) == Counted(2, 2, 0, None)
    assert counted(Metric.COUNT, [COUNT, COUNT]).value == 2.0
    assert counted(Metric.COUNT, [START]) == Counted(0, 0, 0, None)


@pytest.mark.parametrize("metric", [Metric.COUNT, Metric.RATE, Metric.MEAN_TIME, Metric.MEDIAN_TIME, Metric.TOTAL_TIME])
def test_none_today_is_a_zero_that_was_observed_until_something_occurs_after_all(metric: Metric) -> None:
    none = Raw(Sign.NONE)
    assert counted(metric, [none]) == counted(metric, [none, none, START]) == Counted(1, 0, 0, 0.0)
    assert counted(metric, [none, COUNT, stop(5000)]) == counted(metric, [COUNT, stop(5000)])
    assert counted(metric, []).value is None


@given(times)
def test_durations_are_exact_and_a_start_alone_counts_nothing(stops: list[int]) -> None:
    events = [event for one in stops for event in (START, START, stop(one))] + [START]
    total, mean, middle = (counted(one, events) for one in METRICS[Measure.DURATION][::-1])
    assert counted(Metric.TOTAL_TIME, events).n == len(stops)
    if not stops:
        assert (total.value, mean.value, middle.value) == (None, None, None)
        return
    assert counted(Metric.TOTAL_TIME, events).value == float(Fraction(sum(stops), 1000))
    assert counted(Metric.MEAN_TIME, events).value == float(Fraction(sum(stops), 1000 * len(stops)))
    assert counted(Metric.MEDIAN_TIME, events).value == float(Fraction(median(stops)) / 1000)


@given(st.lists(st.tuples(st.sampled_from([Sign.HIT, Sign.MISS]), st.integers(1, 30)), max_size=60))
def test_an_interval_counts_once_as_it_was_marked_last(marks: list[tuple[Sign, int]]) -> None:
    found = counted(Metric.INTERVALS, [Raw(sign, place) for sign, place in marks])
    last = {place: sign for sign, place in marks}
    assert (found.n, found.hits) == (len(last), list(last.values()).count(Sign.HIT))
    assert found.amount is None, "a percentage, counted like trials"


@given(st.lists(st.integers(1, 10), max_size=9))
def test_a_rubric_is_the_median_of_its_ratings(levels: list[int]) -> None:
    found = counted(Metric.LEVEL, [Raw(Sign.RATED, level) for level in levels])
    assert found == Counted(len(levels), 0, 0, float(median(levels)) if levels else None)


@given(st.sampled_from(Measure), st.sampled_from([*Outcome, *Sign]))
def test_the_words_for_the_database_say_what_each_measure_takes(measure: Measure, outcome: Outcome | Sign) -> None:
    assert (f",{measure}," in measures_taking(outcome)) == (outcome in TAKES[measure])


@pytest.mark.parametrize(
    ("one", "other", "fits"),
    [
        (("trials", {"metric": "independent"}), ("tally", {"metric": "supported"}), True),
        (("rate", {}), ("rate", {"target": 2}), True),
        (("rate", {}), ("trials", {}), False),
        (("task", {}), ("trials", {}), False),
        (("duration", {"metric": "mean_time"}), ("duration", {"metric": "total_time"}), False),
        (("duration", {"metric": "mean_time"}), ("latency", {"metric": "mean_time"}), False),
    ],
)
def test_only_the_same_unit_of_the_same_thing_is_compared(one: Any, other: Any, fits: bool) -> None:
    assert comparable(one, other) is comparable(other, one) is fits


def test_what_a_criterion_says_fits_the_measure_or_gives_way() -> None:
    assert metric_of("duration", {"metric": "total_time"}) is Metric.TOTAL_TIME
    assert metric_of("rate", {"metric": "independent"}) is Metric.RATE
    assert metric_of("trials", {}) is Metric.INDEPENDENT


@pytest.mark.parametrize(
    ("metric", "score", "value", "counts", "words"),
    [
        (Metric.INDEPENDENT, Score(20, 16), "80%", "16/20", "16 of 20 correct (80%)"),
        (Metric.RATE, Score(13, 12, 0, 500_000, 1.44), "1.44 per min", "12 times in 8:20",
         "1.44 per min (12 times in 8:20)"),
        (Metric.RATE, Score(1, 1, 0, 0), "–", "1 time", "1 time"),
        (Metric.COUNT, Score(4, 4, 0, 0, 4.0), "4 times", "4 times", "4 times"),
        (Metric.MEAN_TIME, Score(2, 0, 0, 130_000, 65.0), "1 min 5 s", "2 episodes, 2:10 in all",
         "1 min 5 s (2 episodes, 2:10 in all)"),
        (Metric.COUNT, Score(1, 0, 0, 0, 0.0), "0 times", "0 times", "0 times"),
        (Metric.RATE, Score(1, 0, 0, 0, 0.0), "0 per min", "0 times", "0 per min (0 times)"),
        (Metric.TOTAL_TIME, Score(1, 0, 0, 0, 0.0), "0 s", "no episodes", "0 s (no episodes)"),
        (Metric.INTERVALS, Score(20, 12), "60%", "12/20", "12 of 20 intervals (60%)"),
        (Metric.INTERVALS, Score(1, 0), "0%", "0/1", "0 of 1 interval (0%)"),
        (Metric.LEVEL, Score(1, 0, 0, 0, 2.0), "level 2", "1 rating", "level 2 (1 rating)"),
    ],
)  # fmt: skip
def test_data_are_said_in_their_unit(metric: Metric, score: Score, value: str, counts: str, words: str) -> None:
    assert (score_text(metric, score), counts_text(metric, score), data_words(metric, score)) == (value, counts, words)


def test_steps_of_a_task_are_said_as_steps() -> None:
    assert data_words(Metric.INDEPENDENT, Score(9, 7, 1), "task") == "7 of 9 steps independent (78%)"
    assert data_words(Metric.INDEPENDENT, Score(1, 1), "task") == "1 of 1 step independent (100%)"


def test_a_task_of_few_steps_is_mastered_without_ten_trials() -> None:
    asked = FORM | {"metric": "independent", "min_opportunities": "10"}
    task = parse_goal(asked | {"measure": "task", "steps": "Wets\nRinses"}, date(2026, 1, 5))
    trials = parse_goal(asked | {"measure": "trials"}, date(2026, 1, 5))
    assert (task.mastery["min_opportunities"], trials.mastery["min_opportunities"]) == (1, 10)


@pytest.mark.parametrize(
    ("metric", "score", "measure", "words"),
    [
        (Metric.INDEPENDENT, Score(1, 1), "trials", "1 probe trial"),
        (Metric.INDEPENDENT, Score(9, 7), "task", "9 probe steps"),
        (Metric.MEAN_TIME, Score(3, 0, 0, 9000, 3.0), "duration", "3 probe episodes"),
        (Metric.MEAN_TIME, Score(1, 0, 0, 0, 0.0), "duration", "no probe episodes"),
        (Metric.RATE, Score(13, 12, 0, 500_000, 1.44), "rate", "probe counts"),
        (Metric.COUNT, Score(4, 4, 0, 0, 4.0), "frequency", "probe counts"),
    ],
)
def test_a_source_counts_what_was_observed_and_no_stop_of_a_clock(
    metric: Metric, score: Score, measure: str, words: str
) -> None:
    assert source_words(metric, score, measure, "probe") == words


@given(st.sampled_from(Metric), st.floats(0, 100_000))
def test_an_axis_begins_at_zero_rises_evenly_and_holds_every_value(metric: Metric, highest: float) -> None:
    ticks = axis_ticks(metric, min(highest, 10) if metric is Metric.LEVEL else highest)
    steps = {round(b - a, 6) for a, b in pairwise(ticks)}
    assert ticks[0] == 0
    assert len(ticks) <= 12
    assert len({round(step / ticks[1], 6) for step in steps}) == 1
    if metric not in (Metric.INDEPENDENT, Metric.SUPPORTED, Metric.INTERVALS, Metric.LEVEL):
        assert ticks[-1] >= highest * (1 - 1e-6)


def test_times_are_written_as_people_write_them() -> None:
    assert [seconds_text(one) for one in (0, 4.25, 9.94, 9.96, 59.6, 65, 120)] == [
        "0 s", "4.3 s", "9.9 s", "10 s", "1 min", "1 min 5 s", "2 min",
    ]  # fmt: skip
    assert [clock_text(one) for one in (0, 65_400, 3_723_000)] == ["0:00", "1:05", "1:02:03"]
    assert value_text(Metric.RATE, 1.5) == "1.5 per min"
    assert value_text(Metric.COUNT, 1) == "1 time"


def test_a_point_gives_its_value_by_the_metric() -> None:
    point = Point(date(2026, 1, 5), Score(13, 12, 0, 500_000, 1.44), Purpose.PROBE)
    assert point.value(Metric.RATE) == 1.44
    assert point._replace(score=Score(20, 12)).value(Metric.INTERVALS) == 60


def test_a_step_is_stuck_when_it_is_done_alone_the_least_often() -> None:
    scores = {
        (1, "practice"): Score(4, 4),
        (2, "practice"): Score(3, 1, 2),
        (2, "probe"): Score(1, 0),
        (3, "probe"): Score(2, 0),
    }
    lines = place_lines(["a", "b", "c"], scores, steps=True)
    assert [line.stuck for line in lines] == [False, True, False], "of c there is too little to say"
    assert (lines[1].probe, lines[1].practice) == ("0% 0/1", "33% 1/3")
    assert not any(line.stuck for line in place_lines(["a", "b", "c"], scores, steps=False))


def test_a_scale_is_written_one_level_a_line() -> None:
    levels = parse_levels({"levels": "Look:  a look \n\nTouch: a touch: light"})
    assert levels == [("Look", "a look"), ("Touch", "a touch: light")]
    assert parse_levels({"levels": levels_text(levels)}) == levels


@pytest.mark.parametrize(
    "wrong", ["", "Look", "Look: a\nlook: b", "\n".join(f"L{n}: x" for n in range(10)), "a" * 61 + ": x"]
)
def test_a_scale_that_says_too_little_or_too_much_is_refused(wrong: str) -> None:
    with pytest.raises(Invalid):
        parse_levels({"levels": wrong})


FORM = {
    "label": "Calls out", "behavior": "call out", "direction": "down", "target_on": "2027-05-28", "points_needed": "3",
    "baseline_value": "", "target_value": "0.5",
}  # fmt: skip


@pytest.mark.parametrize(
    ("more", "metric", "setup", "places"),
    [
        ({"measure": "rate"}, "rate", {}, 0),
        ({"measure": "duration", "metric": "total_time", "target_value": "300"}, "total_time", {}, 0),
        ({"measure": "interval", "interval_kind": "whole", "interval_seconds": "15", "interval_number": "20"},
         "intervals", {"kind": "whole", "seconds": 15, "intervals": 20}, 0),
        ({"measure": "task", "metric": "independent", "steps": "Wets\nRinses"}, "independent",
         {"steps": ["Wets", "Rinses"]}, 2),
        ({"measure": "rubric", "levels": "No: not yet\nYes: always", "target_value": "2"}, "level",
         {"levels": [["No", "not yet"], ["Yes", "always"]]}, 2),
        ({"measure": "narrative", "target_value": ""}, "nothing", {}, 0),
    ],
)  # fmt: skip
def test_a_goal_of_each_measure_is_read_and_written_back(
    more: dict[str, str], metric: str, setup: dict[str, object], places: int
) -> None:
    form = parse_goal(FORM | more, date(2026, 11, 25))
    assert (form.mastery["metric"], form.setup, form.places) == (metric, setup, places)
    assert parse_goal(fields_of(form), date(2026, 11, 25)) == form


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"measure": "rate", "target_value": "1001"}, "target_value"),
        ({"measure": "rate", "direction": "up", "target_value": "0"}, "target_value"),
        ({"measure": "interval", "direction": "down", "target_value": "100"}, "target_value"),
        ({"measure": "rubric", "levels": "Only: one", "target_value": "1"}, "levels"),
        ({"measure": "rubric", "levels": "A\nB", "target_value": "1"}, "levels"),
        ({"measure": "rubric", "levels": "A: a\nB: b", "target_value": "3"}, "target_value"),
        ({"measure": "task", "metric": "independent", "steps": ""}, "steps"),
        (
            {"measure": "interval", "interval_kind": "x", "interval_seconds": "1", "interval_number": "0"},
            "interval_kind",
        ),
        ({"measure": "duration", "metric": "rate"}, "metric"),
        ({"measure": "nonsense"}, "measure"),
    ],
)
def test_what_a_measure_cannot_be_is_said_beside_its_field(more: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_goal(FORM | more, date(2026, 11, 25))
    assert field in refused.value.fields


def test_a_target_keeps_its_number_for_good() -> None:
    first = merged_targets([], ["sun", "star"])
    later = merged_targets(first, ["star", "snake"])
    assert [(one["name"], one["away"]) for one in later] == [("sun", True), ("star", False), ("snake", False)]
    assert merged_targets(later, ["sun"])[0] == {"name": "sun", "away": False}
    with pytest.raises(Invalid) as refused:
        merged_targets([{"name": str(number), "away": True} for number in range(MOST_PLACES)], ["sun"])
    assert "targets" in refused.value.fields
