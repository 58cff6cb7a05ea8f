"""Signing, submitting and correcting notes: what is signed is what was shown, once, and never changed afterwards."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.entries import access_addendum, access_entry
from therapytrack.access.holding import hold_entries
from therapytrack.domain.attendance import Attendance
from therapytrack.domain.note_content import (
    NoteContent,
    addendum_hash,
    clean_text,
    content_hash,
    facts_hash,
    required_text,
)
from therapytrack.errors import Conflict, Invalid, NotFound
from therapytrack.models import ClinicalRole, NoteAddendum, NoteStatus, SessionEntry, SessionStatus, TherapySession
from therapytrack.services.activity import record
from therapytrack.services.note_contents import content_of
from therapytrack.services.note_readings import ShownNote, still_unread
from therapytrack.services.therapy_sessions import set_note

DATA_CHANGED = "The session's data changed after you opened this note. Look at it again, then sign."
NOT_HELD = "This session is not finished yet. Finish it first, so that every mark is in, then sign."
NO_TEXT = "Write what happened in the session, then sign."
NOT_READ = "Read each of these notes first, then sign."
NO_ADDENDUM = "Write the correction or addition first."
SEALED = {Action.SIGN_NOTE: NoteStatus.SIGNED, Action.SUBMIT_NOTE: NoteStatus.SUBMITTED}
HELD = (SessionStatus.FINISHED, SessionStatus.CANCELLED)


class NotRead(Invalid):
    """Some of the notes that were to be signed together were not read yet; `entry_ids` says which."""

    def __init__(self, entry_ids: Sequence[UUID]) -> None:
        super().__init__({"note": NOT_READ})
        self.entry_ids = tuple(entry_ids)


def sign_note(db: Session, actor: Actor, shown: ShownNote) -> SessionEntry:
    """Sign the actor's own note as it was shown; a second click on the same note changes nothing.

    Raises NotFound, NotPermitted, Invalid, and Conflict when the text or the data are not those shown any more.
    """
    return _seal(db, actor, shown, Action.SIGN_NOTE)


def submit_note(db: Session, actor: Actor, shown: ShownNote) -> SessionEntry:
    """Hand an assistant's note to her supervisor, for the first time or again after a return. Raises as `sign_note`."""
    return _seal(db, actor, shown, Action.SUBMIT_NOTE)


def sign_notes(db: Session, actor: Actor, shown: Sequence[ShownNote], opened: UUID | None = None) -> list[SessionEntry]:
    """Sign several notes, each of which was read as it stands; all or none. `opened` is before her eyes anyway.

    Raises as `sign_note`, and NotRead for notes that were not opened since their text or data changed last.
    """
    hold_entries(db, actor, [one.entry_id for one in shown])
    signed = [sign_note(db, actor, one) for one in shown]
    if unread := still_unread(db, actor, [one for one in shown if one.entry_id != opened]):
        raise NotRead(unread)
    return signed


def add_addendum(db: Session, actor: Actor, entry_id: UUID, addendum_id: UUID, text: str) -> NoteAddendum:
    """Add to a signed note, which stays as it is; an assistant's addendum waits for a co-signature of its own.

    The same `addendum_id` twice makes one addendum. Raises Invalid, NotFound, NotPermitted.
    """
    words = required_text(text, "addendum", NO_ADDENDUM)
    seen = access_entry(db, actor, entry_id, Action.ADD_ADDENDUM, words=words)
    if (existing := db.get(NoteAddendum, addendum_id)) is not None:
        return _same(existing, actor, entry_id)
    status = _addendum_status(actor)
    addendum = NoteAddendum(
        id=addendum_id,
        workspace_id=actor.workspace_id,
        entry_id=entry_id,
        author_id=actor.membership_id,
        text=words,
        status=status,
        content_hash=addendum_hash(seen.entry.content_hash, actor.membership_id, words),
        signed_at=actor.at if status == NoteStatus.SIGNED else None,
    )
    db.add(addendum)
    _record_addendum(db, actor, "add addendum", addendum, seen.seen.student.id)
    return addendum


def revise_addendum(db: Session, actor: Actor, addendum_id: UUID, text: str) -> NoteAddendum:
    """Change a returned addendum and submit it again; the same words twice are submitted once.

    Raises Invalid, NotFound, NotPermitted.
    """
    words = required_text(text, "addendum", NO_ADDENDUM)
    sent, _ = access_addendum(db, actor, addendum_id, Action.READ_NOTE)
    if (sent.status, sent.author_id, sent.text) == (NoteStatus.SUBMITTED, actor.membership_id, words):
        return sent
    addendum, seen = access_addendum(db, actor, addendum_id, Action.SUBMIT_NOTE, words=words)
    addendum.text = words
    addendum.status = NoteStatus.SUBMITTED
    addendum.content_hash = addendum_hash(seen.entry.content_hash, actor.membership_id, words)
    _record_addendum(db, actor, "submit addendum", addendum, seen.seen.student.id)
    return addendum


def locked_entry(db: Session, actor: Actor, entry_id: UUID) -> SessionEntry:
    """The entry of a note that the actor may read, held still until the transaction ends: two signatures take turns.

    Its student is held first, as when marks are stored. Raises NotFound, NotPermitted.
    """
    hold_entries(db, actor, [entry_id])
    entry = access_entry(db, actor, entry_id, Action.READ_NOTE).entry
    db.refresh(entry, with_for_update=True)
    return entry


def _seal(db: Session, actor: Actor, shown: ShownNote, action: Action) -> SessionEntry:
    text = clean_text(shown.text, "note")
    entry = locked_entry(db, actor, shown.entry_id)
    if entry.note_status == SEALED[action] and entry.author_id == actor.membership_id and entry.note == text:
        return entry
    access_entry(db, actor, shown.entry_id, action, words=text)
    _require_held(db, entry)
    if text != entry.note or shown.version != entry.note_version:
        set_note(db, actor, entry.id, text, shown.version)
        db.refresh(entry)
    content = content_of(db, actor, entry)
    _require_whole(content, shown)
    if told := "\n".join(one.words for one in content.goals if one.words):
        access_entry(db, actor, entry.id, action, words=told)
    entry.note_status = SEALED[action]
    entry.content_hash = content_hash(content)
    if action == Action.SIGN_NOTE:
        entry.signed_at = actor.at
    else:
        entry.submitted_at = actor.at
    record(
        db,
        actor,
        action,
        student_id=entry.student_id,
        record_kind="session_entry",
        record_id=entry.id,
        hash=entry.content_hash,
    )
    db.flush()
    return entry


def _require_held(db: Session, entry: SessionEntry) -> None:
    session = db.get_one(TherapySession, entry.session_id)
    if session.status not in HELD or entry.attendance == Attendance.PLANNED:
        raise Invalid({"note": NOT_HELD})


def _require_whole(content: NoteContent, shown: ShownNote) -> None:
    if facts_hash(content) != shown.facts:
        raise Conflict(DATA_CHANGED)
    if content.attendance == Attendance.PRESENT and not content.text.strip():
        raise Invalid({"note": NO_TEXT})


def _addendum_status(actor: Actor) -> NoteStatus:
    assistant = actor.member.clinical == ClinicalRole.ASSISTANT
    return NoteStatus.SUBMITTED if assistant else NoteStatus.SIGNED


def _same(existing: NoteAddendum, actor: Actor, entry_id: UUID) -> NoteAddendum:
    mine = existing.workspace_id == actor.workspace_id and existing.author_id == actor.membership_id
    if not mine or existing.entry_id != entry_id:
        raise NotFound
    return existing


def _record_addendum(db: Session, actor: Actor, action: str, addendum: NoteAddendum, student_id: UUID) -> None:
    record(db, actor, action, student_id=student_id, record_kind="note_addendum", record_id=addendum.id)
