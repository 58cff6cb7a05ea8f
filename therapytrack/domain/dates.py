"""Dates, ages and grades in the words that people in schools use, the same on every machine and in every locale."""

from datetime import date, datetime, time
from typing import Literal, NamedTuple

from therapytrack.errors import Invalid

Tone = Literal["", "good", "warn", "bad"]

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SOON_DAYS = 30


class Age(NamedTuple):
    """Completed years and months, as norms tables are read."""

    years: int
    months: int

    def __str__(self) -> str:
        return f"{self.years};{self.months}"


def short_date(day: date) -> str:
    """`day` as "Mar 31"."""
    return f"{MONTHS[day.month - 1]} {day.day}"


def long_date(day: date) -> str:
    """`day` as "Mar 31, 2026"."""
    return f"{short_date(day)}, {day.year}"


def span_words(first: date, last: date) -> str:
    """From one day to another, the year once where it is the same: "Sep 1 to Oct 30, 2026"."""
    return f"{short_date(first) if first.year == last.year else long_date(first)} to {long_date(last)}"


def day_line(day: date) -> str:
    """`day` as "Tuesday, Nov 25"."""
    return f"{WEEKDAYS[day.weekday()]}, {short_date(day)}"


def moment_line(at: datetime) -> str:
    """`at` as "Nov 25, 2026, 3:42 PM", in its own time zone."""
    return f"{long_date(at.date())}, {clock_time(at)}"


def clock_time(at: datetime | time) -> str:
    """`at` as "2:18 PM", the one form in which a person reads a time; midnight is "12:00 AM", noon "12:00 PM"."""
    return f"{_numbers(at)} {_half(at)}"


def clock_range(start: datetime | time, end: datetime | time) -> str:
    """From when to when: "9:00–9:30 AM", and "11:30 AM–12:15 PM" where the halves of the day differ."""
    return f"{_numbers(start) if _half(start) == _half(end) else clock_time(start)}–{clock_time(end)}"


def _numbers(at: datetime | time) -> str:
    return f"{at.hour % 12 or 12}:{at.minute:02d}"


def _half(at: datetime | time) -> str:
    return "AM" if at.hour < 12 else "PM"


def full_months(start: date, end: date) -> int:
    """Completed calendar months from `start` to `end` (not before it); Jan 31 to Feb 28 is none."""
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)


def _distance(start: date, end: date) -> str:
    months = full_months(start, end)
    if months >= 24:
        return f"{months // 12} y"
    if months >= 2:
        return f"{months} mo"
    days = (end - start).days
    return "1 day" if days == 1 else f"{days} days"


def due_label(due: date, today: date) -> tuple[str, Tone]:
    """How far off a due date is, as ("in 16 days", "warn"): days up to two full months, then months, then years.

    Tone is "bad" when overdue, "warn" within 30 days, "" later.
    """
    if due < today:
        return f"{_distance(due, today)} overdue", "bad"
    if due == today:
        return "today", "warn"
    return f"in {_distance(today, due)}", "warn" if (due - today).days <= SOON_DAYS else ""


def school_grade_label(grade: str) -> str:
    """A grade as the caseload shows it: "2" is "Gr 2", "k" is "K"; other words (a transition program) stay as typed."""
    text = grade.strip()
    if text.isascii() and text.isdigit():
        return f"Gr {int(text)}"
    known = {"k": "K", "kindergarten": "K", "pk": "Pre-K", "prek": "Pre-K", "pre-k": "Pre-K"}
    return known.get(text.lower(), text)


def age_on(birth: date, day: date) -> Age:
    """Completed years and months on `day`, printed "7;3"; a birth on Feb 29 counts from Mar 1 in other years.

    Raises Invalid when `day` is before the birth.
    """
    if day < birth:
        raise Invalid({"birth_date": "The birth date is after this day. Check the year."})
    return Age(*divmod(full_months(birth, day), 12))
