"""One day of a slot: moved, called off, or held as a session: at most once, whoever starts it and however often."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.refusals import refused
from therapytrack.access.seen import Seen
from therapytrack.access.slots import access_slot, moved_days
from therapytrack.domain.attendance import Attendance
from therapytrack.domain.dates import day_line
from therapytrack.domain.ids import parse_id
from therapytrack.domain.slot_form import PAST_MIDNIGHT, DayMove
from therapytrack.domain.slots import Occurrence, SlotChange, occurrences, parse_key, span, within_reach
from therapytrack.errors import Conflict, Invalid, NotPermitted
from therapytrack.models import ScheduleSlot, SessionEntry, SessionStatus, SlotDay, TherapySession
from therapytrack.services.activity import record
from therapytrack.services.attendance_codes import parse_choice
from therapytrack.services.make_ups import release_make_ups
from therapytrack.services.slots import TOO_FAR, as_slot, require_day
from therapytrack.services.therapy_sessions import TO_COME, WRITABLE, start_session

NOT_ALL_YOURS = "You may no longer record sessions of all students of this day. Ask their case manager."
SIGNED = "A note about this day is signed or waits for a signature, so the day stays as it is. Plan another session."
HELD_ALREADY = "This day has a session already, so it stays where it is."
REASONS = {one for one in Attendance if one not in (Attendance.PLANNED, Attendance.PRESENT)}


def move_day(db: Session, actor: Actor, slot_id: UUID, on: date, move: DayMove) -> Occurrence:
    """Move the day `on` of a slot to another day or time; back to its own place takes the move back.

    Raises Conflict when the day was held or called off, Invalid when it is no day of the slot, NotFound, NotPermitted.
    """
    slot, students = access_slot(db, actor, slot_id, Action.RECORD_SESSION)
    require_day(slot, on, actor)
    if not within_reach(move.to, actor.today):
        raise Invalid({"to": TOO_FAR})
    if not move.ends_that_day:
        raise Invalid({"on": PAST_MIDNIGHT})
    session = _session_of(db, slot, on)
    if session is not None and session.status != SessionStatus.PLANNED:
        raise Conflict(HELD_ALREADY)
    moved = _moved(db, actor, slot, on)
    if (move.to, move.starts, move.minutes) == (on, slot.starts, slot.minutes):
        if moved is not None:
            db.delete(moved)
    elif moved is None:
        moved = SlotDay(
            workspace_id=slot.workspace_id,
            slot_id=slot.id,
            on_date=on,
            to_date=move.to,
            starts=move.starts,
            minutes=move.minutes,
            changed_by_id=actor.membership_id,
        )
        db.add(moved)
    else:
        moved.to_date, moved.starts, moved.minutes = move.to, move.starts, move.minutes
        moved.changed_by_id = actor.membership_id
    if session is not None:
        _take_along(db, actor, session, students, move)
    db.flush()
    record(db, actor, "move session", record_kind="schedule_slot", record_id=slot.id)
    return _day(db, actor, slot, on)


def _take_along(db: Session, actor: Actor, session: TherapySession, students: Sequence[Seen], move: DayMove) -> None:
    """Move what was made for the day already, and is not held yet, with it."""
    entries = _all_of(db, session, students)
    session.planned_start, session.planned_end = span(move.to, move.starts, move.minutes, actor.zone)
    session.held_on = move.to
    for entry in entries:
        entry.held_on = move.to


def start_day(db: Session, actor: Actor, slot_id: UUID, on: date) -> TherapySession:
    """Hold the day `on` of a slot now: its session, made when it is not there yet, runs. Twice makes one.

    Raises Invalid when it is no day of the slot, is still to come or was called off, NotFound, NotPermitted.
    """
    slot, students = access_slot(db, actor, slot_id, Action.RECORD_SESSION)
    require_day(slot, on, actor)
    if (day := _day(db, actor, slot, on).day) > actor.today:
        raise Invalid({"on": TO_COME.format(day=day_line(day))})
    session = _session_of(db, slot, on) or _make_session(db, actor, slot, on, students, actor.membership_id)
    return start_session(db, actor, session.id)


def start_meeting(db: Session, actor: Actor, key: str) -> TherapySession:
    """Hold what a list names by `key`: a session by its id, or a day of a slot (`slots.key_of`). Raises as they do."""
    return start_day(db, actor, *parse_key(key)) if ":" in key else start_session(db, actor, parse_id(key))


def call_off_day(db: Session, actor: Actor, slot_id: UUID, on: date, choice: str) -> TherapySession:
    """Say that the day `on` is not held, and why: it counts as not provided for every student of the actor's.

    `choice`: one of the workspace's codes by its id, or a normal reason.

    Raises Conflict when it was held or a note about it is signed, Invalid, NotFound, NotPermitted.
    """
    slot, students = access_slot(db, actor, slot_id, Action.RECORD_SESSION)
    require_day(slot, on, actor)
    reason, code_id = _reason(db, actor, choice)
    session = _session_of(db, slot, on) or _make_session(db, actor, slot, on, students, slot.provider_id)
    if session.status not in (SessionStatus.PLANNED, SessionStatus.CANCELLED):
        raise Conflict(HELD_ALREADY)
    entries = _all_of(db, session, students)
    _require_unsigned(entries)
    session.status = SessionStatus.CANCELLED
    for entry in entries:
        entry.attendance, entry.attendance_code_id, entry.minutes = reason, code_id, 0
    record(db, actor, "call off session", record_kind="therapy_session", record_id=session.id, students=len(students))
    return session


def resume_day(db: Session, actor: Actor, slot_id: UUID, on: date) -> TherapySession:
    """Take a calling off back; what was to make the day up counts for itself again.

    Raises Conflict when the day was held or a note about it is signed, Invalid, NotFound, NotPermitted (also when the
    note of a session that makes it up is signed).
    """
    slot, students = access_slot(db, actor, slot_id, Action.RECORD_SESSION)
    session = _session_of(db, slot, on)
    if session is None or session.status != SessionStatus.CANCELLED:
        raise Conflict("This session is not called off.")
    entries = _all_of(db, session, students)
    _require_unsigned(entries)
    session.status = SessionStatus.PLANNED
    for entry in entries:
        release_make_ups(db, actor, entry)
        entry.attendance, entry.attendance_code_id = Attendance.PLANNED, None
    record(db, actor, "plan session", record_kind="therapy_session", record_id=session.id, students=len(students))
    return session


def _reason(db: Session, actor: Actor, choice: str) -> tuple[Attendance, UUID | None]:
    try:
        reason, code_id = parse_choice(db, actor, choice)
    except Invalid:
        reason, code_id = Attendance.PLANNED, None
    if reason not in REASONS:
        raise Invalid({"reason": "Choose why the session is not held."})
    return reason, code_id


def _make_session(
    db: Session, actor: Actor, slot: ScheduleSlot, on: date, students: list[Seen], provider_id: UUID
) -> TherapySession:
    """The session of the day `on`, given and documented by `provider_id`: whoever starts it, a supervisor perhaps."""
    day = _day(db, actor, slot, on)
    begin, end = span(day.day, day.starts, day.minutes, actor.zone)
    session = TherapySession(
        workspace_id=slot.workspace_id,
        title=slot.title,
        provider_id=provider_id,
        held_on=day.day,
        planned_start=begin,
        planned_end=end,
        place=slot.place,
        delivery=slot.delivery,
        school_id=slot.school_id,
        slot_id=slot.id,
        slot_on=on,
    )
    db.add(session)
    db.flush()
    for position, one in enumerate(students):
        db.add(
            SessionEntry(
                workspace_id=slot.workspace_id,
                session_id=session.id,
                student_id=one.student.id,
                author_id=provider_id,
                position=position,
                held_on=day.day,
            )
        )
    db.flush()
    record(db, actor, "plan session", record_kind="therapy_session", record_id=session.id, students=len(students))
    return session


def _day(db: Session, actor: Actor, slot: ScheduleSlot, on: date) -> Occurrence:
    moved = _moved(db, actor, slot, on)
    change = SlotChange(on, moved.to_date, moved.starts, moved.minutes) if moved else None
    at = moved.to_date if moved else on
    return next(one for one in occurrences(as_slot(slot), [change] if change else [], at, at) if one.on == on)


def _moved(db: Session, actor: Actor, slot: ScheduleSlot, on: date) -> SlotDay | None:
    return next((one for one in moved_days(db, actor, [slot.id]).get(slot.id, []) if one.on_date == on), None)


def _session_of(db: Session, slot: ScheduleSlot, on: date) -> TherapySession | None:
    query = select(TherapySession).where(col(TherapySession.slot_id) == slot.id, col(TherapySession.slot_on) == on)
    return db.execute(query).scalar_one_or_none()


def _all_of(db: Session, session: TherapySession, students: Sequence[Seen]) -> list[SessionEntry]:
    """The parts of a session that is changed as a whole: all of its students have to be among those just granted.

    Raises NotPermitted when one is not: her right may have ended since the session was made.
    """
    query = select(SessionEntry).where(col(SessionEntry.session_id) == session.id)
    entries = list(db.execute(query).scalars())
    if {one.student_id for one in entries} - {one.student.id for one in students}:
        raise refused(NotPermitted(NOT_ALL_YOURS), Action.RECORD_SESSION, "therapy_session", session.id)
    return entries


def _require_unsigned(entries: Sequence[SessionEntry]) -> None:
    """Raise Conflict when what a note was signed about would change with the day."""
    if any(one.note_status not in WRITABLE for one in entries):
        raise Conflict(SIGNED)
