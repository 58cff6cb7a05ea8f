"""Events from outside on a student's charts: a dotted line each, at which the data path does not break.

Source of the convention: a phase line is an intended change and breaks the path, an event line is neither.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from string import ascii_uppercase

from therapytrack.domain.dates import long_date
from therapytrack.domain.form_fields import FieldReader

LONGEST_EVENT = 60
TO_COME = "Enter the day on which it happened: today at the latest."
BEFORE_BIRTH = "This is before the student was born. Check the date."


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened on a day and does not break the data path, such as a new version of the goal; `outside`
    is what a person entered, such as new hearing aids; `mark` stands over its line and in the words about it."""

    on: date
    label: str
    outside: bool = False
    mark: str = ""

    @property
    def words(self) -> str:
        """What the mark stands for: "New hearing aids, Oct 3, 2026"."""
        return f"{self.label}, {long_date(self.on)}" if self.outside else self.label


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


def marked(events: Iterable[Event]) -> tuple[Event, ...]:
    """By day, with a letter for each that a person entered: A to Z, then AA. A version keeps the mark it has."""
    found: list[Event] = []
    letters = 0
    for one in sorted(events, key=lambda event: event.on):
        found.append(replace(one, mark=_letter(letters)) if one.outside else one)
        letters += one.outside
    return tuple(found)


def _letter(index: int) -> str:
    turn, place = divmod(index, len(ascii_uppercase))
    return (_letter(turn - 1) if turn else "") + ascii_uppercase[place]


def outside(events: Iterable[Event]) -> list[Event]:
    """Those that a person entered, by day."""
    return sorted((one for one in events if one.outside), key=lambda one: one.on)


def events_words(events: Iterable[Event]) -> str:
    """What was entered, in words: "A: New hearing aids, Oct 3, 2026; B: New room, Nov 2, 2026", "" for nothing."""
    return "; ".join(f"{one.mark}: {one.words}" if one.mark else one.words for one in outside(events))


def events_sentence(events: Iterable[Event]) -> str:
    """A sentence to go on with after the chart's own, "" for nothing."""
    words = events_words(events)
    return f" Outside events: {words}." if words else ""
