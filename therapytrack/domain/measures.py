"""Every kind of data: which raw events it takes, and what a set of raw events comes to.

Raw is stored, the rest derived: counts and observed seconds, episodes of a stopwatch, marks of intervals, ratings and
steps, each an event of its own (Cooper, Heron and Heward, "Applied Behavior Analysis", measuring behavior).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from statistics import median
from typing import Any, NamedTuple

from therapytrack.domain.accuracy import Outcome
from therapytrack.domain.points import Metric


class Measure(StrEnum):
    """How data are taken."""

    TRIALS = "trials"
    TALLY = "tally"
    TASK = "task"
    FREQUENCY = "frequency"
    RATE = "rate"
    DURATION = "duration"
    LATENCY = "latency"
    INTERVAL = "interval"
    RUBRIC = "rubric"
    NARRATIVE = "narrative"


class Sign(StrEnum):
    """An event that is no trial. A stop carries the elapsed time, so that it counts with or without its start.

    "none" says that one looked for it and it did not occur: a zero that was observed, not a session without data.
    """

    COUNT = "count"
    START = "start"
    STOP = "stop"
    HIT = "hit"
    MISS = "miss"
    RATED = "rated"
    NONE = "none"


_TRIALS = frozenset(Outcome)
_CLOCK = frozenset({Sign.START, Sign.STOP})
TAKES: dict[Measure, frozenset[Outcome | Sign]] = {
    Measure.TRIALS: _TRIALS,
    Measure.TALLY: _TRIALS,
    Measure.TASK: _TRIALS,
    Measure.FREQUENCY: _CLOCK | {Sign.COUNT, Sign.NONE},
    Measure.RATE: _CLOCK | {Sign.COUNT, Sign.NONE},
    Measure.DURATION: _CLOCK | {Sign.NONE},
    Measure.LATENCY: _CLOCK,
    Measure.INTERVAL: _CLOCK | {Sign.HIT, Sign.MISS},
    Measure.RUBRIC: frozenset({Sign.RATED}),
    Measure.NARRATIVE: frozenset(),
}
METRICS: dict[Measure, tuple[Metric, ...]] = {
    Measure.TRIALS: (Metric.INDEPENDENT, Metric.SUPPORTED),
    Measure.TALLY: (Metric.INDEPENDENT, Metric.SUPPORTED),
    Measure.TASK: (Metric.INDEPENDENT, Metric.SUPPORTED),
    Measure.FREQUENCY: (Metric.COUNT,),
    Measure.RATE: (Metric.RATE,),
    Measure.DURATION: (Metric.MEAN_TIME, Metric.MEDIAN_TIME, Metric.TOTAL_TIME),
    Measure.LATENCY: (Metric.MEAN_TIME, Metric.MEDIAN_TIME),
    Measure.INTERVAL: (Metric.INTERVALS,),
    Measure.RUBRIC: (Metric.LEVEL,),
    Measure.NARRATIVE: (Metric.NOTHING,),
}
# Measures of single opportunities, each of which can name a target.
WITH_TARGETS = frozenset({Measure.TRIALS, Measure.TALLY})


def measures_taking(outcome: Outcome | Sign) -> str:
    """The measures that take such an event, as ",trials,tally,": a pattern of the database finds one in it."""
    return f",{','.join(measure for measure, taken in TAKES.items() if outcome in taken)},"


def metric_of(measure: str, mastery: Mapping[str, Any]) -> Metric:
    """What a point of a goal is: what its criterion says where that fits the measure, else the measure's first."""
    offered = METRICS[Measure(measure)]
    return next((one for one in offered if one == mastery.get("metric")), offered[0])


def comparable(one: tuple[str, Mapping[str, Any]], other: tuple[str, Mapping[str, Any]]) -> bool:
    """Whether data of two (measure, mastery criterion) can stand in one chart: the same unit of the same thing.

    Trials and tallies are the same marks, from which both percentages follow; no other two are.
    """
    same = one[0] == other[0] or {one[0], other[0]} <= WITH_TARGETS
    metrics = {metric_of(*one), metric_of(*other)}
    return same and (len(metrics) == 1 or metrics <= {Metric.INDEPENDENT, Metric.SUPPORTED})


class Raw(NamedTuple):
    """One raw event that counts; `place` a target, step, interval or level, `amount` milliseconds."""

    outcome: str
    place: int | None = None
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """What a set of events comes to: `n` observations, `hits` of them, `amount` observed milliseconds.

    `amount` is None for a percentage, which follows from the counts; `value` is in the metric's unit, None while it
    cannot be said: a rate without observed time, a mean without an episode.
    """

    n: int
    hits: int = 0
    amount: int | None = None
    value: float | None = None


def counted(metric: Metric, events: Iterable[Raw]) -> Counted:
    """Count `events`, in the order in which they were made, for a point of `metric`; a start alone counts nothing.

    Seconds are exact to the millisecond. An interval that was marked twice counts as it was marked last. "None" is one
    observation of zero, until something occurs after all: no time in all, and so for the mean and the median too.
    """
    given = list(events)
    if metric is Metric.INTERVALS:
        last = {one.place: one.outcome for one in given if one.outcome in (Sign.HIT, Sign.MISS)}
        return Counted(len(last), sum(outcome == Sign.HIT for outcome in last.values()))
    if metric is Metric.LEVEL:
        levels = [one.place for one in given if one.outcome == Sign.RATED and one.place is not None]
        return Counted(len(levels), 0, 0, float(median(levels)) if levels else None)
    times = [one.amount or 0 for one in given if one.outcome == Sign.STOP]
    hits = sum(one.outcome == Sign.COUNT for one in given)
    if not hits and not times and any(one.outcome == Sign.NONE for one in given):
        return Counted(1, 0, 0, 0.0)
    return Counted(hits + len(times), hits, sum(times), _value(metric, hits, times))


def _value(metric: Metric, hits: int, times: list[int]) -> float | None:
    observed = sum(times)
    if metric is Metric.COUNT:
        return float(hits) if hits or times else None
    if metric is Metric.RATE:
        return float(Fraction(60_000 * hits, observed)) if observed else None
    if not times:
        return None
    seconds = {
        Metric.MEAN_TIME: Fraction(observed, 1000 * len(times)),
        Metric.MEDIAN_TIME: Fraction(median(times)) / 1000,
        Metric.TOTAL_TIME: Fraction(observed, 1000),
    }.get(metric)
    return None if seconds is None else float(seconds)
