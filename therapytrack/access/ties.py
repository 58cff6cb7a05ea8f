"""The SQL of a person's ties to a student: grants, supervision, emergency access, all judged at the actor's moment.

Every builder returns a correlated EXISTS, so that one statement fetches a record together with all facts of a decision.
Who asks, and when, are bound parameters whose values `moment` gives: a statement is built once and run for everybody.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, case, exists, literal, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from therapytrack.access.actions import Permission
from therapytrack.access.actor import Actor
from therapytrack.access.roles import CLINICAL, LICENSED, OFFICE
from therapytrack.models import (
    ClinicalRole,
    Membership,
    ScheduleSlot,
    SessionEntry,
    Student,
    StudentGrant,
    SupervisionLink,
    Workspace,
    WorkspaceStatus,
)

GLASS_LASTS = timedelta(hours=4)
ME: Any = bindparam("actor_membership_id")
WORKSPACE: Any = bindparam("actor_workspace_id")
DISCIPLINE: Any = bindparam("actor_discipline")
AT: Any = bindparam("actor_at")
GLASS_SINCE: Any = bindparam("actor_glass_since")
COLUMN_OF = {
    Permission.VIEW: col(StudentGrant.can_view),
    Permission.EDIT: col(StudentGrant.can_edit),
    Permission.EXPORT: col(StudentGrant.can_export),
    Permission.GENERATE: col(StudentGrant.can_generate),
}


def moment(actor: Actor, at: datetime) -> dict[str, Any]:
    """The values of the parameters in every statement about `actor` at `at`."""
    return {
        "actor_membership_id": actor.membership_id,
        "actor_workspace_id": actor.workspace_id,
        "actor_discipline": actor.discipline,
        "actor_at": at,
        "actor_glass_since": at - GLASS_LASTS,
    }


def among(column: Any, values: Sequence[str]) -> ColumnElement[bool]:
    """`column` is one of these values, which are the same at each run: unlike those of a plain `in_`, they are not put
    into the statement anew each time that it runs."""
    return column.in_([literal(one, column.type) for one in values])  # type: ignore[no-any-return]


def case_manager() -> ColumnElement[Any]:
    """The id of the membership whose case the student of the enclosing query is at the actor's moment."""
    to_come, changes = col(Student.next_case_manager_id), col(Student.next_case_manager_from)
    return case((and_(to_come.is_not(None), changes <= AT), to_come), else_=col(Student.case_manager_id))


def live(table: Any) -> ColumnElement[bool]:
    """`table`'s row counts at the actor's moment: started and not ended (half-open interval)."""
    return and_(table.starts_at <= AT, or_(table.ends_at.is_(None), table.ends_at > AT))


def grant_exists(permission: Permission, *more: ColumnElement[bool], kind: str = "explicit") -> ColumnElement[bool]:
    """The actor holds a live grant of `permission` on the student of the enclosing query."""
    return exists(
        select(1).where(
            col(StudentGrant.workspace_id) == WORKSPACE,
            col(StudentGrant.membership_id) == ME,
            col(StudentGrant.student_id) == col(Student.id),
            col(StudentGrant.kind) == kind,
            COLUMN_OF[permission].is_(True),
            live(StudentGrant),
            *more,
        )
    ).correlate(Student)


def glass_broken() -> ColumnElement[bool]:
    """The actor broke the glass for the student of the enclosing query, at most four hours ago (rule 8)."""
    recent = col(StudentGrant.starts_at) > GLASS_SINCE
    return grant_exists(Permission.VIEW, recent, kind="break_glass")


def _holds(member: Any, permission: Permission) -> ColumnElement[bool]:
    grant: Any = aliased(StudentGrant)
    columns = {Permission.VIEW: grant.can_view, Permission.EDIT: grant.can_edit}
    return exists(
        select(1).where(
            grant.workspace_id == WORKSPACE,
            grant.membership_id == member.id,
            grant.student_id == col(Student.id),
            grant.kind == "explicit",
            columns[permission].is_(True),
            live(grant),
        )
    ).correlate(Student, member)


def _linked(*, mine: str, theirs: str, role: ClinicalRole) -> tuple[Any, ColumnElement[bool]]:
    """A live member with `role` whom a live link of the actor's discipline ties to the actor."""
    member: Any = aliased(Membership)
    link: Any = aliased(SupervisionLink)
    tie = and_(
        link.workspace_id == WORKSPACE,
        getattr(link, mine) == ME,
        getattr(link, theirs) == member.id,
        link.discipline == DISCIPLINE,
        member.discipline == DISCIPLINE,
        link.discipline != "",
        member.clinical_role == role,
        member.status == "active",
        live(link),
        live(member),
    )
    return (member, link), tie


def supervised() -> ColumnElement[bool]:
    """A live supervisor of the actor, same discipline, explicitly holds view and edit on the student (rule 3)."""
    (member, link), tie = _linked(mine="assistant_id", theirs="supervisor_id", role=ClinicalRole.SUPERVISOR)
    holds = [_holds(member, p) for p in (Permission.VIEW, Permission.EDIT)]
    return exists(select(1).select_from(member, link).where(tie, *holds)).correlate(Student)


def supervisee_edits() -> ColumnElement[bool]:
    """A live supervisee of the actor, same discipline, explicitly holds edit on the student (rule 4)."""
    member, link, edits = editing_supervisee()
    return exists(select(1).select_from(member, link).where(edits)).correlate(Student)


def editing_supervisee() -> tuple[Any, Any, ColumnElement[bool]]:
    """A supervisee of the actor with the link between them, and that it makes her one who edits the student of the
    enclosing query as rule 4 says it."""
    (member, link), tie = _linked(mine="supervisor_id", theirs="assistant_id", role=ClinicalRole.ASSISTANT)
    return member, link, and_(tie, *[_holds(member, p) for p in (Permission.VIEW, Permission.EDIT)])


def supervises_author(table: Any = SessionEntry) -> ColumnElement[bool]:
    """The author of the enclosing query's `table` is a live supervisee of the actor in the same discipline."""
    (member, link), tie = _linked(mine="supervisor_id", theirs="assistant_id", role=ClinicalRole.ASSISTANT)
    wrote = member.id == table.author_id
    return exists(select(1).select_from(member, link).where(tie, wrote)).correlate(table)


def supervises_provider() -> ColumnElement[bool]:
    """The provider of the enclosing query's ScheduleSlot is a live supervisee of the actor in the same discipline."""
    (member, link), tie = _linked(mine="supervisor_id", theirs="assistant_id", role=ClinicalRole.ASSISTANT)
    gives = member.id == col(ScheduleSlot.provider_id)
    return exists(select(1).select_from(member, link).where(tie, gives)).correlate(ScheduleSlot)


def supervisees() -> Any:
    """The ids of the actor's live supervisees in her discipline, as a subquery: their records are found by an index."""
    (member, link), tie = _linked(mine="supervisor_id", theirs="assistant_id", role=ClinicalRole.ASSISTANT)
    return select(member.id).select_from(member, link).where(tie)


def supervises_member(author_id: UUID) -> ColumnElement[bool]:
    """The member `author_id` is a live supervisee of the actor in the same discipline."""
    (member, link), tie = _linked(mine="supervisor_id", theirs="assistant_id", role=ClinicalRole.ASSISTANT)
    return exists(select(1).select_from(member, link).where(tie, member.id == author_id))


def may_view() -> ColumnElement[bool]:
    """What `roles.decide` answers to VIEW, for the Student, Membership and Workspace of the enclosing query.

    It lets a statement count, order and limit what may be seen; whoever is handed a record is still judged by `decide`.
    """
    clinical, admin = col(Membership.clinical_role), col(Membership.admin_role)
    breaks_glass = and_(
        col(Workspace.break_glass_enabled), or_(among(admin, sorted(OFFICE)), among(clinical, sorted(LICENSED)))
    )
    return and_(
        col(Membership.status) == "active",
        live(Membership),
        among(col(Workspace.status), (WorkspaceStatus.ACTIVE, WorkspaceStatus.READ_ONLY)),
        or_(
            and_(among(clinical, sorted(CLINICAL)), grant_exists(Permission.VIEW)),
            and_(breaks_glass, glass_broken()),
            and_(clinical == ClinicalRole.SUPERVISOR, supervisee_edits()),
        ),
    )
