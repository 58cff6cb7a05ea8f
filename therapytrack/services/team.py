"""Changing, suspending, resuming and removing people. A workspace keeps its owner, nobody raises herself.

Every verb takes the version that was on the screen: of two who act at once the second is told what the first did.
"""

from uuid import UUID

from sqlalchemy import or_, select, update
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.people import SeenMember, access_member, require_admin_maker
from therapytrack.access.proof import require_proof
from therapytrack.access.refusals import refused
from therapytrack.domain.dates import long_date
from therapytrack.domain.local_days import end_of, last_day
from therapytrack.domain.member_place import Place, role_line
from therapytrack.errors import Conflict, NotFound, NotPermitted
from therapytrack.models import (
    AdminRole,
    ClinicalRole,
    Invite,
    Membership,
    MemberStatus,
    OfferStatus,
    OwnershipOffer,
    Student,
)
from therapytrack.services import activity, reach
from therapytrack.services.identity import end_sign_ins_of

OWNER_STAYS = "A workspace always has one owner. Offer the ownership to somebody else first."
BY_OFFER = "Ownership changes hands by an offer that the other person accepts."
NOT_OWN_STATE = "An assistant's own state is set by somebody else of the office: her license goes by its rules."
MEANWHILE = "Somebody else changed this person while you were looking, and nothing of yours was saved. Now: {now}."


def place_of(membership: Membership, zone: str) -> Place:
    """The membership as people read it and as a form begins."""
    return Place(
        membership.clinical_role,
        membership.admin_role,
        membership.billing,
        membership.discipline,
        last_day(membership.ends_at, zone),
        membership.us_state or "",
    )


def change_member(db: Session, actor: Actor, membership_id: UUID, version: int, place: Place) -> int:
    """Give a member another place and answer the new version; saving what is stored changes nothing.

    A change of role needs a proof and ends the member's sign-ins here, so that she comes back with a new one. Raises
    NotFound, NotPermitted (also for the owner's own place), NotProved, Conflict with what is stored.
    """
    seen = access_member(db, actor, membership_id)
    member, before = seen.membership, place_of(seen.membership, seen.workspace.time_zone)
    _check_here(seen)
    _check_version(seen, version)
    if place == before:
        return member.version
    _check_admin_axis(seen, before, place)
    _check_state(actor, seen, before, place)
    active = member.status == MemberStatus.ACTIVE
    longer = before.until is not None and (place.until is None or place.until > before.until)
    reach.require_no_gain(db, actor, member, place.clinical, place.discipline, live=active, longer=longer)
    if place.axes != before.axes:
        require_proof(actor, Action.MANAGE_MEMBER, "membership", membership_id)
    reach.hold_assistants(db, actor, member)
    member.clinical_role, member.admin_role, member.billing = place.axes
    member.discipline, member.ends_at = place.discipline, end_of(place.until, seen.workspace.time_zone)
    member.us_state = place.us_state or None
    member.version += 1
    if place.axes != before.axes:
        end_sign_ins_of(db, member.account_id, actor.workspace_id, actor.at)
    if before.admin == AdminRole.ADMIN and place.admin == AdminRole.NONE:
        _take_back(db, actor, member)
    activity.record(
        db, actor, "change member", record_kind="membership", record_id=membership_id, changed=_changes(before, place)
    )
    return member.version


def suspend_member(db: Session, actor: Actor, membership_id: UUID, version: int) -> int:
    """Shut a member out until she is resumed; her rights are kept asleep. Answers the new version.

    Raises NotFound, NotPermitted, Conflict.
    """
    seen = _stoppable(db, actor, membership_id)
    if seen.membership.status == MemberStatus.SUSPENDED:
        return seen.membership.version
    _check_version(seen, version)
    seen.membership.status = MemberStatus.SUSPENDED
    _stop(db, actor, seen, "suspend member")
    return seen.membership.version


def resume_member(db: Session, actor: Actor, membership_id: UUID, version: int) -> int:
    """Let a suspended member back in with the rights that she had. Raises NotFound, NotPermitted, Conflict."""
    seen = access_member(db, actor, membership_id)
    member = seen.membership
    _check_here(seen)
    if member.status == MemberStatus.ACTIVE:
        return member.version
    _check_version(seen, version)
    reach.require_no_gain(db, actor, member, member.clinical_role, member.discipline, live=True)
    member.status = MemberStatus.ACTIVE
    member.version += 1
    activity.record(db, actor, "resume member", record_kind="membership", record_id=membership_id)
    return member.version


def remove_member(db: Session, actor: Actor, membership_id: UUID, version: int) -> int:
    """Take a member out: her sign-ins, rights and supervision links end now, and a later invitation brings none back.

    Answers of how many students she stays the case manager in name. Raises NotFound, NotPermitted, NotProved, Conflict.
    """
    seen = _stoppable(db, actor, membership_id)
    require_proof(actor, Action.MANAGE_MEMBER, "membership", membership_id)
    _check_version(seen, version)
    seen.membership.status = MemberStatus.REMOVED
    reach.end_reach(db, seen.membership, actor.membership_id, actor.at)
    _take_back(db, actor, seen.membership)
    _stop(db, actor, seen, "remove member")
    left = select(col(Student.id)).where(
        col(Student.workspace_id) == actor.workspace_id,
        col(Student.case_manager_id) == membership_id,
        col(Student.archived_at).is_(None),
    )
    return len(db.execute(left).all())


def _stoppable(db: Session, actor: Actor, membership_id: UUID) -> SeenMember:
    """A member who is here and may be shut out: anybody but the owner."""
    seen = access_member(db, actor, membership_id)
    _check_here(seen)
    if seen.membership.admin_role == AdminRole.OWNER:
        raise refused(NotPermitted(OWNER_STAYS), Action.MANAGE_MEMBER, "membership", membership_id)
    reach.hold_assistants(db, actor, seen.membership)
    return seen


def _check_here(seen: SeenMember) -> None:
    """A removed member is gone: she comes back by an invitation only."""
    if seen.membership.status == MemberStatus.REMOVED:
        raise refused(NotFound(), Action.MANAGE_MEMBER, "membership", seen.membership.id)


def _check_version(seen: SeenMember, version: int) -> None:
    """Raise Conflict, with the place as it is now, when somebody changed it since it was shown."""
    member = seen.membership
    if member.version == version:
        return
    place = place_of(member, seen.workspace.time_zone)
    now = role_line(place) + (f", until {long_date(place.until)}" if place.until else "")
    now += f", by the rules of {place.us_state}" if place.us_state else ""
    now += ", suspended" if member.status == MemberStatus.SUSPENDED else ""
    error = Conflict(MEANWHILE.format(now=now), theirs=now, version=member.version)
    raise refused(error, Action.MANAGE_MEMBER, "membership", member.id)


def _check_admin_axis(seen: SeenMember, before: Place, place: Place) -> None:
    """Owners are made and unmade by an accepted offer only, admins by the owner only."""
    owner, key = AdminRole.OWNER, seen.membership.id
    if before.admin == owner and (place.admin != owner or place.until is not None):
        raise refused(NotPermitted(OWNER_STAYS), Action.MANAGE_MEMBER, "membership", key)
    if place.admin == owner and before.admin != owner:
        raise refused(NotPermitted(BY_OFFER), Action.TRANSFER_OWNERSHIP, "membership", key)
    if place.admin != before.admin:
        require_admin_maker(seen.facts, key)


def _check_state(actor: Actor, seen: SeenMember, before: Place, place: Place) -> None:
    """An assistant who is of the office, too, does not choose the rules that bind her."""
    own = seen.membership.id == actor.membership_id and ClinicalRole.ASSISTANT in (before.clinical, place.clinical)
    if own and place.us_state != before.us_state:
        raise refused(NotPermitted(NOT_OWN_STATE), Action.MANAGE_MEMBER, "membership", seen.membership.id)


def _stop(db: Session, actor: Actor, seen: SeenMember, action: str) -> None:
    """What shutting out has in common: the next event of any open page is refused, and the act is logged."""
    member = seen.membership
    member.version += 1
    ended = end_sign_ins_of(db, member.account_id, actor.workspace_id, actor.at)
    activity.record(db, actor, action, record_kind="membership", record_id=member.id, sign_ins=ended)


def _take_back(db: Session, actor: Actor, member: Membership) -> None:
    """Withdraw the invitations that `member` sent and any offer of ownership that she made or has in hand."""
    answered = {"status": OfferStatus.REVOKED, "answered_at": actor.at}
    sent = (col(Invite.workspace_id) == actor.workspace_id, col(Invite.invited_by_id) == member.id)
    db.execute(update(Invite).where(*sent, col(Invite.status) == OfferStatus.PENDING).values(answered))
    party = or_(col(OwnershipOffer.from_id) == member.id, col(OwnershipOffer.to_id) == member.id)
    here = col(OwnershipOffer.workspace_id) == actor.workspace_id
    db.execute(
        update(OwnershipOffer).where(here, party, col(OwnershipOffer.status) == OfferStatus.PENDING).values(answered)
    )


def _changes(before: Place, after: Place) -> dict[str, list[str]]:
    """The fields that differ, by their codes and dates: [before, after]."""
    pairs = {
        "clinical": (before.clinical, after.clinical),
        "admin": (before.admin, after.admin),
        "billing": (before.billing, after.billing),
        "discipline": (before.discipline, after.discipline),
        "until": (before.until, after.until),
        "us_state": (before.us_state, after.us_state),
    }
    return {
        name: ["" if one is None else str(one) for one in pair] for name, pair in pairs.items() if pair[0] != pair[1]
    }
