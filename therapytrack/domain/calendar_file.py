"""A district's calendar file (RFC 5545) read for the days on which school is closed or lets out early.

The file comes from outside and may be anything: it is read in a process of its own, within seconds, and every way in
which it can be wrong ends in a sentence. The libraries are imported where they are used: most servers never need them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from therapytrack.domain.names import tidy
from therapytrack.domain.school_calendar import DayKind

LARGEST_FILE = 1_000_000
MOST_EVENTS = 2_000
LONGEST_LABEL = 120
MORNING = 10  # an early day that is written from the first bell on begins before this hour
NO_CALENDAR = "This is not a calendar file that can be read. Export it once more as iCalendar (.ics), then choose it."
NOT_UTF8 = "This file is not written in UTF-8. Export it once more as iCalendar (.ics), then choose it."
TOO_MANY = f"This calendar has more than {MOST_EVENTS:,} events. Export a part of it, for example one school year."
TOO_OFTEN = "Event {number} of the file repeats within a day, or by a rule that cannot be read. Take it out first."
NO_START = "Event {number} of the file has no day that can be read. Take it out or mend it, then choose the file again."
ENDS_FIRST = "Event {number} of the file ends before it begins. Mend it, then choose the file again."
EARLY = re.compile(
    r"\b(early (release|dismissal|out|closing)|half[- ]day|(minimum|min\.|shortened|abbreviated) day)\b", re.IGNORECASE
)
CLOSED = re.compile(
    r"\bno (school|students|classes|class)\b|\bschools? (is |are )?closed\b|\bclosed\b"
    r"|\b(winter|spring|fall|autumn|thanksgiving|christmas|holiday|mid-?winter|february|presidents.?|april) "
    r"(break|recess|vacation)\b|\bholiday\b(?! (concert|party|show|program|fair|shop|assembly|lunch))"
    r"|\b(teacher|staff) work ?day\b|\b(snow|conference|superintendent.?s conference) day\b",
    re.IGNORECASE,
)
FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
WITHIN_A_DAY = ("BYHOUR", "BYMINUTE", "BYSECOND", "BYEASTER")
NEEDED = frozenset({"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"})


@dataclass(frozen=True, slots=True)
class FileAsked:
    """A file's bytes and how to read it: in which zone its moments are days, from when until when, and what counts."""

    data: bytes
    zone: str
    first: date
    last: date
    all_events: bool
    closes_at: time | None


@dataclass(frozen=True, slots=True)
class FileDay:
    """One entry for the school calendar; `uid` is the same whenever the same file is read."""

    uid: str
    first: date
    last: date
    kind: DayKind
    label: str
    closes_at: time | None


@dataclass(frozen=True, slots=True)
class FileRead:
    """What a file holds: its days, how many of its events were left out; or the sentence about what is wrong."""

    days: tuple[FileDay, ...] = ()
    left_out: int = 0
    problem: str = ""


class _Wrong(Exception):
    """What is wrong with the file, in a sentence."""


def fetch_libraries() -> None:
    """Import what reads a file: some seconds on a slow machine, which belong to no file."""
    import icalendar  # noqa: F401
    import recurring_ical_events  # type: ignore[import-untyped]  # noqa: F401


def read_calendar_file(asked: FileAsked) -> FileRead:
    """Read the file. Whatever is in it, the answer is its days or a sentence."""
    try:
        text = asked.data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return FileRead(problem=NOT_UTF8)
    try:
        return _read(text, asked)
    except _Wrong as wrong:
        return FileRead(problem=str(wrong))
    except Exception:  # noqa: BLE001 - two libraries read text from outside; all that they raise means one thing
        return FileRead(problem=NO_CALENDAR)


def _read(text: str, asked: FileAsked) -> FileRead:
    from icalendar import Calendar

    calendars = Calendar.from_ical(text, multiple=True)
    events = [event for one in calendars for event in one.walk("VEVENT")]
    if not calendars or any(one.name != "VCALENDAR" for one in calendars):
        raise _Wrong(NO_CALENDAR)
    if len(events) > MOST_EVENTS:
        raise _Wrong(TOO_MANY)
    for number, event in enumerate(events, 1):
        _require_readable(number, event)
    wanted = {str(one["UID"]) for one in events if _kind(one, asked)}
    days: dict[str, FileDay] = {}
    for one in calendars:
        one.subcomponents = [part for part in one.subcomponents if part.name != "VEVENT" or str(part["UID"]) in wanted]
        for event in _expanded(one, asked):
            if day := _day(event, asked):
                days[day.uid] = day
            if len(days) > MOST_EVENTS:
                raise _Wrong(TOO_MANY)
    ordered = sorted(days.values(), key=lambda day: (day.first, day.last, day.label))
    return FileRead(tuple(ordered), sum(str(event["UID"]) not in wanted for event in events))


def _require_readable(number: int, event: Any) -> None:
    """Raise _Wrong for an event without a start, with an end before it, or that repeats within a day; give it a UID."""
    broken = {name for name, _ in event.errors} & NEEDED
    if broken & {"RRULE", "RDATE", "EXDATE"}:
        raise _Wrong(TOO_OFTEN.format(number=number))
    start = event.get("DTSTART")
    if start is None or broken:
        raise _Wrong(NO_START.format(number=number))
    if event.end < event.start:
        raise _Wrong(ENDS_FIRST.format(number=number))
    rules = event.get("RRULE") or []
    for rule in rules if isinstance(rules, list) else [rules]:
        often = {str(one).upper() for one in rule.get("FREQ", [])}
        if not often or not often <= FREQUENCIES or any(name in rule for name in WITHIN_A_DAY):
            raise _Wrong(TOO_OFTEN.format(number=number))
    if not str(event.get("UID", "")):
        event["UID"] = sha256(event.to_ical()).hexdigest()


def _expanded(calendar: Any, asked: FileAsked) -> Iterator[Any]:
    """The occurrences within the days that were asked for, a month at a time: too many are noticed early."""
    import recurring_ical_events

    found = recurring_ical_events.of(calendar)
    first = asked.first
    while first <= asked.last:
        following = min(first + timedelta(days=31), asked.last + timedelta(days=1))
        yield from found.between(first, following)
        first = following


def _kind(event: Any, asked: FileAsked) -> DayKind | None:
    words = str(event.get("SUMMARY", ""))
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return None
    if EARLY.search(words):
        return DayKind.EARLY_RELEASE
    return DayKind.CLOSED if asked.all_events or CLOSED.search(words) else None


def _day(event: Any, asked: FileAsked) -> FileDay | None:
    kind = _kind(event, asked)
    if kind is None:
        return None
    begin, end = _local(event.start, asked.zone), _local(event.end, asked.zone)
    label = tidy(str(event.get("SUMMARY", "")))[:LONGEST_LABEL].strip() or "No school"
    key = f"{event['UID']}\n{event.start.isoformat()}"
    uid = sha256(key.encode("utf-8", "replace")).hexdigest()
    first, last = _dates(begin, end)
    if first > asked.last or last < asked.first:
        return None
    if kind is DayKind.CLOSED:
        return FileDay(uid, first, last, kind, label, None)
    return FileDay(uid, first, last, kind, label, _lets_out(begin, end) or asked.closes_at)


def _local(moment: date, zone: str) -> date:
    """A moment in the workspace's zone; a day, or a time without a zone, is everywhere the same."""
    if isinstance(moment, datetime) and moment.tzinfo is not None:
        return moment.astimezone(UTC).astimezone(ZoneInfo(zone))
    return moment


def _dates(begin: date, end: date) -> tuple[date, date]:
    """The first and last day of an event; its end is not a part of it (RFC 5545, 3.6.1)."""
    if isinstance(begin, datetime) and isinstance(end, datetime):
        last = end - timedelta(microseconds=1) if end > begin else end
        return begin.date(), last.date()
    return begin, max(begin, end - timedelta(days=1))


def _lets_out(begin: date, end: date) -> time | None:
    """When school ends on an early day: where the event begins, or ends if it is written from the first bell on."""
    if not isinstance(begin, datetime) or not isinstance(end, datetime):
        return None
    chosen = begin if begin.hour >= MORNING or end.date() != begin.date() else end
    return chosen.time().replace(second=0, microsecond=0)
