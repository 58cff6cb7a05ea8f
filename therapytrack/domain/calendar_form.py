"""The school calendar as the office fills it in: schools, the road between them, days without school, an import."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from therapytrack.domain.form_fields import FieldReader
from therapytrack.domain.school_calendar import KINDS, DayHours, DayKind, SchoolDay

LONGEST_SCHOOL, LONGEST_DAY_LABEL, LONGEST_ROAD = 120, 120, 240
SCHOOL_YEAR_BEGINS = 7  # July
COUNTS = {
    "named": "Events that say so: no school, holiday, break, closed, early release",
    "all": "Every event: the file lists days off alone",
}


@dataclass(frozen=True, slots=True)
class RoadForm:
    """Minutes on the road between two schools, in either direction; 0: they are next to each other."""

    one: UUID
    other: UUID
    minutes: int


@dataclass(frozen=True, slots=True)
class ImportForm:
    """For which school (None: all) a file is; whether all of its events count; when early days end that do not say."""

    school_id: UUID | None
    all_events: bool
    closes_at: time | None


@dataclass(frozen=True, slots=True)
class HoursForm:
    """The day of one school (None: of all that have no hours of their own); `hours` None: as all schools."""

    school_id: UUID | None
    hours: DayHours | None


def school_year_of(day: date) -> int:
    """The calendar year in which the school year of `day` begins: in July."""
    return day.year if day.month >= SCHOOL_YEAR_BEGINS else day.year - 1


def school_year(year: int) -> tuple[date, date]:
    """The first and last day of the school year that begins in `year`."""
    return date(year, SCHOOL_YEAR_BEGINS, 1), date(year + 1, SCHOOL_YEAR_BEGINS - 1, 30)


def school_year_words(year: int) -> str:
    """Such as "2026–27"."""
    return f"{year}–{(year + 1) % 100:02d}"


def parse_year(text: str, today: date) -> int:
    """One of the school years that the page offers: the last, this and the next one; this one for any other text."""
    this = school_year_of(today)
    return next((one for one in (this - 1, this, this + 1) if str(one) == text), this)


def parse_school(form: Mapping[str, str]) -> str:
    """A school's name. Raises Invalid."""
    read = FieldReader(form)
    name = read.line("school_name", LONGEST_SCHOOL, "Enter the school's name.")
    read.finish()
    return name


def parse_road(form: Mapping[str, str]) -> RoadForm:
    """The minutes between two schools. Raises Invalid naming every wrong field."""
    read = FieldReader(form)
    one, other = (_school(read, name, "Choose a school.") for name in ("road_from", "road_to"))
    minutes = read.whole("road_minutes", 0, LONGEST_ROAD, required=True)
    if one and one == other:
        read.wrong["road_to"] = "Choose another school than the first."
    read.finish()
    return RoadForm(one or UUID(int=0), other or UUID(int=0), minutes or 0)


def parse_hours(form: Mapping[str, str]) -> HoursForm:
    """A school's day. One school may have none of its own, all of them together may not. Raises Invalid."""
    read = FieldReader(form)
    school = _school(read, "hours_school") if read.raw("hours_school") else None
    empty = school is not None and not read.raw("hours_open").strip() and not read.raw("hours_close").strip()
    opens = read.clock("hours_open", "Enter when the school's day begins, for example 08:00.", required=not empty)
    closes = read.clock("hours_close", "Enter when it ends, for example 15:00.", required=not empty)
    if opens and closes and closes <= opens:
        read.wrong["hours_close"] = "The day ends before it begins. Change one of them."
    read.finish()
    return HoursForm(school, DayHours(opens, closes) if opens and closes else None)


def parse_day(form: Mapping[str, str]) -> SchoolDay:
    """Days without school, or that end early. Raises Invalid naming every wrong field."""
    read = FieldReader(form)
    kind = read.choice("kind", {str(one): words for one, words in KINDS.items()}, "Choose what is different.")
    first = read.day("first_on", "Choose the first day.")
    last = read.day("last_on") or first
    label = read.line("label", LONGEST_DAY_LABEL, "Say what it is, for example Winter break.")
    school = _school(read, "day_school") if read.raw("day_school") else None
    closes_at = None
    if kind == DayKind.EARLY_RELEASE:
        closes_at = read.clock("closes_at", "Enter when school lets out, for example 12:30.")
    if first and last and last < first:
        read.wrong["last_on"] = "Choose a last day on or after the first."
    read.finish()
    day = first or date.min
    return SchoolDay(day, last or day, DayKind(kind), label, school, closes_at)


def parse_import(form: Mapping[str, str]) -> ImportForm:
    """What a file is to be read as. Raises Invalid naming every wrong field."""
    read = FieldReader(form)
    counts = read.choice("counts", COUNTS, "Choose which events count.")
    school = _school(read, "file_school") if read.raw("file_school") else None
    closes_at = read.clock("file_closes_at", "Enter a time, for example 12:30.", required=False)
    read.finish()
    return ImportForm(school, counts == "all", closes_at)


def _school(read: FieldReader, name: str, sentence: str = "Choose one of the schools.") -> UUID | None:
    try:
        return UUID(read.raw(name))
    except ValueError:
        read.wrong[name] = sentence
        return None
