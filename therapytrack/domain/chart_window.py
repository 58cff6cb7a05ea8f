"""Which part of a goal's time a chart shows: all of it, or the year, the quarter or the month up to a day."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar

from therapytrack.domain.goal_chart import MARGIN, ChartRow, GoalChart, PhaseBand, Segment, Stroke
from therapytrack.domain.points import Point

MONTH = timedelta(days=31)
QUARTER = timedelta(days=91)
YEAR = timedelta(days=365)
WHOLE = timedelta(days=400)
Dated = TypeVar("Dated", ChartRow, Point)


class Period(StrEnum):
    """What the switch above a chart offers."""

    ALL = "all"
    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"


LENGTHS = {Period.QUARTER: QUARTER, Period.MONTH: MONTH}


def window_of(chart: GoalChart, period: Period, today: date, until: date | None = None) -> tuple[date, date]:
    """First and last day to draw, within the chart's own range.

    A month or a quarter is so much up to `until`, else up to the last point (up to `today` without points). A year is
    the whole chart; in one longer than 400 days it begins a year before the last point at the latest.
    """
    last = chart.points[0].on if chart.points else min(today, chart.x_end)
    if period in LENGTHS:
        return _up_to(chart, LENGTHS[period], last if until is None else until, last)
    if period is Period.ALL or chart.x_end - chart.x_start <= WHOLE:
        return chart.x_start, chart.x_end
    return max(chart.x_start, min(chart.x_end - WHOLE, last - YEAR)), chart.x_end


def _up_to(chart: GoalChart, length: timedelta, until: date, last: date) -> tuple[date, date]:
    """A stretch that ends with `until` as far as there are data; some room is left after the last point."""
    first = min(chart.x_start + length, chart.x_end)
    end = min(max(until, first), max(last, first))
    return max(chart.x_start, end - length), min(chart.x_end, end + MARGIN) if end >= last else end


def steps(chart: GoalChart, period: Period, window: tuple[date, date]) -> tuple[date | None, date | None]:
    """The last days of the stretches before and after `window`, None where there is none or nothing is cut off."""
    if period not in LENGTHS:
        return None, None
    start, end = window
    last = chart.points[0].on if chart.points else chart.x_start
    before = start if start > chart.x_start else None
    return before, min(last, end + LENGTHS[period]) if end < last else None


def shared_window(
    charts: Sequence[GoalChart], period: Period, today: date, until: date | None = None
) -> tuple[tuple[date, date], tuple[date | None, date | None]]:
    """The window of several charts (at least one) on one time axis, and the days of the stretches before and after it.

    They are taken for one chart, from the first day of any to the last day of any, with all their points.
    """
    newest = max(charts, key=lambda one: one.points[0].on if one.points else date.min)
    first, last = min(one.x_start for one in charts), max(one.x_end for one in charts)
    whole = replace(newest, x_start=first, x_end=last)
    window = window_of(whole, period, today, until)
    return window, steps(whole, period, window)


def rows_within(rows: Sequence[Dated], start: date, end: date) -> tuple[Dated, ...]:
    """The rows (or points) from `start` to `end`, both included, in the order given."""
    return tuple(row for row in rows if start <= row.on <= end)


def zoomed(chart: GoalChart, window: tuple[date, date]) -> GoalChart:
    """`chart` with what lies within `window` alone: what is said of it stays what all data say."""
    start, end = window
    return replace(
        chart,
        x_start=start,
        x_end=end,
        segments=tuple(part for segment in chart.segments if (part := _part(segment, start, end)).marks),
        bands=tuple(_clipped(band, start, end) for band in chart.bands if band.end > start and band.start < end),
        criterion=chart.criterion.within(start, end) or replace(chart.criterion, start=end, end=end),
        aim=_stroke(chart.aim, start, end),
        trend=_stroke(chart.trend, start, end),
        earlier=tuple(cut for one in chart.earlier if (cut := one.within(start, end))),
        events=tuple(event for event in chart.events if start <= event.on <= end),
    )


def _part(segment: Segment, start: date, end: date) -> Segment:
    return replace(segment, marks=tuple(mark for mark in segment.marks if start <= mark.on <= end))


def _clipped(band: PhaseBand, start: date, end: date) -> PhaseBand:
    return replace(band, start=max(band.start, start), end=min(band.end, end))


def _stroke(stroke: Stroke | None, start: date, end: date) -> Stroke | None:
    return stroke.within(start, end) if stroke else None
