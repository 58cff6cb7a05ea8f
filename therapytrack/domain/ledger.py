"""The ledger: Allowable = Provided + Not provided (by reason) + Not accounted for (SameGoal, "Service fidelity").

* Allowable is what the mandates ask for. A day without school takes nothing off it: districts count "Cancelled (snow)"
  and "Holidays/Day off" among the reasons of sessions that were *not provided* (NYC SESIS, SameGoal Texas and
  California), and no federal rule forgives them. So a holiday inside a week leaves the week's minutes as they are; the
  meeting that would have been on it is not provided because school was closed, and so is a whole week without school.
* Provided are all minutes given, each student of a group with the full ones. A make-up counts for the session that it
  makes up, whenever it is held. What goes beyond the mandate is said apart (`over`) and repays nothing elsewhere.
* Not provided is what was missed for a reason and not made up since, at most what the mandate still asks for.
* Not accounted for is the rest: nobody said what became of it, or it is still to come.

All are whole minutes, none is negative, and the identity holds for each line and for every sum of lines.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from therapytrack.domain.attendance import Attendance
from therapytrack.domain.mandates import Claim, Plan, Setting, asked, claims_of, counted_in, expected
from therapytrack.domain.minutes import MinutesStatus, Per, Period, held_against, not_accounted_minutes

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Given:
    """Minutes of one session that count on the day `on`; `made_up` where that is the day of a missed session."""

    on: date
    minutes: int
    setting: Setting
    made_up: bool = False


@dataclass(frozen=True, slots=True)
class Lost:
    """Minutes that were not given on a day and not made up since. `setting` is ANY where nobody was planned with."""

    on: date
    minutes: int
    reason: Attendance
    setting: Setting = Setting.ANY


@dataclass(frozen=True, slots=True)
class Happened:
    """What became of the minutes: given, lost, and planned for today and later; `closed`: days without school."""

    given: Sequence[Given] = ()
    lost: Sequence[Lost] = ()
    planned: Sequence[Given] = ()
    closed: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Sums:
    """Minutes of a line or of many. `planned` are those of `not_accounted` (or of what was lost) that are scheduled.

    `short` is what will be missing of the mandate at its period's end if the schedule is kept.
    """

    allowable: int = 0
    provided: int = 0
    made_up: int = 0
    over: int = 0
    not_provided: Mapping[Attendance, int] = field(default_factory=dict)
    not_accounted: int = 0
    planned: int = 0
    expected: int = 0
    behind: int = 0
    short: int = 0

    @property
    def lost(self) -> int:
        """All that was not provided for a reason."""
        return sum(self.not_provided.values())

    @property
    def counted(self) -> int:
        """What of the provided minutes the mandate asked for."""
        return self.provided - self.over

    def __add__(self, other: "Sums") -> "Sums":
        reasons = {
            one: self.not_provided.get(one, 0) + other.not_provided.get(one, 0)
            for one in Attendance
            if one in self.not_provided or one in other.not_provided
        }
        return Sums(
            self.allowable + other.allowable,
            self.provided + other.provided,
            self.made_up + other.made_up,
            self.over + other.over,
            reasons,
            self.not_accounted + other.not_accounted,
            self.planned + other.planned,
            self.expected + other.expected,
            self.behind + other.behind,
            self.short + other.short,
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One period of one claim: `period` whole, `within` the days of it that are looked at.

    `span`: from the first to the last of those on which a mandate runs and the student is enrolled.
    """

    claim: Claim
    period: Period
    within: Period
    span: Period
    sums: Sums

    @property
    def status(self) -> MinutesStatus:
        """Its minutes as a bar shows them."""
        return MinutesStatus(self.sums.provided, self.sums.allowable, self.sums.expected, self.sums.behind)


@dataclass(frozen=True, slots=True)
class Ledger:
    """The lines of one student, and the minutes given on days of no mandate or in a setting that none asks for."""

    lines: Sequence[Line]
    beside: int = 0

    @property
    def sums(self) -> Sums:
        """All lines together."""
        return total(one.sums for one in self.lines)


@dataclass(slots=True)
class _Account:
    """A line that is being filled."""

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


def total(sums: Iterable[Sums]) -> Sums:
    """All of them together."""
    found = Sums()
    for one in sums:
        found += one
    return found


def running_ledger(plan: Plan, happened: Happened, today: date) -> Ledger:
    """The period of each mandate that `today` falls in, whole."""
    accounts = _filled(plan, happened, reach_of(plan, today), None)
    here = [one for one in accounts if one.period.start <= today <= one.period.end and one.days]
    days = [day for one in here for day in (one.period.start, one.period.end)]
    return Ledger([_line(one, plan, today) for one in here], _beside(happened, accounts, days))


def ledger_of(plan: Plan, happened: Happened, chosen: Period, today: date) -> Ledger:
    """The ledger of the days `chosen`: see `mandates.counted_in` for periods that go beyond them.

    A minute fills the mandate of its own setting first, then one that asks for either; of several, the one with the
    shortest period, and what goes beyond it flows on to the next. What goes beyond all stays with the last, as `over`.
    """
    padded = Period(chosen.start - timedelta(days=6), chosen.end + timedelta(days=6))
    accounts = _filled(plan, happened, padded, chosen)
    shown = [one for one in accounts if one.days and counted_in(one.claim.per, one.period, chosen)]
    return Ledger([_line(one, plan, today) for one in shown], _beside(happened, accounts, [chosen.start, chosen.end]))


def _beside(happened: Happened, accounts: Sequence[_Account], days: Sequence[date]) -> int:
    """The minutes from the first to the last of `days` that fill no account."""
    first, last = min(days, default=date.max), max(days, default=date.min)
    inside = (one for one in happened.given if first <= one.on <= last)
    return sum(one.minutes for one in inside if not any(each.runs_on(one.on, one.setting) for each in accounts))


def reach_of(plan: Plan, today: date) -> Period:
    """The days whose minutes decide the running ledger: those of the longest period, and of the weeks at its edges."""
    periods = [next(one.periods(today, today)) for one in claims_of(plan.mandates)]
    start = min((one.start for one in periods), default=today)
    end = max((one.end for one in periods), default=today)
    return Period(start - timedelta(days=6), end + timedelta(days=6))


def _filled(plan: Plan, happened: Happened, reach: Period, chosen: Period | None) -> list[_Account]:
    """Every account with a day in `reach`, filled in the order given, lost, closed, planned."""
    accounts = [one for claim in claims_of(plan.mandates) for one in _accounts(plan, claim, reach, chosen)]
    for one in sorted(happened.given, key=lambda each: each.on):
        _give(accounts, one)
    for missed in sorted(happened.lost, key=lambda each: each.on):
        _lose(accounts, missed)
    for account in accounts:
        if account.unexplained and _without_school(account, happened.closed):
            _note(account, Attendance.SCHOOL_CLOSED, account.unexplained)
    for one in sorted(happened.planned, key=lambda each: each.on):
        _plan(accounts, one)
    return accounts


def _accounts(plan: Plan, claim: Claim, reach: Period, chosen: Period | None) -> list[_Account]:
    found = []
    for period in claim.periods(reach.start, reach.end):
        # Weeks at the edge are filled though they are not shown: their minutes are theirs.
        within = period if chosen is None or claim.per is Per.WEEK else counted_in(claim.per, period, chosen)
        if within is None:
            continue
        days = [part for one in claim.mandates for part in plan.active(one, within)]
        allowable = sum(asked(plan, one, period, within) for one in claim.mandates)
        found.append(_Account(claim, period, within, days, allowable))
    return found


def _give(accounts: Iterable[_Account], given: Given) -> None:
    left, last = given.minutes, None
    for account in accounts:
        if not account.runs_on(given.on, given.setting):
            continue
        last, taken = account, min(left, account.missing)
        left -= taken
        account.provided += taken
        account.made_up += taken if given.made_up else 0
    if last is not None:
        last.provided += left
        last.made_up += left if given.made_up else 0


def _lose(accounts: Iterable[_Account], lost: Lost) -> None:
    left = lost.minutes
    for account in accounts:
        if left and account.runs_on(lost.on, lost.setting):
            taken = min(left, account.unexplained)
            _note(account, lost.reason, taken)
            left -= taken


def _note(account: _Account, reason: Attendance, minutes: int) -> None:
    if minutes:
        account.lost[reason] = account.lost.get(reason, 0) + minutes


def _plan(accounts: Iterable[_Account], planned: Given) -> None:
    left = planned.minutes
    for account in accounts:
        if left and account.runs_on(planned.on, planned.setting):
            taken = min(left, account.missing - account.planned)
            account.planned += taken
            left -= taken


def _without_school(account: _Account, closed: frozenset[date]) -> bool:
    """Whether no weekday on which the mandate runs is a school day."""
    if not closed:
        return False
    days = [one.start + timedelta(days=number) for one in account.days for number in range(one.days)]
    weekdays = [one for one in days if one.weekday() < SATURDAY]
    return bool(weekdays) and all(one in closed for one in weekdays)


def _line(account: _Account, plan: Plan, today: date) -> Line:
    claim, period, within = account.claim, account.period, account.within
    by_now = sum(expected(plan, one, period, within, today) for one in claim.mandates)
    span = Period(min(one.start for one in account.days), max(one.end for one in account.days))
    behind = held_against(account.allowable, account.provided, by_now, span, today).behind
    sums = Sums(
        allowable=account.allowable,
        provided=account.provided,
        made_up=account.made_up,
        over=max(0, account.provided - account.allowable),
        not_provided=dict(account.lost),
        not_accounted=account.unexplained,
        planned=account.planned,
        expected=by_now,
        behind=behind,
        short=account.missing - account.planned,
    )
    return Line(claim, period, within, span, sums)
