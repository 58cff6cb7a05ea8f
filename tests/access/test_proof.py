"""A fresh proof: five minutes, counted from the password, and only on the sign-in that gave it."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col

from tests.conftest import OpenDb
from tests.factories import make_cast
from therapytrack.access.actions import Action
from therapytrack.access.proof import require_proof
from therapytrack.errors import NotProved
from therapytrack.models import SignIn, utc_now


@pytest.mark.parametrize(("age", "asked"), [(0, False), (299, False), (301, True), (None, True)])
def test_a_proof_lasts_five_minutes(db: OpenDb, age: int | None, asked: bool) -> None:
    with db() as session:
        cast = make_cast(session)
        proved_at = None if age is None else utc_now() - timedelta(seconds=age)
        session.execute(update(SignIn).values(proved_at=proved_at))
        actor = cast.actor(session, "owner")
    if asked:
        with pytest.raises(NotProved):
            require_proof(actor, Action.SWITCH_AI, "workspace", None)
    else:
        require_proof(actor, Action.SWITCH_AI, "workspace", None)


def test_a_proof_of_one_browser_does_not_count_in_another(db: OpenDb) -> None:
    with db() as session:
        cast = make_cast(session)
        other = session.get_one(SignIn, cast.actor(session, "owner").sign_in_id)
        theirs = SignIn(**(other.model_dump(exclude={"id"}) | {"token_hash": "other browser", "proved_at": utc_now()}))
        session.add(theirs)
        session.flush()
        session.execute(update(SignIn).where(col(SignIn.id) == other.id).values(proved_at=None))
        with pytest.raises(NotProved):
            require_proof(cast.actor(session, "owner"), Action.SWITCH_AI, "workspace", None)
