"""Planning and starting a therapy session, and each student's attendance, minutes and note in it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, update
from sqlmodel import Session

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.entries import access_entry, access_session
from therapytrack.access.gate import access_students
from therapytrack.access.seen import SeenEntry, SeenSession
from therapytrack.db import plain_rows
from therapytrack.domain.actual_times import Hours, Part, credited_minutes, hours_of, minutes_between
from therapytrack.domain.attendance import LABELS, Attendance, parse_minutes
from therapytrack.domain.dates import day_line
from therapytrack.domain.ids import require_made
from therapytrack.domain.note_content import clean_text
from therapytrack.domain.session_plan import SessionPlan
from therapytrack.domain.slot_form import UNNAMED
from therapytrack.errors import Conflict, Invalid, NotFound, NotPermitted
from therapytrack.models import NoteStatus, SessionEntry, SessionStatus, TherapySession
from therapytrack.services.activity import record
from therapytrack.services.attendance_codes import choice_of, parse_choice
from therapytrack.services.make_ups import release_make_ups

UNPLANNED_MINUTES = 30
ATTENDANCE_CHANGED = (
    "The attendance was set to “{now}” elsewhere in the meantime, and so it stays. Choose again if need be."
)
MINUTES_CHANGED = "The minutes were set to {now} elsewhere in the meantime, and so they stay. Correct them if need be."
TO_COME = "This session is on {day}. It can be started on its day."
NOT_BEGUN = "This session has not begun. Start it, and everybody who is expected is present."
CALLED_OFF = "This session is called off, so nobody was present. Plan it again on the schedule first."
NO_MINUTES = "Only a student who was present has minutes. Set the attendance first."
# Nobody chose it: the first mark, or the start, makes those present who were planned.
FOLLOWS: dict[str, tuple[str, ...]] = {Attendance.PLANNED: (Attendance.PRESENT,)}
WRITABLE = (NoteStatus.DRAFT, NoteStatus.RETURNED)
RUN = (SessionStatus.RUNNING, SessionStatus.FINISHED)


@dataclass(frozen=True, slots=True)
class SavedNote:
    """A note as it is stored now: its version, and when that was."""

    text: str
    version: int
    saved_at: datetime


def plan_session(db: Session, actor: Actor, session_id: UUID, plan: SessionPlan) -> TherapySession:
    """Put a session with its students on the calendar; the same `session_id` twice makes one session.

    Raises NotFound or NotPermitted for any of the students, Invalid without students.
    """
    if not plan.student_ids:
        raise Invalid({"students": "Choose at least one student."})
    students = access_students(db, actor, list(plan.student_ids), Action.RECORD_SESSION)
    require_made(session_id)
    if (existing := db.get(TherapySession, session_id)) is not None:
        return _own(actor, existing)
    zone = ZoneInfo(actor.time_zone)
    session = TherapySession(
        id=session_id,
        workspace_id=actor.workspace_id,
        provider_id=actor.membership_id,
        title=plan.title,
        held_on=plan.held_on,
        planned_start=datetime.combine(plan.held_on, plan.starts, zone),
        planned_end=datetime.combine(plan.held_on, plan.ends, zone),
        place=plan.place,
        delivery=plan.delivery,
    )
    db.add(session)
    db.flush()
    for position, seen in enumerate(students):
        db.add(_entry(actor, session, seen.student.id, position))
    _record(db, actor, "plan session", session, len(students))
    return session


def start_unplanned(db: Session, actor: Actor, session_id: UUID, student_ids: list[UUID]) -> TherapySession:
    """Start a session now with one student or a selection, 30 minutes long; idempotent by `session_id`.

    Raises as `plan_session`.
    """
    now = actor.at.astimezone(ZoneInfo(actor.time_zone)).replace(second=0, microsecond=0)
    latest = now.replace(hour=23, minute=59) - timedelta(minutes=UNPLANNED_MINUTES)
    starts = min(now, latest)
    title = UNNAMED[len(student_ids) > 1]
    ends = starts + timedelta(minutes=UNPLANNED_MINUTES)
    plan = SessionPlan(title, starts.date(), starts.time(), ends.time(), "", "pull_out", tuple(student_ids))
    plan_session(db, actor, session_id, plan)
    return start_session(db, actor, session_id)


def start_session(db: Session, actor: Actor, session_id: UUID) -> TherapySession:
    """Begin: everyone is present for the planned minutes until somebody says otherwise. Starting twice changes nothing.

    Raises NotFound, NotPermitted.
    """
    seen = access_session(db, actor, session_id, Action.RECORD_SESSION)
    session = seen.session
    if session.status == SessionStatus.CANCELLED:
        raise Invalid({"session": "This session was cancelled. Plan a new one."})
    if session.status == SessionStatus.PLANNED:
        if session.held_on > actor.today:
            raise Invalid({"session": TO_COME.format(day=day_line(session.held_on))})
        begin(db, actor, seen, actor.at)
    if session.status == SessionStatus.RUNNING:
        for one in seen.entries:
            _expect(one.entry, session)
    return session


def begin(db: Session, actor: Actor, seen: SeenSession, at: datetime) -> None:
    """Let a planned session (already granted by the gate) run since `at`, its students present."""
    seen.session.status = SessionStatus.RUNNING
    seen.session.started_at = at
    for one in seen.entries:
        _expect(one.entry, seen.session)
    _record(db, actor, "start session", seen.session, len(seen.entries))


def set_attendance(db: Session, actor: Actor, entry_id: UUID, code: str, was: str) -> SessionEntry:
    """Say whether the student took part, or why not, over what it `was`; minutes follow (none when missed).

    `code` and `was`: one of the workspace's codes by its id, or a normal reason.

    Raises Conflict when somebody said something else in between; Invalid, NotFound, NotPermitted (also when the note is
    signed).
    """
    attendance, code_id = parse_choice(db, actor, code)
    entry = access_open_entry(db, actor, entry_id).entry
    stands = choice_of(entry)
    if stands not in (was, code, str(code_id)) and entry.attendance not in (was, *FOLLOWS.get(was, ())):
        raise Conflict(ATTENDANCE_CHANGED.format(now=LABELS.get(Attendance(entry.attendance), "planned").lower()))
    session = db.get_one(TherapySession, entry.session_id)
    if attendance == Attendance.PRESENT:
        _require_begun(session)
        release_make_ups(db, actor, entry)
        entry.minutes = entry.minutes or credited_minutes(hours_of_session(session), part_of(entry))
    else:
        entry.minutes, entry.arrived_at, entry.left_at = 0, None, None
    entry.attendance, entry.attendance_code_id = attendance, code_id
    _record_entry(db, actor, "set attendance", entry)
    return entry


def set_minutes(db: Session, actor: Actor, entry_id: UUID, minutes: int, was: int) -> SessionEntry:
    """Correct one student's minutes, which `was` so many.

    Raises Conflict when somebody corrected them in between; Invalid, NotFound, NotPermitted (also when the note is
    signed).
    """
    minutes = parse_minutes(minutes)
    entry = access_open_entry(db, actor, entry_id).entry
    if entry.minutes not in (was, minutes):
        raise Conflict(MINUTES_CHANGED.format(now=entry.minutes))
    if minutes and entry.attendance != Attendance.PRESENT:
        raise Invalid({"minutes": NO_MINUTES})
    entry.minutes = minutes
    _record_entry(db, actor, "set minutes", entry)
    return entry


def set_note(db: Session, actor: Actor, entry_id: UUID, text: str, version: int) -> SavedNote:
    """Save the author's note over the `version` that she saw; saving the same text again changes nothing.

    Raises Conflict, which carries the stored text and its version, when somebody (she herself on another device) saved
    in between; Invalid, NotFound, NotPermitted.
    """
    text = clean_text(text, "note")
    entry = access_entry(db, actor, entry_id, Action.EDIT_NOTE).entry
    if entry.note == text and entry.note_saved_at is not None:
        return SavedNote(text, entry.note_version, entry.note_saved_at)
    saved = plain_rows(db, _saved_note(), {"entry": entry.id, "seen": version, "text": text, "at": actor.at})
    if not saved:
        db.refresh(entry)
        raise Conflict("This note was changed elsewhere.", theirs=entry.note, version=entry.note_version)
    if version == 1:
        _record_entry(db, actor, "draft note", entry)
    return SavedNote(text, saved[0][0], actor.at)


@cache
def _saved_note() -> Any:
    """Put `text` over the note of `entry` while its version is the one `seen`; the new version, or no row."""
    table = SessionEntry.__table__  # type: ignore[attr-defined]
    return (
        update(table)
        .where(table.c.id == bindparam("entry"), table.c.note_version == bindparam("seen"))
        .values(note=bindparam("text"), note_version=table.c.note_version + 1, note_saved_at=bindparam("at"))
        .returning(table.c.note_version)
    )


def planned_minutes(session: TherapySession) -> int:
    """The session's planned length, in whole minutes."""
    return minutes_between(session.planned_start, session.planned_end)


def hours_of_session(session: TherapySession) -> Hours:
    """From when to when whoever was there throughout is credited."""
    times = (session.planned_start, session.planned_end, session.started_at)
    return hours_of(*times, session.credited_minutes)


def part_of(entry: SessionEntry) -> Part:
    """When the student came and left, as somebody entered it."""
    return Part(entry.arrived_at, entry.left_at)


def _entry(actor: Actor, session: TherapySession, student_id: UUID, position: int) -> SessionEntry:
    return SessionEntry(
        workspace_id=actor.workspace_id,
        session_id=session.id,
        student_id=student_id,
        author_id=actor.membership_id,
        position=position,
        held_on=session.held_on,
    )


def _expect(entry: SessionEntry, session: TherapySession) -> None:
    if entry.attendance == Attendance.PLANNED:
        entry.attendance = Attendance.PRESENT
        entry.minutes = planned_minutes(session)


def _require_begun(session: TherapySession) -> None:
    """Raise Invalid for a session that does not run and has not run: nobody was there."""
    if session.status not in RUN:
        sentence = CALLED_OFF if session.status == SessionStatus.CANCELLED else NOT_BEGUN
        raise Invalid({"attendance": sentence})


def _own(actor: Actor, session: TherapySession) -> TherapySession:
    if session.workspace_id != actor.workspace_id or session.provider_id != actor.membership_id:
        raise NotFound
    return session


def access_open_entry(db: Session, actor: Actor, entry_id: UUID) -> SeenEntry:
    """A part whose facts can still change. Raises NotFound, NotPermitted (also when its note is signed)."""
    found = access_entry(db, actor, entry_id, Action.RECORD_SESSION)
    if found.entry.note_status not in WRITABLE:
        raise NotPermitted("This note is signed or waits for a signature, so its facts stay. Add an addendum instead.")
    return found


def _record(db: Session, actor: Actor, action: str, session: TherapySession, students: int) -> None:
    record(db, actor, action, record_kind="therapy_session", record_id=session.id, students=students)


def _record_entry(db: Session, actor: Actor, action: str, entry: SessionEntry) -> None:
    record(db, actor, action, student_id=entry.student_id, record_kind="session_entry", record_id=entry.id)
