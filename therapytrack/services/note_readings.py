"""Which notes somebody has read as they stand now: what is signed in one go was read one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlmodel import Session, col

from therapytrack.access import ties
from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.entries import access_entry
from therapytrack.models import NoteReading, SessionEntry
from therapytrack.services.json_rows import JsonRows, rows_in


@dataclass(frozen=True, slots=True)
class ShownNote:
    """A note as the page showed it at the moment of the click: the text over `version`, and the data's `facts`."""

    entry_id: UUID
    text: str
    version: int
    facts: str


def mark_read(db: Session, actor: Actor, entry_id: UUID, version: int, facts: str) -> bool:
    """Note that the actor had the note's text of this `version` over the data of `facts` on her screen.

    One mark for each note and reader: the newest. False, and nothing noted, when the text is another by now. Raises
    NotFound, NotPermitted.
    """
    entry = access_entry(db, actor, entry_id, Action.SIGN_NOTE).entry
    if entry.note_version != version:
        return False
    mine = (col(NoteReading.entry_id) == entry_id, col(NoteReading.reader_id) == actor.membership_id)
    here = col(NoteReading.workspace_id) == actor.workspace_id
    found = db.execute(
        update(NoteReading)
        .where(here, *mine)
        .values(note_version=version, facts_hash=facts[:64], read_at=actor.at)
        .returning(col(NoteReading.id))
        .execution_options(synchronize_session=False)
    ).first()
    if found is None:
        db.add(
            NoteReading(
                workspace_id=actor.workspace_id,
                entry_id=entry_id,
                reader_id=actor.membership_id,
                note_version=version,
                facts_hash=facts[:64],
                read_at=actor.at,
            )
        )
        db.flush()
    return True


def readings_of(db: Session, actor: Actor, entry_ids: Sequence[UUID]) -> dict[UUID, tuple[int, str]]:
    """The version and the data's hash of the text that the actor read last, by entry. At most one statement."""
    if not entry_ids:
        return {}
    query = select(col(NoteReading.entry_id), col(NoteReading.note_version), col(NoteReading.facts_hash)).where(
        col(NoteReading.workspace_id) == actor.workspace_id,
        col(NoteReading.reader_id) == actor.membership_id,
        col(NoteReading.entry_id).in_(entry_ids),
    )
    return {row[0]: (row[1], row[2]) for row in db.execute(query)}


@cache
def readings_columns() -> tuple[Any, ...]:
    """As `readings_of`, of the entries of the session `read_session`, as a column of another statement."""
    of = select(col(SessionEntry.id)).where(col(SessionEntry.session_id) == bindparam("read_session"))
    rows = JsonRows(col(NoteReading.entry_id), col(NoteReading.note_version), col(NoteReading.facts_hash))
    mine = (col(NoteReading.workspace_id) == ties.WORKSPACE, col(NoteReading.reader_id) == ties.ME)
    return (select(rows).where(*mine, col(NoteReading.entry_id).in_(of)).scalar_subquery(),)


def readings_in(column: str | None) -> dict[UUID, tuple[int, str]]:
    """The readings in such a column."""
    return {UUID(key): (version, facts) for key, version, facts in rows_in(column)}


def still_unread(db: Session, actor: Actor, shown: Sequence[ShownNote]) -> list[UUID]:
    """Those of `shown` that the actor has not read in this version, over these data."""
    read = readings_of(db, actor, [one.entry_id for one in shown])
    return [one.entry_id for one in shown if read.get(one.entry_id) != (one.version, one.facts)]
