"""Notes together with the data that they stand on, read for several entries at once and always in the same form."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, literal_column, null, select, union_all
from sqlmodel import Session, col

from therapytrack.access.actor import Actor
from therapytrack.db import plain_rows
from therapytrack.domain.accuracy import Outcome
from therapytrack.domain.measures import metric_of
from therapytrack.domain.note_content import GoalCount, NoteContent
from therapytrack.domain.points import Metric
from therapytrack.models import Goal, GoalNarrative, GoalPoint, GoalVersion, SessionEntry, Trial
from therapytrack.services.dialects import unindexed
from therapytrack.services.json_rows import JsonRows, rows_in
from therapytrack.services.prompt_scale import prompt_code

WORKSPACE: Any = bindparam("workspace")
ENTRIES: Any = bindparam("entries", expanding=True)
OF_STUDENT = ("workspace_id", "student_id")
NOTHING: Any = literal_column("0")


def contents_of(db: Session, actor: Actor, entries: Sequence[SessionEntry]) -> dict[UUID, NoteContent]:
    """What each of `entries` (already granted by the gate) says, by its id. One statement, whatever their number."""
    goals = _goals(db, actor, [one.id for one in entries]) if entries else defaultdict(list)
    return {
        one.id: NoteContent(
            entry_id=one.id,
            session_id=one.session_id,
            student_id=one.student_id,
            author_id=one.author_id,
            held_on=one.held_on,
            attendance=one.attendance,
            minutes=one.minutes,
            goals=tuple(sorted(goals[one.id])),
            text=one.note,
            arrived_at=one.arrived_at,
            left_at=one.left_at,
        )
        for one in entries
    }


def content_of(db: Session, actor: Actor, entry: SessionEntry) -> NoteContent:
    """What `entry` (already granted by the gate) says. One statement."""
    return contents_of(db, actor, [entry])[entry.id]


def _goals(db: Session, actor: Actor, entry_ids: Sequence[UUID]) -> defaultdict[UUID, list[GoalCount]]:
    found: defaultdict[UUID, list[GoalCount]] = defaultdict(list)
    for entry_id, *columns in plain_rows(db, _data(), {"workspace": actor.workspace_id, "entries": entry_ids}):
        found[entry_id].append(_goal_count(*columns))
    return found


def _goal_count(
    goal_id: UUID,
    version_id: UUID,
    label: str,
    place: int,
    purpose: str,
    trials: int,
    correct: int,
    cued: int,
    amount: int | None,
    value: float | None,
    words: str | None,
    measure: str,
    mastery: dict[str, object] | None,
    prompts: str | None,
) -> GoalCount:
    metric = shown_metric(measure, mastery or {}) if words is None else Metric.NOTHING
    counts = (trials, correct, cued, _prompts(prompts), amount, value, words or "")
    return GoalCount(goal_id, version_id, purpose, *counts, measure, metric, label, place)


def shown_metric(measure: str, mastery: dict[str, object]) -> Metric:
    """A note says what was right without help, whatever the goal's criterion counts."""
    metric = metric_of(measure, mastery)
    return Metric.INDEPENDENT if metric is Metric.SUPPORTED else metric


def _prompts(column: str | None) -> tuple[tuple[int, int], ...]:
    """How many cued trials were at each rank of prompt, by scale and rank; a trial without a scale is of the first."""
    found = Counter((scale, rank) for scale, rank in rows_in(column))
    order = sorted(found, key=lambda one: (one[0] or 0, one[1]))
    return tuple((prompt_code(scale, rank), found[scale, rank]) for scale, rank in order)


@cache
def _data() -> Any:
    """What was counted and what was told, in the columns of `_goal_count` after the entry's id."""
    return union_all(_counted(), _told())


def _counted() -> Any:
    """Points are found through the goals of the entry's student: there is an index of a goal's entries."""
    entry, point, version = SessionEntry, GoalPoint, GoalVersion
    counts = (point.trials, point.correct, point.cued, point.amount, point.value)
    return (
        select(
            *(col(one) for one in (point.entry_id, point.goal_id, point.goal_version_id)),
            *(col(one) for one in (Goal.label, Goal.position, point.purpose, *counts)),
            null().label("words"),
            col(version.measure),
            col(version.mastery),
            _cued().label("prompts"),
        )
        .select_from(entry)
        .join(Goal, and_(*(col(getattr(Goal, name)) == col(getattr(entry, name)) for name in OF_STUDENT)))
        .join(point, and_(col(point.goal_id) == col(Goal.id), col(point.entry_id) == col(entry.id)))
        .join(version, col(version.id) == col(point.goal_version_id))
        .where(unindexed(col(entry.workspace_id)) == WORKSPACE, col(entry.id).in_(ENTRIES), col(point.trials) > 0)
    )


def _cued() -> Any:
    """The cued trials of the enclosing point, each as scale and rank."""
    trial, point = Trial, GoalPoint
    same = ("workspace_id", "entry_id", "goal_id", "purpose")
    return (
        select(JsonRows(col(trial.scale_version), col(trial.prompt_rank)))
        .where(*(col(getattr(trial, name)) == col(getattr(point, name)) for name in same))
        .where(col(trial.outcome) == Outcome.CUED, col(trial.prompt_rank).is_not(None))
        .where(col(trial.undone_at).is_(None))
        .correlate(point)
        .scalar_subquery()
    )


def _told() -> Any:
    one = GoalNarrative
    return (
        select(
            *(col(column) for column in (one.entry_id, one.goal_id, one.goal_version_id, Goal.label, Goal.position)),
            literal_column("'practice'"),
            *(NOTHING, NOTHING, NOTHING),
            *(null().label("amount"), null().label("value")),
            col(one.text),
            literal_column("'narrative'"),
            *(null().label("mastery"), null().label("prompts")),
        )
        .join(Goal, col(Goal.id) == col(one.goal_id))
        .where(unindexed(col(one.workspace_id)) == WORKSPACE, col(one.entry_id).in_(ENTRIES), col(one.text) != "")
    )
