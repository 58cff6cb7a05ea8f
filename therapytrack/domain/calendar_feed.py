"""A person's schedule as iCalendar text (RFC 5545), for the calendar program of her choice.

A slot is one event that repeats: days that are not held are its EXDATEs, a moved day is an event of its own with the
RECURRENCE-ID of the day that it replaces. The library is imported where it is used: most requests never need it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from therapytrack.domain.names import initials
from therapytrack.domain.recurrence import ONCE, days_of
from therapytrack.domain.slots import Fate, Occurrence, Slot, SlotChange, moment, occurrences

PRODUCT = "-//TherapyTrack//Schedule//EN"
REFRESH = timedelta(hours=1)
SHOWS = {
    "counts": "How many students",
    "initials": "Their initials",
    "first_names": "Their first names",
}
"""What a feed says of the students of a meeting; never a whole name."""


@dataclass(frozen=True, slots=True)
class FeedSeries:
    """A slot with its moved days; `off`: days of its rule that are not held; what its events are called, and where."""

    slot: Slot
    summary: str
    place: str = ""
    changes: Sequence[SlotChange] = ()
    off: frozenset[date] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class FeedMeeting:
    """A meeting that was planned once."""

    key: str
    day: date
    starts: time
    minutes: int
    summary: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed holds, by the clock of `zone`, from `first` to `last`, both included, as of `at`."""

    zone: str
    first: date
    last: date
    at: datetime
    series: Sequence[FeedSeries] = ()
    meetings: Sequence[FeedMeeting] = ()


def students_in_words(shows: str, names: Sequence[tuple[str, str]]) -> str:
    """The students (first name, family name) of a meeting as a feed shows them: "3 students", "A.T., B.T.", "Ana, Ben".

    Of a first name the first word alone is shown: somebody may have typed a whole name there.
    """
    if shows == "initials":
        return ", ".join(initials(f"{first} {family}") for first, family in names)
    if shows == "first_names":
        return ", ".join((first.split() or ["Student"])[0] for first, _ in names)
    return "1 student" if len(names) == 1 else f"{len(names)} students"


def calendar_text(feed: Feed) -> bytes:
    """The feed as an iCalendar file."""
    from icalendar import Calendar, Timezone

    calendar = Calendar()
    for name, value in (
        ("version", "2.0"),
        ("prodid", PRODUCT),
        ("method", "PUBLISH"),
        ("x-wr-calname", "TherapyTrack"),
    ):
        calendar.add(name, value)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    zone = ZoneInfo(feed.zone)
    around = timedelta(days=366)
    calendar.add_component(Timezone.from_tzinfo(zone, feed.zone, feed.first - around, feed.last + around))
    for one in feed.series:
        for event in _series(one, feed, zone):
            calendar.add_component(event)
    for meeting in feed.meetings:
        begin = datetime.combine(meeting.day, meeting.starts, zone)
        calendar.add_component(_event(meeting.key, begin, meeting.minutes, meeting, feed))
    text: bytes = calendar.to_ical()
    return text


def _series(one: FeedSeries, feed: Feed, zone: ZoneInfo) -> Iterator[Any]:
    """The event that repeats, the days that were moved within it, and those that were moved into these days."""
    slot = one.slot
    last = min(feed.last, slot.ends_on) if slot.ends_on else feed.last
    days = [] if slot.rule == ONCE else days_of(slot.starts_on, slot.rule, feed.first, last)
    held = {each.on: each for each in occurrences(slot, one.changes, feed.first, feed.last) if each.on not in one.off}
    within = [day for day in days if day in held]
    if within:
        yield _master(one, feed, zone, days, [day for day in days if day not in held])
    for day in within:
        if held[day].fate is Fate.MOVED:
            event = _moved(str(slot.id), held[day], one, feed, zone)
            event.add("recurrence-id", datetime.combine(day, slot.starts, zone))
            yield event
    for day in held.keys() - set(days):
        key = str(slot.id) if slot.rule == ONCE else f"{slot.id}-{day.isoformat()}"
        yield _moved(key, held[day], one, feed, zone)


def _master(one: FeedSeries, feed: Feed, zone: ZoneInfo, days: Sequence[date], left_out: list[date]) -> Any:
    from icalendar import vRecur

    slot = one.slot
    event = _event(str(slot.id), datetime.combine(days[0], slot.starts, zone), slot.minutes, one, feed)
    rule = vRecur.from_ical(slot.rule)
    rule["UNTIL"] = [moment(days[-1], slot.starts, zone)]
    event.add("rrule", rule)
    if left_out:
        event.add("exdate", [datetime.combine(day, slot.starts, zone) for day in left_out])
    return event


def _moved(key: str, to: Occurrence, one: FeedSeries, feed: Feed, zone: ZoneInfo) -> Any:
    return _event(key, datetime.combine(to.day, to.starts, zone), to.minutes, one, feed)


def _event(key: str, begin: datetime, minutes: int, what: FeedSeries | FeedMeeting, feed: Feed) -> Any:
    from icalendar import Event

    event = Event()
    event.add("uid", f"{key}@therapytrack")
    event.add("dtstamp", feed.at.astimezone(UTC))
    event.add("dtstart", begin)
    event.add("duration", timedelta(minutes=minutes))
    event.add("summary", what.summary)
    if what.place:
        event.add("location", what.place)
    return event
