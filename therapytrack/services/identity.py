"""Accounts and sign-ins: what happens before there is an actor, and how a sign-in ends.

The cookie holds a 256-bit random token; the database holds only its SHA-256. Unknown and known addresses get the same
sentence, status and work. Password hashing runs outside of the transactions here (see `routes.sign_in`).
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from therapytrack.access.actor import Actor
from therapytrack.db import enter_workspace
from therapytrack.domain.people import discipline_of, is_assistant
from therapytrack.errors import NotFound
from therapytrack.models import (
    Account,
    ClinicalRole,
    KnownDevice,
    Membership,
    MemberStatus,
    SignIn,
    Workspace,
    WorkspaceStatus,
)
from therapytrack.models.workspaces import AdminRole
from therapytrack.services import (
    activity,
    attendance_codes,
    goal_bank,
    note_templates,
    prompt_scale,
    report_settings,
    throttle,
)

ABSOLUTE_LIMIT = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a password attempt needs to go on: the account's hash if any, and how many seconds it has to wait."""

    wait_seconds: int
    password_hash: str | None
    counted: dict[str, throttle.Limit]


@dataclass(frozen=True, slots=True)
class NewAccount:
    """A checked sign-up form; `password_hash` is ready to store."""

    name: str
    email: str
    password_hash: str
    profession: str
    credential: str
    us_state: str
    workspace_name: str
    time_zone: str


def hash_token(token: str) -> str:
    """What is kept of a cookie: the hexadecimal SHA-256 of its token."""
    return hashlib.sha256(token.encode()).hexdigest()


def begin_attempt(db: Session, email: str, address: str, device_token: str, now: datetime) -> Attempt:
    """What a sign-in attempt needs. `address`: the client's IP; `device_token`: its known-device cookie or ''."""
    account = db.execute(select(Account).where(col(Account.email) == email)).scalar_one_or_none()
    device = hash_token(device_token) if device_token and account and _knows(db, account, device_token) else ""
    counted = throttle.subjects(email, address, device)
    wait = throttle.wait_needed(db, counted, now)
    return Attempt(wait, account.password_hash if account else None, counted)


def finish_attempt(
    db: Session, email: str, attempt: Attempt, *, ok: bool, new_hash: str | None, now: datetime
) -> tuple[str, str] | None:
    """Count a failure and answer None, or start a sign-in and answer its (cookie token, device token)."""
    account = db.execute(select(Account).where(col(Account.email) == email)).scalar_one_or_none()
    membership = _membership_of(db, account, now) if account else None
    fits = judge_attempt(db, account, attempt, ok=ok and membership is not None, new_hash=new_hash, now=now)
    return start_sign_in(db, account, membership, now) if fits and account and membership else None


def judge_attempt(
    db: Session, account: Account | None, attempt: Attempt, *, ok: bool, new_hash: str | None, now: datetime
) -> bool:
    """Whether the attempt counts as a good one; a failure is counted and logged, a good one forgets those before.

    Failures that were counted since it began slow it down too, or many attempts at once would all be free.
    """
    if not ok or account is None or throttle.wait_needed(db, attempt.counted, now) > 0:
        throttle.note_failure(db, attempt.counted, now)
        account_id = account.id if account else None
        activity.record_before_actor(db, "sign in", account_id=account_id, refused=True, why="credentials")
        return False
    if new_hash:
        account.password_hash = new_hash
    forget_failures(db, attempt)
    return True


def forget_failures(db: Session, attempt: Attempt) -> None:
    """After a good password: the account or the known browser starts from zero; the network and the site do not."""
    for subject in attempt.counted:
        if not subject.startswith(("network:", "site")):
            throttle.clear(db, subject)


def start_sign_in(db: Session, account: Account, membership: Membership, now: datetime) -> tuple[str, str]:
    """Make a new sign-in of `account` in the membership's workspace; answer its (cookie token, device token)."""
    token, device = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    sign_in = SignIn(
        account_id=account.id,
        workspace_id=membership.workspace_id,
        token_hash=hash_token(token),
        last_active_at=now,
        expires_at=now + ABSOLUTE_LIMIT,
        proved_at=now,
    )
    db.add(sign_in)
    db.add(KnownDevice(account_id=account.id, token_hash=hash_token(device), last_seen_at=now))
    _log_sign_in(db, membership, sign_in)
    return token, device


def _log_sign_in(db: Session, membership: Membership, sign_in: SignIn) -> None:
    activity.record_before_actor(
        db,
        "sign in",
        workspace_id=membership.workspace_id,
        account_id=membership.account_id,
        membership_id=membership.id,
        record_kind="sign_in",
        record_id=sign_in.id,
    )


def renew_sign_in(db: Session, old_hash: str, membership: Membership, now: datetime) -> str:
    """Exchange a browser's live sign-in for a new one in the membership's workspace; answer its cookie token.

    What the old one had is kept: when it ends at the latest, and when its person last proved who she is. Raises
    NotFound when it is not this person's or has ended.
    """
    query = select(SignIn).where(col(SignIn.token_hash) == old_hash, col(SignIn.ended_at).is_(None))
    old = db.execute(query.with_for_update()).scalar_one_or_none()
    if old is None or old.account_id != membership.account_id:
        raise NotFound()
    old.ended_at, token = now, secrets.token_urlsafe(32)
    new = SignIn(
        account_id=old.account_id,
        workspace_id=membership.workspace_id,
        token_hash=hash_token(token),
        last_active_at=now,
        expires_at=old.expires_at,
        proved_at=old.proved_at,
    )
    db.add(new)
    _log_sign_in(db, membership, new)
    return token


def own_memberships(db: Session, account_id: UUID, now: datetime) -> list[tuple[Membership, Workspace]]:
    """The live memberships of a person with their workspaces, by name."""
    query = _live_memberships(account_id, now).add_columns(Workspace).order_by(col(Workspace.name), col(Workspace.id))
    return [(membership, workspace) for membership, workspace in db.execute(query)]


def switch_workspace(db: Session, actor: Actor, workspace_id: UUID, now: datetime) -> str:
    """Go on in another workspace in which the actor is a live member; answer the new cookie token. Raises NotFound."""
    query = _live_memberships(actor.account_id, now).where(col(Membership.workspace_id) == workspace_id)
    membership = db.execute(query).scalar_one_or_none()
    if membership is None:
        raise NotFound()
    return renew_sign_in(db, actor.token_hash, membership, now)


def create_account(db: Session, form: NewAccount, now: datetime) -> bool:
    """Make the account and the workspace that it owns. False, and nothing made, when the address is taken."""
    if db.execute(select(col(Account.id)).where(col(Account.email) == form.email)).first():
        return False
    account = Account(
        name=form.name,
        email=form.email,
        profession=form.profession,
        credential=form.credential,
        us_state=form.us_state,
        password_hash=form.password_hash,
    )
    workspace = Workspace(name=form.workspace_name, us_state=form.us_state, time_zone=form.time_zone)
    try:
        with db.begin_nested():
            db.add_all([account, workspace])
            db.flush()
    except IntegrityError:
        return False
    enter_workspace(db, workspace.id)
    membership = Membership(
        workspace_id=workspace.id,
        account_id=account.id,
        admin_role=AdminRole.OWNER,
        clinical_role=ClinicalRole.ASSISTANT if is_assistant(form.profession) else ClinicalRole.CLINICIAN,
        discipline=discipline_of(form.profession),
        starts_at=now,
    )
    db.add(membership)
    db.flush()
    prompt_scale.add_default_scale(db, workspace.id)
    attendance_codes.add_default_codes(db, workspace.id)
    note_templates.add_default_templates(db, workspace.id)
    report_settings.add_default_code_sets(db, workspace.id, workspace.us_state)
    goal_bank.add_default_goals(db, workspace.id)
    activity.record_before_actor(
        db, "create workspace", workspace_id=workspace.id, account_id=account.id, membership_id=membership.id
    )
    return True


def end_sign_in(db: Session, token_hash: str, now: datetime) -> None:
    """End one browser's sign-in; ending an ended or unknown one changes nothing."""
    db.execute(
        update(SignIn).where(col(SignIn.token_hash) == token_hash, col(SignIn.ended_at).is_(None)).values(ended_at=now)
    )


def end_all_sign_ins(db: Session, actor: Actor) -> int:
    """Sign the actor out everywhere, this browser included. Answers how many sign-ins ended."""
    result = db.execute(
        update(SignIn)
        .where(col(SignIn.account_id) == actor.account_id, col(SignIn.ended_at).is_(None))
        .values(ended_at=actor.at)
        .returning(col(SignIn.id))
    )
    ended = len(result.all())
    activity.record(db, actor, "sign out everywhere", ended=ended)
    return ended


def end_sign_ins_of(db: Session, account_id: UUID, workspace_id: UUID, now: datetime, *, but: str = "") -> int:
    """End every sign-in of a person in one workspace, open pages included, save the one whose hash is `but`.

    Answers how many ended.
    """
    result = db.execute(
        update(SignIn)
        .where(col(SignIn.account_id) == account_id, col(SignIn.workspace_id) == workspace_id)
        .where(col(SignIn.ended_at).is_(None), col(SignIn.token_hash) != but)
        .values(ended_at=now)
        .returning(col(SignIn.id))
    )
    return len(result.all())


def _knows(db: Session, account: Account, device_token: str) -> bool:
    query = select(col(KnownDevice.id)).where(
        col(KnownDevice.account_id) == account.id, col(KnownDevice.token_hash) == hash_token(device_token)
    )
    return db.execute(query).first() is not None


def _membership_of(db: Session, account: Account, now: datetime) -> Membership | None:
    """The membership to open: live, in an open workspace; where she signed in last, else the oldest."""
    last_used = (
        select(func.max(col(SignIn.created_at)))
        .where(col(SignIn.account_id) == account.id, col(SignIn.workspace_id) == col(Membership.workspace_id))
        .correlate(Membership)
        .scalar_subquery()
    )
    query = _live_memberships(account.id, now)
    return db.execute(query.order_by(last_used.desc().nulls_last(), col(Membership.created_at))).scalars().first()


def _live_memberships(account_id: UUID, now: datetime) -> Any:
    """The memberships that count now, in workspaces that are not closed."""
    return (
        select(Membership)
        .join(Workspace, col(Workspace.id) == col(Membership.workspace_id))
        .where(col(Membership.account_id) == account_id, col(Membership.status) == MemberStatus.ACTIVE)
        .where(col(Membership.starts_at) <= now, col(Workspace.status) != WorkspaceStatus.CLOSED)
        .where(col(Membership.ends_at).is_(None) | (col(Membership.ends_at) > now))
    )
