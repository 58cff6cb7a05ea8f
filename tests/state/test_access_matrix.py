"""The matrix of rights as a tab sees it: a tick sends the selection alone, and statements do not grow."""

from collections.abc import AsyncIterator
from dataclasses import asdict, is_dataclass
from typing import Any

import orjson
import pytest

from tests.conftest import OpenDb
from tests.harness import SUFFIX, Tab, Tabs, running_tabs
from tests.services.access_world import AccessWorld, make_access_world
from tests.services.test_access_matrix import grow
from tests.state.test_access import part
from tests.state.test_statements import counted
from therapytrack.models import new_id
from therapytrack.state.access_matrix import AccessMatrixState

STATEMENTS, WHO_IS_THERE = 8, 1
# Bytes: one tick among three, all 60 rows ticked, the matrix of 60 students and ten people.
TICK, TICK_OF_ALL, MATRIX = 500, 3_000, 50_000


@pytest.fixture
def world(db: OpenDb) -> AccessWorld:
    with db() as session:
        return make_access_world(session)


@pytest.fixture
async def tabs(world: AccessWorld) -> AsyncIterator[Tabs]:
    async with running_tabs() as running:
        yield running
        assert running.errors == []


def size(tab: Tab) -> int:
    """Bytes of JSON that the tab was sent since its deltas were cleared."""
    return sum(len(orjson.dumps(dict(delta), default=plain)) for delta in tab.deltas)


def plain(one: Any) -> Any:
    """A view as JSON."""
    return asdict(one) if is_dataclass(one) and not isinstance(one, type) else str(one)


def fields(tab: Tab) -> set[str]:
    """The vars that the tab was sent since its deltas were cleared."""
    return {name.removesuffix(SUFFIX) for delta in tab.deltas for values in delta.values() for name in values}


async def opened(tabs: Tabs, world: AccessWorld) -> tuple[Tab, list[str]]:
    """The matrix in the owner's tab, and its students' ids."""
    tab = await tabs.tab(world.cast.tokens["owner"]).open("/team/access")
    return tab, [part(row, "id") for row in tab.var(AccessMatrixState.rows)]


@pytest.mark.parametrize(("students", "people"), [(1, 1), (40, 8)])
async def test_opening_takes_as_many_statements_however_many_are_there(
    tabs: Tabs, world: AccessWorld, db: OpenDb, students: int, people: int
) -> None:
    with db() as session:
        grow(session, world, students, people)
    tab = await tabs.tab(world.cast.tokens["owner"]).open("/today")
    with counted() as sent:
        await tab.send(name=f"{AccessMatrixState.get_full_name()}.enter", path="/team/access")
    assert len(tab.var(AccessMatrixState.rows)) > students
    assert len(sent) == STATEMENTS


async def test_a_tick_sends_the_selection_and_never_the_matrix(tabs: Tabs, world: AccessWorld, db: OpenDb) -> None:
    with db() as session:
        grow(session, world, 60, 8)
    tab, ids = await opened(tabs, world)
    assert (len(ids), size(tab) > MATRIX) == (60, True)
    for number, student in enumerate(ids[:3], start=1):
        tab.deltas.clear()
        with counted() as sent:
            await tab.call(AccessMatrixState, "pick", student_id=student, on=True)
        assert tab.var(AccessMatrixState.selected) == ids[:number]
        assert fields(tab) == {"selected", "asked", "warned"}
        assert size(tab) <= TICK
        assert len(sent) == WHO_IS_THERE


async def test_everybody_at_once_is_one_small_answer_too(tabs: Tabs, world: AccessWorld, db: OpenDb) -> None:
    with db() as session:
        grow(session, world, 60, 8)
    tab, ids = await opened(tabs, world)
    tab.deltas.clear()
    await tab.call(AccessMatrixState, "pick_all", on=True)
    assert tab.var(AccessMatrixState.selected) == ids
    assert "rows" not in fields(tab)
    assert size(tab) <= TICK_OF_ALL


async def test_a_row_that_is_not_shown_cannot_be_ticked(tabs: Tabs, world: AccessWorld) -> None:
    tab, ids = await opened(tabs, world)
    for student in (str(new_id()), "", "x" * 300):
        await tab.call(AccessMatrixState, "pick", student_id=student, on=True)
    assert tab.var(AccessMatrixState.selected) in (None, [])
    await tab.call(AccessMatrixState, "pick", student_id=ids[0], on=True)
    await tab.call(AccessMatrixState, "pick", student_id=ids[0], on=False)
    assert tab.var(AccessMatrixState.selected) == []
