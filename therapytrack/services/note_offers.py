"""Templates filled for a note that is being written, and all empty notes of a session filled at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.entries import access_entry, access_session
from therapytrack.access.seen import SeenEntry
from therapytrack.domain.attendance import Attendance
from therapytrack.domain.dates import clock_range, long_date
from therapytrack.domain.note_templates import Filled, NoteFacts, Result, fill, setting_of
from therapytrack.domain.score_words import data_words, prompt_words, source_words
from therapytrack.domain.session_plan import DELIVERIES
from therapytrack.errors import Invalid
from therapytrack.models import SessionEntry, TherapySession
from therapytrack.services.activity import only_reads, record
from therapytrack.services.attendance_codes import labels_of
from therapytrack.services.note_contents import contents_of
from therapytrack.services.note_sheet import GoalData, goal_data
from therapytrack.services.note_templates import TemplateLine, templates_for
from therapytrack.services.therapy_sessions import set_note

NO_TEMPLATE = "There is no template for your discipline. The office adds one under Settings, Templates."
NOTHING_EMPTY = "No note of this session is empty. What is written stays as it is."


@dataclass(frozen=True, slots=True)
class Offer:
    """A template filled for one note."""

    id: UUID
    name: str
    filled: Filled


@only_reads
def offer_templates(db: Session, actor: Actor, entry_id: UUID) -> list[Offer]:
    """The templates for the actor's own note, filled, those of the session's setting first; none for any other.

    Raises NotFound, NotPermitted as reading the note does.
    """
    found = access_entry(db, actor, entry_id, Action.READ_NOTE)
    if not found.allows(Action.EDIT_NOTE):
        return []
    session = db.get_one(TherapySession, found.entry.session_id)
    (facts,) = _facts(db, actor, session, [found])
    offered = templates_for(db, actor, setting_of(session.delivery, facts.group))
    return [Offer(one.id, one.name, fill(one.text, facts)) for one in offered]


def fill_empty_notes(db: Session, actor: Actor, session_id: UUID) -> int:
    """Write the setting's template into each of the actor's own notes of the session that is still empty.

    What is typed stays. Answers how many were filled. Raises NotFound, NotPermitted, Invalid when there is nothing to
    fill or no template for it.
    """
    seen = access_session(db, actor, session_id, Action.EDIT_NOTE)
    empty = [one for one in seen.entries if not one.entry.note.strip() and one.entry.attendance != Attendance.PLANNED]
    if not empty:
        raise Invalid({"note": NOTHING_EMPTY})
    facts = _facts(db, actor, seen.session, empty)
    template = _first(db, actor, seen.session, facts[0].group)
    for one, its in zip(empty, facts, strict=True):
        set_note(db, actor, one.entry.id, fill(template.text, its).text, one.entry.note_version)
    record(db, actor, "fill notes", record_kind="therapy_session", record_id=session_id, notes=len(empty))
    return len(empty)


def _first(db: Session, actor: Actor, session: TherapySession, group: int) -> TemplateLine:
    offered = templates_for(db, actor, setting_of(session.delivery, group))
    if not offered:
        raise Invalid({"note": NO_TEMPLATE})
    return offered[0]


def _facts(db: Session, actor: Actor, session: TherapySession, found: Sequence[SeenEntry]) -> list[NoteFacts]:
    """What templates are filled from for each of `found`, entries of `session` that the gate has granted."""
    entries = [one.entry for one in found]
    data = goal_data(db, actor, list(contents_of(db, actor, entries).values()))
    words, group = labels_of(db, actor, entries), _present(db, session)
    starts, ends = (at.astimezone(actor.zone) for at in (session.planned_start, session.planned_end))
    return [
        NoteFacts(
            student=one.seen.student.preferred_name or one.seen.student.given_name,
            day=long_date(one.entry.held_on),
            hours=clock_range(starts, ends),
            attendance=Attendance(one.entry.attendance),
            attendance_words=words[one.entry.id],
            minutes=one.entry.minutes,
            group=group,
            place=session.place,
            delivery=DELIVERIES.get(session.delivery, session.delivery),
            results=[_result(line) for line in data.get(one.entry.id, ())],
        )
        for one in found
    ]


def _present(db: Session, session: TherapySession) -> int:
    """How many students were present in the session, those whom the actor may not see counted: a group is a group."""
    query = select(func.count()).where(
        col(SessionEntry.workspace_id) == session.workspace_id,
        col(SessionEntry.session_id) == session.id,
        col(SessionEntry.attendance) == Attendance.PRESENT,
    )
    return int(db.execute(query).scalar_one())


def _result(line: GoalData) -> Result:
    goal = f"{line.goal}, probe" if line.purpose == "probe" else line.goal
    if line.words:
        return Result(goal, line.words.rstrip(". "), "what was written for this goal")
    counted = f"{source_words(line.metric, line.score, line.measure, line.purpose)} of this session"
    score, prompts = data_words(line.metric, line.score, line.measure), prompt_words(line.prompts)
    return Result(goal, f"{score}, {prompts}" if prompts else score, counted)
