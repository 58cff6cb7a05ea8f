"""A person's own profile and a workspace's settings as somebody types them: checked, a sentence beside each field."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import available_timezones

from therapytrack.domain.form_fields import FieldReader
from therapytrack.domain.late_notes import DUE_DAYS, FEWEST_DAYS, MOST_DAYS
from therapytrack.domain.us_states import US_STATES

LONGEST_NAME, LONGEST_CREDENTIAL = 200, 60
TIME_ZONES = {
    "America/New_York": "Eastern (New York)",
    "America/Chicago": "Central (Chicago)",
    "America/Denver": "Mountain (Denver)",
    "America/Phoenix": "Arizona (Phoenix)",
    "America/Los_Angeles": "Pacific (Los Angeles)",
    "America/Anchorage": "Alaska (Anchorage)",
    "Pacific/Honolulu": "Hawaii (Honolulu)",
    "America/Puerto_Rico": "Atlantic (Puerto Rico)",
    "Pacific/Guam": "Guam and Northern Marianas",
    "Pacific/Pago_Pago": "American Samoa",
}
"""The zones that the list offers; a workspace may stand in another one of the IANA database."""


@dataclass(frozen=True, slots=True)
class ProfileForm:
    """A person as she signs: her name, her credential ("CCC-SLP", may be empty) with the last day on which it is valid,
    the state that licensed her; and whether keys of one letter, number or sign act for her."""

    name: str
    credential: str
    us_state: str
    single_keys: bool = True
    credential_until: date | None = None


MOST_AN_HOUR = 1000
STUDENTS_AN_HOUR, EXPORTS_AN_HOUR = 25, 3
"""How many records opened, or exports, by one person within an hour are not yet unusual, unless the office says."""


@dataclass(frozen=True, slots=True)
class WorkspaceForm:
    """What the office sets for everybody in the workspace. The owner is told of more than so many `an_hour`; a note is
    late more than `note_due_days` after its session."""

    name: str
    time_zone: str
    us_state: str
    assistants_may_export: bool
    break_glass_enabled: bool
    alarm_students_an_hour: int = STUDENTS_AN_HOUR
    alarm_exports_an_hour: int = EXPORTS_AN_HOUR
    note_due_days: int = DUE_DAYS


def parse_profile(form: Mapping[str, str]) -> ProfileForm:
    """Check the fields of the profile. Raises Invalid naming every wrong field."""
    read = FieldReader(form)
    found = ProfileForm(
        name=read.line("name", LONGEST_NAME, "Enter your name as it should stand under your notes."),
        credential=read.line("credential", LONGEST_CREDENTIAL),
        us_state=read.choice("us_state", US_STATES, "Choose the state in which you are licensed."),
        single_keys=bool(read.raw("single_keys")),
        credential_until=read.day("credential_until"),
    )
    read.finish()
    return found


def parse_workspace(form: Mapping[str, str]) -> WorkspaceForm:
    """Check the fields of the workspace's settings. Raises Invalid naming every wrong field."""
    read = FieldReader(form)
    found = WorkspaceForm(
        name=read.line("name", LONGEST_NAME, "Enter the name of your school, district or practice."),
        time_zone=read.raw("time_zone"),
        us_state=read.choice("us_state", US_STATES, "Choose the state in which you work."),
        assistants_may_export=bool(read.raw("assistants_may_export")),
        break_glass_enabled=bool(read.raw("break_glass_enabled")),
        alarm_students_an_hour=read.whole("alarm_students_an_hour", 1, MOST_AN_HOUR) or STUDENTS_AN_HOUR,
        alarm_exports_an_hour=read.whole("alarm_exports_an_hour", 1, MOST_AN_HOUR) or EXPORTS_AN_HOUR,
        note_due_days=read.whole("note_due_days", FEWEST_DAYS, MOST_DAYS) or DUE_DAYS,
    )
    if found.time_zone not in available_timezones():
        read.wrong["time_zone"] = "Choose a time zone of the list."
    read.finish()
    return found


def parse_switch(form: Mapping[str, str]) -> bool:
    """Whether the form's button asks for on. Raises Invalid when it asks for neither."""
    read = FieldReader(form)
    wanted = read.choice("turn", ("on", "off"), "Choose on or off.")
    read.finish()
    return wanted == "on"
