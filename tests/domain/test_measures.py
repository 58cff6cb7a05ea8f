"""What raw events come to: exact, in any amount, whatever else happened."""

from datetime import date
from fractions import Fraction
from itertools import pairwise
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapytrack.domain.accuracy import Outcome, Purpose, Score
from therapytrack.domain.measures import (
    METRICS,
    TAKES,
    Counted,
    Measure,
    Raw,
    Sign,
    counted,
    measures_taking,
    metric_of,
)
from therapytrack.domain.points import Metric, Point
from therapytrack.domain.score_words import counts_text, data_words, score_text
from therapytrack.domain.units import axis_ticks, clock_text, seconds_text, value_text

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
        (Metric.INTERVALS, Score(20, 12), "60%", "12/20", "12 of 20 intervals (60%)"),
        (Metric.LEVEL, Score(1, 0, 0, 0, 2.0), "level 2", "1 rating", "level 2 (1 rating)"),
    ],
)  # fmt: skip
def test_data_are_said_in_their_unit(metric: Metric, score: Score, value: str, counts: str, words: str) -> None:
    assert (score_text(metric, score), counts_text(metric, score), data_words(metric, score)) == (value, counts, words)


def test_steps_of_a_task_are_said_as_steps() -> None:
    assert data_words(Metric.INDEPENDENT, Score(9, 7, 1), "task") == "7 of 9 steps independent (78%)"


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
