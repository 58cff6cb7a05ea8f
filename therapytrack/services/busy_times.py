"""When a student cannot come: read and replaced with her profile, whose version guards it."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import delete, select
from sqlmodel import Session, col

from therapytrack.access.actor import Actor
from therapytrack.domain.busy_form import BusyHours
from therapytrack.models import Student, StudentBusyTime


def busy_hours_of(db: Session, actor: Actor, student: Student) -> tuple[BusyHours, ...]:
    """The hours of a student just granted, in order. One statement."""
    of_student = _of(actor, student)
    rows = db.execute(select(StudentBusyTime).where(*of_student)).scalars()
    return tuple(sorted(BusyHours(one.weekday, one.starts, one.ends, one.label) for one in rows))


def save_busy_hours(db: Session, actor: Actor, student: Student, wanted: tuple[BusyHours, ...]) -> bool:
    """Make `wanted` the hours of a student just granted; whether that changed anything."""
    if busy_hours_of(db, actor, student) == wanted:
        return False
    db.execute(delete(StudentBusyTime).where(*_of(actor, student)))
    owner: dict[str, Any] = {"workspace_id": actor.workspace_id, "student_id": student.id}
    db.add_all([StudentBusyTime(**owner, **asdict(one)) for one in wanted])
    db.flush()
    return True


def _of(actor: Actor, student: Student) -> tuple[Any, ...]:
    return (
        col(StudentBusyTime.workspace_id) == actor.workspace_id,
        col(StudentBusyTime.student_id) == student.id,
    )
