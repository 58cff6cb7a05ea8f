"""The activity log: one row for each act, in the transaction of the act. It never holds a name or a student's words.

Whose row it is, so that "who has seen my child's file?" is answered for each child (security.md L3 to L5):

* What shows or sends what is in a record (its words, the data behind its figures) is a row for each student, also where
  one page or file holds several: `record_each`. Each counts for the owner's alarm (`services.alarms`), but not the
  reader's own work. A file of several students is one export, and so the rows of its students are a `PART` of it.
* A list to choose from (names, places, times, marks and sums at a glance: the caseload, Today, the schedule, the
  minutes, the queues, a search) is one row with the number of students, and no alarm. Whose right opens such a list is
  told on the student's page of access.
* An act on a session (plan, start, finish, record) is one row about the session; what it changes in a student's part,
  as her attendance and her note, is a row of hers.

Acts are collected while the transaction runs and stored at its end, all at once and chained: see `services.audit_seal`.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlmodel import Session

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.errors import TherapyTrackError
from therapytrack.services import alarms, refusal_tally
from therapytrack.services.audit_seal import collect

REFUSED = "refused"

F = TypeVar("F", bound=Callable[..., Any])
ONLY_READS = "__tt_only_reads__"
OWN: Final[Mapping[str, Any]] = {"own": True}
"""In the detail of a student's row: it was the reader's own work, and is no look into a record."""
PART: Final[Mapping[str, Any]] = {"part": True}
"""In the detail of a student's row: it tells of her part in a file that another row counts."""


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
) -> UUID:
    """Log an act of `actor`; `detail` holds counts, field names and reasons only. Answers the id of its row."""
    about = {"student_id": student_id, "record_kind": record_kind, "record_id": record_id}
    return collect(db, action=action, detail=detail, **_who(actor), **about)


def record_failure(db: Session, actor: Actor, action: str, record_kind: str, record_id: UUID | None, why: str) -> None:
    """Log an act of `actor` that came to nothing although the gate let it through; `why` is a code word."""
    _refuse(db, actor, action, record_kind, record_id, {"why": why})


def record_each(
    db: Session,
    actor: Actor,
    action: str,
    whose: Mapping[UUID, Mapping[str, Any]],
    *,
    record_kind: str,
    record_id: UUID | None = None,
    **detail: Any,
) -> None:
    """Log an act about several students at once: a row for each of `whose`, with her own part of the detail.

    Where there is nobody it is one row about no student: that she looked stays known. Stored like all acts of the
    transaction in one statement.
    """
    about: dict[str, Any] = {"record_kind": record_kind, "record_id": record_id, "students": len(whose), **detail}
    for student_id, hers in whose.items():
        record(db, actor, action, student_id=student_id, **about, **hers)
    if not whose:
        record(db, actor, action, **about)


def own_part(actor: Actor, *people: UUID) -> Mapping[str, Any]:
    """The detail of a student's row where one of `people`, who give the session or write the note, is the actor."""
    return OWN if actor.membership_id in people else {}


def record_views(db: Session, actor: Actor, kinds: Mapping[str, Mapping[str, Any]]) -> None:
    """Log the view of each kind of list that one page shows, with its detail."""
    for kind, detail in kinds.items():
        record(db, actor, Action.VIEW, record_kind=kind, **detail)


def record_refusal(db: Session, actor: Actor, error: TherapyTrackError) -> None:
    """Log an act that the gate refused: what was tried on which id, and the kind of answer given.

    Many of a kind are counted (`refusal_tally`), and the owner is told of a hundred within an hour.
    """
    refusal = error.refusal
    if refusal is not None:
        detail = {"answer": type(error).__name__}
        _refuse(db, actor, refusal.action, refusal.record_kind, refusal.record_id, detail)


def record_refusals(
    db: Session, kind: refusal_tally.Kind, at: datetime, record_id: UUID | None, detail: dict[str, Any]
) -> int:
    """Log a refusal, or count it where there were many of its kind. Answers how many there were within the hour."""
    due = refusal_tally.count(db, kind, at)
    for past, repeats in due.over:
        collect(db, outcome=REFUSED, detail={"repeats": repeats}, **past._asdict())
    if due.own:
        collect(db, outcome=REFUSED, detail=detail, record_id=record_id, **kind._asdict())
    elif due.repeats:
        collect(db, outcome=REFUSED, detail={**detail, "repeats": due.repeats}, **kind._asdict())
    return due.count


def record_before_actor(
    db: Session,
    action: str,
    *,
    workspace_id: UUID | None = None,
    account_id: UUID | None = None,
    membership_id: UUID | None = None,
    refused: bool = False,
    record_kind: str = "",
    record_id: UUID | None = None,
    **detail: Any,
) -> UUID:
    """Log what happens while nobody is signed in: signing up and in, an invitation; outside of all workspaces if need
    be. Answers the id of its row."""
    who = {"workspace_id": workspace_id, "account_id": account_id, "membership_id": membership_id}
    about = {"record_kind": record_kind, "record_id": record_id}
    return collect(db, action=action, outcome=REFUSED if refused else "done", detail=detail, **who, **about)


def _refuse(
    db: Session, actor: Actor, action: str, record_kind: str, record_id: UUID | None, detail: dict[str, Any]
) -> None:
    kind = refusal_tally.Kind(**_who(actor), action=str(action), record_kind=record_kind)
    times = record_refusals(db, kind, actor.at, record_id, detail)
    if times == refusal_tally.FIRST_TOLD:
        alarms.tell_once(db, actor, alarms.MANY_REFUSALS, count=times)


def _who(actor: Actor) -> dict[str, UUID]:
    return {"workspace_id": actor.workspace_id, "account_id": actor.account_id, "membership_id": actor.membership_id}
