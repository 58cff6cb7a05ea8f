"""A second, independent scorer of the same trials: her marks are kept apart and count nowhere but in the agreement."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.places import SeenPlace, access_places
from therapytrack.domain.accuracy import Outcome
from therapytrack.domain.taps import Tap, TapBatch, milliseconds, moment
from therapytrack.errors import Conflict
from therapytrack.models import Goal, SecondTrial, SessionStatus
from therapytrack.services.activity import record
from therapytrack.services.live import SIGNED, UNKNOWN, WRITABLE, Receipt, Refused
from therapytrack.services.live_marks import Cell, TrialPage, facts_of

NOT_BEGUN = "This session has not begun. Score along once it runs."
ONLY_TRIALS = "Only trials can be scored by two people, and this goal is measured in another way."
RUN = (SessionStatus.RUNNING, SessionStatus.FINISHED)


def record_second_taps(db: Session, actor: Actor, session_id: UUID, batch: TapBatch) -> Receipt:
    """Store a second scorer's marks and tombstones; idempotent by id. They start no session and change no count.

    Marks for a student whom she may not record, or whose note is signed, come back refused, tombstones too.
    Raises NotFound, NotPermitted, Conflict for a session that does not run and has not run.
    """
    seen = access_places(db, actor, session_id, Action.RECORD_SESSION)
    if seen.status not in RUN:
        raise Conflict(NOT_BEGUN)
    places = {one.entry.id: one for one in seen.entries}
    pairs = _goals(db, actor, {tap.goal for tap in batch.taps})
    undone = {one.id: one.at for one in batch.undo}
    kept = _kept(db, actor, session_id, {*undone, *(tap.id for tap in batch.taps)})
    refused: list[Refused] = []
    for tap in batch.taps:
        if tap.id in kept:
            continue
        if why := _why_not(tap, places, pairs):
            refused.append(Refused(tap.id, why))
        else:
            kept[tap.id] = _row(actor, session_id, tap)
            db.add(kept[tap.id])
    for key in undone.keys() & kept.keys():
        if kept[key].undone_at is None and not (why := _closed(kept[key].entry_id, places)):
            kept[key].undone_at, kept[key].changed_at = moment(undone[key], actor.at), actor.at
        elif kept[key].undone_at is None:
            refused.append(Refused(key, why))
    known = {one.id for one in refused}
    refused += [Refused(key, UNKNOWN) for key in undone if key not in kept and key not in known]
    record(db, actor, "score along", record_kind="therapy_session", record_id=session_id, taps=len(batch.taps))
    return Receipt([key for key in kept if key not in known], refused)


def list_second_trials(db: Session, actor: Actor, session_id: UUID) -> TrialPage:
    """The actor's own second scores of a session, and nobody else's marks: she scores without seeing them.

    Raises NotFound.
    """
    seen = access_places(db, actor, session_id, Action.VIEW)
    entries = [one.entry.id for one in seen.entries]
    cells: dict[tuple[UUID, UUID, str], Cell] = {}
    for one in db.execute(_mine(actor, session_id).order_by(col(SecondTrial.changed_at))).scalars():
        if one.entry_id not in entries:
            continue
        place = (one.entry_id, one.goal_id, one.purpose)
        cell = cells.setdefault(place, Cell(str(one.entry_id), str(one.goal_id), one.purpose, []))
        undone = milliseconds(one.undone_at) if one.undone_at else None
        at = milliseconds(one.tapped_at)
        cell.marks.append((str(one.id), one.outcome, one.prompt_rank, at, one.sequence, True, undone))
    facts = {str(one.entry.id): facts_of(one) for one in seen.entries}
    return TrialPage(list(cells.values()), "", list(facts), seen.status, facts)


def _why_not(tap: Tap, places: dict[UUID, SeenPlace], students: dict[UUID, UUID]) -> str:
    place = places.get(tap.entry)
    if place is None or students.get(tap.goal) != place.entry.student_id:
        return UNKNOWN
    return _closed(tap.entry, places) if isinstance(tap.outcome, Outcome) else ONLY_TRIALS


def _closed(entry_id: UUID, places: dict[UUID, SeenPlace]) -> str:
    """Why nothing can be scored in this part any more, "" when it can."""
    place = places.get(entry_id)
    if place is None:
        return UNKNOWN
    return "" if place.entry.note_status in WRITABLE else SIGNED


def _goals(db: Session, actor: Actor, goal_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Whose goal each of these is."""
    here = (col(Goal.workspace_id) == actor.workspace_id, col(Goal.id).in_(list(goal_ids)))
    return {row[0]: row[1] for row in db.execute(select(col(Goal.id), col(Goal.student_id)).where(*here))}


def _mine(actor: Actor, session_id: UUID) -> Any:
    return select(SecondTrial).where(
        col(SecondTrial.workspace_id) == actor.workspace_id,
        col(SecondTrial.session_id) == session_id,
        col(SecondTrial.scorer_id) == actor.membership_id,
    )


def _kept(db: Session, actor: Actor, session_id: UUID, ids: set[UUID]) -> dict[UUID, SecondTrial]:
    """Those of `ids` that the actor has stored in this session already."""
    rows = db.execute(_mine(actor, session_id).where(col(SecondTrial.id).in_(ids))).scalars()
    return {one.id: one for one in rows}


def _row(actor: Actor, session_id: UUID, tap: Tap) -> SecondTrial:
    return SecondTrial(
        id=tap.id,
        workspace_id=actor.workspace_id,
        session_id=session_id,
        entry_id=tap.entry,
        goal_id=tap.goal,
        scorer_id=actor.membership_id,
        outcome=str(tap.outcome),
        prompt_rank=tap.prompt,
        purpose=str(tap.purpose),
        tapped_at=moment(tap.at, actor.at),
        sequence=tap.n,
        changed_at=actor.at,
    )
