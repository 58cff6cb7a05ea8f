"""The points of events that are no trials: read raw, counted by `domain.measures`, stored for charts."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from therapytrack.access.actor import Actor
from therapytrack.access.places import SeenPlace
from therapytrack.domain.measures import Counted, Raw, counted, metric_of
from therapytrack.errors import Invalid
from therapytrack.models import GoalPoint, GoalVersion, Trial, new_id
from therapytrack.services.dialects import dialect_of, upsert

Point = tuple[UUID, UUID, str]
# What a column of the database holds in milliseconds: 596 hours, which nobody observes in one session.
MOST_OBSERVED = 2**31 - 1
TOO_LONG = "The times of this goal add up to more than a session can hold. This one was not taken."


def count_events(db: Session, actor: Actor, touched: Collection[Point], places: Mapping[UUID, SeenPlace]) -> None:
    """Count the live events of each (entry, goal, purpose) into its point. Two statements, none without `touched`.

    Raises Invalid when their times add up to more than can be stored.
    """
    if not touched:
        return
    asked = {
        "workspace": actor.workspace_id,
        "entries": list({entry for entry, _, _ in touched}),
        "goals": list({goal for _, goal, _ in touched}),
    }
    events: defaultdict[Point, list[Raw]] = defaultdict(list)
    held: dict[Point, Any] = {}
    for row in db.execute(_event_query(), asked):
        point = (row.entry_id, row.goal_id, row.purpose)
        held[point] = row
        if row.undone_at is None:
            events[point].append(Raw(row.outcome, row.place, row.amount))
    rows = [_row(actor, point, held[point], events[point], places) for point in sorted(touched) if point in held]
    if rows:
        db.execute(_store(dialect_of(db)), rows)


@cache
def _event_query() -> Any:
    """Events in the order in which they were made, undone ones too: a point whose last event was undone counts none."""
    return (
        select(
            col(Trial.entry_id),
            col(Trial.goal_id),
            col(Trial.purpose),
            col(Trial.outcome),
            col(Trial.place),
            col(Trial.amount),
            col(Trial.undone_at),
            col(Trial.goal_version_id),
            col(GoalVersion.measure),
            col(GoalVersion.mastery),
        )
        .join(GoalVersion, col(GoalVersion.id) == col(Trial.goal_version_id))
        .where(
            col(Trial.workspace_id) == bindparam("workspace"),
            col(Trial.entry_id).in_(bindparam("entries", expanding=True)),
            col(Trial.goal_id).in_(bindparam("goals", expanding=True)),
        )
        .order_by(col(Trial.tapped_at), col(Trial.sequence), col(Trial.id))
    )


def _row(actor: Actor, point: Point, held: Any, events: list[Raw], places: Mapping[UUID, SeenPlace]) -> dict[str, Any]:
    entry, goal, purpose = point
    found: Counted = counted(metric_of(held.measure, held.mastery), events)
    if (found.amount or 0) > MOST_OBSERVED:
        raise Invalid({"taps": TOO_LONG})
    return {
        "id": new_id(),
        "created_at": actor.at,
        "workspace_id": actor.workspace_id,
        "goal_id": goal,
        "entry_id": entry,
        "goal_version_id": held.goal_version_id,
        "held_on": places[entry].entry.held_on,
        "purpose": purpose,
        "trials": found.n,
        "correct": found.hits,
        "cued": 0,
        "amount": found.amount,
        "value": found.value,
    }


@cache
def _store(dialect: str) -> Any:
    table = GoalPoint.__table__  # type: ignore[attr-defined]
    statement = upsert(dialect, table)
    fresh = statement.excluded
    counts = ("trials", "correct", "cued", "amount", "value")
    return statement.on_conflict_do_update(
        index_elements=[table.c.goal_id, table.c.entry_id, table.c.purpose],
        set_={name: getattr(fresh, name) for name in counts},
    )
