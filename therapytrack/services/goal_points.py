"""The points of goals as charts, tables and files read them: one statement, whatever the number of goals."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, case, func, null, select
from sqlmodel import Session, col

from therapytrack.access.actor import Actor
from therapytrack.db import plain_rows
from therapytrack.domain.accuracy import Purpose, Score
from therapytrack.domain.goal_chart import Point
from therapytrack.models import Account, GoalPoint, Membership, NoteStatus, SessionEntry, TherapySession, Trial
from therapytrack.services.json_rows import JsonRows, rows_in

Columns = tuple[Any, ...]
SCALE_STEP = 100
PURPOSES = {purpose.value: purpose for purpose in Purpose}
NOTE_WORDS = {
    NoteStatus.DRAFT: "Draft",
    NoteStatus.SUBMITTED: "To co-sign",
    NoteStatus.RETURNED: "Returned",
    NoteStatus.SIGNED: "Signed",
    NoteStatus.COSIGNED: "Co-signed",
}


def read_points(
    db: Session, actor: Actor, goals: Sequence[UUID], until: date, *, limited: bool, spread: bool
) -> defaultdict[UUID, list[Point]]:
    """The points of each of `goals`, which the gate has granted, up to `until`; with prompt levels when a criterion of
    theirs is `limited`, and with who recorded them when one asks for several people."""
    several = len(goals) > 1
    query = _point_query(several=several, limited=limited, spread=spread)
    of_goal: defaultdict[UUID, list[Columns]] = defaultdict(list)
    rows = plain_rows(db, query, {"workspace": actor.workspace_id, "goals": goals, "until": until})
    if several:
        for row in rows:
            of_goal[row[0]].append(row[1:])
    else:
        of_goal[goals[0]] = [row[1:] for row in rows]
    return defaultdict(list, {goal: list(_points_in(tuple(own))) for goal, own in of_goal.items()})


@lru_cache(maxsize=64)
def _points_in(rows: tuple[Columns, ...]) -> tuple[Point, ...]:
    """Calculation alone is kept, the rows are read each time: a page is opened again and again on the same points."""
    return tuple(_point(*row) for row in rows)


def _point(purpose: str, held_on: date, *columns: Any) -> Point:
    trials, correct, cued, amount, value, note, author, place, level, recorders, author_id = columns
    scale, rank = divmod(level, SCALE_STEP) if level else (None, None)
    score, words = _score(trials, correct, cued, amount, value), NOTE_WORDS[note]
    point = Point(held_on, score, PURPOSES[purpose], "", author, words, "", rank, place, scale)
    if author_id is None:
        return point
    return point._replace(recorders=tuple(UUID(str(row[0])).hex for row in rows_in(recorders)) or (author_id.hex,))


# The same counts come again and again.
_score = lru_cache(maxsize=4096)(Score)


def of_goals(table: type[Any]) -> tuple[Any, Any]:
    """Of the workspace and the goals asked for; bound, because building a statement costs more than running it."""
    return (
        col(table.workspace_id) == bindparam("workspace"),
        col(table.goal_id).in_(bindparam("goals", expanding=True)),
    )


@cache
def _point_query(*, several: bool, limited: bool, spread: bool) -> Any:
    """Plain columns, no rows of the ORM and no key that nobody needs: this is what a chart of 400 points waits for."""
    return (
        select(
            col(GoalPoint.goal_id) if several else null(),
            col(GoalPoint.purpose),
            col(GoalPoint.held_on),
            col(GoalPoint.trials),
            col(GoalPoint.correct),
            col(GoalPoint.cued),
            col(GoalPoint.amount),
            col(GoalPoint.value),
            col(SessionEntry.note_status),
            col(Account.name),
            col(TherapySession.place),
            _prompt_level() if limited else null(),
            _recorders() if spread else null(),
            col(SessionEntry.author_id) if spread else null(),
        )
        .join(SessionEntry, col(SessionEntry.id) == col(GoalPoint.entry_id))
        .join(TherapySession, col(TherapySession.id) == col(SessionEntry.session_id))
        .join(Membership, col(Membership.id) == col(SessionEntry.author_id))
        .join(Account, col(Account.id) == col(Membership.account_id))
        .where(*of_goals(GoalPoint), col(GoalPoint.trials) > 0, col(GoalPoint.held_on) <= bindparam("until"))
        .order_by(col(GoalPoint.held_on), col(TherapySession.planned_start), col(GoalPoint.purpose))
    )


def count_without_trials(db: Session, actor: Actor, goal_id: UUID, until: date) -> int:
    """In how many entries up to `until` the goal, which the gate has granted, was opened and nothing counted."""
    asked = {"workspace": actor.workspace_id, "goals": [goal_id], "until": until}
    return int(plain_rows(db, _empty_query(), asked)[0][0])


@cache
def _empty_query() -> Any:
    """Points without trials, of which no chart and no table knows."""
    return select(func.count(col(GoalPoint.entry_id).distinct())).where(
        *of_goals(GoalPoint), col(GoalPoint.trials) == 0, col(GoalPoint.held_on) <= bindparam("until")
    )


def _recorders() -> Any:
    """Who recorded the events of a point, each once: two people who recorded along are both meant. What was typed in
    as counts has no events; then it was the author of the entry."""
    one = (
        select(col(Trial.recorded_by_id).label("who"))
        .where(col(Trial.entry_id) == col(GoalPoint.entry_id), col(Trial.goal_id) == col(GoalPoint.goal_id))
        .where(col(Trial.purpose) == col(GoalPoint.purpose), col(Trial.undone_at).is_(None))
        .distinct()
        .correlate(GoalPoint)
        .subquery()
    )
    return select(JsonRows(one.c.who)).scalar_subquery()


def _prompt_level() -> Any:
    """The highest prompt used in a point, with its scale's version in front; NULL when none was recorded, or prompts of
    several scales, which are never compared."""
    scale, rank = col(Trial.scale_version), func.max(col(Trial.prompt_rank))
    return (
        select(case((func.min(scale) == func.max(scale), func.max(scale) * SCALE_STEP + rank)))
        .where(col(Trial.entry_id) == col(GoalPoint.entry_id), col(Trial.goal_id) == col(GoalPoint.goal_id))
        .where(col(Trial.purpose) == col(GoalPoint.purpose), col(Trial.undone_at).is_(None))
        .scalar_subquery()
    )
