"""The two statements that store a batch of trials: insert what is new, and count again what charts read.

Events of other kinds are counted by `domain.measures`, see `event_points`.

Both run once for all rows of a batch, and are built and compiled once per process and dialect.
"""

from functools import cache
from typing import Any

from sqlalchemy import Integer, String, and_, bindparam, case, exists, func, or_, select
from sqlmodel import col

from therapytrack.domain.accuracy import Outcome
from therapytrack.domain.measures import Measure
from therapytrack.models import Goal, GoalPoint, GoalVersion, PromptLevel, Trial
from therapytrack.services.dialects import upsert


@cache
def insert_statement(dialect: str) -> Any:
    """Insert a trial; one that is there already only gains a tombstone, and only in the place where it was made."""
    columns = (
        "id", "created_at", "workspace_id", "session_id", "entry_id", "goal_id", "recorded_by_id", "outcome",
        "prompt_rank", "scale_version", "place", "amount", "purpose", "tapped_at", "sequence", "changed_at",
        "undone_at", "undone_by_id",
    )  # fmt: skip
    table = Trial.__table__  # type: ignore[attr-defined]
    statement = upsert(dialect, table).values(
        {name: bindparam(name, type_=table.c[name].type) for name in columns} | {"goal_version_id": _fitting_version()}
    )
    fresh = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=[table.c.id],
        set_={
            "undone_at": fresh.undone_at,
            "undone_by_id": fresh.undone_by_id,
            "changed_at": fresh.changed_at,
        },
        where=table.c.undone_at.is_(None)
        & fresh.undone_at.is_not(None)
        & (table.c.session_id == fresh.session_id)
        & (table.c.entry_id == fresh.entry_id),
    )


def _version() -> Any:
    """The goal's version that held on the session's day if the goal is the student's; else NULL, which is refused."""
    return _versions(col(GoalVersion.id)).scalar_subquery()


def _versions(*columns: Any) -> Any:
    day = bindparam("of_day", type_=GoalVersion.__table__.c.starts_on.type)  # type: ignore[attr-defined]
    begun = col(GoalVersion.starts_on) <= day
    number = col(GoalVersion.number)
    return (
        select(*columns)
        .join(Goal, col(Goal.id) == col(GoalVersion.goal_id))
        .where(col(Goal.id) == bindparam("of_goal"), col(Goal.student_id) == bindparam("of_student"))
        .order_by(case((begun, 0), else_=1), case((begun, -number), else_=number))
        .limit(1)
    )


def _fitting_version() -> Any:
    """As `_version`, and NULL for an event that its measure does not take, a place or a prompt that does not exist.

    A step or a level is one of the version's, a target one of the goal's; intervals are numbered as they come.
    """
    targets = func.json_array_length(col(Goal.targets))
    held = _versions(
        col(GoalVersion.id), col(GoalVersion.measure), col(GoalVersion.places), targets.label("targets")
    ).subquery()
    place, taken = bindparam("place", type_=Integer), bindparam("of_measures", type_=String)
    known = case(
        (held.c.places > 0, place.between(1, held.c.places)),
        else_=or_(held.c.measure == Measure.INTERVAL, place.is_(None), place <= held.c.targets),
    )
    measured = taken.like("%," + held.c.measure + ",%")
    return select(held.c.id).where(measured, known, _prompt_exists()).scalar_subquery()


def _prompt_exists() -> Any:
    rank, scale = bindparam("prompt_rank", type_=Integer), bindparam("scale_version", type_=Integer)
    workspace = bindparam("workspace_id", type_=PromptLevel.__table__.c.workspace_id.type)  # type: ignore[attr-defined]
    level = and_(
        col(PromptLevel.workspace_id) == workspace,
        col(PromptLevel.scale_version) == scale,
        col(PromptLevel.rank) == rank,
    )
    return or_(rank.is_(None), exists(select(1).where(level)))


@cache
def recount_statement(dialect: str) -> Any:
    """Count the live trials of one (entry, goal, purpose) into its point, whether the point exists or not: one scan."""
    table = GoalPoint.__table__  # type: ignore[attr-defined]
    columns = ("id", "created_at", "workspace_id", "goal_id", "entry_id", "held_on", "purpose")
    counted = (
        select(
            *(bindparam(name, type_=table.c[name].type) for name in columns),
            _version(),
            func.count(),
            func.count(case((col(Trial.outcome) == str(Outcome.CORRECT), 1))),
            func.count(case((col(Trial.outcome) == str(Outcome.CUED), 1))),
        )
        .select_from(Trial)
        .where(
            col(Trial.entry_id) == bindparam("of_entry"),
            col(Trial.goal_id) == bindparam("of_goal"),
            col(Trial.purpose) == bindparam("of_purpose"),
            col(Trial.undone_at).is_(None),
        )
    )
    statement = upsert(dialect, table).from_select([*columns, "goal_version_id", "trials", "correct", "cued"], counted)
    fresh = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=[table.c.goal_id, table.c.entry_id, table.c.purpose],
        set_={"trials": fresh.trials, "correct": fresh.correct, "cued": fresh.cued},
    )
