"""One goal within a reporting period as facts: what the paragraph, the suggested code, the warnings and the family's
words are all made from, so that they cannot disagree."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import median

from therapytrack.domain.accuracy import Purpose, Score, wilson_interval
from therapytrack.domain.chart_rows import has_interval
from therapytrack.domain.goal_findings import GoalFacts, Valued, findings, met_from_start, with_phases
from therapytrack.domain.mastery import MasteryResult
from therapytrack.domain.points import Direction, Metric, Phase, Point, is_baseline
from therapytrack.domain.score_words import hits_of
from therapytrack.domain.trend import AimCheck, Line

LAST = 3
"""The latest level is that of the last three points (single-case convention: nothing is described from fewer)."""


@dataclass(frozen=True, slots=True)
class ReportVersion:
    """The goal as it read from `starts_on`; `criterion` are its words where no rule can be evaluated."""

    starts_on: date
    text: str
    asks: GoalFacts
    criterion: str = ""
    measure: str = "trials"

    @property
    def criterion_words(self) -> str:
        """When the goal counts as met, as one phrase; "" when it does not say."""
        return self.asks.criterion.describe() if self.asks.criterion else self.criterion.rstrip(". ")


@dataclass(frozen=True, slots=True)
class GoalHistory:
    """A goal as it was recorded: `versions` oldest first (at least one), points in any order; `status` as stored."""

    versions: tuple[ReportVersion, ...]
    phases: tuple[Phase, ...]
    points: tuple[Point, ...]
    status: str = "active"


@dataclass(frozen=True, slots=True)
class ReportSpan:
    """The period, and `until`: the last day of it that has come, on which all is judged."""

    first: date
    last: date
    today: date

    @property
    def until(self) -> date:
        """The last day of the period, or today while the period runs."""
        return max(self.first, min(self.last, self.today))


@dataclass(frozen=True, slots=True)
class ReportGoal:
    """What is known of a goal in a period, judged by `version`, the one in force on `span.until`.

    `points`: all of the period's that say something, by date. `values`: those that are described, of purpose `basis`,
    baseline left out. `line`, `interval`: Theil-Sen of these, in the unit a day.
    `check`: against the aim line, as the goal's own page says it. `before`: whether there were data
    before the period. `changed_on`, `old_criterion`: a criterion that changed within the period. `began_on`: the day on
    which the goal began, when that is within the period.
    """

    span: ReportSpan
    version: ReportVersion
    status: str
    points: tuple[Point, ...]
    basis: Purpose
    described: tuple[Point, ...]
    values: tuple[Valued, ...]
    baseline: float | None
    baseline_is_median: bool
    line: Line | None
    interval: tuple[float, float] | None
    check: AimCheck | None
    mastery: MasteryResult | None
    before: bool
    began_on: date | None
    begins_later: bool
    versions_within: tuple[date, ...]
    changed_on: date | None
    old_criterion: str

    @property
    def asks(self) -> GoalFacts:
        """What the goal asks for."""
        return self.version.asks

    @property
    def metric(self) -> Metric:
        """The unit of all values."""
        return self.asks.metric

    @property
    def told(self) -> bool:
        """Whether the goal is told in words, without numbers."""
        return self.metric is Metric.NOTHING

    @property
    def days(self) -> int:
        """On how many days data of the period were taken."""
        return len({point.on for point in self.points})

    @property
    def last_points(self) -> tuple[Point, ...]:
        """The last three of the points that are described, oldest first."""
        return self.described[-LAST:]

    @property
    def level(self) -> float | None:
        """The median of the last three values; None without any."""
        return median(value for _, value in self.values[-LAST:]) if self.values else None

    @property
    def pooled(self) -> Score | None:
        """The last three points counted together; None where a point is no share of independent trials."""
        if not self.last_points or not has_interval(self.metric):
            return None
        scores = [point.score for point in self.last_points]
        return Score(*(sum(getattr(one, name) for one in scores) for name in ("n", "correct", "cued")))

    @property
    def pooled_interval(self) -> tuple[float, float] | None:
        """The Wilson 95% interval of `pooled`, in percent."""
        if self.pooled is None or not self.pooled.n:
            return None
        low, high = wilson_interval(hits_of(self.metric, self.pooled), self.pooled.n)
        return 100 * low, 100 * high

    @property
    def share(self) -> float | None:
        """How much of the way from baseline to target the level has come, 0 to 1 on the way and beyond; None when it
        cannot be said, as where the baseline meets the target already."""
        if self.level is None or self.baseline is None or self.met_from_start:
            return None
        return (self.level - self.baseline) / (self.asks.target_value - self.baseline)

    @property
    def met_from_start(self) -> str:
        """Why there is no way to the target from a baseline that meets it already; "" where there is one."""
        return met_from_start(self.asks, self.baseline)

    @property
    def met_on(self) -> date | None:
        """The day on which the criterion was first fulfilled, None while it is not."""
        return self.mastery.met_on if self.mastery and self.mastery.met else None

    @property
    def level_meets(self) -> bool:
        """Whether the latest level is at the target or beyond it."""
        if self.level is None:
            return False
        criterion = self.asks.criterion
        target = criterion.target if criterion else self.asks.target_value
        down = self.asks.direction is Direction.DOWN
        return self.level <= target if down else self.level >= target


def report_goal(history: GoalHistory, span: ReportSpan) -> ReportGoal:
    """The facts of a goal in `span`. Points after `span.until` do not count; a day outside has no data."""
    version = _in_force(history.versions, span.until)
    known = with_phases([point for point in history.points if point.on <= span.until], history.phases)
    said = [point for point in known if point.words or point.value(version.asks.metric) is not None]
    inside = [point for point in said if point.on >= span.first]
    whole, within = findings(version.asks, said), findings(version.asks, inside)
    before, changed = _change(history.versions, span)
    described = [] if version.asks.metric is Metric.NOTHING else _described(inside, within.basis)
    return ReportGoal(
        span=span,
        version=version,
        status=history.status,
        points=tuple(inside),
        basis=within.basis,
        described=tuple(described),
        values=within.values,
        baseline=whole.baseline,
        baseline_is_median=whole.baseline_is_median,
        line=within.line,
        interval=within.interval,
        check=whole.check,
        mastery=version.asks.criterion.is_met(known, version.asks.asked_since) if version.asks.criterion else None,
        before=len(said) > len(inside),
        began_on=_within(history.versions[0].starts_on, span),
        begins_later=history.versions[0].starts_on > span.until,
        versions_within=tuple(one.starts_on for one in history.versions[1:] if _within(one.starts_on, span)),
        changed_on=changed.starts_on if changed else None,
        old_criterion=before.criterion_words if before else "",
    )


def _described(inside: Sequence[Point], basis: Purpose) -> list[Point]:
    return [point for point in inside if point.purpose is basis and not is_baseline(point.phase)]


def _in_force(versions: Sequence[ReportVersion], day: date) -> ReportVersion:
    begun = [one for one in versions if one.starts_on <= day]
    return (begun or list(versions[:1]))[-1]


def _within(day: date, span: ReportSpan) -> date | None:
    """`day`, when it is within the period and not its first day: then the goal was there throughout."""
    return day if span.first < day <= span.until else None


def _change(
    versions: Sequence[ReportVersion], span: ReportSpan
) -> tuple[ReportVersion, ReportVersion] | tuple[None, None]:
    """The last change of the criterion within the period: the version before it, and the one that made it."""
    for earlier, later in reversed(list(pairwise(versions))):
        if _within(later.starts_on, span) and earlier.criterion_words != later.criterion_words:
            return earlier, later
    return None, None
