"""The stages of a goal's life, entered by a person: an entry is withdrawn or corrected by another, never changed."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import access_goal
from therapytrack.access.refusals import refused
from therapytrack.access.seen import Seen
from therapytrack.domain.dates import long_date
from therapytrack.domain.ids import require_made
from therapytrack.domain.life_cycle import (
    MOST_STAGES,
    Entry,
    Stage,
    StageForm,
    line_name,
    problem_with_later,
    status_on,
)
from therapytrack.errors import Conflict, Invalid, NotFound
from therapytrack.models import Goal, GoalPhase, Objective
from therapytrack.services import activity

TAKEN = "“{name}” begins on {day} already. Correct that entry, or choose another day."
FULL = f"This goal has {MOST_STAGES} stages, which is the most. Withdraw one that is not needed, or correct one."
BEFORE = "That is more than a year before the goal's first stage ({day}). Check the year."
LONGEST_BEFORE = timedelta(days=366)
GONE = "A colleague has withdrawn or corrected this entry in the meantime, and so it stays. Look at the list again."


def enter_stage(db: Session, actor: Actor, student_id: UUID, goal_id: UUID, entry_id: UUID, form: StageForm) -> None:
    """Let a stage begin on a day; the same `entry_id` twice makes one entry.

    Raises NotFound, NotPermitted; Conflict when a stage begins on that day; Invalid for a day that may not be, or when
    the goal has as many stages as are kept.
    """
    goal, seen = access_goal(db, actor, student_id, goal_id, Action.MANAGE_GOALS)
    if not _is_made(db, actor, goal_id, entry_id):
        _enter(db, actor, goal, entry_id, form, None)
        _settle(db, actor, goal, seen, "enter goal stage", form.stage)


def correct_stage(
    db: Session, actor: Actor, student_id: UUID, goal_id: UUID, of_id: UUID, entry_id: UUID, form: StageForm, why: str
) -> None:
    """Withdraw entry `of_id` and enter another in its place; both stay to be read, with the reason.

    Raises as `enter_stage`; Conflict when somebody withdrew it in between.
    """
    goal, seen = access_goal(db, actor, student_id, goal_id, Action.MANAGE_GOALS)
    if not _is_made(db, actor, goal_id, entry_id):
        _withdraw(db, actor, goal_id, of_id, why)
        _enter(db, actor, goal, entry_id, form, of_id)
        _settle(db, actor, goal, seen, "correct goal stage", form.stage)


def withdraw_stage(db: Session, actor: Actor, student_id: UUID, goal_id: UUID, of_id: UUID, why: str) -> None:
    """Take an entry out of the goal's life; it stays to be read, struck out, with the reason. The data stay. The same
    act twice withdraws it once.

    Raises NotFound, NotPermitted; Conflict when somebody did it in between; Invalid where a stage to come would then
    change whether the goal is worked on.
    """
    goal, seen = access_goal(db, actor, student_id, goal_id, Action.MANAGE_GOALS)
    done = _of(actor, goal_id).where(col(GoalPhase.id) == of_id, *withdrawn_so(GoalPhase, actor, why))
    if db.execute(done).first() is not None:
        return
    _require_now([one for one in live_entries(db, actor, goal_id) if one.id != of_id], actor.today)
    _withdraw(db, actor, goal_id, of_id, why)
    _settle(db, actor, goal, seen, "withdraw goal stage")


def mark_mastered(db: Session, actor: Actor, student_id: UUID, goal_id: UUID, entry_id: UUID) -> None:
    """Mark the goal as mastered from today on, as a person decided. Raises as `enter_stage`."""
    form = StageForm(Stage.MASTERED, line_name(Stage.MASTERED, ""), actor.today)
    enter_stage(db, actor, student_id, goal_id, entry_id, form)


def first_stages(actor: Actor, goal_id: UUID, starts_on: date, baseline_on: date | None) -> list[GoalPhase]:
    """The stages with which a new goal begins, to be stored: a baseline before the start, then acquisition."""
    begins = {Stage.ACQUISITION: starts_on}
    if baseline_on and baseline_on < starts_on:
        begins[Stage.BASELINE] = baseline_on
    return [
        GoalPhase(
            workspace_id=actor.workspace_id,
            goal_id=goal_id,
            stage=stage,
            name=line_name(stage, ""),
            starts_on=day,
            entered_by_id=actor.membership_id,
        )
        for stage, day in begins.items()
    ]


def withdrawn_so(entries: type[GoalPhase | Objective], actor: Actor, why: str) -> tuple[Any, ...]:
    """That an entry was withdrawn by the actor for this very reason: a click of hers that came twice."""
    return col(entries.withdrawn_by_id) == actor.membership_id, col(entries.why) == why


def live_entries(db: Session, actor: Actor, goal_id: UUID) -> list[GoalPhase]:
    """The entries of a goal (granted by the gate) that count, oldest first."""
    query = _of(actor, goal_id).where(col(GoalPhase.withdrawn_at).is_(None))
    return list(db.execute(query.order_by(col(GoalPhase.starts_on))).scalars())


def _of(actor: Actor, goal_id: UUID) -> Any:
    return select(GoalPhase).where(col(GoalPhase.workspace_id) == actor.workspace_id, col(GoalPhase.goal_id) == goal_id)


def _is_made(db: Session, actor: Actor, goal_id: UUID, entry_id: UUID) -> bool:
    """Whether the entry was made by an earlier click. Raises NotFound for the id of no record."""
    require_made(entry_id)
    return db.execute(_of(actor, goal_id).where(col(GoalPhase.id) == entry_id)).first() is not None


def _enter(db: Session, actor: Actor, goal: Goal, entry_id: UUID, form: StageForm, corrects_id: UUID | None) -> None:
    live = live_entries(db, actor, goal.id)
    if len(live) >= MOST_STAGES:
        raise Invalid({"stage_on": FULL})
    if corrects_id is None and live and (form.starts_on < live[0].starts_on - LONGEST_BEFORE):
        raise Invalid({"stage_on": BEFORE.format(day=long_date(live[0].starts_on))})
    for one in live:
        if one.starts_on == form.starts_on:
            raise Conflict(TAKEN.format(name=one.name, day=long_date(one.starts_on)))
    entry = GoalPhase(
        id=entry_id,
        workspace_id=actor.workspace_id,
        goal_id=goal.id,
        stage=form.stage,
        name=form.name,
        starts_on=form.starts_on,
        entered_by_id=actor.membership_id,
        corrects_id=corrects_id,
    )
    _require_now([*live, entry], actor.today)
    db.add(entry)
    db.flush()


def _require_now(entries: list[GoalPhase], today: date) -> None:
    """Raise Invalid for stages that would end the work, or begin it again, on a day to come."""
    if sentence := problem_with_later(_plain(entries), today):
        raise Invalid({"stage_on": sentence})


def _plain(entries: list[GoalPhase]) -> list[Entry]:
    return [Entry(one.stage, one.starts_on) for one in entries]


def _withdraw(db: Session, actor: Actor, goal_id: UUID, of_id: UUID, why: str) -> None:
    found: GoalPhase | None = db.execute(_of(actor, goal_id).where(col(GoalPhase.id) == of_id)).scalar_one_or_none()
    if found is None:
        raise refused(NotFound(), Action.MANAGE_GOALS, "goal_phase", of_id)
    if found.withdrawn_at is not None:
        raise Conflict(GONE)
    found.withdrawn_at, found.withdrawn_by_id, found.why = actor.at, actor.membership_id, why
    db.flush()


def _settle(db: Session, actor: Actor, goal: Goal, seen: Seen, action: str, stage: Stage | None = None) -> None:
    """Bring the goal's status up to its stages, and log the act."""
    goal.status = status_on(_plain(live_entries(db, actor, goal.id)), actor.today)
    seen.student.plan_version += 1
    detail: dict[str, Any] = {"stage": stage.value} if stage else {}
    activity.record(db, actor, action, student_id=seen.student.id, record_kind="goal", record_id=goal.id, **detail)
