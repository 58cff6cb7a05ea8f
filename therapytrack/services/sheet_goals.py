"""The goals that an open session records, as they read on its day, and what was scored last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import String, bindparam, cast, func, select
from sqlmodel import Session, col

from therapytrack.access.actor import Actor
from therapytrack.db import plain_rows
from therapytrack.domain.accuracy import Score
from therapytrack.domain.measures import metric_of
from therapytrack.domain.points import Metric
from therapytrack.domain.score_words import score_text, value_of
from therapytrack.models import Goal, GoalPoint, GoalVersion
from therapytrack.services.json_rows import kept_json

LAST_COLUMNS = ("goal_id", "purpose", "trials", "correct", "amount", "value")
Last = dict[tuple[UUID, str], str]


@dataclass(frozen=True, slots=True)
class HeldGoal:
    """A goal as it read on the session's day; `targets` and `setup` as JSON."""

    id: UUID
    label: str
    targets: str
    measure: str
    target_value: float
    setup: str
    metric: Metric


def goals_of(db: Session, actor: Actor, students: Sequence[UUID], day: date) -> dict[UUID, list[HeldGoal]]:
    """Active goals of students (granted by the gate) by student, each with the version that held on that day, or its
    first. One statement."""
    chosen: dict[UUID, Any] = {}
    for row in plain_rows(db, _goal_query(), {"workspace": actor.workspace_id, "students": students}):
        if row[0] not in chosen or row[-1] <= day:
            chosen[row[0]] = row
    by_student: dict[UUID, list[HeldGoal]] = {}
    for key, student, label, targets, measure, target_value, setup, mastery, _ in chosen.values():
        metric = metric_of(measure, kept_json(mastery))
        goal = HeldGoal(key, label, targets, measure, target_value, setup, metric)
        by_student.setdefault(student, []).append(goal)
    return by_student


@cache
def _goal_query() -> Any:
    """Every version of every active goal, as the plain columns that a row of the grid shows, JSON as its text."""
    version = GoalVersion
    of_goal = (col(Goal.id), col(Goal.student_id), col(Goal.label), cast(col(Goal.targets), String))
    texts = (cast(col(version.setup), String), cast(col(version.mastery), String))
    return (
        select(*of_goal, col(version.measure), col(version.target_value), *texts, col(version.starts_on))
        .join(version, col(version.goal_id) == col(Goal.id))
        .where(
            col(Goal.workspace_id) == bindparam("workspace"),
            col(Goal.student_id).in_(bindparam("students", expanding=True)),
            col(Goal.status) == "active",
        )
        .order_by(col(Goal.position), col(Goal.id), col(version.number))
    )


def last_scores(db: Session, actor: Actor, goals: Mapping[UUID, Sequence[HeldGoal]], day: date) -> Last:
    """The newest scores of these goals before that day, in words. One statement."""
    metrics = {goal.id: _shown(goal.metric) for rows in goals.values() for goal in rows}
    asked = {"workspace": actor.workspace_id, "goals": list(metrics), "day": day}
    found: Last = {}
    for key, purpose, trials, correct, amount, value in plain_rows(db, _last_query(), asked):
        metric, score = metrics[key], Score(trials, correct, 0, amount, value)
        if value_of(metric, score) is not None:
            found[key, purpose] = score_text(metric, score)
    return found


def _shown(metric: Metric) -> Metric:
    """The grid tells what was right without help, whatever the criterion counts."""
    return Metric.INDEPENDENT if metric is Metric.SUPPORTED else metric


@cache
def _last_query() -> Any:
    """The newest point of each goal and purpose before a day."""
    newest = (
        func.row_number()
        .over(
            partition_by=(col(GoalPoint.goal_id), col(GoalPoint.purpose)),
            order_by=(col(GoalPoint.held_on).desc(), col(GoalPoint.id).desc()),
        )
        .label("newest")
    )
    points = (
        select(*(col(getattr(GoalPoint, name)) for name in LAST_COLUMNS), newest)
        .where(
            col(GoalPoint.workspace_id) == bindparam("workspace"),
            col(GoalPoint.goal_id).in_(bindparam("goals", expanding=True)),
            col(GoalPoint.held_on) < bindparam("day"),
            col(GoalPoint.trials) > 0,
        )
        .subquery()
    )
    return select(*(points.c[name] for name in LAST_COLUMNS)).where(points.c.newest == 1)
