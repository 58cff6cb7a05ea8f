"""The door to a running session for what its open page asks every few seconds: plain columns instead of rows.

The decisions are those of `entries.access_session`, about the same students and notes; only less is read of them.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import Session, col

from therapytrack.access import ties
from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.facts import Facts, NoteFacts
from therapytrack.access.gate import visible_lines
from therapytrack.access.holding import hold_session
from therapytrack.access.queries import the_lines
from therapytrack.access.refusals import refused
from therapytrack.access.roles import READS
from therapytrack.access.seen import Judged, SeenLine
from therapytrack.errors import NotFound, NotPermitted
from therapytrack.models import NoteStatus, SessionEntry, Student, TherapySession


@dataclass(frozen=True, slots=True)
class Place:
    """One student's part of a session, as far as marks and the page's comparisons go."""

    id: UUID
    student_id: UUID
    author_id: UUID
    held_on: date
    attendance: str
    minutes: int
    note_status: str
    note_version: int
    plan_version: int
    attendance_code_id: UUID | None
    arrived_at: datetime | None
    left_at: datetime | None
    makes_up_id: UUID | None


COLUMNS = len(Place.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class SeenPlace(Judged):
    """A part as this actor may see it."""

    entry: Place

    @property
    def note_readable(self) -> bool:
        """Whether the actor may read the note as it stands (rule 7)."""
        return self.allows(Action.READ_NOTE)


@dataclass(frozen=True, slots=True)
class SeenPlaces:
    """The parts of the session `id` that the actor may act on; `status` is the session's."""

    id: UUID
    status: str
    entries: list[SeenPlace]


def access_places(db: Session, actor: Actor, session_id: UUID, action: Action) -> SeenPlaces:
    """As `entries.access_session`, in plain columns. Raises NotFound, NotPermitted as it does."""
    if action not in READS:
        hold_session(db, actor, session_id)
    visible = visible_lines(db, actor, _the_places(), session_id=session_id)
    if not visible:
        raise refused(NotFound(), action, "therapy_session", session_id)
    places = [_judged(line, more, actor) for line, more in visible]
    allowed = [one for one in places if one.allows(action)]
    if not allowed:
        error = NotPermitted(places[0].reason(action))
        raise refused(error, action, "therapy_session", session_id)
    return SeenPlaces(session_id, visible[0][1][-1], allowed)


def _judged(line: SeenLine, more: Any, actor: Actor) -> SeenPlace:
    place, (supervised, _) = Place(*more[:COLUMNS]), more[COLUMNS:]
    note = NoteFacts(
        status=NoteStatus(place.note_status),
        author_is_actor=place.author_id == actor.membership_id,
        author_is_supervisee=bool(supervised),
    )
    return SeenPlace(Facts(line.facts.member, line.facts.workspace, line.facts.student, note), place)


@cache
def _the_places() -> Any:
    """The parts of the session `session_id` in their order, with the tie to the author and the session's status."""
    entry = (
        col(SessionEntry.id),
        col(SessionEntry.student_id),
        col(SessionEntry.author_id),
        col(SessionEntry.held_on),
        col(SessionEntry.attendance),
        col(SessionEntry.minutes),
        col(SessionEntry.note_status),
        col(SessionEntry.note_version),
        col(Student.plan_version),
        col(SessionEntry.attendance_code_id),
        col(SessionEntry.arrived_at),
        col(SessionEntry.left_at),
        col(SessionEntry.makes_up_id),
    )
    query = the_lines(*entry, ties.supervises_author(), col(TherapySession.status))
    return (
        query.join(SessionEntry, col(SessionEntry.student_id) == col(Student.id))
        .join(TherapySession, col(TherapySession.id) == col(SessionEntry.session_id))
        .where(col(TherapySession.id) == bindparam("session_id"))
        .order_by(col(SessionEntry.position))
    )
