"""The goal chart as a description that knows no drawing tool: the screen, the print and the PDF draw the same one.

Conventions: a phase line is an intended change and breaks the data path (Motivity, "Phase and condition lines"); a gap
in the data breaks it too, so that a school holiday is not drawn as progress; probe and practice are kept apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from therapytrack.domain.accuracy import Purpose, Score, wilson_interval
from therapytrack.domain.chart_facts import Fact, alt_text, facts_of, score_words
from therapytrack.domain.chart_rows import ChartRow, has_interval, row_of
from therapytrack.domain.chart_strokes import Stroke, aim_stroke, criterion_stroke, earlier_strokes, trend_stroke
from therapytrack.domain.dates import long_date
from therapytrack.domain.decision_rules import Prompt, prompts, silent_prompts
from therapytrack.domain.goal_findings import Findings, GoalFacts, findings, met_from_start, with_phases
from therapytrack.domain.mastery import MasteryResult
from therapytrack.domain.outside_events import Event, events_sentence, marked
from therapytrack.domain.points import Metric, Phase, Point, is_baseline
from therapytrack.domain.score_words import counts_text, hits_of
from therapytrack.domain.trend import Status
from therapytrack.domain.trend_methods import TrendMethod
from therapytrack.domain.units import axis_ticks, is_percent, value_text

__all__ = ["ChartRow", "Event", "GoalChart", "GoalFacts", "Phase", "Point", "Stroke", "build_goal_chart"]

GAP_DAYS = 15
MANY = 120  # points, which smaller marks tell apart better
MARGIN = timedelta(days=8)
EMPTY_SPAN = timedelta(days=365)


@lru_cache(maxsize=4096)
def _ground(counted: int, n: int, low: float, high: float) -> str:
    """A chart of 400 points has the same few counts again and again."""
    return f"{counted} of {n}, 95% interval {low:.0f} to {high:.0f}%"


class Mark(NamedTuple):
    """A plotted point: `value` in the unit of `metric`, of `n` observations, `counted` of which count.

    Correct trials have a Wilson 95% interval `low` to `high` in percent; for what is no independent trial both are the
    value. `beside`: the same trials with their cues counted (or not, where the goal counts them), None without cues.
    """

    on: date
    value: float
    n: int
    low: float
    high: float
    counted: int
    session_id: str
    metric: Metric = Metric.INDEPENDENT
    amount: int | None = None
    beside: float | None = None

    @property
    def ground(self) -> str:
        """What the value stands on: "16 of 20, 95% interval 58 to 92%", "12 times in 8:20"."""
        if has_interval(self.metric):
            return _ground(self.counted, self.n, self.low, self.high)
        return counts_text(self.metric, Score(self.n, self.counted, 0, self.amount))

    @property
    def words(self) -> str:
        """The value with its unit."""
        return value_text(self.metric, self.value)

    @property
    def label(self) -> str:
        """The point in words."""
        return f"{self.words} · {long_date(self.on)} · {self.ground}"


@dataclass(frozen=True, slots=True)
class Segment:
    """Points joined by one unbroken path: one purpose, one phase, no gap."""

    purpose: Purpose
    baseline: bool
    marks: tuple[Mark, ...]

    @property
    def name(self) -> str:
        """The series in the legend."""
        noun = self.purpose.value
        return f"Baseline {noun}" if self.baseline else noun.capitalize()


@dataclass(frozen=True, slots=True)
class PhaseBand:
    """A phase on the date axis; a band that is not the first begins with a phase line."""

    name: str
    start: date
    end: date
    baseline: bool


@dataclass(frozen=True, slots=True)
class GoalChart:
    """All that is drawn and said; the y axis goes from 0 to the last of `ticks`, 100 for percent. `points` are newest
    first; `earlier` are the criteria and aim lines of earlier versions."""

    title: str
    x_start: date
    x_end: date
    segments: tuple[Segment, ...]
    bands: tuple[PhaseBand, ...]
    criterion: Stroke
    aim: Stroke | None
    trend: Stroke | None
    facts: tuple[Fact, ...]
    status: Status
    mastery: MasteryResult | None
    metric: Metric
    points: tuple[Point, ...]
    alt: str
    ticks: tuple[float, ...] = (0, 20, 40, 60, 80, 100)
    earlier: tuple[Stroke, ...] = ()
    events: tuple[Event, ...] = ()
    prompts: tuple[Prompt, ...] = ()

    def __hash__(self) -> int:
        """Charts of which the same is said are compared in full: hashing every point took longer than that."""
        return hash((self.title, self.alt, len(self.points)))

    @property
    def top(self) -> float:
        """Where the y axis ends."""
        return self.ticks[-1]

    @property
    def rows(self) -> tuple[ChartRow, ...]:
        """The table of all points, newest first."""
        return self.rows_of(self.points)

    def rows_of(self, points: Sequence[Point]) -> tuple[ChartRow, ...]:
        """Those of the chart's `points` that a table shows, as its rows."""
        return tuple(row_of(point, self.metric) for point in points)

    @property
    def strokes(self) -> tuple[Stroke, ...]:
        """The straight lines, in drawing order."""
        return tuple(stroke for stroke in (*self.earlier, self.criterion, self.aim, self.trend) if stroke)

    @property
    def beside(self) -> tuple[Mark, ...]:
        """The points that tell independence from supported performance."""
        return tuple(mark for segment in self.segments for mark in segment.marks if mark.beside is not None)

    @property
    def beside_name(self) -> str:
        """What the second value of those points is."""
        return "Without cues" if self.metric is Metric.SUPPORTED else "With cues"

    @property
    def legend(self) -> tuple[str, ...]:
        """The names of the series that are drawn, each once."""
        names = [segment.name for segment in self.segments]
        return tuple(dict.fromkeys(names + ([self.trend.label] if self.trend else [])))

    @property
    def joined(self) -> tuple[str, ...]:
        """Of these, the series of which a line joins some points."""
        return tuple(dict.fromkeys(segment.name for segment in self.segments if len(segment.marks) > 1))


def build_goal_chart(
    goal: GoalFacts,
    phases: Sequence[Phase],
    points: Sequence[Point],
    method: TrendMethod = TrendMethod.THEIL_SEN,
    events: Sequence[Event] = (),
) -> GoalChart:
    """Describe the chart of `points` (any order, trials may be none) in `phases` for `goal`, the trend by `method`."""
    phases = sorted(phases, key=lambda phase: phase.starts_on)
    points = with_phases(points, phases)
    events = marked(events)
    found = findings(goal, points, method)
    segments = _segments(points, goal.metric)
    x_start, x_end = _x_range(goal, phases, points)
    ticks = axis_ticks(goal.metric, _highest(goal, found, segments))
    return GoalChart(
        title=_title(goal.metric, found.basis),
        x_start=x_start,
        x_end=x_end,
        segments=segments,
        bands=_bands(phases, x_start, x_end),
        criterion=criterion_stroke(goal, x_start, x_end),
        aim=aim_stroke(goal, found),
        trend=trend_stroke(found, ticks[-1]),
        earlier=tuple(earlier_strokes(goal, found, x_start)),
        events=events,
        prompts=_prompts(goal, found),
        ticks=ticks,
        facts=() if goal.metric is Metric.NOTHING else facts_of(goal, found),
        status=found.check.status if found.check else Status.TOO_FEW,
        mastery=goal.criterion.is_met(points, goal.asked_since) if goal.criterion else None,
        metric=goal.metric,
        points=tuple(reversed(points)),
        alt=alt_text(goal, found, sum(len(segment.marks) for segment in segments)) + events_sentence(events),
    )


def _prompts(goal: GoalFacts, found: Findings) -> tuple[Prompt, ...]:
    if goal.metric is Metric.NOTHING:
        return ()
    if met := met_from_start(goal, found.baseline):
        return silent_prompts(f"{met[0].upper()}{met[1:]}.")
    drawn = (found.line, found.interval) if found.line and found.method is TrendMethod.THEIL_SEN else None
    return prompts(found.values, found.aim, goal.direction, goal.metric, goal.changed_on, drawn)


def _title(metric: Metric, basis: Purpose) -> str:
    noun = "Probes" if basis is Purpose.PROBE else "Practice"
    between = " " if has_interval(metric) else ", "
    return f"{noun}{between}{score_words(metric)}"


def _highest(goal: GoalFacts, found: Findings, segments: Sequence[Segment]) -> float:
    if is_percent(goal.metric):
        return 100
    asked = [one.facts.target_value for one in goal.earlier]
    marks = (mark.value for segment in segments for mark in segment.marks)
    if goal.top:
        return max([*marks, *asked, goal.target_value, goal.top])
    return max([*marks, *asked, 1.05 * goal.target_value, found.baseline or 0])


def _mark(point: Point, metric: Metric) -> Mark:
    counted, n = hits_of(metric, point.score), point.score.n
    if not has_interval(metric):
        value = point.value(metric) or 0.0
        return Mark(point.on, value, n, value, value, counted, point.session_id, metric, point.score.amount)
    low, high = wilson_interval(counted, n)
    score = point.score
    other = score.independent if metric is Metric.SUPPORTED else score.supported
    beside = other if score.cued else None
    return Mark(point.on, 100 * counted / n, n, 100 * low, 100 * high, counted, point.session_id, metric, beside=beside)


def _segments(points: Sequence[Point], metric: Metric) -> tuple[Segment, ...]:
    segments: list[Segment] = []
    for purpose in (Purpose.PRACTICE, Purpose.PROBE):
        series = [point for point in points if point.purpose is purpose and point.value(metric) is not None]
        breaks = [index for index, pair in enumerate(pairwise(series), start=1) if _is_break(*pair)]
        for start, end in pairwise([0, *breaks, len(series)]):
            run = series[start:end]
            if run:
                marks = tuple(_mark(point, metric) for point in run)
                segments.append(Segment(purpose, is_baseline(run[0].phase), marks))
    return tuple(segments)


def _is_break(before: Point, after: Point) -> bool:
    return before.phase != after.phase or (after.on - before.on).days > GAP_DAYS


def _x_range(goal: GoalFacts, phases: Sequence[Phase], points: Sequence[Point]) -> tuple[date, date]:
    known = [point.on for point in points] + [phase.starts_on for phase in phases]
    known += [goal.baseline_on] if goal.baseline_on else []
    start = min([*known, goal.target_on - (timedelta(0) if known else EMPTY_SPAN)])
    return start - MARGIN, max([*known, goal.target_on]) + MARGIN


def _bands(phases: Sequence[Phase], x_start: date, x_end: date) -> tuple[PhaseBand, ...]:
    if not phases:
        return ()
    edges = [x_start, *(phase.starts_on for phase in phases[1:]), x_end]
    return tuple(
        PhaseBand(phase.name, start, end, phase.is_baseline)
        for phase, (start, end) in zip(phases, pairwise(edges), strict=True)
    )
