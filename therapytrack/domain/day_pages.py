"""Long lists by day, newest first, in pages that never cut a day in two: the address holds the last day of a page."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import TypeVar

PAGE = 60

T = TypeVar("T")


def page_of(rows: Sequence[T], day_of: Callable[[T], date], size: int = PAGE) -> tuple[list[T], str]:
    """The first `size` of `rows` (newest first, one more than that when there are more) without the day that would be
    cut, and the last day of the next page: "2026-03-31", "" when nothing is left.

    A day with more than `size` rows fills a page alone; what of it does not fit is left out.
    """
    if len(rows) <= size:
        return list(rows), ""
    cut = day_of(rows[size])
    whole = [row for row in rows[:size] if day_of(row) > cut]
    return (whole, cut.isoformat()) if whole else (list(rows[:size]), (cut - timedelta(days=1)).isoformat())
