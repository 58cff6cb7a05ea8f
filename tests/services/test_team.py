"""Who may change, suspend and remove whom: each refusal changes no row and leaves a line in the log."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlmodel import col

from tests.conftest import OpenDb
from tests.factories import add_student, grant
from tests.services.people_world import CLINICIAN, People, make_people
from therapytrack.access.actions import Action
from therapytrack.access.gate import access_student
from therapytrack.domain.invite_form import InviteForm
from therapytrack.domain.member_place import Place, parse_place
from therapytrack.errors import Conflict, Invalid, NotFound, NotPermitted, NotProved
from therapytrack.models import Invite, Membership, OfferStatus, OwnershipOffer, StudentGrant, SupervisionLink, utc_now
from therapytrack.services.invites import invite
from therapytrack.services.ownership import offer_ownership
from therapytrack.services.team import change_member, remove_member, resume_member, suspend_member

Service = Callable[..., object]
ASSISTANT = Place("assistant", discipline="slp")


@pytest.fixture
def people(db: OpenDb) -> People:
    return make_people(db)


def key(people: People, who: str) -> tuple[UUID, int]:
    return people.cast.members[who], people.version(who)


def test_an_admin_gives_a_member_another_role_and_she_comes_back_with_a_new_sign_in(people: People) -> None:
    version = people.act("admin", change_member, *key(people, "reader"), Place("clinician", "none", True, "ot"))
    stored = people.member("reader")
    assert (stored.clinical_role, stored.billing, stored.discipline, stored.version) == (
        "clinician",
        True,
        "ot",
        version,
    )
    assert not people.is_in("reader")
    (row,) = people.log("change member")
    assert row.detail["changed"] == {
        "clinical": ["reader", "clinician"],
        "billing": ["False", "True"],
        "discipline": ["slp", "ot"],
    }


def test_an_end_date_and_a_discipline_are_no_role_and_end_no_sign_in(people: People) -> None:
    people.forget_proofs()
    tomorrow = utc_now().date() + timedelta(days=2)
    people.act("admin", change_member, *key(people, "slp"), Place("clinician", "none", False, "ot", tomorrow))
    assert people.is_in("slp")
    assert people.member("slp").ends_at is not None


def test_saving_what_is_stored_changes_nothing(people: People) -> None:
    before = people.rows()
    people.act("admin", change_member, *key(people, "slp"), CLINICIAN)
    assert people.rows() == before


def test_a_role_change_and_a_removal_ask_for_the_password_again(people: People) -> None:
    people.forget_proofs()
    people.refusal(NotProved, "owner", change_member, *key(people, "slp"), ASSISTANT)
    people.refusal(NotProved, "owner", remove_member, *key(people, "slp"))


@pytest.mark.parametrize("who", ["supervisor", "slp", "slpa", "reader"])
@pytest.mark.parametrize("service", [change_member, suspend_member, resume_member, remove_member])
def test_nobody_without_the_office_changes_people(people: People, who: str, service: Service) -> None:
    more = (ASSISTANT,) if service is change_member else ()
    people.refusal(NotPermitted, who, service, *key(people, "reader"), *more)


@pytest.mark.parametrize("service", [change_member, suspend_member, resume_member, remove_member])
def test_a_person_of_another_workspace_is_not_found(people: People, service: Service) -> None:
    more = (ASSISTANT,) if service is change_member else ()
    stranger = people.cast.members["outsider"], 1
    missing = people.cast.workspace_id, 1
    told = {people.refusal(NotFound, "owner", service, *one, *more).sentence for one in (stranger, missing)}
    assert told == {NotFound().sentence}


@pytest.mark.parametrize("target", ["deputy", "admin", "owner"])
@pytest.mark.parametrize("service", [change_member, suspend_member, remove_member])
def test_an_admin_neither_touches_admins_nor_the_owner_nor_herself(
    people: People, target: str, service: Service
) -> None:
    more = (Place("supervisor", "admin", discipline="slp"),) if service is change_member else ()
    error = people.refusal(NotPermitted, "admin", service, *key(people, target), *more)
    assert "owner" in error.sentence


def test_an_admin_makes_no_admin_and_the_owner_does(people: People) -> None:
    as_admin = Place("clinician", "admin", discipline="slp")
    people.refusal(NotPermitted, "admin", change_member, *key(people, "slp"), as_admin)
    people.act("owner", change_member, *key(people, "slp"), as_admin)
    assert people.member("slp").admin_role == "admin"


@pytest.mark.parametrize(
    ("service", "more"),
    [
        (change_member, (Place("clinician", "none", discipline="slp"),)),
        (change_member, (Place("clinician", "admin", discipline="slp"),)),
        (change_member, (Place("none", "owner", until=utc_now().date() + timedelta(days=9)),)),
        (suspend_member, ()),
        (remove_member, ()),
    ],
    ids=["demoted", "made an admin", "given an end", "suspended", "removed"],
)
def test_the_last_owner_stays_the_owner(people: People, service: Service, more: tuple[Place, ...]) -> None:
    for who in ("owner", "admin"):
        error = people.refusal(NotPermitted, who, service, *key(people, "owner"), *more)
        assert "owner" in error.sentence


def test_nobody_is_made_the_owner_by_a_change(people: People) -> None:
    error = people.refusal(NotPermitted, "owner", change_member, *key(people, "slp"), Place("clinician", "owner"))
    assert "offer" in error.sentence


def test_of_two_who_act_at_once_the_second_is_told_what_the_first_did(people: People) -> None:
    seen = key(people, "slp")
    people.act("admin", change_member, *seen, Place("reader"))
    error = people.refusal(Conflict, "deputy", change_member, *seen, ASSISTANT)
    assert "Now: Reader" in error.sentence
    assert people.member("slp").clinical_role == "reader"
    people.refusal(Conflict, "deputy", remove_member, *seen)


def test_a_suspended_person_is_out_at_once_and_comes_back_with_the_rights_that_she_had(people: People) -> None:
    with people.db() as db:
        student = add_student(db, people.cast)
    version = people.act("admin", suspend_member, *key(people, "slp"))
    assert not people.is_in("slp")
    people.act("admin", suspend_member, people.cast.members["slp"], version)
    assert people.version("slp") == version
    people.act("admin", resume_member, people.cast.members["slp"], version)
    with people.db() as db:
        assert db.execute(select(StudentGrant).where(col(StudentGrant.ends_at).is_(None))).scalar_one()
        assert student.case_manager_id == people.cast.members["slp"]


def test_removal_ends_sign_ins_rights_and_supervision_at_that_moment(people: People) -> None:
    later = utc_now() + timedelta(days=30)
    with people.db() as db:
        student = add_student(db, people.cast)
        grant(db, people.cast, student, "supervisor", edit=True)
        future = StudentGrant(
            workspace_id=people.cast.workspace_id,
            student_id=student.id,
            membership_id=people.cast.members["supervisor"],
            granted_by_id=people.cast.members["slp"],
            starts_at=later,
        )
        db.add(future)
    people.act("admin", remove_member, *key(people, "supervisor"))
    assert not people.is_in("supervisor")
    assert people.member("supervisor").status == "removed"
    with people.db() as db:
        hers = col(StudentGrant.membership_id) == people.cast.members["supervisor"]
        grants = db.execute(select(StudentGrant).where(hers)).scalars().all()
        assert [one.ended_by_id for one in grants] == [people.cast.members["admin"]] * 2
        assert all(one.ends_at is not None and one.ends_at <= max(one.starts_at, utc_now()) for one in grants)
        assert db.execute(select(SupervisionLink)).scalar_one().ends_at is not None


def test_removing_a_case_manager_says_for_how_many_students_she_stays_in_name(people: People) -> None:
    with people.db() as db:
        for given in ("Ana", "Ben"):
            add_student(db, people.cast, given)
        add_student(db, people.cast, "Gone", archived_at=utc_now())
    assert people.act("owner", remove_member, *key(people, "slp")) == 2


def test_a_removed_person_is_gone_from_every_door(people: People) -> None:
    people.act("owner", remove_member, *key(people, "reader"))
    for service in (change_member, suspend_member, resume_member, remove_member):
        more = (ASSISTANT,) if service is change_member else ()
        people.refusal(NotFound, "owner", service, *key(people, "reader"), *more)


def test_what_a_former_admin_sent_and_was_offered_is_withdrawn(people: People) -> None:
    people.act("admin", invite, InviteForm("new@example.org", CLINICIAN))
    people.act("owner", offer_ownership, people.cast.members["admin"])
    people.act("owner", change_member, *key(people, "admin"), Place("reader"))
    with people.db() as db:
        assert db.execute(select(col(Invite.status))).scalar_one() == OfferStatus.REVOKED
        assert db.execute(select(col(OwnershipOffer.status))).scalar_one() == OfferStatus.REVOKED


def test_the_owner_raises_her_own_clinical_role_only_while_it_opens_nobody_to_her(people: People) -> None:
    owner = Place("clinician", "owner", discipline="slp")
    with people.db() as db:
        student = add_student(db, people.cast)
        grant(db, people.cast, student, "owner", edit=True)
    people.refusal(NotPermitted, "owner", change_member, *key(people, "owner"), owner)
    with people.db() as db:
        hers = col(StudentGrant.membership_id) == people.cast.members["owner"]
        db.execute(select(StudentGrant).where(hers)).scalar_one().ends_at = utc_now()
    people.act("owner", change_member, *key(people, "owner"), owner)
    assert people.member("owner").clinical_role == "clinician"


def test_an_owner_who_treats_children_herself_becomes_a_supervisor(people: People) -> None:
    people.put(Membership, people.cast.members["owner"], clinical_role="clinician")
    with people.db() as db:
        grant(db, people.cast, add_student(db, people.cast), "owner", edit=True)
    people.act("owner", change_member, *key(people, "owner"), Place("supervisor", "owner", discipline="slp"))
    assert people.member("owner").clinical_role == "supervisor"


@pytest.mark.parametrize("how", ["role", "discipline", "resume"])
def test_nobody_wakes_a_supervision_link_of_her_own_by_changing_the_other_person(people: People, how: str) -> None:
    asleep = {
        "role": {"clinical_role": "reader"},
        "discipline": {"discipline": "ot"},
        "resume": {"status": "suspended"},
    }
    people.put(Membership, people.cast.members["slpa"], **asleep[how])
    people.put(Membership, people.cast.members["supervisor"], admin_role="admin")
    with people.db() as db:
        student = add_student(db, people.cast)
        grant(db, people.cast, student, "slpa", edit=True)
    service, more = (resume_member, ()) if how == "resume" else (change_member, (ASSISTANT,))
    people.refusal(NotPermitted, "supervisor", service, *key(people, "slpa"), *more)
    people.act("admin", service, *key(people, "slpa"), *more)
    with people.db() as db:
        assert access_student(db, people.cast.actor(db, "supervisor"), student.id, Action.VIEW).id == student.id


def test_a_supervisor_in_the_office_does_not_lengthen_the_membership_of_her_own_assistant(people: People) -> None:
    ends = utc_now() + timedelta(days=10)
    with people.db() as db:
        db.get_one(Membership, people.cast.members["supervisor"]).admin_role = "admin"
        db.get_one(Membership, people.cast.members["slpa"]).ends_at = ends
    place = Place("assistant", discipline="slp")
    with pytest.raises(NotPermitted):
        people.act("supervisor", change_member, *key(people, "slpa"), place)
    people.act("admin", change_member, *key(people, "slpa"), place)
    assert people.member("slpa").ends_at is None


def test_the_office_sets_the_state_whose_rules_hold_and_takes_it_back(people: People) -> None:
    people.forget_proofs()
    people.act("admin", change_member, *key(people, "slpa"), replace(ASSISTANT, us_state="TX"))
    assert (people.member("slpa").us_state, people.actor("slpa").us_state) == ("TX", "TX")
    (row,) = people.log("change member")
    assert row.detail["changed"] == {"us_state": ["", "TX"]}
    people.act("admin", change_member, *key(people, "slpa"), ASSISTANT)
    assert people.member("slpa").us_state is None


def test_an_assistant_who_owns_the_workspace_does_not_choose_her_own_rules(people: People) -> None:
    people.put(Membership, people.cast.members["owner"], clinical_role="assistant")
    own = Place("assistant", "owner", discipline="slp", us_state="TX")
    people.refusal(NotPermitted, "owner", change_member, *key(people, "owner"), own)


def test_a_form_names_a_state_of_the_list_or_none() -> None:
    typed = {"clinical": "assistant", "discipline": "slp"}
    assert parse_place(typed | {"us_state": "TX"}, utc_now().date()).us_state == "TX"
    assert parse_place(typed, utc_now().date()).us_state == ""
    with pytest.raises(Invalid) as caught:
        parse_place(typed | {"us_state": "ZZ"}, utc_now().date())
    assert set(caught.value.fields) == {"us_state"}
