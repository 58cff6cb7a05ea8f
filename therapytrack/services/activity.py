"""The activity log: one row for each act, in the transaction of the act. It never holds a name or a student's words."""

from typing import Any
from uuid import UUID

from sqlmodel import Session

from therapytrack.access.actor import Actor
from therapytrack.errors import TherapyTrackError
from therapytrack.models import Activity


def record(
    db: Session,
    actor: Actor,
    action: str,
    *,
    student_id: UUID | None = None,
    record_kind: str = "",
    record_id: UUID | None = None,
    **detail: Any,
) -> None:
    """Add the row for an act of `actor`; `detail` holds counts, field names and reasons only."""
    db.add(
        Activity(
            workspace_id=actor.workspace_id,
            account_id=actor.account_id,
            membership_id=actor.membership_id,
            action=action,
            student_id=student_id,
            record_kind=record_kind,
            record_id=record_id,
            detail=detail,
        )
    )


def record_refusal(db: Session, actor: Actor, error: TherapyTrackError) -> None:
    """Add the row for an act that the gate refused: what was tried on which id, and the kind of answer given."""
    refusal = error.refusal
    if refusal is None:
        return
    db.add(
        Activity(
            workspace_id=actor.workspace_id,
            account_id=actor.account_id,
            membership_id=actor.membership_id,
            action=refusal.action,
            outcome="refused",
            record_kind=refusal.record_kind,
            record_id=refusal.record_id,
            detail={"answer": type(error).__name__},
        )
    )
