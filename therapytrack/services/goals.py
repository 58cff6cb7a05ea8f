"""Goals as dated versions: a version that has data is never edited, a new one follows it."""

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import access_goal, access_student
from therapytrack.domain.goal_form import MEASURES, GoalForm
from therapytrack.domain.goal_setup import merged_targets, targets_in_use
from therapytrack.domain.ids import require_made
from therapytrack.domain.measures import Measure, comparable, metric_of
from therapytrack.domain.units import is_percent, value_text
from therapytrack.errors import Conflict, Invalid
from therapytrack.models import Goal, GoalNarrative, GoalPhase, GoalPoint, GoalVersion, Trial
from therapytrack.services import activity
from therapytrack.services.caseload_rows import display_name
from therapytrack.services.prompt_scale import ScaleLevel, list_levels

CHANGED = "A colleague saved this goal while you were typing. Nothing of either is lost: compare and choose."
STATUS_CHANGED = "A colleague marked this goal as {now} in the meantime, and so it stays. Choose again if need be."
OTHER_DATA = "Data were taken in the present way, and these could not be compared. Add a new goal for the other way."
PHASE_CHANGED = (
    "A colleague has named the phase of this day “{now}” in the meantime, and so it stays. Save again to rename."
)
PHASE_GONE = "A colleague has taken out the phase of this day in the meantime. Save again to begin one."
STATUSES = {"active": "Active", "met": "Met", "discontinued": "Discontinued"}
NOT_OF_VERSION = ("label", "starts_on", "targets")
VERSION_FIELDS = tuple(name for name in GoalForm.__dataclass_fields__ if name not in NOT_OF_VERSION)


@dataclass(frozen=True, slots=True)
class StoredGoal:
    """A goal for its editor: the form, the version to save over, whether its wording has data, its phases."""

    form: GoalForm
    version: int
    number: int
    has_data: bool
    status: str
    phases: list[tuple[str, date]]


@dataclass(frozen=True, slots=True)
class GoalDesk:
    """The student's name, today's date and the levels of the workspace's prompt scale."""

    student: str
    today: date
    levels: list[ScaleLevel]


def create_goal(db: Session, actor: Actor, student_id: UUID, goal_id: UUID, form: GoalForm) -> UUID:
    """Add a goal with its first version and its phases; the same `goal_id` twice makes one goal.

    A baseline before the start makes the phases Baseline and Intervention. Raises NotFound, NotPermitted.
    """
    student = access_student(db, actor, student_id, Action.MANAGE_GOALS)
    require_made(goal_id)
    _require_level(db, actor, form)
    if db.execute(select(col(Goal.id)).where(col(Goal.id) == goal_id)).first():
        return access_goal(db, actor, student_id, goal_id, Action.MANAGE_GOALS)[0].id
    of_student = (col(Goal.workspace_id) == actor.workspace_id, col(Goal.student_id) == student_id)
    last = db.execute(select(func.max(col(Goal.position))).where(*of_student)).scalar()
    position = 0 if last is None else last + 1
    goal = Goal(id=goal_id, workspace_id=actor.workspace_id, student_id=student_id, label=form.label, position=position)
    goal.targets = merged_targets([], form.targets)
    db.add(goal)
    db.flush()
    _add_version(db, actor, goal_id, 1, form)
    phases = {form.starts_on: "Intervention"}
    if form.baseline_on and form.baseline_on < form.starts_on:
        phases[form.baseline_on] = "Baseline"
    for starts_on, name in phases.items():
        db.add(GoalPhase(workspace_id=actor.workspace_id, goal_id=goal_id, name=name, starts_on=starts_on))
    student.plan_version += 1
    activity.record(db, actor, "create goal", student_id=student_id, record_kind="goal", record_id=goal_id)
    return goal_id


def edit_goal(db: Session, actor: Actor, student_id: UUID, goal_id: UUID, version: int, form: GoalForm) -> int:
    """Save over `version` and answer the new one. A wording with data stays, and a new version begins on its date.

    Raises NotFound, NotPermitted; Conflict with the stored goal when somebody saved in between; Invalid when the new
    version would begin before data that were taken under the present one, or count what cannot stand beside them.
    """
    goal, seen = access_goal(db, actor, student_id, goal_id, Action.MANAGE_GOALS)
    current = _latest(db, actor, goal_id)
    stored = _form_of(goal, current)
    _require_level(db, actor, form, stored)
    if goal.version != version and stored != form:
        raise Conflict(CHANGED, theirs=in_words(stored), version=goal.version)
    saved = db.execute(
        update(Goal)
        .where(col(Goal.id) == goal_id, col(Goal.version) == goal.version)
        .values(label=form.label, targets=merged_targets(goal.targets, form.targets), version=goal.version + 1)
        .returning(col(Goal.version))
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if saved is None:
        raise Conflict(CHANGED, theirs=in_words(stored), version=goal.version)
    _require_comparable(db, actor, goal_id, stored, form)
    seen.student.plan_version += 1
    changed = [name for name in VERSION_FIELDS if getattr(current, name) != getattr(form, name)]
    if changed and (last := _last_data(db, actor, current.id)):
        _add_version(db, actor, goal_id, current.number + 1, _from_new_day(form, current, last, actor.today))
    else:
        for name in (*VERSION_FIELDS, "starts_on"):
            setattr(current, name, getattr(form, name))
    activity.record(
        db, actor, "edit goal", student_id=student_id, record_kind="goal", record_id=goal_id, fields=changed
    )
    return int(saved)


@activity.only_reads
def open_goal_desk(db: Session, actor: Actor, student_id: UUID) -> GoalDesk:
    """What the editor needs besides the goal; the view of it, with the goal that `get_goal` then gives, is logged.

    Raises NotFound, NotPermitted.
    """
    student = access_student(db, actor, student_id, Action.MANAGE_GOALS)
    activity.record(db, actor, Action.VIEW, student_id=student_id, record_kind="goal_form")
    return GoalDesk(display_name(student), actor.today, list_levels(db, actor))


def _require_comparable(db: Session, actor: Actor, goal_id: UUID, stored: GoalForm, form: GoalForm) -> None:
    """Raise Invalid for another kind of data once there are some: one chart and one criterion hold one unit."""
    if comparable((stored.measure, stored.mastery), (form.measure, form.mastery)):
        return
    counted = (col(GoalPoint.workspace_id) == actor.workspace_id, col(GoalPoint.goal_id) == goal_id)
    if db.execute(select(col(GoalPoint.id)).where(*counted, col(GoalPoint.trials) > 0).limit(1)).first():
        raise Invalid({"measure" if stored.measure != form.measure else "metric": OTHER_DATA})


def _from_new_day(form: GoalForm, current: GoalVersion, last: date, today: date) -> GoalForm:
    """The form with a start after the data of the present version: that version's own start means "from now on"."""
    starts_on = form.starts_on
    if starts_on <= current.starts_on:
        starts_on = max(today, last + timedelta(days=1))
    if starts_on <= last:
        raise Invalid({"starts_on": "Data were taken under the present wording. Choose a later day."})
    if form.target_on <= starts_on:
        raise Invalid({"target_on": "The target date has to be after the start of the new wording."})
    return GoalForm(**{**asdict(form), "starts_on": starts_on})


def set_goal_status(db: Session, actor: Actor, student_id: UUID, goal_id: UUID, status: str, was: str) -> None:
    """Mark a goal, which `was` one of them, as active, met or discontinued.

    Raises Conflict when somebody marked it as the third in between; NotFound, NotPermitted, Invalid.
    """
    goal, seen = access_goal(db, actor, student_id, goal_id, Action.MANAGE_GOALS)
    if status not in STATUSES:
        raise Invalid({"status": "Choose active, met or discontinued."})
    if goal.status not in (was, status):
        raise Conflict(STATUS_CHANGED.format(now=STATUSES[goal.status].lower()))
    goal.status = status
    seen.student.plan_version += 1
    activity.record(
        db, actor, "set goal status", student_id=student_id, record_kind="goal", record_id=goal_id, status=status
    )


def save_phase(
    db: Session, actor: Actor, student_id: UUID, goal_id: UUID, name: str, starts_on: date, was: str
) -> None:
    """Begin a phase on a day, or rename the one that begins there, which `was` so called ("" for none).

    Raises Conflict when somebody began, renamed or removed one there in between; NotFound, NotPermitted.
    """
    access_goal(db, actor, student_id, goal_id, Action.MANAGE_GOALS)
    _require_phase(db, actor, goal_id, starts_on, (was, name))
    known = update(GoalPhase).where(*_phase(actor, goal_id, starts_on)).values(name=name).returning(col(GoalPhase.id))
    if not db.execute(known.execution_options(synchronize_session=False)).all():
        db.add(GoalPhase(workspace_id=actor.workspace_id, goal_id=goal_id, name=name, starts_on=starts_on))
    activity.record(db, actor, "save goal phase", student_id=student_id, record_kind="goal", record_id=goal_id)


def remove_phase(db: Session, actor: Actor, student_id: UUID, goal_id: UUID, starts_on: date, was: str) -> None:
    """Take out a phase line, which `was` so called; the data stay.

    Raises Conflict when somebody renamed it in between; NotFound, NotPermitted.
    """
    access_goal(db, actor, student_id, goal_id, Action.MANAGE_GOALS)
    _require_phase(db, actor, goal_id, starts_on, (was, ""))
    db.execute(delete(GoalPhase).where(*_phase(actor, goal_id, starts_on)))
    activity.record(db, actor, "remove goal phase", student_id=student_id, record_kind="goal", record_id=goal_id)


def _require_phase(db: Session, actor: Actor, goal_id: UUID, starts_on: date, expected: tuple[str, str]) -> None:
    """Raise Conflict unless the phase that begins on a day has one of the names `expected`, "" being none."""
    now = db.execute(select(col(GoalPhase.name)).where(*_phase(actor, goal_id, starts_on))).scalar() or ""
    if now not in expected:
        raise Conflict(PHASE_CHANGED.format(now=now) if now else PHASE_GONE)


def get_goal(db: Session, actor: Actor, student_id: UUID, goal_id: UUID) -> StoredGoal:
    """A goal for its editor. Raises NotFound, NotPermitted."""
    goal, _ = access_goal(db, actor, student_id, goal_id, Action.MANAGE_GOALS)
    current = _latest(db, actor, goal_id)
    phases = db.execute(
        select(col(GoalPhase.name), col(GoalPhase.starts_on))
        .where(col(GoalPhase.workspace_id) == actor.workspace_id, col(GoalPhase.goal_id) == goal_id)
        .order_by(col(GoalPhase.starts_on))
    )
    return StoredGoal(
        _form_of(goal, current),
        goal.version,
        current.number,
        _last_data(db, actor, current.id) is not None,
        goal.status,
        [(row[0], row[1]) for row in phases],
    )


def in_words(form: GoalForm) -> str:
    """A goal as lines of words, to be compared by a person."""
    return "\n".join(
        [
            f"Name: {form.label}",
            f"Goal: {form.text}",
            f"Condition: {form.condition or 'none'}",
            f"Behavior: {form.behavior or 'none'}",
            f"Criterion: {form.criterion or 'none'}",
            f"Data: {MEASURES[Measure(form.measure)]}",
            f"Target: {_target_words(form)} by {form.target_on}",
            *([f"Targets: {', '.join(form.targets)}"] if form.targets else []),
        ]
    )


def _target_words(form: GoalForm) -> str:
    metric = metric_of(form.measure, form.mastery)
    return f"{form.target_value:g}%" if is_percent(metric) else value_text(metric, form.target_value)


def _require_level(db: Session, actor: Actor, form: GoalForm, stored: GoalForm | None = None) -> None:
    """Raise Invalid for a highest prompt level that is not in the scale, unless it stood in the goal before."""
    level = _limit(form)
    kept = stored is not None and _limit(stored) == level
    if level[1] is not None and not kept and level not in {(one.scale, one.rank) for one in list_levels(db, actor)}:
        raise Invalid({"max_prompt_level": "Choose a level of your prompt scale, or none."})


def _limit(form: GoalForm) -> tuple[int, int | None]:
    """The highest prompt that a goal allows, as (scale version, rank)."""
    return form.mastery.get("prompt_scale", 1), form.mastery.get("max_prompt_level")


def _phase(actor: Actor, goal_id: UUID, starts_on: date) -> tuple[Any, ...]:
    return (
        col(GoalPhase.workspace_id) == actor.workspace_id,
        col(GoalPhase.goal_id) == goal_id,
        col(GoalPhase.starts_on) == starts_on,
    )


def _add_version(db: Session, actor: Actor, goal_id: UUID, number: int, form: GoalForm) -> None:
    values = {name: getattr(form, name) for name in (*VERSION_FIELDS, "starts_on")}
    db.add(GoalVersion(workspace_id=actor.workspace_id, goal_id=goal_id, number=number, **values))


def _latest(db: Session, actor: Actor, goal_id: UUID) -> GoalVersion:
    query = select(GoalVersion).where(
        col(GoalVersion.workspace_id) == actor.workspace_id, col(GoalVersion.goal_id) == goal_id
    )
    latest: GoalVersion = db.execute(query.order_by(col(GoalVersion.number).desc()).limit(1)).scalars().one()
    return latest


def _last_data(db: Session, actor: Actor, version_id: UUID) -> date | None:
    """The last day with data under this wording; today when there are only events that are not counted, or a text."""
    held = select(func.max(col(GoalPoint.held_on))).where(
        col(GoalPoint.workspace_id) == actor.workspace_id, col(GoalPoint.goal_version_id) == version_id
    )
    if last := db.execute(held).scalar():
        return last  # type: ignore[no-any-return]
    for table in (Trial, GoalNarrative):
        mine = (col(table.workspace_id) == actor.workspace_id, col(table.goal_version_id) == version_id)
        if db.execute(select(col(table.id)).where(*mine).limit(1)).first():
            return actor.today
    return None


def _form_of(goal: Goal, version: GoalVersion) -> GoalForm:
    values = {name: getattr(version, name) for name in (*VERSION_FIELDS, "starts_on")}
    return GoalForm(label=goal.label, targets=targets_in_use(goal.targets), **values)
