"""Proving again with the password who is at the keyboard, slowed down like a sign-in; the new proof lasts five minutes.

Hashing runs between the two services, outside of any transaction.
"""

from sqlalchemy import update
from sqlmodel import Session, col

from therapytrack.access.actor import Actor
from therapytrack.models import Account, SignIn
from therapytrack.services import activity, identity, throttle
from therapytrack.services.identity import Attempt


def begin_proof(db: Session, actor: Actor, address: str, device_token: str) -> Attempt:
    """What checking the password needs. `address`: the client's IP; `device_token`: its known-device cookie or ''."""
    account = db.get_one(Account, actor.account_id)
    return identity.begin_attempt(db, account.email, address, device_token, actor.at)


def finish_proof(db: Session, actor: Actor, attempt: Attempt, *, ok: bool, new_hash: str | None) -> bool:
    """Note the proof on this very sign-in, or count the failure; answers which.

    Failures counted since the attempt began slow this one down too.
    """
    if not ok or throttle.wait_needed(db, attempt.counted, actor.at) > 0:
        throttle.note_failure(db, attempt.counted, actor.at)
        activity.record_failure(db, actor, "prove", "sign_in", actor.sign_in_id, "credentials")
        return False
    if new_hash:
        db.get_one(Account, actor.account_id).password_hash = new_hash
    identity.forget_failures(db, attempt)
    db.execute(update(SignIn).where(col(SignIn.id) == actor.sign_in_id).values(proved_at=actor.at))
    activity.record(db, actor, "prove", record_kind="sign_in", record_id=actor.sign_in_id)
    return True
