"""Before a draft: what it can be about, for which days, and whether words would be asked from the AI service."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import access_seen
from therapytrack.models import Draft, Goal
from therapytrack.services.activity import only_reads, record
from therapytrack.services.drafts import DISCARDED, right_to_draft, would_write

USUAL_PERIOD = timedelta(days=90)
SHOWN_DRAFTS = 10


@dataclass(frozen=True, slots=True)
class EarlierDraft:
    """A draft that the actor made before."""

    id: UUID
    since: date
    until: date
    status: str


@dataclass(frozen=True, slots=True)
class DraftStart:
    """The form's choices and defaults; `goals` are (id, label) in their order."""

    student: str
    goals: list[tuple[str, str]]
    since: date
    until: date
    asks_ai: bool
    earlier: list[EarlierDraft]


@only_reads
def open_draft_start(db: Session, actor: Actor, student_id: UUID) -> DraftStart:
    """What the form to start a draft needs: three statements; the view is logged. Raises NotFound, NotPermitted."""
    seen = access_seen(db, actor, student_id, right_to_draft(actor))
    record(db, actor, Action.VIEW, student_id=student_id, record_kind="draft_form")
    goals = select(col(Goal.id), col(Goal.label)).where(
        col(Goal.workspace_id) == actor.workspace_id, col(Goal.student_id) == student_id, col(Goal.status) == "active"
    )
    earlier = (
        select(col(Draft.id), col(Draft.since), col(Draft.until), col(Draft.status))
        .where(
            col(Draft.workspace_id) == actor.workspace_id,
            col(Draft.student_id) == student_id,
            col(Draft.author_id) == actor.membership_id,
            col(Draft.status) != DISCARDED,
        )
        .order_by(col(Draft.created_at).desc())
        .limit(SHOWN_DRAFTS)
    )
    return DraftStart(
        student=seen.student.preferred_name or seen.student.given_name,
        goals=[(str(key), label) for key, label in db.execute(goals.order_by(col(Goal.position), col(Goal.id)))],
        since=actor.today - USUAL_PERIOD,
        until=actor.today,
        asks_ai=would_write(actor, seen) == "anthropic",
        earlier=[EarlierDraft(*row) for row in db.execute(earlier)],
    )
