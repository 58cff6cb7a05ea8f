"""How a goal stands in a row of a list: its latest percentages and one mark, by the same rules as its chart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from therapytrack.domain.accuracy import Purpose, percent_text
from therapytrack.domain.goal_findings import POINTS_FOR_A_TREND, GoalFacts
from therapytrack.domain.points import Metric
from therapytrack.domain.trend import Status, against_aim, aim_line


class Counts(NamedTuple):
    """Trials of one goal on one day and of one purpose, as they are counted in the table."""

    on: date
    purpose: str
    trials: int
    correct: int
    cued: int


@dataclass(frozen=True, slots=True)
class Standing:
    """`status` with the sentence that says why, and the percentages behind it, oldest first."""

    status: Status
    sentence: str
    values: tuple[float, ...]

    def words(self, target: float) -> str:
        """The values in words, for those who do not see the line."""
        if not self.values:
            return "no data yet"
        first, last = percent_text(self.values[0]), percent_text(self.values[-1])
        way = last if len(self.values) == 1 else f"{first} to {last} in {len(self.values)} sessions"
        return f"{way}, target {percent_text(target)}"


def standing(goal: GoalFacts, counts: Sequence[Counts]) -> Standing:
    """Hold the latest `counts` (by date) against the straight way from the goal's stored baseline to its target.

    Probes where there are enough for a trend, else practice, as in the chart; status as in `trend.against_aim`.
    """
    kept = _of_one_purpose(counts)
    supported = goal.metric is Metric.SUPPORTED
    pairs = [(c.on, 100 * (c.correct + (c.cued if supported else 0)) / c.trials) for c in kept]
    values = tuple(value for _, value in pairs)
    if goal.baseline_value is None or goal.baseline_on is None:
        return Standing(Status.TOO_FEW, "no baseline yet", values)
    line = aim_line([goal.baseline_value], goal.baseline_on, goal.target_value, goal.target_on)
    if line is None:
        return Standing(Status.TOO_FEW, "the target date has to be after the baseline", values)
    check = against_aim([pair for pair in pairs if pair[0] >= line.start], line, goal.direction)
    return Standing(check.status, check.sentence, values)


def _of_one_purpose(counts: Sequence[Counts]) -> list[Counts]:
    probes = [c for c in counts if c.purpose == Purpose.PROBE and c.trials]
    if len(probes) >= POINTS_FOR_A_TREND:
        return probes
    practice = [c for c in counts if c.purpose == Purpose.PRACTICE and c.trials]
    return practice if len(practice) >= POINTS_FOR_A_TREND or not probes else probes
