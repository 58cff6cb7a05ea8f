"""The SQL of a person's ties to a student: grants, supervision, emergency access, all judged at the actor's moment.

Every builder returns a correlated EXISTS, so that one statement fetches a record together with all facts of a decision.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from therapytrack.access.actions import Permission
from therapytrack.access.actor import Actor
from therapytrack.models import ClinicalRole, Membership, SessionEntry, Student, StudentGrant, SupervisionLink

COLUMN_OF = {
    Permission.VIEW: col(StudentGrant.can_view),
    Permission.EDIT: col(StudentGrant.can_edit),
    Permission.EXPORT: col(StudentGrant.can_export),
    Permission.GENERATE: col(StudentGrant.can_generate),
}


def live(table: Any, actor: Actor) -> ColumnElement[bool]:
    """`table`'s row counts at the actor's moment: started and not ended (half-open interval)."""
    return and_(table.starts_at <= actor.at, or_(table.ends_at.is_(None), table.ends_at > actor.at))


def grant_exists(actor: Actor, permission: Permission, kind: str = "explicit") -> ColumnElement[bool]:
    """The actor holds a live grant of `permission` on the student of the enclosing query."""
    return exists(
        select(1).where(
            col(StudentGrant.workspace_id) == actor.workspace_id,
            col(StudentGrant.membership_id) == actor.membership_id,
            col(StudentGrant.student_id) == col(Student.id),
            col(StudentGrant.kind) == kind,
            COLUMN_OF[permission].is_(True),
            live(StudentGrant, actor),
        )
    ).correlate(Student)


def _holds(actor: Actor, member: Any, permission: Permission) -> ColumnElement[bool]:
    grant: Any = aliased(StudentGrant)
    columns = {Permission.VIEW: grant.can_view, Permission.EDIT: grant.can_edit}
    return exists(
        select(1).where(
            grant.workspace_id == actor.workspace_id,
            grant.membership_id == member.id,
            grant.student_id == col(Student.id),
            grant.kind == "explicit",
            columns[permission].is_(True),
            live(grant, actor),
        )
    ).correlate(Student, member)


def _linked(actor: Actor, *, mine: str, theirs: str, role: ClinicalRole) -> tuple[Any, ColumnElement[bool]]:
    """A live member with `role` whom a live link of the actor's discipline ties to the actor."""
    member: Any = aliased(Membership)
    link: Any = aliased(SupervisionLink)
    tie = and_(
        link.workspace_id == actor.workspace_id,
        getattr(link, mine) == actor.membership_id,
        getattr(link, theirs) == member.id,
        link.discipline == actor.discipline,
        member.discipline == actor.discipline,
        member.clinical_role == role,
        member.status == "active",
        live(link, actor),
        live(member, actor),
    )
    return (member, link), tie


def supervised(actor: Actor) -> ColumnElement[bool]:
    """A live supervisor of the actor, same discipline, explicitly holds view and edit on the student (rule 3)."""
    (member, link), tie = _linked(actor, mine="assistant_id", theirs="supervisor_id", role=ClinicalRole.SUPERVISOR)
    holds = [_holds(actor, member, p) for p in (Permission.VIEW, Permission.EDIT)]
    return exists(select(1).select_from(member, link).where(tie, *holds)).correlate(Student)


def supervisee_edits(actor: Actor) -> ColumnElement[bool]:
    """A live supervisee of the actor, same discipline, explicitly holds edit on the student (rule 4)."""
    (member, link), tie = _linked(actor, mine="supervisor_id", theirs="assistant_id", role=ClinicalRole.ASSISTANT)
    holds = [_holds(actor, member, p) for p in (Permission.VIEW, Permission.EDIT)]
    return exists(select(1).select_from(member, link).where(tie, *holds)).correlate(Student)


def supervises_author(actor: Actor) -> ColumnElement[bool]:
    """The author of the enclosing query's SessionEntry is a live supervisee of the actor in the same discipline."""
    (member, link), tie = _linked(actor, mine="supervisor_id", theirs="assistant_id", role=ClinicalRole.ASSISTANT)
    return exists(select(1).select_from(member, link).where(tie, member.id == col(SessionEntry.author_id))).correlate(
        SessionEntry
    )


def supervises_member(actor: Actor, author_id: UUID) -> ColumnElement[bool]:
    """The member `author_id` is a live supervisee of the actor in the same discipline."""
    (member, link), tie = _linked(actor, mine="supervisor_id", theirs="assistant_id", role=ClinicalRole.ASSISTANT)
    return exists(select(1).select_from(member, link).where(tie, member.id == author_id))
