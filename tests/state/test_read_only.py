"""A database file that takes no writes: pages say that they cannot be opened, or are not saved; nothing is written."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from tests import databases
from tests.conftest import OpenDb
from tests.harness import Tab, running_tabs
from tests.sweeping import filled, handlers_by_page, pages, payloads_for, rows_of, unexpected
from tests.worlds import CANARIES, World, make_world
from therapytrack.db import NOT_OPENED, NOT_SAVED, get_engine

LOADS_NOTHING = "/prove"
SHOW_RECORDS = {
    "/caseload", "/today", "/notes", "/sessions/[session_id]", "/sessions/[session_id]/notes", "/students/[student_id]",
    "/students/[student_id]/edit", "/students/[student_id]/goals/new", "/students/[student_id]/goals/[goal_id]",
    "/students/[student_id]/goals/[goal_id]/edit", "/students/[student_id]/drafts/new",
    "/students/[student_id]/access", "/team/access", "/activity",
}  # fmt: skip


@pytest.fixture
def world(engine: Engine, db: OpenDb) -> World:
    with db() as session:
        return make_world(session)


@pytest.fixture
def read_only(world: World, engine: Engine, worker_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """From here on SQLite itself opens the file for reading alone, as it does on storage that is mounted so."""
    file = worker_folder / "therapytrack.db"
    assert file.exists()
    monkeypatch.setenv("THERAPYTRACK_DATABASE_URL", f"sqlite:///file:{file}?mode=ro&uri=true")
    databases.forget_engines()
    yield
    with pytest.raises(OperationalError, match="readonly"), get_engine().begin() as connection:
        connection.exec_driver_sql("DELETE FROM sign_in")


pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def test_a_look_that_cannot_be_logged_shows_nothing_and_the_page_says_so(world: World, read_only: None) -> None:
    said = set()
    async with running_tabs() as tabs:
        for who in ("slp", "supervisor", "owner"):
            for route in pages():
                tab = await tabs.tab(world.cast.tokens[who]).open(filled(route, world.ids))
                assert tab.failures == [], (who, route)
                assert [one for one in CANARIES if one in tab.received] == [], (who, route)
                assert NOT_OPENED in tab.received or has_loaded(tab) or route == LOADS_NOTHING, (who, route)
                said |= {route} if NOT_OPENED in tab.received else set()
        assert tabs.errors == []
    assert said >= SHOW_RECORDS


async def test_no_handler_writes_or_falls_over(world: World, read_only: None) -> None:
    engine = get_engine()
    before = rows_of(engine)
    async with running_tabs() as tabs:
        for who in ("slp", "supervisor", "owner"):
            tab = tabs.tab(world.cast.tokens[who])
            for route, its_own in handlers_by_page().items():
                for name in its_own:
                    for payload in payloads_for(name, world.ids["student_id"], world.ids):
                        await tab.send(name=name, payload=payload, path=filled(route, world.ids))
            assert unexpected(tab) == []
            assert NOT_SAVED in tab.received
        assert tabs.errors == []
    assert rows_of(engine) == before


def has_loaded(tab: Tab) -> bool:
    """Whether the page is there, with what nobody needs to log or with the answer of a missing record."""
    return "ready_rx_state_': True" in tab.received
