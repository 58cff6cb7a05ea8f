"""A student's profile and plan as somebody types them: checked, with a sentence beside each field."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from therapytrack.domain.busy_form import BusyHours, read_busy
from therapytrack.domain.form_fields import FieldReader

GRADES = ("", "PK", "K", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "TP")
PERIODS = {"week": "week", "month": "month", "quarter": "quarter", "year": "IEP year"}
LONGEST_NAME, LONGEST_SCHOOL, LONGEST_NUMBER, LONGEST_PRONOUNS, LONGEST_MEDICAID = 300, 200, 60, 40, 40
OLDEST_YEARS = 26
REEVALUATION_YEARS = 3
LARGEST_GROUP = 12


@dataclass(frozen=True, slots=True)
class StudentProfile:
    """Who a student is; `grade` as in GRADES (TP: transition program).

    `ai_opt_out`: no AI service ever words a draft about this student (rule 10 of the permission model).
    """

    given_name: str
    family_name: str
    preferred_name: str
    pronouns: str
    birth_date: date | None
    grade: str
    school: str
    local_number: str
    ai_opt_out: bool = False
    medicaid_number: str = ""


@dataclass(frozen=True, slots=True)
class IepDates:
    """The dates of one IEP (34 CFR 300.324: reviewed at least yearly; 300.303: re-evaluated within three years)."""

    starts_on: date
    review_due_on: date
    reevaluation_due_on: date | None


@dataclass(frozen=True, slots=True)
class MandateForm:
    """`minutes` in each of `sessions` per `period`; `max_group`: in groups of at most so many (1: alone, None: any)."""

    service: str
    minutes: int
    sessions: int
    period: str
    max_group: int | None = None


@dataclass(frozen=True, slots=True)
class StudentForm:
    """A whole form; `iep` and `mandate` are None where nothing was typed. `busy`: when the student cannot come."""

    profile: StudentProfile
    iep: IepDates | None
    mandate: MandateForm | None
    busy: tuple[BusyHours, ...] = ()


def parse_student(form: Mapping[str, str], today: date) -> StudentForm:
    """Check the fields of the student form. Raises Invalid naming every wrong field."""
    read = FieldReader(form)
    profile = _profile(read, today)
    iep = _iep(read)
    mandate = read_mandate(read)
    busy = read_busy(read)
    if mandate and not iep:
        read.wrong.setdefault("iep_starts_on", "Enter the IEP's start, from which the minutes count.")
    read.finish()
    return StudentForm(profile, iep, mandate, busy)


def _profile(read: FieldReader, today: date) -> StudentProfile:
    birth = read.day("birth_date")
    if birth and birth > today:
        read.wrong["birth_date"] = "The birth date is in the future. Check the year."
    elif birth and today.year - birth.year > OLDEST_YEARS:
        read.wrong["birth_date"] = "Check the year: this would be an adult."
    return StudentProfile(
        given_name=read.line("given_name", LONGEST_NAME, "Enter the first name."),
        family_name=read.line("family_name", LONGEST_NAME),
        preferred_name=read.line("preferred_name", LONGEST_NAME),
        pronouns=read.line("pronouns", LONGEST_PRONOUNS),
        birth_date=birth,
        grade=read.choice("grade", GRADES, "Choose a grade of the list."),
        school=read.line("school", LONGEST_SCHOOL),
        local_number=read.line("local_number", LONGEST_NUMBER),
        ai_opt_out=bool(read.raw("ai_opt_out")),
        medicaid_number=read.line("medicaid_number", LONGEST_MEDICAID),
    )


def year_later(day: date, years: int = 1) -> date:
    """The last day of the `years` that begin on `day`."""
    try:
        return day.replace(year=day.year + years) - timedelta(days=1)
    except ValueError:
        return date(day.year + years, 2, 28)


def _iep(read: FieldReader) -> IepDates | None:
    starts, review = read.day("iep_starts_on"), read.day("review_due_on")
    again = read.day("reevaluation_due_on")
    if starts is None:
        if review or again:
            read.wrong.setdefault("iep_starts_on", "Enter the day on which the IEP started.")
        return None
    review = review or year_later(starts)
    if review <= starts:
        read.wrong.setdefault("review_due_on", "The review has to be after the IEP's start.")
    elif review > year_later(starts) + timedelta(days=1):
        read.wrong.setdefault("review_due_on", "An IEP is reviewed at least once a year (34 CFR 300.324).")
    if again and again <= starts - timedelta(days=REEVALUATION_YEARS * 366):
        read.wrong.setdefault("reevaluation_due_on", "Check the year.")
    return IepDates(starts, review, again)


def read_mandate(read: FieldReader) -> MandateForm | None:
    """The minutes of a mandate from minutes, sessions, period, service, max_group; None where nothing was typed."""
    if not any(read.raw(name).strip() for name in ("minutes", "sessions", "max_group")):
        return None
    minutes = read.whole("minutes", 1, 600, required=True)
    sessions = read.whole("sessions", 1, 400, required=True)
    period = read.choice("period", PERIODS, "Choose how often.")
    service = read.line("service", LONGEST_NUMBER)
    most = read.whole("max_group", 1, LARGEST_GROUP)
    return MandateForm(service, minutes or 1, sessions or 1, period, most)
