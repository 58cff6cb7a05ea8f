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

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from therapytrack.domain.attendance import Attendance
from therapytrack.domain.ledger_accounts import Account, Accounts
from therapytrack.domain.mandates import Claim, Plan, Setting, claims_of, counted_in, expected
from therapytrack.domain.minutes import MinutesStatus, Period, held_against


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


def total(sums: Iterable[Sums]) -> Sums:
    """All of them together."""
    found = Sums()
    for one in sums:
        found += one
    return found


def running_ledger(plan: Plan, happened: Happened, today: date) -> Ledger:
    """The period of each mandate that `today` falls in, whole."""
    return _ledger(plan, happened, None, today)


def ledger_of(plan: Plan, happened: Happened, chosen: Period, today: date) -> Ledger:
    """The ledger of the days `chosen`: see `mandates.counted_in` for periods that go beyond them.

    A minute fills the mandate of its own setting first, then one that asks for either; of several, the one with the
    shortest period, and what goes beyond it flows on to the next. What goes beyond all stays with the last, as `over`.
    """
    return _ledger(plan, happened, chosen, today)


def in_steps(plan: Plan, steps: Iterable[Happened], chosen: Period | None, today: date) -> Iterator[list[Sums]]:
    """What was given, made up, lost and is planned of each line of a ledger after each further one of `steps`.

    The ledger of the days `chosen`, or the running one. In the steps all that was given comes before anything lost,
    that before anything planned, and each of these by its days, as a ledger takes them; none tells of closed days.
    """
    accounts, shown = _opened(plan, chosen, today)
    for one in steps:
        _fill(accounts, one)
        yield [
            Sums(provided=each.provided, made_up=each.made_up, not_provided=dict(each.lost), planned=each.planned)
            for each in shown
        ]


def reach_of(plan: Plan, today: date) -> Period:
    """The days whose minutes decide the running ledger: those of the longest period, and of the weeks at its edges."""
    periods = [next(one.periods(today, today)) for one in claims_of(plan.mandates)]
    start = min((one.start for one in periods), default=today)
    end = max((one.end for one in periods), default=today)
    return _with_edges(start, end)


def _ledger(plan: Plan, happened: Happened, chosen: Period | None, today: date) -> Ledger:
    accounts, shown = _opened(plan, chosen, today)
    beside = _fill(accounts, happened)
    counted = [chosen] if chosen else [one.period for one in shown]
    return Ledger([_line(one, plan, today) for one in shown], _minutes_within(beside, counted))


def _opened(plan: Plan, chosen: Period | None, today: date) -> tuple[Accounts, list[Account]]:
    """Empty accounts, and those of them that are the ledger's lines."""
    if chosen is None:
        accounts = Accounts(plan, reach_of(plan, today), None)
        return accounts, [one for one in accounts if one.period.start <= today <= one.period.end and one.days]
    accounts = Accounts(plan, _with_edges(chosen.start, chosen.end), chosen)
    return accounts, [one for one in accounts if one.days and counted_in(one.claim.per, one.period, chosen)]


def _with_edges(start: date, end: date) -> Period:
    """With the days of the weeks that begin before and end after."""
    return Period(start - timedelta(days=6), end + timedelta(days=6))


def _minutes_within(beside: Iterable[Given], periods: Sequence[Period]) -> int:
    """The minutes from the first to the last day of `periods`."""
    first = min((one.start for one in periods), default=date.max)
    last = max((one.end for one in periods), default=date.min)
    return sum(one.minutes for one in beside if first <= one.on <= last)


def _fill(accounts: Accounts, happened: Happened) -> list[Given]:
    """Fill them in the order given, lost, closed, planned; what was given that fits none of them is answered."""
    beside = []
    for one in sorted(happened.given, key=lambda each: each.on):
        running = accounts.running_on(one.on, one.setting)
        _give(running, one)
        if not running:
            beside.append(one)
    for missed in sorted(happened.lost, key=lambda each: each.on):
        _lose(accounts.running_on(missed.on, missed.setting), missed)
    for account in accounts if happened.closed else ():
        if account.unexplained and account.has_no_school(happened.closed):
            account.lose(Attendance.SCHOOL_CLOSED, account.unexplained)
    for one in sorted(happened.planned, key=lambda each: each.on):
        _plan(accounts.running_on(one.on, one.setting), one)
    return beside


def _give(accounts: Sequence[Account], given: Given) -> None:
    left = given.minutes
    for account in accounts:
        taken = min(left, account.missing)
        left -= taken
        account.provided += taken
        account.made_up += taken if given.made_up else 0
    if accounts:
        accounts[-1].provided += left
        accounts[-1].made_up += left if given.made_up else 0


def _lose(accounts: Sequence[Account], lost: Lost) -> None:
    left = lost.minutes
    for account in accounts:
        taken = min(left, account.unexplained)
        account.lose(lost.reason, taken)
        left -= taken


def _plan(accounts: Sequence[Account], planned: Given) -> None:
    left = planned.minutes
    for account in accounts:
        taken = min(left, account.missing - account.planned)
        account.planned += taken
        left -= taken


def _line(account: Account, plan: Plan, today: date) -> Line:
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
