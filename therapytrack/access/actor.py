"""Who is asking: made in one place, from the sign-in of this very event."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, and_, bindparam, func, or_, select, update
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


def state_of(member: Any) -> Any:
    """The state whose rules hold for the work of `member` (Membership or an alias): set by the office, else that of the
    workspace. What a person says of herself in her profile chooses no rule."""
    return func.coalesce(member.us_state, col(Workspace.us_state))


PERSON_COLUMNS: tuple[Any, ...] = (
    col(Account.id),
    col(Membership.id),
    col(Workspace.id),
    col(Account.name),
    col(Account.credential),
    col(Account.profession),
    state_of(Membership),
    col(Membership.discipline),
    col(Workspace.name),
    col(Workspace.time_zone),
    col(Workspace.is_demo),
)
MEMBER_COLUMNS: tuple[Any, ...] = (
    col(Membership.status),
    col(Membership.starts_at),
    col(Membership.ends_at),
    col(Membership.admin_role),
    col(Membership.clinical_role),
    col(Membership.billing),
)
WORKSPACE_COLUMNS: tuple[Any, ...] = (
    col(Workspace.status),
    col(Workspace.ai_enabled),
    col(Workspace.assistants_may_export),
    col(Workspace.break_glass_enabled),
)


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person in one workspace at the moment `at`; valid for one event only.

    `us_state`: the state whose rules hold for her work in this workspace, "" where the office has named none.
    `note_due_days`: within how many days after a session the workspace wants its notes signed.
    """

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
    single_keys: bool
    note_due_days: int
    member: MemberFacts
    workspace: WorkspaceFacts
    workspace_name: str
    time_zone: str
    is_demo: bool
    last_active_at: datetime
    proved_at: datetime | None
    at: datetime

    @property
    def zone(self) -> ZoneInfo:
        """The workspace's time zone."""
        return ZoneInfo(self.time_zone)

    @property
    def today(self) -> date:
        """The calendar date in the workspace's time zone."""
        return _day_of(self.at, self.time_zone)


@lru_cache(maxsize=64)
def _day_of(at: datetime, time_zone: str) -> date:
    """One event asks for its day hundreds of times."""
    return at.astimezone(ZoneInfo(time_zone)).date()


@cache
def _the_sign_in() -> Any:
    """The live sign-in of a token hash with its account, membership and workspace: plain columns, built once."""
    at: Any = bindparam("at")
    return (
        select(
            col(SignIn.id),
            col(SignIn.token_hash),
            *PERSON_COLUMNS,
            col(SignIn.last_active_at),
            col(SignIn.proved_at),
            *MEMBER_COLUMNS,
            *WORKSPACE_COLUMNS,
            col(Account.single_keys),
            col(Workspace.note_due_days),
        )
        .join(Account, col(Account.id) == col(SignIn.account_id))
        .join(
            Membership,
            and_(
                col(Membership.account_id) == col(SignIn.account_id),
                col(Membership.workspace_id) == col(SignIn.workspace_id),
            ),
        )
        .join(Workspace, col(Workspace.id) == col(SignIn.workspace_id))
        .where(col(SignIn.token_hash) == bindparam("token_hash"), col(SignIn.ended_at).is_(None))
        .where(col(SignIn.expires_at) > at, col(SignIn.last_active_at) > bindparam("idle_since"))
        .where(col(Membership.status) == "active", col(Membership.starts_at) <= at)
        .where(or_(col(Membership.ends_at).is_(None), col(Membership.ends_at) > at))
    )


def resolve_actor(db: Session | Connection, token_hash: str, now: datetime | None = None) -> Actor | None:
    """The actor behind a sign-in, or None when it has ended, idled out or lost its membership. One statement."""
    at = now or utc_now()
    connection = db if isinstance(db, Connection) else db.connection()
    asked = {"token_hash": token_hash, "at": at, "idle_since": at - IDLE_LIMIT}
    row = connection.execute(_the_sign_in(), asked).first()
    return None if row is None else actor_in(row, at)


def note_activity(db: Session, actor: Actor) -> None:
    """Move the sign-in's idle limit on from the actor's moment."""
    db.execute(update(SignIn).where(col(SignIn.id) == actor.sign_in_id).values(last_active_at=actor.at))


def actor_in(row: Any, at: datetime) -> Actor:
    """The actor in a row: the id and hash of what she comes with, PERSON_COLUMNS, when she was last active and proved,
    MEMBER_COLUMNS, WORKSPACE_COLUMNS, whether single keys act for her and within how many days notes are due."""
    sign_in, token_hash, account, membership, workspace = row[:5]
    name, credential, profession, us_state, discipline, workspace_name, time_zone, is_demo = row[5:13]
    last_active_at, proved_at = row[13:15]
    return Actor(
        sign_in_id=sign_in,
        token_hash=token_hash,
        account_id=account,
        membership_id=membership,
        workspace_id=workspace,
        name=name,
        credential=credential,
        profession=profession,
        us_state=us_state,
        discipline=discipline,
        single_keys=row[25],
        note_due_days=row[26],
        member=member_in(row[15:21], at),
        workspace=workspace_in(row[21:25]),
        workspace_name=workspace_name,
        time_zone=time_zone,
        is_demo=is_demo,
        last_active_at=last_active_at,
        proved_at=proved_at,
        at=at,
    )


def member_in(columns: Sequence[Any], at: datetime) -> MemberFacts:
    """A membership's place in its workspace at the moment `at`, out of its MEMBER_COLUMNS."""
    status, starts_at, ends_at, admin, clinical, billing = columns
    return MemberFacts(
        live=status == "active" and starts_at <= at and (ends_at is None or ends_at > at),
        admin=AdminRole(admin),
        clinical=ClinicalRole(clinical),
        billing=billing,
    )


def workspace_in(columns: Sequence[Any]) -> WorkspaceFacts:
    """The switches that decisions read, out of a workspace's WORKSPACE_COLUMNS."""
    status, ai_enabled, assistants_may_export, break_glass_enabled = columns
    return WorkspaceFacts(
        status=WorkspaceStatus(status),
        ai_enabled=ai_enabled,
        assistants_may_export=assistants_may_export,
        break_glass_enabled=break_glass_enabled,
    )


def member_facts(membership: Membership, at: datetime) -> MemberFacts:
    """As `member_in`, of a row."""
    return member_in([getattr(membership, one.key) for one in MEMBER_COLUMNS], at)


def workspace_facts(workspace: Workspace) -> WorkspaceFacts:
    """As `workspace_in`, of a row."""
    return workspace_in([getattr(workspace, one.key) for one in WORKSPACE_COLUMNS])
