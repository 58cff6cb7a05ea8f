"""The door to all goals of one student at once."""

from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, case
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import granted
from therapytrack.access.holding import hold_for
from therapytrack.access.queries import run, the_students
from therapytrack.access.seen import Seen
from therapytrack.models import Goal, Student


def access_goals(db: Session, actor: Actor, student_id: UUID, action: Action) -> tuple[list[Goal], Seen]:
    """The goals of that student, active ones first, in their order. One statement. Raises NotFound or NotPermitted."""
    hold_for(db, actor, action, [student_id])
    rows = run(db, actor, _goals_of_one(), student_id=student_id).all()
    seen = granted(rows[0] if rows else None, actor, action, "student", student_id)
    return [row[-1] for row in rows if row[-1] is not None], seen


@cache
def _goals_of_one() -> Any:
    own = and_(col(Goal.student_id) == col(Student.id), col(Goal.workspace_id) == col(Student.workspace_id))
    order = (case((col(Goal.status) == "active", 0), else_=1), col(Goal.position), col(Goal.id))
    return the_students(Goal).outerjoin(Goal, own).where(col(Student.id) == bindparam("student_id")).order_by(*order)
