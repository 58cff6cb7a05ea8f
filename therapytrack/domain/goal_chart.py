"""The goal chart as a description that knows no drawing tool: the screen, the print and the PDF draw the same one.

Conventions: a phase line is an intended change and breaks the data path (Motivity, "Phase and condition lines"); a gap
in the data breaks it too, so that a school holiday is not drawn as progress; probe and practice are kept apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

from therapytrack.domain.accuracy import Purpose, percent_text, wilson_interval
from therapytrack.domain.chart_facts import Fact, alt_text, facts_of, score_words
from therapytrack.domain.dates import long_date
from therapytrack.domain.goal_findings import Findings, GoalFacts, findings, with_phases
from therapytrack.domain.mastery import MasteryResult
from therapytrack.domain.points import Metric, Phase, Point, is_baseline
from therapytrack.domain.trend import Line, Status

__all__ = ["GoalChart", "GoalFacts", "Phase", "Point", "build_goal_chart"]

GAP_DAYS = 15
MARGIN = timedelta(days=8)
EMPTY_SPAN = timedelta(days=365)
Role = Literal["criterion", "aim", "trend"]


@lru_cache(maxsize=4096)
def _ground(counted: int, n: int, low: float, high: float) -> str:
    """A chart of 400 points has the same few counts again and again."""
    return f"{counted} of {n}, 95% interval {low:.0f} to {high:.0f}%"


class Mark(NamedTuple):
    """A plotted point: `value` and its Wilson 95% interval `low` to `high` in percent, of `n` trials."""

    on: date
    value: float
    n: int
    low: float
    high: float
    counted: int
    session_id: str

    @property
    def ground(self) -> str:
        """What the value stands on: "16 of 20, 95% interval 58 to 92%"."""
        return _ground(self.counted, self.n, self.low, self.high)

    @property
    def label(self) -> str:
        """The point in words."""
        return f"{percent_text(self.value)} · {long_date(self.on)} · {self.ground}"


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
class Stroke:
    """A straight line from (start, start_value) to (end, end_value), in percent, with its direct label."""

    role: Role
    start: date
    start_value: float
    end: date
    end_value: float
    label: str


@dataclass(frozen=True, slots=True)
class PhaseBand:
    """A phase on the date axis; a band that is not the first begins with a phase line."""

    name: str
    start: date
    end: date
    baseline: bool


@dataclass(frozen=True, slots=True)
class ChartRow:
    """A point in the table under the chart, as text, with its date and session for links and sorting."""

    on: date
    date_text: str
    condition: str
    trials: str
    score: str
    interval: str
    recorded_by: str
    note_status: str
    session_id: str


@dataclass(frozen=True, slots=True)
class GoalChart:
    """All that is drawn and said; the y axis is always 0 to 100 percent. `points` are newest first."""

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

    @property
    def rows(self) -> tuple[ChartRow, ...]:
        """The table of all points, newest first."""
        return self.rows_of(self.points)

    def rows_of(self, points: Sequence[Point]) -> tuple[ChartRow, ...]:
        """Those of the chart's `points` that a table shows, as its rows."""
        return tuple(_row(point, self.metric) for point in points)

    @property
    def strokes(self) -> tuple[Stroke, ...]:
        """The straight lines, in drawing order."""
        return tuple(stroke for stroke in (self.criterion, self.aim, self.trend) if stroke)

    @property
    def legend(self) -> tuple[str, ...]:
        """The names of the series that are drawn, each once."""
        names = [segment.name for segment in self.segments]
        return tuple(dict.fromkeys(names + ([self.trend.label] if self.trend else [])))


def build_goal_chart(goal: GoalFacts, phases: Sequence[Phase], points: Sequence[Point]) -> GoalChart:
    """Describe the chart of `points` (any order, trials may be none) in `phases` for `goal`."""
    phases = sorted(phases, key=lambda phase: phase.starts_on)
    points = with_phases(points, phases)
    found = findings(goal, points)
    segments = _segments(points, goal.metric)
    x_start, x_end = _x_range(goal, phases, points)
    return GoalChart(
        title=f"{'Probes' if found.basis is Purpose.PROBE else 'Practice'} {score_words(goal.metric)}",
        x_start=x_start,
        x_end=x_end,
        segments=segments,
        bands=_bands(phases, x_start, x_end),
        criterion=_criterion(goal, x_start, x_end),
        aim=_aim(found),
        trend=_trend(found),
        facts=facts_of(goal, found),
        status=found.check.status if found.check else Status.TOO_FEW,
        mastery=goal.criterion.is_met(points) if goal.criterion else None,
        metric=goal.metric,
        points=tuple(reversed(points)),
        alt=alt_text(goal, found, sum(len(segment.marks) for segment in segments)),
    )


def _counted(point: Point, metric: Metric) -> int:
    return point.score.correct + (point.score.cued if metric is Metric.SUPPORTED else 0)


def _mark(point: Point, metric: Metric) -> Mark:
    counted, n = _counted(point, metric), point.score.n
    low, high = wilson_interval(counted, n)
    return Mark(point.on, 100 * counted / n, n, 100 * low, 100 * high, counted, point.session_id)


def _segments(points: Sequence[Point], metric: Metric) -> tuple[Segment, ...]:
    segments: list[Segment] = []
    for purpose in (Purpose.PRACTICE, Purpose.PROBE):
        series = [point for point in points if point.purpose is purpose and point.score.n]
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


def _criterion(goal: GoalFacts, x_start: date, x_end: date) -> Stroke:
    value = goal.criterion.target if goal.criterion else goal.target_value
    word = "Mastery" if goal.criterion else "Target"
    return Stroke("criterion", x_start, value, x_end, value, f"{word} {percent_text(value)}")


def _aim(found: Findings) -> Stroke | None:
    aim = found.aim
    return Stroke("aim", aim.start, aim.start_value, aim.target_on, aim.target, "Aim line") if aim else None


def _trend(found: Findings) -> Stroke | None:
    if found.line is None:
        return None
    first, last = found.values[0][0], found.values[-1][0]
    (start, start_value), (end, end_value) = (_inside(found.line, day, first, last) for day in (first, last))
    return Stroke("trend", start, start_value, end, end_value, "Trend (Theil–Sen)")


def _inside(line: Line, day: date, first: date, last: date) -> tuple[date, float]:
    """The point of `line` on `day`, or where it enters the plot when it is above 100 or below 0 on that day."""
    value = line.at(day.toordinal())
    edge = min(100.0, max(0.0, value))
    if edge == value:
        return day, value
    crossing = day + timedelta(days=round((edge - value) / line.slope)) if line.slope else day
    return min(max(crossing, first), last), edge


def _row(point: Point, metric: Metric) -> ChartRow:
    counted, n = _counted(point, metric), point.score.n
    low, high = (100 * share for share in wilson_interval(counted, n))
    return ChartRow(
        on=point.on,
        date_text=long_date(point.on),
        condition=_condition(point),
        trials=f"{counted}/{n}",
        score=percent_text(100 * counted / n) if n else "no trials",
        interval=f"{low:.0f} to {high:.0f}%" if n else "",
        recorded_by=point.recorded_by,
        note_status=point.note_status,
        session_id=point.session_id,
    )


def _condition(point: Point) -> str:
    noun = f"Baseline {point.purpose.value}" if is_baseline(point.phase) else point.purpose.value.capitalize()
    return f"{noun}, with cues" if point.score.cued else f"{noun}, no cues"
