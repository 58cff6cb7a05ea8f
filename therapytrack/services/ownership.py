"""A workspace changes hands: the owner offers, the other person accepts, both prove who they are. Always one owner."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor, member_facts
from therapytrack.access.people import access_member, access_people, hold_people, visible_offer
from therapytrack.access.proof import require_proof
from therapytrack.access.refusals import refused
from therapytrack.errors import NotFound, NotPermitted
from therapytrack.models import Account, AdminRole, Invite, Membership, OfferStatus, OwnershipOffer
from therapytrack.services import activity
from therapytrack.services.identity import end_sign_ins_of, hash_token, renew_sign_in

OFFER_LASTS = timedelta(days=7)
YOURS = "You own this workspace already."
NOT_HERE = "Ownership can be offered to somebody who is active here now. Resume this person or choose another."
ENDING = "This membership has an end date, and an owner's has none. Take the end date away first."
NO_OFFER = "There is no offer of ownership to answer any more. It may have been withdrawn or be older than seven days."


@dataclass(frozen=True, slots=True)
class Offered:
    """An offer that was just made, for the letter about it."""

    to_name: str
    to_email: str
    workspace: str


@dataclass(frozen=True, slots=True)
class HandedOver:
    """An accepted offer: the cookie token of the new owner's browser, and what the letter to the former owner says."""

    token: str
    workspace: str
    former_email: str
    new_owner: str


def offer_ownership(db: Session, actor: Actor, membership_id: UUID) -> Offered:
    """Offer the workspace to another member; an earlier offer is withdrawn. Nothing changes until she accepts.

    Raises NotFound, NotPermitted (also: oneself, somebody suspended or with an end date), NotProved.
    """
    access_people(db, actor, Action.TRANSFER_OWNERSHIP)
    seen = access_member(db, actor, membership_id, Action.TRANSFER_OWNERSHIP)
    if why := YOURS if membership_id == actor.membership_id else _unfit(seen.membership, actor.at):
        raise refused(NotPermitted(why), Action.TRANSFER_OWNERSHIP, "membership", membership_id)
    require_proof(actor, Action.TRANSFER_OWNERSHIP, "membership", membership_id)
    _revoke_pending(db, actor)
    made = OwnershipOffer(
        workspace_id=actor.workspace_id,
        from_id=actor.membership_id,
        to_id=membership_id,
        expires_at=actor.at + OFFER_LASTS,
    )
    db.add(made)
    db.flush()
    activity.record(db, actor, "offer ownership", record_kind="ownership_offer", record_id=made.id)
    return Offered(seen.account.name, seen.account.email, seen.workspace.name)


def withdraw_offer(db: Session, actor: Actor) -> None:
    """Take the actor's pending offer back; without one nothing changes. Raises NotPermitted."""
    access_people(db, actor, Action.TRANSFER_OWNERSHIP)
    for key in _revoke_pending(db, actor):
        activity.record(db, actor, "withdraw offer", record_kind="ownership_offer", record_id=key)


def decline_offer(db: Session, actor: Actor) -> None:
    """Say no to the offer that the actor has in hand. Raises NotFound when there is none."""
    offer = _in_hand(db, actor)
    offer.status, offer.answered_at = OfferStatus.REVOKED, actor.at
    activity.record(db, actor, "decline ownership", record_kind="ownership_offer", record_id=offer.id)


def accept_ownership(db: Session, actor: Actor) -> HandedOver:
    """Become the owner; the former one stays as an admin. Both come back with a new sign-in, this browser at once.

    Raises NotFound (no offer, or no longer by the owner), NotPermitted (an end date meanwhile), NotProved.
    """
    offer = _in_hand(db, actor)
    former, new = _parties(db, actor, offer)
    owns = member_facts(former, actor.at)
    if not owns.live or owns.admin != AdminRole.OWNER:
        raise refused(NotFound(NO_OFFER), Action.TRANSFER_OWNERSHIP, "ownership_offer", offer.id)
    if why := _unfit(new, actor.at):
        raise refused(NotPermitted(why), Action.TRANSFER_OWNERSHIP, "ownership_offer", offer.id)
    require_proof(actor, Action.TRANSFER_OWNERSHIP, "ownership_offer", offer.id)
    former.admin_role, former.version = AdminRole.ADMIN, former.version + 1
    db.flush()
    new.admin_role, new.version = AdminRole.OWNER, new.version + 1
    offer.status, offer.answered_at = OfferStatus.ACCEPTED, actor.at
    _revoke_admin_invites(db, actor, former)
    token = renew_sign_in(db, actor.token_hash, new, actor.at)
    for member in (former, new):
        end_sign_ins_of(db, member.account_id, actor.workspace_id, actor.at, but=hash_token(token))
    activity.record(db, actor, "accept ownership", record_kind="ownership_offer", record_id=offer.id)
    former_account = db.get_one(Account, former.account_id)
    return HandedOver(token, actor.workspace_name, former_account.email, actor.name)


def _in_hand(db: Session, actor: Actor) -> OwnershipOffer:
    """The pending offer that was made to the actor, under the lock. Raises NotFound."""
    hold_people(db, actor.workspace_id)
    offer = visible_offer(db, actor)
    if offer is None or offer.to_id != actor.membership_id:
        raise refused(NotFound(NO_OFFER), Action.TRANSFER_OWNERSHIP, "ownership_offer", None)
    return offer


def _parties(db: Session, actor: Actor, offer: OwnershipOffer) -> tuple[Membership, Membership]:
    query = select(Membership).where(
        col(Membership.workspace_id) == actor.workspace_id, col(Membership.id).in_([offer.from_id, offer.to_id])
    )
    found = {one.id: one for one in db.execute(query.execution_options(populate_existing=True)).scalars()}
    return found[offer.from_id], found[offer.to_id]


def _unfit(member: Membership, at: datetime) -> str:
    """Why `member` cannot own the workspace, in words; "" when she can."""
    if not member_facts(member, at).live:
        return NOT_HERE
    return ENDING if member.ends_at is not None else ""


def _revoke_pending(db: Session, actor: Actor) -> list[UUID]:
    """Withdraw the pending offer of the workspace, an expired one too; answers its id in a list."""
    query = (
        update(OwnershipOffer)
        .where(col(OwnershipOffer.workspace_id) == actor.workspace_id)
        .where(col(OwnershipOffer.status) == OfferStatus.PENDING)
        .values(status=OfferStatus.REVOKED, answered_at=actor.at)
        .returning(col(OwnershipOffer.id))
    )
    return list(db.execute(query).scalars())


def _revoke_admin_invites(db: Session, actor: Actor, former: Membership) -> None:
    """An admin makes no admins: what the former owner sent in that way is withdrawn."""
    db.execute(
        update(Invite)
        .where(col(Invite.workspace_id) == actor.workspace_id, col(Invite.invited_by_id) == former.id)
        .where(col(Invite.status) == OfferStatus.PENDING, col(Invite.admin_role) == AdminRole.ADMIN)
        .values(status=OfferStatus.REVOKED, answered_at=actor.at)
    )
