"""The goals of several students together: whose, to whom, and in few statements whatever their number."""

from datetime import time, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from tests.conftest import OpenDb
from tests.factories import Cast, acts_of_people, add_goal, add_session, add_student, grant, make_cast, school_day
from tests.services.progress_world import counted
from therapytrack.domain.group_choice import EVERYBODY, GroupChoice, parse_group
from therapytrack.errors import NotPermitted
from therapytrack.models import ScheduleSlot, SlotStudent, Student
from therapytrack.services.group_charts import GroupView, open_group

TODAY = school_day()
DAY = timedelta(days=1)


@pytest.fixture
def cast(db: OpenDb) -> Cast:
    with db() as session:
        return make_cast(session)


def child(session: Session, cast: Cast, given: str, who: str = "slpa") -> Student:
    """A student whom `who` edits, with three goals of six probes."""
    student = add_student(session, cast, given)
    grant(session, cast, student, who, edit=True)
    goals = [add_goal(session, student, f"Goal {number}")[1] for number in range(3)]
    for week in range(6):
        day = TODAY - (7 * week + 1) * DAY
        add_session(session, cast, student, day, scores=[(one, 10, 5) for one in goals])
    return student


def group(session: Session, cast: Cast, who: str, *students: Student) -> ScheduleSlot:
    slot = ScheduleSlot(
        workspace_id=cast.workspace_id,
        provider_id=cast.members[who],
        title="Group A",
        starts_on=TODAY,
        rule="FREQ=WEEKLY",
        starts=time(9),
        minutes=30,
    )
    session.add(slot)
    session.flush()
    for position, one in enumerate(students):
        session.add(SlotStudent(workspace_id=cast.workspace_id, slot_id=slot.id, student_id=one.id, position=position))
    session.flush()
    return slot


def opened(db: OpenDb, cast: Cast, choice: GroupChoice, who: str) -> GroupView:
    with db() as session:
        return open_group(session, cast.actor(session, who), choice)


def test_a_clinician_sees_her_own_group_and_of_it_only_whom_she_may_view(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        ana, ben, cal = (child(session, cast, given) for given in ("Ana", "Ben", "Cal"))
        slot = group(session, cast, "slpa", ana, ben, add_student(session, cast, "Unseen", "Other"))
        group(session, cast, "slpa", cal)
    view = opened(db, cast, GroupChoice(), "slpa")
    assert view.chosen == str(slot.id)
    assert [one.name for one in view.students] == ["Ana Test", "Ben Test"]
    assert [len(one.goals) for one in view.students] == [3, 3]
    assert [one[0] for one in view.offers] == [str(slot.id)]
    assert {(goal.chart.x_start, goal.chart.x_end) for one in view.students for goal in one.goals} == {view.window}
    outsider = opened(db, cast, GroupChoice(group=str(slot.id)), "outsider")
    assert (outsider.students, outsider.offers) == ((), ())


def test_a_supervisor_sees_the_students_whom_an_assistant_edits(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        child(session, cast, "Ana")
        grant(session, cast, add_student(session, cast, "Only viewed"), "slpa")
    for of in (EVERYBODY, str(cast.members["slpa"])):
        view = opened(db, cast, GroupChoice(of=of), "supervisor")
        assert [one.name for one in view.students] == ["Ana Test"]
        assert view.chosen == of
        assert {goal.standing.label for goal in view.students[0].goals} <= {"On track", "Watch", "Off track"}
    assert [one[0] for one in view.offers] == [EVERYBODY, str(cast.members["slpa"])]


@pytest.mark.parametrize("who", ["owner", "slp", "slpa", "reader", "outsider"])
def test_nobody_else_sees_assistants_caseloads(db: OpenDb, cast: Cast, who: str) -> None:
    with pytest.raises(NotPermitted):
        opened(db, cast, GroupChoice(of=EVERYBODY), who)


@pytest.mark.parametrize("students", [3, 15])
def test_the_number_of_students_costs_no_statement(db: OpenDb, cast: Cast, engine: Engine, students: int) -> None:
    with db() as session:
        made = [child(session, cast, f"Ana {number}") for number in range(students)]
        group(session, cast, "slpa", *made)
    for who, choice in (("supervisor", GroupChoice(of=EVERYBODY)), ("slpa", GroupChoice())):
        with db() as session:
            actor = cast.actor(session, who)
            with counted(engine) as sent:
                view = open_group(session, actor, choice)
            assert len(sent) == 3
        assert sum(len(one.goals) for one in view.students) == 3 * students
    with db() as session:
        acts = [one for one in acts_of_people(session) if one.record_kind == "goals_together"]
        assert [one.detail for one in acts] == [{"students": students, "goals": 3}] * 2 * students


def test_a_page_holds_fifteen_students(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        for number in range(17):
            grant(session, cast, add_student(session, cast, f"Ana {number:02}"), "slpa", edit=True)
    view = opened(db, cast, GroupChoice(of=EVERYBODY, first=15), "supervisor")
    assert ([one.name for one in view.students], view.first, view.found) == (["Ana 15 Test", "Ana 16 Test"], 15, 17)
    assert opened(db, cast, GroupChoice(of=EVERYBODY, first=900), "supervisor").first == 15


def test_the_address_holds_ids_and_nothing_else() -> None:
    choice = GroupChoice(of="a-1", first=15)
    assert choice.href == "/progress?of=a-1&first=15"
    assert parse_group({"of": "a-1", "first": "15"}) == choice
    assert parse_group({"of": "<b>", "first": "-3"}) == GroupChoice()
