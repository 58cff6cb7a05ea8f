"""What each sees of the team: names and roles for all, the rest for the office, in a steady number of statements."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine

from tests.conftest import OpenDb
from tests.factories import _member, add_student, grant
from tests.services.people_world import CLINICIAN, People, make_people
from tests.services.test_caseload import statements
from therapytrack.domain.invite_form import InviteForm
from therapytrack.errors import NotPermitted
from therapytrack.models import AdminRole, ClinicalRole, Membership, Workspace, utc_now
from therapytrack.services.invites import invite, link_by_hand
from therapytrack.services.joining import look
from therapytrack.services.team import remove_member, suspend_member
from therapytrack.services.team_page import Member, TeamPage, list_roster, open_team

OFFICE_STATEMENTS, COLLEAGUE_STATEMENTS = 7, 2


@pytest.fixture
def people(db: OpenDb) -> People:
    return make_people(db)


def of(page: TeamPage, key: UUID) -> Member:
    return next(one for one in page.members if one.id == key)


def test_the_office_sees_how_many_students_each_has_and_manages(people: People) -> None:
    with people.db() as db:
        for given in ("Ana", "Ben"):
            grant(db, people.cast, add_student(db, people.cast, given), "slpa", edit=True)
        add_student(db, people.cast, "Gone", archived_at=utc_now())
    page = people.act("admin", open_team)
    slp, slpa = (of(page, people.cast.members[who]).office for who in ("slp", "slpa"))
    assert slp and slpa
    assert (slp.students, slp.manages, slpa.students, slpa.manages) == (2, 2, 2, 0)
    assert slp.last_active is not None


def test_colleagues_see_live_people_only_and_no_facts_of_the_office(people: People) -> None:
    people.act("admin", suspend_member, people.cast.members["reader"], 1)
    people.act("admin", remove_member, people.cast.members["slpa"], 1)
    people.put(Membership, people.cast.members["supervisor"], ends_at=utc_now() - timedelta(days=1))
    page = people.act("slp", open_team)
    assert [one.name for one in page.members] == ["Admin", "Deputy", "Owner", "Slp"]
    assert {one.office for one in page.members} == {None}
    assert (page.may_invite, page.pending) == (False, [])
    seen = people.act("owner", open_team)
    states = {one.name: (one.status, one.ended) for one in seen.members}
    assert "Slpa" not in states
    assert (states["Reader"], states["Supervisor"]) == (("suspended", False), ("active", True))


@pytest.mark.parametrize("who", ["supervisor", "slp", "slpa", "reader"])
def test_only_the_office_lists_the_roster(people: People, who: str) -> None:
    with people.db() as db:
        add_student(db, people.cast)
    people.refusal(NotPermitted, who, list_roster)
    assert [one.name for one in people.act("admin", list_roster)] == ["Ana Test"]


@pytest.mark.parametrize(("who", "expected"), [("owner", OFFICE_STATEMENTS), ("slp", COLLEAGUE_STATEMENTS)])
def test_the_page_takes_as_many_statements_however_many_are_here(
    people: People, engine: Engine, who: str, expected: int
) -> None:
    def taken() -> int:
        with people.db() as db:
            actor = people.cast.actor(db, who)
            with statements(engine) as seen:
                open_team(db, actor)
        return len(seen)

    few = taken()
    with people.db() as db:
        workspace = db.get_one(Workspace, people.cast.workspace_id)
        for number in range(12):
            _member(db, people.cast, workspace, f"more{number}", ClinicalRole.CLINICIAN, AdminRole.NONE)
    for number in range(5):
        people.act("owner", invite, InviteForm(f"new{number}@example.org", CLINICIAN))
    assert (few, taken()) == (expected, expected)


def test_a_link_taken_by_hand_replaces_the_mailed_one_and_is_marked(people: People) -> None:
    sent = people.act("admin", invite, InviteForm("new@example.org", CLINICIAN))
    taken = people.act("deputy", link_by_hand, sent.invite_id, sent.version)
    with people.db() as db:
        assert look(db, taken.token, utc_now()).by_hand
    (line,) = people.act("owner", open_team).pending
    assert (line.by_hand, line.inviter, line.email) == (True, "Deputy", "new@example.org")
