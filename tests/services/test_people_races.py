"""People acted on by several hands at once, on PostgreSQL: one wins, the others are told, nothing is lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from tests.conftest import OpenDb
from tests.factories import add_student
from tests.services.people_world import CLINICIAN, People, make_people
from therapytrack.db import IDENTITY, transaction
from therapytrack.domain.invite_form import InviteForm
from therapytrack.domain.member_place import Place
from therapytrack.errors import Conflict, NotFound, NotPermitted, TherapyTrackError
from therapytrack.models import Account, Invite, Membership, utc_now
from therapytrack.services.invites import invite, revoke_invite
from therapytrack.services.joining import NewPerson, join_as_new, join_signed_in
from therapytrack.services.ownership import accept_ownership, offer_ownership, withdraw_offer
from therapytrack.services.students import restore_student
from therapytrack.services.team import change_member, remove_member, suspend_member

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
Act = Callable[[], object]


@pytest.fixture
def people(db: OpenDb) -> People:
    return make_people(db)


def at_once(*acts: Act) -> list[object]:
    """Start all acts at the same moment; what each answered, or the kind of its refusal."""
    start = Barrier(len(acts))

    def run(act: Act) -> object:
        start.wait()
        try:
            return act()
        except TherapyTrackError as error:
            return type(error)

    with ThreadPoolExecutor(len(acts)) as hands:
        return list(hands.map(run, acts))


def before_sign_in(service: Callable[..., Any], *args: Any) -> object:
    with transaction(IDENTITY) as db:
        return service(db, *args, now=utc_now())


def refusals(answers: list[object]) -> list[object]:
    return [one for one in answers if isinstance(one, type)]


def test_of_many_who_follow_one_link_at_once_one_comes_in(people: People) -> None:
    sent = people.act("admin", invite, InviteForm("new@example.org", CLINICIAN))
    person = NewPerson("Ana", "stored hash", "slp", "", "NY")
    members = people.count(Membership)
    answers = at_once(*[lambda: before_sign_in(join_as_new, sent.token, person)] * 8)
    assert len(refusals(answers)) == 7
    assert set(refusals(answers)) <= {NotFound, Conflict}
    assert people.count(Membership) == members + 1
    with people.db() as db:
        assert db.execute(select(func.count()).where(col(Account.email) == "new@example.org")).scalar_one() == 1


def test_two_clicks_of_a_signed_in_person_make_one_membership(people: People) -> None:
    sent = people.act("admin", invite, InviteForm("outsider@example.org", CLINICIAN))
    actor, members = people.actor("outsider"), people.count(Membership)
    answers = at_once(*[lambda: before_sign_in(join_signed_in, sent.token, actor)] * 4)
    assert len(refusals(answers)) == 3
    assert people.count(Membership) == members + 1


def test_an_invitation_is_either_accepted_or_withdrawn(people: People) -> None:
    for number in range(12):
        email = f"new{number}@example.org"
        sent = people.act("admin", invite, InviteForm(email, CLINICIAN))
        actor, person = people.actor("deputy"), NewPerson("Ana", "stored hash", "slp", "", "NY")
        at_once(
            lambda: people.run(actor, revoke_invite, sent.invite_id, sent.version),  # noqa: B023
            lambda: before_sign_in(join_as_new, sent.token, person),  # noqa: B023
        )
        with people.db() as db:
            status = db.get_one(Invite, sent.invite_id).status
            account = db.execute(select(Account).where(col(Account.email) == email)).scalar_one_or_none()
        assert (status == "accepted") == (account is not None)


def test_of_two_admins_who_change_one_person_the_second_is_told(people: People) -> None:
    key, version = people.cast.members["slp"], people.version("slp")
    one, other = people.actor("admin"), people.actor("deputy")
    answers = at_once(
        lambda: people.run(one, change_member, key, version, Place("reader")),
        lambda: people.run(other, change_member, key, version, Place("supervisor", discipline="slp")),
    )
    assert refusals(answers) == [Conflict]
    assert people.version("slp") == version + 1
    assert len(people.log("change member")) == 1


def test_two_invitations_of_one_address_leave_one_that_works(people: People) -> None:
    actors = [people.actor("admin"), people.actor("deputy")]
    at_once(*[partial(people.run, one, invite, InviteForm("new@example.org", CLINICIAN)) for one in actors])
    with people.db() as db:
        assert sorted(db.execute(select(col(Invite.status))).scalars()) == ["pending", "revoked"]


def test_an_admin_who_is_removed_while_she_acts_acts_before_or_not_at_all(people: People) -> None:
    owner, slp = people.actor("owner"), people.cast.members["slp"]
    for who, place in (("admin", Place("reader")), ("deputy", Place("none", billing=True))):
        actor, version, key = people.actor(who), people.version("slp"), people.cast.members[who]
        answers = at_once(
            lambda: people.run(owner, remove_member, key, 1),  # noqa: B023
            lambda: people.run(actor, change_member, slp, version, place),  # noqa: B023
        )
        removed = next(row for row in people.log("remove member") if row.record_id == key)
        changed = [row for row in people.log("change member") if row.membership_id == key and row.outcome == "done"]
        assert people.member(who).status == "removed"
        assert all(row.id < removed.id for row in changed)
        assert bool(changed) == (answers[1] is not NotPermitted)


def test_there_is_one_owner_whatever_happens_to_an_offer(people: People) -> None:
    for number in range(6):
        people.act("owner", offer_ownership, people.cast.members["slp"])
        owner, slp, admin = people.actor("owner"), people.actor("slp"), people.actor("admin")
        rival = [
            lambda: people.run(owner, withdraw_offer),  # noqa: B023
            lambda: people.run(admin, suspend_member, slp.membership_id, people.version("slp")),  # noqa: B023
            lambda: people.run(owner, remove_member, slp.membership_id, people.version("slp")),  # noqa: B023
        ][number % 3]
        at_once(lambda: people.run(slp, accept_ownership), rival)  # noqa: B023
        with people.db() as db:
            query = select(Membership).where(col(Membership.workspace_id) == people.cast.workspace_id)
            owning = [one for one in db.execute(query).scalars() if one.admin_role == "owner"]
        assert [one.status for one in owning] == ["active"]
        people.reset("owner", "slp")


def test_after_a_removal_has_been_said_nothing_more_is_written(people: People) -> None:
    with people.db() as db:
        students = [add_student(db, people.cast, f"Child {n}", archived_at=utc_now()).id for n in range(40)]
    actor, owner = people.actor("slp"), people.actor("owner")

    def write() -> None:
        for one in students:
            people.run(actor, restore_student, one)

    answers = at_once(write, lambda: people.run(owner, remove_member, actor.membership_id, 1))
    removed = people.log("remove member")[0]
    late = [row for row in people.log("restore student") if row.outcome == "done" and row.id > removed.id]
    assert late == []
    assert answers[0] in (None, NotPermitted, NotFound)
