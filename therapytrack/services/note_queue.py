"""The notes that a person works through: her own by status, those signed, or all notes of one session."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from uuid import UUID

from sqlmodel import Session

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.entries import access_entry, access_session
from therapytrack.access.licence import interprets, rule_values
from therapytrack.access.seen import SeenSession
from therapytrack.domain.note_content import NoteContent
from therapytrack.models import NoteStatus, TherapySession
from therapytrack.services.activity import OWN, only_reads, record, record_each
from therapytrack.services.claim_check import BeforeSigning, before_signing, claim_columns, claim_values
from therapytrack.services.licence import hint_of
from therapytrack.services.note_beside import (
    Part,
    around_columns,
    around_in,
    notes_near,
    read_beside,
    words_columns,
    words_in,
)
from therapytrack.services.note_contents import contents_of
from therapytrack.services.note_lists import Line, NoteTab, list_notes, waiting_columns, waiting_in
from therapytrack.services.note_offers import Offer, offer_columns, offers_for
from therapytrack.services.note_readings import readings_columns, readings_in
from therapytrack.services.note_rows import NoteRow, note_rows
from therapytrack.services.note_sheet import NoteSheet, is_own_work, log_reading, sheet_of


@dataclass(frozen=True, slots=True)
class NotesPage:
    """A list (`tab`, or a session's of `title`), how many notes wait in each of the reader's own lists, and the note
    that is open: with what is asked before she signs it, and the templates filled for it, while it is hers to write.

    `hint`: how far her license reaches, for an assistant.
    """

    tab: NoteTab
    rows: list[NoteRow]
    counts: dict[str, int]
    hint: str
    title: str = ""
    sheet: NoteSheet | None = None
    questions: BeforeSigning | None = None
    offers: Sequence[Offer] = ()


@only_reads
def open_notes(db: Session, actor: Actor, tab: NoteTab | None, entry_id: UUID | None) -> NotesPage:
    """The actor's notes of `tab` (signed ones: everybody's that she may read), newest first, and one of them open.

    Without `tab` those that are unsigned, or where there are none, those that came back. Raises NotFound or
    NotPermitted for an `entry_id` that she may not read. At most four statements.
    """
    tabs = (tab,) if tab else (NoteTab.UNSIGNED, NoteTab.RETURNED)
    lists, found = list_notes(db, actor, tabs, entry_id)
    shown = next((one for one in tabs if lists[one]), tabs[0])
    opened = _opened(db, actor, lists[shown], entry_id, beside=found)
    students = {line.seen.entry.student_id for line in lists[shown]}
    record(db, actor, Action.VIEW, record_kind="notes", students=len(students))
    page = _page(db, actor, lists[shown], opened, shown)
    if not tab and not page.rows and page.counts[NoteTab.RETURNED]:
        return replace(page, tab=NoteTab.RETURNED)
    return page


@only_reads
def open_session_notes(db: Session, actor: Actor, session_id: UUID, entry_id: UUID | None) -> NotesPage:
    """All notes of one session that the actor may see, whole, in the group's order. Raises NotFound, NotPermitted.

    At most four statements, five where the note to be opened is of another session.
    """
    seen = access_session(db, actor, session_id, Action.VIEW)
    lines = [Line(one, seen.session) for one in seen.entries]
    opened = _opened(db, actor, lines, entry_id)
    _log_reading(db, actor, seen)
    return replace(_page(db, actor, lines, opened, session_id=session_id), title=seen.session.title)


def _log_reading(db: Session, actor: Actor, seen: SeenSession) -> None:
    """The notes that she may read as read, of the others that she saw them in the list."""
    about: dict[str, Any] = {"record_kind": "therapy_session", "record_id": seen.session.id}
    for act, readable in ((Action.READ_NOTE, True), (Action.VIEW, False)):
        of = [one for one in seen.entries if one.note_readable is readable]
        whose = {one.entry.student_id: OWN if is_own_work(actor, one) else {} for one in of}
        if whose:
            record_each(db, actor, act, whose, **about)


def _opened(
    db: Session, actor: Actor, lines: Sequence[Line], entry_id: UUID | None, beside: Sequence[Line] = ()
) -> Line | None:
    """The note asked for, else the first to be written, else the first that may be read."""
    if entry_id is not None:
        shown = (line for line in (*lines, *beside) if line.seen.entry.id == entry_id and line.seen.note_readable)
        return next(shown, None) or _fetched(db, actor, entry_id)
    readable = [line for line in lines if line.seen.note_readable]
    readable.sort(key=lambda line: line.seen.entry.note_status not in (NoteStatus.DRAFT, NoteStatus.RETURNED))
    return readable[0] if readable else None


def _fetched(db: Session, actor: Actor, entry_id: UUID) -> Line:
    seen = access_entry(db, actor, entry_id, Action.READ_NOTE)
    return Line(seen, db.get_one(TherapySession, seen.entry.session_id))


def _page(
    db: Session,
    actor: Actor,
    lines: Sequence[Line],
    opened: Line | None,
    tab: NoteTab = NoteTab.UNSIGNED,
    session_id: UUID | None = None,
) -> NotesPage:
    """The page of `lines`, whole where they are those of a session. Three statements."""
    beside = _beside(db, actor, opened, session_id)
    words = words_in(beside[words_columns])
    shown = [line.seen.entry for line in lines if line.seen.note_readable]
    contents = contents_of(db, actor, [*shown, *([opened.seen.entry] if opened else [])])
    read = readings_in(*beside[readings_columns]) if session_id else None
    page = NotesPage(
        tab=tab,
        rows=note_rows(actor, lines, contents, words, read),
        counts=waiting_in(*beside[waiting_columns]),
        hint=hint_of(actor, interprets=bool(*beside[license_columns])),
    )
    return _with_open(db, actor, page, opened, contents, beside) if opened else page


def _with_open(
    db: Session,
    actor: Actor,
    page: NotesPage,
    opened: Line,
    contents: Mapping[UUID, NoteContent],
    beside: Mapping[Part, Sequence[Any]],
) -> NotesPage:
    """The page with the note that is open on it; reading it is logged. One statement."""
    seen, session = opened.seen, opened.session
    log_reading(db, actor, seen)
    hers = seen.allows(Action.EDIT_NOTE)
    near = notes_near(db, actor, seen.entry, compared=hers and bool(seen.entry.note))
    words, around = words_in(beside[words_columns]), around_in(beside[around_columns])
    sheet = sheet_of(actor, seen, session, contents[seen.entry.id], words, around, near)
    if not hers:
        return replace(page, sheet=sheet)
    questions = before_signing(actor, seen, session, beside[claim_columns], near)
    offers = offers_for(actor, seen, session, sheet, beside[offer_columns])
    return replace(page, sheet=sheet, questions=questions, offers=offers)


def _beside(db: Session, actor: Actor, opened: Line | None, session_id: UUID | None) -> dict[Part, Sequence[Any]]:
    """What is read beside a list, of its session where it is one's, and about the note that is open. One statement."""
    parts: list[Part] = [waiting_columns, license_columns, words_columns]
    values = {**rule_values(actor), "read_session": session_id}
    if session_id:
        parts.append(readings_columns)
    if opened:
        parts.append(around_columns)
    if opened and opened.seen.allows(Action.EDIT_NOTE):
        parts += [claim_columns, offer_columns]
        values |= claim_values(actor, opened.seen.entry, opened.session)
    return read_beside(db, actor, parts, opened.seen.entry if opened else None, **values)


@cache
def license_columns() -> tuple[Any, ...]:
    """Whether the rule of the reader's state lets her interpret."""
    return (interprets(),)
