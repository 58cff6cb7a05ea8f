"""The minutes that are planned for a student: sessions that are to be held, and the meetings of her slots."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from therapytrack.domain.ledger import Given
from therapytrack.domain.school_calendar import SchoolDay, closed_on, days_that_hit
from therapytrack.domain.slots import after
from therapytrack.services.dialects import key_text
from therapytrack.services.json_rows import rows_in
from therapytrack.services.ledger_sql import given, setting_of
from therapytrack.services.student_slots import StudentSlot

Sizes = Mapping[UUID, tuple[UUID | None, int]]


def sizes_in(column: str | None) -> dict[UUID, tuple[UUID | None, int]]:
    """What `ledger_sql.slot_sizes_column` says: the school of each slot, and how many students it has."""
    return {UUID(key_text(slot)): (key_in(school), size) for slot, school, size in rows_in(column)}


def key_in(text: str | None) -> UUID | None:
    """A key out of such a column."""
    return UUID(key_text(text)) if text else None


def coming(
    planned: Iterable[Sequence[Any]],
    slots: Sequence[StudentSlot],
    sizes: Sizes,
    calendar: Sequence[SchoolDay],
    days: tuple[date, date],
) -> list[Given]:
    """The minutes to come within `days`, without what falls on a day on which the calendar lets it not be held.

    `planned` are rows of `ledger_sql.planned_column`. A session put there by hand is held on any day.
    """
    found = [
        given(on, int(length), made_up, size)
        for on, length, made_up, size, slot in planned
        if not _falls_out(date.fromisoformat(on), key_in(slot), sizes, calendar)
    ]
    for slot in slots:
        school, size = sizes.get(slot.slot.id, (None, 1))
        found += [
            Given(one.day, one.minutes, setting_of(size))
            for one in slot.meetings(*days)
            if not days_that_hit(calendar, one.day, school, after(one.starts, one.minutes))
        ]
    return found


def _falls_out(day: date, slot: UUID | None, sizes: Sizes, calendar: Sequence[SchoolDay]) -> bool:
    """Whether a planned session came of a slot whose school is closed that day."""
    if slot is None:
        return False
    school, _ = sizes.get(slot, (None, 1))
    return closed_on(calendar, day, school) is not None
