"""A slot of the schedule as somebody fills it in: checked, with a sentence beside each field that is not right yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from urllib.parse import urlencode
from uuid import UUID

from therapytrack.domain.form_fields import FieldReader
from therapytrack.domain.recurrence import ONCE, REPEATS, Repeat, first_day, repeat_of, rule_of
from therapytrack.domain.session_plan import DELIVERIES, LONGEST_TITLE, parse_hours, parse_students
from therapytrack.domain.slots import Slot
from therapytrack.errors import Invalid

WEEKDAY = "weekday:"
UNNAMED = ("Individual session", "Group session")
ENDS_EARLY = "Choose a last day on or after the first."
MINUTES_OF_AN_HOUR, MINUTES_OF_A_DAY = 60, 24 * 60
PAST_MIDNIGHT = "A session ends on the day on which it begins. Choose an earlier time."


@dataclass(frozen=True, slots=True)
class SlotForm:
    """What a slot is to be; `starts_on` is a day that the rule names, `minutes` its length."""

    title: str
    starts_on: date
    ends_on: date | None
    rule: str
    starts: time
    minutes: int
    school_id: UUID | None
    place: str
    delivery: str
    student_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class DayMove:
    """Where one day of a slot goes: to which day, when, for how long."""

    to: date
    starts: time
    minutes: int

    @property
    def ends_that_day(self) -> bool:
        """Whether it lasts some minutes, and is over by midnight."""
        end = self.starts.hour * MINUTES_OF_AN_HOUR + self.starts.minute + self.minutes
        return self.minutes > 0 and end < MINUTES_OF_A_DAY


def parse_slot(form: Mapping[str, str], student_ids: Sequence[str]) -> SlotForm:
    """A slot from title, starts_on, ends_on, repeat, weekday:N, starts, ends, school, place, delivery.

    A title that was left out is made of the number of students. Raises Invalid naming every wrong field.
    """
    read = FieldReader(form)
    title = read.line("title", LONGEST_TITLE)
    starts_on = read.day("starts_on", "Choose the first day.")
    ends_on = read.day("ends_on")
    how = read.choice("repeat", REPEATS, "Choose how often this repeats.")
    hours = parse_hours(read)
    place = read.line("place", LONGEST_TITLE)
    delivery = read.choice("delivery", DELIVERIES, "Choose how the service is given.")
    school = _school(read)
    students = parse_students(student_ids, read.wrong)
    if starts_on and ends_on and ends_on < starts_on:
        read.wrong["ends_on"] = ENDS_EARLY
    if read.wrong or starts_on is None or hours is None:
        raise Invalid(read.wrong)
    rule = rule_of(Repeat(how, _weekdays(form)), starts_on)
    first = first_day(starts_on, rule)
    if ends_on and ends_on < first:
        raise Invalid({"ends_on": "No day of this repeat is left before the last day. Choose a later one."})
    title = title or UNNAMED[len(students) > 1]
    return SlotForm(title, first, ends_on, rule, hours[0], _minutes(*hours), school, place, delivery, students)


def offer_href(day: date, starts: time, minutes: int, student_id: UUID, school_id: UUID | None) -> str:
    """The address of the schedule with the form of one new session open and filled in: read with `parse_offer`."""
    asked = {
        "view": "day",
        "day": day.isoformat(),
        "new": student_id,
        "starts": starts.isoformat("minutes"),
        "minutes": minutes,
    }
    return f"/schedule?{urlencode(asked | ({'school': school_id} if school_id else {}))}"


def parse_offer(asked: Mapping[str, str]) -> SlotForm | None:
    """The session, held once, that such an address asks for; None where it asks for none that could be held."""
    try:
        student, school = UUID(asked.get("new", "")), asked.get("school", "")
        day, starts = date.fromisoformat(asked.get("day", "")), time.fromisoformat(asked.get("starts", ""))
        minutes, school_id = int(asked.get("minutes", "")), UUID(school) if school else None
    except ValueError:
        return None
    if starts.tzinfo or not DayMove(day, starts, minutes).ends_that_day:
        return None
    return SlotForm("", day, None, ONCE, starts, minutes, school_id, "", "pull_out", (student,))


def day_in(text: str) -> date | None:
    """The day that a text names, None where it names none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def parse_move(form: Mapping[str, str]) -> DayMove:
    """Where a day goes, from the fields to, starts, ends. Raises Invalid naming every wrong field."""
    read = FieldReader(form)
    to = read.day("to", "Choose a day.")
    hours = parse_hours(read)
    if read.wrong or to is None or hours is None:
        raise Invalid(read.wrong)
    return DayMove(to, hours[0], _minutes(*hours))


def from_day(form: SlotForm, slot: Slot, on: date) -> SlotForm:
    """The form as it holds from `on` on, for a slot that was held before: its rule is counted from there.

    A rule of every other week keeps its weeks, because `on` is a day of the slot.
    """
    if form.starts_on >= on or form.rule == "":
        return form
    repeat = repeat_of(form.rule)
    kept = replace(repeat, weekdays=repeat.weekdays or (slot.starts_on.weekday(),))
    rule = rule_of(kept, on) if kept.how == "month" else form.rule
    return replace(form, starts_on=first_day(on, rule), rule=rule)


def _weekdays(form: Mapping[str, str]) -> tuple[int, ...]:
    return tuple(number for number in range(7) if form.get(f"{WEEKDAY}{number}"))


def _school(read: FieldReader) -> UUID | None:
    text = read.raw("school")
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        read.wrong["school"] = "Choose one of the schools."
        return None


def _minutes(starts: time, ends: time) -> int:
    return (ends.hour - starts.hour) * MINUTES_OF_AN_HOUR + ends.minute - starts.minute
