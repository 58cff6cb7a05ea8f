"""Events from outside on a student's charts: entered, corrected in place, and taken out so that it can be undone."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import access_goal
from therapytrack.access.refusals import refused
from therapytrack.access.seen import Seen
from therapytrack.domain.ids import require_made
from therapytrack.domain.outside_events import BEFORE_BIRTH, Event, EventForm
from therapytrack.errors import Conflict, Invalid, NotFound
from therapytrack.models import Goal, GoalVersion, StudentEvent
from therapytrack.services import activity
from therapytrack.services.json_rows import JsonRows, rows_in

MOST_EVENTS = 100
FULL = f"A student has at most {MOST_EVENTS} outside events. Take one out that says little about her charts."
GONE = "A colleague has taken this event out in the meantime. Look at the list again, and add it anew if it belongs."


def add_event(db: Session, actor: Actor, student_id: UUID, goal_id: UUID, event_id: UUID, form: EventForm) -> None:
    """Draw an event on all charts of the student, or of this goal alone; the same `event_id` twice makes one.

    Raises NotFound, NotPermitted; Invalid for a day before the student was born, or when she has as many as are drawn.
    """
    _, seen = access_goal(db, actor, student_id, goal_id, Action.MANAGE_GOALS)
    require_made(event_id)
    if db.execute(_of(actor, student_id, goal_id).where(col(StudentEvent.id) == event_id)).first() is None:
        _require_room(db, actor, student_id)
        event = StudentEvent(
            id=event_id,
            workspace_id=actor.workspace_id,
            student_id=student_id,
            entered_by_id=actor.membership_id,
            **_values(actor, seen, goal_id, form),
        )
        db.add(event)
        _log(db, actor, "add event", event)


def correct_event(db: Session, actor: Actor, student_id: UUID, goal_id: UUID, of_id: UUID, form: EventForm) -> None:
    """Write another day or other words; of two who do it at once the later one holds, and the log names both.

    Raises as `add_event`; Conflict when somebody took it out in between.
    """
    _, seen = access_goal(db, actor, student_id, goal_id, Action.MANAGE_GOALS)
    event = _one(db, actor, student_id, goal_id, of_id)
    if event.withdrawn_at is not None:
        raise Conflict(GONE)
    for name, value in _values(actor, seen, goal_id, form).items():
        setattr(event, name, value)
    _log(db, actor, "correct event", event)


def remove_event(db: Session, actor: Actor, student_id: UUID, goal_id: UUID, of_id: UUID) -> None:
    """Take an event off the charts. Raises NotFound, NotPermitted."""
    access_goal(db, actor, student_id, goal_id, Action.MANAGE_GOALS)
    event = _one(db, actor, student_id, goal_id, of_id)
    if event.withdrawn_at is None:
        event.withdrawn_at, event.withdrawn_by_id = actor.at, actor.membership_id
        _log(db, actor, "remove event", event)


def restore_event(db: Session, actor: Actor, student_id: UUID, goal_id: UUID, of_id: UUID) -> None:
    """Undo `remove_event`. Raises NotFound, NotPermitted; Invalid when others have filled its place."""
    access_goal(db, actor, student_id, goal_id, Action.MANAGE_GOALS)
    event = _one(db, actor, student_id, goal_id, of_id)
    if event.withdrawn_at is not None:
        _require_room(db, actor, student_id)
        event.withdrawn_at = event.withdrawn_by_id = None
        _log(db, actor, "restore event", event)


def events_beside() -> Any:
    """The events on the chart of a `GoalVersion`'s goal, as a column beside it: no statement of their own."""
    goal, event = Goal, StudentEvent
    return (
        select(JsonRows(col(event.happened_on), col(event.text)))
        .select_from(event)
        .join(goal, col(goal.student_id) == col(event.student_id))
        .where(col(event.workspace_id) == col(GoalVersion.workspace_id), col(event.withdrawn_at).is_(None))
        .where(col(goal.workspace_id) == col(GoalVersion.workspace_id), col(goal.id) == col(GoalVersion.goal_id))
        .where(col(event.goal_id).is_(None) | (col(event.goal_id) == col(GoalVersion.goal_id)))
        .correlate(GoalVersion)
        .scalar_subquery()
    )


def events_in(column: str | None) -> tuple[Event, ...]:
    """The events of that column, by day."""
    return tuple(Event(date.fromisoformat(day), text, outside=True) for day, text in sorted(rows_in(column)))


def _of(actor: Actor, student_id: UUID, goal_id: UUID) -> Any:
    """The events on the charts of a student's goal (granted by the gate), those that were taken out too."""
    return select(StudentEvent).where(
        col(StudentEvent.workspace_id) == actor.workspace_id,
        col(StudentEvent.student_id) == student_id,
        col(StudentEvent.goal_id).is_(None) | (col(StudentEvent.goal_id) == goal_id),
    )


def _one(db: Session, actor: Actor, student_id: UUID, goal_id: UUID, of_id: UUID) -> StudentEvent:
    query = _of(actor, student_id, goal_id).where(col(StudentEvent.id) == of_id)
    found: StudentEvent | None = db.execute(query).scalar_one_or_none()
    if found is None:
        raise refused(NotFound(), Action.MANAGE_GOALS, "student_event", of_id)
    return found


def _require_room(db: Session, actor: Actor, student_id: UUID) -> None:
    """Every chart of the student draws and names each of them, so there is an end to their number."""
    query = select(func.count()).where(
        col(StudentEvent.workspace_id) == actor.workspace_id,
        col(StudentEvent.student_id) == student_id,
        col(StudentEvent.withdrawn_at).is_(None),
    )
    if db.execute(query).scalar_one() >= MOST_EVENTS:
        raise Invalid({"event_text": FULL})


def _values(actor: Actor, seen: Seen, goal_id: UUID, form: EventForm) -> dict[str, Any]:
    born = seen.student.birth_date
    if born is not None and form.on < born:
        raise Invalid({"event_on": BEFORE_BIRTH})
    return {
        "goal_id": goal_id if form.here else None,
        "happened_on": form.on,
        "text": form.text,
        "changed_at": actor.at,
    }


def _log(db: Session, actor: Actor, action: str, event: StudentEvent) -> None:
    db.flush()
    activity.record(db, actor, action, student_id=event.student_id, record_kind="student_event", record_id=event.id)
