"""Which part of a goal's time a chart shows: the year around the goal, or the last quarter with data."""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar

from therapytrack.domain.goal_chart import MARGIN, ChartRow, GoalChart
from therapytrack.domain.points import Point

QUARTER = timedelta(days=91)
YEAR = timedelta(days=365)
WHOLE = timedelta(days=400)
Dated = TypeVar("Dated", ChartRow, Point)


class Period(StrEnum):
    """What the switch above a chart offers."""

    YEAR = "year"
    QUARTER = "quarter"


def window_of(chart: GoalChart, period: Period, today: date) -> tuple[date, date]:
    """First and last day to draw, within the chart's own range.

    A quarter is the 13 weeks up to the last point (up to `today` without points). A year is the whole chart; in one
    longer than 400 days it begins a year before the last point at the latest.
    """
    last = chart.points[0].on if chart.points else min(today, chart.x_end)
    if period is Period.QUARTER:
        return max(chart.x_start, last - QUARTER), min(chart.x_end, last + MARGIN)
    if chart.x_end - chart.x_start <= WHOLE:
        return chart.x_start, chart.x_end
    return max(chart.x_start, min(chart.x_end - WHOLE, last - YEAR)), chart.x_end


def rows_within(rows: Sequence[Dated], start: date, end: date) -> tuple[Dated, ...]:
    """The rows (or points) from `start` to `end`, both included, in the order given."""
    return tuple(row for row in rows if start <= row.on <= end)
