"""The door to a session for its open page, which asks every few seconds: plain columns instead of rows.

The decisions are those of `entries.access_session`, about the same students and notes; only less is read of them.
"""

from collections.abc import Sequence
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
from therapytrack.access.seen import Judged, SeenLine, StudentLine
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
    """A part as this actor may see it; the note's text only if `note_readable`."""

    entry: Place
    student: StudentLine

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
    return access_places_with(db, actor, session_id, action, ())[0]


def access_places_with(
    db: Session, actor: Actor, session_id: UUID, action: Action, columns: tuple[Any, ...], **values: Any
) -> tuple[SeenPlaces, list[Sequence[Any]]]:
    """As `access_places`, with what `columns` say beside each of those parts in the same statement.

    They may refer to its Student, SessionEntry and TherapySession, and are bound to `values`.
    """
    if action not in READS:
        hold_session(db, actor, session_id)
    rows = visible_lines(db, actor, _the_places(*columns), session_id=session_id, **values)
    if not rows:
        raise refused(NotFound(), action, "therapy_session", session_id)
    places = [(_judged(line, more, actor), more) for line, more in rows]
    allowed = [(one, more) for one, more in places if one.allows(action)]
    if not allowed:
        error = NotPermitted(places[0][0].reason(action))
        raise refused(error, action, "therapy_session", session_id)
    seen = SeenPlaces(session_id, rows[0][1][COLUMNS + 1], [one for one, _ in allowed])
    return seen, [more[COLUMNS + 2 :] for _, more in allowed]


def _judged(line: SeenLine, more: Sequence[Any], actor: Actor) -> SeenPlace:
    place = Place(*more[:COLUMNS])
    note = NoteFacts(
        status=NoteStatus(place.note_status),
        author_is_actor=place.author_id == actor.membership_id,
        author_is_supervisee=bool(more[COLUMNS]),
    )
    facts = Facts(line.facts.member, line.facts.workspace, line.facts.student, note)
    return SeenPlace(facts, place, line.student)


@cache
def _the_places(*more: Any) -> Any:
    """The parts of the session `session_id` in their order, with the tie to the author, its status, and `more`."""
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
    query = the_lines(*entry, ties.supervises_author(), col(TherapySession.status), *more)
    return (
        query.join(SessionEntry, col(SessionEntry.student_id) == col(Student.id))
        .join(TherapySession, col(TherapySession.id) == col(SessionEntry.session_id))
        .where(col(TherapySession.id) == bindparam("session_id"))
        .order_by(col(SessionEntry.position))
    )
