"""A student's sessions with what came of each goal, and her notes: two tabs of her page, a page of days at a time."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Date, String, bindparam, cast, or_, select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.entries import parts_of
from therapytrack.access.queries import the_parts
from therapytrack.access.seen import Judged, Seen
from therapytrack.access.slots import name_of
from therapytrack.domain.accuracy import Score
from therapytrack.domain.attendance import LABELS, Attendance
from therapytrack.domain.dates import long_date
from therapytrack.domain.day_pages import PAGE, page_of
from therapytrack.domain.score_words import counts_text, score_text
from therapytrack.models import (
    AttendanceCode,
    Goal,
    GoalPoint,
    GoalVersion,
    NoteStatus,
    SessionEntry,
    TherapySession,
)
from therapytrack.services.json_rows import JsonRows, rows_in
from therapytrack.services.note_contents import shown_metric

LONGEST_EXCERPT = 160
NOTE_WORDS = {
    NoteStatus.DRAFT: ("Draft", "warn"),
    NoteStatus.RETURNED: ("Returned", "bad"),
    NoteStatus.SUBMITTED: ("Submitted", "info"),
    NoteStatus.SIGNED: ("Signed", "good"),
    NoteStatus.COSIGNED: ("Co-signed", "good"),
}


@dataclass(frozen=True, slots=True)
class GoalResult:
    """What came of one goal in one session: "80%", "16/20 probe"."""

    goal: str
    value: str
    counts: str


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One session of the student; `missed` when she, or whoever should have come, was not there."""

    id: str
    day: str
    title: str
    by: str
    attendance: str
    missed: bool
    minutes: int
    results: tuple[GoalResult, ...]
    note_status: str
    note_tone: str


@dataclass(frozen=True, slots=True)
class NoteLine:
    """One note of the student: its beginning, or in `closed` why this person may not read it."""

    id: str
    session: str
    day: str
    title: str
    by: str
    text: str
    closed: str
    status: str
    tone: str


def list_sessions(db: Session, actor: Actor, seen: Seen, until: date | None) -> tuple[list[SessionLine], str]:
    """The sessions of a student just granted, up to `until`, newest first, and where the next page begins.

    One statement.
    """
    rows = parts_of(db, actor, seen, _sessions(), until=until or actor.today)
    page, older = page_of(rows, lambda row: row[1][2])
    return [_session_line(columns) for _, columns in page], older


def list_notes(db: Session, actor: Actor, seen: Seen, until: date | None) -> tuple[list[NoteLine], str]:
    """The notes of a student just granted that were begun, up to `until`, newest first; the text of those alone that
    the actor may read. One statement."""
    rows = parts_of(db, actor, seen, _notes(), until=until or actor.today)
    page, older = page_of(rows, lambda row: row[1][3])
    return [_note_line(judged, columns) for judged, columns in page], older


@cache
def _sessions() -> Any:
    entry, session = SessionEntry, TherapySession
    columns = (session.id, session.title, entry.held_on, entry.attendance, entry.minutes, entry.note_status)
    more = (name_of(col(session.provider_id)), _label(), _results())
    return _held(the_parts(*(col(one) for one in columns), *more))


@cache
def _notes() -> Any:
    entry, session = SessionEntry, TherapySession
    columns = (entry.id, session.id, session.title, entry.held_on, entry.note, entry.note_status)
    begun = or_(col(entry.note) != "", col(entry.note_status) != NoteStatus.DRAFT)
    return _held(the_parts(*(col(one) for one in columns), name_of(col(entry.author_id)))).where(begun)


def _held(query: Any) -> Any:
    held = col(SessionEntry.attendance) != Attendance.PLANNED
    return query.where(held, col(SessionEntry.held_on) <= bindparam("until", type_=Date)).limit(PAGE + 1)


def _label() -> Any:
    """The workspace's own word for what happened."""
    mine = col(AttendanceCode.id) == col(SessionEntry.attendance_code_id)
    return select(col(AttendanceCode.label)).where(mine).correlate(SessionEntry).scalar_subquery()


def _results() -> Any:
    """What was counted for each goal in the enclosing statement's part; see `_result`."""
    point, version = GoalPoint, GoalVersion
    counts = (point.purpose, point.trials, point.correct, point.cued, point.amount, point.value)
    columns = (Goal.position, Goal.label, *counts, version.measure)
    return (
        select(JsonRows(*(col(one) for one in columns), cast(col(version.mastery), String)))
        .select_from(Goal)
        .join(point, col(point.goal_id) == col(Goal.id))
        .join(version, col(version.id) == col(point.goal_version_id))
        .where(col(Goal.workspace_id) == col(SessionEntry.workspace_id))
        .where(col(Goal.student_id) == col(SessionEntry.student_id))
        .where(col(point.entry_id) == col(SessionEntry.id), col(point.trials) > 0)
        .correlate(SessionEntry)
        .scalar_subquery()
    )


def _session_line(columns: Sequence[Any]) -> SessionLine:
    key, title, held_on, attendance, minutes, status, by, label, results = columns
    words, tone = NOTE_WORDS[NoteStatus(status)]
    return SessionLine(
        id=str(key),
        day=long_date(held_on),
        title=title,
        by=by,
        attendance=label or LABELS[Attendance(attendance)],
        missed=attendance != Attendance.PRESENT,
        minutes=minutes,
        results=tuple(_result(*row[1:]) for row in sorted(rows_in(results), key=lambda row: row[:3])),
        note_status=words,
        note_tone=tone,
    )


def _result(label: str, purpose: str, *columns: Any) -> GoalResult:
    *counts, measure, mastery = columns
    metric, score = shown_metric(measure, json.loads(mastery)), Score(*counts)
    return GoalResult(label, score_text(metric, score), f"{counts_text(metric, score)} {purpose}")


def _note_line(judged: Judged, columns: Sequence[Any]) -> NoteLine:
    key, session_id, title, held_on, note, status, by = columns
    words, tone = NOTE_WORDS[NoteStatus(status)]
    text = " ".join(note.split()) if judged.allows(Action.READ_NOTE) else ""
    return NoteLine(
        id=str(key),
        session=str(session_id),
        day=long_date(held_on),
        title=title,
        by=by,
        text=text if len(text) <= LONGEST_EXCERPT else f"{text[:LONGEST_EXCERPT].rstrip()}…",
        closed=judged.reason(Action.READ_NOTE),
        status=words,
        tone=tone,
    )
