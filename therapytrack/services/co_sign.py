"""A supervisor's two answers to what her assistant submitted: a co-signature under the very text she was shown, or a
return with a comment. A co-signature does not document supervision; contacts are logged apart.
"""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.entries import access_addendum, access_entry
from therapytrack.access.holding import hold_entries
from therapytrack.access.refusals import refused
from therapytrack.domain.note_content import LONGEST_COMMENT, content_hash, required_text
from therapytrack.errors import Conflict
from therapytrack.models import CoSignature, NoteAddendum, NoteReturn, NoteStatus, SessionEntry
from therapytrack.services.activity import record
from therapytrack.services.note_contents import content_of
from therapytrack.services.notes import locked_entry

NO_COMMENT = "Say what to change, so that the author knows."
CHANGED = "This note's data are not those that were submitted. Return it to its author."


def co_sign_note(db: Session, actor: Actor, entry_id: UUID, shown_hash: str) -> CoSignature:
    """Co-sign the note whose content hash is `shown_hash`; a second click makes no second signature.

    Raises NotFound, NotPermitted (also when the note is not the one shown any more), Conflict when the stored data do
    not match what was submitted.
    """
    entry = locked_entry(db, actor, entry_id)
    if entry.note_status == NoteStatus.COSIGNED and (mine := _my_signature(db, actor, entry_id, shown_hash)):
        return mine
    access_entry(db, actor, entry_id, Action.COSIGN_NOTE, shown_hash=shown_hash)
    if content_hash(content_of(db, actor, entry)) != shown_hash:
        raise refused(Conflict(CHANGED), Action.COSIGN_NOTE, "session_entry", entry_id)
    entry.note_status = NoteStatus.COSIGNED
    entry.signed_at = actor.at
    return _sign(db, actor, entry, None, shown_hash)


def co_sign_addendum(db: Session, actor: Actor, addendum_id: UUID, shown_hash: str) -> CoSignature:
    """Co-sign an assistant's addendum whose hash is `shown_hash`, once. Raises NotFound, NotPermitted."""
    addendum, seen = _locked_addendum(db, actor, addendum_id)
    mine = _my_signature(db, actor, addendum.entry_id, shown_hash, addendum_id)
    if addendum.status == NoteStatus.COSIGNED and mine:
        return mine
    access_addendum(db, actor, addendum_id, Action.COSIGN_NOTE, shown_hash=shown_hash)
    addendum.status = NoteStatus.COSIGNED
    addendum.signed_at = actor.at
    return _sign(db, actor, seen, addendum, shown_hash)


def return_note(db: Session, actor: Actor, entry_id: UUID, shown_hash: str, comment: str) -> NoteReturn:
    """Send the note back to its author with `comment`; the text that was read is kept, to show the difference later.

    The same return twice makes one. Raises Invalid without a comment, NotFound, NotPermitted.
    """
    words = required_text(comment, "comment", NO_COMMENT, LONGEST_COMMENT)
    entry = locked_entry(db, actor, entry_id)
    last = last_return(db, actor, entry_id)
    if entry.note_status == NoteStatus.RETURNED and last and _is_same(last, actor, words):
        return last
    access_entry(db, actor, entry_id, Action.RETURN_NOTE, shown_hash=shown_hash)
    entry.note_status = NoteStatus.RETURNED
    return _return(db, actor, entry, None, words)


def return_addendum(db: Session, actor: Actor, addendum_id: UUID, shown_hash: str, comment: str) -> NoteReturn:
    """Send an addendum back to its author with `comment`. Raises Invalid, NotFound, NotPermitted."""
    words = required_text(comment, "comment", NO_COMMENT, LONGEST_COMMENT)
    addendum, entry = _locked_addendum(db, actor, addendum_id)
    last = last_return(db, actor, entry.id, addendum_id)
    if addendum.status == NoteStatus.RETURNED and last and _is_same(last, actor, words):
        return last
    access_addendum(db, actor, addendum_id, Action.RETURN_NOTE, shown_hash=shown_hash)
    addendum.status = NoteStatus.RETURNED
    return _return(db, actor, entry, addendum, words)


def last_return(db: Session, actor: Actor, entry_id: UUID, addendum_id: UUID | None = None) -> NoteReturn | None:
    """The newest return of a note (already granted by the gate), or of one of its addenda."""
    query = (
        select(NoteReturn)
        .where(
            col(NoteReturn.workspace_id) == actor.workspace_id,
            col(NoteReturn.entry_id) == entry_id,
            col(NoteReturn.addendum_id) == addendum_id,
        )
        .order_by(col(NoteReturn.created_at).desc())
        .limit(1)
    )
    return db.execute(query).scalar_one_or_none()


def _locked_addendum(db: Session, actor: Actor, addendum_id: UUID) -> tuple[NoteAddendum, SessionEntry]:
    addendum, seen = access_addendum(db, actor, addendum_id, Action.READ_NOTE)
    hold_entries(db, actor, [addendum.entry_id])
    db.refresh(addendum, with_for_update=True)
    return addendum, seen.entry


def _is_same(last: NoteReturn, actor: Actor, comment: str) -> bool:
    return last.returned_by_id == actor.membership_id and last.comment == comment


def _my_signature(
    db: Session, actor: Actor, entry_id: UUID, shown_hash: str, addendum_id: UUID | None = None
) -> CoSignature | None:
    query = select(CoSignature).where(
        col(CoSignature.workspace_id) == actor.workspace_id,
        col(CoSignature.entry_id) == entry_id,
        col(CoSignature.addendum_id) == addendum_id,
        col(CoSignature.signed_by_id) == actor.membership_id,
        col(CoSignature.content_hash) == shown_hash,
    )
    return db.execute(query).scalar_one_or_none()


def _sign(
    db: Session, actor: Actor, entry: SessionEntry, addendum: NoteAddendum | None, shown_hash: str
) -> CoSignature:
    signature = CoSignature(
        workspace_id=actor.workspace_id,
        entry_id=entry.id,
        addendum_id=addendum.id if addendum else None,
        signed_by_id=actor.membership_id,
        content_hash=shown_hash,
    )
    db.add(signature)
    _record(db, actor, Action.COSIGN_NOTE, entry, addendum)
    db.flush()
    return signature


def _return(db: Session, actor: Actor, entry: SessionEntry, addendum: NoteAddendum | None, comment: str) -> NoteReturn:
    returned = NoteReturn(
        workspace_id=actor.workspace_id,
        entry_id=entry.id,
        addendum_id=addendum.id if addendum else None,
        returned_by_id=actor.membership_id,
        comment=comment,
        returned_text=addendum.text if addendum else entry.note,
    )
    db.add(returned)
    _record(db, actor, Action.RETURN_NOTE, entry, addendum)
    db.flush()
    return returned


def _record(db: Session, actor: Actor, action: str, entry: SessionEntry, addendum: NoteAddendum | None) -> None:
    kind, record_id = ("note_addendum", addendum.id) if addendum else ("session_entry", entry.id)
    record(db, actor, action, student_id=entry.student_id, record_kind=kind, record_id=record_id)
