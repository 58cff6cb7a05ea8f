"""The door to therapy sessions: to the students' parts of them, and to the addenda to the notes of those parts.

Each part is judged by its student and by its note; fetching is authorising, as in `access.gate`.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from therapytrack.access import queries, ties
from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.facts import NoteFacts
from therapytrack.access.holding import hold_entries, hold_session
from therapytrack.access.licence import handing_in
from therapytrack.access.queries import run, run_plain, the_entries
from therapytrack.access.refusals import refused, require
from therapytrack.access.roles import READS, decide
from therapytrack.access.seen import FACTS, Judged, Seen, SeenEntry, SeenSession, facts_about_note, seen_in
from therapytrack.errors import NotFound, NotPermitted
from therapytrack.models import NoteAddendum, NoteStatus, SessionEntry


def access_session(db: Session, actor: Actor, session_id: UUID, action: Action) -> SeenSession:
    """A session with the entries of students for whom `action` is allowed; others are left out without a trace.

    Raises NotFound when there is none that the actor may view, NotPermitted when she may view some but act on none.
    """
    if action not in READS:
        hold_session(db, actor, session_id)
    rows = run(db, actor, queries.one_session(), session_id=session_id).all()
    visible = [one for one in (_seen_entry(row, actor, "") for row in rows) if one.seen.allows(Action.VIEW)]
    if not visible:
        raise refused(NotFound(), action, "therapy_session", session_id)
    allowed = [one for one in visible if one.allows(action)]
    if not allowed:
        error = NotPermitted(visible[0].reason(action))
        raise refused(error, action, "therapy_session", session_id)
    return SeenSession(rows[0][-1], allowed)


def access_entry(
    db: Session, actor: Actor, entry_id: UUID, action: Action, *, shown_hash: str = "", words: str = ""
) -> SeenEntry:
    """One student's part of a session. `shown_hash`: the content hash that the actor was shown, for co-signing;
    `words`: what an assistant hands in, to be held against her license.

    Raises NotFound or NotPermitted.
    """
    if action not in READS:
        hold_entries(db, actor, [entry_id])
    row = run(db, actor, queries.one_entry(), entry_id=entry_id).first()
    if row is None:
        raise refused(NotFound(), action, "session_entry", entry_id)
    found = _seen_entry(row, actor, shown_hash)
    if not found.seen.allows(Action.VIEW):
        raise refused(NotFound(), action, "session_entry", entry_id)
    require(action, handing_in(db, actor, found.facts, words), "session_entry", entry_id)
    return found


def visible_entries(db: Session, actor: Actor, *conditions: Any, limit: int = 200) -> list[SeenEntry]:
    """The newest `limit` entries of students whom the actor may view, narrowed by `conditions` on SessionEntry."""
    return [one for one, _ in visible_in(db, actor, _newest().where(*conditions).limit(limit))]


def visible_in(db: Session, actor: Actor, query: Any, **values: Any) -> list[tuple[SeenEntry, Sequence[Any]]]:
    """Rows of `query`, made of `the_entries(...)`, whose students the actor may view, each with its further columns."""
    found = [(_seen_entry(row, actor, ""), row[3 + FACTS :]) for row in run(db, actor, query, **values)]
    return [(one, columns) for one, columns in found if one.seen.allows(Action.VIEW)]


def visible_addenda(
    db: Session, actor: Actor, query: Any, **values: Any
) -> list[tuple[NoteAddendum, SeenEntry, Sequence[Any]]]:
    """Rows of `query`, made of `the_entries(NoteAddendum, supervises_author(NoteAddendum), ...)`: the addenda that the
    actor may read, each judged as `access_addendum` does, with its entry and its further columns."""
    found: list[tuple[NoteAddendum, SeenEntry, Sequence[Any]]] = []
    for entry, (addendum, supervised, *columns) in visible_in(db, actor, query, **values):
        note = facts_about_note(addendum, addendum.status, actor, "", supervised=bool(supervised))
        if decide(Action.READ_NOTE, replace(entry.facts, note=note)).allowed:
            found.append((addendum, entry, columns))
    return found


@cache
def _newest() -> Any:
    order = (col(SessionEntry.held_on).desc(), col(SessionEntry.id).desc())
    return the_entries().where(ties.may_view()).order_by(*order)


def parts_of(db: Session, actor: Actor, seen: Seen, query: Any, **values: Any) -> list[tuple[Judged, Sequence[Any]]]:
    """Rows of `query`, made of `the_parts(...)` and bound to `values`, of a student just granted, each with the
    decision about its note."""
    found, known = [], seen.facts
    for status, author_id, supervised, *columns in run_plain(db, actor, query, student_id=seen.student.id, **values):
        note = NoteFacts(NoteStatus(status), author_id == actor.membership_id, bool(supervised))
        found.append((Judged(replace(known, note=note)), columns))
    return found


def access_addendum(
    db: Session, actor: Actor, addendum_id: UUID, action: Action, *, shown_hash: str = "", words: str = ""
) -> tuple[NoteAddendum, SeenEntry]:
    """An addendum with its entry, judged like a note of its own, `words` as in `access_entry`.

    Raises NotFound or NotPermitted.
    """
    found = db.execute(
        select(NoteAddendum).where(
            col(NoteAddendum.id) == addendum_id, col(NoteAddendum.workspace_id) == actor.workspace_id
        )
    ).scalar_one_or_none()
    if found is None:
        raise refused(NotFound(), action, "note_addendum", addendum_id)
    if action not in READS:
        hold_entries(db, actor, [found.entry_id])
        db.refresh(found, with_for_update=True)
    entry = access_entry(db, actor, found.entry_id, Action.VIEW)
    supervised = access_author_tie(db, actor, found.author_id)
    note = facts_about_note(found, found.status, actor, shown_hash, supervised=supervised)
    require(action, handing_in(db, actor, replace(entry.facts, note=note), words), "note_addendum", addendum_id)
    return found, entry


def access_author_tie(db: Session, actor: Actor, author_id: UUID) -> bool:
    """Whether `author_id` is a live supervisee of the actor in the same discipline."""
    return bool(run(db, actor, select(ties.supervises_member(author_id))).scalar())


def _seen_entry(row: Any, actor: Actor, shown_hash: str) -> SeenEntry:
    seen = seen_in(row, actor)
    entry: SessionEntry = row[1 + FACTS]
    note = facts_about_note(entry, entry.note_status, actor, shown_hash, supervised=bool(row[2 + FACTS]))
    return SeenEntry(replace(seen.facts, note=note), entry, seen)
