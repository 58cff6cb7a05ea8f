"""How many statements it takes to open the pages of progress reports, whatever the number of goals and students."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import reflex as rx

from tests.conftest import OpenDb
from tests.factories import add_goal, add_session, add_student, grant
from tests.harness import Tab, Tabs, running_tabs
from tests.services.report_world import ReportWorld, build_reports, coded
from tests.state.test_statements import counted
from therapytrack.models import Student
from therapytrack.services.report_answers import return_report
from therapytrack.services.reports import save_text, submit_report
from therapytrack.state.co_sign import CoSignState
from therapytrack.state.report import ReportState
from therapytrack.state.reports import ReportsState

MOST = 8


@pytest.fixture
def world(db: OpenDb) -> ReportWorld:
    with db() as session:
        return build_reports(session)


@pytest.fixture
async def tabs(world: ReportWorld) -> AsyncIterator[Tabs]:
    async with running_tabs() as running:
        yield running
        assert running.errors == []


def add_goals(db: OpenDb, world: ReportWorld, count: int) -> None:
    """Further goals with data, and one that is told in words, until there are `count`."""
    with db() as session:
        child = session.get_one(Student, world.student_id)
        for number in range(count - 3):
            _, version = add_goal(session, child, f"Goal {number}", position=number + 2)
            add_session(session, world.cast, child, world.today, scores=[(version, 10, 8)])
        add_goal(session, child, "Greets", position=count, measure="narrative")


def add_submitted(db: OpenDb, world: ReportWorld, number: int) -> None:
    """The assistant's report of another student of hers."""
    with db() as session:
        child = add_student(session, world.cast, f"Ben {number}")
        grant(session, world.cast, child, "slpa", edit=True)
        grant(session, world.cast, child, "supervisor", edit=True)
        goals = (add_goal(session, child, "One")[0].id, add_goal(session, child, "Two", position=1)[0].id)
        other = replace(world, student_id=child.id, goals=goals)
        submit_report(session, world.actor(session, "slpa"), coded(session, other, "slpa"))


async def entered(tab: Tab, state: type[rx.State], path: str) -> int:
    """How many statements opening a page takes, once this process has found the log's head that the test moved."""
    name = f"{state.get_full_name()}.enter"
    await tab.send(name=name, path=path)
    with counted() as sent:
        await tab.send(name=name, path=path)
    return len(sent)


async def opened(tab: Tab, world: ReportWorld) -> int:
    """The same of the report."""
    return await entered(tab, ReportState, f"/reports/{world.period_id}/{world.student_id}")


async def test_a_report_of_three_goals_takes_as_many_as_one_of_eight(
    tabs: Tabs, world: ReportWorld, db: OpenDb
) -> None:
    tab = await tabs.tab(world.cast.tokens["slp"]).open("/reports")
    taken = []
    for goals in (3, 8):
        add_goals(db, world, goals)
        taken.append(await opened(tab, world))
    assert len(tab.var(ReportState.goals)) > 8
    assert taken[0] == taken[1] <= MOST


async def test_a_report_takes_at_most_eight_in_every_state_and_for_everybody(
    tabs: Tabs, world: ReportWorld, db: OpenDb
) -> None:
    people = {who: await tabs.tab(world.cast.tokens[who]).open("/reports") for who in ("slpa", "supervisor", "reader")}
    with db() as session:
        report = submit_report(session, world.actor(session, "slpa"), coded(session, world, "slpa"))
        shown = report.content_hash
    taken = {("submitted", who): await opened(tab, world) for who, tab in people.items()}
    with db() as session:
        return_report(session, world.actor(session, "supervisor"), *world.at, shown, "Which cues?")
        save_text(session, world.actor(session, "slpa"), *world.at, world.goals[0], "words", "Two.", 1)
    taken |= {("returned", who): await opened(tab, world) for who, tab in people.items()}
    assert people["slpa"].var(ReportState.report).comment == "Which cues?"
    assert {key: number for key, number in taken.items() if number > MOST} == {}


async def test_the_queue_of_sixty_students_takes_as_many_as_that_of_three(
    tabs: Tabs, world: ReportWorld, db: OpenDb
) -> None:
    tab = await tabs.tab(world.cast.tokens["slp"]).open("/today")
    taken, lines = [], 1
    for total in (3, 60):
        with db() as session:
            for number in range(lines, total):
                child = add_student(session, world.cast, f"Ana {number}")
                add_goal(session, child, "Goal")
                grant(session, world.cast, child, "slpa", edit=True)
        lines = total
        taken.append(await entered(tab, ReportsState, "/reports"))
        assert len(tab.var(ReportsState.lines)) == total
    assert taken[0] == taken[1] <= MOST


async def test_the_co_sign_queue_takes_as_many_for_one_report_as_for_four(
    tabs: Tabs, world: ReportWorld, db: OpenDb
) -> None:
    boss = await tabs.tab(world.cast.tokens["supervisor"]).open("/today")
    taken = []
    for numbers in ((0,), (1, 2, 3)):
        for number in numbers:
            add_submitted(db, world, number)
        taken.append(await entered(boss, CoSignState, "/co-sign"))
        assert len(boss.var(CoSignState.reports)) == boss.var(CoSignState.to_cosign) == numbers[-1] + 1
    assert taken[0] == taken[1] <= MOST
