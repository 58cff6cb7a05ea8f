"""Public holidays of a US state as a first draft of its school calendar: defaults that the office checks.

Districts keep other days than their state, so each is shown as a default and can be taken out. The library is imported
where it is used: it is large, and the page needs it once a year.
"""

from dataclasses import dataclass
from datetime import date

from therapytrack.domain.calendar_form import LONGEST_DAY_LABEL, school_year

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Holiday:
    """A weekday on which the state's offices are closed."""

    day: date
    label: str


def holidays_of(us_state: str, year: int) -> list[Holiday]:
    """The state's holidays on weekdays of the school year that begins in `year`, in order; none for any other text."""
    from holidays.countries.united_states import UnitedStates

    if us_state not in UnitedStates.subdivisions:
        return []
    first, last = school_year(year)
    found = UnitedStates(subdiv=us_state, years=(first.year, last.year))  # type: ignore[no-untyped-call]
    days = sorted(day for day in found if first <= day <= last and day.weekday() < SATURDAY)
    return [Holiday(day, found[day].replace(" (observed)", "").replace("; ", ", ")[:LONGEST_DAY_LABEL]) for day in days]
