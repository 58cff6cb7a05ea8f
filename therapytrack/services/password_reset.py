"""A new password for a member who forgot hers: a link by mail, once, for half an hour.

Whoever asks gets the same answer in the same time, whether the address is known or not. Only the hash of a link's token
is kept, asking again ends the link before, and looking at a link changes nothing. Setting the password ends every
sign-in of the person. Password hashing and mail run outside of the transactions here (see `routes.reset`).
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, col

from therapytrack.errors import NotFound
from therapytrack.models import Account, PasswordReset, SignIn
from therapytrack.services import activity, throttle
from therapytrack.services.identity import hash_token, own_memberships

LINK_LASTS = timedelta(minutes=30)
DEAD = "This link cannot be used: it is older than half an hour, was used, or a newer one was sent. Ask for a new one."


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of a request: `wait_seconds` before the next one from there; `token`: of the link to send, or ""."""

    wait_seconds: int = 0
    token: str = ""


@dataclass(frozen=True, slots=True)
class Resetting:
    """Whose password a live link sets, with what others know of her, of which it must not be made."""

    email: str
    name: str
    workspaces: tuple[str, ...]


def ask_for_link(db: Session, email: str, address: str, now: datetime) -> Asked:
    """Make a link for the account of `email`, if there is one, and end those before it; the client has `address`.

    More than a few an hour for one address make none, and the asker is not told: a mailbox is not to be flooded.
    """
    if wait := throttle.admit_reset(db, address, now):
        return Asked(wait)
    allowed = throttle.admit_reset_letter(db, email, now)
    account = db.execute(select(Account).where(col(Account.email) == email)).scalar_one_or_none()
    activity.record_before_actor(db, "ask for a new password", account_id=account.id if account else None)
    token = secrets.token_urlsafe(32)
    if account is None or not allowed:
        return Asked()
    _end_links(db, account, now)
    db.add(PasswordReset(account_id=account.id, token_hash=hash_token(token), expires_at=now + LINK_LASTS))
    return Asked(token=token)


def look(db: Session, token: str, now: datetime) -> Resetting:
    """Whose password a link sets; nothing is changed. Raises NotFound for every link that cannot be used."""
    found = db.execute(_live(token, now)).first()
    if found is None:
        raise NotFound(DEAD)
    account = found[1]
    places = tuple(workspace.name for _, workspace in own_memberships(db, account.id, now))
    return Resetting(account.email, account.name, places)


def set_password(db: Session, token: str, password_hash: str, now: datetime) -> str:
    """Store the new hash, use the link up and end every sign-in of the person; answers her address.

    The link came by mail, so using it proves the address, too. Raises NotFound as `look`.
    """
    found = db.execute(_live(token, now).with_for_update()).first()
    if found is None:
        raise NotFound(DEAD)
    account: Account = found[1]
    account.password_hash = password_hash
    account.email_verified_at = account.email_verified_at or now
    _end_links(db, account, now)
    open_ones = update(SignIn).where(col(SignIn.account_id) == account.id, col(SignIn.ended_at).is_(None))
    db.execute(open_ones.values(ended_at=now))
    throttle.clear(db, throttle.of_account(account.email))
    _log(db, account, now)
    return account.email


def note_dead_link(db: Session, address: str, now: datetime) -> None:
    """Log a link that led nowhere, and count it against its network."""
    activity.record_before_actor(db, "reset password", refused=True, why="link")
    throttle.note_failure(db, throttle.of_resets(address), now)


def _live(token: str, now: datetime) -> Any:
    return (
        select(PasswordReset, Account)
        .join(Account, col(Account.id) == col(PasswordReset.account_id))
        .where(col(PasswordReset.token_hash) == hash_token(token))
        .where(col(PasswordReset.ended_at).is_(None), col(PasswordReset.expires_at) > now)
    )


def _end_links(db: Session, account: Account, now: datetime) -> None:
    live = update(PasswordReset).where(col(PasswordReset.account_id) == account.id)
    db.execute(live.where(col(PasswordReset.ended_at).is_(None)).values(ended_at=now))


def _log(db: Session, account: Account, now: datetime) -> None:
    """One row in the log of each workspace of hers, or in that of none."""
    about: dict[str, Any] = {"account_id": account.id, "record_kind": "account", "record_id": account.id}
    places = [membership for membership, _ in own_memberships(db, account.id, now)]
    for one in places:
        activity.record_before_actor(db, "reset password", workspace_id=one.workspace_id, membership_id=one.id, **about)
    if not places:
        activity.record_before_actor(db, "reset password", **about)
