"""Who is asking: made in one place, from the sign-in of this very event."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_, select, update
from sqlmodel import Session, col

from therapytrack.access.facts import MemberFacts, WorkspaceFacts
from therapytrack.models import (
    Account,
    AdminRole,
    ClinicalRole,
    Membership,
    SignIn,
    Workspace,
    WorkspaceStatus,
    utc_now,
)

IDLE_LIMIT = timedelta(minutes=30)
TOUCH_AFTER = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person in one workspace at the moment `at`; valid for one event only."""

    sign_in_id: UUID
    token_hash: str
    account_id: UUID
    membership_id: UUID
    workspace_id: UUID
    name: str
    credential: str
    profession: str
    us_state: str
    discipline: str
    member: MemberFacts
    workspace: WorkspaceFacts
    workspace_name: str
    time_zone: str
    is_demo: bool
    last_active_at: datetime
    proved_at: datetime | None
    at: datetime

    @property
    def today(self) -> date:
        """The calendar date in the workspace's time zone."""
        return self.at.astimezone(ZoneInfo(self.time_zone)).date()


def resolve_actor(db: Session, token_hash: str, now: datetime | None = None) -> Actor | None:
    """The actor behind a sign-in, or None when it has ended, idled out or lost its membership. One statement."""
    at = now or utc_now()
    statement = (
        select(SignIn, Account, Membership, Workspace)
        .join(Account, col(Account.id) == col(SignIn.account_id))
        .join(
            Membership,
            and_(
                col(Membership.account_id) == col(SignIn.account_id),
                col(Membership.workspace_id) == col(SignIn.workspace_id),
            ),
        )
        .join(Workspace, col(Workspace.id) == col(SignIn.workspace_id))
        .where(col(SignIn.token_hash) == token_hash, col(SignIn.ended_at).is_(None), col(SignIn.expires_at) > at)
        .where(col(SignIn.last_active_at) > at - IDLE_LIMIT)
        .where(col(Membership.status) == "active", col(Membership.starts_at) <= at)
        .where(or_(col(Membership.ends_at).is_(None), col(Membership.ends_at) > at))
    )
    row = db.execute(statement).first()
    return None if row is None else _actor(*row, at=at)


def note_activity(db: Session, actor: Actor) -> None:
    """Move the sign-in's idle limit on from the actor's moment."""
    db.execute(update(SignIn).where(col(SignIn.id) == actor.sign_in_id).values(last_active_at=actor.at))


def _actor(sign_in: SignIn, account: Account, membership: Membership, workspace: Workspace, *, at: datetime) -> Actor:
    return Actor(
        sign_in_id=sign_in.id,
        token_hash=sign_in.token_hash,
        account_id=account.id,
        membership_id=membership.id,
        workspace_id=workspace.id,
        name=account.name,
        credential=account.credential,
        profession=account.profession,
        us_state=account.us_state,
        discipline=membership.discipline,
        member=MemberFacts(
            live=True,
            admin=AdminRole(membership.admin_role),
            clinical=ClinicalRole(membership.clinical_role),
            billing=membership.billing,
        ),
        workspace=workspace_facts(workspace),
        workspace_name=workspace.name,
        time_zone=workspace.time_zone,
        is_demo=workspace.is_demo,
        last_active_at=sign_in.last_active_at,
        proved_at=sign_in.proved_at,
        at=at,
    )


def workspace_facts(workspace: Workspace) -> WorkspaceFacts:
    """The switches of `workspace` that decisions read."""
    return WorkspaceFacts(
        status=WorkspaceStatus(workspace.status),
        ai_enabled=workspace.ai_enabled,
        assistants_may_export=workspace.assistants_may_export,
        break_glass_enabled=workspace.break_glass_enabled,
    )


def member_facts(membership: Membership, at: datetime) -> MemberFacts:
    """A membership's place in its workspace at the moment `at`."""
    not_ended = membership.ends_at is None or membership.ends_at > at
    return MemberFacts(
        live=membership.status == "active" and membership.starts_at <= at and not_ended,
        admin=AdminRole(membership.admin_role),
        clinical=ClinicalRole(membership.clinical_role),
        billing=membership.billing,
    )
