"""One person in the office must not quietly become two: what the owner is told of an admin's own guests."""

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from tests.conftest import OpenDb
from tests.factories import add_student, grant
from tests.services.people_world import CLINICIAN, People, make_people, prove_all
from therapytrack.access.actions import Permission
from therapytrack.access.actor import Actor
from therapytrack.domain.access_form import HandoverWish
from therapytrack.domain.invite_form import InviteForm
from therapytrack.domain.member_place import Place
from therapytrack.domain.supervision_form import LinkForm
from therapytrack.errors import Invalid
from therapytrack.models import Alarm, Invite, Membership, Student, new_id
from therapytrack.services.alarm_list import list_alarms
from therapytrack.services.grants import Wish, grant_access, revoke_access
from therapytrack.services.handover import hand_over
from therapytrack.services.invites import invite
from therapytrack.services.supervision_links import start_link

NEW = "new@school.org"
VIEW, EDIT = Permission.VIEW, Permission.EDIT


@pytest.fixture
def people(db: OpenDb) -> People:
    """The admin invited the reader long ago, and somebody else everybody else."""
    found = make_people(db)
    with db() as session:
        session.add(
            Invite(
                workspace_id=found.cast.workspace_id,
                email="reader@example.org",
                token_hash="old",
                admin_role="none",
                clinical_role="reader",
                invited_by_id=found.cast.members["admin"],
                status="accepted",
                sent_at=found.cast.actor(session, "admin").at,
                expires_at=found.cast.actor(session, "admin").at,
                membership_id=found.cast.members["reader"],
            )
        )
        prove_all(session)
    return found


def told(people: People) -> list[str]:
    return [one.words for one in people.act("owner", list_alarms)]


def student(people: People, name: str = "Ana") -> Student:
    with people.db() as db:
        return add_student(db, people.cast, name)


def give(
    people: People, who: str, to: str, *students: Student, rights: frozenset[Permission] = frozenset({VIEW})
) -> None:
    def giving(db: Session, actor: Actor) -> None:
        wish = Wish((people.cast.members[to],), rights, actor.at, None)
        grant_access(db, actor, new_id(), [one.id for one in students], wish)

    people.act(who, giving)


def test_the_owner_is_told_whom_an_admin_invites_to_work_with_records(people: People) -> None:
    place = Place("assistant", discipline="slp")
    people.act("admin", invite, InviteForm(NEW, place, (student(people).id,), frozenset({"view"})))
    (words,) = told(people)
    assert words.startswith(f"Admin invited {NEW} as assistant (1 students come with it).")


@pytest.mark.parametrize(("who", "place"), [("owner", CLINICIAN), ("admin", Place("none", billing=True))])
def test_invitations_that_open_no_record_and_her_own_are_not_told(people: People, who: str, place: Place) -> None:
    people.act(who, invite, InviteForm(NEW, place))
    assert told(people) == []


@pytest.mark.parametrize("email", ["admin+two@example.org", "admin+@example.org", "admin+x+y@example.org"])
def test_a_second_address_of_ones_own_mailbox_is_ones_own(people: People, email: str) -> None:
    error = people.refusal(Invalid, "admin", invite, InviteForm(email, CLINICIAN))
    assert "your own address" in error.fields["email"]


def test_rights_that_an_admin_gives_to_her_own_guest_are_told_once_an_hour(people: People) -> None:
    ana, ben = student(people), student(people, "Ben")
    give(people, "admin", "reader", ana)
    give(people, "admin", "reader", ben)
    (words,) = told(people)
    assert words.startswith(
        "Admin gave Reader, who came by an invitation of the same person, a way to the records of 1"
    )


def test_what_others_give_and_what_is_taken_away_is_not_told(people: People) -> None:
    ana = student(people)
    give(people, "deputy", "reader", ana)
    give(people, "admin", "supervisor", ana, rights=frozenset({VIEW, EDIT}))
    with people.db() as db:
        grant(db, people.cast, ana, "reader", edit=False, export=True)
    people.act("admin", revoke_access, [ana.id], [people.cast.members["reader"]], frozenset({Permission.EXPORT}))
    assert told(people) == []


def test_a_caseload_handed_over_to_her_own_guest_is_told(people: People) -> None:
    student(people)
    student(people, "Ben")
    people.put(Membership, people.cast.members["reader"], clinical_role="clinician")
    wish = HandoverWish(people.cast.members["slp"], people.cast.members["reader"], None, 0)
    people.act("admin", hand_over, new_id(), wish, dry=True)
    assert told(people) == []
    people.act("admin", hand_over, new_id(), wish, dry=False)
    (words,) = told(people)
    assert "records of 2 students" in words


def test_her_own_guest_as_the_supervisor_of_an_assistant_who_edits_is_told(people: People) -> None:
    ana = student(people)
    with people.db() as db:
        grant(db, people.cast, ana, "slpa", edit=True)
    people.put(Membership, people.cast.members["reader"], clinical_role="supervisor")
    form = LinkForm(people.cast.members["reader"], people.cast.members["slpa"], people.actor("admin").today, None)
    people.act("admin", start_link, new_id(), form)
    (words,) = told(people)
    assert "Reader" in words and "records of 1 students" in words


def test_a_notice_holds_ids_and_no_name(people: People) -> None:
    people.act("admin", invite, InviteForm(NEW, CLINICIAN))
    give(people, "admin", "reader", student(people))
    with people.db() as db:
        details = repr(db.execute(select(col(Alarm.detail))).scalars().all())
    assert NEW not in details and "Reader" not in details
