"""Objectives of a goal: an entry is corrected or withdrawn by another one, so that what was asked stays to be read."""

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
from therapytrack.domain.objectives import MOST_OBJECTIVES, ObjectiveForm, fits
from therapytrack.errors import Conflict, Invalid, NotFound
from therapytrack.models import Goal, Objective
from therapytrack.services import activity
from therapytrack.services.goals import latest_version, require_level
from therapytrack.services.life_cycle import GONE, withdrawn_so

FULL = f"A goal has at most {MOST_OBJECTIVES} objectives. Withdraw one first."
OTHER_UNIT = "The way in which data of this goal are taken was changed in the meantime. Open the page again."


def add_objective(
    db: Session, actor: Actor, student_id: UUID, goal_id: UUID, objective_id: UUID, form: ObjectiveForm
) -> None:
    """Add an objective after the others; the same id twice makes one. Raises NotFound, NotPermitted, Invalid."""
    goal, seen = access_goal(db, actor, student_id, goal_id, Action.MANAGE_GOALS)
    if _is_made(db, actor, goal_id, objective_id):
        return
    if len(live_objectives(db, actor, goal_id)) >= MOST_OBJECTIVES:
        raise Invalid({"objective_text": FULL})
    last = select(func.max(col(Objective.position))).where(*_of(actor, goal_id))
    position = db.execute(last).scalar()
    _add(db, actor, goal, objective_id, form, 0 if position is None else position + 1, None)
    _log(db, actor, goal, seen, "add objective")


def correct_objective(
    db: Session,
    actor: Actor,
    student_id: UUID,
    goal_id: UUID,
    of_id: UUID,
    objective_id: UUID,
    form: ObjectiveForm,
    why: str,
) -> None:
    """Withdraw objective `of_id` and put another in its place. Raises as `add_objective`; Conflict when somebody
    withdrew it in between."""
    goal, seen = access_goal(db, actor, student_id, goal_id, Action.MANAGE_GOALS)
    if not _is_made(db, actor, goal_id, objective_id):
        old = _withdraw(db, actor, goal_id, of_id, why)
        _add(db, actor, goal, objective_id, form, old.position, of_id)
        _log(db, actor, goal, seen, "correct objective")


def withdraw_objective(db: Session, actor: Actor, student_id: UUID, goal_id: UUID, of_id: UUID, why: str) -> None:
    """Take an objective out; it stays to be read. The same act twice withdraws it once.

    Raises NotFound, NotPermitted, Conflict.
    """
    goal, seen = access_goal(db, actor, student_id, goal_id, Action.MANAGE_GOALS)
    done = select(col(Objective.id)).where(*_of(actor, goal_id), col(Objective.id) == of_id)
    if db.execute(done.where(*withdrawn_so(Objective, actor, why))).first() is not None:
        return
    _withdraw(db, actor, goal_id, of_id, why)
    _log(db, actor, goal, seen, "withdraw objective")


def live_objectives(db: Session, actor: Actor, goal_id: UUID) -> list[Objective]:
    """The objectives of a goal (granted by the gate) that count, in their order."""
    query = select(Objective).where(*_of(actor, goal_id), col(Objective.withdrawn_at).is_(None))
    return list(db.execute(query.order_by(col(Objective.position), col(Objective.id))).scalars())


def _of(actor: Actor, goal_id: UUID) -> tuple[Any, ...]:
    return col(Objective.workspace_id) == actor.workspace_id, col(Objective.goal_id) == goal_id


def _is_made(db: Session, actor: Actor, goal_id: UUID, objective_id: UUID) -> bool:
    require_made(objective_id)
    query = select(col(Objective.id)).where(*_of(actor, goal_id), col(Objective.id) == objective_id)
    return db.execute(query).first() is not None


def _add(
    db: Session,
    actor: Actor,
    goal: Goal,
    objective_id: UUID,
    form: ObjectiveForm,
    position: int,
    corrects_id: UUID | None,
) -> None:
    version = latest_version(db, actor, goal.id)
    if not fits(form.mastery, version.measure):
        raise Invalid({"target_value": OTHER_UNIT})
    require_level(db, actor, form.mastery, version.mastery)
    objective = Objective(
        id=objective_id,
        workspace_id=actor.workspace_id,
        goal_id=goal.id,
        position=position,
        text=form.text,
        mastery=form.mastery,
        target_on=form.target_on,
        entered_by_id=actor.membership_id,
        corrects_id=corrects_id,
    )
    db.add(objective)
    db.flush()


def _withdraw(db: Session, actor: Actor, goal_id: UUID, of_id: UUID, why: str) -> Objective:
    query = select(Objective).where(*_of(actor, goal_id), col(Objective.id) == of_id)
    found: Objective | None = db.execute(query).scalar_one_or_none()
    if found is None:
        raise refused(NotFound(), Action.MANAGE_GOALS, "objective", of_id)
    if found.withdrawn_at is not None:
        raise Conflict(GONE)
    found.withdrawn_at, found.withdrawn_by_id, found.why = actor.at, actor.membership_id, why
    db.flush()
    return found


def _log(db: Session, actor: Actor, goal: Goal, seen: Seen, action: str) -> None:
    activity.record(db, actor, action, student_id=seen.student.id, record_kind="goal", record_id=goal.id)
