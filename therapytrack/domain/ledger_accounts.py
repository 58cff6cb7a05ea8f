"""The accounts of a ledger: one for each period of each claim, found by the day of a minute without looking at all."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from therapytrack.domain.attendance import Attendance
from therapytrack.domain.mandates import Claim, Plan, Setting, asked, claims_of, counted_in
from therapytrack.domain.minutes import Per, Period, not_accounted_minutes

SATURDAY = 5


@dataclass(slots=True)
class Account:
    """A line that is being filled: `period` whole, `within` the days of it that are looked at, `days` those of them on
    which a mandate runs and the student is enrolled."""

    claim: Claim
    period: Period
    within: Period
    days: list[Period]
    allowable: int
    provided: int = 0
    made_up: int = 0
    planned: int = 0
    lost: dict[Attendance, int] = field(default_factory=dict)

    def runs_on(self, day: date, setting: Setting) -> bool:
        """Whether minutes of `setting` on `day` can fill it; those of neither setting fill any."""
        fits = Setting.ANY in (self.claim.setting, setting) or self.claim.setting is setting
        return fits and any(one.start <= day <= one.end for one in self.days)

    @property
    def missing(self) -> int:
        """What the mandate still asks for."""
        return max(0, self.allowable - self.provided)

    @property
    def unexplained(self) -> int:
        """What of that has no reason yet."""
        return not_accounted_minutes(self.allowable, self.provided, {str(one): left for one, left in self.lost.items()})

    def lose(self, reason: Attendance, minutes: int) -> None:
        """Note why `minutes` of it were not given."""
        if minutes:
            self.lost[reason] = self.lost.get(reason, 0) + minutes

    def has_no_school(self, closed: frozenset[date]) -> bool:
        """Whether no weekday of its days is a school day."""
        days = [one.start + timedelta(days=number) for one in self.days for number in range(one.days)]
        weekdays = [one for one in days if one.weekday() < SATURDAY]
        return bool(weekdays) and all(one in closed for one in weekdays)


class Accounts:
    """Every account with a day in `reach`, claim by claim in the order in which a minute fills them."""

    def __init__(self, plan: Plan, reach: Period, chosen: Period | None) -> None:
        self._claims = [list(_periods(plan, one, reach, chosen)) for one in claims_of(plan.mandates)]
        self._starts = [[account.period.start for account in one] for one in self._claims]

    def __iter__(self) -> Iterator[Account]:
        return (account for one in self._claims for account in one)

    def running_on(self, day: date, setting: Setting) -> list[Account]:
        """Those that minutes of `setting` on `day` can fill, in order: of a claim, whose periods are in order and apart
        from each other, at most the one of that day."""
        found = []
        for accounts, starts in zip(self._claims, self._starts, strict=True):
            place = bisect_right(starts, day) - 1
            if place >= 0 and accounts[place].runs_on(day, setting):
                found.append(accounts[place])
        return found


def _periods(plan: Plan, claim: Claim, reach: Period, chosen: Period | None) -> Iterator[Account]:
    for period in claim.periods(reach.start, reach.end):
        # Weeks at the edge are filled though they are not shown: their minutes are theirs.
        within = period if chosen is None or claim.per is Per.WEEK else counted_in(claim.per, period, chosen)
        if within is None:
            continue
        days = [part for one in claim.mandates for part in plan.active(one, within)]
        allowable = sum(asked(plan, one, period, within) for one in claim.mandates)
        yield Account(claim, period, within, days, allowable)
