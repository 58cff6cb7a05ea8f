"""A goal's results by target or by step, for its page."""

from datetime import date
from typing import Any

from sqlalchemy import case, func, select
from sqlmodel import Session, col

from therapytrack.access.actor import Actor
from therapytrack.domain.accuracy import Outcome, Score
from therapytrack.domain.measures import WITH_TARGETS, Measure
from therapytrack.domain.place_results import PlaceLine, place_lines
from therapytrack.models import GoalVersion, SessionEntry, Trial
from therapytrack.services.goal_data import GoalRecord


def results_by_place(
    db: Session, actor: Actor, found: GoalRecord, today: date, window: tuple[date, date]
) -> tuple[PlaceLine, ...]:
    """The lines of a goal (granted by the gate) for the days of `window`; none where it has no targets and no steps.

    One statement, none where there is nothing to ask. Steps are those of the version in force: others may mean others.
    """
    version = found.version_on(today)
    names = _names(found, version)
    if not names:
        return ()
    place = (col(Trial.place), col(Trial.purpose))
    query = (
        select(
            *place,
            func.count(),
            func.count(case((col(Trial.outcome) == Outcome.CORRECT, 1))),
            func.count(case((col(Trial.outcome) == Outcome.CUED, 1))),
        )
        .join(SessionEntry, col(SessionEntry.id) == col(Trial.entry_id))
        .where(
            col(Trial.workspace_id) == actor.workspace_id,
            col(Trial.goal_id) == found.goal.id,
            col(Trial.place).is_not(None),
            col(Trial.undone_at).is_(None),
            col(SessionEntry.held_on).between(*window),
            *([col(Trial.goal_version_id) == version.id] if version.measure == Measure.TASK else []),
        )
        .group_by(*place)
    )
    scores: dict[tuple[int, str], Score] = {(row[0], row[1]): Score(*row[2:]) for row in db.execute(query)}
    return place_lines(names, scores, steps=version.measure == Measure.TASK)


def _names(found: GoalRecord, version: GoalVersion) -> list[str]:
    if version.measure == Measure.TASK:
        steps: list[Any] = version.setup["steps"]
        return [f"{number}. {step}" for number, step in enumerate(steps, start=1)]
    if version.measure in WITH_TARGETS:
        return [f"{one['name']} (put away)" if one["away"] else one["name"] for one in found.goal.targets]
    return []
