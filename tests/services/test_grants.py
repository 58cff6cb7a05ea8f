"""Giving and taking access: what it changes, what is refused in which words, and what a second click does."""

from datetime import timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update
from sqlmodel import Session, col

from tests.conftest import OpenDb
from tests.services.access_world import (
    ALL,
    EDIT,
    EXPORT,
    VIEW,
    AccessWorld,
    acts,
    give,
    grants_of,
    held,
    link,
    make_access_world,
)
from therapytrack.access.actions import Action
from therapytrack.access.granting_gate import require_link
from therapytrack.errors import Invalid, NotFound, NotPermitted, TherapyTrackError
from therapytrack.models import Membership, Student, StudentGrant, new_id, utc_now
from therapytrack.services.grant_undo import restore_access
from therapytrack.services.grants import end_grants, revoke_access
from therapytrack.state.base import run_service

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def world(db: OpenDb) -> AccessWorld:
    with db() as session:
        return make_access_world(session)


def rows(db: OpenDb) -> int:
    with db() as session:
        return int(session.execute(select(func.count()).select_from(StudentGrant)).scalar_one())


def refusal(db: OpenDb, world: AccessWorld, by: str, to: str, *rights: object, **when: object) -> dict[str, str]:
    """The sentences with which a grant on Ana (or `student`) is refused, beside their fields; no row is left."""
    before, student = rows(db), when.pop("student", world.ana)
    with pytest.raises(Invalid) as error, db() as session:
        give(session, world, by, to, [student], *rights, **when)  # type: ignore[arg-type, list-item]
    assert rows(db) == before
    assert error.value.refusal is not None and error.value.refusal.action == Action.GRANT_ACCESS
    return error.value.fields


def link_boss(session: Session, world: AccessWorld, starts_in: timedelta) -> None:
    """The boss asks whether she may supervise the slpa."""
    actor = world.cast.actor(session, "boss")
    require_link(
        session,
        actor,
        supervisor_id=actor.membership_id,
        assistant_id=world.member("slpa"),
        discipline="slp",
        starts_at=actor.at + starts_in,
        ends_at=None,
    )


@pytest.mark.parametrize("by", ["owner", "admin", "slp"])
def test_office_and_case_manager_give_rights_on_many_students_at_once(db: OpenDb, world: AccessWorld, by: str) -> None:
    with db() as session:
        given = give(session, world, by, "colleague", [world.ana, world.ben], EDIT, EXPORT)
    with db() as session:
        assert held(session, world, "colleague", world.ana) == {"view", "edit", "export"}
        assert held(session, world, "colleague", world.ben) == {"view", "edit", "export"}
        assert {one.granted_by_id for one in grants_of(session, world, "colleague")} == {world.member(by)}
        assert [row.student_id for row in acts(session, "grant access")] == [world.ana, world.ben]
    assert (given.students, given.already) == (2, 0)


@pytest.mark.parametrize("by", ["supervisor", "slpa", "reader", "colleague"])
def test_nobody_else_gives_rights(db: OpenDb, world: AccessWorld, by: str) -> None:
    with pytest.raises((NotFound, NotPermitted)), db() as session:
        give(session, world, by, "colleague", [world.ana])
    assert rows(db) == 4


def test_a_foreign_student_among_many_refuses_all(db: OpenDb, world: AccessWorld) -> None:
    with pytest.raises(NotFound), db() as session:
        give(session, world, "owner", "colleague", [world.ana, new_id()])
    assert rows(db) == 4


def test_a_double_click_gives_once_and_answers_the_same(db: OpenDb, world: AccessWorld) -> None:
    operation, answers = new_id(), []
    for _ in range(2):
        with db() as session:
            answers.append(give(session, world, "slp", "colleague", [world.ana], EDIT, operation=operation))
    assert answers[0] == answers[1]
    assert rows(db) == 5


def test_what_somebody_holds_already_is_not_given_again(db: OpenDb, world: AccessWorld) -> None:
    with db() as session:
        give(session, world, "slp", "colleague", [world.ana], EDIT)
    assert "held already" in refusal(db, world, "slp", "colleague", EDIT)["person"]
    with db() as session:
        given = give(session, world, "slp", "colleague", [world.ana, world.ben], EDIT)
    assert (list(given.made), given.already) == ([world.ben], 1)


def test_overlapping_grants_add_up(db: OpenDb, world: AccessWorld) -> None:
    with db() as session:
        give(session, world, "slp", "colleague", [world.ana], lasts=30 * DAY)
        give(session, world, "slp", "colleague", [world.ana], EDIT, lasts=10 * DAY)
        assert held(session, world, "colleague", world.ana) == {"view", "edit"}
    assert rows(db) == 6


@pytest.mark.parametrize(
    ("when", "field", "words"),
    [
        ({"starts_in": -HOUR}, "starts_on", "in the past"),
        ({"starts_in": 2 * DAY, "lasts": -DAY}, "ends_on", "before the first"),
        ({"lasts": -HOUR}, "ends_on", "in the past"),
    ],
)
def test_dates_that_cannot_be(db: OpenDb, world: AccessWorld, when: dict[str, object], field: str, words: str) -> None:
    assert words in refusal(db, world, "slp", "colleague", **when)[field]


@pytest.mark.parametrize("status", ["suspended", "removed"])
def test_a_suspended_or_removed_person_gets_nothing(db: OpenDb, world: AccessWorld, status: str) -> None:
    with db() as session:
        session.execute(update(Membership).where(col(Membership.id) == world.member("colleague")).values(status=status))
    assert "suspended or removed" in refusal(db, world, "owner", "colleague")["person"]


def test_a_person_of_another_workspace_is_no_choice(db: OpenDb, world: AccessWorld) -> None:
    assert refusal(db, world, "owner", "outsider") == {"person": "Choose a person of this workspace."}


def test_an_archived_student_is_restored_first(db: OpenDb, world: AccessWorld) -> None:
    with db() as session:
        session.get_one(Student, world.ana).archived_at = utc_now()
    assert "Restore the student first" in refusal(db, world, "owner", "colleague")["students"]


def test_nobody_gets_more_than_her_role_allows(db: OpenDb, world: AccessWorld) -> None:
    assert "Edit is beyond the role reader" in refusal(db, world, "owner", "reader", EDIT)["rights"]
    assert "no clinical role" in refusal(db, world, "owner", "admin")["rights"]


def test_a_case_manager_gives_no_more_and_no_longer_than_she_holds(db: OpenDb, world: AccessWorld) -> None:
    with db() as session:
        mine = grants_of(session, world, "slp", world.ana)[0]
        mine.ends_at, mine.can_export = utc_now() + 10 * DAY, False
    for rights, lasts in (((EDIT,), 11 * DAY), ((EDIT,), None), ((EXPORT,), 5 * DAY)):
        fields = refusal(db, world, "slp", "colleague", *rights, lasts=lasts)
        assert "You cannot give what you do not hold" in fields["rights"]
    with db() as session:
        give(session, world, "slp", "colleague", [world.ana], EDIT, lasts=9 * DAY)


def test_the_owner_gives_herself_nothing(db: OpenDb, world: AccessWorld) -> None:
    with db() as session:
        session.execute(
            update(Membership).where(col(Membership.id) == world.member("owner")).values(clinical_role="clinician")
        )
    for starts_in in (timedelta(0), 20 * DAY):
        assert "give you yourself a right" in refusal(db, world, "owner", "owner", starts_in=starts_in)["person"]


def test_an_administrator_who_supervises_cannot_see_through_her_own_supervisee(db: OpenDb, world: AccessWorld) -> None:
    with db() as session:
        assert held(session, world, "boss", world.ana) == set()
    assert "give you yourself a right" in refusal(db, world, "boss", "slpa2", EDIT)["person"]
    with db() as session:
        give(session, world, "boss", "slpa2", [world.ana], EXPORT)
        give(session, world, "owner", "slpa2", [world.ana], EDIT)
        assert held(session, world, "boss", world.ana) == {"view"}


def test_nor_through_a_supervision_that_begins_later_or_a_grant_that_does(db: OpenDb, world: AccessWorld) -> None:
    with db() as session:
        link(session, world.cast, "boss", "slpa", starts_in=20 * DAY)
    assert "now or later" in refusal(db, world, "boss", "slpa", EDIT, starts_in=DAY, student=world.ben)["person"]
    with db() as session:
        give(session, world, "boss", "slpa", [world.ben], EDIT, lasts=19 * DAY)
        assert held(session, world, "boss", world.ben) == set()


def test_an_administrator_cannot_link_herself_to_rights(db: OpenDb, world: AccessWorld) -> None:
    with pytest.raises(Invalid, match="another look") as refused, db() as session:
        link_boss(session, world, DAY)
    assert "give you yourself a right" in refused.value.fields["person"]


def test_revoking_view_takes_everything_at_once(db: OpenDb, world: AccessWorld) -> None:
    with db() as session:
        ended = revoke_access(
            session, world.cast.actor(session, "slp"), [world.ana], [world.member("supervisor")], frozenset({VIEW})
        )
    with db() as session:
        assert held(session, world, "supervisor", world.ana) == {"view"}, "derived from the assistant who still edits"
        row = grants_of(session, world, "supervisor")[0]
        assert (row.ended_by_id, row.ends_at is not None) == (world.member("slp"), True)
        assert held(session, world, "slpa", world.ana) == {"view"}, "edit leaned on the supervisor's"
    assert [one.held.rights for one in ended] == [{VIEW, EDIT}]


def test_revoking_one_right_leaves_the_others_with_their_giver_and_end(db: OpenDb, world: AccessWorld) -> None:
    with db() as session:
        give(session, world, "owner", "colleague", [world.ana], EDIT, EXPORT, lasts=10 * DAY)
        actor = world.cast.actor(session, "slp")
        revoke_access(session, actor, [world.ana], [world.member("colleague")], frozenset({EDIT}))
    with db() as session:
        assert held(session, world, "colleague", world.ana) == {"view", "export"}
        old, new = sorted(grants_of(session, world, "colleague"), key=lambda one: one.ended_by_id is None)
        assert new.granted_by_id == world.member("owner")
        assert new.ends_at is not None and new.ends_at > utc_now() + 9 * DAY
        assert old.ends_at == new.starts_at
        assert len(acts(session, "revoke access")) == 1


def test_revoking_twice_changes_nothing_more(db: OpenDb, world: AccessWorld) -> None:
    answers = []
    for _ in range(2):
        with db() as session:
            actor = world.cast.actor(session, "slp")
            answers.append(revoke_access(session, actor, [world.ana], [world.member("supervisor")], ALL))
    assert (len(answers[0]), answers[1]) == (1, [])
    with db() as session:
        assert len(acts(session, "revoke access")) == 1


def test_a_revoked_right_comes_back_by_undo_as_a_new_grant(db: OpenDb, world: AccessWorld) -> None:
    operation = new_id()
    with db() as session:
        before = grants_of(session, world, "supervisor")[0]
        actor = world.cast.actor(session, "slp")
        ended = revoke_access(session, actor, [world.ana], [world.member("supervisor")], frozenset({EDIT}))
    for _ in range(2):
        with db() as session:
            assert restore_access(session, world.cast.actor(session, "slp"), operation, ended) == 1
    with db() as session:
        assert held(session, world, "supervisor", world.ana) == {"view", "edit"}
        assert held(session, world, "slpa", world.ana) == {"view", "edit"}
        assert len(grants_of(session, world, "supervisor")) == 3
        live = [one for one in grants_of(session, world, "supervisor") if one.ends_at is None]
        assert [one.can_edit for one in live] == [True] and live[0].id != before.id


def test_who_takes_her_own_right_cannot_undo_it(db: OpenDb, world: AccessWorld) -> None:
    with db() as session:
        actor = world.cast.actor(session, "slp")
        ended = revoke_access(session, actor, [world.ana], [actor.membership_id], ALL)
    with pytest.raises(TherapyTrackError), db() as session:
        restore_access(session, world.cast.actor(session, "slp"), new_id(), ended)
    with db() as session:
        assert held(session, world, "slp", world.ana) == set()


def test_a_planned_grant_that_is_ended_never_begins(db: OpenDb, world: AccessWorld) -> None:
    with db() as session:
        given = give(session, world, "slp", "colleague", [world.ana], starts_in=5 * DAY, lasts=5 * DAY)
        end_grants(session, world.cast.actor(session, "slp"), given.made)
    with db() as session:
        row = grants_of(session, world, "colleague")[0]
        assert row.ends_at == row.starts_at


def test_a_grant_of_another_student_is_not_ended_under_this_ones_name(db: OpenDb, world: AccessWorld) -> None:
    with db() as session:
        other = grants_of(session, world, "slp", world.ben)[0].id
    for unknown in (other, uuid4()):
        with pytest.raises(NotFound) as error, db() as session:
            end_grants(session, world.cast.actor(session, "slp"), {world.ana: [unknown]})
        assert error.value.refusal is not None and error.value.refusal.record_id == unknown


def test_every_refusal_leaves_a_row_in_the_log(db: OpenDb, world: AccessWorld) -> None:
    with db() as session:
        actor = world.cast.actor(session, "owner")
    for to in ("reader", "outsider"):
        with pytest.raises(TherapyTrackError):
            run_service(actor, _give_edit, world, to)
    with db() as session:
        refused = [row for row in acts(session, "grant access") if row.outcome == "refused"]
    assert [row.detail for row in refused] == [{"answer": "Invalid"}, {"answer": "Invalid"}]
    assert {row.record_id for row in refused} == {world.ana}


def _give_edit(session: object, _actor: object, world: AccessWorld, to: str) -> None:
    give(session, world, "owner", to, [world.ana], EDIT)  # type: ignore[arg-type]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_one_person_cannot_gain_by_a_grant_and_a_link_at_the_same_moment(db: OpenDb, world: AccessWorld) -> None:
    """Each alone would be allowed: the second to come sees what the first did."""
    start, outcomes = Barrier(2), []

    def run(act: str) -> None:
        try:
            with db() as session:
                start.wait()
                if act == "grant":
                    give(session, world, "boss", "slpa", [world.ben], EDIT)
                else:
                    link_boss(session, world, timedelta(0))
                    link(session, world.cast, "boss", "slpa")
            outcomes.append(act)
        except Invalid:
            outcomes.append("refused")

    with db() as session:
        revoke_access(session, world.cast.actor(session, "slp"), [world.ana], [world.member("slpa")], ALL)
    threads = [Thread(target=run, args=(act,)) for act in ("grant", "link")]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(outcomes) in (["grant", "refused"], ["link", "refused"])
    with db() as session:
        assert held(session, world, "boss", world.ben) == set()
