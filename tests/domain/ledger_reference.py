"""The ledger once more, as plainly as it can be said: by single days and by single minutes, for holding it against.

It shares no rule with `domain.ledger`, `domain.mandates` and `domain.minutes`, so that a mistake has to be made twice
to stay unseen.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from therapytrack.domain.attendance import Attendance
from therapytrack.domain.ledger import Given, Happened, Lost
from therapytrack.domain.mandates import Plan, Setting
from therapytrack.domain.minutes import Per, Period

Lines = list[tuple[object, ...]]
ORDER = [Per.WEEK, Per.MONTH, Per.QUARTER, Per.YEAR]


@dataclass
class Bucket:
    """What the mandates of one setting that begin anew together ask of one period; `days` of each of them."""

    setting: Setting
    per: Per
    first: date
    today: date
    days: dict[int, set[date]] = field(default_factory=dict)
    asks: int = 0
    expected: int = 0
    provided: int = 0
    made_up: int = 0
    planned: int = 0
    lost: Counter[Attendance] = field(default_factory=Counter)

    def takes(self, one: Given | Lost) -> bool:
        """Whether a minute of that day and setting may go in."""
        fits = self.setting is Setting.ANY or one.setting in (Setting.ANY, self.setting)
        return fits and any(one.on in days for days in self.days.values())

    @property
    def unexplained(self) -> int:
        """Minutes with neither a session nor a reason."""
        return max(0, self.asks - self.provided - self.lost.total())

    @property
    def behind(self) -> int:
        """What an even pace had given more by now: from five in a hundred on, and of a week from its fifth day on."""
        late, days = max(0, self.expected - self.provided), sorted(day for days in self.days.values() for day in days)
        span = (days[-1] - days[0]).days + 1
        over = min(span, max(0, (self.today - days[0]).days + 1))
        return late if late >= self.asks * 0.05 and (span > 7 or over >= 5) else 0

    @property
    def facts(self) -> tuple[object, ...]:
        """Everything that a line of the ledger says."""
        short = max(0, self.asks - self.provided) - self.planned
        given = (self.provided, self.made_up, max(0, self.provided - self.asks), dict(self.lost))
        return (
            self.setting,
            self.per,
            self.first,
            self.asks,
            *given,
            self.unexplained,
            self.planned,
            self.expected,
            self.behind,
            short,
        )


@lru_cache(maxsize=100_000)
def first_of(per: Per, anew: tuple[int, int], day: date) -> date:
    """The day on which the period of `day` begins; an IEP year on the month and day `anew`."""
    if per is Per.YEAR:
        return date(day.year - ((day.month, day.day) < anew), *anew)
    begins = {
        Per.WEEK: day - timedelta(days=day.isoweekday() - 1),
        Per.MONTH: date(day.year, day.month, 1),
        Per.QUARTER: date(day.year, (1, 1, 1, 4, 4, 4, 7, 7, 7, 10, 10, 10)[day.month - 1], 1),
    }
    return begins[per]


@lru_cache(maxsize=10_000)
def _length(per: Per, anew: tuple[int, int], first: date) -> int:
    return sum(first_of(per, anew, day) == first for day in through(first, 367))


def rounded(numerator: int, denominator: int) -> int:
    """To the nearest whole number, halves up."""
    whole, rest = divmod(numerator, denominator)
    return whole + (2 * rest >= denominator)


def through(first: date, days: int) -> Iterator[date]:
    """So many days."""
    return (first + timedelta(days=number) for number in range(days))


def reference(plan: Plan, happened: Happened, chosen: Period | None, today: date) -> tuple[Lines, int]:
    """The lines of the `chosen` days (None: of the periods that run today), and the minutes given beside all."""
    buckets, beside = _buckets(plan, chosen, today), 0
    for given in sorted(happened.given, key=lambda one: one.on):
        if not _give([one for one in buckets if one.takes(given)], given) and chosen:
            beside += given.minutes if chosen.start <= given.on <= chosen.end else 0
    for lost in sorted(happened.lost, key=lambda one: one.on):
        for _ in range(lost.minutes):
            for into in [one for one in buckets if one.unexplained and one.takes(lost)][:1]:
                into.lost[lost.reason] += 1
    for one in buckets:
        if one.unexplained and _without_school(one, happened):
            one.lost[Attendance.SCHOOL_CLOSED] += one.unexplained
    for planned in sorted(happened.planned, key=lambda one: one.on):
        _plan([one for one in buckets if one.takes(planned)], planned)
    return [one.facts for one in buckets if _is_shown(one, chosen, today)], beside


def _give(fitting: list[Bucket], given: Given) -> bool:
    """Whether there is a bucket at all; the last one takes what is beyond all."""
    for _ in range(given.minutes if fitting else 0):
        into = next((one for one in fitting if one.provided < one.asks), fitting[-1])
        into.provided += 1
        into.made_up += given.made_up
    return bool(fitting)


def _plan(fitting: list[Bucket], planned: Given) -> None:
    for _ in range(planned.minutes):
        for into in [one for one in fitting if one.provided + one.planned < one.asks][:1]:
            into.planned += 1


def _without_school(bucket: Bucket, happened: Happened) -> bool:
    school_days = {day for days in bucket.days.values() for day in days if day.isoweekday() <= 5}
    return bool(school_days) and school_days <= happened.closed


def _buckets(plan: Plan, chosen: Period | None, today: date) -> list[Bucket]:
    """In the order in which a minute fills them: its own setting first, the shortest period first."""
    start, days = (
        (chosen.start - timedelta(days=12), chosen.days + 24) if chosen else (today - timedelta(days=380), 760)
    )
    found: dict[tuple[object, ...], Bucket] = {}
    for number, mandate in enumerate(plan.mandates):
        per, since = mandate.asks.per, mandate.asks.starts_on
        anew = (since.month, since.day) if per is Per.YEAR else (0, 0)
        order = (mandate.setting is Setting.ANY, ORDER.index(per), anew, [*Setting].index(mandate.setting))
        for day in through(start, days):
            counts = chosen is None or per is Per.WEEK or chosen.start <= day <= chosen.end
            if counts and _runs(since, mandate.asks.ends_on, day) and _is_here(plan, day):
                first = first_of(per, anew, day)
                bucket = found.setdefault((*order, first), Bucket(mandate.setting, per, first, today))
                bucket.days.setdefault(number, set()).add(day)
        for bucket in found.values():
            if number in bucket.days:
                whole = _length(per, anew, bucket.first)
                _ask(bucket, bucket.days[number], mandate.asks.minutes * mandate.asks.sessions, whole, today)
    return [found[place] for place in sorted(found)]


def _ask(bucket: Bucket, days: set[date], of_a_whole: int, whole: int, today: date) -> None:
    share = rounded(of_a_whole * len(days), whole)
    bucket.asks += share
    bucket.expected += rounded(share * sum(day <= today for day in days), len(days))


def _runs(first: date, last: date | None, day: date) -> bool:
    return first <= day and (last is None or day <= last)


def _is_here(plan: Plan, day: date) -> bool:
    if plan.until is not None and day > plan.until:
        return False
    return not plan.enrollments or any(_runs(one.starts_on, one.ends_on, day) for one in plan.enrollments)


def _is_shown(bucket: Bucket, chosen: Period | None, today: date) -> bool:
    if chosen is None:
        return bucket.first == first_of(bucket.per, (bucket.first.month, bucket.first.day), today)
    if bucket.per is not Per.WEEK:
        return True
    counts = [bucket.first + timedelta(days=3)] if chosen.days >= 7 else list(through(bucket.first, 7))
    return any(chosen.start <= day <= chosen.end for day in counts)
