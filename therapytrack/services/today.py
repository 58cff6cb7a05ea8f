"""The day at a glance: today's sessions with what can be done next, and the notes that still wait for a signature."""

from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import SeenEntry, visible_entries, visible_students
from therapytrack.domain.dates import clock_range, short_date
from therapytrack.models import SessionEntry, Student, TherapySession
from therapytrack.services.activity import record
from therapytrack.services.work_queue import unsigned_notes_of


@dataclass(frozen=True, slots=True)
class DaySession:
    """One of today's sessions with those of its students whom the actor may view."""

    id: str
    title: str
    hours: str
    place: str
    status: str
    can_start: bool
    students: list[Student]


@dataclass(frozen=True, slots=True)
class UnsignedSession:
    """A finished session of which `notes` of the actor's notes are unsigned."""

    id: str
    title: str
    day: str
    notes: int


@dataclass(frozen=True, slots=True)
class Day:
    """What the page Today shows; `students` are those with whom the actor may record a session."""

    sessions: list[DaySession]
    unsigned: list[UnsignedSession]
    students: list[Student]


def get_day(db: Session, actor: Actor) -> Day:
    """Today in the workspace's time zone, in four statements and the log's row. Sees only what the actor may view."""
    entries = _entries_of_today(db, actor)
    waiting = visible_entries(db, actor, *unsigned_notes_of(actor))
    sessions = _sessions(db, actor, {one.entry.session_id for one in entries + waiting})
    _log_view(db, actor, entries)
    return Day(
        sessions=_today(actor, entries, sessions),
        unsigned=_unsigned(waiting, sessions),
        students=[one.student for one in visible_students(db, actor) if one.allows(Action.RECORD_SESSION)],
    )


def list_today(db: Session, actor: Actor) -> list[DaySession]:
    """Today's sessions alone, in two statements and the log's row. Sees only what the actor may view."""
    entries = _entries_of_today(db, actor)
    _log_view(db, actor, entries)
    return _today(actor, entries, _sessions(db, actor, {one.entry.session_id for one in entries}))


def _log_view(db: Session, actor: Actor, entries: list[SeenEntry]) -> None:
    record(db, actor, Action.VIEW, record_kind="today", students=len({one.entry.student_id for one in entries}))


def _entries_of_today(db: Session, actor: Actor) -> list[SeenEntry]:
    """Found through the day's sessions: entries alone would be looked up one by one, those of past years too."""
    held = select(col(TherapySession.id)).where(
        col(TherapySession.workspace_id) == actor.workspace_id, col(TherapySession.held_on) == actor.today
    )
    return visible_entries(db, actor, col(SessionEntry.session_id).in_(held), col(SessionEntry.held_on) == actor.today)


def _sessions(db: Session, actor: Actor, wanted: set[UUID]) -> dict[UUID, TherapySession]:
    rows = db.execute(
        select(TherapySession).where(
            col(TherapySession.workspace_id) == actor.workspace_id, col(TherapySession.id).in_(wanted)
        )
    ).scalars()
    return {one.id: one for one in rows}


def _today(actor: Actor, entries: list[SeenEntry], sessions: dict[UUID, TherapySession]) -> list[DaySession]:
    grouped: dict[UUID, list[SeenEntry]] = {}
    for one in sorted(entries, key=lambda one: one.entry.position):
        grouped.setdefault(one.entry.session_id, []).append(one)
    order = sorted(grouped, key=lambda key: (sessions[key].planned_start, key))
    return [_day_session(actor, sessions[key], grouped[key]) for key in order if sessions[key].status != "cancelled"]


def _day_session(actor: Actor, session: TherapySession, entries: list[SeenEntry]) -> DaySession:
    zone = ZoneInfo(actor.time_zone)
    return DaySession(
        id=str(session.id),
        title=session.title,
        hours=clock_range(session.planned_start.astimezone(zone), session.planned_end.astimezone(zone)),
        place=session.place,
        status=session.status,
        can_start=any(one.allows(Action.RECORD_SESSION) for one in entries),
        students=[one.seen.student for one in entries],
    )


def _unsigned(waiting: list[SeenEntry], sessions: dict[UUID, TherapySession]) -> list[UnsignedSession]:
    counts: dict[UUID, int] = {}
    for one in waiting:
        counts[one.entry.session_id] = counts.get(one.entry.session_id, 0) + 1
    return [
        UnsignedSession(str(key), sessions[key].title, short_date(sessions[key].held_on), notes)
        for key, notes in counts.items()
    ]
