"""Goals as dated versions: a version that has data is never edited, a new one follows it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
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
from therapytrack.models import Goal, GoalNarrative, GoalPoint, GoalVersion, Objective, Trial
from therapytrack.services import activity
from therapytrack.services.caseload_rows import display_name
from therapytrack.services.life_cycle import first_stages
from therapytrack.services.prompt_scale import ScaleLevel, list_levels
from therapytrack.services.versions import saving_over

CHANGED = "A colleague saved this goal while you were typing. Nothing of either is lost: compare and choose."
OTHER_DATA = "Data were taken in the present way, and these could not be compared. Add a new goal for the other way."
OTHER_UNIT = "This goal has objectives in the present unit. Withdraw them first, or add a new goal for the other way."
TAKEN = "Another goal of this student has this name, and one could be taken for the other. Choose a different one."
NOT_OF_VERSION = ("label", "starts_on", "targets")
VERSION_FIELDS = tuple(name for name in GoalForm.__dataclass_fields__ if name not in NOT_OF_VERSION)


@dataclass(frozen=True, slots=True)
class StoredGoal:
    """A goal for its editor: the form, the version to save over, whether its wording has data."""

    form: GoalForm
    version: int
    number: int
    has_data: bool


@dataclass(frozen=True, slots=True)
class GoalDesk:
    """The student's name, today's date and the levels of the workspace's prompt scale."""

    student: str
    today: date
    levels: list[ScaleLevel]


def create_goal(db: Session, actor: Actor, student_id: UUID, goal_id: UUID, form: GoalForm) -> UUID:
    """Add a goal with its first version and its stages; the same `goal_id` twice makes one goal.

    A baseline before the start makes the stages Baseline and Acquisition. Raises NotFound, NotPermitted.
    """
    student = access_student(db, actor, student_id, Action.MANAGE_GOALS)
    require_made(goal_id)
    require_level(db, actor, form.mastery)
    if db.execute(select(col(Goal.id)).where(col(Goal.id) == goal_id)).first():
        return access_goal(db, actor, student_id, goal_id, Action.MANAGE_GOALS)[0].id
    of_student = (col(Goal.workspace_id) == actor.workspace_id, col(Goal.student_id) == student_id)
    _require_own_label(db, actor, student_id, goal_id, form.label)
    last = db.execute(select(func.max(col(Goal.position))).where(*of_student)).scalar()
    position = 0 if last is None else last + 1
    goal = Goal(id=goal_id, workspace_id=actor.workspace_id, student_id=student_id, label=form.label, position=position)
    goal.targets = merged_targets([], form.targets)
    db.add(goal)
    db.flush()
    _add_version(db, actor, goal_id, 1, form)
    db.add_all(first_stages(actor, goal_id, form.starts_on, form.baseline_on))
    student.plan_version += 1
    activity.record(db, actor, "create goal", student_id=student_id, record_kind="goal", record_id=goal_id)
    return goal_id


def edit_goal(db: Session, actor: Actor, student_id: UUID, goal_id: UUID, version: int, form: GoalForm) -> int:
    """Save over `version` and answer the new one. A wording with data stays, and a new version begins on its date.

    Raises NotFound, NotPermitted; Conflict with the stored goal when somebody saved in between; Invalid when the new
    version would begin before data that were taken under the present one, or count what cannot stand beside them.
    """
    goal, seen = access_goal(db, actor, student_id, goal_id, Action.MANAGE_GOALS)
    current = latest_version(db, actor, goal_id)
    stored = _form_of(goal, current)
    if form.label != stored.label:
        _require_own_label(db, actor, student_id, goal_id, form.label)
    require_level(db, actor, form.mastery, stored.mastery)
    if goal.version != version and stored != form:
        raise Conflict(CHANGED, theirs=in_words(stored), version=goal.version)
    values = {"label": form.label, "targets": merged_targets(goal.targets, form.targets)}
    saved: int | None = db.execute(saving_over(Goal, goal_id, goal.version, **values)).scalar_one_or_none()
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
    return saved


@activity.only_reads
def open_goal_desk(db: Session, actor: Actor, student_id: UUID) -> GoalDesk:
    """What the editor needs besides the goal; the view of it, with the goal that `get_goal` then gives, is logged.

    Raises NotFound, NotPermitted.
    """
    student = access_student(db, actor, student_id, Action.MANAGE_GOALS)
    activity.record(db, actor, Action.VIEW, student_id=student_id, record_kind="goal_form")
    return GoalDesk(display_name(student), actor.today, list_levels(db, actor))


def _require_own_label(db: Session, actor: Actor, student_id: UUID, goal_id: UUID, label: str) -> None:
    """Raise Invalid for the name of another goal of the student that is worked on: the session's rows go by it."""
    others = (col(Goal.workspace_id) == actor.workspace_id, col(Goal.student_id) == student_id)
    same = (col(Goal.id) != goal_id, col(Goal.label) == label, col(Goal.status) == "active")
    if db.execute(select(col(Goal.id)).where(*others, *same).limit(1)).first():
        raise Invalid({"label": TAKEN})


def _require_comparable(db: Session, actor: Actor, goal_id: UUID, stored: GoalForm, form: GoalForm) -> None:
    """Raise Invalid for another kind of data once there are some, or objectives: one chart, one criterion, one unit."""
    if comparable((stored.measure, stored.mastery), (form.measure, form.mastery)):
        return
    field = "measure" if stored.measure != form.measure else "metric"
    steps = (col(Objective.workspace_id) == actor.workspace_id, col(Objective.goal_id) == goal_id)
    live = col(Objective.withdrawn_at).is_(None)
    if db.execute(select(col(Objective.id)).where(*steps, live).limit(1)).first():
        raise Invalid({field: OTHER_UNIT})
    counted = (col(GoalPoint.workspace_id) == actor.workspace_id, col(GoalPoint.goal_id) == goal_id)
    if db.execute(select(col(GoalPoint.id)).where(*counted, col(GoalPoint.trials) > 0).limit(1)).first():
        raise Invalid({field: OTHER_DATA})


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


def get_goal(db: Session, actor: Actor, student_id: UUID, goal_id: UUID) -> StoredGoal:
    """A goal for its editor. Raises NotFound, NotPermitted."""
    goal, _ = access_goal(db, actor, student_id, goal_id, Action.MANAGE_GOALS)
    current = latest_version(db, actor, goal_id)
    return StoredGoal(
        _form_of(goal, current),
        goal.version,
        current.number,
        _last_data(db, actor, current.id) is not None,
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


def require_level(
    db: Session, actor: Actor, mastery: Mapping[str, Any], stored: Mapping[str, Any] | None = None
) -> None:
    """Raise Invalid for a highest prompt level that is not in the scale, unless it stood in the criterion `stored`."""
    level = _limit(mastery)
    kept = stored is not None and _limit(stored) == level
    if level[1] is not None and not kept and level not in {(one.scale, one.rank) for one in list_levels(db, actor)}:
        raise Invalid({"max_prompt_level": "Choose a level of your prompt scale, or none."})


def _limit(mastery: Mapping[str, Any]) -> tuple[int, int | None]:
    """The highest prompt that a criterion allows, as (scale version, rank)."""
    return mastery.get("prompt_scale", 1), mastery.get("max_prompt_level")


def _add_version(db: Session, actor: Actor, goal_id: UUID, number: int, form: GoalForm) -> None:
    values = {name: getattr(form, name) for name in (*VERSION_FIELDS, "starts_on")}
    db.add(GoalVersion(workspace_id=actor.workspace_id, goal_id=goal_id, number=number, **values))


def latest_version(db: Session, actor: Actor, goal_id: UUID) -> GoalVersion:
    """The version of a goal (granted by the gate) that was made last."""
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
