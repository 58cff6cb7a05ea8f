"""What waits for a supervisor: notes and addenda that her assistants submitted, and one of them with its difference."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from therapytrack.access import ties
from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.entries import access_addendum, visible_entries
from therapytrack.access.queries import joined_to_entries, run_plain
from therapytrack.access.reports import reports_to_cosign
from therapytrack.access.seen import SeenEntry
from therapytrack.domain.word_diff import Piece, word_diff
from therapytrack.errors import NotFound, NotPermitted
from therapytrack.models import ClinicalRole, NoteAddendum, NoteReturn, SessionEntry
from therapytrack.services.activity import only_reads, record
from therapytrack.services.caseload import access_facts
from therapytrack.services.caseload_rows import SparkView, display_name, spark_of
from therapytrack.services.co_sign import last_return
from therapytrack.services.note_sheet import NoteSheet, people, read_note
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


@only_reads
def open_queue(db: Session, actor: Actor, wanted: UUID | None) -> CoSignPage:
    """What waits for the actor; `wanted` is the id of a note's entry or of an addendum, else the first is opened.

    Where notes wait, both are logged. A wanted one that does not wait any more is passed over. Never raises for who is
    without a queue: it is empty.
    """
    queue = _queue(db, actor)
    if queue:
        record(db, actor, Action.VIEW, record_kind="co_sign_queue", notes=len(queue))
    chosen = next((one for one in queue if wanted == (one.addendum_id or one.entry_id)), queue[0] if queue else None)
    return CoSignPage(queue, _sheet(db, actor, chosen) if chosen else None, waiting_reports(db, actor))


@only_reads
def waiting_reports(db: Session, actor: Actor) -> list[WaitingReport]:
    """The progress reports and their addenda that wait for the actor, by assistant and then oldest first. At most one
    statement."""
    if actor.member.clinical != ClinicalRole.SUPERVISOR:
        return []
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


def _queue(db: Session, actor: Actor) -> list[WaitingNote]:
    entries = visible_entries(db, actor, *notes_to_cosign(), limit=LONGEST_QUEUE)
    addenda = _addenda(db, actor)
    authors = people(
        db, actor, [*[one.entry.author_id for one in entries], *[addendum.author_id for addendum, _ in addenda]]
    )
    back = _returned_before(db, actor, [one.entry.id for one in entries])
    queue = [_waiting(one, authors, again=one.entry.id in back) for one in entries]
    queue += [_waiting(seen, authors, addendum) for addendum, seen in addenda]
    return sorted(queue, key=lambda one: (one.author, one.submitted_at, one.entry_id))


def _addenda(db: Session, actor: Actor) -> list[tuple[NoteAddendum, SeenEntry]]:
    """Submitted addenda whose author the actor supervises, each fetched through the gate."""
    waiting = joined_to_entries(select(col(NoteAddendum.id))).join(
        NoteAddendum, col(NoteAddendum.entry_id) == col(SessionEntry.id)
    )
    waiting = waiting.where(*addenda_to_cosign(), ties.may_view()).order_by(col(NoteAddendum.created_at))
    found = []
    for (addendum_id,) in run_plain(db, actor, waiting.limit(LONGEST_QUEUE)):
        try:
            found.append(access_addendum(db, actor, addendum_id, Action.READ_NOTE))
        except (NotFound, NotPermitted):
            continue
    return found


def _returned_before(db: Session, actor: Actor, entry_ids: list[UUID]) -> set[UUID]:
    query = select(col(NoteReturn.entry_id)).where(
        col(NoteReturn.workspace_id) == actor.workspace_id, col(NoteReturn.entry_id).in_(entry_ids)
    )
    return set(db.execute(query).scalars())


def _waiting(
    seen: SeenEntry, authors: dict[UUID, str], addendum: NoteAddendum | None = None, *, again: bool = False
) -> WaitingNote:
    entry = seen.entry
    return WaitingNote(
        entry_id=entry.id,
        addendum_id=addendum.id if addendum else None,
        author=authors[addendum.author_id if addendum else entry.author_id],
        student=display_name(seen.seen.student),
        held_on=entry.held_on,
        submitted_at=addendum.created_at if addendum else entry.submitted_at or entry.created_at,
        again=again,
    )


def _sheet(db: Session, actor: Actor, chosen: WaitingNote) -> CoSignSheet:
    note = read_note(db, actor, chosen.entry_id)
    text, shown = note.text, note.hash
    if chosen.addendum_id:
        addendum, _ = access_addendum(db, actor, chosen.addendum_id, Action.READ_NOTE)
        text, shown = addendum.text, addendum.content_hash
    back = last_return(db, actor, chosen.entry_id, chosen.addendum_id)
    return CoSignSheet(
        waiting=chosen,
        note=note,
        text=text,
        hash=shown,
        charts=_charts(db, actor, note),
        comment=back.comment if back else "",
        difference=word_diff(back.returned_text, text) if back else None,
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
