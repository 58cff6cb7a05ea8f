"""Rows of the demo on their way into the database, collected by table in the order in which they must be stored."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlmodel import Session

from therapytrack.models import (
    CoSignature,
    Enrollment,
    Goal,
    GoalNarrative,
    GoalPhase,
    GoalPoint,
    GoalVersion,
    Iep,
    Mandate,
    NoteReturn,
    Objective,
    ScheduleSlot,
    School,
    SchoolCalendarDay,
    SchoolTravel,
    SessionEntry,
    SlotStudent,
    Student,
    StudentEvent,
    StudentGrant,
    SupervisionContact,
    TherapySession,
    Trial,
    new_id,
    utc_now,
)

ORDER: tuple[type[Any], ...] = (
    Student,
    StudentGrant,
    Iep,
    Mandate,
    Enrollment,
    Goal,
    GoalVersion,
    GoalPhase,
    Objective,
    StudentEvent,
    School,
    SchoolTravel,
    SchoolCalendarDay,
    ScheduleSlot,
    SlotStudent,
    TherapySession,
    SessionEntry,
    Trial,
    GoalPoint,
    GoalNarrative,
    CoSignature,
    NoteReturn,
    SupervisionContact,
)


class Rows:
    """Plain values by table; every row of a table has the same columns, as a bulk insert wants it."""

    def __init__(self) -> None:
        self._rows: dict[type[Any], list[dict[str, Any]]] = {table: [] for table in ORDER}
        self._now = utc_now()

    def add(self, table: type[Any], workspace_id: UUID, *, created_at: datetime | None = None, **values: Any) -> UUID:
        """Collect one row; answers its new id."""
        key = new_id()
        self._rows[table].append(
            {"id": key, "created_at": created_at or self._now, "workspace_id": workspace_id, **values}
        )
        return key

    def last(self, table: type[Any]) -> dict[str, Any]:
        """The row of `table` that was added last, to be completed."""
        return self._rows[table][-1]

    def store(self, db: Session) -> None:
        """Insert everything in bulk, parents before children."""
        for table, rows in self._rows.items():
            if rows:
                db.execute(insert(table), rows)
