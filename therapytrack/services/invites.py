"""Inviting people: the invitation and its link, sent again, withdrawn. How one is accepted stands in `joining`.

The link holds a 256-bit token of which only the hash is kept; it lasts seven days and works once, and sending it again
kills the one before. The letter goes out after the transaction has ended (`mailing`).
"""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session, col

from therapytrack.access.actions import Action, Permission
from therapytrack.access.actor import Actor
from therapytrack.access.gate import access_students
from therapytrack.access.people import OFFICE, SeenMember, access_invite, access_people, require_admin_maker
from therapytrack.access.proof import require_proof
from therapytrack.access.refusals import refused
from therapytrack.access.roles import CEILING
from therapytrack.domain.emails import mailbox
from therapytrack.domain.invite_form import InviteForm
from therapytrack.domain.local_days import end_of, last_day
from therapytrack.domain.member_place import CLINICAL_ROLES, Place
from therapytrack.errors import Conflict, Invalid, NotPermitted
from therapytrack.models import Account, ClinicalRole, Invite, InviteGrant, Membership, MemberStatus, OfferStatus
from therapytrack.services import activity, guests
from therapytrack.services.identity import hash_token
from therapytrack.services.team import BY_OFFER

LINK_LASTS = timedelta(days=7)
ANSWERED = {
    OfferStatus.ACCEPTED: "This invitation was accepted meanwhile: the person is in the list.",
    OfferStatus.REVOKED: "This invitation was withdrawn or replaced meanwhile. Invite again if it is still wanted.",
}
OWN_ADDRESS = "This is your own address, or a second one of the same mailbox. Invite somebody else."
CHANGED = "Somebody sent this invitation again while you were looking. Look at it once more, then decide."


@dataclass(frozen=True, slots=True)
class Sent:
    """An invitation on its way: what its letter says, with the token that is kept nowhere else."""

    invite_id: UUID
    version: int
    token: str
    email: str
    workspace: str
    inviter: str
    place: Place
    link_until: date


def invite(db: Session, actor: Actor, form: InviteForm) -> Sent:
    """Invite an address; a pending invitation of the same address is replaced. The owner is told of a clinical role.

    Raises NotPermitted, NotProved (an admin), NotFound (a student), Invalid (own address, somebody who is here, rights
    beyond the role).
    """
    me = access_people(db, actor, Action.INVITE)
    if form.place.admin == "owner":
        raise refused(NotPermitted(BY_OFFER), Action.TRANSFER_OWNERSHIP, "invite", None)
    if form.place.admin != "none":
        require_admin_maker(me.facts, me.membership.id)
        require_proof(actor, Action.MANAGE_ADMIN, "invite", None)
    _check_address(db, me, form.email, actor.at)
    _check_rights(form)
    access_students(db, actor, list(form.students), Action.GRANT_ACCESS)
    replaced = _replace_pending(db, actor, me, form.email)
    token = secrets.token_urlsafe(32)
    made = _row(actor, form, hash_token(token), me.workspace.time_zone)
    db.add(made)
    db.flush()
    db.add_all(_grants(made, form))
    activity.record(
        db,
        actor,
        "invite",
        record_kind="invite",
        record_id=made.id,
        roles=[form.place.admin, form.place.clinical],
        students=len(form.students),
        replaced=replaced,
    )
    guests.tell_of_invite(db, actor, made, len(form.students))
    return _sent(made, me, token)


def resend_invite(db: Session, actor: Actor, invite_id: UUID, version: int) -> Sent:
    """Make a new link, which kills the one before, and answer for the invitation from now on.

    Raises NotPermitted, NotProved, NotFound, Invalid (somebody who is here by now), Conflict (answered or changed).
    """
    return _new_link(db, actor, invite_id, version, "send invite again", by_hand=False)


def link_by_hand(db: Session, actor: Actor, invite_id: UUID, version: int) -> Sent:
    """Make a new link to be handed over by a person, where there is no mail; using it proves no address.

    Raises as `resend_invite`.
    """
    return _new_link(db, actor, invite_id, version, "hand over invite", by_hand=True)


def revoke_invite(db: Session, actor: Actor, invite_id: UUID, version: int) -> None:
    """Kill a pending invitation's link. Raises NotPermitted, NotFound, Conflict (answered or sent again meanwhile)."""
    found, _ = access_invite(db, actor, invite_id)
    if found.status == OfferStatus.REVOKED:
        return
    _check_pending(found, version)
    _answer(found, OfferStatus.REVOKED, actor.at)
    activity.record(db, actor, "revoke invite", record_kind="invite", record_id=invite_id)


def hand_over_invite(db: Session, actor: Actor, invite_id: UUID, version: int) -> None:
    """Note that the mail did not go out and the link is handed over by a person: it proves no address then.

    Raises NotPermitted, NotFound, Conflict.
    """
    found, _ = access_invite(db, actor, invite_id)
    _check_pending(found, version)
    found.by_hand = True
    activity.record(db, actor, "hand over invite", record_kind="invite", record_id=invite_id)


def invited_place(found: Invite, zone: str) -> Place:
    """The place that an invitation offers."""
    until = last_day(found.member_until, zone)
    return Place(found.clinical_role, found.admin_role, found.billing, found.discipline, until)


def _new_link(db: Session, actor: Actor, invite_id: UUID, version: int, action: str, *, by_hand: bool) -> Sent:
    found, me = access_invite(db, actor, invite_id)
    if found.admin_role in OFFICE:
        require_proof(actor, Action.INVITE, "invite", invite_id)
    _check_pending(found, version)
    _check_address(db, me, found.email, actor.at)
    token = secrets.token_urlsafe(32)
    found.token_hash, found.invited_by_id, found.by_hand = hash_token(token), actor.membership_id, by_hand
    found.sent_at, found.expires_at = actor.at, actor.at + LINK_LASTS
    found.version += 1
    activity.record(db, actor, action, record_kind="invite", record_id=invite_id)
    return _sent(found, me, token)


def _check_address(db: Session, me: SeenMember, email: str, at: datetime) -> None:
    """Nobody invites herself or somebody who is here; who was removed or whose time has ended may be invited again."""
    key = me.membership.id
    if mailbox(email) == mailbox(me.account.email):
        raise refused(Invalid({"email": OWN_ADDRESS}), Action.INVITE, "membership", key)
    query = (
        select(Membership, Account)
        .join(Account, col(Account.id) == col(Membership.account_id))
        .where(col(Membership.workspace_id) == me.workspace.id, col(Account.email) == email)
        .where(col(Membership.status) != MemberStatus.REMOVED)
    )
    row = db.execute(query).first()
    if row is None or (row[0].ends_at is not None and row[0].ends_at <= at and row[0].status == MemberStatus.ACTIVE):
        return
    name = row[1].name
    here = f"{name} is here already. Change what {name} may do in the list instead."
    asleep = f"{name} is suspended here. Resume {name} in the list instead."
    error = Invalid({"email": asleep if row[0].status == MemberStatus.SUSPENDED else here})
    raise refused(error, Action.INVITE, "membership", row[0].id)


def _check_rights(form: InviteForm) -> None:
    """No right beyond the ceiling of the role."""
    clinical = form.place.clinical
    beyond = sorted(form.rights - {str(one) for one in CEILING[ClinicalRole(clinical)]}) if form.students else []
    if beyond:
        sentence = (
            f"The role {CLINICAL_ROLES[clinical]} cannot {' or '.join(beyond)}. Take that off, or change the role."
        )
        raise refused(Invalid({"rights": sentence}), Action.GRANT_ACCESS, "invite", None)


def _replace_pending(db: Session, actor: Actor, me: SeenMember, email: str) -> bool:
    query = select(Invite).where(
        col(Invite.workspace_id) == actor.workspace_id,
        col(Invite.email) == email,
        col(Invite.status) == OfferStatus.PENDING,
    )
    earlier = db.execute(query).scalar_one_or_none()
    if earlier is None:
        return False
    if earlier.admin_role in OFFICE:
        require_admin_maker(me.facts, me.membership.id)
    _answer(earlier, OfferStatus.REVOKED, actor.at)
    db.flush()
    return True


def _answer(found: Invite, status: OfferStatus, at: datetime) -> None:
    found.status, found.answered_at = status, at
    found.version += 1


def _check_pending(found: Invite, version: int) -> None:
    if found.status != OfferStatus.PENDING:
        raise refused(Conflict(ANSWERED[OfferStatus(found.status)]), Action.INVITE, "invite", found.id)
    if found.version != version:
        raise refused(Conflict(CHANGED, version=found.version), Action.INVITE, "invite", found.id)


def _row(actor: Actor, form: InviteForm, token_hash: str, zone: str) -> Invite:
    return Invite(
        workspace_id=actor.workspace_id,
        email=form.email,
        token_hash=token_hash,
        admin_role=form.place.admin,
        clinical_role=form.place.clinical,
        billing=form.place.billing,
        discipline=form.place.discipline,
        member_until=end_of(form.place.until, zone),
        invited_by_id=actor.membership_id,
        sent_at=actor.at,
        expires_at=actor.at + LINK_LASTS,
    )


def _grants(made: Invite, form: InviteForm) -> list[InviteGrant]:
    rights: dict[str, Any] = {f"can_{one}": one in form.rights for one in Permission}
    common: dict[str, Any] = {"workspace_id": made.workspace_id, "invite_id": made.id, "ends_at": made.member_until}
    return [InviteGrant(**common, **rights, student_id=one) for one in form.students]


def _sent(found: Invite, me: SeenMember, token: str) -> Sent:
    zone = me.workspace.time_zone
    place, until = invited_place(found, zone), found.expires_at.astimezone(ZoneInfo(zone)).date()
    return Sent(found.id, found.version, token, found.email, me.workspace.name, me.account.name, place, until)
