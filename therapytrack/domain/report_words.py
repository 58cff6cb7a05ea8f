"""The data paragraph of a goal in a progress report, and what is warned about: facts only, each with its ground."""

from dataclasses import dataclass
from typing import Final

from therapytrack.domain.accuracy import Purpose
from therapytrack.domain.chart_facts import count_text, score_words, slope_text
from therapytrack.domain.chart_rows import has_interval
from therapytrack.domain.dates import long_date
from therapytrack.domain.draft_facts import count, join_words
from therapytrack.domain.points import Metric, Point, is_baseline
from therapytrack.domain.progress_codes import NUMBERS, values_text
from therapytrack.domain.report_goal import LAST, ReportGoal
from therapytrack.domain.score_words import counts_text, hits_of
from therapytrack.domain.units import UNITS, is_percent, value_text

STALE_DAYS: Final = 30
FEW_TRIALS: Final = 10


@dataclass(frozen=True, slots=True)
class Caution:
    """Something to look at before the report is signed: what kind, and in words with its numbers."""

    kind: str
    words: str


def data_paragraph(goal: ReportGoal) -> str:
    """What was recorded in the period, the latest level with its uncertainty, and how that stands to baseline, aim line
    and criterion. No judgment, and nothing that is not in the data."""
    if not goal.points:
        return _without_data(goal)
    if goal.told:
        return _told(goal)
    parts = [_recorded(goal), *_level(goal), _baseline(goal), *_course(goal), *_criterion(goal), *_versions(goal)]
    return " ".join(part for part in parts if part)


def cautions(goal: ReportGoal) -> tuple[Caution, ...]:
    """What is stale, thin or changed, by fixed numbers: fewer than 3 points described, the newest more than 30 days old
    on the last day, fewer than 10 trials under a percentage."""
    found = [*_about_data(goal), *_about_time(goal), *_about_goal(goal)]
    return tuple(Caution(kind, words) for kind, words in found)


def _without_data(goal: ReportGoal) -> str:
    first, until = goal.span.first, goal.span.until
    span = f"from {long_date(first)} to {long_date(until)}" if first < until else f"on {long_date(until)}"
    return " ".join([f"No data were taken on this goal {span}.", *_criterion(goal), *_versions(goal)])


def _told(goal: ReportGoal) -> str:
    last = goal.points[-1].on
    what = count(len(goal.points), "narrative")
    return f"{what} on {count(goal.days, 'day')}, the latest on {long_date(last)}. This goal is told in words."


def _recorded(goal: ReportGoal) -> str:
    """How much was taken, of which kind, and when."""
    kinds = [
        count_text(number, purpose)
        for purpose in (Purpose.PROBE, Purpose.PRACTICE)
        if (number := sum(one.purpose is purpose and not is_baseline(one.phase) for one in goal.points))
    ]
    base = sum(is_baseline(one.phase) for one in goal.points)
    kinds += [f"{count(base, 'baseline point')}"] if base else []
    trials = sum(one.score.n for one in goal.points)
    observed = f" ({count(trials, _noun(goal))})" if is_percent(goal.metric) else ""
    first, last = goal.points[0].on, goal.points[-1].on
    span = f"on {long_date(first)}" if first == last else f"from {long_date(first)} to {long_date(last)}"
    return f"{join_words(kinds)} on {count(goal.days, 'day')} {span}{observed}."


def _level(goal: ReportGoal) -> list[str]:
    """The last values with their counts; for shares of trials, the last ones pooled with the Wilson 95% interval."""
    last = goal.last_points
    if not last:
        return ["No data after the baseline."]
    noun = count_text(len(last), goal.basis).partition(" ")[2]
    place = f"Last {NUMBERS[len(last)]} {noun}" if len(last) > 1 else f"Only {noun}"
    values = values_text(goal, [value for _, value in goal.values[-LAST:]])
    how = f" {score_words(goal.metric)}" if has_interval(goal.metric) else ""
    if goal.metric is Metric.INTERVALS:
        how = " of intervals"
    return [f"{place}: {values}{how} ({_ground(goal, last)})."]


def _noun(goal: ReportGoal) -> str:
    """One observation of a percentage."""
    return "step" if goal.version.measure == "task" else UNITS[goal.metric].noun


def _ground(goal: ReportGoal, last: tuple[Point, ...]) -> str:
    if goal.pooled is None or goal.pooled_interval is None:
        return "; ".join(counts_text(goal.metric, one.score) for one in last)
    hits, n = hits_of(goal.metric, goal.pooled), goal.pooled.n
    low, high = goal.pooled_interval
    together = " together" if len(last) > 1 else ""
    return f"{hits} of {count(n, _noun(goal))}{together}, 95% interval {low:.0f} to {high:.0f}%"


def _baseline(goal: ReportGoal) -> str:
    if goal.baseline is None:
        return "No baseline is recorded."
    kind = "Baseline median" if goal.baseline_is_median else "Baseline"
    return f"{kind} {value_text(goal.metric, goal.baseline)}."


def _course(goal: ReportGoal) -> list[str]:
    found = []
    if goal.line is not None:
        digits = 2 if goal.metric in (Metric.RATE, Metric.LEVEL) else 1
        slope = slope_text(goal.line.slope, digits)
        sign = "+" if slope.strip("0.") and not slope.startswith("−") else ""
        sure = "no 95% interval: too few or too similar"
        if goal.interval is not None:
            low, high = (slope_text(one, digits) for one in goal.interval)
            sure = f"95% interval {low} to {high}"
        ground = f"Theil–Sen; {sure}, {count_text(len(goal.values), goal.basis)}"
        found.append(f"Trend {sign}{slope} {UNITS[goal.metric].rise} a week ({ground}).")
    if goal.check is not None:
        found.append(f"Against the aim line: {goal.check.status.label.lower()} ({goal.check.sentence}).")
    if goal.met_from_start:
        found.append(f"{goal.met_from_start[0].upper()}{goal.met_from_start[1:]}.")
    target = value_text(goal.metric, goal.asks.target_value)
    return [*found, f"Target {target} by {long_date(goal.asks.target_on)}."]


def _criterion(goal: ReportGoal) -> list[str]:
    words = goal.version.criterion_words
    if not words:
        return []
    if goal.met_on:
        return [f"Criterion {words}: met on {long_date(goal.met_on)}."]
    judged = goal.mastery is not None and bool(goal.points)
    return [f"Criterion {words}: not met by {long_date(goal.span.until)}." if judged else f"Criterion {words}."]


def _versions(goal: ReportGoal) -> list[str]:
    """What changed within the period, and by what all is judged."""
    found = []
    if goal.began_on:
        found.append(f"The goal began on {long_date(goal.began_on)}.")
    if goal.changed_on:
        old = f" (before: {goal.old_criterion})" if goal.old_criterion else ""
        found.append(
            f"The criterion changed on {long_date(goal.changed_on)}{old}; all is judged by the one in force on "
            f"{long_date(goal.span.until)}."
        )
    elif goal.versions_within:
        days = join_words(long_date(one) for one in goal.versions_within)
        found.append(f"The goal was reworded on {days}.")
    if goal.status != "active":
        found.append("The goal is no longer active.")
    return found


def _about_data(goal: ReportGoal) -> list[tuple[str, str]]:
    found = []
    if not goal.points:
        return [("none", "No data in this period: say why, or take a probe before you sign.")]
    if goal.told:
        return []
    if len(goal.described) < LAST:
        have = count_text(len(goal.described), goal.basis) if goal.described else "no points after the baseline"
        found.append(("thin", f"Thin data: {have}, and {LAST} are needed to describe a level."))
    if goal.basis is Purpose.PRACTICE and goal.described:
        found.append(
            ("practice", "Practice shows supported performance; there are too few probes, which show learning.")
        )
    if goal.pooled and goal.pooled.n < FEW_TRIALS:
        low, high = goal.pooled_interval or (0, 100)
        trials = count(goal.pooled.n, _noun(goal))
        found.append(("few", f"Few trials: {trials} in the last points, which fit {low:.0f} to {high:.0f}%."))
    return found


def _about_time(goal: ReportGoal) -> list[tuple[str, str]]:
    if not goal.points:
        return []
    last, days = goal.points[-1].on, (goal.span.until - goal.points[-1].on).days
    if days <= STALE_DAYS:
        return []
    words = f"Stale data: the newest is of {long_date(last)}, {days} days before {long_date(goal.span.until)}"
    return [("stale", f"{words}; more than {STALE_DAYS}.")]


def _about_goal(goal: ReportGoal) -> list[tuple[str, str]]:
    found = []
    if goal.met_on and goal.values and not goal.level_meets:
        level = value_text(goal.metric, goal.level or 0.0)
        found.append(("fallen", f"Met on {long_date(goal.met_on)}, but the median of the last points is {level}."))
    if goal.changed_on:
        found.append(("changed", f"The criterion changed on {long_date(goal.changed_on)}, within the period."))
    if goal.asks.target_on <= goal.span.until and not goal.met_on and not goal.told:
        found.append(("overdue", f"The goal's date, {long_date(goal.asks.target_on)}, has passed."))
    return found
