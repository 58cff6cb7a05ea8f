"""Goals with their versions, phases and points, read in one statement a table whatever the number of goals."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlmodel import Session, col

from therapytrack.access.actor import Actor
from therapytrack.domain.accuracy import Purpose, Score
from therapytrack.domain.goal_chart import GoalChart, GoalFacts, Phase, Point, build_goal_chart
from therapytrack.domain.mastery import MasteryCriterion
from therapytrack.domain.points import Direction
from therapytrack.models import (
    Account,
    Goal,
    GoalPhase,
    GoalPoint,
    GoalVersion,
    Membership,
    NoteStatus,
    SessionEntry,
    TherapySession,
    Trial,
)

PointKey = tuple[UUID, UUID, str]

NOTE_WORDS = {
    NoteStatus.DRAFT: "Draft",
    NoteStatus.SUBMITTED: "To co-sign",
    NoteStatus.RETURNED: "Returned",
    NoteStatus.SIGNED: "Signed",
    NoteStatus.COSIGNED: "Co-signed",
}


@dataclass(frozen=True, slots=True)
class GoalRecord:
    """One goal as far as it was read: `versions` oldest first (at least one), `points` by date."""

    goal: Goal
    versions: tuple[GoalVersion, ...]
    phases: tuple[Phase, ...]
    points: tuple[Point, ...]

    def version_on(self, day: date) -> GoalVersion:
        """The version in force on `day`; the first one before it began."""
        begun = [version for version in self.versions if version.starts_on <= day]
        return (begun or self.versions[:1])[-1]

    def chart_on(self, day: date) -> GoalChart:
        """The chart of every point read, against the version in force on `day`."""
        return build_goal_chart(facts_of_version(self.goal.label, self.version_on(day)), self.phases, self.points)


def facts_of_version(label: str, version: GoalVersion) -> GoalFacts:
    """What `version` asks for, as the chart wants it."""
    return GoalFacts(
        label=label,
        target_value=version.target_value,
        target_on=version.target_on,
        direction=Direction(version.direction),
        baseline_value=version.baseline_value,
        baseline_on=version.baseline_on,
        criterion=MasteryCriterion.from_dict(version.mastery) if version.mastery else None,
    )


def load_goals(db: Session, actor: Actor, goals: Sequence[Goal], until: date | None = None) -> list[GoalRecord]:
    """Read what hangs on `goals`, which the gate has just granted to `actor`; points up to `until` only.

    Three statements; a fourth when a criterion limits the prompt level. Goals without a version are left out.
    """
    ids = [goal.id for goal in goals]
    if not ids:
        return []
    versions = _by_goal(db.execute(_of(actor, GoalVersion, ids).order_by(col(GoalVersion.number))).scalars())
    phases = _by_goal(db.execute(_of(actor, GoalPhase, ids).order_by(col(GoalPhase.starts_on))).scalars())
    limited = [version.goal_id for one in versions.values() for version in one if _limits_prompts(version)]
    points = _points(db, actor, ids, until, _prompt_levels(db, actor, limited) if limited else {})
    return [
        GoalRecord(
            goal,
            tuple(versions[goal.id]),
            tuple(Phase(phase.name, phase.starts_on) for phase in phases[goal.id]),
            tuple(points[goal.id]),
        )
        for goal in goals
        if versions[goal.id]
    ]


def _of(actor: Actor, table: type[Any], ids: Sequence[UUID]) -> Any:
    return select(table).where(col(table.workspace_id) == actor.workspace_id, col(table.goal_id).in_(ids))


def _by_goal(rows: Iterable[Any]) -> defaultdict[UUID, list[Any]]:
    found: defaultdict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.goal_id].append(row)
    return found


def _limits_prompts(version: GoalVersion) -> bool:
    return version.mastery.get("max_prompt_level") is not None


def _point_columns(actor: Actor, ids: Sequence[UUID]) -> Any:
    """Plain columns, no rows of the ORM: this is what a chart of 400 points waits for."""
    return (
        select(
            col(GoalPoint.goal_id),
            col(GoalPoint.entry_id),
            col(GoalPoint.purpose),
            col(GoalPoint.held_on),
            col(GoalPoint.trials),
            col(GoalPoint.correct),
            col(GoalPoint.cued),
            col(SessionEntry.note_status),
            col(SessionEntry.session_id),
            col(Account.name),
            col(TherapySession.place),
        )
        .join(SessionEntry, col(SessionEntry.id) == col(GoalPoint.entry_id))
        .join(TherapySession, col(TherapySession.id) == col(SessionEntry.session_id))
        .join(Membership, col(Membership.id) == col(SessionEntry.author_id))
        .join(Account, col(Account.id) == col(Membership.account_id))
        .where(col(GoalPoint.workspace_id) == actor.workspace_id, col(GoalPoint.goal_id).in_(ids))
        .where(col(GoalPoint.trials) > 0)
        .order_by(col(GoalPoint.held_on), col(TherapySession.planned_start), col(GoalPoint.purpose))
    )


def _points(
    db: Session, actor: Actor, ids: Sequence[UUID], until: date | None, levels: dict[PointKey, int]
) -> defaultdict[UUID, list[Point]]:
    query = _point_columns(actor, ids)
    if until is not None:
        query = query.where(col(GoalPoint.held_on) <= until)
    found: defaultdict[UUID, list[Point]] = defaultdict(list)
    for goal, entry, purpose, held_on, trials, correct, cued, note, session, author, place in db.execute(query):
        found[goal].append(
            Point(
                on=held_on,
                score=Score(trials, correct, cued),
                purpose=Purpose(purpose),
                recorded_by=author,
                note_status=NOTE_WORDS[NoteStatus(note)],
                session_id=str(session),
                prompt_level=levels.get((goal, entry, purpose)),
                setting=place,
            )
        )
    return found


def _prompt_levels(db: Session, actor: Actor, ids: Sequence[UUID]) -> dict[PointKey, int]:
    """The highest prompt used in each point."""
    point = and_(
        col(Trial.entry_id) == col(GoalPoint.entry_id),
        col(Trial.goal_id) == col(GoalPoint.goal_id),
        col(Trial.purpose) == col(GoalPoint.purpose),
    )
    query = (
        select(col(Trial.goal_id), col(Trial.entry_id), col(Trial.purpose), func.max(col(Trial.prompt_rank)))
        .select_from(GoalPoint)
        .join(Trial, point)
        .where(col(GoalPoint.workspace_id) == actor.workspace_id, col(GoalPoint.goal_id).in_(ids))
        .where(col(Trial.undone_at).is_(None), col(Trial.prompt_rank).is_not(None))
        .group_by(col(Trial.goal_id), col(Trial.entry_id), col(Trial.purpose))
    )
    return {(goal, entry, purpose): int(rank) for goal, entry, purpose, rank in db.execute(query)}
