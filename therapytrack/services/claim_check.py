"""The questions about a note that its author is about to sign: its claim, and whether it repeats other notes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from therapytrack.access import ties
from therapytrack.access.actor import Actor
from therapytrack.access.seen import SeenEntry
from therapytrack.domain.attendance import Attendance
from therapytrack.domain.claim_check import ClaimFacts, Finding, MandateOnFile, check_claim
from therapytrack.domain.dates import clock_range, short_date
from therapytrack.domain.late_notes import late_rule
from therapytrack.domain.note_likeness import Likeness, most_alike
from therapytrack.domain.school_calendar import days_that_hit
from therapytrack.models import (
    Account,
    Goal,
    GoalNarrative,
    GoalPoint,
    Iep,
    Mandate,
    SessionEntry,
    SessionStatus,
    TherapySession,
)
from therapytrack.services.caseload_rows import display_name
from therapytrack.services.json_rows import JsonRows, moment_in, rows_in
from therapytrack.services.note_beside import AUTHOR, DAY, ENTRY, SESSION, STUDENT, Near
from therapytrack.services.schedule_sql import calendar_column, calendar_in
from therapytrack.services.therapy_sessions import planned_minutes


@dataclass(frozen=True, slots=True)
class BeforeSigning:
    """What is asked about a note, and the other note that it repeats, if it does."""

    findings: list[Finding]
    alike: Likeness | None


def before_signing(
    actor: Actor, found: SeenEntry, session: TherapySession, columns: Sequence[Any], near: Near
) -> BeforeSigning:
    """What is asked about the actor's own note, from `claim_columns` about it and the notes near it."""
    return BeforeSigning(check_claim(_facts(actor, found, session, columns)), _alike(found.entry, near))


def _facts(actor: Actor, found: SeenEntry, session: TherapySession, columns: Sequence[Any]) -> ClaimFacts:
    entry = found.entry
    group, has_data, credential_until, has_iep, review_due_on, mandates, overlaps, calendar = columns
    end = session.planned_end.astimezone(actor.zone)
    ends = end.time() if end.date() == entry.held_on else None
    hit = days_that_hit(calendar_in(calendar), entry.held_on, session.school_id, ends, {found.seen.student.school})
    return ClaimFacts(
        attendance=Attendance(entry.attendance),
        held_on=entry.held_on,
        minutes=entry.minutes,
        planned_minutes=planned_minutes(session),
        group=group,
        place=session.place,
        has_data=bool(has_data),
        mandates=[_mandate(*row) for row in rows_in(mandates)],
        has_iep=bool(has_iep),
        review_due_on=review_due_on,
        credential_until=credential_until,
        closings=[one.told for one in hit],
        overlaps=[_hours(actor, *row) for row in sorted(rows_in(overlaps), key=lambda row: row[1:])],
        signed_on=actor.today,
        late=late_rule(actor.us_state, actor.note_due_days),
    )


def _mandate(first: str, last: str | None, largest: int | None) -> MandateOnFile:
    return MandateOnFile(date.fromisoformat(first), date.fromisoformat(last) if last else None, largest)


def _hours(actor: Actor, title: str, start: str, end: str) -> str:
    """A session as "Pair B, 10:15–10:45 AM"."""
    return f"{title}, {clock_range(*(moment_in(at).astimezone(actor.zone) for at in (start, end)))}"


def claim_values(actor: Actor, entry: SessionEntry, session: TherapySession) -> dict[str, Any]:
    """The values of the parameters in `claim_columns`, beside those of the note itself."""
    return {
        "claim_account": actor.account_id,
        "claim_starts": session.planned_start,
        "claim_ends": session.planned_end,
        "first": entry.held_on,
        "last": entry.held_on,
    }


@cache
def claim_columns() -> tuple[Any, ...]:
    """The columns about a note: how many students were present in its session, whether it has data, until when the
    credential of who signs it lasts, whether an IEP ran on its day and when its review was due, the mandates, sessions
    at the same time, and its day in the school calendar."""
    told = exists(select(1).where(col(GoalNarrative.entry_id) == ENTRY, col(GoalNarrative.text) != ""))
    counted = exists(select(1).where(*_points(), col(GoalPoint.trials) > 0))
    credential = select(col(Account.credential_until)).where(col(Account.id) == bindparam("claim_account"))
    mine = (col(Mandate.workspace_id) == ties.WORKSPACE, col(Mandate.student_id) == STUDENT)
    mandates = select(JsonRows(col(Mandate.starts_on), col(Mandate.ends_on), col(Mandate.max_group))).where(*mine)
    return (
        present_column(),
        or_(counted, told),
        credential.scalar_subquery(),
        exists(select(1).where(*_begun())),
        select(col(Iep.review_due_on)).where(*_begun()).order_by(col(Iep.starts_on).desc()).limit(1).scalar_subquery(),
        mandates.scalar_subquery(),
        _overlaps().scalar_subquery(),
        calendar_column(),
    )


def present_column() -> Any:
    """How many students were present in the session, those whom the actor may not see counted: a group is a group."""
    return (
        select(func.count())
        .where(
            col(SessionEntry.workspace_id) == ties.WORKSPACE,
            col(SessionEntry.session_id) == SESSION,
            col(SessionEntry.attendance) == Attendance.PRESENT,
        )
        .scalar_subquery()
    )


def _points() -> tuple[Any, ...]:
    """The note's points, found by the goals of its student."""
    goals = select(col(Goal.id)).where(col(Goal.workspace_id) == ties.WORKSPACE, col(Goal.student_id) == STUDENT)
    return col(GoalPoint.goal_id).in_(goals), col(GoalPoint.entry_id) == ENTRY


def _begun() -> tuple[Any, ...]:
    """The student's IEPs that had begun on the note's day."""
    hers = (col(Iep.workspace_id) == ties.WORKSPACE, col(Iep.student_id) == STUDENT)
    return (*hers, col(Iep.starts_on) <= DAY)


def _overlaps() -> Any:
    """Other sessions at the same time that the author gave or the student was in."""
    other: Any = aliased(TherapySession)
    part: Any = aliased(SessionEntry)
    hers = exists(
        select(1).where(part.session_id == other.id, part.student_id == STUDENT, part.attendance == Attendance.PRESENT)
    )
    return select(JsonRows(other.title, other.planned_start, other.planned_end)).where(
        other.workspace_id == ties.WORKSPACE,
        other.id != SESSION,
        other.status.in_((SessionStatus.RUNNING, SessionStatus.FINISHED)),
        other.planned_start < bindparam("claim_ends"),
        other.planned_end > bindparam("claim_starts"),
        or_(other.provider_id == AUTHOR, hers),
    )


def _alike(entry: SessionEntry, near: Near) -> Likeness | None:
    """The note that this one repeats: one of the student's last five, or a groupmate's of the same session."""
    if not entry.note:
        return None
    others = {f"the note of {short_date(one.entry.held_on)}": one.entry.note for one in near.before}
    others |= {f"{display_name(one.seen.student)}'s note of this session": one.entry.note for one in near.beside}
    return most_alike(entry.note, others)
