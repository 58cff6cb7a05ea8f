"""The demo workspace for tests that look into it: loaded once in a run for each kind of database, copied for each test.

Its files stay with the one who loaded it: a copy has their rows alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from filelock import FileLock
from sqlalchemy import text
from sqlmodel import Session

from tests import databases
from therapytrack.db import make_engine
from therapytrack.models import utc_now
from therapytrack.services.demo import load_demo
from therapytrack.services.demo_sessions import ZONE


@contextmanager
def copy_of_demo(request: pytest.FixtureRequest, kind: str) -> Iterator[str]:
    """The address of a copy of the demo as of today in its workspace, for one test."""
    shared, worker = request.getfixturevalue("shared_folder"), request.getfixturevalue("worker_id")
    if kind == "sqlite":
        url = databases.fresh_file(_demo_file(shared), request.getfixturevalue("worker_folder"))
        databases.LASTING.setdefault(url, {})
        yield url
        return
    server = request.getfixturevalue("postgresql_server")
    with databases.copied_database(server, f"tt_demo_{worker}", _demo_template(server, shared)) as url:
        databases.LASTING.setdefault(url, {})
        yield url


def _today() -> str:
    return f"{utc_now().astimezone(ZONE):%Y%m%d}"


def _demo_file(shared: Path) -> Path:
    """A SQLite file with today's demo."""

    def fill(url: str) -> None:
        databases.migrate(url)
        _load(url)

    return databases.made_once(shared / f"demo-{_today()}.db", fill)


def _demo_template(server: str, shared: Path) -> str:
    """The name of the PostgreSQL database with today's demo."""
    name, engine = f"demo_{_today()}", databases.admin(server)
    with FileLock(shared / "demo-template.lock"), engine.connect() as connection:
        known = text("SELECT 1 FROM pg_database WHERE datname = :name")
        if not connection.execute(known, {"name": name}).scalar():
            with databases.copied_database(server, "demo_loading") as url:
                _load(url)
                connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE demo_loading")
    engine.dispose()
    return name


def _load(url: str) -> None:
    engine = make_engine(url)
    with Session(engine, expire_on_commit=False) as db, db.begin():
        load_demo(db, "hash")
    engine.dispose()
