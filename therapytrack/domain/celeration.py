"""The standard celeration chart of a rate: times a minute on a multiply-divide scale over 140 calendar days.

Six cycles from 0.001 to 1,000 a minute, weeks beginning on Sunday; change is told as times or divided by so much a
week. Source: precisionteachingresource.net/chart-overview; a count of zero stands just below the record floor, which is
one count in the time observed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import log10

from therapytrack.domain.accuracy import Purpose
from therapytrack.domain.dates import span_words
from therapytrack.domain.goal_chart import GoalChart, Mark
from therapytrack.domain.outside_events import Event, events_sentence
from therapytrack.domain.points import Metric
from therapytrack.domain.trend import theil_sen
from therapytrack.domain.units import plain

DAYS = 140
LOWEST, HIGHEST = 0.001, 1000.0
BELOW_FLOOR = 0.8
POINTS_FOR_A_LINE = 3
A_MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Drawn:
    """A point on the chart: `value` is where it stands, `zero` that nothing was counted."""

    on: date
    value: float
    zero: bool
    purpose: Purpose
    baseline: bool
    words: str


@dataclass(frozen=True, slots=True)
class Celeration:
    """The chart: `factor` is the change a week (2 doubles, 0.5 halves), None where the data cannot say, with its line
    from (first day, value) to (last day, value)."""

    start: date
    end: date
    drawn: tuple[Drawn, ...]
    factor: float | None
    line: tuple[tuple[date, float], tuple[date, float]] | None
    sentence: str
    phases: tuple[tuple[date, str], ...] = ()
    events: tuple[Event, ...] = ()


def celeration_of(chart: GoalChart) -> Celeration | None:
    """The celeration chart of a goal whose measure is a rate; None for any other measure."""
    if chart.metric is not Metric.RATE:
        return None
    last = chart.points[0].on if chart.points else chart.x_end
    saturday = last + timedelta(days=(5 - last.weekday()) % 7)
    start, end = saturday - timedelta(days=DAYS - 1), saturday
    drawn = tuple(
        _drawn(mark, segment.purpose, baseline=segment.baseline)
        for segment in chart.segments
        for mark in segment.marks
        if start <= mark.on <= end
    )
    counted = _counted(drawn)
    factor, line = _fit(counted)
    phases = tuple((band.start, band.name) for band in chart.bands[1:] if start <= band.start <= end)
    events = tuple(one for one in chart.events if one.outside and start <= one.on <= end)
    sentence = _sentence(drawn, counted, factor, start, end) + events_sentence(events)
    return Celeration(start, end, drawn, factor, line, sentence, phases, events)


def factor_text(factor: float) -> str:
    """A change a week as celeration is told: "×1.25", "÷2", "×1" for none."""
    return f"×{plain(factor, 2)}" if factor >= 1 or plain(1 / factor, 2) == "1" else f"÷{plain(1 / factor, 2)}"


def name_of(one: Drawn) -> str:
    """The series that a point belongs to, as the legend has it."""
    base = f"Baseline {one.purpose.value}" if one.baseline else one.purpose.value.capitalize()
    return f"{base}, none counted" if one.zero else base


def celeration_legend(found: Celeration) -> list[str]:
    """The names of the series that are drawn, each once."""
    return list(dict.fromkeys(name_of(one) for one in found.drawn))


def _drawn(mark: Mark, purpose: Purpose, *, baseline: bool) -> Drawn:
    value = mark.value
    if not value:
        floor = A_MINUTE_MS / mark.amount if mark.amount else LOWEST
        value = BELOW_FLOOR * floor
    return Drawn(mark.on, min(HIGHEST, max(LOWEST, value)), not mark.value, purpose, baseline, mark.label)


def _counted(drawn: Sequence[Drawn]) -> list[Drawn]:
    """The treatment points that a line can be laid through: probes where there are enough, never a zero."""
    usable = [one for one in drawn if not one.baseline and not one.zero]
    probes = [one for one in usable if one.purpose is Purpose.PROBE]
    chosen = probes if len(probes) >= POINTS_FOR_A_LINE else [one for one in usable if one.purpose is Purpose.PRACTICE]
    return sorted(chosen, key=lambda one: one.on)


def _fit(counted: Sequence[Drawn]) -> tuple[float | None, tuple[tuple[date, float], tuple[date, float]] | None]:
    if len(counted) < POINTS_FOR_A_LINE:
        return None, None
    found = theil_sen([float(one.on.toordinal()) for one in counted], [log10(one.value) for one in counted])
    if found is None:
        return None, None
    first, last = counted[0].on, counted[-1].on
    ends = ((first, _power(found.at(first.toordinal()))), (last, _power(found.at(last.toordinal()))))
    return _power(7 * found.slope), ends


def _power(exponent: float) -> float:
    return float(10 ** min(300.0, max(-300.0, exponent)))


def _sentence(drawn: Sequence[Drawn], counted: Sequence[Drawn], factor: float | None, start: date, end: date) -> str:
    days = [one.on for one in drawn] or [start, end]
    span = f"Standard celeration chart, times per minute from {span_words(min(days), max(days))}"
    zeros = sum(one.zero for one in drawn)
    stand = "stands" if zeros == 1 else "stand"
    left_out = f"; {zeros} with a count of zero {stand} just below the record floor and in no line" if zeros else ""
    points = f"{len(drawn)} point{'' if len(drawn) == 1 else 's'}"
    if factor is None:
        return f"{span}: {points}{left_out}. Too few points above zero on different days for a celeration."
    ground = f"Theil–Sen line on the logarithms of {len(counted)} points"
    return f"{span}: {points}{left_out}. Celeration {factor_text(factor)} a week ({ground})."
