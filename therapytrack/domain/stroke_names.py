"""Where the name of a line stands beside it: where fewer points are; and whether lines stand over points."""

from datetime import date, timedelta
from math import ceil

from therapytrack.domain.goal_chart import GoalChart, Stroke

HIGH = 0.1  # of the plot, that a name takes
MANY = 100
ALONG = (0.86, 0.7, 0.55, 0.4, 0.25, 0.1)


def hides_lines(chart: GoalChart, window: tuple[date, date]) -> bool:
    """Whether the points within `window` are so many that lines are drawn over them, which would not be seen below."""
    return sum(window[0] <= mark.on <= window[1] for segment in chart.segments for mark in segment.marks) > MANY


def stands_first(
    chart: GoalChart, window: tuple[date, date], share: float, *, above: bool, whiskers: bool = False
) -> bool:
    """Whether the criterion's name stands at the beginning of its line within `window`, because fewer points are there.

    `share`: how much of the plot's width the name takes; `above`: on which side of the line it stands;
    `whiskers`: the intervals of the points are drawn too.
    """
    start, end = max(window[0], chart.criterion.start), window[1]
    room = timedelta(days=share * (window[1] - window[0]).days)
    if start + 2 * room > end:
        return False
    value = chart.criterion.end_value
    first, last = (_met(chart, value, days, above=above, whiskers=whiskers) for days in _ends(start, end, room))
    rises_to_it = chart.aim is not None and not above and chart.aim.start_value < chart.aim.end_value
    return first < last + rises_to_it


def aim_place(
    chart: GoalChart, aim: Stroke, window: tuple[date, date], share: float, *, whiskers: bool = False
) -> tuple[date, float]:
    """Where the name of the aim line, of which `aim` is what lies within `window`, begins: a day and the line's value
    on it, near the line's end unless fewer points are elsewhere along it. `share` and `whiskers` as `stands_first`."""
    room = timedelta(days=ceil(share * (window[1] - window[0]).days))
    falls = aim.end_value < aim.start_value
    days = (min(aim.start + at * (aim.end - aim.start), window[1] - room) for at in ALONG)
    places = [(day, aim.at(day)) for day in (max(aim.start, day) for day in days)]
    return min(places, key=lambda one: _met(chart, one[1], (one[0], one[0] + room), above=falls, whiskers=whiskers))


def earlier_place(chart: GoalChart, stroke: Stroke, window: tuple[date, date], share: float) -> tuple[bool, bool]:
    """Where the name of an earlier version's criterion stands: whether at the beginning of its line within `window`,
    and whether above it. At its end above it, unless fewer points are elsewhere; below only within the plot."""
    start, end = max(window[0], stroke.start), min(window[1], stroke.end)
    room = timedelta(days=share * (window[1] - window[0]).days)
    sides = (True, False) if stroke.end_value > HIGH * chart.top else (True,)
    places = [(first, above) for above in sides for first in (False, True)]
    ends = _ends(start, end, room)
    return min(places, key=lambda place: _met(chart, stroke.end_value, ends[not place[0]], above=place[1]))


def _ends(start: date, end: date, room: timedelta) -> tuple[tuple[date, date], tuple[date, date]]:
    return (start, min(end, start + room)), (max(start, end - room), end)


def _met(chart: GoalChart, value: float, days: tuple[date, date], *, above: bool, whiskers: bool = False) -> int:
    """How many points stand where a name beside a line at `value` would be."""
    low = value - (0 if above else HIGH * chart.top)
    high = low + HIGH * chart.top
    marks = (mark for segment in chart.segments for mark in segment.marks if days[0] <= mark.on <= days[1])
    drawn = ((mark.low, mark.high) if whiskers else (mark.value, mark.value) for mark in marks)
    return sum(lowest <= high and highest >= low for lowest, highest in drawn)
