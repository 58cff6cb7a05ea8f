"""The ways to lay a straight line through a goal's points: one of them is drawn, and the chart says which.

Lines can be fitted in several ways that differ, so the method is chosen openly and named (Manolov 2018, doi
10.1177/0145445517726301). Theil-Sen is the usual one because one bad day does not move it.
"""

from collections.abc import Sequence
from enum import StrEnum
from math import sqrt
from statistics import fmean, median

from therapytrack.domain.trend import Interval, Line, ols, theil_sen_with_interval


class TrendMethod(StrEnum):
    """What the switch above a chart offers."""

    THEIL_SEN = "theil-sen"
    OLS = "ols"
    THIRDS = "thirds"

    @property
    def label(self) -> str:
        """The method's name on the chart."""
        return {"theil-sen": "Theil–Sen", "ols": "least squares", "thirds": "Tukey's thirds"}[self]


def fit(method: TrendMethod, x: Sequence[float], y: Sequence[float]) -> tuple[Line | None, Interval | None]:
    """The line of `method` through the points and the 95% interval of its slope; None for what cannot be said."""
    if method is TrendMethod.OLS:
        return ols(x, y), ols_interval(x, y)
    if method is TrendMethod.THIRDS:
        return thirds(x, y), None
    return theil_sen_with_interval(x, y)


def ols_interval(x: Sequence[float], y: Sequence[float], confidence: float = 0.95) -> Interval | None:
    """Limits of the least-squares slope by Student's t with n - 2 degrees; assumes independent, normal errors.

    None with fewer than three points, one x only, or points on one straight line, which leave no error to judge by.
    """
    line = ols(x, y)
    if line is None or len(x) < 3:
        return None
    left = sum((b - line.at(a)) ** 2 for a, b in zip(x, y, strict=True))
    height = fmean(y)
    if left <= 1e-18 * max(1.0, sum((b - height) ** 2 for b in y)) * len(y):
        return None
    from scipy.special import stdtrit  # where it is used: a server that draws no such line never loads it

    middle = fmean(x)
    error = sqrt(left / (len(x) - 2) / sum((a - middle) ** 2 for a in x))
    reach = float(stdtrit(len(x) - 2, (1 + confidence) / 2)) * error
    return line.slope - reach, line.slope + reach


def thirds(x: Sequence[float], y: Sequence[float]) -> Line | None:
    """The line through the medians of the first and the last third of the points, ordered by x.

    One point too many goes to the middle third, two go to the outer ones. None with fewer than three points, or when
    both medians have one x. It has no interval. Source: Tukey 1977, Exploratory Data Analysis, as schools teach it.
    """
    if len(x) < 3:
        return None
    points = sorted(zip(x, y, strict=True))
    size = (len(points) + 1) // 3
    (start, low), (end, high) = (
        (median(a for a, _ in part), median(b for _, b in part)) for part in (points[:size], points[-size:])
    )
    if start == end:
        return None
    slope = (high - low) / (end - start)
    return Line(slope, low - slope * start)
