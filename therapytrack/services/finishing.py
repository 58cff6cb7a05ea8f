"""Finishing a session, and when each student came and left: the minutes credited follow from both.

Minutes that somebody corrected by hand are hers: neither the clock nor a choice at the end changes them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.entries import access_session
from therapytrack.access.seen import Judged, SeenSession
from therapytrack.domain.actual_times import (
    Part,
    clock_part,
    credited_minutes,
    differs,
    hours_of,
    minutes_between,
    require_credit,
    require_order,
)
from therapytrack.domain.attendance import LONGEST_MINUTES, Attendance
from therapytrack.domain.entry_facts import times_line
from therapytrack.errors import Conflict, Invalid
from therapytrack.models import SessionEntry, SessionStatus, TherapySession
from therapytrack.services.activity import record
from therapytrack.services.therapy_sessions import (
    WRITABLE,
    access_open_entry,
    hours_of_session,
    part_of,
    planned_minutes,
)

TIMES_CHANGED = "Other times were set elsewhere in the meantime, and so they stay. Correct them if need be."
ONLY_PRESENT = "Only a student who was present came and left. Set the attendance first."


@dataclass(frozen=True, slots=True)
class Closing:
    """A session at its end: minutes planned and passed, and how many students `follow` it with theirs.

    `ask`: it goes on, because the two differ and somebody has to say which are credited. `left`: it goes on without
    the students of the actor's, whose part has ended.
    """

    session: TherapySession
    planned: int
    passed: int
    follow: int
    ask: bool
    left: bool = False


def close_session(db: Session, actor: Actor, session_id: UUID) -> Closing:
    """Finish the session, unless its clock is unlike its plan for somebody: then nothing changes, and it is asked.

    Whoever neither gives it nor records all of its students ends their part alone (`_leave`), and nothing is asked.
    Raises NotFound, NotPermitted.
    """
    seen = access_session(db, actor, session_id, Action.RECORD_SESSION)
    session, planned = seen.session, planned_minutes(seen.session)
    passed = _passed(actor, session)
    follow = len(_followers(seen))
    if not ends_all(actor, seen.session.provider_id, seen.entries, _students(db, actor, seen)):
        _leave(db, actor, seen)
        return Closing(session, planned, passed, follow, ask=False, left=session.status == SessionStatus.RUNNING)
    ask = session.status == SessionStatus.RUNNING and bool(follow) and differs(planned, passed)
    if not ask:
        _finish(db, actor, seen)
    return Closing(session, planned, passed, follow, ask)


def finish_session(db: Session, actor: Actor, session_id: UUID, credit: int | None = None) -> TherapySession:
    """End the session; data and notes stay open until each note is signed. Finishing twice changes nothing.

    `credit`: the minutes of whoever was there throughout: the planned ones (None), or at most those that have passed.
    Of a student whom she may not record, the minutes stay as they are. Whoever neither gives the session nor records
    all of its students leaves, as in `close_session`. Raises Invalid for other minutes, NotFound, NotPermitted.
    """
    seen = access_session(db, actor, session_id, Action.RECORD_SESSION)
    session, students = seen.session, _students(db, actor, seen)
    if not ends_all(actor, seen.session.provider_id, seen.entries, students):
        _leave(db, actor, seen)
        return session
    if session.status == SessionStatus.RUNNING:
        planned = planned_minutes(session)
        followers = _followers(seen)
        credited = require_credit(planned if credit is None else credit, planned, _passed(actor, session))
        if _records_all(seen.entries, students):
            session.credited_minutes = credited
        hours = hours_of(session.planned_start, session.planned_end, session.started_at, credited)
        for entry in followers:
            minutes = credited_minutes(hours, part_of(entry))
            entry.minutes = min(minutes, LONGEST_MINUTES)
    _finish(db, actor, seen)
    return session


def set_times(db: Session, actor: Actor, entry_id: UUID, clocks: Mapping[str, str], was: str) -> SessionEntry:
    """Say when a student came and left (`clocks`: came and left as HH:MM, "" with the session); the minutes follow.

    `was`: the times that were shown, as `times_line`. Raises Conflict when somebody set others in between; Invalid,
    NotFound, NotPermitted (also when the note is signed).
    """
    entry = access_open_entry(db, actor, entry_id).entry
    part = clock_part(clocks, hours_of_session(db.get_one(TherapySession, entry.session_id)), actor.zone)
    if times_line(entry.arrived_at, entry.left_at) not in (was, times_line(part.arrived, part.left)):
        raise Conflict(TIMES_CHANGED)
    return _set_part(db, actor, entry, part)


def leave_now(db: Session, actor: Actor, entry_id: UUID) -> SessionEntry:
    """Say that a student leaves at this moment, by the server's clock. Raises as `set_times`."""
    entry = access_open_entry(db, actor, entry_id).entry
    return _set_part(db, actor, entry, Part(entry.arrived_at, actor.at))


def _set_part(db: Session, actor: Actor, entry: SessionEntry, part: Part) -> SessionEntry:
    if entry.attendance != Attendance.PRESENT:
        raise Invalid({"came": ONLY_PRESENT})
    hours = hours_of_session(db.get_one(TherapySession, entry.session_id))
    require_order(part, hours)
    entry.arrived_at, entry.left_at = part.arrived, part.left
    entry.minutes = credited_minutes(hours, part)
    record(db, actor, "set times", student_id=entry.student_id, record_kind="session_entry", record_id=entry.id)
    return entry


def _passed(actor: Actor, session: TherapySession) -> int:
    """Minutes since it began, by the server's clock; once it is finished, those until then."""
    return minutes_between(session.started_at or actor.at, session.finished_at or actor.at)


def _followers(seen: SeenSession) -> list[SessionEntry]:
    """The present students whose minutes are what the session's hours make of them, and can change."""
    hours = hours_of_session(seen.session)
    open_entries = (one.entry for one in seen.entries if one.entry.note_status in WRITABLE)
    present = (one for one in open_entries if one.attendance == Attendance.PRESENT)
    return [one for one in present if one.minutes == credited_minutes(hours, part_of(one))]


def _students(db: Session, actor: Actor, seen: SeenSession) -> int:
    """How many students the session has, those left out by the gate included."""
    here = (col(SessionEntry.workspace_id) == actor.workspace_id, col(SessionEntry.session_id) == seen.session.id)
    total: int = db.execute(select(func.count()).select_from(SessionEntry).where(*here)).scalar_one()
    return total


def ends_all(actor: Actor, provider_id: UUID, entries: Iterable[Judged], students: int) -> bool:
    """Whether a session of so many students is the actor's to end: she gives it, or records all of them."""
    return provider_id == actor.membership_id or _records_all(entries, students)


def _records_all(entries: Iterable[Judged], students: int) -> bool:
    return sum(one.allows(Action.RECORD_SESSION) for one in entries) == students


def _leave(db: Session, actor: Actor, seen: SeenSession) -> None:
    """End the part of the actor's students, about as planned or else at this moment; the session goes on for others.

    It is finished when nobody's part goes on. A time that somebody entered stays, and so do corrected minutes.
    """
    session = seen.session
    if session.status != SessionStatus.RUNNING:
        return
    hours, followers = hours_of_session(session), _followers(seen)
    late = differs(planned_minutes(session), _passed(actor, session))
    there = [one.entry for one in seen.entries if one.entry.note_status in WRITABLE and _goes_on(one.entry)]
    for entry in there:
        entry.left_at = max(actor.at if late else hours.end, entry.arrived_at or hours.start)
    for entry in followers:
        entry.minutes = min(credited_minutes(hours, part_of(entry)), LONGEST_MINUTES)
    if there:
        students = len(there)
        record(db, actor, "leave session", record_kind="therapy_session", record_id=session.id, students=students)
    db.flush()
    if not _anybody(db, actor, session):
        _finish(db, actor, seen)


def _goes_on(entry: SessionEntry) -> bool:
    return entry.attendance == Attendance.PRESENT and entry.left_at is None


def _anybody(db: Session, actor: Actor, session: TherapySession) -> bool:
    """Whether the part of a student goes on or has not begun."""
    here = (col(SessionEntry.workspace_id) == actor.workspace_id, col(SessionEntry.session_id) == session.id)
    present = (col(SessionEntry.attendance) == Attendance.PRESENT, col(SessionEntry.left_at).is_(None))
    open_part = or_(col(SessionEntry.attendance) == Attendance.PLANNED, and_(*present))
    return db.execute(select(1).where(*here, open_part).limit(1)).first() is not None


def _finish(db: Session, actor: Actor, seen: SeenSession) -> None:
    session = seen.session
    if session.status == SessionStatus.RUNNING:
        session.status = SessionStatus.FINISHED
        session.finished_at = actor.at
        students = len(seen.entries)
        record(db, actor, "finish session", record_kind="therapy_session", record_id=session.id, students=students)
