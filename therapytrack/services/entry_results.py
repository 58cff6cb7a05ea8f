"""What came of each goal in a student's part of a session, in words for a log."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from therapytrack.access.actor import Actor
from therapytrack.domain.accuracy import Score
from therapytrack.domain.measures import metric_of
from therapytrack.domain.points import Metric
from therapytrack.domain.score_words import data_words
from therapytrack.models import Goal, GoalNarrative, GoalPoint, GoalVersion


@dataclass(frozen=True, slots=True)
class Result:
    """One goal that was worked on, by the name it has in lists, and all that its data say."""

    goal: str
    words: str


def results_by_entry(
    db: Session, actor: Actor, students: Collection[UUID], since: date = date.min, until: date = date.max
) -> defaultdict[UUID, list[Result]]:
    """The results of each part in the order of the goals: "/r/ initial, probe 16/20 (2 cued)", then what was told.

    Of `students` whom the caller has had from the gate, from `since` to `until`. Two statements.
    """
    query = (
        select(
            col(GoalPoint.entry_id),
            col(Goal.label),
            col(GoalPoint.purpose),
            col(GoalVersion.measure),
            col(GoalVersion.mastery),
            col(GoalPoint.trials),
            col(GoalPoint.correct),
            col(GoalPoint.cued),
            col(GoalPoint.amount),
            col(GoalPoint.value),
        )
        .join(Goal, col(Goal.id) == col(GoalPoint.goal_id))
        .join(GoalVersion, col(GoalVersion.id) == col(GoalPoint.goal_version_id))
        .where(col(GoalPoint.workspace_id) == actor.workspace_id, col(Goal.student_id).in_(students))
        .where(col(GoalPoint.trials) > 0, col(GoalPoint.held_on).between(since, until))
        .order_by(col(Goal.position), col(Goal.id), col(GoalPoint.purpose).desc())
    )
    found: defaultdict[UUID, list[Result]] = defaultdict(list)
    for entry, label, purpose, measure, mastery, *counts in db.execute(query):
        words = f"{label}, {purpose} {_logged(metric_of(measure, mastery), Score(*counts))}"
        found[entry].append(Result(label, words))
    for entry, label, text in _told(db, actor, students, since, until):
        found[entry].append(Result(label, f"{label}: {text}"))
    return found


def _logged(metric: Metric, score: Score) -> str:
    """The data in short: "16/20 (2 cued)", "1.5 per min (12 times in 8:20)"."""
    if metric is Metric.SUPPORTED or metric is Metric.INDEPENDENT:
        return f"{score.correct}/{score.n}" + (f" ({score.cued} cued)" if score.cued else "")
    return data_words(metric, score)


def _told(db: Session, actor: Actor, students: Collection[UUID], since: date, until: date) -> Any:
    query = (
        select(col(GoalNarrative.entry_id), col(Goal.label), col(GoalNarrative.text))
        .join(Goal, col(Goal.id) == col(GoalNarrative.goal_id))
        .where(col(GoalNarrative.workspace_id) == actor.workspace_id, col(Goal.student_id).in_(students))
        .where(col(GoalNarrative.text) != "", col(GoalNarrative.held_on).between(since, until))
        .order_by(col(Goal.position), col(Goal.id))
    )
    return db.execute(query)
