"""What a goal's points say in numbers: baseline, latest level, trend, place against the aim line, projection."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from statistics import median

from therapytrack.domain.accuracy import Purpose
from therapytrack.domain.mastery import MasteryCriterion
from therapytrack.domain.points import Direction, Metric, Phase, Point, is_baseline, phase_on
from therapytrack.domain.trend import (
    AimCheck,
    AimLine,
    Line,
    against_aim,
    aim_line,
    projected_date,
    theil_sen_with_interval,
)

POINTS_FOR_A_TREND = 3

Valued = tuple[date, float]


@dataclass(frozen=True, slots=True)
class GoalFacts:
    """What the goal asks for, in percent; `label` names the goal, never the student."""

    label: str
    target_value: float
    target_on: date
    direction: Direction = Direction.UP
    baseline_value: float | None = None
    baseline_on: date | None = None
    criterion: MasteryCriterion | None = None

    @property
    def metric(self) -> Metric:
        """The percentage that the criterion is about; without a criterion, correct without cues."""
        return self.criterion.metric if self.criterion else Metric.INDEPENDENT


@dataclass(frozen=True, slots=True)
class Findings:
    """The numbers behind a chart's words; None wherever the data cannot say.

    `values` are the (date, percent) of the intervention points of purpose `basis`, by date; `line` runs over ordinal
    days; `interval` is the 95% interval of its slope in percent a day.
    """

    basis: Purpose
    values: tuple[Valued, ...]
    baseline: float | None
    baseline_is_median: bool
    line: Line | None
    interval: tuple[float, float] | None
    aim: AimLine | None
    check: AimCheck | None
    projection: date | None


def with_phases(points: Sequence[Point], phases: Sequence[Phase]) -> list[Point]:
    """`points` by date, each with the name of its phase (its own, else the one that its date falls in)."""
    ordered = sorted(points, key=lambda point: point.on)
    return [point if point.phase else replace(point, phase=phase_on(phases, point.on)) for point in ordered]


def findings(goal: GoalFacts, points: Sequence[Point]) -> Findings:
    """Compute what `points` (ordered, with phases) say about `goal`."""
    baseline_points = _baseline_points(goal.metric, points)
    basis = _basis(points)
    values = _values(goal.metric, points, basis)
    line, interval = _trend(values)
    aim = _aim(goal, baseline_points, values)
    stored = goal.baseline_value
    return Findings(
        basis=basis,
        values=values,
        baseline=median(value for _, value in baseline_points) if baseline_points else stored,
        baseline_is_median=bool(baseline_points),
        line=line,
        interval=interval,
        aim=aim,
        check=against_aim([pair for pair in values if pair[0] >= aim.start], aim, goal.direction) if aim else None,
        projection=projected_date(line, goal.target_value, goal.direction, values[-1][0]) if line else None,
    )


def _values(metric: Metric, points: Sequence[Point], purpose: Purpose, baseline: bool = False) -> tuple[Valued, ...]:
    kept = [point for point in points if point.purpose is purpose and is_baseline(point.phase) is baseline]
    valued = ((point.on, point.value(metric)) for point in kept)
    return tuple((day, value) for day, value in valued if value is not None)


def _baseline_points(metric: Metric, points: Sequence[Point]) -> tuple[Valued, ...]:
    probes = _values(metric, points, Purpose.PROBE, baseline=True)
    return probes or _values(metric, points, Purpose.PRACTICE, baseline=True)


def _basis(points: Sequence[Point]) -> Purpose:
    """Probes, which show learning; practice only when probes are fewer than a trend needs and practice is not."""
    probes = len(_values(Metric.INDEPENDENT, points, Purpose.PROBE))
    practice = len(_values(Metric.INDEPENDENT, points, Purpose.PRACTICE))
    if probes >= POINTS_FOR_A_TREND:
        return Purpose.PROBE
    if practice >= POINTS_FOR_A_TREND or (practice and not probes):
        return Purpose.PRACTICE
    return Purpose.PROBE


def _trend(values: Sequence[Valued]) -> tuple[Line | None, tuple[float, float] | None]:
    if len(values) < POINTS_FOR_A_TREND:
        return None, None
    x, y = [float(day.toordinal()) for day, _ in values], [value for _, value in values]
    return theil_sen_with_interval(x, y)


def _aim(goal: GoalFacts, baseline: Sequence[Valued], values: Sequence[Valued]) -> AimLine | None:
    """From the last day of baseline; a stored baseline without a date starts the day before the first point."""
    if baseline:
        return aim_line([value for _, value in baseline], baseline[-1][0], goal.target_value, goal.target_on)
    start = goal.baseline_on or (values[0][0] - timedelta(days=1) if values else None)
    if goal.baseline_value is None or start is None:
        return None
    return aim_line([goal.baseline_value], start, goal.target_value, goal.target_on)
