"""The activity log: one row for each act, in the transaction of the act. It never holds a name or a student's words."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import insert
from sqlmodel import Session

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.db import at_end
from therapytrack.errors import TherapyTrackError
from therapytrack.models import Activity, new_id, utc_now

F = TypeVar("F", bound=Callable[..., Any])
ONLY_READS = "__tt_only_reads__"


def only_reads(service: F) -> F:
    """Mark a service that changes nothing but the log of what it shows: it keeps nobody from writing (`db.viewing`)."""
    setattr(service, ONLY_READS, True)
    return service


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
    _insert(
        db,
        actor,
        action=action,
        outcome="done",
        student_id=student_id,
        record_kind=record_kind,
        record_id=record_id,
        detail=detail,
    )


def record_failure(db: Session, actor: Actor, action: str, record_kind: str, record_id: UUID | None, why: str) -> None:
    """Add the row for an act of `actor` that came to nothing although the gate let it through; `why` is a code word."""
    _insert(
        db,
        actor,
        action=action,
        outcome="refused",
        student_id=None,
        record_kind=record_kind,
        record_id=record_id,
        detail={"why": why},
    )


def record_views(db: Session, actor: Actor, kinds: Mapping[str, Mapping[str, Any]]) -> None:
    """Add a row for each kind of list that one page shows, with its detail: all of them in one statement."""
    rows = [
        {"action": Action.VIEW, "outcome": "done", "student_id": None, "record_kind": kind, "record_id": None}
        | {"detail": dict(detail)}
        for kind, detail in kinds.items()
    ]
    _insert_all(db, actor, rows)


def record_refusal(db: Session, actor: Actor, error: TherapyTrackError) -> None:
    """Add the row for an act that the gate refused: what was tried on which id, and the kind of answer given."""
    refusal = error.refusal
    if refusal is None:
        return
    _insert(
        db,
        actor,
        action=refusal.action,
        outcome="refused",
        student_id=None,
        record_kind=refusal.record_kind,
        record_id=refusal.record_id,
        detail={"answer": type(error).__name__},
    )


def _insert(db: Session, actor: Actor, **values: Any) -> None:
    _insert_all(db, actor, [values])


def _insert_all(db: Session, actor: Actor, rows: Sequence[Mapping[str, Any]]) -> None:
    """One plain statement: every page that opens writes such a row, and the ORM takes several times longer for it."""
    who = {"workspace_id": actor.workspace_id, "account_id": actor.account_id, "membership_id": actor.membership_id}
    values = [{"id": new_id(), "created_at": utc_now(), **who, **row} for row in rows]
    at_end(db, lambda session: session.execute(_statement(), values))


@cache
def _statement() -> Any:
    return insert(Activity.__table__)  # type: ignore[attr-defined]
