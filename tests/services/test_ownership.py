"""A workspace changes hands by an offer that is accepted; there is one owner before, after and in between."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from tests.conftest import OpenDb
from tests.services.people_world import CLINICIAN, People, make_people
from therapytrack.access.actor import resolve_actor
from therapytrack.domain.invite_form import InviteForm
from therapytrack.domain.member_place import Place
from therapytrack.errors import NotFound, NotPermitted, NotProved
from therapytrack.models import Invite, Membership, OwnershipOffer, SignIn, new_id, utc_now
from therapytrack.services.identity import hash_token
from therapytrack.services.invites import invite
from therapytrack.services.ownership import accept_ownership, decline_offer, offer_ownership, withdraw_offer
from therapytrack.services.team import change_member, suspend_member


@pytest.fixture
def people(db: OpenDb) -> People:
    return make_people(db)


def offer(people: People, to: str = "supervisor") -> None:
    people.act("owner", offer_ownership, people.cast.members[to])


def owners(people: People) -> list[str]:
    with people.db() as db:
        query = select(col(Membership.id)).where(
            col(Membership.admin_role) == "owner", col(Membership.workspace_id) == people.cast.workspace_id
        )
        ids = set(db.execute(query).scalars())
    return [who for who, key in people.cast.members.items() if key in ids]


def test_an_accepted_offer_makes_one_the_owner_and_the_other_an_admin(people: People) -> None:
    offer(people)
    assert owners(people) == ["owner"]
    token = people.act("supervisor", accept_ownership).token
    assert owners(people) == ["supervisor"]
    assert people.member("owner").admin_role == "admin"
    assert (people.member("supervisor").clinical_role, people.member("owner").clinical_role) == ("supervisor", "none")
    with people.db() as db:
        actor = resolve_actor(db, hash_token(token))
    assert actor is not None and actor.member.admin == "owner"


def test_both_come_back_with_a_new_sign_in(people: People) -> None:
    offer(people)
    with people.db() as db:
        elsewhere = db.execute(
            select(SignIn).where(col(SignIn.token_hash) == people.cast.tokens["supervisor"])
        ).scalar_one()
        db.add(SignIn(**(elsewhere.model_dump(exclude={"id"}) | {"token_hash": "other browser"})))
    people.act("supervisor", accept_ownership)
    assert not people.is_in("supervisor") and not people.is_in("owner")
    with people.db() as db:
        assert resolve_actor(db, "other browser") is None


@pytest.mark.parametrize("who", ["admin", "supervisor", "slp", "slpa", "reader"])
def test_only_the_owner_offers_and_withdraws(people: People, who: str) -> None:
    people.refusal(NotPermitted, who, offer_ownership, people.cast.members["deputy"])
    people.refusal(NotPermitted, who, withdraw_offer)


def test_both_sides_prove_who_they_are(people: People) -> None:
    people.forget_proofs()
    people.refusal(NotProved, "owner", offer_ownership, people.cast.members["slp"])
    with people.db() as db:
        db.execute(
            select(SignIn).where(col(SignIn.token_hash) == people.cast.tokens["owner"])
        ).scalar_one().proved_at = utc_now()
    offer(people, "slp")
    people.refusal(NotProved, "slp", accept_ownership)
    assert owners(people) == ["owner"]


def test_oneself_suspended_ending_and_foreign_people_are_offered_nothing(people: People) -> None:
    people.act("owner", suspend_member, people.cast.members["reader"], 1)
    people.put(Membership, people.cast.members["slpa"], ends_at=utc_now() + timedelta(days=3))
    for who in ("owner", "reader", "slpa"):
        people.refusal(NotPermitted, "owner", offer_ownership, people.cast.members[who])
    for key in (people.cast.members["outsider"], new_id()):
        people.refusal(NotFound, "owner", offer_ownership, key)


def test_an_offer_is_accepted_by_nobody_else_and_once(people: People) -> None:
    offer(people)
    for who in ("owner", "slp", "outsider"):
        people.refusal(NotFound, who, accept_ownership)
        people.refusal(NotFound, who, decline_offer)
    people.act("supervisor", accept_ownership)
    people.cast.tokens["supervisor"] = people.cast.tokens["slp"]
    people.refusal(NotFound, "slp", accept_ownership)


@pytest.mark.parametrize("how", ["withdrawn", "declined", "expired", "replaced"])
def test_an_offer_that_is_over_changes_nothing(people: People, how: str) -> None:
    offer(people)
    if how == "withdrawn":
        people.act("owner", withdraw_offer)
    elif how == "declined":
        people.act("supervisor", decline_offer)
    elif how == "expired":
        with people.db() as db:
            db.execute(select(OwnershipOffer)).scalar_one().expires_at = utc_now()
    else:
        offer(people, "slp")
    people.refusal(NotFound, "supervisor", accept_ownership)
    assert owners(people) == ["owner"]


def test_withdrawing_nothing_changes_nothing(people: People) -> None:
    before = people.rows()
    people.act("owner", withdraw_offer)
    assert people.rows() == before


def test_an_end_date_that_came_meanwhile_stands_in_the_way(people: People) -> None:
    offer(people)
    until = utc_now().date() + timedelta(days=20)
    ending = Place("supervisor", "none", False, "slp", until)
    people.act("admin", change_member, people.cast.members["supervisor"], 1, ending)
    people.refusal(NotPermitted, "supervisor", accept_ownership)
    assert owners(people) == ["owner"]


def test_an_admin_whom_the_former_owner_invited_is_not_made_any_more(people: People) -> None:
    people.act("owner", invite, InviteForm("boss@example.org", Place("none", "admin")))
    people.act("owner", invite, InviteForm("aide@example.org", CLINICIAN))
    offer(people)
    people.act("supervisor", accept_ownership)
    with people.db() as db:
        stored = db.execute(select(Invite.email, Invite.status)).all()  # type: ignore[call-overload]
    assert dict(map(tuple, stored)) == {"boss@example.org": "revoked", "aide@example.org": "pending"}
