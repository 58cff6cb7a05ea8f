"""The revisions make exactly the tables that the models describe, on both databases, forwards and back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, text

from tests import databases
from therapytrack.db import ROLE
from therapytrack.launcher.database import alembic_config
from therapytrack.models import metadata

TABLES = [table.name for table in metadata.sorted_tables]
# What the server's role may do on PostgreSQL: read and add everywhere, change all but these, delete in these alone.
ONLY_GROW = {
    "activity", "co_signature", "disclosure", "invite_grant", "known_device", "note_return", "prompt_level",
    "report_answer",
}  # fmt: skip
DELETED_FROM = {
    "enrollment", "mandate", "refusal_count", "report_period", "school_calendar_day", "sign_in_throttle", "slot_day",
    "slot_student", "student_busy_time",
}  # fmt: skip
RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
# Tables whose rows are also reached by other ways than their workspace: see the policies in the revision.
SHARED = {"activity", "sign_in"}
# `launcher.wall.IN_WORKSPACE`, as PostgreSQL writes it back.
MINE = "(workspace_id = (NULLIF(current_setting('therapytrack.workspace'::text, true), ''::text))::uuid)"


@contextmanager
def empty_database(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    with databases.copied_database(
        request.getfixturevalue("postgresql_server"), f"revisions_{tmp_path.stat().st_ino}"
    ) as url:
        command.downgrade(alembic_config(url), "base")
        yield url


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_revisions_make_the_tables_of_the_models(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    with empty_database(kind, request, tmp_path) as url:
        command.upgrade(alembic_config(url), "head")
        command.check(alembic_config(url))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_every_revision_can_be_taken_back(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    with empty_database(kind, request, tmp_path) as url:
        command.upgrade(alembic_config(url), "head")
        command.downgrade(alembic_config(url), "base")
        engine = create_engine(url)
        assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
        engine.dispose()


def test_the_revisions_form_one_line() -> None:
    script = ScriptDirectory.from_config(alembic_config("sqlite://"))
    assert len(script.get_heads()) == 1


@pytest.fixture
def catalog(worker_postgresql: str) -> Iterator[Connection]:
    """A migrated PostgreSQL database, to look at its catalog."""
    engine = create_engine(worker_postgresql)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_every_table_stands_behind_the_second_wall(catalog: Connection) -> None:
    forced = text("SELECT relname FROM pg_class WHERE relkind = 'r' AND relrowsecurity AND relforcerowsecurity")
    walled = set(catalog.execute(forced).scalars())
    assert sorted(set(TABLES) - walled) == [], "let the revision that makes a table call launcher.wall.protect for it"


def test_the_servers_role_has_the_rights_that_the_product_needs_and_no_others(catalog: Connection) -> None:
    held = {table: {one for one in RIGHTS if catalog.execute(has_right(table, one)).scalar()} for table in TABLES}
    assert held == {table: rights_of(table) for table in TABLES}


def has_right(table: str, right: str) -> Any:
    """Asks whether the server's role has `right` on `table`."""
    return text("SELECT has_table_privilege(:role, :table, :right)").bindparams(role=ROLE, table=table, right=right)


def rights_of(table: str) -> set[str]:
    """The rights that the product needs on `table`."""
    rights = {"SELECT", "INSERT"} | (set() if table in ONLY_GROW else {"UPDATE"})
    return rights | ({"DELETE"} if table in DELETED_FROM else set())


def test_a_row_of_a_workspace_is_seen_and_written_in_its_workspace_alone(catalog: Connection) -> None:
    policies = text("SELECT tablename, cmd, qual, with_check FROM pg_policies WHERE policyname = 'workspace'")
    found = {row[0]: tuple(row[1:]) for row in catalog.execute(policies)}
    belongs = {table.name for table in metadata.sorted_tables if "workspace_id" in table.columns} - SHARED
    assert {table: found.get(table) for table in belongs} == dict.fromkeys(belongs, ("ALL", MINE, MINE))
