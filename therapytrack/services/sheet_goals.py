"""The goals that an open session records, as they read on its day, and what was scored last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import String, bindparam, cast, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from therapytrack.access.actor import Actor
from therapytrack.db import plain_rows
from therapytrack.domain.accuracy import Purpose, Score
from therapytrack.domain.measures import metric_of
from therapytrack.domain.points import Metric
from therapytrack.domain.score_words import score_text, value_of
from therapytrack.models import Goal, GoalPoint, GoalVersion
from therapytrack.services.json_rows import kept_json


@dataclass(frozen=True, slots=True)
class HeldGoal:
    """A goal as it read on the session's day; `targets` and `setup` as JSON; the newest scores before that day in
    words, "" for none."""

    id: UUID
    label: str
    targets: str
    measure: str
    target_value: float
    setup: str
    metric: Metric
    last_practice: str
    last_probe: str


def goals_of(db: Session, actor: Actor, students: Sequence[UUID], day: date) -> dict[UUID, list[HeldGoal]]:
    """Active goals of students (granted by the gate) by student, each with the version that held on that day, or its
    first, and with what was scored last. One statement."""
    chosen: dict[UUID, Any] = {}
    asked = {"workspace": actor.workspace_id, "students": students, "day": day}
    for row in plain_rows(db, _goal_query(), asked):
        if row[0] not in chosen or row[2] <= day:
            chosen[row[0]] = row
    by_student: dict[UUID, list[HeldGoal]] = {}
    for key, student, _, label, targets, measure, target_value, setup, mastery, *last in chosen.values():
        metric = metric_of(measure, kept_json(mastery))
        scores = _words(metric, last[:4]), _words(metric, last[4:])
        goal = HeldGoal(key, label, targets, measure, target_value, setup, metric, *scores)
        by_student.setdefault(student, []).append(goal)
    return by_student


def _words(metric: Metric, counts: Sequence[Any]) -> str:
    """A score as the grid tells it: what was right without help, whatever the criterion counts."""
    trials, correct, amount, value = counts
    shown = Metric.INDEPENDENT if metric is Metric.SUPPORTED else metric
    if trials is None or value_of(shown, score := Score(trials, correct, 0, amount, value)) is None:
        return ""
    return score_text(shown, score)


@cache
def _goal_query() -> Any:
    """Every version of every active goal, as the plain columns that a row of the grid shows, JSON as its text.

    The newest point of a purpose is found by its index: numbering all of them would take the longer the older a goal.
    """
    version, practice, probe = GoalVersion, *(aliased(GoalPoint) for _ in range(2))
    of_goal = (col(Goal.id), col(Goal.student_id), col(version.starts_on), col(Goal.label))
    texts = (cast(col(version.setup), String), cast(col(version.mastery), String))
    of_version = (cast(col(Goal.targets), String), col(version.measure), col(version.target_value), *texts)
    counts = [column for one in (practice, probe) for column in (one.trials, one.correct, one.amount, one.value)]
    return (
        select(*of_goal, *of_version, *counts)
        .join(version, col(version.goal_id) == col(Goal.id))
        .outerjoin(practice, practice.id == _newest(Purpose.PRACTICE))
        .outerjoin(probe, probe.id == _newest(Purpose.PROBE))
        .where(
            col(Goal.workspace_id) == bindparam("workspace"),
            col(Goal.student_id).in_(bindparam("students", expanding=True)),
            col(Goal.status) == "active",
        )
        .order_by(col(Goal.position), col(Goal.id), col(version.number))
    )


def _newest(purpose: Purpose) -> Any:
    """The goal's newest point of a purpose before the day."""
    point: Any = aliased(GoalPoint)
    return (
        select(point.id)
        .where(point.workspace_id == bindparam("workspace"), point.goal_id == col(Goal.id), point.purpose == purpose)
        .where(point.held_on < bindparam("day"), point.trials > 0)
        .order_by(point.held_on.desc(), point.id.desc())
        .limit(1)
        .correlate(Goal)
        .scalar_subquery()
    )
