"""Where the name of the criterion stands beside its line: at the end where fewer points are."""

from datetime import date, timedelta

from therapytrack.domain.goal_chart import GoalChart

HIGH = 0.1  # of the plot, that a name takes


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
    low = chart.criterion.end_value - (0 if above else HIGH * chart.top)
    high = low + HIGH * chart.top
    marks = (mark for segment in chart.segments for mark in segment.marks if start <= mark.on <= end)
    drawn = ((mark.on, *((mark.low, mark.high) if whiskers else (mark.value, mark.value))) for mark in marks)
    met = [day for day, lowest, highest in drawn if lowest <= high and highest >= low]
    first, last = sum(day <= start + room for day in met), sum(day >= end - room for day in met)
    return first < last
