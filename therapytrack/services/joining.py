"""Coming into a workspace by an invitation's link: looking at it changes nothing, accepting it works once.

All this happens before there is an actor in the workspace, so it begins in the identity scope and goes on in the
workspace that the token names. A link that is expired, used, withdrawn, replaced or wrong gets one and the same answer.
The person is the one who holds the account of the invited address; the link proves the address, unless a person handed
it over because the mail did not go out.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from therapytrack.access.actor import Actor
from therapytrack.access.people import grants_that_stand, hold_people, invite_by_token, standing_inviter
from therapytrack.db import enter_workspace
from therapytrack.domain.member_place import Place
from therapytrack.domain.people import discipline_of
from therapytrack.errors import Conflict, NotFound, NotPermitted
from therapytrack.models import (
    Account,
    AdminRole,
    Invite,
    InviteGrant,
    Membership,
    MemberStatus,
    OfferStatus,
    StudentGrant,
    Workspace,
    WorkspaceStatus,
    utc_now,
)
from therapytrack.services import alarms, identity
from therapytrack.services.activity import record_before_actor, record_refusals
from therapytrack.services.identity import Attempt, hash_token
from therapytrack.services.invites import invited_place
from therapytrack.services.reach import end_reach
from therapytrack.services.refusal_tally import Kind

DEAD = (
    "This invitation cannot be used. It may have been used already, withdrawn, replaced by a newer one, or be older "
    "than seven days. Ask the person who invited you to send it again."
)
FOR_ANOTHER = "This invitation is for another address. Sign out, then open the link again as the person it was sent to."
HERE_ALREADY = "You are in this workspace already, so nothing was changed. Ask its office to change what you may do."
ASLEEP = "You are suspended in this workspace, so the invitation changes nothing. Ask its office to resume you."
TAKEN = "An account with this address was made a moment ago. Load the page again and sign in with it."


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a person who holds the link may read before she accepts.

    `by_hand`: she holds it from a person and not from the mailbox, so the page does not tell her who has an account.
    """

    email: str
    workspace: str
    inviter: str
    place: Place
    expires_at: datetime
    has_account: bool
    by_hand: bool


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A checked form of somebody without an account; `password_hash` is ready to store."""

    name: str
    password_hash: str
    profession: str
    credential: str
    us_state: str


@dataclass(frozen=True, slots=True)
class Seat:
    """What an accepted invitation made. `left_out`: students who were named but whom the inviter may not give now."""

    membership: Membership
    workspace: str
    inviter: str
    left_out: int


@dataclass(frozen=True, slots=True)
class Joined:
    """An accepted invitation with the browser's new cookies; `device` is "" for a browser that was signed in."""

    token: str
    device: str
    seat: Seat


def look(db: Session, token: str, now: datetime) -> Invitation:
    """The invitation behind a link, which stays as it is. Raises NotFound."""
    invite = _pending(db, token, now)
    workspace = db.get_one(Workspace, invite.workspace_id)
    account = db.execute(select(Account).where(col(Account.email) == invite.email)).scalar_one_or_none()
    place = invited_place(invite, workspace.time_zone)
    inviter = _name_of(db, invite.invited_by_id)
    known = account is not None
    return Invitation(invite.email, workspace.name, inviter, place, invite.expires_at, known, invite.by_hand)


def require_addressee(invitation: Invitation, email: str) -> None:
    """Raise NotPermitted when the invitation is for another address than that of the person who is signed in."""
    if invitation.email != email:
        raise NotPermitted(FOR_ANOTHER)


def email_of(db: Session, account_id: UUID) -> str:
    """The address of a signed-in person's account."""
    return db.get_one(Account, account_id).email


def join_signed_in(db: Session, token: str, actor: Actor, now: datetime) -> Joined:
    """Accept as the person who is signed in; her browser goes on in the new workspace with a new sign-in.

    Raises NotFound, NotPermitted (another address, here already, suspended).
    """
    seat = _join(db, _pending(db, token, now), db.get_one(Account, actor.account_id), now)
    return Joined(identity.renew_sign_in(db, actor.token_hash, seat.membership, now), "", seat)


def join_with_password(
    db: Session, token: str, attempt: Attempt, *, ok: bool, new_hash: str | None, now: datetime
) -> Joined | None:
    """Sign in with the account of the invited address and accept; None, and a failure counted, for a wrong password.

    Raises NotFound, NotPermitted (here already, suspended).
    """
    invite = _pending(db, token, now)
    account = db.execute(select(Account).where(col(Account.email) == invite.email)).scalar_one_or_none()
    fits = identity.judge_attempt(db, account, attempt, ok=ok, new_hash=new_hash, now=now)
    if not fits or account is None:
        return None
    seat = _join(db, invite, account, now)
    return Joined(*identity.start_sign_in(db, account, seat.membership, now), seat)


def join_as_new(db: Session, token: str, person: NewPerson, now: datetime) -> Joined:
    """Make the account of the invited address, without a workspace of its own, and accept.

    By a link that a person handed over the address is not proved, and the owner is told: whoever may invite could make
    herself a second person in that way.

    Raises NotFound, Conflict (the address has an account by now).
    """
    invite = _pending(db, token, now)
    account = Account(
        name=person.name,
        email=invite.email,
        profession=person.profession,
        credential=person.credential,
        us_state=person.us_state,
        password_hash=person.password_hash,
    )
    try:
        with db.begin_nested():
            db.add(account)
            db.flush()
    except IntegrityError:
        raise Conflict(TAKEN) from None
    seat = _join(db, invite, account, now)
    if invite.by_hand and not _is_owner(db, invite):
        alarms.tell_of_link(db, invite.workspace_id, invite.invited_by_id)
    return Joined(*identity.start_sign_in(db, account, seat.membership, now), seat)


def note_refused(db: Session, token: str, account_id: UUID | None, why: str) -> None:
    """Log that an invitation was not accepted; `why` is the kind of answer. An altered token names nothing."""
    invite = invite_by_token(db, hash_token(token))
    if invite and account_id:
        kind = Kind(invite.workspace_id, account_id, None, "accept invite", "invite")
        record_refusals(db, kind, utc_now(), invite.id, {"answer": why, "was": invite.status})
        return
    record_before_actor(
        db,
        "accept invite",
        workspace_id=invite.workspace_id if invite else None,
        account_id=account_id,
        refused=True,
        record_kind="invite",
        record_id=invite.id if invite else None,
        answer=why,
        was=invite.status if invite else "unknown",
    )


def _pending(db: Session, token: str, now: datetime) -> Invite:
    """The invitation that can be accepted now by this token. Raises NotFound with the one answer for all others."""
    invite = invite_by_token(db, hash_token(token))
    if invite is None or invite.status != OfferStatus.PENDING or invite.expires_at <= now:
        raise NotFound(DEAD)
    if db.get_one(Workspace, invite.workspace_id).status == WorkspaceStatus.CLOSED:
        raise NotFound(DEAD)
    if standing_inviter(db, invite, now) is None:
        raise NotFound(DEAD)
    return invite


def _join(db: Session, invite: Invite, account: Account, now: datetime) -> Seat:
    """Make the membership and its grants, under the lock and after everything was looked at once more."""
    if account.email != invite.email:
        raise NotPermitted(FOR_ANOTHER)
    if not invite.by_hand and account.email_verified_at is None:
        account.email_verified_at = now
    db.flush()
    enter_workspace(db, invite.workspace_id)
    workspace = hold_people(db, invite.workspace_id)
    db.refresh(invite)
    inviter = standing_inviter(db, invite, now)
    if invite.status != OfferStatus.PENDING or invite.expires_at <= now or inviter is None:
        raise NotFound(DEAD)
    membership = _membership(db, invite, account, now)
    invited = len(db.execute(select(col(InviteGrant.id)).where(col(InviteGrant.invite_id) == invite.id)).all())
    standing = [one for one in grants_that_stand(db, invite, inviter) if one.ends_at is None or one.ends_at > now]
    db.add_all([_granted(one, membership, inviter.membership.id, now) for one in standing])
    invite.status, invite.answered_at, invite.membership_id = OfferStatus.ACCEPTED, now, membership.id
    invite.version += 1
    by: dict[str, Any] = {"handed_over_by": str(invite.invited_by_id)} if invite.by_hand else {}
    record_before_actor(
        db,
        "accept invite",
        workspace_id=workspace.id,
        account_id=account.id,
        membership_id=membership.id,
        record_kind="invite",
        record_id=invite.id,
        students=len(standing),
        left_out=invited - len(standing),
        **by,
    )
    return Seat(membership, workspace.name, _name_of(db, invite.invited_by_id), invited - len(standing))


def _membership(db: Session, invite: Invite, account: Account, now: datetime) -> Membership:
    """A new membership, or the former one made active anew: nothing that it once reached comes back."""
    query = select(Membership).where(
        col(Membership.workspace_id) == invite.workspace_id, col(Membership.account_id) == account.id
    )
    found = db.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()
    if found is None:
        found = Membership(workspace_id=invite.workspace_id, account_id=account.id, starts_at=now, version=0)
        db.add(found)
    elif found.status == MemberStatus.SUSPENDED:
        raise NotPermitted(ASLEEP)
    elif found.status == MemberStatus.ACTIVE and (found.ends_at is None or found.ends_at > now):
        raise NotPermitted(HERE_ALREADY)
    else:
        end_reach(db, found, invite.invited_by_id, now)
    found.status, found.starts_at, found.ends_at = MemberStatus.ACTIVE, now, invite.member_until
    found.admin_role, found.clinical_role, found.billing = invite.admin_role, invite.clinical_role, invite.billing
    found.discipline, found.us_state = invite.discipline or discipline_of(account.profession), None
    found.version += 1
    db.flush()
    return found


def _is_owner(db: Session, invite: Invite) -> bool:
    return db.get_one(Membership, invite.invited_by_id).admin_role == AdminRole.OWNER


def _granted(one: InviteGrant, membership: Membership, by_id: UUID, now: datetime) -> StudentGrant:
    return StudentGrant(
        workspace_id=one.workspace_id,
        student_id=one.student_id,
        membership_id=membership.id,
        granted_by_id=by_id,
        can_view=one.can_view,
        can_edit=one.can_edit,
        can_export=one.can_export,
        can_generate=one.can_generate,
        reason="Invitation",
        starts_at=now,
        ends_at=one.ends_at,
    )


def _name_of(db: Session, membership_id: UUID) -> str:
    query = select(col(Account.name)).join(Membership, col(Membership.account_id) == col(Account.id))
    return str(db.execute(query.where(col(Membership.id) == membership_id)).scalar_one())
