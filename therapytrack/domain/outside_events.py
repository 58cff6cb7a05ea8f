"""Events from outside on a student's charts: a dotted line each, at which the data path does not break.

Source of the convention: a phase line is an intended change and breaks the path, an event line is neither.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from therapytrack.domain.dates import long_date
from therapytrack.domain.form_fields import FieldReader

LONGEST_EVENT, LONGEST_NAME = 60, 26
TO_COME = "Enter the day on which it happened: today at the latest."
BEFORE_BIRTH = "This is before the student was born. Check the date."


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened on a day and does not break the data path, such as a new version of the goal; `outside`
    is what a person entered, such as new hearing aids."""

    on: date
    label: str
    outside: bool = False


@dataclass(frozen=True, slots=True)
class EventForm:
    """A checked event of a student; `here`: it concerns one goal alone."""

    text: str
    on: date
    here: bool


def parse_event(form: Mapping[str, str], today: date) -> EventForm:
    """Check the fields event_text, event_on and event_here. Raises Invalid naming every wrong field."""
    read = FieldReader(form)
    text = read.line("event_text", LONGEST_EVENT, "Say in a few words what happened.")
    on = read.day("event_on", "Enter the day on which it happened.")
    if on is not None and on > today:
        read.wrong["event_on"] = TO_COME
    read.finish()
    assert on is not None
    return EventForm(text, on, bool(form.get("event_here")))


def outside(events: Iterable[Event]) -> list[Event]:
    """Those that a person entered, by day."""
    return sorted((one for one in events if one.outside), key=lambda one: one.on)


def events_words(events: Iterable[Event]) -> str:
    """What was entered, in words: "New hearing aids, Oct 3, 2026; New room, Nov 2, 2026", "" for nothing."""
    return "; ".join(f"{one.label}, {long_date(one.on)}" for one in outside(events))


def events_sentence(events: Iterable[Event]) -> str:
    """A sentence to go on with after the chart's own, "" for nothing."""
    words = events_words(events)
    return f" Outside events: {words}." if words else ""


def line_names(events: Iterable[Event], apart: float) -> list[tuple[date, str]]:
    """What stands upright at the lines: events nearer than `apart` days to the one before share a name, and a long name
    is cut, because all of it stands in the sentence and in the table."""
    names: list[tuple[date, str]] = []
    for one in sorted(events, key=lambda event: event.on):
        if names and (one.on - names[-1][0]).days < apart:
            names[-1] = (names[-1][0], f"{names[-1][1]}; {one.label}")
        else:
            names.append((one.on, one.label))
    return [(day, _cut(words)) for day, words in names]


def _cut(words: str) -> str:
    return words if len(words) <= LONGEST_NAME else f"{words[: LONGEST_NAME - 1].rstrip(' ;,')}…"
