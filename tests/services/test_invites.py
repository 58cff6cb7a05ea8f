"""Inviting, sending again, withdrawing: who may, whom, with which rights; each refusal leaves no row but a log line."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.conftest import OpenDb
from tests.factories import add_student
from tests.services.people_world import CLINICIAN, People, make_people
from therapytrack.domain.invite_form import InviteForm, parse_invite
from therapytrack.domain.member_place import Place
from therapytrack.errors import Conflict, Invalid, NotFound, NotPermitted, NotProved
from therapytrack.models import Invite, InviteGrant, Membership, Student, Workspace, new_id, utc_now
from therapytrack.services.identity import hash_token
from therapytrack.services.invites import Sent, hand_over_invite, invite, resend_invite, revoke_invite
from therapytrack.services.team import suspend_member

NEW = "new@school.org"
AN_ADMIN = InviteForm(NEW, Place("none", "admin"))


@pytest.fixture
def people(db: OpenDb) -> People:
    return make_people(db)


def stored(people: People) -> list[Invite]:
    with people.db() as db:
        return list(db.execute(select(Invite).order_by(Invite.created_at)).scalars())  # type: ignore[arg-type]


def student(people: People) -> Student:
    with people.db() as db:
        return add_student(db, people.cast)


def form(email: str = NEW, place: Place = CLINICIAN) -> InviteForm:
    return InviteForm(email, place)


def send(people: People, who: str = "admin") -> Sent:
    return people.act(who, invite, form())


def test_an_invitation_keeps_only_the_hash_of_its_link_and_lasts_seven_days(people: People) -> None:
    sent = send(people)
    (row,) = stored(people)
    assert row.token_hash == hash_token(sent.token)
    assert len(sent.token) >= 43  # 256 bits in base 64
    assert sent.token not in repr(row.model_dump())
    assert row.expires_at - row.sent_at == timedelta(days=7)
    assert NEW not in repr([one.model_dump() for one in people.log("invite")])


def test_students_come_with_the_rights_that_were_ticked_until_the_membership_ends(people: People) -> None:
    one = student(people)
    ends = utc_now().date() + timedelta(days=42)
    place = Place("assistant", discipline="slp", until=ends)
    people.act("admin", invite, InviteForm(NEW, place, (one.id,), frozenset({"view", "edit"})))
    (row,) = stored(people)
    with people.db() as db:
        grant = db.execute(select(InviteGrant)).scalar_one()
    assert (grant.student_id, grant.can_view, grant.can_edit, grant.can_export) == (one.id, True, True, False)
    assert grant.ends_at == row.member_until is not None


@pytest.mark.parametrize("who", ["supervisor", "slp", "slpa", "reader"])
def test_only_the_office_invites(people: People, who: str) -> None:
    people.refusal(NotPermitted, who, invite, form())


def test_an_admin_makes_no_admin_by_an_invitation_either(people: People) -> None:
    people.refusal(NotPermitted, "admin", invite, AN_ADMIN)
    sent = people.act("owner", invite, AN_ADMIN)
    people.refusal(NotPermitted, "admin", revoke_invite, sent.invite_id, sent.version)
    people.refusal(NotPermitted, "admin", resend_invite, sent.invite_id, sent.version)
    people.refusal(NotPermitted, "admin", invite, form())  # it would replace the owner's invitation


def test_nobody_is_made_the_owner_by_an_invitation(people: People) -> None:
    people.refusal(NotPermitted, "owner", invite, form(place=Place("none", "owner")))


def test_inviting_an_admin_asks_for_the_password_again_and_inviting_an_assistant_does_not(people: People) -> None:
    people.forget_proofs()
    people.refusal(NotProved, "owner", invite, AN_ADMIN)
    sent = people.act("owner", invite, form(place=Place("assistant", discipline="slp")))
    people.refusal(NotProved, "owner", invite, AN_ADMIN)
    assert [row.id for row in stored(people)] == [sent.invite_id]


@pytest.mark.parametrize(
    ("email", "words"),
    [("admin@example.org", "own address"), ("slp@example.org", "here already"), ("reader@example.org", "suspended")],
)
def test_oneself_and_people_who_are_here_are_not_invited(people: People, email: str, words: str) -> None:
    people.act("admin", suspend_member, people.cast.members["reader"], 1)
    error = people.refusal(Invalid, "admin", invite, form(email))
    assert words in error.fields["email"]


def test_somebody_whose_time_has_ended_may_be_invited_again(people: People) -> None:
    people.put(Membership, people.cast.members["slp"], ends_at=utc_now() - timedelta(days=1))
    assert people.act("admin", invite, form("slp@example.org")).email == "slp@example.org"


def test_a_person_of_another_workspace_is_invited_like_anybody(people: People) -> None:
    known = people.act("admin", invite, form("outsider@example.org"))
    unknown = people.act("admin", invite, form())
    assert known.version == unknown.version
    assert (known.workspace, known.inviter, known.place) == (unknown.workspace, unknown.inviter, unknown.place)


def test_no_right_goes_beyond_the_role(people: People) -> None:
    one = student(people)
    reader = InviteForm(NEW, Place("reader"), (one.id,), frozenset({"view", "edit", "export"}))
    error = people.refusal(Invalid, "admin", invite, reader)
    assert "cannot edit" in error.fields["rights"]


def test_students_of_another_workspace_are_not_found(people: People) -> None:
    with people.db() as db:
        outsider = people.cast.members["outsider"]
        elsewhere = db.get_one(Membership, outsider).workspace_id
        foreign = Student(workspace_id=elsewhere, given_name="A", family_name="B", case_manager_id=outsider)
        db.add(foreign)
    for one in (foreign.id, new_id()):
        people.refusal(NotFound, "admin", invite, InviteForm(NEW, CLINICIAN, (one,)))


def test_inviting_an_address_again_replaces_the_earlier_invitation(people: People) -> None:
    first, second = send(people), send(people, "owner")
    assert [(row.id, row.status) for row in stored(people)] == [
        (first.invite_id, "revoked"),
        (second.invite_id, "pending"),
    ]


def test_sending_again_makes_a_new_link_and_kills_the_old_one(people: People) -> None:
    first = send(people)
    again = people.act("deputy", resend_invite, first.invite_id, first.version)
    (row,) = stored(people)
    assert row.token_hash == hash_token(again.token) != hash_token(first.token)
    assert row.invited_by_id == people.cast.members["deputy"]


def test_of_two_admins_at_one_invitation_the_second_is_told(people: People) -> None:
    sent = send(people)
    people.act("admin", resend_invite, sent.invite_id, sent.version)
    people.refusal(Conflict, "deputy", revoke_invite, sent.invite_id, sent.version)
    people.act("deputy", revoke_invite, sent.invite_id, sent.version + 1)
    people.refusal(Conflict, "admin", resend_invite, sent.invite_id, sent.version + 1)
    people.act("admin", revoke_invite, sent.invite_id, 1)
    assert len(people.log("revoke invite")) == 1


@pytest.mark.parametrize("service", [resend_invite, revoke_invite, hand_over_invite])
def test_an_invitation_of_another_workspace_is_not_found(people: People, service: object) -> None:
    sent = send(people)
    for key in (sent.invite_id, new_id()):
        people.refusal(NotFound, "outsider", service, key, 1)  # type: ignore[arg-type]
        people.refusal(NotPermitted, "slp", service, key, 1)  # type: ignore[arg-type]


def test_a_link_that_a_person_hands_over_is_marked_until_it_is_mailed(people: People) -> None:
    sent = send(people)
    people.act("admin", hand_over_invite, sent.invite_id, sent.version)
    assert stored(people)[0].by_hand
    people.act("admin", resend_invite, sent.invite_id, sent.version)
    assert not stored(people)[0].by_hand


def test_nobody_invites_into_a_closed_workspace(people: People) -> None:
    actor = people.actor("owner")
    people.put(Workspace, people.cast.workspace_id, status="closed")
    with pytest.raises(NotPermitted, match="closed"):
        people.run(actor, invite, form())
    assert stored(people) == []


@pytest.mark.parametrize(
    ("typed", "students", "wrong"),
    [
        ({"email": "nobody", "clinical": "reader"}, [], ["email"]),
        ({"email": NEW, "clinical": "wizard"}, [], ["clinical"]),
        ({"email": NEW, "clinical": "assistant"}, [], ["discipline"]),
        ({"email": NEW, "clinical": "none"}, [], ["clinical"]),
        ({"email": NEW, "clinical": "none", "billing": "on"}, [str(UUID(int=1))], ["students"]),
        ({"email": NEW, "clinical": "reader", "until": "2001-01-01"}, [], ["until"]),
        ({"email": NEW, "clinical": "reader", "until": "soon"}, [], ["until"]),
        ({"email": NEW, "clinical": "reader"}, ["no id"], ["students"]),
        ({"email": NEW, "clinical": "reader"}, [str(UUID(int=n)) for n in range(501)], ["students"]),
        ({"email": f"{'a' * 300}@x.org", "clinical": "reader", "discipline": "magic"}, [], ["email", "discipline"]),
    ],
)
def test_a_mistake_in_the_form_is_told_beside_its_field(
    typed: dict[str, str], students: list[str], wrong: list[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        parse_invite(typed, students, utc_now().date())
    assert sorted(refused.value.fields) == sorted(wrong)


def test_the_shortest_form_is_an_address_and_a_role(people: People) -> None:
    typed = {"email": " New@School.ORG ", "clinical": "assistant", "discipline": "slp"}
    made = parse_invite(typed, [], utc_now().date())
    assert made == InviteForm(NEW, Place("assistant", discipline="slp"))
