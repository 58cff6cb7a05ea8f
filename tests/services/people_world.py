"""People for the tests of the team: the cast with two admins, proofs given, services run as pages run them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from sqlmodel import Session, col

from tests.conftest import OpenDb
from tests.factories import Cast, _member, acts_of_people, make_cast
from therapytrack.access.actor import Actor, resolve_actor
from therapytrack.db import IDENTITY, transaction
from therapytrack.domain.member_place import Place
from therapytrack.errors import TherapyTrackError
from therapytrack.models import (
    Activity,
    AdminRole,
    ClinicalRole,
    Invite,
    InviteGrant,
    Membership,
    OwnershipOffer,
    SignIn,
    StudentGrant,
    Workspace,
    utc_now,
)
from therapytrack.state.base import run_service

R = TypeVar("R")
E = TypeVar("E", bound=TherapyTrackError)
PEOPLE_TABLES = (Membership, Invite, InviteGrant, OwnershipOffer, StudentGrant)
CLINICIAN = Place("clinician", discipline="slp")


@dataclass
class People:
    """The cast and an admin; everybody has proved who she is a moment ago unless a test says otherwise."""

    db: OpenDb
    cast: Cast

    def actor(self, who: str) -> Actor:
        """`who` at this moment. Raises AssertionError when her sign-in or membership has ended."""
        with self.db() as db:
            return self.cast.actor(db, who)

    def is_in(self, who: str) -> bool:
        """Whether the sign-in of `who` still opens the workspace."""
        with transaction(IDENTITY, write=False) as db:
            return resolve_actor(db, self.cast.tokens[who]) is not None

    def act(self, who: str, service: Callable[..., R], *args: Any, **more: Any) -> R:
        """Run a service as a page of `who` does, in a transaction of its own."""
        return run_service(self.actor(who), service, *args, **more)

    def run(self, actor: Actor, service: Callable[..., R], *args: Any) -> R:
        """Run a service for an actor who was resolved before."""
        return run_service(actor, service, *args)

    def refusal(self, kind: type[E], who: str, service: Callable[..., object], *args: Any) -> E:
        """The error of this kind with which a service refuses; no row about people changed, and one refusal logged."""
        before, logged = self.rows(), len(self.acts())
        with pytest.raises(kind) as refused:
            self.act(who, service, *args)
        assert self.rows() == before, "a refused act changed rows"
        assert len(self.acts()) == logged + (refused.value.refusal is not None), "the refusal was not logged"
        return refused.value

    def member(self, who: str) -> Membership:
        """The membership of `who` as it is stored."""
        with self.db() as db:
            return db.get_one(Membership, self.cast.members[who])

    def version(self, who: str) -> int:
        """The version of her membership."""
        return self.member(who).version

    def rows(self) -> list[str]:
        """Everything that says who is here with which rights, to compare."""
        with self.db() as db:
            return sorted(
                repr(row.model_dump()) for table in PEOPLE_TABLES for row in db.execute(select(table)).scalars()
            )

    def count(self, table: Any) -> int:
        """How many rows the table has."""
        with self.db() as db:
            return int(db.execute(select(func.count()).select_from(table)).scalar_one())

    def acts(self) -> list[Activity]:
        """The rows of the activity log, oldest first."""
        with self.db() as db:
            return acts_of_people(db)

    def log(self, action: str) -> list[Activity]:
        """The rows of the activity log about `action`, oldest first."""
        with self.db() as db:
            query = select(Activity).where(col(Activity.action) == action).order_by(col(Activity.id))
            return list(db.execute(query).scalars())

    def prove(self, who: str) -> None:
        """`who` has just typed her password."""
        with self.db() as db:
            query = update(SignIn).where(col(SignIn.token_hash) == self.cast.tokens[who])
            db.execute(query.values(proved_at=utc_now()))

    def forget_proofs(self) -> None:
        """Nobody has proved anything lately."""
        with self.db() as db:
            db.execute(update(SignIn).values(proved_at=None))

    def reset(self, owner: str, *others: str) -> None:
        """Make `owner` the owner again and everybody a live member with a live, proved sign-in."""
        with self.db() as db:
            keys = [self.cast.members[one] for one in others]
            db.execute(
                update(Membership).where(col(Membership.id).in_(keys)).values(admin_role="none", status="active")
            )
            key = self.cast.members[owner]
            db.execute(update(Membership).where(col(Membership.id) == key).values(admin_role="owner", status="active"))
            db.execute(update(SignIn).values(ended_at=None, proved_at=utc_now()))
            db.execute(update(OwnershipOffer).values(status="revoked"))

    def put(self, table: Any, key: UUID, **values: Any) -> None:
        """Change a row behind everybody's back."""
        with self.db() as db:
            db.execute(update(table).where(table.id == key).values(**values))


def make_people(db: OpenDb) -> People:
    """Store the cast with an `admin` and a second one, `deputy`."""
    with db() as session:
        cast = make_cast(session)
        workspace = session.get_one(Workspace, cast.workspace_id)
        for who in ("admin", "deputy"):
            _member(session, cast, workspace, who, ClinicalRole.NONE, AdminRole.ADMIN)
        prove_all(session)
    return People(db, cast)


def prove_all(db: Session) -> None:
    """Everybody has just typed her password."""
    db.execute(update(SignIn).values(proved_at=utc_now()))
