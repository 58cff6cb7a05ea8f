"""How a goal stands in a row of a list: its latest percentages and one mark, by the same rule as its chart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from therapytrack.domain.accuracy import Purpose
from therapytrack.domain.goal_chart import GoalChart
from therapytrack.domain.goal_findings import GoalFacts, Series, Valued, course_of, why_no_aim
from therapytrack.domain.points import Metric
from therapytrack.domain.trend import Status
from therapytrack.domain.units import value_text

TOLD = "Told in words"
LATEST_POINTS = 12
"""So many points of each purpose, and those of the baseline, are enough to say how a goal stands: the rule looks at
the last four since the baseline, and needs six of them."""


class Counts(NamedTuple):
    """Trials (at least one) of one goal on one day and of one purpose, as they are counted in the table."""

    on: date
    purpose: str
    trials: int
    correct: int
    cued: int
    baseline: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """`status` with the sentence that says why, and the values behind it, oldest first, in the unit of `metric`."""

    status: Status
    sentence: str
    values: tuple[float, ...]
    metric: Metric = Metric.INDEPENDENT

    @property
    def label(self) -> str:
        """The status in words; a goal that is told in words has none to wait for."""
        return TOLD if self.metric is Metric.NOTHING else self.status.label

    def words(self, target: float) -> str:
        """The values in words, for those who do not see the line."""
        if not self.values:
            return "no data yet"
        first, last = value_text(self.metric, self.values[0]), value_text(self.metric, self.values[-1])
        way = last if len(self.values) == 1 else f"{first} to {last} in {len(self.values)} sessions"
        return f"{way}, target {value_text(self.metric, target)}"


def standing(goal: GoalFacts, counts: Sequence[Counts]) -> Standing:
    """Where `goal` stands by `goal_findings.course_of`.

    `counts`, by date: all of the baseline, and at least the latest `LATEST_POINTS` of each purpose.
    """
    return standing_of(goal, _series(goal.metric, counts))


def standing_of(goal: GoalFacts, series: Series) -> Standing:
    """As `standing`, with the counts made percentages of the goal's metric already."""
    if goal.metric is Metric.NOTHING:
        return Standing(Status.TOO_FEW, "its notes tell how it goes", (), goal.metric)
    course = course_of(goal, series)
    values = tuple(value for _, value in course.values)
    if course.check:
        return Standing(course.check.status, course.check.sentence, values, goal.metric)
    return Standing(Status.TOO_FEW, why_no_aim(goal, course), values, goal.metric)


def standing_of_chart(chart: GoalChart) -> Standing:
    """The standing that a chart tells, in the same words."""
    values = tuple(mark.value for segment in chart.segments for mark in segment.marks)
    why = next((fact.detail for fact in chart.facts if fact.key == "aim"), "its notes tell how it goes")
    return Standing(chart.status, why, values, chart.metric)


def _series(metric: Metric, counts: Sequence[Counts]) -> Series:
    kept: dict[tuple[str, bool], list[Valued]] = {(one, flag): [] for one in Purpose for flag in (False, True)}
    supported = metric is Metric.SUPPORTED
    for on, purpose, trials, correct, cued, baseline in counts:
        kept[purpose, baseline].append((on, 100 * (correct + (cued if supported else 0)) / trials))
    return Series(
        probes=kept[Purpose.PROBE, False],
        practice=kept[Purpose.PRACTICE, False],
        baseline_probes=kept[Purpose.PROBE, True],
        baseline_practice=kept[Purpose.PRACTICE, True],
    )
