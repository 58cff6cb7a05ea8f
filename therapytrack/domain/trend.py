"""Where a goal's data are heading, and how that compares with the line to the target.

Straight lines can be fitted in ways that differ, so the chart names the method; Theil-Sen is the default because one
bad day does not move it (Manolov 2018, doi 10.1177/0145445517726301).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import factorial, inf, isfinite, nan, sqrt
from statistics import NormalDist, fmean, median
from typing import Any, NamedTuple

from therapytrack.domain.points import Direction

MAX_PROJECTION_DAYS = 5 * 366
LAST_POINTS = 4
POINTS_FOR_A_STATUS = 6
BLOCK = 64  # so many points at a time are paired with all later ones: the differences stay in the processor's cache
CANNOT_SAY = "Cannot say yet"
"""Lists, charts, reports and decision rules say this, and the words of `Status`, wherever they mean it."""


Interval = tuple[float, float]


class Line(NamedTuple):
    """y = intercept + slope * x."""

    slope: float
    intercept: float

    def at(self, x: float) -> float:
        """The line's y at `x`."""
        return self.intercept + self.slope * x


def _numbers(x: Sequence[float | None], y: Sequence[float | None]) -> tuple[list[float], list[float]]:
    """Both columns as plain numbers; two empty ones when a value is missing, not finite or a whole number that no
    float holds: no line goes through it.

    Raises ValueError when one is longer than the other, TypeError for what is no number: of a date take its ordinal.
    """
    if len(x) != len(y):
        raise ValueError("A line needs one y for each x.")
    across, up = ([_number(value) for value in column] for column in (x, y))
    return (across, up) if all(map(isfinite, [*across, *up])) else ([], [])


def _number(value: float | None) -> float:
    """The value as a float; nan for none, and for a whole number beyond the largest float."""
    try:
        return nan if value is None else float(value)
    except OverflowError:
        return nan


def _pairwise_slopes(x: Sequence[float], y: Sequence[float]) -> Any:
    """The slopes of all pairs with different x, as a sorted array: 400 points have 80,000."""
    import numpy as np  # where it is used: a server that draws no chart never loads it

    across, up = np.array(x, dtype=float), np.array(y, dtype=float)
    parts = [np.empty(0)]
    with np.errstate(all="ignore"):  # a slope that no float holds becomes infinite: `_finite` finds it
        if (np.diff(across) < 0).any():
            order = across.argsort()
            across, up = across[order], up[order]
        for start in range(0, len(across), BLOCK):
            rows = slice(start, start + BLOCK)
            run = across[start:] - across[rows, None]
            apart = run > 0  # within the block each pair stands twice, once with this sign
            parts.append((up[start:] - up[rows, None])[apart] / run[apart])
    slopes = np.concatenate(parts)
    slopes.sort()
    return slopes


def theil_sen(x: Sequence[float], y: Sequence[float]) -> Line | None:
    """The line through the median of all pairwise slopes; None when fewer than two different x, or one is no number.

    The points may be in any order and share an x; None too where a float cannot hold the line. It goes through the
    median of x and the median of y. Source: Theil 1950; Sen 1968, J. Am. Stat. Assoc. 63:1379; for the intercept
    Conover 1999, Practical Nonparametric Statistics, section 5.5.
    """
    across, up = _numbers(x, y)
    return _median_line(_pairwise_slopes(across, up), across, up)


def _median_line(slopes: Any, x: Sequence[float], y: Sequence[float]) -> Line | None:
    count = len(slopes)
    if not count:
        return None
    slope = (float(slopes[(count - 1) // 2]) + float(slopes[count // 2])) / 2
    return _finite(Line(slope, median(y) - slope * median(x)))


def _finite(line: Line) -> Line | None:
    return line if all(map(isfinite, line)) else None


def ols(x: Sequence[float], y: Sequence[float]) -> Line | None:
    """The least-squares line; None when fewer than two different x, or one is no number.

    The points may be in any order and share an x; None too where a float cannot hold the squares.
    Source: Legendre 1805, Gauss 1809.
    """
    across, up = _numbers(x, y)
    if len(set(across)) < 2:
        return None
    mean_x, mean_y = fmean(across), fmean(up)
    spread = sum((a - mean_x) * (a - mean_x) for a in across)
    if not 0 < spread < inf:
        return None
    slope = sum((a - mean_x) * (b - mean_y) for a, b in zip(across, up, strict=True)) / spread
    return _finite(Line(slope, mean_y - slope * mean_x))


def theil_sen_interval(x: Sequence[float], y: Sequence[float], confidence: float = 0.95) -> Interval | None:
    """Rank-based limits of the Theil-Sen slope, corrected for ties, in y per x; assumes independent points.

    None when so few points cannot reach the confidence (even perfect order has p = 2/n!, so 95% needs five points) or
    when all are alike. Source: Sen 1968, J. Am. Stat. Assoc. 63:1379, section 6 (normal approximation).
    SciPy's `theilslopes` gives the same but where points share an x and values recur: it does not correct for both.
    """
    across, up = _numbers(x, y)
    return _slope_limits(_pairwise_slopes(across, up), across, up, confidence)


def theil_sen_with_interval(
    x: Sequence[float], y: Sequence[float], confidence: float = 0.95
) -> tuple[Line | None, Interval | None]:
    """`theil_sen` and `theil_sen_interval` at once: the slopes of all pairs, n(n - 1)/2 of them, are made only once."""
    across, up = _numbers(x, y)
    slopes = _pairwise_slopes(across, up)
    return _median_line(slopes, across, up), _slope_limits(slopes, across, up, confidence)


def _slope_limits(slopes: Any, x: Sequence[float], y: Sequence[float], confidence: float) -> Interval | None:
    variance = _rank_variance(x, y)
    if not len(slopes) or variance <= 0 or 2 / factorial(len(x)) > 1 - confidence:
        return None
    reach = NormalDist().inv_cdf((1 + confidence) / 2) * sqrt(variance)
    high = min(round((len(slopes) + reach) / 2), len(slopes) - 1)
    low = max(round((len(slopes) - reach) / 2) - 1, 0)
    ends = float(slopes[low]), float(slopes[high])
    return ends if all(map(isfinite, ends)) else None


def _rank_variance(x: Sequence[float], y: Sequence[float]) -> float:
    """The variance of Kendall's S with ties in x, in y and in both. Source: Kendall 1970, Rank Correlation Methods."""
    n = len(x)
    if n < 3:
        return 0.0
    t, u = Counter(x).values(), Counter(y).values()
    base = n * (n - 1) * (2 * n + 5) - sum(k * (k - 1) * (2 * k + 5) for k in [*t, *u])
    pairs = sum(k * (k - 1) for k in t) * sum(k * (k - 1) for k in u)
    triples = sum(k * (k - 1) * (k - 2) for k in t) * sum(k * (k - 1) * (k - 2) for k in u)
    return base / 18 + pairs / (2 * n * (n - 1)) + triples / (9 * n * (n - 1) * (n - 2))


@dataclass(frozen=True, slots=True)
class AimLine:
    """The straight way from the baseline to the target, level before its start and after the target date."""

    start: date
    start_value: float
    target_on: date
    target: float

    def value_on(self, day: date) -> float:
        """Where the student would be on `day`, in percent, going straight to the target."""
        share = (day - self.start).days / (self.target_on - self.start).days
        return self.start_value + (self.target - self.start_value) * min(1.0, max(0.0, share))


def aim_line(baseline: Sequence[float], start: date, target: float, target_on: date) -> AimLine | None:
    """The line from the median of the baseline values on `start` to the target on its date.

    None without a baseline, or when the target date is not after `start`.
    Source: University of North Dakota, SPED 557, goal and aim lines (median of three baseline points).
    """
    if not baseline or target_on <= start:
        return None
    return AimLine(start, median(baseline), target_on, target)


class Status(StrEnum):
    """How the latest points stand to the aim line. A prompt to look, never a verdict."""

    ON_TRACK = "on_track"
    WATCH = "watch"
    OFF_TRACK = "off_track"
    TOO_FEW = "too_few"

    @property
    def label(self) -> str:
        """The status in words."""
        return {"on_track": "On track", "watch": "Watch", "off_track": "Off track", "too_few": CANNOT_SAY}[self]


@dataclass(frozen=True, slots=True)
class AimCheck:
    """A status and the words that say why."""

    status: Status
    sentence: str


def against_aim(points: Sequence[tuple[date, float]], line: AimLine, direction: Direction) -> AimCheck:
    """Hold the last four points (date, percent; in order of date) against the aim line.

    All four at or on the better side: on track. All four on the worse side: off track. Mixed: watch. Fewer than six
    points: cannot say yet. It tells where the points lie; what to do about it is for `decision_rules`. Source:
    four-point decision rule, at least six points, reversed for descending goals (docsbay.net/decision-making-rules).
    """
    if len(points) < POINTS_FOR_A_STATUS:
        return AimCheck(Status.TOO_FEW, f"{len(points)} of the {POINTS_FOR_A_STATUS} points that the rule needs")
    sign = 1 if direction is Direction.UP else -1
    better, worse = ("above", "below") if sign > 0 else ("below", "above")
    short = sum(sign * (value - line.value_on(day)) < -1e-9 for day, value in points[-LAST_POINTS:])
    if short == 0:
        return AimCheck(Status.ON_TRACK, f"last {LAST_POINTS} points at or {better} the aim line")
    if short == LAST_POINTS:
        return AimCheck(Status.OFF_TRACK, f"last {LAST_POINTS} points {worse} the aim line")
    return AimCheck(Status.WATCH, f"{short} of the last {LAST_POINTS} points {worse} the aim line")


def projected_date(line: Line, target: float, direction: Direction, last: date) -> date | None:
    """When `line` (percent over ordinal days) reaches `target`, not before `last`, the date of the last point.

    None when the line does not go toward the target, or would need more than five years.
    """
    sign = 1 if direction is Direction.UP else -1
    missing = sign * (target - line.at(last.toordinal()))
    if missing <= 0:
        return last
    if sign * line.slope * MAX_PROJECTION_DAYS <= missing:
        return None
    return last + timedelta(days=round(missing / (sign * line.slope)))
