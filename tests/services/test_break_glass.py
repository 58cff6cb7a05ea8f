"""Emergency access: who, how often, how long, who is told, and that nobody can browse for it."""

from datetime import timedelta
from threading import Barrier, Thread
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import func, select, update
from sqlmodel import Session, col

from tests.conftest import OpenDb
from tests.services.access_world import AccessWorld, acts, held, make_access_world, sign_in_again
from therapytrack.access.actions import Action
from therapytrack.access.gate import access_student
from therapytrack.errors import Invalid, NotFound, NotPermitted, NotProved
from therapytrack.models import Alarm, SignIn, Student, StudentGrant, Workspace, utc_now
from therapytrack.services.break_glass import Glass, break_glass, end_glass, find_student, live_glass, open_found
from therapytrack.services.grants import end_grants

REASON = {"reason": "The child is at the nurse and cannot breathe."}
HOUR = timedelta(hours=1)


@pytest.fixture
def world(db: OpenDb) -> AccessWorld:
    with db() as session:
        made = make_access_world(session)
        session.execute(update(Workspace).values(break_glass_enabled=True))
        session.execute(update(SignIn).values(proved_at=utc_now()))
        return made


def smash(db: OpenDb, world: AccessWorld, who: str = "colleague", student: UUID | None = None) -> Glass:
    with db() as session:
        return break_glass(session, world.cast.actor(session, who), student or world.ana, REASON)


def prove(session: Session) -> None:
    """Everybody has just proved who she is."""
    sign_in_again(session, None)
    session.execute(update(SignIn).values(proved_at=utc_now()))


@pytest.mark.parametrize("who", ["owner", "admin", "colleague", "boss"])
def test_it_opens_one_student_to_look_at_for_four_hours_and_ends_by_itself(
    db: OpenDb, world: AccessWorld, who: str
) -> None:
    smash(db, world, who)
    with db() as session:
        assert held(session, world, who, world.ana) == {"view"}
        assert held(session, world, who, world.ben) == set()
        with pytest.raises(NotPermitted):
            access_student(session, world.cast.actor(session, who), world.ana, Action.RECORD_SESSION)
    for hours, expected in ((3.9, {"view"}), (4.1, set())):
        with time_machine.travel(utc_now() + hours * HOUR), db() as session:
            sign_in_again(session, world)
            assert held(session, world, who, world.ana) == expected


def test_the_owner_and_the_case_manager_are_told_at_once(db: OpenDb, world: AccessWorld) -> None:
    smash(db, world)
    with db() as session:
        told = session.execute(select(Alarm)).scalars().all()
        assert {one.told_id for one in told} == {world.member("owner"), world.member("slp")}
        assert {(one.kind, one.student_id, one.membership_id) for one in told} == {
            ("break glass", world.ana, world.member("colleague"))
        }
        (act,) = acts(session, "break glass")
        assert (act.student_id, act.membership_id) == (world.ana, world.member("colleague"))


@pytest.mark.parametrize(("who", "error"), [("slpa2", NotFound), ("reader", NotFound), ("outsider", NotFound)])
def test_who_may_not_break_it_learns_nothing(db: OpenDb, world: AccessWorld, who: str, error: type) -> None:
    with pytest.raises(error):
        smash(db, world, who)
    with db() as session:
        session.execute(update(Workspace).values(break_glass_enabled=False))
    with pytest.raises(NotFound):
        smash(db, world, "colleague")
    with db() as session:
        assert session.execute(select(func.count()).select_from(StudentGrant)).scalar_one() == 4


@pytest.mark.parametrize("reason", ["", "too short", "x" * 19, "x" * 501, " " * 40])
def test_the_reason_has_to_say_something(db: OpenDb, world: AccessWorld, reason: str) -> None:
    with pytest.raises(Invalid) as refused, db() as session:
        break_glass(session, world.cast.actor(session, "colleague"), world.ana, {"reason": reason})
    assert list(refused.value.fields) == ["reason"]
    assert refused.value.refusal is not None and refused.value.refusal.action == Action.BREAK_GLASS


def test_it_takes_a_proof(db: OpenDb, world: AccessWorld) -> None:
    with db() as session:
        session.execute(update(SignIn).values(proved_at=utc_now() - timedelta(minutes=6)))
    with pytest.raises(NotProved):
        smash(db, world)


def test_who_may_view_anyway_needs_none(db: OpenDb, world: AccessWorld) -> None:
    with pytest.raises(Invalid) as refused:
        smash(db, world, "slp")
    assert "already" in refused.value.fields["reason"]


def test_twice_within_a_day_and_no_more(db: OpenDb, world: AccessWorld) -> None:
    smash(db, world)
    smash(db, world, student=world.ben)
    with db() as session:
        end_glass(session, world.cast.actor(session, "colleague"), world.ana)
    with pytest.raises(Invalid) as refused:
        smash(db, world)
    assert "twice within 24 hours" in refused.value.fields["reason"]
    with time_machine.travel(utc_now() + 25 * HOUR):
        with db() as session:
            prove(session)
        assert smash(db, world).student_id == world.ana


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_three_at_the_same_moment_are_two(db: OpenDb, world: AccessWorld) -> None:
    start, outcomes = Barrier(3), []
    with db() as session:
        third = Student(
            workspace_id=world.cast.workspace_id, given_name="Cy", case_manager_id=world.member("slp"), family_name=""
        )
        session.add(third)
        session.flush()
        students = [world.ana, world.ben, third.id]

    def run(student: UUID) -> None:
        try:
            with db() as session:
                actor = world.cast.actor(session, "colleague")
                start.wait()
                break_glass(session, actor, student, REASON)
            outcomes.append("open")
        except Invalid:
            outcomes.append("refused")

    threads = [Thread(target=run, args=(one,)) for one in students]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(outcomes) == ["open", "open", "refused"]
    with db() as session:
        kinds = select(func.count()).where(col(StudentGrant.kind) == "break_glass")
        assert session.execute(kinds).scalar_one() == 2


def test_she_or_the_case_manager_ends_it_before_its_time(db: OpenDb, world: AccessWorld) -> None:
    smash(db, world)
    with db() as session:
        actor = world.cast.actor(session, "colleague")
        assert [one.name for one in live_glass(session, actor)] == ["Ana Test"]
        assert end_glass(session, actor, world.ana) is True
        assert end_glass(session, actor, world.ana) is False
        assert live_glass(session, actor) == []
    smash(db, world)
    with db() as session:
        grant = session.execute(
            select(StudentGrant).where(col(StudentGrant.kind) == "break_glass", col(StudentGrant.ended_by_id).is_(None))
        ).scalar_one()
        end_grants(session, world.cast.actor(session, "slp"), {world.ana: [grant.id]})
        assert held(session, world, "colleague", world.ana) == set()


@pytest.mark.parametrize("words", ["Ana Test", " ana  TEST ", "4711", "Àna Tést"])
def test_a_student_is_found_by_her_whole_name_or_number(db: OpenDb, world: AccessWorld, words: str) -> None:
    with db() as session:
        session.get_one(Student, world.ana).local_number = "4711"
    with db() as session:
        found = find_student(session, world.cast.actor(session, "colleague"), words)
        assert (found.id, found.name) == (world.ana, "Ana Test")


@pytest.mark.parametrize("words", ["", "Ana", "Test", "%", "471", "Ana Test "[:6]])
def test_parts_of_names_and_foreign_students_find_nobody(db: OpenDb, world: AccessWorld, words: str) -> None:
    with db() as session:
        session.get_one(Student, world.ana).local_number = "4711"
    for who in ("colleague", "outsider"):
        with db() as session:
            session.execute(update(Workspace).values(break_glass_enabled=True))
            assert find_student(session, world.cast.actor(session, who), words).id is None
    with db() as session:
        assert find_student(session, world.cast.actor(session, "outsider"), "Ana Test").id is None


def test_two_of_one_name_are_told_apart_by_number(db: OpenDb, world: AccessWorld) -> None:
    with db() as session:
        session.get_one(Student, world.ben).given_name = "Ana"
        assert "number" in find_student(session, world.cast.actor(session, "colleague"), "Ana Test").sentence


def test_searching_is_counted_and_logged(db: OpenDb, world: AccessWorld) -> None:
    for number in range(11):
        with db() as session:
            found = find_student(
                session, world.cast.actor(session, "colleague"), "Ana Test" if number == 10 else "No One"
            )
    assert found.id is None and "too often" in found.sentence
    with db() as session:
        assert len(acts(session, "search for emergency access")) == 11
    with pytest.raises(NotPermitted), db() as session:
        find_student(session, world.cast.actor(session, "reader"), "Ana Test")


def test_only_the_office_opens_a_student_by_her_id(db: OpenDb, world: AccessWorld) -> None:
    with db() as session:
        assert open_found(session, world.cast.actor(session, "admin"), world.ana).name == "Ana Test"
    with pytest.raises(NotPermitted), db() as session:
        open_found(session, world.cast.actor(session, "colleague"), world.ana)
