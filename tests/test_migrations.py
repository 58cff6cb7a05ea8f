"""The revisions make exactly the tables that the models describe, on both databases, forwards and back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

from tests import databases
from therapytrack.launcher.database import alembic_config


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
