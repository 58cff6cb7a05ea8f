"""Which part of a student's page a person asked for, as the page's address holds it: never a name, only codes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from therapytrack.domain.form_fields import EARLIEST, LATEST


class StudentTab(StrEnum):
    """The parts of the page, in their order; each is loaded when it is opened."""

    GOALS = "goals"
    MINUTES = "minutes"
    SESSIONS = "sessions"
    NOTES = "notes"
    REPORTS = "reports"
    FILES = "files"
    ACCESS = "access"
    TIMELINE = "timeline"


@dataclass(frozen=True, slots=True)
class StudentChoice:
    """`until`: the last day that a list shows, None for the newest page of it."""

    tab: StudentTab = StudentTab.GOALS
    until: date | None = None


def parse_student_choice(query: Mapping[str, str]) -> StudentChoice:
    """The choice in an address; what is unknown there is taken as the default."""
    asked = query.get("tab", "")
    tab = StudentTab(asked) if asked in list(StudentTab) else StudentTab.GOALS
    try:
        until = date.fromisoformat(query.get("until", ""))
    except ValueError:
        until = None
    return StudentChoice(tab, until if until and EARLIEST <= until <= LATEST else None)
