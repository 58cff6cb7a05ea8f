"""The statements of the gate: a record together with every fact that the decision about it hangs on.

Each is built once per process, because building one costs several times what running it does; who asks is bound later.
"""

from functools import cache
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from therapytrack.access import ties
from therapytrack.access.actions import Permission
from therapytrack.access.actor import Actor
from therapytrack.models import Membership, SessionEntry, Student, Workspace


def run(db: Session, actor: Actor, statement: Any) -> Any:
    """The result of `statement` for `actor` at the actor's moment."""
    return db.execute(statement, ties.moment(actor))


@cache
def the_workspace() -> Any:
    """The actor's workspace and membership."""
    return _mine(select(Workspace, Membership))


@cache
def the_students(*more: Any) -> Any:
    """Students of the actor's workspace with her membership, the workspace, the flags of her ties, and `more`."""
    flags = [ties.grant_exists(permission) for permission in Permission]
    flags += [ties.glass_broken(), ties.supervised(), ties.supervisee_edits()]
    query = select(Student, Membership, Workspace, *flags, *more)
    return _mine(query.join(Workspace, col(Workspace.id) == col(Student.workspace_id)))


@cache
def the_entries(*more: Any) -> Any:
    """As `the_students`, with each entry, whether its author is the actor's supervisee, and `more`."""
    query = the_students(SessionEntry, ties.supervises_author(), *more)
    return query.join(SessionEntry, col(SessionEntry.student_id) == col(Student.id))


def _mine(query: Any) -> Any:
    """Add the actor's own membership, read again in this very statement, and close the workspace's door."""
    return query.join(Membership, col(Membership.workspace_id) == col(Workspace.id)).where(
        col(Workspace.id) == ties.WORKSPACE, col(Membership.id) == ties.ME
    )
