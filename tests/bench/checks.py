"""What a permission check costs, timed inside the server's process: no socket between the clock and the check."""

import time
from collections.abc import Callable
from statistics import median
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from therapytrack.access.actions import Action
from therapytrack.access.gate import access_student
from therapytrack.db import transaction
from therapytrack.models import Student
from therapytrack.services.sign_ins import actor_behind


def time_checks(sign_in: str, student: str, times: int) -> dict[str, float]:
    """Median seconds of the guard's question who is asking, of the gate with the record, of the record alone."""
    student_id = UUID(student)
    actor = actor_behind(sign_in)
    if actor is None:
        raise RuntimeError("the bench's sign-in has ended")
    with transaction(actor.workspace_id, write=False) as db:

        def gate() -> None:
            db.expunge_all()
            access_student(db, actor, student_id, Action.VIEW)

        def record() -> None:
            db.expunge_all()
            db.execute(select(Student).where(col(Student.id) == student_id)).scalar_one()

        return {
            "guard": _median(lambda: actor_behind(sign_in), times),
            "gate": _median(gate, times),
            "record": _median(record, times),
        }


def _median(work: Callable[[], object], times: int) -> float:
    seen = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        seen.append(time.perf_counter() - started)
    return median(seen)
