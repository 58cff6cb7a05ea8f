"""The counts behind the standing of many goals, in one statement whatever their history."""

from collections import defaultdict
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import String, and_, cast, desc, func, literal, select, true, union_all
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from therapytrack.access.actor import Actor
from therapytrack.domain.accuracy import Purpose
from therapytrack.domain.standing import LATEST_POINTS, Counts
from therapytrack.models import Goal, GoalPhase, GoalPoint


def counts_of(db: Session, actor: Actor, goal_ids: list[UUID]) -> dict[UUID, list[Counts]]:
    """What `standing` asks for, by goal and date: all of the baseline, and the latest points of each purpose.

    `goal_ids` are goals that the gate has granted to `actor`.
    """
    found: dict[UUID, list[Counts]] = defaultdict(list)
    if not goal_ids:
        return found
    # Thousands of rows: their keys stay text until here, in the form of either database.
    goals = {text: goal for goal in goal_ids for text in (goal.hex, str(goal))}
    of_baseline: set[tuple[str, date]] = set()
    query = union_all(_baseline_points(actor, goal_ids), _latest_points(actor, goal_ids))
    for goal, on, *numbers, baseline in db.execute(query.order_by(desc("baseline"), "held_on")):
        if on is None or (not baseline and (goal, on) in of_baseline):
            continue
        if baseline:
            of_baseline.add((goal, on))
        found[goals[goal]].append(Counts._make((on, *numbers, bool(baseline))))
    return found


def _points_of(spans: Any, baseline: bool) -> Any:
    """The counts of each of `spans` (goal, purpose, first day, day after the last); a row of nulls for one without.

    The outer join keeps a database without statistics from reading the points first.
    """
    span = spans.subquery()
    held_on, trials = col(GoalPoint.held_on), col(GoalPoint.trials)
    points = and_(
        col(GoalPoint.workspace_id) == span.c.workspace_id,
        col(GoalPoint.goal_id) == span.c.goal_id,
        col(GoalPoint.purpose) == span.c.purpose,
        held_on >= span.c.since,
        held_on < span.c.until,
        trials > 0,
    )
    return (
        select(
            cast(span.c.goal_id, String).label("goal"),
            held_on,
            col(GoalPoint.purpose),
            trials,
            col(GoalPoint.correct),
            col(GoalPoint.cued),
            literal(int(baseline)).label("baseline"),
        )
        .select_from(span)
        .outerjoin(GoalPoint, points)
    )


def _baseline_points(actor: Actor, goal_ids: list[UUID]) -> Any:
    """The points within a phase that `points.is_baseline` knows: up to the day before the next phase begins."""
    following: Any = aliased(GoalPhase)
    purpose = _purposes()
    ends = select(func.min(following.starts_on)).where(
        following.goal_id == GoalPhase.goal_id, following.starts_on > col(GoalPhase.starts_on)
    )
    spans = (
        select(
            col(GoalPhase.workspace_id),
            col(GoalPhase.goal_id),
            purpose.c.purpose,
            col(GoalPhase.starts_on).label("since"),
            func.coalesce(ends.scalar_subquery(), date.max).label("until"),
        )
        .join(purpose, true())
        .where(col(GoalPhase.workspace_id) == actor.workspace_id, col(GoalPhase.goal_id).in_(goal_ids))
        .where(func.lower(func.trim(col(GoalPhase.name))).startswith("baseline"))
    )
    return _points_of(spans, True)


def _latest_points(actor: Actor, goal_ids: list[UUID]) -> Any:
    """The latest points of each purpose: the day of the last of them is looked up in the index, then read from it."""
    earlier: Any = aliased(GoalPoint)
    purpose = _purposes()
    last_one = (
        select(earlier.held_on)
        .where(earlier.workspace_id == Goal.workspace_id, earlier.goal_id == Goal.id)
        .where(earlier.purpose == purpose.c.purpose, earlier.trials > 0)
        .order_by(earlier.held_on.desc())
        .offset(LATEST_POINTS - 1)
        .limit(1)
    )
    spans = (
        select(
            col(Goal.workspace_id),
            col(Goal.id).label("goal_id"),
            purpose.c.purpose,
            func.coalesce(last_one.scalar_subquery(), date.min).label("since"),
            literal(date.max).label("until"),
        )
        .join(purpose, true())
        .where(col(Goal.workspace_id) == actor.workspace_id, col(Goal.id).in_(goal_ids))
    )
    return _points_of(spans, False)


def _purposes() -> Any:
    return union_all(*(select(literal(one.value).label("purpose")) for one in Purpose)).subquery()
