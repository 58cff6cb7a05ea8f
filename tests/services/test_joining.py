"""Accepting an invitation: once, by the one it was sent to, with what its inviter may still give."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from tests.conftest import OpenDb
from tests.factories import add_student, grant
from tests.services.people_world import CLINICIAN, People, make_people
from therapytrack.access.actions import Action
from therapytrack.access.actor import resolve_actor
from therapytrack.access.gate import access_student
from therapytrack.db import IDENTITY, transaction
from therapytrack.domain.activity_choice import ActivityChoice
from therapytrack.domain.invite_form import InviteForm
from therapytrack.domain.member_place import Place
from therapytrack.errors import Conflict, NotFound, NotPermitted, TherapyTrackError
from therapytrack.models import (
    Account,
    Invite,
    Membership,
    SignIn,
    Student,
    StudentGrant,
    SupervisionLink,
    Workspace,
    utc_now,
)
from therapytrack.services import joining
from therapytrack.services.activity_log import list_activity
from therapytrack.services.alarm_list import list_alarms
from therapytrack.services.identity import begin_attempt, hash_token
from therapytrack.services.invites import Sent, hand_over_invite, invite, link_by_hand, resend_invite, revoke_invite
from therapytrack.services.joining import DEAD, Joined, NewPerson, join_as_new, join_signed_in, join_with_password, look
from therapytrack.services.team import change_member, remove_member, suspend_member

NEW = "new@school.org"
PERSON = NewPerson("Ana Núñez", "stored hash", "slpa", "SLPA", "NY")
ASSISTANT = Place("assistant", discipline="slp")


@pytest.fixture
def people(db: OpenDb) -> People:
    return make_people(db)


def send(people: People, email: str = NEW, place: Place = CLINICIAN, *students: Student, who: str = "admin") -> Sent:
    ids = tuple(one.id for one in students)
    return people.act(who, invite, InviteForm(email, place, ids, frozenset({"view", "edit"})))


def join(service: Callable[..., Any], *args: Any, **more: Any) -> Any:
    """Run one of the services as its route does: before there is an actor."""
    with transaction(IDENTITY) as db:
        return service(db, *args, **more, now=utc_now())


def as_new(sent: Sent) -> Joined:
    made = join(join_as_new, sent.token, PERSON)
    assert isinstance(made, Joined)
    return made


def as_member(people: People, sent: Sent, who: str) -> Joined:
    made = join(join_signed_in, sent.token, people.actor(who))
    assert isinstance(made, Joined)
    return made


def refused(people: People, kind: type[TherapyTrackError], service: Callable[..., Any], *args: Any) -> str:
    """The sentence of a refusal that changed nothing about people and made no account."""
    before, accounts = people.rows(), people.count(Account)
    with pytest.raises(kind) as error:
        join(service, *args)
    assert (people.rows(), people.count(Account)) == (before, accounts)
    return error.value.sentence


def test_looking_changes_nothing_however_often(people: People) -> None:
    sent = send(people)
    before = people.rows()
    seen = [join(look, sent.token) for _ in range(3)]
    assert people.rows() == before
    assert (seen[0].email, seen[0].workspace, seen[0].inviter) == (NEW, "Lincoln USD", "Admin")
    assert not seen[0].has_account


def test_a_new_person_gets_an_account_a_place_and_no_workspace_of_her_own(people: People) -> None:
    workspaces = people.count(Workspace)
    joined = as_new(send(people, NEW, Place("assistant", "none", True, "", utc_now().date() + timedelta(days=9))))
    with people.db() as db:
        actor = resolve_actor(db, hash_token(joined.token))
        account = db.execute(select(Account).where(col(Account.email) == NEW)).scalar_one()
    assert actor is not None
    assert actor.workspace_id == people.cast.workspace_id
    assert (actor.member.clinical, actor.member.billing) == ("assistant", True)
    assert actor.discipline == "slp"  # from her profession, where the invitation names none
    assert actor.proved_at is not None
    assert account.email_verified_at is not None
    assert people.count(Workspace) == workspaces
    (row,) = people.log("accept invite")
    assert (row.membership_id, row.outcome) == (actor.membership_id, "done")


def test_a_signed_in_person_goes_on_in_the_new_workspace_with_a_new_sign_in(people: People) -> None:
    old = people.actor("outsider")
    with people.db() as db:
        db.get_one(SignIn, old.sign_in_id).proved_at = None
    joined = as_member(people, send(people, "outsider@example.org"), "outsider")
    assert not people.is_in("outsider")
    with people.db() as db:
        actor = resolve_actor(db, hash_token(joined.token))
        sign_ins = db.execute(select(SignIn).where(col(SignIn.account_id) == old.account_id)).scalars().all()
    assert actor is not None
    assert actor.workspace_id == people.cast.workspace_id
    assert actor.proved_at is None  # changing the workspace is no proof
    assert len({one.expires_at for one in sign_ins}) == 1  # and makes no day longer


def test_the_password_of_her_account_lets_a_person_in_who_is_not_signed_in(people: People) -> None:
    sent = send(people, "outsider@example.org")
    attempt = join(lambda db, now: begin_attempt(db, "outsider@example.org", "203.0.113.9", "", now))
    assert join(join_with_password, sent.token, attempt, ok=False, new_hash=None) is None
    assert join(look, sent.token).has_account
    joined = join(join_with_password, sent.token, attempt, ok=True, new_hash=None)
    with people.db() as db:
        assert resolve_actor(db, hash_token(joined.token)) is not None


def test_a_link_works_once(people: People) -> None:
    sent = send(people)
    as_new(sent)
    assert refused(people, NotFound, look, sent.token) == DEAD
    assert refused(people, NotFound, join_as_new, sent.token, PERSON) == DEAD


def test_expired_used_withdrawn_replaced_and_altered_links_get_one_answer(people: People) -> None:
    expired, withdrawn, used = send(people, "a@x.org"), send(people, "b@x.org"), send(people, "c@x.org")
    people.put(Invite, expired.invite_id, expires_at=utc_now())
    people.act("admin", revoke_invite, withdrawn.invite_id, withdrawn.version)
    as_new(used)
    replaced, resent = send(people, "d@x.org"), send(people, "e@x.org")
    send(people, "d@x.org")
    people.act("admin", resend_invite, resent.invite_id, resent.version)
    altered = send(people, "f@x.org").token[:-1]
    tokens = [one.token for one in (expired, withdrawn, used, replaced, resent)] + [altered, "", "../today"]
    for service, more in ((look, ()), (join_as_new, (PERSON,)), (join_signed_in, (people.actor("outsider"),))):
        assert {refused(people, NotFound, service, token, *more) for token in tokens} == {DEAD}


def test_accepting_as_somebody_else_is_refused_and_the_invitation_stays(people: People) -> None:
    sent = send(people)
    words = refused(people, NotPermitted, join_signed_in, sent.token, people.actor("outsider"))
    assert words.startswith("This invitation is for another address. Sign out,")
    as_new(sent)


def test_an_address_that_has_an_account_by_now_makes_no_second_one(people: People) -> None:
    sent = send(people, "outsider@example.org")
    assert "sign in" in refused(people, Conflict, join_as_new, sent.token, PERSON)


def test_a_refused_link_is_logged_where_it_belongs(people: People) -> None:
    sent = send(people)
    account = people.actor("outsider").account_id
    with transaction(IDENTITY) as db:
        joining.note_refused(db, sent.token, account, "NotPermitted")
        joining.note_refused(db, "altered", None, "NotFound")
    known, unknown = people.log("accept invite")
    assert (known.workspace_id, known.record_id, known.account_id) == (
        people.cast.workspace_id,
        sent.invite_id,
        account,
    )
    assert (known.outcome, unknown.outcome, unknown.workspace_id) == ("refused", "refused", None)


@pytest.mark.parametrize("how", ["removed", "suspended", "demoted", "ended", "workspace closed"])
def test_what_somebody_sent_who_could_not_send_it_any_more_cannot_be_used(people: People, how: str) -> None:
    sent = send(people)
    admin, version = people.cast.members["admin"], 1
    if how == "removed":
        people.act("owner", remove_member, admin, version)
    elif how == "suspended":
        people.act("owner", suspend_member, admin, version)
    elif how == "demoted":
        people.act("owner", change_member, admin, version, CLINICIAN)
    elif how == "ended":
        people.put(Membership, admin, ends_at=utc_now())
    else:
        people.put(Workspace, people.cast.workspace_id, status="closed")
    assert refused(people, NotFound, join_as_new, sent.token, PERSON) == DEAD


def test_students_come_with_the_rights_of_the_invitation(people: People) -> None:
    with people.db() as db:
        student = add_student(db, people.cast)
    joined = as_new(send(people, NEW, CLINICIAN, student))
    assert joined.seat.left_out == 0
    with people.db() as db:
        actor = resolve_actor(db, hash_token(joined.token))
        assert actor is not None
        assert access_student(db, actor, student.id, Action.RECORD_SESSION).id == student.id
        with pytest.raises(NotPermitted):
            access_student(db, actor, student.id, Action.EXPORT_SUMMARY)
        hers = col(StudentGrant.membership_id) == actor.membership_id
        row = db.execute(select(StudentGrant).where(hers)).scalar_one()
    assert row.granted_by_id == people.cast.members["admin"]


def test_students_who_left_the_rolls_meanwhile_are_left_out_and_counted(people: People) -> None:
    with people.db() as db:
        students = [add_student(db, people.cast, given) for given in ("Ana", "Ben", "Cleo")]
    sent = send(people, NEW, CLINICIAN, *students)
    people.put(Student, students[0].id, archived_at=utc_now())
    joined = as_new(sent)
    assert joined.seat.left_out == 1
    (row,) = people.log("accept invite")
    assert row.detail == {"students": 2, "left_out": 1}


def test_coming_back_after_removal_brings_no_right_and_no_supervision_back(people: People) -> None:
    with people.db() as db:
        student = add_student(db, people.cast)
        grant(db, people.cast, student, "slpa", edit=True)
        grant(db, people.cast, student, "supervisor", edit=True)
    before = people.actor("slpa")
    people.act("owner", remove_member, people.cast.members["slpa"], 1)
    sent = send(people, "slpa@example.org", ASSISTANT)
    attempt = join(lambda db, now: begin_attempt(db, "slpa@example.org", "203.0.113.9", "", now))
    joined = join(join_with_password, sent.token, attempt, ok=True, new_hash=None)
    with people.db() as db:
        actor = resolve_actor(db, hash_token(joined.token))
        assert actor is not None
        assert actor.membership_id == before.membership_id
        with pytest.raises(NotFound):
            access_student(db, actor, student.id, Action.VIEW)
        link = db.execute(select(SupervisionLink)).scalar_one()
        assert link.ends_at is not None and link.ends_at <= actor.at


def test_coming_back_after_an_end_date_ends_what_was_left_open(people: People) -> None:
    with people.db() as db:
        student = add_student(db, people.cast)
        grant(db, people.cast, student, "reader")
    people.put(Membership, people.cast.members["reader"], ends_at=utc_now() - timedelta(days=1))
    sent = send(people, "reader@example.org", Place("reader"))
    attempt = join(lambda db, now: begin_attempt(db, "reader@example.org", "203.0.113.9", "", now))
    join(join_with_password, sent.token, attempt, ok=True, new_hash=None)
    with people.db() as db:
        hers = col(StudentGrant.membership_id) == people.cast.members["reader"]
        assert db.execute(select(StudentGrant).where(hers)).scalar_one().ends_at is not None
    assert people.member("reader").ends_at is None


@pytest.mark.parametrize(("status", "words"), [("active", "already"), ("suspended", "suspended")])
def test_who_is_here_by_now_keeps_what_she_has(people: People, status: str, words: str) -> None:
    people.put(Membership, people.cast.members["reader"], status="removed")
    sent = send(people, "reader@example.org")
    people.put(Membership, people.cast.members["reader"], status=status)
    attempt = join(lambda db, now: begin_attempt(db, "reader@example.org", "203.0.113.9", "", now))
    before = people.rows()
    with pytest.raises(NotPermitted, match=words):
        join(join_with_password, sent.token, attempt, ok=True, new_hash=None)
    assert people.rows() == before


def test_a_link_handed_over_by_a_person_proves_no_address(people: People) -> None:
    sent = send(people)
    people.act("admin", hand_over_invite, sent.invite_id, sent.version)
    as_new(sent)
    with people.db() as db:
        assert db.execute(select(Account).where(col(Account.email) == NEW)).scalar_one().email_verified_at is None


def test_a_mailed_link_proves_the_address_of_an_account_that_was_there(people: People) -> None:
    as_member(people, send(people, "outsider@example.org"), "outsider")
    with people.db() as db:
        account = db.execute(select(Account).where(col(Account.email) == "outsider@example.org")).scalar_one()
    assert account.email_verified_at is not None


def test_an_account_made_by_a_link_of_an_admin_is_told_to_the_owner_and_the_log_says_whose(people: People) -> None:
    sent = send(people)
    as_new(people.act("admin", link_by_hand, sent.invite_id, sent.version))
    told = [one.words for one in people.act("owner", list_alarms)]
    assert [words.startswith("Admin handed over the link of an invitation") for words in told].count(True) == 1
    page = people.act("owner", list_activity, ActivityChoice())
    (row,) = [one for one in page.rows if one.act == "Accepted an invitation"]
    assert row.detail.startswith("by a link handed over by Admin")
    with people.db() as db:
        assert db.execute(select(Account).where(col(Account.email) == NEW)).scalar_one().email_verified_at is None


@pytest.mark.parametrize("how", ["mailed", "by the owner", "an account that was there"])
def test_the_owner_is_not_told_of_links_that_prove_who_comes_or_that_are_her_own(people: People, how: str) -> None:
    email = "outsider@example.org" if how == "an account that was there" else NEW
    sent = send(people, email, who="owner" if how == "by the owner" else "admin")
    if how != "mailed":
        sent = people.act("owner" if how == "by the owner" else "admin", link_by_hand, sent.invite_id, sent.version)
    if email == NEW:
        as_new(sent)
    else:
        as_member(people, sent, "outsider")
    assert [one for one in people.act("owner", list_alarms) if "handed over" in one.words] == []
    (row,) = people.log("accept invite")
    assert ("handed_over_by" in row.detail) == (how != "mailed")


def test_a_link_for_another_that_is_tried_without_end_does_not_fill_the_log(people: People) -> None:
    sent, outsider = send(people), people.actor("outsider")
    with people.db() as db:
        for _ in range(100):
            joining.note_refused(db, sent.token, outsider.account_id, "NotPermitted")
    rows = people.log("accept invite")
    assert (len(rows), sum(row.detail.get("repeats", 1) for row in rows)) == (21, 100)
