"""A clinician's week from its slots: what repeats and what was moved, in the clock of the school.

A slot is kept as wall-clock time. Its moments are found by RFC 5545 (3.3.5): a time that a change to daylight saving
skips is read with the offset before the gap, one that comes twice is the first of the two.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from therapytrack.domain.ids import parse_id
from therapytrack.domain.recurrence import days_of
from therapytrack.errors import NotFound

MIDNIGHT_MINUTES = 24 * 60
# How far from today the schedule goes: two school years, so that no rule is followed for thousands of days.
REACH = timedelta(days=800)


class Fate(StrEnum):
    """What became of one day of a slot."""

    AS_PLANNED = "as planned"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Slot:
    """What repeats: from `starts_on` (until `ends_on`, None: open) by `rule`, at `starts` for `minutes`."""

    id: UUID
    starts_on: date
    ends_on: date | None
    rule: str
    starts: time
    minutes: int


@dataclass(frozen=True, slots=True)
class SlotChange:
    """One day of a slot that differs: `on`, which the rule names, is moved to `to`, at `starts` for `minutes`."""

    on: date
    to: date
    starts: time
    minutes: int


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One meeting of a slot. `on` is the day that the rule names, which stays its identity; `day` is when it is."""

    slot_id: UUID
    on: date
    day: date
    starts: time
    minutes: int
    fate: Fate = Fate.AS_PLANNED

    @property
    def ends(self) -> time:
        """When it is over, on the same day."""
        return after(self.starts, self.minutes)


def key_of(slot_id: UUID, on: date) -> str:
    """One text for a slot and one of its days, as pages name it."""
    return f"{slot_id}:{on}"


def parse_key(key: str) -> tuple[UUID, date]:
    """The slot and the day in `key`. Raises NotFound for any other text."""
    slot, _, on = key.partition(":")
    try:
        return parse_id(slot), date.fromisoformat(on)
    except ValueError:
        raise NotFound() from None


def within_reach(day: date, today: date) -> bool:
    """Whether the schedule goes as far as `day`."""
    return abs(day - today) <= REACH


def after(starts: time, minutes: int) -> time:
    """The clock `minutes` after `starts`, at most 23:59: a session belongs to the day on which it begins."""
    total = min(starts.hour * 60 + starts.minute + minutes, MIDNIGHT_MINUTES - 1)
    return time(total // 60, total % 60)


def occurrences(slot: Slot, changes: Iterable[SlotChange], first: date, last: date) -> list[Occurrence]:
    """The meetings of `slot` from `first` to `last`, both included, by day and time.

    A moved one is on the day to which it was moved, and no longer on its own.
    """
    changed = {one.on: one for one in changes}
    until = min(last, slot.ends_on) if slot.ends_on else last
    planned = [_occurrence(slot, on, changed.get(on)) for on in days_of(slot.starts_on, slot.rule, first, until)]
    elsewhere = [one for one in changed.values() if not first <= one.on <= last and falls_on(slot, one.on)]
    found = [*planned, *(_occurrence(slot, one.on, one) for one in elsewhere)]
    return sorted((one for one in found if first <= one.day <= last), key=lambda one: (one.day, one.starts, one.on))


def falls_on(slot: Slot, day: date) -> bool:
    """Whether the rule names `day`."""
    if slot.ends_on is not None and day > slot.ends_on:
        return False
    return bool(days_of(slot.starts_on, slot.rule, day, day))


def _occurrence(slot: Slot, on: date, change: SlotChange | None) -> Occurrence:
    if change is None:
        return Occurrence(slot.id, on, on, slot.starts, slot.minutes)
    return Occurrence(slot.id, on, change.to, change.starts, change.minutes, Fate.MOVED)


def moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The moment, in UTC, at which the school's clock shows `clock` on `day`."""
    return datetime.combine(day, clock, zone).astimezone(UTC)


def span(day: date, starts: time, minutes: int, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When a meeting begins and ends, in UTC: its end is `minutes` of real time later."""
    begin = moment(day, starts, zone)
    return begin, begin + timedelta(minutes=minutes)
