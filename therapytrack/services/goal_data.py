"""Goals with their versions, phases and points, read in one statement a table whatever the number of goals."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from therapytrack.access.actor import Actor
from therapytrack.domain.accuracy import Purpose, Score
from therapytrack.domain.goal_chart import GoalChart, Phase, Point, build_goal_chart
from therapytrack.domain.goal_findings import with_phases
from therapytrack.domain.measures import Measure
from therapytrack.domain.outside_events import Event
from therapytrack.domain.trend_methods import TrendMethod
from therapytrack.models import (
    Goal,
    GoalPhase,
    GoalVersion,
    NoteStatus,
    Objective,
)
from therapytrack.services.goal_points import NOTE_WORDS, of_goals, read_points
from therapytrack.services.goal_terms import asked_since, earlier_terms, facts_of_version, version_events
from therapytrack.services.json_rows import JsonRows, rows_in
from therapytrack.services.narratives import told_in
from therapytrack.services.student_events import events_beside, events_in

NO_SCORE = Score(0, 0)


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
    spread = any(one.get("people", 1) > 1 for one in asks)
    points = read_points(db, actor, ids, until or date.max, limited=limited, spread=spread)
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


@cache
def _version_query() -> Any:
    beside = (_objectives(), _entries(), events_beside())
    return select(GoalVersion, *beside).where(*of_goals(GoalVersion)).order_by(col(GoalVersion.number))


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


# Calculation alone is kept: the same charts of late come again and again.
_chart = lru_cache(maxsize=128)(build_goal_chart)
