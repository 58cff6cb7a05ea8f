"""Meetings of a slot: repeated, moved, over a change of the clock."""

from datetime import UTC, date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from therapytrack.domain.slots import Fate, Occurrence, Slot, SlotChange, after, moment, occurrences, span

MONDAY = date(2026, 11, 23)
SLOT = Slot(UUID(int=1), MONDAY, None, "FREQ=WEEKLY;BYDAY=MO", time(10), 30)
NEW_YORK = ZoneInfo("America/New_York")


def days(found: list[Occurrence]) -> list[tuple[date, Fate]]:
    return [(one.day, one.fate) for one in found]


def test_a_week_shows_what_is_planned() -> None:
    (one,) = occurrences(SLOT, [], MONDAY, date(2026, 11, 29))
    assert (one.on, one.day, one.starts, one.ends) == (MONDAY, MONDAY, time(10), time(10, 30))


def test_a_slot_that_ended_falls_on_its_last_day_and_on_none_after_it() -> None:
    ended = Slot(SLOT.id, MONDAY, date(2026, 12, 7), SLOT.rule, SLOT.starts, SLOT.minutes)
    assert days(occurrences(ended, [], MONDAY, date(2027, 1, 31))) == [
        (date(2026, 11, 23), Fate.AS_PLANNED),
        (date(2026, 11, 30), Fate.AS_PLANNED),
        (date(2026, 12, 7), Fate.AS_PLANNED),
    ]


def test_a_moved_meeting_leaves_its_own_week_and_comes_in_another() -> None:
    moved = SlotChange(MONDAY, date(2026, 12, 2), time(13), 20)
    assert occurrences(SLOT, [moved], MONDAY, date(2026, 11, 29)) == []
    found = occurrences(SLOT, [moved], date(2026, 11, 30), date(2026, 12, 6))
    assert days(found) == [(date(2026, 11, 30), Fate.AS_PLANNED), (date(2026, 12, 2), Fate.MOVED)]
    assert (found[1].on, found[1].starts, found[1].minutes) == (MONDAY, time(13), 20)


def test_a_change_of_a_day_that_the_rule_does_not_name_shows_nothing() -> None:
    stray = SlotChange(date(2026, 11, 25), date(2026, 12, 1), time(10), 30)
    assert occurrences(SLOT, [stray], date(2026, 12, 1), date(2026, 12, 1)) == []


def test_a_session_belongs_to_the_day_on_which_it_begins() -> None:
    assert after(time(23, 50), 30) == time(23, 59)


@pytest.mark.parametrize(
    "day, clock, utc",
    [
        (date(2026, 3, 7), time(10), datetime(2026, 3, 7, 15, tzinfo=UTC)),
        (date(2026, 3, 9), time(10), datetime(2026, 3, 9, 14, tzinfo=UTC)),
        (date(2026, 3, 8), time(2, 30), datetime(2026, 3, 8, 7, 30, tzinfo=UTC)),  # skipped: read with EST, 3:30 EDT
        (date(2026, 11, 1), time(1, 30), datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),  # twice: the first, in EDT
    ],
)
def test_daylight_saving_moves_the_moment_and_never_the_clock(day: date, clock: time, utc: datetime) -> None:
    assert moment(day, clock, NEW_YORK) == utc


def test_a_meeting_over_a_change_of_the_clock_lasts_its_minutes() -> None:
    begin, end = span(date(2026, 11, 1), time(1, 45), 30, NEW_YORK)
    assert (end - begin).total_seconds() == 1800
