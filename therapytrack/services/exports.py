"""What leaves the product as a file: each export asks for its right and is logged before a byte is made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.entries import visible_entries
from therapytrack.access.gate import access_goal, access_student
from therapytrack.access.seen import SeenEntry
from therapytrack.domain.accuracy import Score, wilson_interval
from therapytrack.domain.attendance import LABELS, Attendance
from therapytrack.domain.date_range import DateRange
from therapytrack.domain.goal_findings import with_phases
from therapytrack.domain.outside_events import Event, outside
from therapytrack.domain.points import Metric, Point
from therapytrack.domain.score_words import episodes, hits_of
from therapytrack.domain.student_summary import StudentSummary
from therapytrack.domain.units import TIMES, UNITS, is_percent
from therapytrack.models import (
    Account,
    Membership,
    NoteStatus,
    SessionEntry,
    SessionStatus,
    TherapySession,
)
from therapytrack.services.entry_results import Result, results_by_entry
from therapytrack.services.export_files import file_name, log_export
from therapytrack.services.exports_csv import Cell
from therapytrack.services.goal_data import GoalRecord, load_goals
from therapytrack.services.goal_points import NOTE_WORDS
from therapytrack.services.goal_terms import facts_of_version
from therapytrack.services.summaries import gather_summary

COUNTED = (Metric.COUNT, Metric.RATE)
MOST_ENTRIES = 100_000
LOG_COLUMNS = (
    "Date",
    "Session",
    "Starts",
    "Ends",
    "Place",
    "Delivery",
    "Attendance",
    "Minutes",
    "Recorded by",
    "Data",
    "Note status",
    "Note",
    "Came",
    "Left",
    "Makes up",
)
PROGRESS_COLUMNS = (
    "Date",
    "Purpose",
    "Phase",
    "Trials",
    "Correct",
    "Correct with a cue",
    "Percent",
    "95% low",
    "95% high",
    "Recorded by",
    "Note status",
    "Value",
    "Unit",
    "Count",
    "Observed seconds",
    "Narrative",
)


@dataclass(frozen=True, slots=True)
class Table:
    """A file's rows and the name under which a browser keeps it."""

    filename: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class SummaryFile:
    """A summary's data and the name of the file that it becomes."""

    filename: str
    summary: StudentSummary


def export_summary(db: Session, actor: Actor, student_id: UUID, days: DateRange, medium: str) -> SummaryFile:
    """The summary for `medium` ("pdf" or "page"). Raises NotFound, NotPermitted."""
    summary = gather_summary(db, actor, student_id, days, Action.EXPORT_SUMMARY)
    log_export(db, actor, Action.EXPORT_SUMMARY, student_id, days, medium=medium, goals=len(summary.goals))
    return SummaryFile(file_name("summary", summary.local_number, days, "pdf"), summary)


def export_session_log(db: Session, actor: Actor, student_id: UUID, days: DateRange) -> Table:
    """One row a session of that student, oldest first; notes only where the actor may read them.

    Raises NotFound, NotPermitted.
    """
    student = access_student(db, actor, student_id, Action.EXPORT_SESSION_LOG)
    entries = visible_entries(
        db,
        actor,
        col(SessionEntry.student_id) == student_id,
        col(SessionEntry.held_on).between(days.since, days.until),
        col(SessionEntry.attendance) != Attendance.PLANNED,
        limit=MOST_ENTRIES,
    )
    sessions = _sessions(db, actor, student_id)
    missed = _made_up_days(db, actor, student_id)
    data = results_by_entry(db, actor, [student_id])
    zone = ZoneInfo(actor.time_zone)
    rows = tuple(
        _log_row(entry, *sessions[entry.entry.session_id], _data_words(data[entry.entry.id]), zone)
        + _beside_plan(entry.entry, missed, zone)
        for entry in reversed(entries)
        if entry.entry.session_id in sessions
    )
    log_export(db, actor, Action.EXPORT_SESSION_LOG, student_id, days, rows=len(rows))
    return Table(file_name("session-log", student.local_number, days, "csv"), LOG_COLUMNS, rows)


def export_goal_progress(db: Session, actor: Actor, student_id: UUID, goal_id: UUID, days: DateRange) -> Table:
    """The points of one goal within `days`, oldest first, with n and the Wilson interval.

    Raises NotFound, NotPermitted.
    """
    goal, seen = access_goal(db, actor, student_id, goal_id, Action.EXPORT_GOAL_PROGRESS)
    records = load_goals(db, actor, [goal], days.until)
    rows = progress_rows(records[0], days, actor.today) if records else ()
    log_export(db, actor, Action.EXPORT_GOAL_PROGRESS, student_id, days, goal_id=goal_id, rows=len(rows))
    name = f"goal-{goal.position + 1}-progress"
    return Table(file_name(name, seen.student.local_number, days, "csv"), PROGRESS_COLUMNS, rows)


def progress_rows(found: GoalRecord, days: DateRange, today: date) -> tuple[tuple[Cell, ...], ...]:
    """The rows of one goal under PROGRESS_COLUMNS, in the unit of the version in force on the last of `days` so far."""
    metric = facts_of_version(found.goal.label, found.version_on(min(days.until, today))).metric
    points = [point for point in with_phases(found.points, found.phases) if days.since <= point.on <= days.until]
    rows = [_progress_row(point, metric) for point in points]
    rows += [_event_row(one) for one in outside(found.events_on(today)) if days.since <= one.on <= days.until]
    return tuple(sorted(rows, key=lambda row: str(row[0])))


def _event_row(event: Event) -> tuple[Cell, ...]:
    """A row that counts nothing and says under "Narrative" what happened."""
    return event.on, "Event", *[None] * (len(PROGRESS_COLUMNS) - 3), event.label


def _progress_row(point: Point, metric: Metric) -> tuple[Cell, ...]:
    score, value, percent = point.score, point.value(metric), is_percent(metric)
    trials = score.n and metric in (Metric.INDEPENDENT, Metric.SUPPORTED)
    low, high = wilson_interval(hits_of(metric, score), score.n) if trials else (None, None)
    return (
        point.on,
        point.purpose.value.capitalize(),
        point.phase,
        score.n if percent else None,
        score.correct if percent else None,
        score.cued if percent else None,
        round(value, 1) if value is not None and percent else None,
        None if low is None else round(100 * low, 1),
        None if high is None else round(100 * high, 1),
        point.recorded_by,
        point.note_status,
        None if value is None else round(value, 3),
        "" if point.words else "percent" if percent else UNITS[metric].counting,
        None if percent or point.words else score.correct if metric in COUNTED else episodes(metric, score),
        _seconds(metric, score),
        point.words,
    )


def _seconds(metric: Metric, score: Score) -> float | None:
    """Observed seconds; None without a clock, which is not the same as an episode that did not occur."""
    return score.amount / 1000 if score.amount or (score.amount == 0 and metric in TIMES) else None


def _sessions(db: Session, actor: Actor, student_id: UUID) -> dict[UUID, tuple[Any, str]]:
    """The sessions of a student that were not cancelled, each with the name of the entry's author."""
    query = (
        select(TherapySession, col(Account.name))
        .join(SessionEntry, col(SessionEntry.session_id) == col(TherapySession.id))
        .join(Membership, col(Membership.id) == col(SessionEntry.author_id))
        .join(Account, col(Account.id) == col(Membership.account_id))
        .where(col(SessionEntry.workspace_id) == actor.workspace_id, col(SessionEntry.student_id) == student_id)
        .where(col(TherapySession.status) != SessionStatus.CANCELLED)
    )
    return {session.id: (session, author) for session, author in db.execute(query)}


def _made_up_days(db: Session, actor: Actor, student_id: UUID) -> dict[UUID, date]:
    """The day of each missed session that another one makes up, by the missed part."""
    missed, repair = aliased(SessionEntry), aliased(SessionEntry)
    query = (
        select(col(missed.id), col(missed.held_on))
        .join(repair, col(repair.makes_up_id) == col(missed.id))
        .where(col(missed.workspace_id) == actor.workspace_id, col(missed.student_id) == student_id)
    )
    return {row[0]: row[1] for row in db.execute(query)}


def _data_words(results: Sequence[Result]) -> str:
    return "; ".join(one.words for one in results)


def _log_row(seen: SeenEntry, session: TherapySession, author: str, data: str, zone: ZoneInfo) -> tuple[Cell, ...]:
    entry = seen.entry
    return (
        entry.held_on,
        session.title,
        _clock(session.planned_start, zone),
        _clock(session.planned_end, zone),
        session.place,
        session.delivery.replace("_", " "),
        LABELS.get(Attendance(entry.attendance), entry.attendance),
        entry.minutes,
        author,
        data,
        NOTE_WORDS[NoteStatus(entry.note_status)],
        entry.note if seen.note_readable else "",
    )


def _beside_plan(entry: SessionEntry, missed: Mapping[UUID, date], zone: ZoneInfo) -> tuple[Cell, ...]:
    """When the student came and left ("" with the session), and the day of the missed session that it makes up."""
    came, left = (_clock(at, zone) if at else "" for at in (entry.arrived_at, entry.left_at))
    return came, left, missed.get(entry.makes_up_id) if entry.makes_up_id else None


def _clock(moment: datetime, zone: ZoneInfo) -> str:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(zone).strftime("%H:%M")
