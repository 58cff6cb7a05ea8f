"""What waits for a supervisor: notes and addenda that her assistants submitted, and one of them with its difference."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlmodel import Session, col

from therapytrack.access import ties
from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.entries import visible_addenda, visible_in
from therapytrack.access.queries import the_entries
from therapytrack.access.reports import reports_to_cosign
from therapytrack.access.seen import SeenEntry
from therapytrack.access.slots import credential_of, name_of
from therapytrack.domain.word_diff import Piece, word_diff
from therapytrack.models import ClinicalRole, NoteAddendum, NoteReturn, SessionEntry, TherapySession
from therapytrack.services.activity import only_reads, record
from therapytrack.services.caseload import access_facts
from therapytrack.services.caseload_rows import SparkView, display_name, spark_of
from therapytrack.services.note_beside import signs_as
from therapytrack.services.note_sheet import NoteSheet, read_seen
from therapytrack.services.work_queue import addenda_to_cosign, notes_to_cosign

LONGEST_QUEUE = 60


@dataclass(frozen=True, slots=True)
class WaitingNote:
    """One line of the queue; with `addendum_id` it is an addendum. `again`: it was returned before."""

    entry_id: UUID
    addendum_id: UUID | None
    author: str
    student: str
    held_on: date
    submitted_at: datetime
    again: bool


@dataclass(frozen=True, slots=True)
class WaitingReport:
    """A submitted progress report, or a submitted addendum to one: it is read, and answered, on the report's page."""

    student_id: UUID
    period_id: UUID
    period: str
    is_addendum: bool
    author: str
    student: str
    submitted_at: datetime
    again: bool


@dataclass(frozen=True, slots=True)
class GoalChart:
    """How one of the note's goals goes: its last points as a line, and its standing in words."""

    goal_id: UUID
    label: str
    spark: SparkView
    status: str
    standing: str
    why: str


@dataclass(frozen=True, slots=True)
class CoSignSheet:
    """What is to be co-signed: `hash` binds the signature to exactly `text` and the note's data.

    `charts`: of the goals that the note has data on.
    `comment` and `difference` tell what the last return asked for and what changed since; None when never returned.
    """

    waiting: WaitingNote
    note: NoteSheet
    text: str
    hash: str
    charts: tuple[GoalChart, ...]
    comment: str
    difference: list[Piece] | None


@dataclass(frozen=True, slots=True)
class CoSignPage:
    """The queue, by assistant and then oldest first, and the one that is open; `reports` wait beside it."""

    queue: list[WaitingNote]
    sheet: CoSignSheet | None
    reports: list[WaitingReport]


@dataclass(frozen=True, slots=True)
class Place:
    """What stands behind a line of the queue: the note with its session, and the addendum where one waits."""

    seen: SeenEntry
    session: TherapySession
    addendum: NoteAddendum | None = None


@only_reads
def open_queue(db: Session, actor: Actor, wanted: UUID | None) -> CoSignPage:
    """What waits for the actor; `wanted` is the id of a note's entry or of an addendum, else the first is opened.

    Where something waits, the list is logged, and the note that is read. A wanted one that does not wait any more is
    passed over. Never raises for who is without a queue: it is empty. Eight statements, whatever the number that waits.
    """
    if actor.member.clinical != ClinicalRole.SUPERVISOR:
        return CoSignPage([], None, [])
    found = [*_notes(db, actor), *_addenda(db, actor)]
    found.sort(key=lambda one: (one[0].author, one[0].submitted_at, one[0].entry_id))
    queue, reports = [line for line, _ in found], _reports(db, actor)
    if queue or reports:
        more: dict[str, Any] = {"reports": len(reports)} if reports else {}
        record(db, actor, Action.VIEW, record_kind="co_sign_queue", notes=len(queue), **more)
    chosen = next(
        (one for one in found if wanted == (one[0].addendum_id or one[0].entry_id)), found[0] if found else None
    )
    return CoSignPage(queue, _sheet(db, actor, *chosen) if chosen else None, reports)


def _reports(db: Session, actor: Actor) -> list[WaitingReport]:
    """The progress reports and their addenda that wait for the actor, by assistant and then oldest first."""
    rows = reports_to_cosign(db, actor, LONGEST_QUEUE)
    found = [
        WaitingReport(
            student_id=line.student.id,
            period_id=row.period_id,
            period=row.period,
            is_addendum=row.addendum_id is not None,
            author=", ".join(part for part in (row.author, row.credential) if part),
            student=display_name(line.student),
            submitted_at=row.submitted_at,
            again=bool(row.again),
        )
        for line, row in rows
    ]
    return sorted(found, key=lambda one: (one.author, one.submitted_at, one.student_id))


def _notes(db: Session, actor: Actor) -> list[tuple[WaitingNote, Place]]:
    """Submitted notes whose author the actor supervises. One statement."""
    return [
        (
            _waiting(seen, seen.entry.submitted_at or seen.entry.created_at, *author, again=bool(again)),
            Place(seen, session),
        )
        for seen, (session, *author, again) in visible_in(db, actor, _waiting_notes())
        if seen.note_readable
    ]


def _addenda(db: Session, actor: Actor) -> list[tuple[WaitingNote, Place]]:
    """Submitted addenda whose author the actor supervises, each judged as a note of its own. One statement."""
    return [
        (_waiting(seen, one.created_at, *author, addendum_id=one.id), Place(seen, session, one))
        for one, seen, (session, *author) in visible_addenda(db, actor, _waiting_addenda())
        if seen.note_readable
    ]


@cache
def _waiting_notes() -> Any:
    back = exists(select(1).where(col(NoteReturn.entry_id) == col(SessionEntry.id)).correlate(SessionEntry))
    query = _with_session(the_entries(TherapySession, *_who(SessionEntry), back))
    newest = (col(SessionEntry.held_on).desc(), col(SessionEntry.id).desc())
    return query.where(*notes_to_cosign(), ties.may_view()).order_by(*newest).limit(LONGEST_QUEUE)


@cache
def _waiting_addenda() -> Any:
    tie = ties.supervises_author(NoteAddendum)
    query = _with_session(the_entries(NoteAddendum, tie, TherapySession, *_who(NoteAddendum)))
    query = query.join(NoteAddendum, col(NoteAddendum.entry_id) == col(SessionEntry.id))
    query = query.where(*addenda_to_cosign(), ties.may_view())
    return query.order_by(col(NoteAddendum.created_at)).limit(LONGEST_QUEUE)


def _with_session(query: Any) -> Any:
    return query.join(TherapySession, col(TherapySession.id) == col(SessionEntry.session_id))


def _who(table: Any) -> tuple[Any, Any]:
    return name_of(table.author_id), credential_of(table.author_id)


def _waiting(
    seen: SeenEntry,
    since: datetime,
    name: str,
    credential: str,
    *,
    addendum_id: UUID | None = None,
    again: bool = False,
) -> WaitingNote:
    return WaitingNote(
        entry_id=seen.entry.id,
        addendum_id=addendum_id,
        author=signs_as(name, credential),
        student=display_name(seen.seen.student),
        held_on=seen.entry.held_on,
        submitted_at=since,
        again=again,
    )


def _sheet(db: Session, actor: Actor, chosen: WaitingNote, place: Place) -> CoSignSheet:
    note, around = read_seen(db, actor, place.seen, place.session)
    text, shown = (place.addendum.text, place.addendum.content_hash) if place.addendum else (note.text, note.hash)
    back = around.last_return(chosen.addendum_id)
    return CoSignSheet(
        waiting=chosen,
        note=note,
        text=text,
        hash=shown,
        charts=_charts(db, actor, note),
        comment=back.comment if back else "",
        difference=word_diff(back.text, text) if back else None,
    )


def _charts(db: Session, actor: Actor, note: NoteSheet) -> tuple[GoalChart, ...]:
    """The standing of the goals in `note`, in the order of the student's goals. Two statements."""
    named = {one.goal for one in note.goals}
    if not named:
        return ()
    _, facts = access_facts(db, actor, note.student_id)
    return tuple(
        GoalChart(
            goal_id=goal.id,
            label=goal.facts.label,
            spark=spark_of(goal),
            status=goal.standing.status,
            standing=goal.standing.label,
            why=goal.standing.sentence,
        )
        for goal in facts.goals
        if goal.facts.label in named
    )
