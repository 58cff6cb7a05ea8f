"""How many statements it takes to open a page, asking who is there and counting what waits included."""

import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
import reflex as rx
from sqlalchemy import event, select
from sqlmodel import col

from tests.conftest import OpenDb
from tests.factories import Cast, add_goal, add_plan, add_session, add_student, grant, make_cast
from tests.harness import Tabs, running_tabs
from therapytrack.db import get_engine
from therapytrack.domain.student_choice import StudentTab
from therapytrack.models import Student, TherapySession, utc_now
from therapytrack.state.caseload import CaseloadState
from therapytrack.state.minutes import MinutesState
from therapytrack.state.schedule import ScheduleState
from therapytrack.state.session import SessionState
from therapytrack.state.student import StudentState
from therapytrack.state.supervision_caseloads import SupervisionCaseloadsState
from therapytrack.state.today import TodayState

TODAY = utc_now().date()
KEEPER = type(cache(utc_now))


@pytest.fixture
def cast(db: OpenDb) -> Cast:
    with db() as session:
        return make_cast(session)


@pytest.fixture
async def tabs(cast: Cast) -> AsyncIterator[Tabs]:
    async with running_tabs() as running:
        yield running
        assert running.errors == []


def add_students(db: OpenDb, cast: Cast, count: int) -> str:
    """Students with a plan, three goals and a session today; the id of the last."""
    with db() as session:
        for number in range(count):
            student = add_student(session, cast, f"Ana {number}")
            add_plan(session, student, TODAY - timedelta(days=100))
            goals = [add_goal(session, student, f"Goal {n}")[1] for n in range(3)]
            for days in (0, 1, 2):
                add_session(session, cast, student, TODAY - timedelta(days=days), scores=[(one, 5, 4) for one in goals])
        return str(student.id)


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that the app sends meanwhile, those that begin a transaction and set its scope left out."""
    sent: list[str] = []
    engine = get_engine()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "SELECT set_config")):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("students", [1, 12])
async def test_opening_the_caseload_takes_at_most_six_statements(
    tabs: Tabs, cast: Cast, db: OpenDb, students: int
) -> None:
    add_students(db, cast, students)
    tab = await tabs.tab(cast.tokens["slp"]).open("/today")
    with counted() as sent:
        await tab.call(CaseloadState, "enter")
    assert len(tab.var(CaseloadState.rows)) == len(tab.var(CaseloadState.today)) == students
    assert 0 < len(sent) <= 6


async def test_opening_a_student_or_today_takes_at_most_eight_statements(tabs: Tabs, cast: Cast, db: OpenDb) -> None:
    student = add_students(db, cast, 4)
    tab = await tabs.tab(cast.tokens["slp"]).open("/caseload")
    with counted() as of_student:
        await tab.send(name=f"{StudentState.get_full_name()}.enter", path=f"/students/{student}")
    with counted() as of_today:
        await tab.send(name=f"{TodayState.get_full_name()}.enter", path="/today")
    assert len(tab.var(StudentState.goals)) == 3
    assert len(tab.var(TodayState.sessions)) == 4
    assert 0 < len(of_student) <= 8
    assert 0 < len(of_today) <= 8


@pytest.mark.parametrize("name", list(StudentTab))
async def test_opening_any_tab_of_a_student_takes_at_most_eight_statements(
    tabs: Tabs, cast: Cast, db: OpenDb, name: StudentTab
) -> None:
    student = add_students(db, cast, 1)
    tab = await tabs.tab(cast.tokens["slp"]).open("/caseload")
    path = f"/students/{student}?tab={name}"
    with counted() as sent:
        await tab.send(name=f"{StudentState.get_full_name()}.enter", path=path, query={"tab": name})
    assert tab.var(StudentState.tab) == name
    shown = {one for one in ("goals", "sessions", "timeline") if tab.var(getattr(StudentState, one))}
    assert shown == {name} & {"goals", "sessions", "timeline"}
    assert 0 < len(sent) <= 8


async def test_opening_a_session_takes_at_most_eight_statements(tabs: Tabs, cast: Cast, db: OpenDb) -> None:
    add_students(db, cast, 1)
    with db() as session:
        key = session.execute(select(col(TherapySession.id))).scalars().first()
    tab = await tabs.tab(cast.tokens["slp"]).open("/caseload")
    with counted() as sent:
        await tab.send(name=f"{SessionState.get_full_name()}.enter", path=f"/sessions/{key}")
    assert len(tab.var(SessionState.kids)) == 1
    assert 0 < len(sent) <= 8


async def test_opening_the_assistants_caseloads_takes_at_most_eight_statements(
    tabs: Tabs, cast: Cast, db: OpenDb
) -> None:
    add_students(db, cast, 3)
    with db() as session:
        for student in session.execute(select(Student)).scalars():
            grant(session, cast, student, "slpa", edit=True)
    tab = await tabs.tab(cast.tokens["supervisor"]).open("/supervision")
    with counted() as sent:
        await tab.call(SupervisionCaseloadsState, "enter")
    assert len(tab.var(SupervisionCaseloadsState.rows)) == 3
    assert 0 < len(sent) <= 8


async def test_opening_minutes_or_the_schedule_takes_at_most_eight_statements(
    tabs: Tabs, cast: Cast, db: OpenDb
) -> None:
    add_students(db, cast, 4)
    tab = await tabs.tab(cast.tokens["slp"]).open("/caseload")
    with counted() as of_minutes:
        await tab.call(MinutesState, "enter")
    with counted() as of_schedule:
        await tab.call(ScheduleState, "enter")
    assert len(tab.var(MinutesState.rows)) == 4
    assert 0 < len(of_minutes) <= 8
    assert 0 < len(of_schedule) <= 8


def built() -> dict[str, int]:
    """How many results each function of ours keeps for good: statements, which cost more to build than to run."""
    ours = [module for name, module in sys.modules.items() if name.startswith("therapytrack.")]
    kept = {f"{one.__module__}.{one.__name__}": one for module in ours for one in vars(module).values() if keeps(one)}
    return {name: one.cache_info().currsize for name, one in kept.items()}


def keeps(one: Any) -> bool:
    """Whether it is a function under `functools.cache`."""
    return isinstance(one, KEEPER) and one.cache_info().maxsize is None


async def test_no_page_builds_a_statement_a_second_time(tabs: Tabs, cast: Cast, db: OpenDb) -> None:
    student = add_students(db, cast, 1)
    tab = await tabs.tab(cast.tokens["slp"]).open("/caseload")
    paths: dict[type[rx.State], str] = {
        CaseloadState: "/caseload",
        TodayState: "/today",
        ScheduleState: "/schedule",
        MinutesState: "/minutes",
        StudentState: f"/students/{student}",
    }
    sizes = []
    for _ in range(2):
        for state, path in paths.items():
            await tab.send(name=f"{state.get_full_name()}.enter", path=path)
        sizes.append(built())
    assert sizes[0]["therapytrack.access.slots._slots_between"] > 0
    assert sizes[0] == sizes[1]


async def test_a_colleague_does_not_find_the_assistants_caseloads(tabs: Tabs, cast: Cast, db: OpenDb) -> None:
    add_students(db, cast, 1)
    tab = await tabs.tab(cast.tokens["slp"]).open("/caseload")
    await tab.call(SupervisionCaseloadsState, "enter")
    assert tab.var(SupervisionCaseloadsState.rows) == []
    assert tab.var(SupervisionCaseloadsState.missing)


async def test_asking_who_is_there_takes_one_statement(tabs: Tabs, cast: Cast) -> None:
    tab = await tabs.tab(cast.tokens["slp"]).open("/caseload")
    with counted() as sent:
        await tab.call(CaseloadState, "clear_selection")
    assert len(sent) == 1


async def test_the_frame_counts_what_waits_on_a_page_that_is_refused_too(tabs: Tabs, cast: Cast, db: OpenDb) -> None:
    with db() as session:
        student = add_student(session, cast)
        add_session(session, cast, student, TODAY)
    tab = tabs.tab(cast.tokens["slp"])
    await tab.send(name=f"{StudentState.get_full_name()}.enter", path="/students/not-an-id")
    assert tab.var(StudentState.missing) is True
    assert tab.var(StudentState.unsigned) == 1
