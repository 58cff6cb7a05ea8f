"""The door to people: members, invitations and offers of ownership. Fetching is authorising, as in `gate`.

Acts on people take turns: each holds its workspace's row until its transaction ends, so that what was checked (one
owner, a pending invitation, a live inviter) still holds when it is written. They are rare; nothing else waits for them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor, member_facts, workspace_facts
from therapytrack.access.facts import Facts, StudentFacts
from therapytrack.access.queries import hold_moment, moment_of
from therapytrack.access.refusals import refused, require
from therapytrack.access.roles import decide
from therapytrack.errors import NotFound, NotPermitted
from therapytrack.models import (
    Account,
    AdminRole,
    Invite,
    InviteGrant,
    Membership,
    MemberStatus,
    OfferStatus,
    OwnershipOffer,
    Student,
    Workspace,
)

ADMINS_ARE_THE_OWNERS = "Only the owner changes an admin or makes one. Ask the owner of the workspace."
OFFICE = (AdminRole.ADMIN, AdminRole.OWNER)


@dataclass(frozen=True, slots=True)
class SeenMember:
    """A member whom the actor may change, with the workspace and the actor's facts as they stand under the lock."""

    membership: Membership
    account: Account
    workspace: Workspace
    facts: Facts


def hold_people(db: Session, workspace_id: UUID) -> Workspace:
    """The workspace, held until the transaction ends: the next act on its people waits. Raises NotFound.

    On PostgreSQL a lock that lets rows refer to the workspace meanwhile; SQLite writes one transaction at a time. From
    then on rights are judged by the clock of that moment.
    """
    query = select(Workspace).where(col(Workspace.id) == workspace_id).with_for_update(key_share=True)
    workspace: Workspace | None = db.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()
    if workspace is None:
        raise NotFound()
    hold_moment(db)
    return workspace


def access_people(db: Session, actor: Actor, action: Action) -> SeenMember:
    """The actor's own membership under the lock, when `action` on people is allowed now. Raises NotPermitted."""
    workspace = hold_people(db, actor.workspace_id)
    membership, account = _member(db, actor, actor.membership_id, action)
    facts = Facts(member_facts(membership, moment_of(db, actor)), workspace_facts(workspace))
    require(action, facts, "membership", membership.id)
    return SeenMember(membership, account, workspace, facts)


def access_member(db: Session, actor: Actor, membership_id: UUID, action: Action = Action.MANAGE_MEMBER) -> SeenMember:
    """A member of the workspace, when the actor may do `action` to her now; admins and the owner are the owner's alone.

    Raises NotFound (no such member here) or NotPermitted.
    """
    workspace = hold_people(db, actor.workspace_id)
    me, _ = _member(db, actor, actor.membership_id, action)
    membership, account = _member(db, actor, membership_id, action)
    facts = Facts(member_facts(me, moment_of(db, actor)), workspace_facts(workspace))
    require(action, facts, "membership", membership_id)
    if membership.admin_role in OFFICE:
        require_admin_maker(facts, membership_id)
    return SeenMember(membership, account, workspace, facts)


def require_admin_maker(facts: Facts, membership_id: UUID) -> None:
    """Raise NotPermitted unless the person of `facts` may change admins and make them."""
    if not decide(Action.MANAGE_ADMIN, facts).allowed:
        raise refused(NotPermitted(ADMINS_ARE_THE_OWNERS), Action.MANAGE_ADMIN, "membership", membership_id)


def access_invite(db: Session, actor: Actor, invite_id: UUID) -> tuple[Invite, SeenMember]:
    """An invitation of the workspace with the actor's own membership; one that makes an admin is the owner's alone.

    Raises NotPermitted for anybody who may not invite, NotFound, or NotPermitted.
    """
    me = access_people(db, actor, Action.INVITE)
    query = select(Invite).where(col(Invite.workspace_id) == actor.workspace_id, col(Invite.id) == invite_id)
    invite = db.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()
    if invite is None:
        raise refused(NotFound(), Action.INVITE, "invite", invite_id)
    if invite.admin_role in OFFICE:
        require_admin_maker(me.facts, me.membership.id)
    return invite, me


def visible_offer(db: Session, actor: Actor) -> OwnershipOffer | None:
    """The pending, unexpired offer of ownership that the actor made or has in hand."""
    query = select(OwnershipOffer).where(
        col(OwnershipOffer.workspace_id) == actor.workspace_id,
        col(OwnershipOffer.status) == OfferStatus.PENDING,
        col(OwnershipOffer.expires_at) > actor.at,
        or_(col(OwnershipOffer.from_id) == actor.membership_id, col(OwnershipOffer.to_id) == actor.membership_id),
    )
    return db.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()


def visible_people(db: Session, actor: Actor) -> list[tuple[Membership, Account]]:
    """Everybody who is in the workspace, suspended and ended ones too, by name; removed people are not.

    Any member may see who her colleagues are and in what role; the rest of these rows is for the office.
    """
    query = (
        select(Membership, Account)
        .join(Account, col(Account.id) == col(Membership.account_id))
        .where(col(Membership.workspace_id) == actor.workspace_id, col(Membership.status) != MemberStatus.REMOVED)
        .order_by(col(Account.name), col(Membership.id))
    )
    return [(membership, account) for membership, account in db.execute(query)]


def visible_invites(db: Session, actor: Actor) -> list[Invite]:
    """The pending invitations, expired ones too, for those who may invite; nothing for others."""
    if not decide(Action.INVITE, Facts(actor.member, actor.workspace)).allowed:
        return []
    query = select(Invite).where(
        col(Invite.workspace_id) == actor.workspace_id, col(Invite.status) == OfferStatus.PENDING
    )
    return list(db.execute(query.order_by(col(Invite.sent_at).desc())).scalars())


def invite_by_token(db: Session, token_hash: str) -> Invite | None:
    """The invitation whose link holds the token, whatever its state: the token itself is the right to look."""
    return db.execute(select(Invite).where(col(Invite.token_hash) == token_hash)).scalar_one_or_none()


@dataclass(frozen=True, slots=True)
class Inviter:
    """Who sent an invitation, with what she may do at the moment of its acceptance."""

    membership: Membership
    facts: Facts


def standing_inviter(db: Session, invite: Invite, at: datetime) -> Inviter | None:
    """Who sent the invitation; None when at `at` she could not send it any more, which kills it."""
    query = (
        select(Membership, Workspace)
        .join(Workspace, col(Workspace.id) == col(Membership.workspace_id))
        .where(col(Membership.workspace_id) == invite.workspace_id, col(Membership.id) == invite.invited_by_id)
    )
    membership, workspace = db.execute(query.execution_options(populate_existing=True)).one()
    facts = Facts(member_facts(membership, at), workspace_facts(workspace))
    needed = [Action.INVITE] + ([Action.MANAGE_ADMIN] if invite.admin_role in OFFICE else [])
    return Inviter(membership, facts) if all(decide(one, facts).allowed for one in needed) else None


def grants_that_stand(db: Session, invite: Invite, inviter: Inviter) -> list[InviteGrant]:
    """Those rights of an invitation that its inviter may still give, on students who are still on the rolls.

    What ended meanwhile gives nothing (rule 12 of the permission model).
    """
    about = Facts(inviter.facts.member, inviter.facts.workspace, StudentFacts())
    if not decide(Action.GRANT_ACCESS, about).allowed:
        return []
    query = (
        select(InviteGrant)
        .join(Student, col(Student.id) == col(InviteGrant.student_id))
        .where(col(InviteGrant.invite_id) == invite.id, col(Student.workspace_id) == invite.workspace_id)
        .where(col(Student.archived_at).is_(None))
        .order_by(col(InviteGrant.id))
    )
    return list(db.execute(query).scalars())


def _member(db: Session, actor: Actor, membership_id: UUID, action: Action) -> tuple[Membership, Account]:
    query: Any = (
        select(Membership, Account)
        .join(Account, col(Account.id) == col(Membership.account_id))
        .where(col(Membership.workspace_id) == actor.workspace_id, col(Membership.id) == membership_id)
    )
    row = db.execute(query.execution_options(populate_existing=True)).first()
    if row is None:
        raise refused(NotFound(), action, "membership", membership_id)
    return row[0], row[1]
