"""What waits for the signed-in person on every page: her unsigned notes, and notes that she is to co-sign."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from therapytrack.access import gate, ties
from therapytrack.access.actor import Actor
from therapytrack.models import NoteStatus, SessionEntry, SessionStatus, TherapySession


@dataclass(frozen=True, slots=True)
class Waiting:
    """Counts for the navigation."""

    unsigned: int
    to_cosign: int


def count_waiting(db: Session, actor: Actor) -> Waiting:
    """Count the actor's own notes of held sessions still to be signed or submitted, and those waiting for her. Two
    statements for a supervisor, one for others."""
    mine = select(func.count()).select_from(SessionEntry).where(*unsigned_notes_of(actor))
    unsigned = db.execute(mine).scalar_one()
    if actor.member.clinical != "supervisor":
        return Waiting(unsigned, 0)
    return Waiting(unsigned, len(gate.visible_entries(db, actor, *notes_to_cosign(actor))))


def unsigned_notes_of(actor: Actor) -> tuple[Any, ...]:
    """Conditions on SessionEntry: written by the actor, of a finished session, still draft or returned."""
    finished = select(col(TherapySession.id)).where(
        col(TherapySession.id) == col(SessionEntry.session_id),
        col(TherapySession.workspace_id) == actor.workspace_id,
        col(TherapySession.status) == SessionStatus.FINISHED,
    )
    return (
        col(SessionEntry.workspace_id) == actor.workspace_id,
        col(SessionEntry.author_id) == actor.membership_id,
        col(SessionEntry.note_status).in_([NoteStatus.DRAFT, NoteStatus.RETURNED]),
        finished.correlate(SessionEntry).exists(),
    )


def notes_to_cosign(actor: Actor) -> tuple[Any, ...]:
    """Conditions on SessionEntry: submitted by a live supervisee of the actor in her discipline."""
    return (
        col(SessionEntry.workspace_id) == actor.workspace_id,
        col(SessionEntry.note_status) == NoteStatus.SUBMITTED,
        ties.supervises_author(),
    )
