"""Goals with their versions, phases and points, read in one statement a table whatever the number of goals."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, case, func, null, select
from sqlmodel import Session, col

from therapytrack.access.actor import Actor
from therapytrack.db import plain_rows
from therapytrack.domain.accuracy import Purpose, Score
from therapytrack.domain.goal_chart import GoalChart, Phase, Point, build_goal_chart
from therapytrack.domain.goal_findings import with_phases
from therapytrack.domain.measures import Measure
from therapytrack.domain.outside_events import Event
from therapytrack.domain.trend_methods import TrendMethod
from therapytrack.models import (
    Account,
    Goal,
    GoalPhase,
    GoalPoint,
    GoalVersion,
    Membership,
    NoteStatus,
    Objective,
    SessionEntry,
    TherapySession,
    Trial,
)
from therapytrack.services.goal_terms import asked_since, earlier_terms, facts_of_version, version_events
from therapytrack.services.json_rows import JsonRows, rows_in
from therapytrack.services.narratives import told_in
from therapytrack.services.student_events import events_beside, events_in

SCALE_STEP = 100
NO_SCORE = Score(0, 0)
PURPOSES = {purpose.value: purpose for purpose in Purpose}
NOTE_WORDS = {
    NoteStatus.DRAFT: "Draft",
    NoteStatus.SUBMITTED: "To co-sign",
    NoteStatus.RETURNED: "Returned",
    NoteStatus.SIGNED: "Signed",
    NoteStatus.COSIGNED: "Co-signed",
}


@dataclass(frozen=True, slots=True)
class Step:
    """An objective that counts, as it is stored."""

    id: UUID
    text: str
    mastery: Mapping[str, Any]
    target_on: date


@dataclass(frozen=True, slots=True)
class Told:
    """A narrative: its day, its words, who wrote it and the status of her note."""

    on: date
    words: str
    author: str
    note_status: str

    @property
    def point(self) -> Point:
        """As a point of its goal."""
        words = NOTE_WORDS[NoteStatus(self.note_status)]
        return Point(self.on, NO_SCORE, Purpose.PRACTICE, "", self.author, words, words=self.words)


@dataclass(frozen=True, slots=True)
class GoalRecord:
    """One goal as far as it was read: `versions` oldest first (at least one), `points` by date."""

    goal: Goal
    versions: tuple[GoalVersion, ...]
    phases: tuple[Phase, ...]
    points: tuple[Point, ...]
    objectives: tuple[Step, ...] = ()
    events: tuple[Event, ...] = ()

    def version_on(self, day: date) -> GoalVersion:
        """The version in force on `day`; the first one before it began."""
        begun = [version for version in self.versions if version.starts_on <= day]
        return (begun or self.versions[:1])[-1]

    def chart_on(self, day: date, method: TrendMethod = TrendMethod.THEIL_SEN) -> GoalChart:
        """The chart of every point read, against the version in force on `day`, with the trend by `method`."""
        version = self.version_on(day)
        facts = facts_of_version(self.goal.label, version, asked_since(self.versions, version))
        facts = replace(facts, earlier=earlier_terms(self.goal.label, self.versions, version))
        return _chart(facts, self.phases, self.points, method, self.events_on(day))

    def events_on(self, day: date) -> tuple[Event, ...]:
        """What is drawn dotted: the versions of the goal, and what had happened by `day`."""
        return *version_events(self.versions), *(one for one in self.events if one.on <= day)


class _Known(NamedTuple):
    """What stands beside the points of a goal; its versions oldest first."""

    versions: list[GoalVersion]
    steps: tuple[Step, ...]
    phases: tuple[Phase, ...]
    events: tuple[Event, ...]


def load_goals(
    db: Session,
    actor: Actor,
    goals: Sequence[Goal],
    until: date | None = None,
    told: Mapping[UUID, Sequence[Told]] | None = None,
) -> list[GoalRecord]:
    """Read what hangs on `goals`, which the gate has just granted to `actor`; points up to `until` only.

    `told`: the narratives by goal where they were read before, which saves their statement.
    Two statements, and one more for narratives. Goals without a version are left out.
    """
    ids = [goal.id for goal in goals]
    if not ids:
        return []
    asked = {"workspace": actor.workspace_id, "goals": ids}
    known = _known(db, asked)
    asks = [step.mastery for one in known.values() for step in one.steps]
    asks += [version.mastery for one in known.values() for version in one.versions]
    limited = any(one.get("max_prompt_level") is not None for one in asks)
    points = _points(
        db, asked, until or date.max, limited=limited, spread=any(one.get("people", 1) > 1 for one in asks)
    )
    in_words = [key for key, own in known.items() if any(one.measure == Measure.NARRATIVE for one in own.versions)]
    if in_words and told is None:
        told = told_of(told_in(db, actor, in_words, until or date.max))
    for goal in in_words:
        points[goal].extend(one.point for one in (told or {}).get(goal, ()) if one.on <= (until or date.max))
    return [
        GoalRecord(
            goal,
            tuple(own.versions),
            own.phases,
            tuple(with_phases(points[goal.id], own.phases)),
            own.steps,
            own.events,
        )
        for goal in goals
        if (own := known.get(goal.id))
    ]


def _known(db: Session, asked: dict[str, Any]) -> dict[UUID, _Known]:
    known: dict[UUID, _Known] = {}
    for version, objectives, entries, happened in db.execute(_version_query(), asked):
        if version.goal_id not in known:
            life = tuple(Phase(name, date.fromisoformat(day), stage) for day, name, stage in sorted(rows_in(entries)))
            known[version.goal_id] = _Known([], _steps(objectives), life, events_in(happened))
        known[version.goal_id].versions.append(version)
    return known


def told_of(rows: Iterable[Any]) -> dict[UUID, list[Told]]:
    """Narratives as `told_in` reads them, by goal."""
    found: defaultdict[UUID, list[Told]] = defaultdict(list)
    for one in rows:
        found[one.goal_id].append(Told(one.held_on, one.text, one.author, one.note_status))
    return found


def _of(table: type[Any]) -> tuple[Any, Any]:
    """Of the workspace and the goals asked for; bound, because building a statement costs more than running it."""
    return (
        col(table.workspace_id) == bindparam("workspace"),
        col(table.goal_id).in_(bindparam("goals", expanding=True)),
    )


@cache
def _version_query() -> Any:
    beside = (_objectives(), _entries(), events_beside())
    return select(GoalVersion, *beside).where(*_of(GoalVersion)).order_by(col(GoalVersion.number))


def _objectives() -> Any:
    """The objectives of a version's goal that count, beside it: no statement of their own."""
    columns = (col(Objective.position), col(Objective.id), col(Objective.text), col(Objective.mastery))
    return (
        select(JsonRows(*columns, col(Objective.target_on)))
        .where(col(Objective.workspace_id) == col(GoalVersion.workspace_id))
        .where(col(Objective.goal_id) == col(GoalVersion.goal_id), col(Objective.withdrawn_at).is_(None))
        .scalar_subquery()
    )


def _steps(objectives: str | None) -> tuple[Step, ...]:
    """A stored criterion within a row comes as text from SQLite."""
    rows = sorted(rows_in(objectives), key=lambda row: (row[0], str(row[1])))
    return tuple(
        Step(
            UUID(str(key)), text, json.loads(mastery) if isinstance(mastery, str) else mastery, date.fromisoformat(day)
        )
        for _, key, text, mastery, day in rows
    )


def _entries() -> Any:
    """The live entries of a goal's life, one a day, beside each of its versions."""
    return (
        select(JsonRows(col(GoalPhase.starts_on), col(GoalPhase.name), col(GoalPhase.stage)))
        .where(col(GoalPhase.workspace_id) == col(GoalVersion.workspace_id))
        .where(col(GoalPhase.goal_id) == col(GoalVersion.goal_id), col(GoalPhase.withdrawn_at).is_(None))
        .scalar_subquery()
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
        .where(*_of(GoalPoint), col(GoalPoint.trials) > 0, col(GoalPoint.held_on) <= bindparam("until"))
        .order_by(col(GoalPoint.held_on), col(TherapySession.planned_start), col(GoalPoint.purpose))
    )


def _points(
    db: Session, asked: dict[str, Any], until: date, *, limited: bool, spread: bool
) -> defaultdict[UUID | None, list[Point]]:
    """The points of each goal; with prompt levels when a criterion of theirs is `limited`, and with who recorded them
    when one asks for several people."""
    goals = asked["goals"]
    only = goals[0] if len(goals) == 1 else None
    found: defaultdict[UUID | None, list[Point]] = defaultdict(list)
    query = _point_query(several=only is None, limited=limited, spread=spread)
    for goal, purpose, held_on, *counts, note, author, place, level, recorders, author_id in plain_rows(
        db, query, {**asked, "until": until}
    ):
        scale, rank = divmod(level, SCALE_STEP) if level else (None, None)
        point = Point(held_on, _score(*counts), PURPOSES[purpose], "", author, NOTE_WORDS[note], "", rank, place, scale)
        if spread:
            point = point._replace(
                recorders=tuple(UUID(str(row[0])).hex for row in rows_in(recorders)) or (author_id.hex,)
            )
        found[only or goal].append(point)
    return found


# Calculation alone is kept, its points are read each time: the same counts and charts of late come again and again.
_score, _chart = lru_cache(maxsize=4096)(Score), lru_cache(maxsize=128)(build_goal_chart)


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
