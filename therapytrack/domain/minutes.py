"""Mandated minutes: what a period asks for, what was delivered, and whether that keeps pace.

The ledger is Allowable = Provided + Not provided (by reason) + Not accounted for (SameGoal, "Service fidelity").
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from therapytrack.errors import Invalid

# Minutes come in whole sessions, so 90 of an expected 92 is keeping pace: a shortfall under 5% is not called behind.
DAYS_OF_A_WEEK, SCHOOL_WEEK = 7, 5
TOLERANCE_PERCENT = 5


class Per(StrEnum):
    """How often a mandate begins anew."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `start` to `end`, both included."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise Invalid({"ends_on": "The end date is before the start date. Change one of them."})

    @property
    def days(self) -> int:
        """How many days the period has, at least one."""
        return (self.end - self.start).days + 1

    def days_until(self, day: date) -> int:
        """How many of the period's days are over or running at the end of `day`."""
        return min(max((day - self.start).days + 1, 0), self.days)


@dataclass(frozen=True, slots=True)
class Mandate:
    """What the IEP mandates: `sessions` of `minutes` each per `per`, from `starts_on` to `ends_on` (None: open).

    Raises Invalid when minutes or sessions are not positive, or the dates are the wrong way round.
    """

    minutes: int
    sessions: int
    per: Per
    starts_on: date
    ends_on: date | None = None

    def __post_init__(self) -> None:
        if self.minutes < 1 or self.sessions < 1:
            raise Invalid({"minutes": "Enter at least 1 minute and 1 session."})
        if self.ends_on is not None and self.ends_on < self.starts_on:
            raise Invalid({"ends_on": "The end date is before the start date. Change one of them."})

    @property
    def per_period(self) -> int:
        """Minutes of a full period."""
        return self.minutes * self.sessions


@dataclass(frozen=True, slots=True)
class MinutesStatus:
    """Minutes `delivered` of `mandated`, how many were `expected_by_now`, and how many `behind` (0: keeping pace)."""

    delivered: int
    mandated: int
    expected_by_now: int
    behind: int

    @property
    def label(self) -> str:
        """The words beside the bar: "32 behind", or nothing when keeping pace."""
        return f"{self.behind} behind" if self.behind else ""

    def percent_of_mandate(self, minutes: int) -> int:
        """`minutes` as a share of the mandate for a bar, 0 to 100; a mandate of nothing is full."""
        return min(100, _rounded(100 * max(0, minutes), self.mandated)) if self.mandated else 100


def period_of(mandate: Mandate, today: date) -> Period:
    """The whole period that `today` falls in: Monday to Sunday, calendar month, calendar quarter, or IEP year.

    The IEP year begins on the anniversary of `starts_on`; Feb 29 counts as Mar 1 in other years.
    """
    if mandate.per is Per.WEEK:
        monday = today - timedelta(days=today.weekday())
        return Period(monday, monday + timedelta(days=6))
    if mandate.per is Per.MONTH:
        return _months(today.year, today.month, 1)
    if mandate.per is Per.QUARTER:
        return _months(today.year, today.month - (today.month - 1) % 3, 3)
    year = today.year if _anniversary(mandate.starts_on, today.year) <= today else today.year - 1
    end = _anniversary(mandate.starts_on, year + 1) - timedelta(days=1)
    return Period(_anniversary(mandate.starts_on, year), end)


def _months(year: int, month: int, count: int) -> Period:
    after = month - 1 + count
    return Period(date(year, month, 1), date(year + after // 12, after % 12 + 1, 1) - timedelta(days=1))


def _anniversary(day: date, year: int) -> date:
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def active_part(mandate: Mandate, period: Period) -> Period | None:
    """The days of `period` on which the mandate runs; None when it does not."""
    start = max(period.start, mandate.starts_on)
    end = min(period.end, mandate.ends_on) if mandate.ends_on else period.end
    return Period(start, end) if start <= end else None


def share_of(mandate: Mandate, period: Period, days: int) -> int:
    """The mandate's minutes for `days` of a whole `period`; halves round up."""
    return _rounded(mandate.per_period * days, period.days)


def held_against(mandated: int, delivered: int, expected: int, period: Period, today: date) -> MinutesStatus:
    """Hold `delivered` minutes against what an even spread of `mandated` had given by now, `expected`.

    A shortfall under 5% of the mandate is not called behind; nor is a week before its fifth day, because its sessions
    can still come.
    """
    short = max(0, expected - delivered)
    can_still_come = period.days <= DAYS_OF_A_WEEK and period.days_until(today) < SCHOOL_WEEK
    behind = short if 100 * short >= TOLERANCE_PERCENT * mandated and not can_still_come else 0
    return MinutesStatus(delivered, mandated, expected, behind)


def not_accounted_minutes(allowable: int, provided: int, not_provided: Mapping[str, int]) -> int:
    """Minutes of the ledger with neither a session nor a reason; never below zero, as extra sessions owe nothing."""
    return max(0, allowable - provided - sum(not_provided.values()))


def _rounded(numerator: int, denominator: int) -> int:
    """The quotient to the nearest whole number, halves up."""
    return (2 * numerator + denominator) // (2 * denominator)
