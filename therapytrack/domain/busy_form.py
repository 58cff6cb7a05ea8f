"""When a student cannot come, as somebody fills it in: weekdays with hours and a reason, six lines at most."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import time

from therapytrack.domain.dates import WEEKDAYS, clock_range
from therapytrack.domain.form_fields import FieldReader

LINES = 6
LONGEST_LABEL = 60
SCHOOL_WEEK = "all"
SCHOOL_DAYS = tuple(range(5))
DAYS = {SCHOOL_WEEK: "Every school day"} | {str(number): name for number, name in enumerate(WEEKDAYS)}


@dataclass(frozen=True, slots=True, order=True)
class BusyHours:
    """Each week on `weekday` (Monday is 0) from `starts` to `ends`, because of `label`: "lunch"."""

    weekday: int
    starts: time
    ends: time
    label: str


def field_of(line: int, name: str) -> str:
    """The name of a field (day, from, to, why) of a line of the form."""
    return f"busy_{line}_{name}"


def read_busy(read: FieldReader) -> tuple[BusyHours, ...]:
    """The lines that were filled in, in order; what is wrong with one is noted beside its field."""
    found: set[BusyHours] = set()
    for line in range(LINES):
        typed = [read.raw(field_of(line, name)).strip() for name in ("day", "from", "to", "why")]
        if any(typed):
            found |= set(_line(read, line, typed[0]))
    return tuple(sorted(found))


def _line(read: FieldReader, line: int, day: str) -> Iterable[BusyHours]:
    read.choice(field_of(line, "day"), DAYS, "Choose the day.")
    starts = read.clock(field_of(line, "from"), "Enter when it begins, for example 11:30.")
    ends = read.clock(field_of(line, "to"), "Enter when it ends, for example 12:00.")
    label = read.line(field_of(line, "why"), LONGEST_LABEL, "Say what it is, for example lunch.")
    if starts is None or ends is None or day not in DAYS:
        return []
    if ends <= starts:
        read.wrong[field_of(line, "to")] = "Choose an end after the beginning."
    weekdays = SCHOOL_DAYS if day == SCHOOL_WEEK else (int(day),)
    return [BusyHours(one, starts, ends, label) for one in weekdays]


def busy_lines(busy: Iterable[BusyHours]) -> list[tuple[str, BusyHours]]:
    """The lines of the form that make `busy`: (one of DAYS, the hours); the same on all five days is one line."""
    alike: dict[tuple[time, time, str], list[BusyHours]] = {}
    for one in sorted(busy):
        alike.setdefault((one.starts, one.ends, one.label), []).append(one)
    lines: list[tuple[str, BusyHours]] = []
    for same in alike.values():
        week = {one.weekday for one in same} >= set(SCHOOL_DAYS)
        lines += [(SCHOOL_WEEK, same[0])] if week else []
        lines += [(str(one.weekday), one) for one in same if not week or one.weekday not in SCHOOL_DAYS]
    return lines


def busy_fields(busy: Iterable[BusyHours]) -> Mapping[str, str]:
    """The values with which the lines of the form begin."""
    values = dict.fromkeys((field_of(line, name) for line in range(LINES) for name in ("day", "from", "to", "why")), "")
    for line, (day, hours) in enumerate(busy_lines(busy)[:LINES]):
        values[field_of(line, "day")] = day
        values[field_of(line, "from")] = hours.starts.isoformat("minutes")
        values[field_of(line, "to")] = hours.ends.isoformat("minutes")
        values[field_of(line, "why")] = hours.label
    return values


def busy_words(busy: Iterable[BusyHours]) -> str:
    """All lines in words: "Every school day 11:30 AM–12:00 PM lunch; Tuesday 9:00–9:30 AM band"."""
    return "; ".join(
        f"{DAYS[day]} {clock_range(hours.starts, hours.ends)} {hours.label}" for day, hours in busy_lines(busy)
    )
