"""Dated mandates of one student: what each asks of a period, while it runs and while the student is enrolled.

Several may run at once, and each is owed. Between two of them nothing is. A period asks for the share of its calendar
days on which a mandate runs and the student is enrolled, halves rounded up.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from therapytrack.domain.dates import short_date
from therapytrack.domain.minutes import Mandate, Per, Period, active_part, period_of, share_of

THURSDAY = 3
PER_WORDS = {Per.WEEK: "week", Per.MONTH: "month", Per.QUARTER: "quarter", Per.YEAR: "IEP year"}


class Setting(StrEnum):
    """With whom minutes are to be given; ANY where the mandate does not say."""

    ANY = ""
    INDIVIDUAL = "individual"
    GROUP = "group"


# The order in which a minute fills mandates: see `ledger.ledger_of`.
SHORTEST_FIRST = {per: place for place, per in enumerate(Per)}
SETTINGS_IN_ORDER = {setting: place for place, setting in enumerate(Setting)}
SETTING_WORDS = {Setting.ANY: "Either", Setting.INDIVIDUAL: "Individual", Setting.GROUP: "Group"}


@dataclass(frozen=True, slots=True)
class DatedMandate:
    """A mandate with what else the IEP says of it; `delivery` as of a session, "" where it does not say."""

    asks: Mandate
    setting: Setting = Setting.ANY
    service: str = ""
    place: str = ""
    delivery: str = ""

    @property
    def words(self) -> str:
        """What it asks for: "4 x 30 min each month, group"."""
        setting = f", {SETTING_WORDS[self.setting].lower()}" if self.setting else ""
        return f"{self.asks.sessions} x {self.asks.minutes} min each {PER_WORDS[self.asks.per]}{setting}"


@dataclass(frozen=True, slots=True)
class Enrollment:
    """A student's time at one school, both days inclusive (None: still)."""

    school: str
    starts_on: date
    ends_on: date | None = None

    def part_of(self, period: Period) -> Period | None:
        """The days of `period` on which the student is enrolled here; None when there are none."""
        start = max(period.start, self.starts_on)
        end = min(period.end, self.ends_on) if self.ends_on else period.end
        return Period(start, end) if start <= end else None


@dataclass(frozen=True, slots=True)
class Plan:
    """Every mandate of a student and where she was enrolled; without an enrollment she is enrolled always.

    `until`: the day on which she was archived, the last one for which anything is owed; None while she is not.
    """

    mandates: Sequence[DatedMandate] = ()
    enrollments: Sequence[Enrollment] = ()
    until: date | None = None

    def enrolled(self, period: Period) -> list[Period]:
        """The days of `period` on which the student is enrolled, in order and apart from each other."""
        if self.until is not None and self.until < period.end:
            if self.until < period.start:
                return []
            period = Period(period.start, self.until)
        if not self.enrollments:
            return [period]
        return apart(part for one in self.enrollments if (part := one.part_of(period)))

    def active(self, mandate: DatedMandate, period: Period) -> list[Period]:
        """The days of `period` on which `mandate` runs and the student is enrolled."""
        runs = active_part(mandate.asks, period)
        return self.enrolled(runs) if runs else []

    def school_on(self, day: date, otherwise: str) -> str:
        """The school of the last enrollment that had begun by `day`; `otherwise` where none is known.

        The mandate goes with the student: whoever receives her owes comparable services (34 CFR 300.323(e)).
        """
        begun = [one for one in self.enrollments if one.starts_on <= day]
        return max(begun, key=lambda one: one.starts_on).school if begun else otherwise


@dataclass(frozen=True, slots=True)
class Claim:
    """Mandates that are counted together: of one setting that begin anew on the same days."""

    setting: Setting
    mandates: tuple[DatedMandate, ...]

    @property
    def per(self) -> Per:
        """How often they begin anew."""
        return self.mandates[0].asks.per

    def periods(self, first: date, last: date) -> Iterator[Period]:
        """The whole periods that have a day from `first` to `last`."""
        day = first
        while day <= last:
            period = period_of(self.mandates[0].asks, day)
            yield period
            day = period.end + timedelta(days=1)


def claims_of(mandates: Iterable[DatedMandate]) -> list[Claim]:
    """The mandates by what fills them, in the order in which a minute does: see `ledger.ledger_of`."""
    found: dict[tuple[int, int, tuple[int, int], int], list[DatedMandate]] = {}
    for one in mandates:
        start = one.asks.starts_on
        anew = (start.month, start.day) if one.asks.per is Per.YEAR else (0, 0)
        key = (one.setting is Setting.ANY, SHORTEST_FIRST[one.asks.per], anew, SETTINGS_IN_ORDER[one.setting])
        found.setdefault(key, []).append(one)
    groups = [sorted(found[key], key=lambda one: one.asks.starts_on) for key in sorted(found)]
    return [Claim(group[0].setting, tuple(group)) for group in groups]


def asked(plan: Plan, mandate: DatedMandate, period: Period, within: Period) -> int:
    """What `mandate` asks for on the days `within` of its whole `period`."""
    return share_of(mandate.asks, period, sum(one.days for one in plan.active(mandate, within)))


def expected(plan: Plan, mandate: DatedMandate, period: Period, within: Period, today: date) -> int:
    """What of that an even pace had given by the end of `today`."""
    parts = plan.active(mandate, within)
    days = sum(one.days for one in parts)
    over = sum(one.days_until(today) for one in parts)
    return (2 * asked(plan, mandate, period, within) * over + days) // (2 * days) if days else 0


def counted_in(per: Per, period: Period, chosen: Period) -> Period | None:
    """The days of a mandate's `period` that are counted in the days that somebody `chosen` to look at; None: none.

    A week is never cut: it counts in the days that hold its Thursday, as ISO 8601 gives a week to a year. Of a month, a
    quarter or an IEP year that goes beyond, the share of its days.
    """
    if per is Per.WEEK:
        thursday = period.start + timedelta(days=THURSDAY)
        if chosen.days >= period.days:
            return period if chosen.start <= thursday <= chosen.end else None
    start, end = max(period.start, chosen.start), min(period.end, chosen.end)
    return Period(start, end) if start <= end else None


def apart(periods: Iterable[Period]) -> list[Period]:
    """The same days, none twice, in order."""
    found: list[Period] = []
    for one in sorted(periods, key=lambda each: (each.start, each.end)):
        if found and one.start <= found[-1].end + timedelta(days=1):
            found[-1] = Period(found[-1].start, max(found[-1].end, one.end))
        else:
            found.append(one)
    return found


def gaps_and_overlaps(mandates: Sequence[DatedMandate], stays: Sequence[Enrollment] = ()) -> list[str]:
    """What a person should know of the dates: days without any mandate between two, mandates at the same time, and days
    between two `stays` on which the student is enrolled nowhere."""
    ordered = sorted(mandates, key=lambda one: one.asks.starts_on)
    gaps = _gaps((one.asks.starts_on, one.asks.ends_on) for one in ordered)
    found = [f"No mandate runs {_days(*gap)}. Nothing is owed for these days." for gap in gaps]
    for number, one in enumerate(ordered):
        if any(_at_once(one, other) for other in ordered[:number]):
            start = short_date(one.asks.starts_on)
            found.append(f"From {start} two mandates ask for the same kind of minutes. Both are owed.")
    nowhere = _gaps((one.starts_on, one.ends_on) for one in stays)
    return [*found, *(f"Enrolled nowhere {_days(*gap)}. Nothing is owed for these days." for gap in nowhere)]


def _gaps(spans: Iterable[tuple[date, date | None]]) -> Iterator[tuple[date, date]]:
    """The days between `spans` (first and last day; None: still) that are in none of them."""
    ordered = sorted(spans, key=lambda span: span[0])
    for number, (start, _) in enumerate(ordered[1:], start=1):
        last, eve = max(ends or date.max for _, ends in ordered[:number]), start - timedelta(days=1)
        if last < eve:
            yield last + timedelta(days=1), eve


def _days(first: date, last: date) -> str:
    """ "on Nov 3", "from Nov 3 to Nov 9"."""
    return f"on {short_date(first)}" if first == last else f"from {short_date(first)} to {short_date(last)}"


def _at_once(one: DatedMandate, other: DatedMandate) -> bool:
    ended = other.asks.ends_on is not None and other.asks.ends_on < one.asks.starts_on
    return not ended and (one.setting == other.setting or Setting.ANY in (one.setting, other.setting))
