"""What does not fit in a week: two places at once, a student's lunch, a group over its limit, no time for the road."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from itertools import pairwise
from uuid import UUID

from therapytrack.domain.dates import clock_range
from therapytrack.domain.school_calendar import SchoolDay, days_that_hit


class ClashKind(StrEnum):
    """What does not fit."""

    DOUBLE_BOOKED = "double booked"
    STUDENT_TWICE = "student twice"
    STUDENT_BUSY = "student busy"
    TOO_LARGE = "group too large"
    TRAVEL = "travel"
    CLOSED = "school closed"


@dataclass(frozen=True, slots=True)
class Booking:
    """One meeting of one provider, by the clock of its day. `key` names it on the page."""

    key: str
    title: str
    day: date
    starts: time
    ends: time
    provider_id: UUID
    students: tuple[UUID, ...]
    school_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class BusyTime:
    """When a student cannot come: each week on `weekday` (Monday is 0), from `starts` to `ends`, for `label`."""

    student_id: UUID
    weekday: int
    starts: time
    ends: time
    label: str


@dataclass(frozen=True, slots=True)
class GroupLimit:
    """The largest group that a student's mandate allows, from when until when (None: open)."""

    student_id: UUID
    largest: int
    first: date
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Clash:
    """One thing that does not fit at the booking `key`, in a sentence."""

    key: str
    kind: ClashKind
    sentence: str


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a week is held against. `travel`: minutes between two schools, in either order; `name`: of a student."""

    busy: Sequence[BusyTime] = ()
    limits: Sequence[GroupLimit] = ()
    calendar: Sequence[SchoolDay] = ()
    travel: Mapping[frozenset[UUID], int] | None = None
    school: Callable[[UUID], str] = str
    name: Callable[[UUID], str] = str


def clashes(bookings: Iterable[Booking], around: Circumstances) -> list[Clash]:
    """Everything that does not fit. Meetings that touch do not overlap; of an overlapping pair each is named."""
    ordered = sorted(bookings, key=lambda one: (one.day, one.starts, one.key))
    found: list[Clash] = []
    for number, one in enumerate(ordered):
        for other in ordered[number + 1 :]:
            if other.day != one.day or other.starts >= one.ends:
                break
            found += [*_overlap(one, other, around), *_overlap(other, one, around)]
        found += [*_alone(one, around)]
    return [*found, *_travel(ordered, around)]


def _overlap(one: Booking, other: Booking, around: Circumstances) -> Iterator[Clash]:
    hours = clock_range(other.starts, other.ends)
    if one.provider_id == other.provider_id:
        yield Clash(one.key, ClashKind.DOUBLE_BOOKED, f"At the same time as {other.title}, {hours}.")
    for student in one.students:
        if student in other.students:
            sentence = f"{around.name(student)} is in {other.title} at the same time, {hours}."
            yield Clash(one.key, ClashKind.STUDENT_TWICE, sentence)


def _alone(one: Booking, around: Circumstances) -> Iterator[Clash]:
    for entry in days_that_hit(around.calendar, one.day, one.school_id, one.ends):
        yield Clash(one.key, ClashKind.CLOSED, f"{entry.words}.")
    for busy in around.busy:
        if busy.student_id in one.students and busy.weekday == one.day.weekday() and _meet(one, busy):
            hours = clock_range(busy.starts, busy.ends)
            sentence = f"{around.name(busy.student_id)} has {busy.label} at the same time, {hours}."
            yield Clash(one.key, ClashKind.STUDENT_BUSY, sentence)
    for limit in around.limits:
        live = limit.first <= one.day and (limit.last is None or one.day <= limit.last)
        if limit.student_id in one.students and live and len(one.students) > limit.largest:
            most = "alone" if limit.largest == 1 else f"in groups of at most {limit.largest}"
            sentence = f"{around.name(limit.student_id)} is to be seen {most}; this group has {len(one.students)}."
            yield Clash(one.key, ClashKind.TOO_LARGE, sentence)


def _meet(one: Booking, busy: BusyTime) -> bool:
    return one.starts < busy.ends and busy.starts < one.ends


def _travel(ordered: Sequence[Booking], around: Circumstances) -> Iterator[Clash]:
    """Too little time on the road between two schools, for each provider's day in order."""
    if not around.travel:
        return
    by_provider: dict[tuple[UUID, date], list[Booking]] = {}
    for one in ordered:
        if one.school_id is not None:
            by_provider.setdefault((one.provider_id, one.day), []).append(one)
    for day in by_provider.values():
        for before, one in pairwise(day):
            if before.school_id is None or one.school_id is None:
                continue
            needed = around.travel.get(frozenset({before.school_id, one.school_id}), 0)
            gap = _minutes(one.starts) - _minutes(before.ends)
            if before.school_id != one.school_id and 0 <= gap < needed:
                sentence = f"The way from {around.school(before.school_id)} takes {needed} minutes; there are {gap}."
                yield Clash(one.key, ClashKind.TRAVEL, sentence)


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute
