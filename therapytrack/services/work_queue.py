"""What waits for the signed-in person on every page: her unsigned notes, and what she is to co-sign."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import func, literal, or_, select
from sqlmodel import Session, col

from therapytrack.access import ties
from therapytrack.access.actor import Actor
from therapytrack.access.queries import joined_to_entries, joined_to_reports, run_plain
from therapytrack.access.reports import to_cosign, waiting_addendum
from therapytrack.models import (
    Alarm,
    NoteAddendum,
    NoteStatus,
    ReportAddendum,
    SessionEntry,
    SessionStatus,
    StudentGrant,
    TherapySession,
)
from therapytrack.services.activity import only_reads


@dataclass(frozen=True, slots=True)
class Waiting:
    """Counts for the navigation."""

    unsigned: int
    to_cosign: int
    alarms: int = 0
    glass: int = 0


@only_reads
def count_waiting(db: Session, actor: Actor) -> Waiting:
    """Count the actor's own notes of held sessions still to be signed or submitted, what waits for her signature, what
    she was told of and has not put aside, and her emergency access that lasts.

    Only of students whom she may view: the lists show no others. One statement.
    """
    (row,) = run_plain(db, actor, _counts(cosigns=actor.member.clinical == "supervisor"))
    return Waiting(*row)


@cache
def _counts(*, cosigns: bool) -> Any:
    """Unsigned notes; submitted notes, reports and addenda of supervisees, for whoever may co-sign."""
    unsigned = my_unsigned(select(func.count())).where(ties.may_view()).scalar_subquery()
    told = select(func.count()).where(
        col(Alarm.workspace_id) == ties.WORKSPACE, col(Alarm.told_id) == ties.ME, col(Alarm.seen_at).is_(None)
    )
    alarms = told.scalar_subquery()
    glass = my_glass(select(func.count())).scalar_subquery()
    if not cosigns:
        return select(unsigned, literal(0), alarms, glass)
    notes = joined_to_entries(select(func.count())).where(*notes_to_cosign(), ties.may_view()).scalar_subquery()
    addenda = (
        joined_to_entries(select(func.count()))
        .join(NoteAddendum, col(NoteAddendum.entry_id) == col(SessionEntry.id))
        .where(*addenda_to_cosign(), ties.may_view())
        .scalar_subquery()
    )
    reports = joined_to_reports(select(func.count())).outerjoin(ReportAddendum, waiting_addendum())
    return select(unsigned, notes + addenda + to_cosign(reports).scalar_subquery(), alarms, glass)


def my_glass(query: Any) -> Any:
    """`query` over the actor's own emergency access that lasts."""
    return query.where(
        col(StudentGrant.workspace_id) == ties.WORKSPACE,
        col(StudentGrant.membership_id) == ties.ME,
        col(StudentGrant.kind) == "break_glass",
        col(StudentGrant.starts_at) > ties.GLASS_SINCE,
        or_(col(StudentGrant.ends_at).is_(None), col(StudentGrant.ends_at) > ties.AT),
    )


def my_unsigned(query: Any) -> Any:
    """`query` over the entries that the actor wrote, of finished sessions, still draft or returned."""
    return (
        joined_to_entries(query)
        .join(TherapySession, col(TherapySession.id) == col(SessionEntry.session_id))
        .where(
            col(SessionEntry.workspace_id) == ties.WORKSPACE,
            col(SessionEntry.author_id) == ties.ME,
            ties.among(col(SessionEntry.note_status), (NoteStatus.DRAFT, NoteStatus.RETURNED)),
            col(TherapySession.status) == SessionStatus.FINISHED,
        )
    )


def notes_to_cosign() -> tuple[Any, ...]:
    """Conditions on SessionEntry: submitted by a live supervisee of the actor in her discipline."""
    return (
        col(SessionEntry.workspace_id) == ties.WORKSPACE,
        col(SessionEntry.note_status) == NoteStatus.SUBMITTED,
        col(SessionEntry.author_id).in_(ties.supervisees()),
    )


def addenda_to_cosign() -> tuple[Any, ...]:
    """The same of an addendum."""
    return (
        col(NoteAddendum.workspace_id) == ties.WORKSPACE,
        col(NoteAddendum.status) == NoteStatus.SUBMITTED,
        col(NoteAddendum.author_id).in_(ties.supervisees()),
    )
