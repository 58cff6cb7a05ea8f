"""The Medicaid service log as a file, and which columns a workspace adds to the federal minimum."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import access_workspace, visible_entries, visible_workspace
from therapytrack.access.seen import SeenEntry
from therapytrack.domain.attendance import Attendance
from therapytrack.domain.mandates import Plan
from therapytrack.domain.minutes import Period
from therapytrack.domain.minutes_choice import MinutesChoice
from therapytrack.domain.service_log import MINIMUM, Column, columns_in
from therapytrack.domain.session_plan import DELIVERIES
from therapytrack.models import Account, Membership, NoteStatus, SessionEntry, SessionStatus, TherapySession
from therapytrack.services.activity import record
from therapytrack.services.caseload_rows import display_name
from therapytrack.services.exports import MOST_ENTRIES, Table
from therapytrack.services.exports_csv import Cell
from therapytrack.services.goal_data import NOTE_WORDS
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
    books = exportable(keep_books(db, actor, period), "service log")
    plans = {one.seen.student.id: one.plan for one in books.students}
    numbers = {one.seen.student.id for one in books.students}
    entries = visible_entries(
        db,
        actor,
        col(SessionEntry.student_id).in_(numbers),
        col(SessionEntry.held_on).between(period.start, min(period.end, actor.today)),
        col(SessionEntry.attendance) == Attendance.PRESENT,
        col(SessionEntry.minutes) > 0,
        limit=MOST_ENTRIES,
    )
    more = _sessions(db, actor, period)
    rows = tuple(
        _row(one, more[one.entry.id], plans[one.entry.student_id], own, actor)
        for one in reversed(entries)
        if one.entry.id in more
    )
    log_export(db, actor, "export service log", books, choice, "csv")
    name = f"service-log-{period.start.isoformat()}-{period.end.isoformat()}.csv"
    return Table(name, (*MINIMUM, *(one.name for one in own)), rows)


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


def _row(seen: SeenEntry, more: Any, plan: Plan, own: Sequence[Column], actor: Actor) -> tuple[Cell, ...]:
    session, name, credential, size, missed_on = more
    entry, student = seen.entry, seen.seen.student
    service = _service(plan, entry.held_on) or DELIVERIES.get(session.delivery, session.delivery)
    provider = f"{name}, {credential}" if credential else name
    values: tuple[Cell, ...] = (
        entry.held_on,
        display_name(student),
        student.medicaid_number,
        actor.workspace_name,
        provider,
        service,
        entry.minutes,
        session.place,
    )
    known: dict[str, Cell] = {
        "Birth date": student.birth_date,
        "Student number": student.local_number,
        "Starts": _clock(session.planned_start, actor),
        "Ends": _clock(session.planned_end, actor),
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
    return values + tuple(known.get(one.name) if one.fixed is None else one.fixed for one in own)


def _service(plan: Plan, day: date) -> str:
    """What the mandates that run on a day call the service."""
    running = [one for one in plan.mandates if one.asks.starts_on <= day and (one.asks.ends_on or day) >= day]
    return ", ".join(dict.fromkeys(one.service for one in running if one.service))


def _clock(moment: datetime | None, actor: Actor) -> str:
    return moment.astimezone(actor.zone).strftime("%H:%M") if moment else ""
