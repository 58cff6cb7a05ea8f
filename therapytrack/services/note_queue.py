"""The notes that a person works through: her own by status, those signed, or all notes of one session."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.entries import access_session, visible_entries
from therapytrack.access.seen import SeenEntry, SeenSession
from therapytrack.domain.attendance import Attendance
from therapytrack.domain.late_notes import days_late, late_rule
from therapytrack.domain.note_content import facts_hash
from therapytrack.models import NoteStatus, SessionEntry, SessionStatus, TherapySession
from therapytrack.services.activity import OWN, only_reads, record, record_each
from therapytrack.services.attendance_codes import labels_of
from therapytrack.services.caseload_rows import display_name
from therapytrack.services.note_contents import contents_of
from therapytrack.services.note_readings import readings_of
from therapytrack.services.note_sheet import GoalData, NoteSheet, goal_data, is_own_work, read_note

LONGEST_LIST = 60
SNIPPET = 140


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
class NoteRow:
    """One note in a list. `text` is its beginning, the whole of it in a session's list, "" when it may not be read.

    `can_sign`: the reader may sign it as it is shown here; then `version` and `facts` say what was shown, and `read`
    that she has opened it as it stands. `late`: by how many days it was, or is, signed too late. `to_fill`: it is hers,
    still empty, and a template can begin it.
    """

    entry_id: UUID
    student: str
    session: str
    held_on: date
    attendance: str
    attendance_words: str
    minutes: int
    status: str
    text: str
    version: int
    facts: str
    can_sign: bool
    read: bool
    late: int
    to_fill: bool
    goals: tuple[GoalData, ...]


@dataclass(frozen=True, slots=True)
class NotesPage:
    """A list, how many notes wait in each of the reader's own lists, and the note that is open."""

    title: str
    rows: list[NoteRow]
    counts: dict[str, int]
    sheet: NoteSheet | None


@only_reads
def open_notes(db: Session, actor: Actor, tab: NoteTab, entry_id: UUID | None) -> NotesPage:
    """The actor's notes of `tab` (signed ones: everybody's that she may read), newest first, and one of them open.

    Raises NotFound or NotPermitted for an `entry_id` that she may not read.
    """
    seen = visible_entries(db, actor, *_conditions(actor, tab), limit=LONGEST_LIST)
    rows = _rows(db, actor, seen)
    record(db, actor, Action.VIEW, record_kind="notes", students=len({one.entry.student_id for one in seen}))
    sheet = _open(db, actor, rows, entry_id)
    return NotesPage("", rows, _counts(db, actor), sheet)


@only_reads
def open_session_notes(db: Session, actor: Actor, session_id: UUID, entry_id: UUID | None) -> NotesPage:
    """All notes of one session that the actor may see, whole, in the group's order. Raises NotFound, NotPermitted."""
    seen = access_session(db, actor, session_id, Action.VIEW)
    rows = _rows(db, actor, seen.entries, whole=True)
    _log_reading(db, actor, seen)
    return NotesPage(seen.session.title, rows, _counts(db, actor), _open(db, actor, rows, entry_id))


def _log_reading(db: Session, actor: Actor, seen: SeenSession) -> None:
    """The notes that she may read as read, of the others that she saw them in the list."""
    about: dict[str, Any] = {"record_kind": "therapy_session", "record_id": seen.session.id}
    for act, readable in ((Action.READ_NOTE, True), (Action.VIEW, False)):
        of = [one for one in seen.entries if one.note_readable is readable]
        whose = {one.entry.student_id: OWN if is_own_work(actor, one) else {} for one in of}
        if whose:
            record_each(db, actor, act, whose, **about)


def _open(db: Session, actor: Actor, rows: Sequence[NoteRow], entry_id: UUID | None) -> NoteSheet | None:
    """The note asked for, else the first to be written, else the first that may be read."""
    if entry_id is not None:
        return read_note(db, actor, entry_id)
    readable = [one for one in rows if one.facts]
    readable.sort(key=lambda one: one.status not in (NoteStatus.DRAFT, NoteStatus.RETURNED))
    return read_note(db, actor, readable[0].entry_id) if readable else None


def _conditions(actor: Actor, tab: NoteTab) -> list[Any]:
    conditions: list[Any] = [
        col(SessionEntry.workspace_id) == actor.workspace_id,
        col(SessionEntry.note_status).in_(STATUSES[tab]),
    ]
    if tab != NoteTab.SIGNED:
        conditions += [
            col(SessionEntry.author_id) == actor.membership_id,
            col(SessionEntry.session_id).in_(_held(actor)),
        ]
    return conditions


def _held(actor: Actor) -> Any:
    return select(col(TherapySession.id)).where(
        col(TherapySession.workspace_id) == actor.workspace_id,
        col(TherapySession.status) == SessionStatus.FINISHED,
    )


def _counts(db: Session, actor: Actor) -> dict[str, int]:
    """The reader's own notes of finished sessions, by list."""
    query = (
        select(col(SessionEntry.note_status), func.count())
        .where(
            col(SessionEntry.workspace_id) == actor.workspace_id,
            col(SessionEntry.author_id) == actor.membership_id,
            col(SessionEntry.session_id).in_(_held(actor)),
        )
        .group_by(col(SessionEntry.note_status))
    )
    found = Counter({row[0]: row[1] for row in db.execute(query)})
    return {str(tab): sum(found[status] for status in statuses) for tab, statuses in STATUSES.items()}


def _rows(db: Session, actor: Actor, seen: Sequence[SeenEntry], *, whole: bool = False) -> list[NoteRow]:
    titles = _titles(db, actor, {one.entry.session_id for one in seen})
    readable = [one.entry for one in seen if one.note_readable]
    contents = contents_of(db, actor, readable)
    words = labels_of(db, actor, [one.entry for one in seen])
    data = goal_data(db, actor, list(contents.values()))
    facts = {key: facts_hash(content) for key, content in contents.items()}
    read = readings_of(db, actor, [one.id for one in readable]) if whole else {}
    return [
        NoteRow(
            entry_id=one.entry.id,
            student=display_name(one.seen.student),
            session=titles.get(one.entry.session_id, ""),
            held_on=one.entry.held_on,
            attendance=one.entry.attendance,
            attendance_words=words[one.entry.id],
            minutes=one.entry.minutes,
            status=one.entry.note_status,
            text=_text(actor, one, whole),
            version=one.entry.note_version,
            facts=facts.get(one.entry.id, ""),
            can_sign=whole and one.allows(Action.SIGN_NOTE),
            read=read.get(one.entry.id) == (one.entry.note_version, facts.get(one.entry.id)),
            late=_late(actor, one.entry),
            to_fill=whole and _to_fill(one),
            goals=data.get(one.entry.id, ()),
        )
        for one in seen
    ]


def _to_fill(one: SeenEntry) -> bool:
    held = one.entry.attendance != Attendance.PLANNED
    return held and not one.entry.note.strip() and one.allows(Action.EDIT_NOTE)


def _late(actor: Actor, entry: SessionEntry) -> int:
    """Days beyond the day by which the note was to be signed: when it was handed in, or today while it waits."""
    done = entry.submitted_at or entry.signed_at
    handed_in = done.astimezone(actor.zone).date() if done else actor.today
    return days_late(entry.held_on, handed_in, late_rule(actor.us_state, actor.note_due_days).days)


def _text(actor: Actor, one: SeenEntry, whole: bool) -> str:
    """The note where all are shown whole; in a list the first words of the reader's own, a colleague's once opened."""
    if not one.note_readable:
        return ""
    mine = one.entry.author_id == actor.membership_id
    return one.entry.note if whole else one.entry.note[:SNIPPET] if mine else ""


def _titles(db: Session, actor: Actor, session_ids: set[UUID]) -> dict[UUID, str]:
    query = select(col(TherapySession.id), col(TherapySession.title)).where(
        col(TherapySession.workspace_id) == actor.workspace_id, col(TherapySession.id).in_(session_ids)
    )
    return {row[0]: row[1] for row in db.execute(query)}
