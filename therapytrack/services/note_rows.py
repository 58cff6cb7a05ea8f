"""One note as a row of a list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.seen import SeenEntry
from therapytrack.domain.attendance import Attendance
from therapytrack.domain.late_notes import days_late, late_rule
from therapytrack.domain.note_content import NoteContent, facts_hash
from therapytrack.models import SessionEntry
from therapytrack.services.attendance_codes import labels_in
from therapytrack.services.caseload_rows import display_name
from therapytrack.services.note_beside import Words
from therapytrack.services.note_lists import Line
from therapytrack.services.note_sheet import GoalData, goal_data

SNIPPET = 140
Readings = Mapping[UUID, tuple[int, str]]


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


def note_rows(
    actor: Actor,
    lines: Sequence[Line],
    contents: Mapping[UUID, NoteContent],
    words: Words,
    read: Readings | None,
) -> list[NoteRow]:
    """The rows of a list, with the notes' `contents` by entry; whole where it is said what the actor has `read`."""
    labels = labels_in(words.codes, [line.seen.entry for line in lines])
    found = []
    for line in lines:
        key = line.seen.entry.id
        shown = contents[key] if line.seen.note_readable else None
        goals = goal_data(shown, words.levels) if shown else ()
        found.append(_row(actor, line, facts_hash(shown) if shown else "", labels[key], goals, read))
    return found


def _row(
    actor: Actor,
    line: Line,
    facts: str,
    attendance_words: str,
    goals: tuple[GoalData, ...],
    read: Readings | None,
) -> NoteRow:
    """One note of a list; `facts` is "" of one that may not be read."""
    one, entry, whole = line.seen, line.seen.entry, read is not None
    return NoteRow(
        entry_id=entry.id,
        student=display_name(one.seen.student),
        session=line.session.title,
        held_on=entry.held_on,
        attendance=entry.attendance,
        attendance_words=attendance_words,
        minutes=entry.minutes,
        status=entry.note_status,
        text=_text(actor, one, whole),
        version=entry.note_version,
        facts=facts,
        can_sign=whole and one.allows(Action.SIGN_NOTE),
        read=(read or {}).get(entry.id) == (entry.note_version, facts),
        late=_late(actor, entry),
        to_fill=whole and _to_fill(one),
        goals=goals,
    )


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
