"""Templates filled for a note that is being written, and all empty notes of a session filled at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlmodel import Session

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.entries import access_session
from therapytrack.access.seen import SeenEntry
from therapytrack.domain.attendance import Attendance
from therapytrack.domain.dates import clock_range, long_date
from therapytrack.domain.note_templates import Filled, NoteFacts, Result, fill, setting_of
from therapytrack.domain.score_words import data_words, prompt_words, source_words
from therapytrack.domain.session_plan import DELIVERIES
from therapytrack.errors import Invalid
from therapytrack.models import TherapySession
from therapytrack.services.activity import record
from therapytrack.services.attendance_codes import labels_in
from therapytrack.services.claim_check import present_column
from therapytrack.services.note_beside import Words, read_beside, words_columns, words_in
from therapytrack.services.note_contents import contents_of
from therapytrack.services.note_sheet import GoalData, NoteSheet, goal_data
from therapytrack.services.note_templates import TemplateLine, templates_column, templates_for, templates_in
from therapytrack.services.therapy_sessions import set_note

NO_TEMPLATE = "There is no template for your discipline. The office adds one under Settings, Templates."
NOTHING_EMPTY = "No note of this session is empty. What is written stays as it is."


@dataclass(frozen=True, slots=True)
class Offer:
    """A template filled for one note."""

    id: UUID
    name: str
    filled: Filled


@cache
def offer_columns() -> tuple[Any, ...]:
    """The templates, and how many students were present in a note's session."""
    return templates_column(), present_column()


def offers_for(
    actor: Actor, found: SeenEntry, session: TherapySession, sheet: NoteSheet, columns: Sequence[Any]
) -> list[Offer]:
    """The templates for the actor's own note, filled from what `sheet` shows and `offer_columns`; those of the
    session's setting first."""
    templates, group = columns
    facts = _facts(actor, session, found, sheet.attendance_words, group, sheet.goals)
    offered = templates_for(templates_in(templates), actor, setting_of(session.delivery, group))
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
    beside = read_beside(db, actor, (words_columns, offer_columns), empty[0].entry)
    words, (templates, group) = words_in(beside[words_columns]), beside[offer_columns]
    template = _first(actor, seen.session, templates, group)
    for one, facts in zip(empty, _all_facts(db, actor, seen.session, empty, words, group), strict=True):
        set_note(db, actor, one.entry.id, fill(template.text, facts).text, one.entry.note_version)
    record(db, actor, "fill notes", record_kind="therapy_session", record_id=session_id, notes=len(empty))
    return len(empty)


def _first(actor: Actor, session: TherapySession, templates: str | None, group: int) -> TemplateLine:
    offered = templates_for(templates_in(templates), actor, setting_of(session.delivery, group))
    if not offered:
        raise Invalid({"note": NO_TEMPLATE})
    return offered[0]


def _all_facts(
    db: Session, actor: Actor, session: TherapySession, found: Sequence[SeenEntry], words: Words, group: int
) -> list[NoteFacts]:
    """What templates are filled from for each of `found`, entries of `session` that the gate has granted."""
    entries = [one.entry for one in found]
    contents, labels = contents_of(db, actor, entries), labels_in(words.codes, entries)
    goals = {key: goal_data(content, words.levels) for key, content in contents.items()}
    return [_facts(actor, session, one, labels[one.entry.id], group, goals[one.entry.id]) for one in found]


def _facts(
    actor: Actor,
    session: TherapySession,
    found: SeenEntry,
    attendance_words: str,
    group: int,
    goals: Sequence[GoalData],
) -> NoteFacts:
    starts, ends = (at.astimezone(actor.zone) for at in (session.planned_start, session.planned_end))
    return NoteFacts(
        student=found.seen.student.preferred_name or found.seen.student.given_name,
        day=long_date(found.entry.held_on),
        hours=clock_range(starts, ends),
        attendance=Attendance(found.entry.attendance),
        attendance_words=attendance_words,
        minutes=found.entry.minutes,
        group=group,
        place=session.place,
        delivery=DELIVERIES.get(session.delivery, session.delivery),
        results=[_result(line) for line in goals],
    )


def _result(line: GoalData) -> Result:
    goal = f"{line.goal}, probe" if line.purpose == "probe" else line.goal
    if line.words:
        return Result(goal, line.words.rstrip(". "), "what was written for this goal")
    counted = f"{source_words(line.metric, line.score, line.measure, line.purpose)} of this session"
    score, prompts = data_words(line.metric, line.score, line.measure), prompt_words(line.prompts)
    return Result(goal, f"{score}, {prompts}" if prompts else score, counted)
