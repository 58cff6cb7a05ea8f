"""Make-ups: whether a missed session is owed, which session makes it up, and starting one for it."""

from uuid import UUID

from sqlmodel import Session

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.entries import access_entry, access_session
from therapytrack.access.seen import SeenEntry
from therapytrack.domain.attendance import Attendance
from therapytrack.domain.ids import parse_id
from therapytrack.domain.make_ups import MakeUp, Missed, require_repair
from therapytrack.errors import Conflict, NotFound, NotPermitted
from therapytrack.models import SessionEntry, TherapySession
from therapytrack.services.activity import record
from therapytrack.services.make_ups import missed_of
from therapytrack.services.therapy_sessions import WRITABLE, start_unplanned

NOT_MISSED = "This session is no missed one any more: somebody changed its attendance. Reload to see what is owed."
SIGNED = (
    "The note of this session is signed or waits for a signature, so what it makes up stays as it is. Say in an "
    "addendum what changed."
)


def link_make_up(db: Session, actor: Actor, entry_id: UUID, missed_id: UUID) -> SessionEntry:
    """Let a student's part of a session make up a missed one of the same student, instead of any other.

    Raises Invalid when it cannot (see `make_ups.require_repair`), Conflict when it is not missed any more; NotFound for
    another student's, NotPermitted (also when its note is signed: what it counted for is what was signed).
    """
    entry = access_entry(db, actor, entry_id, Action.RECORD_SESSION).entry
    missed = _missed(db, actor, access_entry(db, actor, missed_id, Action.VIEW), entry.student_id)
    require_repair(missed, entry.id, Attendance(entry.attendance), entry.held_on)
    if entry.makes_up_id != missed_id:
        _require_unsigned(entry)
        entry.makes_up_id = missed_id
        _record(db, actor, "link make-up", entry)
    return entry


def unlink_make_up(db: Session, actor: Actor, entry_id: UUID) -> SessionEntry:
    """Let a student's part of a session count for itself again. Raises as `link_make_up`."""
    entry = access_entry(db, actor, entry_id, Action.RECORD_SESSION).entry
    if entry.makes_up_id is not None:
        _require_unsigned(entry)
        entry.makes_up_id = None
        _record(db, actor, "unlink make-up", entry)
    return entry


def choose_make_up(db: Session, actor: Actor, entry_id: UUID, choice: str) -> SessionEntry:
    """As `link_make_up` for the missed part whose id is `choice`, or as `unlink_make_up` for ""."""
    return link_make_up(db, actor, entry_id, parse_id(choice)) if choice else unlink_make_up(db, actor, entry_id)


def start_make_up(db: Session, actor: Actor, session_id: UUID, missed_id: UUID) -> TherapySession:
    """Start a session now with the student of a missed one, and let it make that up; idempotent by `session_id`.

    Raises as `link_make_up`; then no session is made.
    """
    student_id = access_entry(db, actor, missed_id, Action.RECORD_SESSION).entry.student_id
    session = start_unplanned(db, actor, session_id, [student_id])
    db.flush()
    seen = access_session(db, actor, session_id, Action.RECORD_SESSION)
    link_make_up(db, actor, _part_of(seen.entries, student_id), missed_id)
    return session


def decide_make_up(db: Session, actor: Actor, missed_id: UUID, decided: MakeUp, why: str) -> SessionEntry:
    """Say whether one missed session is to be made up, against its code's policy or (POLICY) by it; `why`: the reason.

    Raises Conflict when it is not missed any more, NotFound, NotPermitted.
    """
    seen = access_entry(db, actor, missed_id, Action.MANAGE_PLAN)
    entry = seen.entry
    _missed(db, actor, seen, entry.student_id)
    if (entry.make_up, entry.make_up_why) != (decided, why):
        entry.make_up, entry.make_up_why = str(decided), why
        _record(db, actor, "decide make-up", entry)
    return entry


def _require_unsigned(entry: SessionEntry) -> None:
    if entry.note_status not in WRITABLE:
        raise NotPermitted(SIGNED)


def _missed(db: Session, actor: Actor, seen: SeenEntry, student_id: UUID) -> Missed:
    if seen.entry.student_id != student_id:
        raise NotFound
    found = (one for one in missed_of(db, actor, [student_id]).get(student_id, ()) if one.entry_id == seen.entry.id)
    missed = next(found, None)
    if missed is None:
        raise Conflict(NOT_MISSED)
    return missed


def _part_of(entries: list[SeenEntry], student_id: UUID) -> UUID:
    part = next((one.entry.id for one in entries if one.entry.student_id == student_id), None)
    if part is None:
        raise NotFound
    return part


def _record(db: Session, actor: Actor, action: str, entry: SessionEntry) -> None:
    record(db, actor, action, student_id=entry.student_id, record_kind="session_entry", record_id=entry.id)
