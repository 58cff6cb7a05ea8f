"""A goal chart in words: the facts beside it and the sentence for those who do not see it."""

from dataclasses import dataclass
from statistics import fmean

from therapytrack.domain.accuracy import Purpose
from therapytrack.domain.dates import Tone, long_date
from therapytrack.domain.goal_findings import (
    POINTS_FOR_A_BASELINE,
    POINTS_FOR_A_TREND,
    Findings,
    GoalFacts,
    met_from_start,
    why_no_aim,
)
from therapytrack.domain.points import Direction, Metric
from therapytrack.domain.trend import CANNOT_SAY, Status
from therapytrack.domain.trend_methods import TrendMethod
from therapytrack.domain.units import UNITS, value_text

FIRST_POINT = "Points appear here as soon as data are recorded in a session."
TONES: dict[Status, Tone] = {Status.ON_TRACK: "good", Status.WATCH: "warn", Status.OFF_TRACK: "bad"}


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement about the data: what it is about, what it says, and on what ground."""

    key: str
    title: str
    headline: str
    detail: str
    tone: Tone = ""

    @property
    def sentence(self) -> str:
        """The fact on one line, as a draft or a screen reader has it."""
        return f"{self.title}: {self.headline}, {self.detail}."


def facts_of(goal: GoalFacts, found: Findings) -> tuple[Fact, ...]:
    """The four facts beside the chart, in reading order: level, trend, aim line, projection."""
    return _latest(goal.metric, found), _trend(goal.metric, found), _against_aim(goal, found), _projection(goal, found)


def without_points(entries: int) -> str:
    """What stands in the place of a chart: a goal of which `entries` counted nothing is not one that nobody opened."""
    if not entries:
        return FIRST_POINT
    have, each = ("1 session has", "it counts") if entries == 1 else (f"{entries} sessions have", "one counts")
    return f"{have} an entry without trials for this goal. A point appears here as soon as {each} a trial."


def count_text(number: int, basis: Purpose) -> str:
    """A number of points with its noun: "1 probe", "24 probes", "3 practice points"."""
    noun = "probe" if basis is Purpose.PROBE else "practice point"
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def score_words(metric: Metric) -> str:
    """What the value counts."""
    return UNITS[metric].counting


def slope_text(per_day: float, digits: int = 1) -> str:
    """A slope as points a week to one decimal, with a true minus sign; no sign on zero."""
    weekly = round(7 * per_day, digits)
    return f"−{-weekly:.{digits}f}" if weekly < 0 else f"{abs(weekly):.{digits}f}"


def _digits(metric: Metric) -> int:
    """Rates and levels change by less than percent and seconds do."""
    return 2 if metric in (Metric.RATE, Metric.LEVEL) else 1


def _baseline_words(metric: Metric, found: Findings) -> str:
    if found.baseline is None:
        few = f"too few baseline points: a baseline needs {POINTS_FOR_A_BASELINE}"
        return few if found.in_baseline else "no baseline recorded"
    return f"baseline {'median ' if found.baseline_is_median else ''}{value_text(metric, found.baseline)}"


def _latest(metric: Metric, found: Findings) -> Fact:
    last = [value for _, value in found.values[-3:]]
    if not last:
        return Fact(
            "latest",
            "Latest",
            f"No data {'since baseline' if found.in_baseline else 'yet'}",
            _baseline_words(metric, found),
        )
    noun = count_text(len(last), found.basis) if len(last) > 1 else count_text(1, found.basis).removeprefix("1 ")
    return Fact("latest", f"Last {noun}", value_text(metric, fmean(last)), _baseline_words(metric, found))


def _trend(metric: Metric, found: Findings) -> Fact:
    ground = count_text(len(found.values), found.basis)
    usual = found.method is TrendMethod.THEIL_SEN
    title = "Trend" if usual else f"Trend by {found.method.label}"
    if found.line is None:
        return Fact("trend", title, CANNOT_SAY, f"{ground}, and a trend needs {POINTS_FOR_A_TREND} on different days")
    if found.basis is Purpose.PRACTICE:
        ground += f", because there are fewer than {POINTS_FOR_A_TREND} probes"
    digits, rise = _digits(metric), UNITS[metric].rise
    slope = slope_text(found.line.slope, digits)
    sign = "+" if slope.strip("0.") and not slope.startswith("−") else ""
    return Fact("trend", title, f"{sign}{slope} {rise} a week", f"{_interval_words(found, digits)}, {ground}")


def _interval_words(found: Findings, digits: int) -> str:
    if found.method is TrendMethod.THIRDS:
        return "this method has no interval"
    if found.interval is None:
        return "too few or too similar for a 95% interval"
    low, high = found.interval
    return f"95% interval {slope_text(low, digits)} to {slope_text(high, digits)}"


def _against_aim(goal: GoalFacts, found: Findings) -> Fact:
    title = "Against the aim line"
    if found.check is None:
        return Fact("aim", title, CANNOT_SAY, why_no_aim(goal, found))
    status = found.check.status
    return Fact("aim", title, status.label, found.check.sentence, TONES.get(status, ""))


def _projection(goal: GoalFacts, found: Findings) -> Fact:
    title, target = "At this rate", value_text(goal.metric, goal.target_value)
    by = f"goal date {long_date(goal.target_on)}"
    if found.line is None:
        return Fact("projection", title, CANNOT_SAY, by)
    if found.interval and found.interval[0] <= 0 <= found.interval[1]:
        by += "; unsure, as the trend may be level"
    if found.projection is None:
        toward = found.line.slope > 0 if goal.direction is Direction.UP else found.line.slope < 0
        headline = f"{target} is more than 5 years away" if toward else f"Not heading to {target}"
        return Fact("projection", title, headline, by, "bad")
    if found.projection == found.values[-1][0]:
        return Fact("projection", title, f"{target} reached", by, "good")
    headline = f"{target} near {long_date(found.projection)}"
    return Fact("projection", title, headline, by, "warn" if found.projection > goal.target_on else "")


def _whole_words(metric: Metric) -> str:
    """What the axis shows, in full."""
    cues = metric in (Metric.INDEPENDENT, Metric.SUPPORTED)
    return f"percent correct {score_words(metric)}" if cues else score_words(metric)


def alt_text(goal: GoalFacts, found: Findings, plotted: int) -> str:
    """The chart as one sentence in plain words, for `plotted` points in all."""
    what = f"Chart of {goal.label}, {_whole_words(goal.metric)}"
    target = f"target {value_text(goal.metric, goal.target_value)} by {long_date(goal.target_on)}"
    if not found.values:
        data = "no data points yet" if not plotted else f"{plotted} baseline {'point' if plotted == 1 else 'points'}"
        return f"{what}: {data}, {_baseline_words(goal.metric, found)}, {target}."
    latest, trend, aim, _ = facts_of(goal, found)
    first, last = found.values[0][0], found.values[-1][0]
    span = f"on {long_date(first)}" if first == last else f"from {long_date(first)} to {long_date(last)}"
    slope = (
        f"{trend.title[0].lower()}{trend.title[1:]} {trend.headline}" if found.line else "too few points for a trend"
    )
    place = f"{aim.headline.lower()} ({aim.detail})" if found.check else "no aim line yet"
    place = met_from_start(goal, found.baseline) or place
    count = count_text(len(found.values), found.basis)
    level = f"{latest.title[0].lower()}{latest.title[1:]} {latest.headline}"
    return f"{what}: {count} {span}, {latest.detail}, {level}, {slope}, {place}, {target}."
