"""A student's ledger by school: who moved counts with each of her schools, whose sums are hers to the minute.

* Minutes count with the school at which she was enrolled on their day: given and planned ones, and what was missed. A
  make-up's count on the day of what it makes up, as in her ledger. Of two schools at once it is the later one, of two
  from the same day on the first of the plan.
* What a period asks for is shared by her school days at each school (Monday to Friday, not closed there), by the
  largest remainder; where she had none (a break, a weekend), by calendar days.
* The mandate is hers, not a school's: what one school gave, or missed for a reason, beyond its share is not asked of
  the others: its share grows, and those of the schools that fall short of theirs shrink, each in proportion to what it
  lacks. No school then seems to owe what the student has had, and none owes more than its share.
* What was given beyond the mandate as a whole is `over` where a school gave more than its share, in proportion to that.

So allowable = provided + not provided + not accounted for holds at each school, nothing is negative, and each figure of
her ledger, which stays as it is, is the sum of those of her schools.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from typing import TypeVar

from therapytrack.domain.attendance import Attendance
from therapytrack.domain.ledger import Given, Happened, Line, Lost, Sums, in_steps
from therapytrack.domain.ledger_accounts import SATURDAY
from therapytrack.domain.mandates import Plan, asked, expected
from therapytrack.domain.minutes import Period

Closed = Callable[[str, date], bool]
Dated = TypeVar("Dated", bound=Given | Lost)


@dataclass(frozen=True, slots=True)
class Kept:
    """A student's `lines` as counted `today`, of the days `chosen` or the running ones, and what they were made of."""

    plan: Plan
    happened: Happened
    lines: Sequence[Line]
    chosen: Period | None
    today: date


@dataclass(frozen=True, slots=True)
class Stays:
    """At which school a student was from each of the days `since` on, in order."""

    since: Sequence[date]
    schools: Sequence[str]

    def school_on(self, day: date) -> str:
        """Her school on a day; on one without any the one before, else the one after."""
        return self.schools[max(0, bisect_right(self.since, day) - 1)]


def stays_of(plan: Plan, lines: Iterable[Line], otherwise: str) -> Stays:
    """Her schools on the days that `lines` (at least one) count; `otherwise` where no enrollment is known."""
    names = {one.school for one in plan.enrollments}
    if len(names) < 2:
        return Stays((date.min,), (*names, otherwise)[:1])
    days = {day for line in lines for one in line.claim.mandates for day in _days(plan.active(one, line.within))}
    runs = groupby(sorted(days), key=lambda day: _school_of(plan, day))
    begun = [(next(run), school) for school, run in runs]
    return Stays(tuple(day for day, _ in begun), tuple(school for _, school in begun))


def by_school(kept: Kept, stays: Stays, closed: Closed) -> dict[str, list[Line]]:
    """The lines of each of her schools, in the order in which she came to them: see above.

    A school has a part of a line when she was there on one of its days. `closed` says whether a school has no school on
    a day.
    """
    found: dict[str, list[Line]] = {one: [] for one in stays.schools}
    if len(found) < 2:
        return {one: [*kept.lines] for one in found}
    held = _held(kept, stays)
    for number, line in enumerate(kept.lines):
        asks, paced = _shares(kept, line, stays, closed)
        took = {school: held.get((number, school), Sums()) for school in asks}
        for school, sums in _settled(line.sums, took, asks, paced).items():
            found[school].append(replace(line, sums=sums))
    return found


def apportion(minutes: int, weights: Mapping[str, int]) -> dict[str, int]:
    """`minutes` in proportion to `weights` by the largest remainder, of equal ones the first; nothing for no weight."""
    whole = sum(weights.values())
    if not whole:
        return dict.fromkeys(weights, 0)
    parts = {one: minutes * weight // whole for one, weight in weights.items()}
    largest = sorted(weights, key=lambda one: -(minutes * weights[one] % whole))
    for one in largest[: minutes - sum(parts.values())]:
        parts[one] += 1
    return parts


def _days(periods: Iterable[Period]) -> Iterator[date]:
    return (one.start + timedelta(days=number) for one in periods for number in range(one.days))


def _school_of(plan: Plan, day: date) -> str:
    here = [one for one in plan.enrollments if one.part_of(Period(day, day))]
    return max(here, key=lambda one: one.starts_on).school


def _held(kept: Kept, stays: Stays) -> dict[tuple[int, str], Sums]:
    """What the days at each school put into each line, by the line's number. A ledger is filled day by day: what it has
    after the days of one stay and had not before them is that stay's."""
    found: dict[tuple[int, str], Sums] = {}
    before = [Sums() for _ in kept.lines]
    steps = [*_steps(kept.happened, stays)]
    filled = in_steps(kept.plan, (step for _, step in steps), kept.chosen, kept.today)
    for (school, _), after in zip(steps, filled, strict=True):
        for number, (one, other) in enumerate(zip(before, after, strict=True)):
            key = (number, school)
            found[key] = found.get(key, Sums()) + _gained(one, other)
        before = after
    return found


def _steps(happened: Happened, stays: Stays) -> Iterator[tuple[str, Happened]]:
    """What happened in each stay: first what was given, then what was lost, then what is planned."""
    yield from ((school, Happened(run)) for school, run in _runs(happened.given, stays))
    yield from ((school, Happened(lost=run)) for school, run in _runs(happened.lost, stays))
    yield from ((school, Happened(planned=run)) for school, run in _runs(happened.planned, stays))


def _runs(dated: Iterable[Dated], stays: Stays) -> Iterator[tuple[str, list[Dated]]]:
    ordered = sorted(dated, key=lambda one: one.on)
    for school, run in groupby(ordered, key=lambda one: stays.school_on(one.on)):
        yield school, [*run]


def _gained(before: Sums, after: Sums) -> Sums:
    had = before.not_provided
    lost = {one: more for one, minutes in after.not_provided.items() if (more := minutes - had.get(one, 0))}
    return Sums(
        provided=after.provided - before.provided,
        made_up=after.made_up - before.made_up,
        not_provided=lost,
        planned=after.planned - before.planned,
    )


def _shares(kept: Kept, line: Line, stays: Stays, closed: Closed) -> tuple[dict[str, int], dict[str, int]]:
    """What a line asks for on the days at each of its schools, and what of that an even pace had given by now."""
    plan, period, within = kept.plan, line.period, line.within
    asks: Counter[str] = Counter()
    paced: Counter[str] = Counter()
    for one in line.claim.mandates:
        days = [(day, stays.school_on(day)) for day in _days(plan.active(one, within))]
        so_far = [(day, school) for day, school in days if day <= kept.today]
        asks.update(_share(asked(plan, one, period, within), days, closed))
        paced.update(_share(expected(plan, one, period, within, kept.today), so_far, closed))
    return asks, paced


def _share(minutes: int, days: Sequence[tuple[date, str]], closed: Closed) -> dict[str, int]:
    """`minutes` by the school days at each school; one without any has its place, with nothing."""
    taught = [school for day, school in days if day.weekday() < SATURDAY and not closed(school, day)]
    everyday = Counter(school for _, school in days)
    weights = Counter(taught) or everyday
    return apportion(minutes, {school: weights[school] for school in everyday})


def _settled(
    whole: Sums, took: Mapping[str, Sums], asks: Mapping[str, int], paced: Mapping[str, int]
) -> dict[str, Sums]:
    """The sums of each school, together the `whole`: what each `took` on its days, and its part of the rest."""
    over = apportion(whole.over, {one: max(0, sums.provided - asks[one]) for one, sums in took.items()})
    counted = {one: sums.provided - over[one] for one, sums in took.items()}
    known = {one: counted[one] + sums.lost for one, sums in took.items()}
    left = whole.allowable - sum(known.values())
    rest = apportion(left, {one: max(0, asks[one] - known[one]) for one in took})
    allowable = {one: known[one] + rest[one] for one in took}
    # A period without a school day has that for its reason, and then nothing of it is not accounted for.
    no_school = left > whole.not_accounted
    behind = apportion(whole.behind, {one: max(0, paced.get(one, 0) - took[one].provided) for one in took})
    short = apportion(whole.short, {one: max(0, allowable[one] - counted[one] - took[one].planned) for one in took})
    return {
        one: replace(
            sums + Sums(not_provided={Attendance.SCHOOL_CLOSED: rest[one]} if no_school and rest[one] else {}),
            allowable=allowable[one],
            over=over[one],
            not_accounted=0 if no_school else rest[one],
            expected=paced.get(one, 0),
            behind=behind[one],
            short=short[one],
        )
        for one, sums in took.items()
    }
