"""Holding people still while something of theirs is written: the check and the write that hangs on it are one.

The order is the same everywhere, so that no two transactions wait for each other: the membership, the students by their
ids, then their records. It decides nothing; each record is still asked for through `access.gate`.
"""

from collections.abc import Callable, Collection
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from therapytrack.access import queries
from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.roles import READS
from therapytrack.models import Draft, Membership, SessionEntry, Student


def hold_for(db: Session, actor: Actor, action: Action, student_ids: Collection[UUID]) -> None:
    """Hold these students still when `action` writes."""
    if action not in READS:
        hold_students(db, actor, student_ids)


def hold_member(db: Session, actor: Actor) -> None:
    """Hold the actor's membership still, for what she may have only one of at a time."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(_member(actor)).all()
    queries.hold_moment(db)


def hold_students(db: Session, actor: Actor, student_ids: Collection[UUID]) -> None:
    """Hold these students still, as every write does, before anything of theirs is locked."""
    _hold(db, actor, lambda: col(Student.id).in_(student_ids))


def hold_entries(db: Session, actor: Actor, entry_ids: Collection[UUID]) -> None:
    """As `hold_students`, for the students of these entries."""
    _hold(db, actor, lambda: _in_entries(col(SessionEntry.id).in_(entry_ids)))


def hold_session(db: Session, actor: Actor, session_id: UUID) -> None:
    """As `hold_students`, for the students of a session."""
    _hold(db, actor, lambda: _in_entries(col(SessionEntry.session_id) == session_id))


def hold_drafted(db: Session, actor: Actor, draft_id: UUID) -> None:
    """As `hold_students`, for the student of a draft."""
    drafted = select(col(Draft.student_id)).where(col(Draft.id) == draft_id)
    _hold(db, actor, lambda: col(Student.id).in_(drafted))


def _in_entries(which: Any) -> Any:
    return col(Student.id).in_(select(col(SessionEntry.student_id)).where(which))


def _hold(db: Session, actor: Actor, which: Callable[[], Any]) -> None:
    """On PostgreSQL, lock the membership and the student until this transaction ends: check and write are one.

    A revoke takes the same locks, so it waits or is seen. All are exclusive, because those who share a lock can keep
    one who wants it for himself waiting for ever: nobody can put off her own removal by writing without a pause.
    Students are locked in one order, so that two people who save at the same moment take turns. What was read of them
    before is read again under the lock, and judged by the clock of that moment. SQLite holds its write lock from the
    start of the transaction.
    """
    if db.get_bind().dialect.name == "postgresql":
        _lock(db, actor, which())
    queries.hold_moment(db)


def _lock(db: Session, actor: Actor, which: Any) -> None:
    students = select(Student).where(col(Student.workspace_id) == actor.workspace_id, which)
    students = students.order_by(col(Student.id)).with_for_update(key_share=True)
    for rows in (_member(actor), students):
        db.execute(rows.execution_options(populate_existing=True)).all()


def _member(actor: Actor) -> Any:
    return select(Membership).where(col(Membership.id) == actor.membership_id).with_for_update(key_share=True)
