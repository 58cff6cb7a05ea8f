"""Who is here and who is invited, as each person may see it.

Every member sees the names and roles of her live colleagues: she works with them and reads their names under notes. The
rest (addresses, dates, who is suspended, how many students, when somebody was last here, who is invited) is the
office's, as the roster list is.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, or_, select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor, member_facts
from therapytrack.access.facts import Facts
from therapytrack.access.gate import access_workspace, governed_students
from therapytrack.access.people import (
    ADMINS_ARE_THE_OWNERS,
    OFFICE,
    visible_invites,
    visible_offer,
    visible_people,
)
from therapytrack.access.roles import decide
from therapytrack.domain.dates import school_grade_label
from therapytrack.domain.member_place import Place
from therapytrack.models import (
    Account,
    AdminRole,
    Invite,
    InviteGrant,
    Membership,
    MemberStatus,
    SignIn,
    Student,
    StudentGrant,
)
from therapytrack.services.caseload_rows import display_name
from therapytrack.services.invites import invited_place
from therapytrack.services.team import place_of


@dataclass(frozen=True, slots=True)
class OfficeFacts:
    """What the office alone sees of a member. `why_not`: why the actor may not change her, "" when she may."""

    email: str
    since: date
    last_active: datetime | None
    students: int
    manages: int
    version: int
    why_not: str


@dataclass(frozen=True, slots=True)
class Member:
    """A person who is here. `office` is None for those who see names and roles only."""

    id: UUID
    name: str
    credential: str
    place: Place
    status: MemberStatus
    ended: bool
    me: bool
    office: OfficeFacts | None


@dataclass(frozen=True, slots=True)
class Pending:
    """An invitation that was not answered; `students` come with it. `why_not`: as in OfficeFacts."""

    id: UUID
    version: int
    email: str
    place: Place
    inviter: str
    sent_on: date
    until: date
    expired: bool
    by_hand: bool
    students: int
    why_not: str


@dataclass(frozen=True, slots=True)
class TeamPage:
    """The page Team. `offered_to`: a member's id; `offered_by`: the owner's name, when the offer is the actor's to
    answer. `may_*`: what the actor may do here."""

    members: list[Member]
    pending: list[Pending]
    offered_to: UUID | None
    offered_by: str
    may_invite: bool
    may_make_admins: bool
    may_transfer: bool


@dataclass(frozen=True, slots=True)
class OnRolls:
    """A student as the office chooses her for somebody's access: a name and a grade, nothing of her record."""

    id: UUID
    name: str
    grade: str


def open_team(db: Session, actor: Actor) -> TeamPage:
    """Everybody as the actor may see them: two statements, seven for the office."""
    may_invite, makes_admins, transfers = (
        decide(action, Facts(actor.member, actor.workspace)).allowed
        for action in (Action.INVITE, Action.MANAGE_ADMIN, Action.TRANSFER_OWNERSHIP)
    )
    people = visible_people(db, actor)
    counts = _Counts(db, actor) if may_invite else None
    members = [_member(actor, one, account, counts, makes_admins) for one, account in people]
    if counts is None:
        members = [one for one in members if one.status == MemberStatus.ACTIVE and not one.ended]
    names = {one.id: account.name for one, account in people}
    offer = visible_offer(db, actor)
    mine = offer is not None and offer.to_id == actor.membership_id
    return TeamPage(
        members=members,
        pending=_pending(db, actor, names, makes_admins) if may_invite else [],
        offered_to=offer.to_id if offer and not mine else None,
        offered_by=names.get(offer.from_id, "The owner") if offer and mine else "",
        may_invite=may_invite,
        may_make_admins=makes_admins,
        may_transfer=transfers,
    )


def list_roster(db: Session, actor: Actor) -> list[OnRolls]:
    """The students whom the office may name in an invitation: names and grades. Raises NotPermitted."""
    access_workspace(db, actor, Action.LIST_ROSTER)
    students = [one.student for one in governed_students(db, actor)]
    return [OnRolls(one.id, display_name(one), school_grade_label(one.grade)) for one in students]


class _Counts:
    """When everybody was last here, and of how many students they have rights or are the case manager."""

    def __init__(self, db: Session, actor: Actor) -> None:
        here, at = actor.workspace_id, actor.at
        seen = select(col(SignIn.account_id), func.max(col(SignIn.last_active_at))).where(
            col(SignIn.workspace_id) == here
        )
        self.last_active: dict[UUID, datetime] = dict(db.execute(seen.group_by(col(SignIn.account_id))).all())
        live = and_(
            col(StudentGrant.starts_at) <= at, or_(col(StudentGrant.ends_at).is_(None), col(StudentGrant.ends_at) > at)
        )
        on_rolls = and_(col(Student.workspace_id) == here, col(Student.archived_at).is_(None))
        granted = (
            select(col(StudentGrant.membership_id), func.count(func.distinct(col(StudentGrant.student_id))))
            .join(Student, and_(col(Student.id) == col(StudentGrant.student_id), on_rolls))
            .where(col(StudentGrant.workspace_id) == here, col(StudentGrant.kind) == "explicit", live)
            .group_by(col(StudentGrant.membership_id))
        )
        self.students: dict[UUID, int] = dict(db.execute(granted).all())
        managed = select(col(Student.case_manager_id), func.count()).where(on_rolls)
        self.manages: dict[UUID, int] = dict(db.execute(managed.group_by(col(Student.case_manager_id))).all())


def _member(actor: Actor, one: Membership, account: Account, counts: _Counts | None, makes_admins: bool) -> Member:
    facts, office = member_facts(one, actor.at), None
    if counts is not None:
        beyond = one.admin_role in OFFICE and not makes_admins
        office = OfficeFacts(
            email=account.email,
            since=one.starts_at.astimezone(ZoneInfo(actor.time_zone)).date(),
            last_active=counts.last_active.get(one.account_id),
            students=counts.students.get(one.id, 0),
            manages=counts.manages.get(one.id, 0),
            version=one.version,
            why_not=ADMINS_ARE_THE_OWNERS if beyond else "",
        )
    return Member(
        id=one.id,
        name=account.name,
        credential=account.credential,
        place=place_of(one, actor.time_zone),
        status=MemberStatus(one.status),
        ended=one.status == MemberStatus.ACTIVE and not facts.live,
        me=one.id == actor.membership_id,
        office=office,
    )


def _pending(db: Session, actor: Actor, names: dict[UUID, str], makes_admins: bool) -> list[Pending]:
    zone = ZoneInfo(actor.time_zone)
    counted = (
        select(col(InviteGrant.invite_id), func.count())
        .where(col(InviteGrant.workspace_id) == actor.workspace_id)
        .group_by(col(InviteGrant.invite_id))
    )
    students: dict[UUID, int] = dict(db.execute(counted).all())

    def line(one: Invite) -> Pending:
        beyond = one.admin_role == AdminRole.ADMIN and not makes_admins
        return Pending(
            id=one.id,
            version=one.version,
            email=one.email,
            place=invited_place(one, actor.time_zone),
            inviter=names.get(one.invited_by_id, ""),
            sent_on=one.sent_at.astimezone(zone).date(),
            until=one.expires_at.astimezone(zone).date(),
            expired=one.expires_at <= actor.at,
            by_hand=one.by_hand,
            students=students.get(one.id, 0),
            why_not=ADMINS_ARE_THE_OWNERS if beyond else "",
        )

    return [line(one) for one in visible_invites(db, actor)]
