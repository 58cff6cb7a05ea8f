"""Dated mandates and enrollments as somebody types them: checked, with a sentence beside each field."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from therapytrack.domain.dates import long_date
from therapytrack.domain.form_fields import FieldReader
from therapytrack.domain.mandates import SETTING_WORDS, DatedMandate, Enrollment, Setting
from therapytrack.domain.minutes import Mandate, Per
from therapytrack.domain.session_plan import DELIVERIES
from therapytrack.domain.student_form import LONGEST_SCHOOL, PERIODS, MandateForm, read_mandate

LONGEST_PLACE = 120
SETTINGS = {str(one): words for one, words in SETTING_WORDS.items()}
DELIVERY_CHOICES = {"": "Not stated", **DELIVERIES}
BEFORE = "The last day is before the first. Change one of them."
AT_BOTH = "The student is enrolled at {school} on some of these days already. End that first."


@dataclass(frozen=True, slots=True)
class PlannedMandate:
    """A mandate with its days: what it asks for, with whom, where and how."""

    asks: MandateForm
    setting: str
    place: str
    delivery: str
    starts_on: date
    ends_on: date | None

    @property
    def dated(self) -> DatedMandate:
        """The same as the ledger counts it."""
        asks = Mandate(self.asks.minutes, self.asks.sessions, Per(self.asks.period), self.starts_on, self.ends_on)
        return DatedMandate(asks, Setting(self.setting), self.asks.service, self.place, self.delivery)


@dataclass(frozen=True, slots=True)
class EnrollmentForm:
    """A student's time at one school, both days inclusive."""

    school: str
    starts_on: date
    ends_on: date | None

    @property
    def dated(self) -> Enrollment:
        """The same as the ledger has it."""
        return Enrollment(self.school, self.starts_on, self.ends_on)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that a colleague's version (`now`) and what somebody typed say otherwise, in words."""

    what: str
    now: str
    typed: str


def differences(now: PlannedMandate | EnrollmentForm, typed: PlannedMandate | EnrollmentForm) -> list[Difference]:
    """What two versions of one mandate, or of one enrollment, say otherwise, in the order of the form."""
    stored, wanted = _in_words(now), _in_words(typed)
    return [Difference(what, stored[what], wanted[what]) for what in wanted if stored.get(what) != wanted[what]]


def _in_words(one: PlannedMandate | EnrollmentForm) -> dict[str, str]:
    days = {"First day": long_date(one.starts_on), "Last day": long_date(one.ends_on) if one.ends_on else "none"}
    if isinstance(one, EnrollmentForm):
        return {"School": one.school} | days
    return {
        "Sessions": str(one.asks.sessions),
        "Minutes each": str(one.asks.minutes),
        "Every": PERIODS[one.asks.period],
        "Individual or group": SETTINGS[one.setting],
        "Service": one.asks.service or "empty",
        "Place": one.place or "empty",
        "Delivery": DELIVERY_CHOICES[one.delivery],
        "Largest group": str(one.asks.max_group or "any"),
    } | days


def parse_mandate(form: Mapping[str, str]) -> PlannedMandate:
    """A mandate from minutes, sessions, period, service, max_group, setting, place, delivery, starts_on, ends_on.

    A mandate of zero is refused: what is not mandated has none. Raises Invalid naming every wrong field.
    """
    read = FieldReader(form)
    asks = read_mandate(read)
    setting = read.choice("setting", SETTINGS, "Choose with whom.")
    place = read.line("place", LONGEST_PLACE)
    delivery = read.choice("delivery", DELIVERY_CHOICES, "Choose how the service is given.")
    starts, ends = _days(read)
    if asks is None:
        read.wrong["minutes"] = "Enter how many minutes each session lasts."
        read.wrong["sessions"] = "Enter how many sessions there are to be."
    elif setting == Setting.INDIVIDUAL and asks.max_group not in (None, 1):
        read.wrong["max_group"] = "A mandate for the student alone has no group. Leave this empty."
    read.finish()
    return PlannedMandate(asks or MandateForm("", 1, 1, "week"), setting, place, delivery, starts, ends)


def parse_enrollment(form: Mapping[str, str]) -> EnrollmentForm:
    """An enrollment from school, starts_on, ends_on. Raises Invalid naming every wrong field."""
    read = FieldReader(form)
    school = read.line("school", LONGEST_SCHOOL, "Enter the school's name.")
    starts, ends = _days(read)
    read.finish()
    return EnrollmentForm(school, starts, ends)


def _days(read: FieldReader) -> tuple[date, date | None]:
    starts = read.day("starts_on", "Enter the first day.")
    ends = read.day("ends_on")
    if starts and ends and ends < starts:
        read.wrong["ends_on"] = BEFORE
    return starts or date.min, ends
