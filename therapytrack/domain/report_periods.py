"""A reporting period as it is typed: its name, its days, and the day by which its reports are due."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from therapytrack.domain.calendar_form import school_year, school_year_of
from therapytrack.domain.form_fields import FieldReader

LONGEST_NAME: Final = 80
LONGEST: Final = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class PeriodForm:
    """What a period is to be; `last_on` is not before `first_on`, `due_on` not before it either."""

    name: str
    first_on: date
    last_on: date
    due_on: date


def recent_since(last_days: Iterable[date], today: date) -> date:
    """Periods that end on this day or later stand on the page, earlier ones in its list: the first day of this school
    year, or of the newest that has a period while this one has none yet. `last_days`: those of all periods."""
    newest = max(last_days, default=today)
    return school_year(min(school_year_of(today), school_year_of(newest)))[0]


def is_taken(form: PeriodForm, name: str, first_on: date) -> bool:
    """Whether another period keeps this one from its name: the same, of whatever case, in the same school year."""
    return name.casefold() == form.name.casefold() and school_year_of(first_on) == school_year_of(form.first_on)


def parse_period(form: Mapping[str, str]) -> PeriodForm:
    """A period from the fields name, first_on, last_on, due_on. Raises Invalid, each field with its sentence."""
    read = FieldReader(form)
    name = read.line("name", LONGEST_NAME, "Enter a name, for example “Quarter 1”.")
    first = read.day("first_on", "Enter the first day.")
    last = read.day("last_on", "Enter the last day.")
    due = read.day("due_on", "Enter the day by which reports are due.")
    if first and last and not first <= last <= first + LONGEST:
        read.wrong["last_on"] = "Enter a last day on or after the first one, within 400 days."
    if first and due and due < first:
        read.wrong["due_on"] = "Enter a day on or after the first day."
    read.finish()
    assert first is not None and last is not None and due is not None
    return PeriodForm(name, first, last, due)
