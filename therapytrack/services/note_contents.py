"""Notes together with the data that they stand on, read for several entries at once and always in the same form."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from therapytrack.access.actor import Actor
from therapytrack.domain.accuracy import Outcome
from therapytrack.domain.measures import metric_of
from therapytrack.domain.note_content import GoalCount, NoteContent
from therapytrack.domain.points import Metric
from therapytrack.models import Goal, GoalPoint, GoalVersion, PromptLevel, SessionEntry, Trial
from therapytrack.services.narratives import narratives_of
from therapytrack.services.prompt_scale import prompt_code

Point = tuple[UUID, UUID, str]


def contents_of(db: Session, actor: Actor, entries: Sequence[SessionEntry]) -> dict[UUID, NoteContent]:
    """What each of `entries` (already granted by the gate) says, by its id. Three statements, whatever their number."""
    ids = [one.id for one in entries]
    goals = _goals(db, actor, ids)
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
    """What `entry` (already granted by the gate) says. Three statements."""
    return contents_of(db, actor, [entry])[entry.id]


def goal_labels(db: Session, actor: Actor, contents: Sequence[NoteContent]) -> dict[UUID, str]:
    """The short names of all goals in `contents`, in the order of the students' goal lists."""
    wanted = {goal.goal_id for content in contents for goal in content.goals}
    if not wanted:
        return {}
    query = (
        select(col(Goal.id), col(Goal.label))
        .where(col(Goal.workspace_id) == actor.workspace_id, col(Goal.id).in_(wanted))
        .order_by(col(Goal.position), col(Goal.id))
    )
    return {row[0]: row[1] for row in db.execute(query)}


def prompt_names(db: Session, actor: Actor) -> dict[int, str]:
    """The names of the levels of all of the workspace's prompt scales, by `prompt_code`."""
    query = select(col(PromptLevel.scale_version), col(PromptLevel.rank), col(PromptLevel.name)).where(
        col(PromptLevel.workspace_id) == actor.workspace_id
    )
    return {prompt_code(scale, rank): name for scale, rank, name in db.execute(query)}


def _goals(db: Session, actor: Actor, entry_ids: Sequence[UUID]) -> defaultdict[UUID, list[GoalCount]]:
    found: defaultdict[UUID, list[GoalCount]] = defaultdict(list)
    prompts = _prompts(db, actor, entry_ids)
    counts = ("trials", "correct", "cued", "amount", "value")
    query = (
        select(
            col(GoalPoint.entry_id),
            col(GoalPoint.goal_id),
            col(GoalPoint.goal_version_id),
            col(GoalPoint.purpose),
            *(col(getattr(GoalPoint, name)) for name in counts),
            col(GoalVersion.measure),
            col(GoalVersion.mastery),
        )
        .join(GoalVersion, col(GoalVersion.id) == col(GoalPoint.goal_version_id))
        .where(
            col(GoalPoint.workspace_id) == actor.workspace_id,
            col(GoalPoint.entry_id).in_(entry_ids),
            col(GoalPoint.trials) > 0,
        )
    )
    for entry_id, goal_id, version_id, purpose, trials, correct, cued, *measured, measure, mastery in db.execute(query):
        helped = tuple(prompts[entry_id, goal_id, purpose])
        count = GoalCount(goal_id, version_id, purpose, trials, correct, cued, helped, *measured)
        found[entry_id].append(replace(count, measure=measure, metric=shown_metric(measure, mastery)))
    for one in narratives_of(db, actor, entry_ids):
        if one.text:
            count = GoalCount(one.goal_id, one.goal_version_id, "practice", 0, 0, 0, words=one.text)
            found[one.entry_id].append(replace(count, measure="narrative", metric=Metric.NOTHING))
    return found


def shown_metric(measure: str, mastery: dict[str, object]) -> Metric:
    """A note says what was right without help, whatever the goal's criterion counts."""
    metric = metric_of(measure, mastery)
    return Metric.INDEPENDENT if metric is Metric.SUPPORTED else metric


def _prompts(db: Session, actor: Actor, entry_ids: Sequence[UUID]) -> defaultdict[Point, list[tuple[int, int]]]:
    """How many cued trials were at each rank of prompt, by entry, goal and purpose."""
    of_point = (col(Trial.entry_id), col(Trial.goal_id), col(Trial.purpose))
    place = (*of_point, col(Trial.scale_version), col(Trial.prompt_rank))
    query = (
        select(*place, func.count())
        .where(
            col(Trial.workspace_id) == actor.workspace_id,
            col(Trial.entry_id).in_(entry_ids),
            col(Trial.outcome) == Outcome.CUED,
            col(Trial.prompt_rank).is_not(None),
            col(Trial.undone_at).is_(None),
        )
        .group_by(*place)
        .order_by(*place)
    )
    found: defaultdict[Point, list[tuple[int, int]]] = defaultdict(list)
    for entry_id, goal_id, purpose, scale, rank, count in db.execute(query):
        found[entry_id, goal_id, purpose].append((prompt_code(scale, rank), count))
    return found
