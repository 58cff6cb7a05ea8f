"""A second, independent scorer of the same trials: her marks are kept apart and count nowhere but in the agreement."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.places import SeenPlace, access_places
from therapytrack.domain.accuracy import Outcome
from therapytrack.domain.measures import TAKES, Measure
from therapytrack.domain.taps import Tap, TapBatch, milliseconds, moment
from therapytrack.errors import Conflict
from therapytrack.models import Goal, GoalVersion, SecondTrial, SessionStatus
from therapytrack.services.activity import record
from therapytrack.services.live import FIRST_SCALE, SIGNED, UNKNOWN, WRITABLE, Receipt, Refused
from therapytrack.services.live_marks import Cell, TrialPage, facts_of

NOT_BEGUN = "This session has not begun. Score along once it runs."
ONLY_TRIALS = "Only trials can be scored by two people, and this goal is measured in another way."
RUN = (SessionStatus.RUNNING, SessionStatus.FINISHED)


class Version(NamedTuple):
    """A version of a goal, as far as it says what can be scored; `places` are the steps of a task."""

    student_id: UUID
    starts_on: date
    measure: str
    places: int


def record_second_taps(db: Session, actor: Actor, session_id: UUID, batch: TapBatch) -> Receipt:
    """Store a second scorer's marks and tombstones; idempotent by id. They start no session and change no count.

    Marks for a student whom she may not record, or whose note is signed, come back refused, tombstones too.
    Raises NotFound, NotPermitted, Conflict for a session that does not run and has not run.
    """
    seen = access_places(db, actor, session_id, Action.RECORD_SESSION)
    if seen.status not in RUN:
        raise Conflict(NOT_BEGUN)
    places = {one.entry.id: one for one in seen.entries}
    goals = _goals(db, actor, {tap.goal for tap in batch.taps})
    undone = {one.id: one.at for one in batch.undo}
    kept = _kept(db, actor, session_id, {*undone, *(tap.id for tap in batch.taps)})
    refused: list[Refused] = []
    for tap in batch.taps:
        if tap.id in kept:
            continue
        if why := _why_not(tap, places, goals):
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
        more = (one.place, None, one.scale_version) if one.place or one.scale_version else ()
        cell.marks.append((str(one.id), one.outcome, one.prompt_rank, at, one.sequence, True, undone, *more))
    facts = {str(one.entry.id): facts_of(one) for one in seen.entries}
    return TrialPage(list(cells.values()), "", list(facts), seen.status, facts)


def _why_not(tap: Tap, places: dict[UUID, SeenPlace], goals: dict[UUID, list[Version]]) -> str:
    place, versions = places.get(tap.entry), goals.get(tap.goal, [])
    if place is None or not versions or versions[0].student_id != place.entry.student_id:
        return UNKNOWN
    held = next((one for one in reversed(versions) if one.starts_on <= place.entry.held_on), versions[0])
    if not isinstance(tap.outcome, Outcome) or tap.outcome not in TAKES[Measure(held.measure)]:
        return ONLY_TRIALS
    if held.measure == Measure.TASK and not 1 <= (tap.place or 0) <= held.places:
        return UNKNOWN
    return _closed(tap.entry, places)


def _closed(entry_id: UUID, places: dict[UUID, SeenPlace]) -> str:
    """Why nothing can be scored in this part any more, "" when it can."""
    place = places.get(entry_id)
    if place is None:
        return UNKNOWN
    return "" if place.entry.note_status in WRITABLE else SIGNED


def _goals(db: Session, actor: Actor, goal_ids: Iterable[UUID]) -> dict[UUID, list[Version]]:
    """The versions of each of these goals, in their order."""
    query = (
        select(
            col(GoalVersion.goal_id),
            col(Goal.student_id),
            col(GoalVersion.starts_on),
            col(GoalVersion.measure),
            col(GoalVersion.places),
        )
        .join(Goal, col(Goal.id) == col(GoalVersion.goal_id))
        .where(col(Goal.workspace_id) == actor.workspace_id, col(Goal.id).in_(list(goal_ids)))
        .order_by(col(GoalVersion.number))
    )
    found: defaultdict[UUID, list[Version]] = defaultdict(list)
    for goal_id, *version in db.execute(query):
        found[goal_id].append(Version(*version))
    return found


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
        scale_version=None if tap.prompt is None else tap.scale or FIRST_SCALE,
        place=tap.place,
        purpose=str(tap.purpose),
        tapped_at=moment(tap.at, actor.at),
        sequence=tap.n,
        changed_at=actor.at,
    )
