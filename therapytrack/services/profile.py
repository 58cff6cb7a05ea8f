"""A person's own account: how she signs, and the browsers in which she is signed in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import Session, col

from therapytrack.access.actor import IDLE_LIMIT, Actor
from therapytrack.domain.settings_form import ProfileForm
from therapytrack.errors import NotFound
from therapytrack.models import Account, SignIn
from therapytrack.services import activity

SHOWN_SIGN_INS = 50


@dataclass(frozen=True, slots=True)
class LiveSignIn:
    """A browser in which the person is signed in, until `ends_at` at the latest; `here`: the one that asks."""

    id: UUID
    started_at: datetime
    last_active_at: datetime
    ends_at: datetime
    here: bool


@dataclass(frozen=True, slots=True)
class Profile:
    """The profile's form, the address that signs in, and the live sign-ins, the latest active first."""

    form: ProfileForm
    email: str
    sign_ins: list[LiveSignIn]


def get_profile(db: Session, actor: Actor) -> Profile:
    """The actor's own profile. Two statements."""
    account = db.get_one(Account, actor.account_id)
    query = select(SignIn).where(*_live(actor)).order_by(col(SignIn.last_active_at).desc(), col(SignIn.id).desc())
    rows = db.execute(query.limit(SHOWN_SIGN_INS)).scalars()
    return Profile(
        ProfileForm(**{name: getattr(account, name) for name in ProfileForm.__dataclass_fields__}),
        account.email,
        [
            LiveSignIn(one.id, one.created_at, one.last_active_at, one.expires_at, one.id == actor.sign_in_id)
            for one in rows
        ],
    )


def edit_profile(db: Session, actor: Actor, form: ProfileForm) -> None:
    """Save the actor's own profile; saving what stands there already changes nothing.

    What was signed keeps the author; her name is read from here wherever it is shown.
    """
    account = db.get_one(Account, actor.account_id)
    changed = [name for name in ProfileForm.__dataclass_fields__ if getattr(account, name) != getattr(form, name)]
    for name in changed:
        setattr(account, name, getattr(form, name))
    if changed:
        activity.record(db, actor, "edit own profile", record_kind="account", record_id=account.id, fields=changed)


def end_own_sign_in(db: Session, actor: Actor, sign_in_id: UUID) -> None:
    """Sign the actor out in one of her browsers. Raises NotFound for a sign-in that is not hers or has ended."""
    query = update(SignIn).where(*_live(actor), col(SignIn.id) == sign_in_id).values(ended_at=actor.at)
    if db.execute(query.returning(col(SignIn.id))).first() is None:
        raise NotFound()
    activity.record(db, actor, "end a sign-in", record_kind="sign_in", record_id=sign_in_id)


def _live(actor: Actor) -> tuple[Any, ...]:
    return (
        col(SignIn.account_id) == actor.account_id,
        col(SignIn.ended_at).is_(None),
        col(SignIn.expires_at) > actor.at,
        col(SignIn.last_active_at) > actor.at - IDLE_LIMIT,
    )
