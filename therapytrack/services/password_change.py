"""Changing one's own password: every sign-in ends, and the browser that did it goes on with a new one."""

from dataclasses import dataclass

from sqlalchemy import update
from sqlmodel import Session, col

from therapytrack.access.actor import Actor
from therapytrack.models import Account, Membership, SignIn
from therapytrack.services import activity
from therapytrack.services.identity import Attempt, hash_token, renew_sign_in
from therapytrack.services.proof import finish_proof


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What others may know of a person, of which her password must not be made."""

    name: str
    email: str
    workspace: str


def own_words(db: Session, actor: Actor) -> OwnWords:
    """The actor's name, address and workspace."""
    return OwnWords(actor.name, db.get_one(Account, actor.account_id).email, actor.workspace_name)


def change_password(db: Session, actor: Actor, attempt: Attempt, *, ok: bool, password_hash: str) -> str:
    """Store the new hash, end all sign-ins of the person everywhere and answer the token of this browser's new one.

    `ok`: the present password was right; else the failure is counted and the answer is "".
    """
    if not finish_proof(db, actor, attempt, ok=ok, new_hash=password_hash):
        return ""
    token = renew_sign_in(db, actor.token_hash, db.get_one(Membership, actor.membership_id), actor.at)
    db.flush()
    db.execute(
        update(SignIn)
        .where(col(SignIn.account_id) == actor.account_id, col(SignIn.ended_at).is_(None))
        .where(col(SignIn.token_hash) != hash_token(token))
        .values(ended_at=actor.at)
    )
    activity.record(db, actor, "change password", record_kind="account", record_id=actor.account_id)
    return token
