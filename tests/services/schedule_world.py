"""A clinician's week: the cast, three of her students, and ways to put slots on the schedule."""

from dataclasses import dataclass
from datetime import date, time
from typing import Any
from uuid import UUID

from sqlmodel import Session

from tests.databases import act_as
from tests.factories import Cast, add_plan, add_student, grant, make_cast
from therapytrack.access.actor import Actor
from therapytrack.domain.slot_form import SlotForm
from therapytrack.models import ScheduleSlot, School, Student, new_id
from therapytrack.services.slots import make_slot

MONDAY = date(2026, 11, 30)
WEEKLY = "FREQ=WEEKLY;BYDAY=MO"
# Two weeks later, nine in the morning in New York: the first days of the slots can be held.
NOW = "2026-12-14T14:00:00Z"


@dataclass
class ScheduleWorld:
    """The cast; Ana, Ben and Chloé on the clinician's caseload; Ana and Ben are seen by the assistant, too."""

    cast: Cast
    students: list[Student]
    schools: list[School]

    def actor(self, db: Session, who: str) -> Actor:
        """The actor `who` at this moment; the rest of the transaction is hers."""
        return act_as(db, self.cast.tokens[who])

    def form(self, *places: int, **other: Any) -> SlotForm:
        """Every Monday at ten from Nov 30, 2026 on, with the students at `places`; `other` replaces fields."""
        fields: dict[str, object] = {
            "title": "Group A",
            "starts_on": MONDAY,
            "ends_on": None,
            "rule": WEEKLY,
            "starts": time(10),
            "minutes": 30,
            "school_id": None,
            "place": "Room 12",
            "delivery": "pull_out",
            "student_ids": tuple(self.students[one].id for one in places),
        }
        return SlotForm(**(fields | other))  # type: ignore[arg-type]

    def slot(self, db: Session, who: str, *places: int, slot_id: UUID | None = None, **other: Any) -> ScheduleSlot:
        """A slot that `who` puts on her schedule."""
        return make_slot(db, self.actor(db, who), slot_id or new_id(), self.form(*places, **other))


def build_schedule_world(db: Session) -> ScheduleWorld:
    """See ScheduleWorld."""
    cast = make_cast(db)
    students = [add_student(db, cast, name, "Test") for name in ("Ana", "Ben", "Chloé")]
    for one in students:
        add_plan(db, one, date(2026, 9, 1))
    for one in students[:2]:
        grant(db, cast, one, "slpa", edit=True)
        grant(db, cast, one, "supervisor", edit=True)
    schools = [School(workspace_id=cast.workspace_id, name=name) for name in ("Maple Elementary", "Oak Middle")]
    db.add_all(schools)
    db.flush()
    return ScheduleWorld(cast, students, schools)
