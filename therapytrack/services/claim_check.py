"""The questions about a note that its author is about to sign: its claim, and whether it repeats other notes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.entries import access_entry, visible_entries
from therapytrack.access.seen import SeenEntry
from therapytrack.domain.attendance import Attendance
from therapytrack.domain.claim_check import ClaimFacts, Finding, MandateOnFile, check_claim
from therapytrack.domain.dates import clock_range, short_date
from therapytrack.domain.late_notes import late_rule
from therapytrack.domain.note_likeness import Likeness, most_alike
from therapytrack.domain.school_calendar import days_that_hit
from therapytrack.models import (
    Account,
    GoalNarrative,
    GoalPoint,
    Iep,
    Mandate,
    SessionEntry,
    SessionStatus,
    TherapySession,
)
from therapytrack.services.caseload_rows import display_name
from therapytrack.services.schedule_sql import calendar_between
from therapytrack.services.therapy_sessions import planned_minutes

NOTES_BEFORE = 5


@dataclass(frozen=True, slots=True)
class BeforeSigning:
    """What is asked about a note, and the other note that it repeats, if it does."""

    findings: list[Finding]
    alike: Likeness | None


def ask_before_signing(db: Session, actor: Actor, entry_id: UUID) -> BeforeSigning:
    """What is asked about the actor's own note while she writes it; nothing about any other.

    Raises NotFound, NotPermitted as reading the note does.
    """
    found = access_entry(db, actor, entry_id, Action.READ_NOTE)
    if not found.allows(Action.EDIT_NOTE):
        return BeforeSigning([], None)
    session = db.get_one(TherapySession, found.entry.session_id)
    return BeforeSigning(check_claim(_facts(db, actor, found, session)), _alike(db, actor, found))


def _facts(db: Session, actor: Actor, found: SeenEntry, session: TherapySession) -> ClaimFacts:
    entry = found.entry
    review_due_on, has_iep = _iep(db, entry)
    group, has_data, credential_until = db.execute(_counts(actor, entry)).one()
    calendar = calendar_between(db, actor, entry.held_on, entry.held_on)
    end = session.planned_end.astimezone(actor.zone)
    ends = end.time() if end.date() == entry.held_on else None
    return ClaimFacts(
        attendance=Attendance(entry.attendance),
        held_on=entry.held_on,
        minutes=entry.minutes,
        planned_minutes=planned_minutes(session),
        group=group,
        place=session.place,
        has_data=bool(has_data),
        mandates=_mandates(db, entry),
        has_iep=has_iep,
        review_due_on=review_due_on,
        credential_until=credential_until,
        closings=[
            one.told
            for one in days_that_hit(calendar, entry.held_on, session.school_id, ends, {found.seen.student.school})
        ],
        overlaps=_overlaps(db, actor, entry, session),
        signed_on=actor.today,
        late=late_rule(actor.us_state, actor.note_due_days),
    )


def _counts(actor: Actor, entry: SessionEntry) -> Any:
    """How many students were present in the session, whether the entry has data, until when the credential lasts."""
    present = select(func.count()).where(
        col(SessionEntry.session_id) == entry.session_id, col(SessionEntry.attendance) == Attendance.PRESENT
    )
    told = exists(select(1).where(col(GoalNarrative.entry_id) == entry.id, col(GoalNarrative.text) != ""))
    counted = exists(select(1).where(col(GoalPoint.entry_id) == entry.id, col(GoalPoint.trials) > 0))
    data = or_(counted, told)
    credential = select(col(Account.credential_until)).where(col(Account.id) == actor.account_id)
    return select(present.scalar_subquery(), data, credential.scalar_subquery())


def _mandates(db: Session, entry: SessionEntry) -> list[MandateOnFile]:
    query = select(col(Mandate.starts_on), col(Mandate.ends_on), col(Mandate.max_group))
    mine = (col(Mandate.workspace_id) == entry.workspace_id, col(Mandate.student_id) == entry.student_id)
    return [MandateOnFile(*row) for row in db.execute(query.where(*mine))]


def _iep(db: Session, entry: SessionEntry) -> tuple[date | None, bool]:
    """When the review of the IEP that ran on the entry's day was due, and whether one had begun."""
    begun = (col(Iep.student_id) == entry.student_id, col(Iep.starts_on) <= entry.held_on)
    query = select(col(Iep.review_due_on)).where(col(Iep.workspace_id) == entry.workspace_id, *begun)
    row = db.execute(query.order_by(col(Iep.starts_on).desc()).limit(1)).first()
    return (row[0], True) if row else (None, False)


def _overlaps(db: Session, actor: Actor, entry: SessionEntry, session: TherapySession) -> list[str]:
    """Other sessions at the same time that the author gave or the student was in, as "Pair B, 10:15–10:45 AM"."""
    other: Any = aliased(TherapySession)
    part: Any = aliased(SessionEntry)
    hers = exists(
        select(1).where(
            part.session_id == other.id, part.student_id == entry.student_id, part.attendance == Attendance.PRESENT
        )
    )
    query = select(other.title, other.planned_start, other.planned_end).where(
        other.workspace_id == entry.workspace_id,
        other.id != session.id,
        other.status.in_((SessionStatus.RUNNING, SessionStatus.FINISHED)),
        other.planned_start < session.planned_end,
        other.planned_end > session.planned_start,
        or_(other.provider_id == entry.author_id, hers),
    )
    rows = db.execute(query.order_by(other.planned_start)).all()
    return [
        f"{title}, {clock_range(start.astimezone(actor.zone), end.astimezone(actor.zone))}"
        for title, start, end in rows
    ]


def _alike(db: Session, actor: Actor, found: SeenEntry) -> Likeness | None:
    """The note that this one repeats: one of the student's last five, or a groupmate's of the same session."""
    entry = found.entry
    if not entry.note:
        return None
    written = (col(SessionEntry.note) != "", col(SessionEntry.id) != entry.id)
    before = visible_entries(
        db,
        actor,
        *written,
        col(SessionEntry.student_id) == entry.student_id,
        col(SessionEntry.held_on) < entry.held_on,
        limit=NOTES_BEFORE,
    )
    beside = visible_entries(db, actor, *written, col(SessionEntry.session_id) == entry.session_id)
    others = {f"the note of {short_date(one.entry.held_on)}": one.entry.note for one in _readable(before)}
    others |= {f"{display_name(one.seen.student)}'s note of this session": one.entry.note for one in _readable(beside)}
    return most_alike(entry.note, others)


def _readable(found: Sequence[SeenEntry]) -> list[SeenEntry]:
    return [one for one in found if one.note_readable]
