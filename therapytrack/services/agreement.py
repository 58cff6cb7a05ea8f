"""How far two scorers of the same trials agree, for one session and over a goal's sessions."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import case, select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.entries import access_session
from therapytrack.access.gate import access_goal
from therapytrack.domain.accuracy import Outcome
from therapytrack.domain.agreement import Agreement, Pair, Scored, on_cue, on_outcome, pairs
from therapytrack.domain.measures import Measure
from therapytrack.models import Goal, GoalVersion, SecondTrial, SessionEntry, SessionStatus, TherapySession, Trial
from therapytrack.services.activity import only_reads, own_part, record, record_each
from therapytrack.services.caseload_rows import display_name
from therapytrack.services.live import FIRST_SCALE
from therapytrack.services.note_sheet import people

MOST_ROWS = 5000
Place = tuple[UUID, UUID, str]


@dataclass(frozen=True, slots=True)
class AgreementLine:
    """One goal's agreement in one session, of one purpose, with one second scorer: on the outcome, and on the outcome
    and the cue level (None where no two levels were recorded for one trial)."""

    student: str
    goal: str
    purpose: str
    scorer: str
    held_on: date
    agreement: Agreement
    with_cue: Agreement | None = None


@dataclass(frozen=True, slots=True)
class SessionAgreement:
    """The session's title, whether it is finished (before that nothing is compared), whether the actor may score along
    (once it is over nobody may), and a line for each goal."""

    title: str
    finished: bool
    can_score: bool
    lines: list[AgreementLine]


@only_reads
def get_session_agreement(db: Session, actor: Actor, session_id: UUID) -> SessionAgreement:
    """The agreement on those students whom the actor may view, once the session is finished: the second scorer is not
    to see what the first one scored. Raises NotFound."""
    seen = access_session(db, actor, session_id, Action.VIEW)
    finished = seen.session.status == SessionStatus.FINISHED
    over = seen.session.status in (SessionStatus.FINISHED, SessionStatus.CANCELLED)
    can_score = not over and any(one.allows(Action.RECORD_SESSION) for one in seen.entries)
    own = {one.entry.student_id: own_part(actor, seen.session.provider_id, one.entry.author_id) for one in seen.entries}
    whose = own if finished else {}
    record_each(db, actor, Action.VIEW, whose, record_kind="therapy_session", record_id=session_id)
    if not finished:
        return SessionAgreement(seen.session.title, finished, can_score, [])
    names = {one.entry.id: display_name(one.seen.student) for one in seen.entries}
    lines = _lines(db, actor, names, col(SecondTrial.session_id) == session_id)
    return SessionAgreement(seen.session.title, finished, can_score, lines)


@only_reads
def get_goal_agreement(db: Session, actor: Actor, student_id: UUID, goal_id: UUID) -> list[AgreementLine]:
    """The agreement on a goal in its finished sessions, newest first. The view is logged. Raises NotFound,
    NotPermitted."""
    _, seen = access_goal(db, actor, student_id, goal_id, Action.VIEW_PROGRESS)
    record(db, actor, Action.VIEW, student_id=student_id, record_kind="goal_agreement", record_id=goal_id)
    part = (
        select(col(SessionEntry.id))
        .join(TherapySession, col(TherapySession.id) == col(SessionEntry.session_id))
        .where(
            col(SessionEntry.workspace_id) == actor.workspace_id,
            col(SessionEntry.student_id) == student_id,
            col(TherapySession.status) == SessionStatus.FINISHED,
        )
    )
    names = dict.fromkeys(db.execute(part).scalars(), display_name(seen.student))
    lines = _lines(db, actor, names, col(SecondTrial.goal_id) == goal_id)
    return sorted(lines, key=lambda one: one.held_on, reverse=True)


def _lines(db: Session, actor: Actor, students: dict[UUID, str], which: Any) -> list[AgreementLine]:
    """The lines of those second scores that `which` names, of the entries in `students`.

    Nobody is held against herself, nor where nobody else scored.
    """
    second = _second(db, actor, which)
    places = [(scorer, place) for scorer, place in second if place[0] in students]
    if not places:
        return []
    first = _first(db, actor, {place[0] for _, place in places})
    who = people(db, actor, {scorer for scorer, _ in places})
    goals = _goals(db, actor, {place[1] for _, place in places})
    days = _days(db, actor, {place[0] for _, place in places})
    return [
        AgreementLine(
            student=students[place[0]],
            goal=goals[place[1]],
            purpose=place[2],
            scorer=who[scorer],
            held_on=days[place[0]],
            agreement=on_outcome(both),
            with_cue=on_cue(both),
        )
        for scorer, place in places
        if (both := _pairs([one for by, one in first[place] if by != scorer], second[scorer, place]))
    ]


def _pairs(first: list[Scored], second: list[Scored]) -> list[Pair]:
    """The trials side by side, by step where the first scorer's are steps of a task; none where she has none."""
    if not first:
        return []
    return pairs(first, second if any(one.step for one in first) else [one._replace(step=0) for one in second])


def _second(db: Session, actor: Actor, which: Any) -> dict[tuple[UUID, Place], list[Scored]]:
    """Second scores that count, in the order in which they were made, by scorer and cell."""
    one = SecondTrial
    query = select(col(one.scorer_id), *_said(one), col(one.place)).where(
        col(one.workspace_id) == actor.workspace_id, col(one.undone_at).is_(None), which
    )
    found: defaultdict[tuple[UUID, Place], list[Scored]] = defaultdict(list)
    for scorer, *cell, outcome, scale, rank, place in db.execute(_in_order(query, one).limit(MOST_ROWS)):
        found[scorer, (cell[0], cell[1], cell[2])].append(Scored(outcome, _level(scale, rank), place or 0))
    return found


def _first(db: Session, actor: Actor, entries: set[UUID]) -> defaultdict[Place, list[tuple[UUID, Scored]]]:
    """The trials that count everywhere, with who recorded each; of a task's with their steps."""
    one = Trial
    step = case((col(GoalVersion.measure) == Measure.TASK, col(one.place)), else_=None)
    query = (
        select(col(one.recorded_by_id), *_said(one), step)
        .join(GoalVersion, col(GoalVersion.id) == col(one.goal_version_id))
        .where(
            col(one.workspace_id) == actor.workspace_id,
            col(one.entry_id).in_(entries),
            col(one.undone_at).is_(None),
            col(one.outcome).in_([str(each) for each in Outcome]),
        )
    )
    found: defaultdict[Place, list[tuple[UUID, Scored]]] = defaultdict(list)
    for by, *cell, outcome, scale, rank, place in db.execute(_in_order(query, one)):
        found[cell[0], cell[1], cell[2]].append((by, Scored(outcome, _level(scale, rank), place or 0)))
    return found


def _said(table: Any) -> tuple[Any, ...]:
    """The cell that a mark is in, and what it says."""
    names = ("entry_id", "goal_id", "purpose", "outcome", "scale_version", "prompt_rank")
    return tuple(col(getattr(table, name)) for name in names)


def _level(scale: int | None, rank: int | None) -> tuple[int, int] | None:
    return None if rank is None else (scale or FIRST_SCALE, rank)


def _in_order(query: Any, table: Any) -> Any:
    return query.order_by(col(table.tapped_at), col(table.sequence), col(table.id))


def _goals(db: Session, actor: Actor, ids: set[UUID]) -> dict[UUID, str]:
    here = (col(Goal.workspace_id) == actor.workspace_id, col(Goal.id).in_(ids))
    return {row[0]: row[1] for row in db.execute(select(col(Goal.id), col(Goal.label)).where(*here))}


def _days(db: Session, actor: Actor, ids: Sequence[UUID] | set[UUID]) -> dict[UUID, date]:
    here = (col(SessionEntry.workspace_id) == actor.workspace_id, col(SessionEntry.id).in_(ids))
    return {row[0]: row[1] for row in db.execute(select(col(SessionEntry.id), col(SessionEntry.held_on)).where(*here))}
