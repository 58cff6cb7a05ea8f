"""What a goal's points say in numbers: baseline, latest level, trend, place against the aim line, projection.

Lists, the student's page, charts and prints ask `course_of` where a goal stands: one rule, one word.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from operator import attrgetter
from statistics import median

from therapytrack.domain.accuracy import Purpose
from therapytrack.domain.dates import long_date
from therapytrack.domain.mastery import MasteryCriterion
from therapytrack.domain.points import Direction, Metric, Phase, Point, is_baseline, phase_on
from therapytrack.domain.trend import (
    AimCheck,
    AimLine,
    Line,
    Status,
    against_aim,
    aim_line,
    projected_date,
)
from therapytrack.domain.trend_methods import TrendMethod, fit
from therapytrack.domain.units import value_text

POINTS_FOR_A_TREND = 3
POINTS_FOR_A_BASELINE = 3
SAME = 1e-9

Valued = tuple[date, float]


@dataclass(frozen=True, slots=True)
class GoalFacts:
    """What the goal asks for, in the unit of `metric`; `label` names the goal, never the student.

    `measured`: the metric where the measure leaves no choice; `top`: the highest level of a rubric; `asked_since`: the
    day from which on data count for the criterion, None for all; `earlier`: what it asked for before, oldest first;
    `began`: the day from which it asks for what it asks now, where that was not read.
    """

    label: str
    target_value: float
    target_on: date
    direction: Direction = Direction.UP
    baseline_value: float | None = None
    baseline_on: date | None = None
    criterion: MasteryCriterion | None = None
    measured: Metric | None = None
    top: float = 0.0
    asked_since: date | None = None
    earlier: "tuple[Earlier, ...]" = ()
    began: date | None = None

    @property
    def metric(self) -> Metric:
        """What is measured, else what the criterion is about; without a criterion, correct without cues."""
        return self.measured or (self.criterion.metric if self.criterion else Metric.INDEPENDENT)

    @property
    def changed_on(self) -> date | None:
        """The day from which the goal asks for what it asks now; None when it always did."""
        return self.earlier[-1].until if self.earlier else self.began


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the goal asked for until the day on which something else began."""

    until: date
    facts: GoalFacts


@dataclass(frozen=True, slots=True)
class Series:
    """A goal's percentages by date, oldest first, kept apart by purpose and by whether they are from baseline."""

    probes: Sequence[Valued] = ()
    practice: Sequence[Valued] = ()
    baseline_probes: Sequence[Valued] = ()
    baseline_practice: Sequence[Valued] = ()


@dataclass(frozen=True, slots=True)
class Course:
    """Where a goal stands. `values`: the intervention points of purpose `basis`; `baseline` in percent, None without.

    `aim` and `check` are None when there is no baseline, when it meets the target already, or when the target date is
    not after it.
    """

    basis: Purpose
    values: tuple[Valued, ...]
    baseline: float | None
    baseline_is_median: bool
    aim: AimLine | None
    check: AimCheck | None


def course_of(goal: GoalFacts, series: Series) -> Course:
    """Hold the points against the straight way from the baseline to the target.

    The way begins at the median of the points of a baseline phase, on the last of their days, when there are at least
    three of them (University of North Dakota, SPED 557); else at the baseline that the goal states, on its day, or the
    day before the first point when it states none. There is none from a baseline that meets the target: it would lead
    away from better results.
    """
    basis, values = _basis(series)
    measured = _measured_baseline(series)
    baseline = median(value for _, value in measured) if measured else goal.baseline_value
    aim = None if meets_target(goal, baseline) else _aim(goal, measured, values)
    return Course(
        basis=basis,
        values=tuple(values),
        baseline=baseline,
        baseline_is_median=bool(measured),
        aim=aim,
        check=_check(goal, values, aim) if aim else None,
    )


def _check(goal: GoalFacts, values: Sequence[Valued], aim: AimLine) -> AimCheck:
    """Only what came since the goal asks for this: earlier points were taken while it asked for something else."""
    changed = goal.changed_on if goal.changed_on and goal.changed_on > aim.start else None
    # Two points of one day have no order that every reader knows, so the lower one counts as the earlier.
    since = sorted(pair for pair in values if pair[0] >= (changed or aim.start))
    found = against_aim(since, aim, goal.direction)
    if changed and found.status is Status.TOO_FEW:
        return AimCheck(found.status, f"{found.sentence}, since the goal changed on {long_date(changed)}")
    return found


@dataclass(frozen=True, slots=True)
class Findings:
    """The numbers behind a chart's words; None wherever the data cannot say.

    `values` are the (date, percent) of the intervention points of purpose `basis`, by date; `line` runs over ordinal
    days; `interval` is the 95% interval of its slope in percent a day; `earlier_aims` are those of `GoalFacts.earlier`;
    `in_baseline`: how many points there are in baseline phases.
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
    earlier_aims: tuple[AimLine | None, ...] = ()
    method: TrendMethod = TrendMethod.THEIL_SEN
    in_baseline: int = 0


def why_no_aim(goal: GoalFacts, found: "Course | Findings") -> str:
    """Why there is no aim line to hold the points against."""
    if met := met_from_start(goal, found.baseline):
        return met
    late = found.baseline is not None and (goal.baseline_on or found.values or found.baseline_is_median)
    return "the goal date has to be after the baseline" if late else "no baseline yet"


def meets_target(goal: GoalFacts, baseline: float | None) -> bool:
    """Whether the goal asks for no more than its `baseline` shows: at the target, or beyond it on the better side."""
    if baseline is None or goal.metric is Metric.NOTHING:
        return False
    sign = 1 if goal.direction is Direction.UP else -1
    return sign * (baseline - goal.target_value) > -SAME


def met_from_start(goal: GoalFacts, baseline: float | None) -> str:
    """Why there is no aim line from a `baseline` that meets the target already; "" where it does not."""
    if baseline is None or not meets_target(goal, baseline):
        return ""
    shown, target = (value_text(goal.metric, value) for value in (baseline, goal.target_value))
    return f"the baseline ({shown}) already meets the target ({target}), so there is no aim line"


def with_phases(points: Sequence[Point], phases: Sequence[Phase]) -> list[Point]:
    """`points` by date, each with the name of its phase (its own, else the one that its date falls in)."""
    ordered = sorted(points, key=attrgetter("on"))
    if not phases:
        return ordered
    return [point if point.phase else point._replace(phase=phase_on(phases, point.on)) for point in ordered]


def findings(goal: GoalFacts, points: Sequence[Point], method: TrendMethod = TrendMethod.THEIL_SEN) -> Findings:
    """Compute what `points` (ordered, with phases) say about `goal`, the trend by `method`."""
    series = _series(goal.metric, points)
    course = course_of(goal, series)
    line, interval = _trend(course.values, method)
    return Findings(
        basis=course.basis,
        values=course.values,
        baseline=course.baseline,
        baseline_is_median=course.baseline_is_median,
        line=line,
        interval=interval,
        aim=course.aim,
        check=course.check,
        projection=projected_date(line, goal.target_value, goal.direction, course.values[-1][0]) if line else None,
        earlier_aims=tuple(course_of(one.facts, series).aim for one in goal.earlier),
        method=method,
        in_baseline=len(series.baseline_probes) + len(series.baseline_practice),
    )


def _series(metric: Metric, points: Sequence[Point]) -> Series:
    """What `points` with trials score: one walk over them."""
    kept: dict[tuple[Purpose, bool], list[Valued]] = {(one, flag): [] for one in Purpose for flag in (False, True)}
    for point in points:
        value = point.value(metric)
        if value is not None:
            kept[point.purpose, is_baseline(point.phase)].append((point.on, value))
    return Series(
        probes=kept[Purpose.PROBE, False],
        practice=kept[Purpose.PRACTICE, False],
        baseline_probes=kept[Purpose.PROBE, True],
        baseline_practice=kept[Purpose.PRACTICE, True],
    )


def _measured_baseline(series: Series) -> Sequence[Valued]:
    """The points that make a baseline: probes, else practice; none where neither has three."""
    choices = (series.baseline_probes, series.baseline_practice)
    return next((points for points in choices if len(points) >= POINTS_FOR_A_BASELINE), ())


def _basis(series: Series) -> tuple[Purpose, Sequence[Valued]]:
    """Probes, which show learning; practice only when probes are fewer than a trend needs and practice is not."""
    enough = len(series.practice) >= POINTS_FOR_A_TREND
    if len(series.probes) < POINTS_FOR_A_TREND and (enough or (series.practice and not series.probes)):
        return Purpose.PRACTICE, series.practice
    return Purpose.PROBE, series.probes


def _trend(values: Sequence[Valued], method: TrendMethod) -> tuple[Line | None, tuple[float, float] | None]:
    if len(values) < POINTS_FOR_A_TREND:
        return None, None
    x, y = [float(day.toordinal()) for day, _ in values], [value for _, value in values]
    return fit(method, x, y)


def _aim(goal: GoalFacts, measured: Sequence[Valued], values: Sequence[Valued]) -> AimLine | None:
    if measured:
        return aim_line([value for _, value in measured], measured[-1][0], goal.target_value, goal.target_on)
    start = goal.baseline_on or (values[0][0] - timedelta(days=1) if values else None)
    if goal.baseline_value is None or start is None:
        return None
    return aim_line([goal.baseline_value], start, goal.target_value, goal.target_on)
