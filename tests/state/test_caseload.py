"""The caseload, student and form pages as a tab sees them: what is sent to whom, and what a handler refuses."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from tests.conftest import OpenDb
from tests.factories import Cast, add_plan, add_student, grant, make_cast
from tests.harness import Tab, Tabs, running_tabs
from therapytrack.models import Goal, Student, TherapySession, utc_now
from therapytrack.state.caseload import CaseloadState
from therapytrack.state.goal_editor import GoalEditorState
from therapytrack.state.student import StudentState
from therapytrack.state.student_form import StudentFormState

TODAY = utc_now().date()


@pytest.fixture
def cast(db: OpenDb) -> Cast:
    with db() as session:
        return make_cast(session)


@pytest.fixture
def student(db: OpenDb, cast: Cast) -> UUID:
    with db() as session:
        one = add_student(session, cast, "Mateo", "Rivera", grade="2")
        add_plan(session, one, TODAY - timedelta(days=100))
        grant(session, cast, one, "reader", export=True)
        return one.id


@pytest.fixture
async def tabs(cast: Cast) -> AsyncIterator[Tabs]:
    async with running_tabs() as running:
        yield running
        assert running.errors == []


def shown(value: Any, name: str) -> Any:
    """A field of a view as the browser received it."""
    return getattr(value, name) if hasattr(value, name) else value[name]


async def test_the_caseload_shows_the_students_of_the_actor_and_nobody_else(
    tabs: Tabs, cast: Cast, student: UUID
) -> None:
    mine = await tabs.tab(cast.tokens["slp"]).open("/caseload")
    theirs = await tabs.tab(cast.tokens["outsider"]).open("/caseload")
    assert [shown(row, "name") for row in mine.var(CaseloadState.rows)] == ["Mateo Rivera"]
    assert "Mateo" not in theirs.received


async def test_a_stranger_gets_nothing(tabs: Tabs, student: UUID) -> None:
    tab = await tabs.tab().open("/caseload")
    await tab.call(CaseloadState, "enter")
    await tab.call(StudentState, "retry")
    assert "Mateo" not in tab.received


async def test_only_shown_students_can_be_selected(tabs: Tabs, cast: Cast, student: UUID) -> None:
    tab = await tabs.tab(cast.tokens["slp"]).open("/caseload")
    await tab.call(CaseloadState, "pick", student_id=str(UUID(int=1)), on=True)
    assert not tab.var(CaseloadState.selected)
    await tab.call(CaseloadState, "pick", student_id=str(student), on=True)
    assert tab.var(CaseloadState.selected) == [str(student)]


async def test_a_selection_comes_back_from_the_address_without_those_who_are_not_shown(
    tabs: Tabs, cast: Cast, student: UUID
) -> None:
    tab = await tabs.tab(cast.tokens["slp"]).open(f"/caseload?pick={student},nonsense,{UUID(int=3)},{student}")
    assert tab.var(CaseloadState.selected) == [str(student)]
    theirs = await tabs.tab(cast.tokens["outsider"]).open(f"/caseload?pick={student}")
    assert not theirs.var(CaseloadState.selected)


async def test_starting_twice_makes_one_session(tabs: Tabs, cast: Cast, student: UUID, db: OpenDb) -> None:
    tab = await tabs.tab(cast.tokens["slp"]).open("/caseload")
    await tab.call(CaseloadState, "pick", student_id=str(student), on=True)
    for _ in range(2):
        await tab.call(CaseloadState, "start_session")
    with db() as session:
        assert session.execute(select(func.count()).select_from(TherapySession)).scalar() == 1


@pytest.mark.parametrize("address", ["not-an-id", str(UUID(int=7))])
async def test_a_malformed_and_an_unknown_student_look_the_same(tabs: Tabs, cast: Cast, address: str) -> None:
    tab = await tabs.tab(cast.tokens["slp"]).open(f"/students/{address}")
    await tab.call(StudentState, "retry")
    assert tab.var(StudentState.missing) is True
    assert shown(tab.var(StudentState.student), "id") == ""


async def open_student(tabs: Tabs, cast: Cast, who: str, student: UUID) -> Tab:
    """The student's page in a tab of `who`."""
    tab = tabs.tab(cast.tokens[who])
    path = "/students/[student_id]"
    return await tab.send(name=f"{StudentState.get_full_name()}.enter", path=f"/students/{student}", query={"p": path})


async def test_an_outsider_finds_no_student(tabs: Tabs, cast: Cast, student: UUID) -> None:
    tab = await open_student(tabs, cast, "outsider", student)
    assert tab.var(StudentState.missing) is True
    assert "Mateo" not in tab.received


async def test_a_reader_cannot_archive(tabs: Tabs, cast: Cast, student: UUID, db: OpenDb) -> None:
    tab = await open_student(tabs, cast, "reader", student)
    assert shown(tab.var(StudentState.student), "name") == "Mateo Rivera"
    await tab.call(StudentState, "archive")
    assert "role" in tab.var(StudentState.problem)
    with db() as session:
        assert session.execute(select(col(Student.archived_at))).scalar_one() is None


async def test_a_new_student_with_mistakes_is_not_saved_and_with_a_double_click_once(
    tabs: Tabs, cast: Cast, db: OpenDb
) -> None:
    tab = tabs.tab(cast.tokens["slp"])
    await tab.send(name=f"{StudentFormState.get_full_name()}.enter_new", path="/students/new")
    await tab.call(StudentFormState, "save", form={"given_name": "", "grade": "2"})
    assert tab.var(StudentFormState.field_errors) == {"given_name": "Enter the first name."}
    for _ in range(2):
        await tab.call(StudentFormState, "save", form={"given_name": "Ayşe", "grade": "2"})
    with db() as session:
        assert session.execute(select(func.count()).select_from(Student)).scalar() == 1


async def test_an_assistant_is_told_that_she_cannot_add_students(tabs: Tabs, cast: Cast, db: OpenDb) -> None:
    tab = tabs.tab(cast.tokens["slpa"])
    await tab.send(name=f"{StudentFormState.get_full_name()}.enter_new", path="/students/new")
    assert tab.var(StudentFormState.problem)
    await tab.call(StudentFormState, "save", form={"given_name": "Ayşe", "grade": "2"})
    with db() as session:
        assert session.execute(select(func.count()).select_from(Student)).scalar() == 0


async def test_the_second_saver_reads_the_first_and_can_keep_her_own(
    tabs: Tabs, cast: Cast, student: UUID, db: OpenDb
) -> None:
    first, second = [await tabs.tab(cast.tokens["slp"]).open(f"/students/{student}/edit") for _ in range(2)]
    key = second.var(StudentFormState.form_key)
    await first.call(StudentFormState, "save", form={"given_name": "Mateo", "grade": "3"})
    tabs.restart()
    mine = {"given_name": "Mateo", "grade": "4"}
    # What was saved while no server answered comes with the connection.
    await asyncio.gather(second.come_back(), second.call(StudentFormState, "save", form=mine))
    assert "Grade: 3" in shown(second.var(StudentFormState.conflict), "theirs")
    await second.call(StudentFormState, "keep_mine")
    tabs.restart()
    await second.come_back()
    assert second.var(StudentFormState.form_key) == key
    await second.call(StudentFormState, "save", form=mine)
    with db() as session:
        assert session.execute(select(col(Student.grade))).scalar_one() == "4"


GOAL = {
    "label": "/r/ words",
    "behavior": "say /r/",
    "measure": "trials",
    "direction": "up",
    "metric": "independent",
    "target_value": "80",
    "target_on": (TODAY + timedelta(days=100)).isoformat(),
    "points_needed": "3",
    "probe_only": True,
    "baseline_value": None,
}


async def test_a_new_goal_is_saved_once(tabs: Tabs, cast: Cast, student: UUID, db: OpenDb) -> None:
    tab = tabs.tab(cast.tokens["slp"])
    await tab.send(name=f"{GoalEditorState.get_full_name()}.enter_new", path=f"/students/{student}/goals/new")
    for _ in range(2):
        await tab.call(GoalEditorState, "save", form=GOAL)
    with db() as session:
        assert session.execute(select(col(Goal.label))).scalars().all() == ["/r/ words"]


async def test_a_reader_opens_no_goal_editor(tabs: Tabs, cast: Cast, student: UUID) -> None:
    tab = tabs.tab(cast.tokens["reader"])
    await tab.send(name=f"{GoalEditorState.get_full_name()}.enter_new", path=f"/students/{student}/goals/new")
    assert tab.var(GoalEditorState.form_key) in (None, "")
    assert tab.var(GoalEditorState.problem)


async def test_no_address_or_title_holds_a_name(tabs: Tabs, cast: Cast, student: UUID) -> None:
    tab = await tabs.tab(cast.tokens["slp"]).open("/caseload")
    links = tab.var(CaseloadState.links)
    assert not re.search("mateo|rivera", repr(links), re.IGNORECASE)
