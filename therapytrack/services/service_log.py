"""The Medicaid service log as a file, and which columns a workspace adds to the federal minimum."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.entries import visible_entries
from therapytrack.access.gate import access_workspace, visible_workspace
from therapytrack.access.seen import SeenEntry
from therapytrack.domain.actual_times import hours_of
from therapytrack.domain.attendance import Attendance
from therapytrack.domain.mandates import DatedMandate, Plan
from therapytrack.domain.minutes import Period
from therapytrack.domain.minutes_choice import MinutesChoice
from therapytrack.domain.school_calendar import SchoolDay, closed_on
from therapytrack.domain.service_log import Column, Service, columns_in, heads, to_check, units
from therapytrack.domain.session_plan import DELIVERIES
from therapytrack.models import (
    Account,
    Iep,
    Membership,
    NoteStatus,
    SessionEntry,
    SessionStatus,
    TherapySession,
)
from therapytrack.services.activity import record
from therapytrack.services.caseload_rows import display_name
from therapytrack.services.entry_results import Result, results_by_entry
from therapytrack.services.exports import MOST_ENTRIES, Table
from therapytrack.services.exports_csv import Cell
from therapytrack.services.goal_points import NOTE_WORDS
from therapytrack.services.ledger import keep_books
from therapytrack.services.minutes_exports import exportable, log_export


@dataclass(frozen=True, slots=True)
class LogColumns:
    """The workspace's own columns, a line each, and whether the actor may change them."""

    text: str
    may_edit: bool


def get_columns(db: Session, actor: Actor) -> LogColumns:
    """The workspace's own columns, for every member. Raises NotFound."""
    seen = visible_workspace(db, actor)
    return LogColumns(seen.workspace.service_log_columns, seen.allows(Action.CONFIGURE_WORKSPACE))


def save_columns(db: Session, actor: Actor, columns: str) -> None:
    """Keep the workspace's own columns. Raises NotPermitted."""
    workspace = access_workspace(db, actor, Action.CONFIGURE_WORKSPACE)
    if workspace.service_log_columns != columns:
        workspace.service_log_columns = columns
        fields = ["service_log_columns"]
        record(db, actor, Action.CONFIGURE_WORKSPACE, record_kind="workspace", record_id=workspace.id, fields=fields)


def export_service_log(db: Session, actor: Actor, choice: MinutesChoice) -> Table:
    """One row for each service given in the days of `choice` (without any: this month), oldest first.

    A service whose session was missed or called off is none. Raises NotPermitted when there is no student whose session
    log the actor may export.
    """
    own = columns_in(get_columns(db, actor).text)
    period = choice.period(actor.today) or Period(actor.today.replace(day=1), actor.today)
    books = exportable(keep_books(db, actor, period, choice.whose), "service log")
    plans = {one.seen.student.id: one.plan for one in books.students}
    entries = visible_entries(
        db,
        actor,
        col(SessionEntry.student_id).in_(plans),
        col(SessionEntry.held_on).between(period.start, min(period.end, actor.today)),
        col(SessionEntry.attendance) == Attendance.PRESENT,
        col(SessionEntry.minutes) > 0,
        limit=MOST_ENTRIES,
    )
    known = _Known(
        _sessions(db, actor, period),
        results_by_entry(db, actor, list(plans), period.start, period.end),
        _ieps(db, actor, list(plans)),
        plans,
        books.calendar,
    )
    rows = tuple(_row(one, known, own, actor) for one in reversed(entries) if one.entry.id in known.sessions)
    log_export(db, actor, "export service log", books, choice, "csv")
    name = f"service-log-{period.start.isoformat()}-{period.end.isoformat()}.csv"
    return Table(name, heads(own), rows)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the rows are made of beside the parts: by part, and by student."""

    sessions: Mapping[UUID, Any]
    results: Mapping[UUID, Sequence[Result]]
    ieps: Mapping[UUID, Sequence[tuple[date, date]]]
    plans: Mapping[UUID, Plan]
    calendar: Sequence[SchoolDay]


def _sessions(db: Session, actor: Actor, period: Period) -> dict[UUID, Any]:
    """Of each part in a session of these days: the session, who gave it, how many came, and what it makes up."""
    other: Any = aliased(SessionEntry)
    missed: Any = aliased(SessionEntry)
    present = (other.session_id == col(TherapySession.id), other.attendance == Attendance.PRESENT)
    size = select(func.count()).where(*present).correlate(TherapySession).scalar_subquery()
    query = (
        select(col(SessionEntry.id), TherapySession, col(Account.name), col(Account.credential), size, missed.held_on)
        .join(TherapySession, col(TherapySession.id) == col(SessionEntry.session_id))
        .join(Membership, col(Membership.id) == col(SessionEntry.author_id))
        .join(Account, col(Account.id) == col(Membership.account_id))
        .outerjoin(missed, missed.id == col(SessionEntry.makes_up_id))
        .where(col(SessionEntry.workspace_id) == actor.workspace_id)
        .where(col(SessionEntry.held_on).between(period.start, period.end))
        .where(col(TherapySession.status) != SessionStatus.CANCELLED)
    )
    return {row[0]: tuple(row[1:]) for row in db.execute(query)}


def _ieps(db: Session, actor: Actor, students: Sequence[UUID]) -> dict[UUID, list[tuple[date, date]]]:
    """From when each IEP holds, and when its review is due."""
    mine = (col(Iep.workspace_id) == actor.workspace_id, col(Iep.student_id).in_(students))
    found: dict[UUID, list[tuple[date, date]]] = defaultdict(list)
    for student, starts, due in db.execute(
        select(col(Iep.student_id), col(Iep.starts_on), col(Iep.review_due_on)).where(*mine)
    ):
        found[student].append((starts, due))
    return found


def _row(seen: SeenEntry, known: _Known, own: Sequence[Column], actor: Actor) -> tuple[Cell, ...]:
    session, name, credential, _, _ = known.sessions[seen.entry.id]
    entry, student, plan = seen.entry, seen.seen.student, known.plans[seen.entry.student_id]
    results = known.results.get(entry.id, ())
    began, ended = _actual(session, entry)
    minimum: tuple[Cell, ...] = (
        entry.held_on,
        display_name(student),
        student.medicaid_number,
        actor.workspace_name,
        f"{name}, {credential}" if credential else name,
        _service(plan, entry.held_on) or DELIVERIES.get(session.delivery, session.delivery),
        entry.minutes,
        session.place,
    )
    beside: tuple[Cell, ...] = (
        *(_clock(one, actor) for one in (session.planned_start, session.planned_end, began, ended)),
        "; ".join(dict.fromkeys(one.goal for one in results)),
        "; ".join(one.words for one in results),
    )
    chosen = _chosen(seen, known.sessions[entry.id], actor)
    more = (chosen.get(one.name) if one.fixed is None else one.fixed for one in own)
    return (*minimum, *beside, *more, to_check(_service_of(seen, known, began, ended)))


def _actual(session: TherapySession, entry: SessionEntry) -> tuple[datetime | None, datetime | None]:
    """The hours from which a student's minutes are counted; None of a session that was never started in the app."""
    if session.started_at is None:
        return entry.arrived_at, entry.left_at
    hours = hours_of(session.planned_start, session.planned_end, session.started_at, session.credited_minutes)
    return entry.arrived_at or hours.start, entry.left_at or hours.end


def _chosen(seen: SeenEntry, more: Any, actor: Actor) -> dict[str, Cell]:
    """What the columns say that a workspace can choose."""
    session, _, credential, size, missed_on = more
    entry, student = seen.entry, seen.seen.student
    return {
        "Units": units(entry.minutes),
        "Birth date": student.birth_date,
        "Student number": student.local_number,
        "Came": _clock(entry.arrived_at, actor),
        "Left": _clock(entry.left_at, actor),
        "Delivery": DELIVERIES.get(session.delivery, session.delivery),
        "Individual or group": "Group" if size > 1 else "Individual",
        "Group size": size,
        "Credential": credential,
        "Note": entry.note if seen.note_readable else "",
        "Note status": NOTE_WORDS[NoteStatus(entry.note_status)],
        "Signed on": entry.signed_at.astimezone(actor.zone).date() if entry.signed_at else None,
        "Makes up": missed_on,
    }


def _service_of(seen: SeenEntry, known: _Known, began: datetime | None, ended: datetime | None) -> Service:
    session, _, credential, *_ = known.sessions[seen.entry.id]
    entry, plan = seen.entry, known.plans[seen.entry.student_id]
    closed = closed_on(known.calendar, entry.held_on, session.school_id)
    return Service(
        day=entry.held_on,
        minutes=entry.minutes,
        medicaid_number=seen.seen.student.medicaid_number,
        place=session.place,
        credential=credential or "",
        began=began,
        ended=ended,
        goals=len(known.results.get(entry.id, ())),
        signed=entry.note_status in (NoteStatus.SIGNED, NoteStatus.COSIGNED),
        mandated=bool(_running(plan, entry.held_on)),
        ieps=known.ieps.get(entry.student_id, ()),
        closed=closed.label if closed else "",
    )


def _running(plan: Plan, day: date) -> list[DatedMandate]:
    """The mandates that run on a day on which the student is enrolled."""
    return [one for one in plan.mandates if plan.active(one, Period(day, day))]


def _service(plan: Plan, day: date) -> str:
    """What the mandates that run on a day call the service."""
    return ", ".join(dict.fromkeys(one.service for one in _running(plan, day) if one.service))


def _clock(moment: datetime | None, actor: Actor) -> str:
    return moment.astimezone(actor.zone).strftime("%H:%M") if moment else ""
