"""Trials of a running session: taken in batches, each stored once however often it is sent, merged with other people's.

A batch is five statements whatever its size: the gate, the trials, the counts for charts, the log's head, its row.
One with events of other kinds than trials (stopwatches, intervals, ...) reads those events and counts them instead.
PostgreSQL adds row locks, so that two people's recounts of one goal cannot overtake each other.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.entries import access_session
from therapytrack.access.places import SeenPlace, SeenPlaces, access_places
from therapytrack.db import plain_writes
from therapytrack.domain.dates import day_line
from therapytrack.domain.measures import Sign, measures_taking
from therapytrack.domain.taps import Tap, TapBatch, moment
from therapytrack.errors import Invalid, NotPermitted
from therapytrack.models import NoteStatus, SessionEntry, SessionStatus, Trial, new_id
from therapytrack.services.activity import record
from therapytrack.services.dialects import dialect_of
from therapytrack.services.event_points import count_events
from therapytrack.services.therapy_sessions import TO_COME, begin
from therapytrack.services.trial_sql import insert_statement, recount_statement

LONGEST_WAIT = timedelta(hours=12)
FIRST_SCALE = 1
WRITABLE = (NoteStatus.DRAFT, NoteStatus.RETURNED)
SIGNED = "This note is signed or waits for a signature, so its data stay as they are. Add an addendum instead."
NO_OWN_ID = "This mark has no id of its own, so it is not stored. Reload the page and mark it again."
UNKNOWN = "This mark belongs to a student or a goal that is not part of this session for you."
CALLED_OFF = (
    "This session is called off, so it takes no marks. They stay on this device. If it was held after all, plan it "
    "again on the schedule."
)
CHANGED = (
    "This mark does not fit its goal: it is not part of this session for you, or it is measured in another way by now. "
    "Reload the page."
)

Point = tuple[UUID, UUID, str]
Touched = tuple[UUID, UUID, str, bool]  # the last: whether by an event that is no trial
SIGNS = frozenset(Sign)


@dataclass(frozen=True, slots=True)
class Refused:
    """A mark that was not taken, and why."""

    id: UUID
    why: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What happened to a batch: ids that are stored now, and those that never will be."""

    acked: list[UUID]
    refused: list[Refused]


def record_taps(db: Session, actor: Actor, session_id: UUID, batch: TapBatch) -> Receipt:
    """Store a batch's trials and tombstones and recount what they touch; idempotent by trial id.

    The first mark of a planned session starts it, as of the moment when it was made.
    Marks for a student whom the actor may not record, or whose note is signed, come back refused, each with a sentence;
    so do those whose id is another mark's. Those of a student who was marked absent are taken: a page may not know
    of it yet, and loses none; signing asks about them (see `domain.claim_check`).
    Raises NotFound, NotPermitted (also when it is called off or still to come: a device keeps its marks meanwhile);
    Invalid when a goal is not the student's (nothing of the batch is stored then).
    """
    seen = access_places(db, actor, session_id, Action.RECORD_SESSION)
    _require_held(actor, seen)
    places = {one.entry.id: one for one in seen.entries}
    open_places = {key: one for key, one in places.items() if one.entry.note_status in WRITABLE}
    wanted = [tap for tap in batch.taps if tap.entry in open_places]
    _lock(db, sorted({tap.entry for tap in wanted}))
    taken = _insert(db, actor, session_id, wanted, batch, open_places)
    if taken and seen.status == SessionStatus.PLANNED:
        begin(db, actor, access_session(db, actor, session_id, Action.RECORD_SESSION), _started(actor, taken))
    touched = {(tap.entry, tap.goal, str(tap.purpose), isinstance(tap.outcome, Sign)) for tap in taken}
    acked, refused = [tap.id for tap in taken], _refusals(db, actor, batch, places, open_places)
    refused += [Refused(one, NO_OWN_ID) for one in {tap.id for tap in wanted} - set(acked)]
    known = {tap.id for tap in batch.taps}
    if alone := {undo.id: undo.at for undo in batch.undo if undo.id not in known}:
        undone = _undo(db, actor, session_id, alone, open_places)
        touched |= set(undone.values())
        acked += list(undone)
        refused += [Refused(one, UNKNOWN) for one in alone if one not in undone]
    _recount(db, actor, {one[:3] for one in touched if not one[3]}, open_places)
    count_events(db, actor, {one[:3] for one in touched if one[3]}, open_places)
    stored = [one.id for one in refused if one.why == ""]
    refused = [one for one in refused if one.why]
    done: dict[str, Any] = {"taps": len(taken), "undone": len(batch.undo), "refused": len(refused)}
    record(db, actor, "record trials", record_kind="therapy_session", record_id=session_id, **done)
    return Receipt(acked + stored, refused)


def queue_owner(actor: Actor) -> str:
    """An opaque id under which a browser keeps this member's unsent marks: it names nobody and opens nothing."""
    return sha256(f"marks of {actor.membership_id}".encode()).hexdigest()[:24]


def _require_held(actor: Actor, seen: SeenPlaces) -> None:
    if seen.status == SessionStatus.CANCELLED:
        raise NotPermitted(CALLED_OFF)
    if seen.status == SessionStatus.PLANNED and (day := seen.entries[0].entry.held_on) > actor.today:
        raise NotPermitted(TO_COME.format(day=day_line(day)))


def _started(actor: Actor, taken: list[Tap]) -> datetime:
    """When the first mark was made; now, when the device's clock says a moment of another day.

    A clock that is behind by less cannot be told from a mark that waited on a device without network, and is believed:
    its marks keep their order by it. The time that then seems to have passed is asked about at the session's end
    (`finishing.close_session`), never credited by itself.
    """
    first = moment(min(tap.at for tap in taken), actor.at)
    return first if actor.at - first < LONGEST_WAIT else actor.at


def _lock(db: Session, entries: list[UUID]) -> None:
    if entries and db.get_bind().dialect.name == "postgresql":
        wanted = select(col(SessionEntry.id)).where(col(SessionEntry.id).in_(entries))
        db.execute(wanted.order_by(col(SessionEntry.id)).with_for_update())


def _insert(
    db: Session, actor: Actor, session_id: UUID, taps: list[Tap], batch: TapBatch, places: dict[UUID, SeenPlace]
) -> list[Tap]:
    """Store `taps` and answer those that are stored now: not one whose id another part's or goal's mark has."""
    undone = {undo.id: undo.at for undo in batch.undo}
    named = [tap for tap in taps if tap.id.int]
    rows = {tap.id: _row(actor, session_id, tap, places[tap.entry], undone.get(tap.id)) for tap in named}
    if not rows:
        return []
    try:
        changed = plain_writes(db, insert_statement(dialect_of(db)), list(rows.values()))
    except IntegrityError as error:
        raise Invalid({"taps": CHANGED}) from error
    if changed == len(named):
        return named
    stored = _stored(db, actor, col(Trial.session_id) == session_id, rows)
    return [tap for tap in named if stored.get(tap.id) == (tap.entry, tap.goal)]


def _stored(db: Session, actor: Actor, where: Any, ids: Iterable[UUID]) -> dict[UUID, tuple[UUID, UUID]]:
    """The part and the goal of those of `ids` that are stored and fulfil `where`."""
    query = select(col(Trial.id), col(Trial.entry_id), col(Trial.goal_id))
    mine = (col(Trial.workspace_id) == actor.workspace_id, col(Trial.id).in_(list(ids)))
    return {row[0]: (row[1], row[2]) for row in db.execute(query.where(*mine, where))}


def _row(actor: Actor, session_id: UUID, tap: Tap, place: SeenPlace, undone: int | None) -> dict[str, Any]:
    return {
        "id": tap.id,
        "created_at": actor.at,
        "workspace_id": actor.workspace_id,
        "session_id": session_id,
        "entry_id": tap.entry,
        "goal_id": tap.goal,
        "recorded_by_id": actor.membership_id,
        "outcome": str(tap.outcome),
        "prompt_rank": tap.prompt,
        "scale_version": None if tap.prompt is None else tap.scale or FIRST_SCALE,
        "place": tap.place,
        "amount": tap.amount,
        "purpose": str(tap.purpose),
        "tapped_at": moment(tap.at, actor.at),
        "sequence": tap.n,
        "changed_at": actor.at,
        "undone_at": None if undone is None else moment(undone, actor.at),
        "undone_by_id": None if undone is None else actor.membership_id,
        "of_goal": tap.goal,
        "of_student": place.entry.student_id,
        "of_day": place.entry.held_on,
        "of_measures": measures_taking(tap.outcome),
    }


def _undo(
    db: Session, actor: Actor, session_id: UUID, undone: dict[UUID, int], places: dict[UUID, SeenPlace]
) -> dict[UUID, Touched]:
    at = moment(max(undone.values()), actor.at)
    statement = (
        update(Trial)
        .where(
            col(Trial.id).in_(undone),
            col(Trial.workspace_id) == actor.workspace_id,
            col(Trial.session_id) == session_id,
            col(Trial.entry_id).in_(places),
        )
        .values(
            undone_at=func.coalesce(col(Trial.undone_at), at),
            undone_by_id=func.coalesce(col(Trial.undone_by_id), actor.membership_id),
            changed_at=actor.at,
        )
        .returning(col(Trial.id), col(Trial.entry_id), col(Trial.goal_id), col(Trial.purpose), col(Trial.outcome))
        .execution_options(synchronize_session=False)
    )
    return {row[0]: (row[1], row[2], row[3], row[4] in SIGNS) for row in db.execute(statement)}


def _refusals(
    db: Session, actor: Actor, batch: TapBatch, places: dict[UUID, SeenPlace], open_places: dict[UUID, SeenPlace]
) -> list[Refused]:
    """Marks outside the open entries; one that was stored before its note was signed is none: its `why` is empty."""
    outside = [tap for tap in batch.taps if tap.entry not in open_places]
    if not outside:
        return []
    stored = _stored(db, actor, col(Trial.entry_id).in_(places), [tap.id for tap in outside])
    again = {undo.id for undo in batch.undo}
    settled = {tap.id for tap in outside if stored.get(tap.id) == (tap.entry, tap.goal)} - again
    return [_refusal(tap, places, settled=tap.id in settled) for tap in outside]


def _refusal(tap: Tap, places: dict[UUID, SeenPlace], *, settled: bool) -> Refused:
    if settled:
        return Refused(tap.id, "")
    return Refused(tap.id, SIGNED if tap.entry in places else UNKNOWN)


def _recount(db: Session, actor: Actor, touched: Iterable[Point], places: dict[UUID, SeenPlace]) -> None:
    rows = [
        {
            "id": new_id(),
            "created_at": actor.at,
            "workspace_id": actor.workspace_id,
            "goal_id": goal,
            "entry_id": entry,
            "held_on": places[entry].entry.held_on,
            "purpose": purpose,
            "of_entry": entry,
            "of_goal": goal,
            "of_purpose": purpose,
            "of_student": places[entry].entry.student_id,
            "of_day": places[entry].entry.held_on,
        }
        for entry, goal, purpose in sorted(touched)
    ]
    if rows:
        plain_writes(db, recount_statement(dialect_of(db)), rows)
