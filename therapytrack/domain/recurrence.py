"""Which days a schedule slot falls on: RFC 5545 recurrence rules over school dates.

A rule says how a slot repeats ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE"); from when and until when stands beside it, so
that ending a slot changes a date and never a rule. Days are expanded by python-dateutil.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from dateutil.rrule import rrulestr

CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
ONCE = ""
REPEATS = {
    "once": "Once",
    "week": "Every week",
    "two_weeks": "Every two weeks",
    "month": "Every month, on this weekday",
}


@dataclass(frozen=True, slots=True)
class Repeat:
    """How a slot repeats, as a form asks it: one of REPEATS, and the weekdays (Monday is 0) of the weekly ones."""

    how: str
    weekdays: tuple[int, ...] = ()


def rule_of(repeat: Repeat, starts_on: date) -> str:
    """The rule of `repeat`, "" for once. A month's rule keeps the weekday's number: the second Tuesday; a fifth
    becomes the last, as months with four have no fifth."""
    if repeat.how == "once":
        return ONCE
    if repeat.how == "month":
        nth = (starts_on.day - 1) // 7 + 1
        return f"FREQ=MONTHLY;BYDAY={nth if nth < 5 else -1}{CODES[starts_on.weekday()]}"
    days = ",".join(CODES[one] for one in sorted(set(repeat.weekdays) or {starts_on.weekday()}))
    every = "INTERVAL=2;" if repeat.how == "two_weeks" else ""
    return f"FREQ=WEEKLY;{every}BYDAY={days}"


def repeat_of(rule: str) -> Repeat:
    """The form's answer that made `rule`; the inverse of `rule_of`."""
    if rule == ONCE:
        return Repeat("once")
    parts = dict(one.split("=") for one in rule.split(";"))
    if parts["FREQ"] == "MONTHLY":
        return Repeat("month")
    days = tuple(CODES.index(one) for one in parts.get("BYDAY", "").split(",") if one)
    return Repeat("two_weeks" if parts.get("INTERVAL") == "2" else "week", days)


def first_day(starts_on: date, rule: str) -> date:
    """The first day of `rule` on or after `starts_on`; `starts_on` itself when the rule never comes within a year."""
    return next(iter(days_of(starts_on, rule, starts_on, starts_on + timedelta(days=366))), starts_on)


def days_of(starts_on: date, rule: str, first: date, last: date) -> Sequence[date]:
    """The days from `first` to `last`, both included, on which a slot that began on `starts_on` falls."""
    first = max(first, starts_on)
    if rule == ONCE:
        return [starts_on] if first <= starts_on <= last else []
    return _days(starts_on, rule, first, last) if first <= last else []


@lru_cache(maxsize=4096)
def _days(starts_on: date, rule: str, first: date, last: date) -> tuple[date, ...]:
    found = rrulestr(rule, dtstart=_noon(starts_on)).between(_noon(first), _noon(last), inc=True)
    return tuple(one.date() for one in found)


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12))


def repeat_words(rule: str, starts_on: date) -> str:
    """`rule` in words: "every week on Mon and Wed"."""
    if rule == ONCE:
        return "once"
    repeat = repeat_of(rule)
    if repeat.how == "month":
        nth = rule.partition("BYDAY=")[2]
        number = {"1": "first", "2": "second", "3": "third", "4": "fourth", "-1": "last"}[nth[:-2]]
        return f"every month on the {number} {_DAYS[CODES.index(nth[-2:])]}"
    how = "every two weeks" if repeat.how == "two_weeks" else "every week"
    return f"{how} on {_and(_DAYS[one] for one in repeat.weekdays or (starts_on.weekday(),))}"


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _and(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
