"""The demo's week as it repeats: its schools with the road between them, their calendar, and the slots."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import pairwise
from uuid import UUID

from therapytrack.domain.recurrence import CODES
from therapytrack.models import ScheduleSlot, School, SchoolCalendarDay, SchoolTravel, SlotStudent
from therapytrack.services.demo_caseload import Caseload, DemoStudent
from therapytrack.services.demo_rows import Rows

ROAD_MINUTES = 15
WORKSPACE = "clinician"


@dataclass(frozen=True, slots=True)
class Meeting:
    """A weekly slot: who gives it, with whom, on which weekday (Monday is 0), when and where."""

    title: str
    weekday: int
    starts: time
    place: str
    who: str
    students: tuple[DemoStudent, ...]


def closed_days(year: int) -> Sequence[tuple[date, date, str]]:
    """The days without school in the school year that begins in `year`: (first, last, name)."""
    fourth = date(year, 11, 22) + timedelta(days=(3 - date(year, 11, 22).weekday()) % 7)
    return (
        (fourth, fourth + timedelta(days=1), "Thanksgiving"),
        (date(year, 12, 21), date(year + 1, 1, 2), "Winter break"),
    )


def add_calendar(rows: Rows, caseload: Caseload) -> dict[str, UUID]:
    """Add the schools, the road between them and the year's days without school; answers the schools by name."""
    workspace_id = caseload.people[WORKSPACE].workspace_id
    names = sorted({one.school for one in caseload.students})
    schools = {name: rows.add(School, workspace_id, name=name) for name in names}
    for one, other in pairwise(sorted(schools.values())):
        rows.add(SchoolTravel, workspace_id, from_id=one, to_id=other, minutes=ROAD_MINUTES)
    for first, last, label in closed_days(caseload.year_start.year):
        rows.add(SchoolCalendarDay, workspace_id, first_on=first, last_on=last, kind="closed", label=label)
    return schools


def add_slot(rows: Rows, caseload: Caseload, meeting: Meeting, schools: dict[str, UUID]) -> UUID:
    """Add the slot of a meeting, from its first weekday of the year on; answers its id."""
    provider = caseload.people[meeting.who]
    start = caseload.year_start
    slot_id = rows.add(
        ScheduleSlot,
        provider.workspace_id,
        provider_id=provider.membership_id,
        title=meeting.title,
        starts_on=start + timedelta(days=(meeting.weekday - start.weekday()) % 7),
        rule=f"FREQ=WEEKLY;BYDAY={CODES[meeting.weekday]}",
        starts=meeting.starts,
        minutes=30,
        school_id=schools[meeting.students[0].school],
        place=meeting.place,
    )
    for position, student in enumerate(meeting.students):
        rows.add(SlotStudent, provider.workspace_id, slot_id=slot_id, student_id=student.student_id, position=position)
    return slot_id
