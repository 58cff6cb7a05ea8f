"""What a member's rights and supervision links reach: nobody enlarges her own by changing people, and removal ends all.

Rule 5 of the permission model: only adding a student and emergency access may enlarge the actor's own effective rights,
now or later. A change of role or a resumption could do it too, by waking grants or links that sleep.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, or_, select, update
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.refusals import refused
from therapytrack.access.roles import CEILING
from therapytrack.errors import NotPermitted
from therapytrack.models import ClinicalRole, Membership, MemberStatus, Student, StudentGrant, SupervisionLink

OWN_GRANTS = (
    "You hold rights on students that the higher role would open to you. Ask their case managers to end these first."
)
OWN_LINK = "A supervision link between you two would open students to you. End the link first, on this page."


def require_no_gain(
    db: Session, actor: Actor, member: Membership, clinical: str, discipline: str, *, live: bool, longer: bool = False
) -> None:
    """Raise NotPermitted when giving `member` this role and discipline, or a `longer` time here than she had, would
    enlarge what the actor herself may do, now or later."""
    if member.id == actor.membership_id:
        more = CEILING[ClinicalRole(clinical)] - CEILING[ClinicalRole(member.clinical_role)]
        if more and _holds_rights(db, actor):
            raise refused(NotPermitted(OWN_GRANTS), Action.MANAGE_MEMBER, "membership", member.id)
    was_live = member.status == MemberStatus.ACTIVE
    for link in _links(db, actor, member):
        before = was_live and not longer and _fits(link, member.id, member.clinical_role, member.discipline)
        if live and _fits(link, member.id, clinical, discipline) and not before:
            raise refused(NotPermitted(OWN_LINK), Action.MANAGE_MEMBER, "membership", member.id)


def end_reach(db: Session, member: Membership, by_id: UUID, at: datetime) -> None:
    """End every right and supervision link of `member` at `at`; ones that have not begun never will.

    The students are locked first, in one order, as everybody does who writes about them: no write of somebody who
    leaned on these rights slips through.
    """
    of_member = (
        col(StudentGrant.workspace_id) == member.workspace_id,
        col(StudentGrant.membership_id) == member.id,
        _not_over(StudentGrant, at),
    )
    about = select(col(StudentGrant.student_id)).where(*of_member)
    held = select(col(Student.id)).where(col(Student.workspace_id) == member.workspace_id, col(Student.id).in_(about))
    db.execute(held.order_by(col(Student.id)).with_for_update(key_share=True)).all()
    over = {"ends_at": _now_or_never(StudentGrant, at), "ended_by_id": by_id}
    db.execute(update(StudentGrant).where(*of_member).values(over).execution_options(synchronize_session=False))
    linked = or_(col(SupervisionLink.supervisor_id) == member.id, col(SupervisionLink.assistant_id) == member.id)
    db.execute(
        update(SupervisionLink)
        .where(col(SupervisionLink.workspace_id) == member.workspace_id, linked, _not_over(SupervisionLink, at))
        .values(ends_at=_now_or_never(SupervisionLink, at))
        .execution_options(synchronize_session=False)
    )


def hold_assistants(db: Session, actor: Actor, member: Membership) -> None:
    """Lock the memberships of those whom `member` supervises, in one order, before she changes.

    Their right to edit hangs on hers (rule 3), and each of their writes holds its writer's membership: it is over by
    then, or is judged by what she is from now on.
    """
    hers = select(col(SupervisionLink.assistant_id)).where(
        col(SupervisionLink.workspace_id) == actor.workspace_id,
        col(SupervisionLink.supervisor_id) == member.id,
        _not_over(SupervisionLink, actor.at),
    )
    held = select(col(Membership.id)).where(
        col(Membership.workspace_id) == actor.workspace_id, col(Membership.id).in_(hers)
    )
    db.execute(held.order_by(col(Membership.id)).with_for_update(key_share=True)).all()


def _holds_rights(db: Session, actor: Actor) -> bool:
    query = select(col(StudentGrant.id)).where(
        col(StudentGrant.workspace_id) == actor.workspace_id,
        col(StudentGrant.membership_id) == actor.membership_id,
        col(StudentGrant.kind) == "explicit",
        _not_over(StudentGrant, actor.at),
    )
    return db.execute(query.limit(1)).first() is not None


def _links(db: Session, actor: Actor, member: Membership) -> list[SupervisionLink]:
    """Links that are not over: all of the actor's when she changes herself, else those between the two."""
    boss, aide = col(SupervisionLink.supervisor_id), col(SupervisionLink.assistant_id)
    me, one = actor.membership_id, member.id
    between = (
        or_(boss == me, aide == me) if me == one else or_(and_(boss == me, aide == one), and_(boss == one, aide == me))
    )
    query = select(SupervisionLink).where(
        col(SupervisionLink.workspace_id) == actor.workspace_id, between, _not_over(SupervisionLink, actor.at)
    )
    return list(db.execute(query).scalars())


def _fits(link: SupervisionLink, member_id: UUID, clinical: str, discipline: str) -> bool:
    """Whether the member's side of the link counts with this role and discipline (rule 1 and 4)."""
    role = ClinicalRole.SUPERVISOR if link.supervisor_id == member_id else ClinicalRole.ASSISTANT
    return clinical == role and discipline == link.discipline


def _not_over(table: Any, at: datetime) -> Any:
    return or_(table.ends_at.is_(None), table.ends_at > at)


def _now_or_never(table: Any, at: datetime) -> Any:
    """`at` for what has begun; its own beginning, an empty time, for what has not."""
    return case((table.starts_at > at, table.starts_at), else_=at)
