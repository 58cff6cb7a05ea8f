"""Which notes stand in which list of the notes page: the reader's own by status, and those signed."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, select, union_all
from sqlmodel import Session, col

from therapytrack.access import ties
from therapytrack.access.actor import Actor
from therapytrack.access.entries import visible_in
from therapytrack.access.queries import joined_to_entries, the_entries
from therapytrack.access.seen import SeenEntry
from therapytrack.models import NoteStatus, SessionEntry, SessionStatus, TherapySession
from therapytrack.services.json_rows import JsonRows, rows_in
from therapytrack.services.note_beside import ENTRY

LONGEST_LIST = 60


class NoteTab(StrEnum):
    """The lists of the page."""

    UNSIGNED = "unsigned"
    RETURNED = "returned"
    SUBMITTED = "submitted"
    SIGNED = "signed"


STATUSES = {
    NoteTab.UNSIGNED: (NoteStatus.DRAFT,),
    NoteTab.RETURNED: (NoteStatus.RETURNED,),
    NoteTab.SUBMITTED: (NoteStatus.SUBMITTED,),
    NoteTab.SIGNED: (NoteStatus.SIGNED, NoteStatus.COSIGNED),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A note of a list as the gate has shown it, with its session."""

    seen: SeenEntry
    session: TherapySession


def list_notes(
    db: Session, actor: Actor, tabs: tuple[NoteTab, ...], entry_id: UUID | None
) -> tuple[dict[NoteTab, list[Line]], list[Line]]:
    """The notes of each of `tabs` that the gate shows to the actor, newest first; and all that were read for them, the
    note `entry_id` with them, whichever list it is in. Of two lists the first one goes before. One statement."""
    query = _listed(tabs, wanted=entry_id is not None)
    found = [Line(one, *session) for one, session in visible_in(db, actor, query, entry_id=entry_id)]
    return {tab: [line for line in found if _belongs(actor, tab, line)][:LONGEST_LIST] for tab in tabs}, found


def _belongs(actor: Actor, tab: NoteTab, line: Line) -> bool:
    """Whether a note stands in the list: as `_listed` asks for them."""
    entry = line.seen.entry
    own = entry.author_id == actor.membership_id and line.session.status == SessionStatus.FINISHED
    return entry.note_status in STATUSES[tab] and (tab == NoteTab.SIGNED or own)


@cache
def _listed(tabs: tuple[NoteTab, ...], *, wanted: bool) -> Any:
    """The notes of `tabs`, those of the first before the others, each newest first, with their sessions.

    `wanted`: and the note `entry_id`, whichever list it is in.
    """
    query = _with_session(the_entries(TherapySession)).where(ties.may_view())
    if not wanted:
        return _in_order(query.where(*_conditions(tabs)), tabs).limit(LONGEST_LIST)
    own = _with_session(joined_to_entries(select(col(SessionEntry.id)))).where(ties.may_view(), *_conditions(tabs))
    listed = _in_order(own, tabs).limit(LONGEST_LIST).subquery()
    ids = union_all(select(listed.c.id), select(ENTRY))
    return _in_order(query.where(col(SessionEntry.id).in_(ids)), tabs).limit(LONGEST_LIST + 1)


def _with_session(query: Any) -> Any:
    return query.join(TherapySession, col(TherapySession.id) == col(SessionEntry.session_id))


def _in_order(query: Any, tabs: tuple[NoteTab, ...]) -> Any:
    first = case((ties.among(col(SessionEntry.note_status), STATUSES[tabs[0]]), 0), else_=1)
    newest = (col(SessionEntry.held_on).desc(), col(SessionEntry.id).desc())
    return query.order_by(*([first] if len(tabs) > 1 else []), *newest)


def _conditions(tabs: tuple[NoteTab, ...]) -> list[Any]:
    statuses = [status for tab in tabs for status in STATUSES[tab]]
    conditions: list[Any] = [
        col(SessionEntry.workspace_id) == ties.WORKSPACE,
        ties.among(col(SessionEntry.note_status), statuses),
    ]
    if NoteTab.SIGNED not in tabs:
        conditions += [col(SessionEntry.author_id) == ties.ME, col(TherapySession.status) == SessionStatus.FINISHED]
    return conditions


@cache
def waiting_columns() -> tuple[Any, ...]:
    """How many of the reader's own notes of finished sessions have each status; read it with `waiting_in`."""
    entry = SessionEntry
    held = (
        select(col(entry.note_status).label("status"), func.count().label("notes"))
        .join(TherapySession, col(TherapySession.id) == col(entry.session_id))
        .where(col(entry.workspace_id) == ties.WORKSPACE, col(entry.author_id) == ties.ME)
        .where(col(TherapySession.status) == SessionStatus.FINISHED)
        .group_by(col(entry.note_status))
        .subquery()
    )
    return (select(JsonRows(held.c.status, held.c.notes)).scalar_subquery(),)


def waiting_in(column: str | None) -> dict[str, int]:
    """How many notes each list holds."""
    found = dict(rows_in(column))
    return {str(tab): sum(found.get(status, 0) for status in statuses) for tab, statuses in STATUSES.items()}
