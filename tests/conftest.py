"""What every test can ask for: a database of either kind, fresh and migrated, and settings that touch nothing else."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import Engine
from sqlmodel import Session

from tests import databases
from therapytrack import db as app_db

KINDS = ("sqlite", "postgresql")
# How long an example takes says something about the machine, not about the property.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
OpenDb = Callable[..., AbstractContextManager[Session]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests in a browser come last, in each worker too.

    Playwright's plain interface leaves an event loop running until the worker ends; no async test can start after it.
    """
    items.sort(key=uses_browser)


def uses_browser(item: pytest.Item) -> bool:
    """Whether a test asks for Chromium, itself or through another fixture (elsewhere `browser` is a client)."""
    return "e2e" in item.path.parts and "browser" in getattr(item, "fixturenames", ())


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all workers of this run share."""
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


@pytest.fixture(scope="session")
def postgresql_server(testrun_uid: str, worker_id: str) -> Iterator[str]:
    """The address of the run's PostgreSQL."""
    run = str(os.getpid()) if worker_id == "master" else testrun_uid
    with databases.postgresql(run) as url:
        yield url


@pytest.fixture(scope="session")
def worker_postgresql(postgresql_server: str, worker_id: str) -> Iterator[str]:
    """The address of this worker's own migrated PostgreSQL database."""
    with databases.copied_database(postgresql_server, f"tt_{worker_id}") as url:
        databases.LASTING[url] = {}
        yield url


@pytest.fixture(scope="session")
def worker_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where this worker's SQLite database lies, a new file for each test."""
    return tmp_path_factory.mktemp("sqlite")


@pytest.fixture(scope="session", autouse=True)
def lasting_engines() -> Iterator[None]:
    """The app's engine for a database of this worker is made once, and no SQLite file waits for the drive."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(app_db, "SQLITE_PRAGMAS", databases.FAST_PRAGMAS)
        patched.setattr(app_db, "make_walled_engine", partial(databases.lasting, app_db.make_walled_engine))
        yield


@pytest.fixture(autouse=True)
def clean_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Settings come from the test alone, data goes into its own folder, and neither outlives it."""
    for name in [name for name in os.environ if name.startswith("THERAPYTRACK_") or name == "PORT"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("THERAPYTRACK_DATA_DIR", str(tmp_path / "data"))
    databases.forget_engines()
    yield
    databases.forget_engines()


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty migrated database, once as SQLite and once as PostgreSQL."""
    yield from fresh_database(request, request.param)


@pytest.fixture
def sqlite_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty migrated SQLite database, for what does not depend on the kind."""
    yield from fresh_database(request, "sqlite")


def fresh_database(request: pytest.FixtureRequest, kind: str) -> Iterator[str]:
    """An empty migrated database of `kind`; what was written to it is gone afterwards."""
    if kind == "sqlite":
        migrated = databases.migrated_file(request.getfixturevalue("shared_folder"))
        url = databases.fresh_file(migrated, request.getfixturevalue("worker_folder"))
        databases.LASTING.setdefault(url, {})
        yield url
        return
    url = request.getfixturevalue("worker_postgresql")
    yield url
    databases.empty(url)


@pytest.fixture
def engine(database_url: str, monkeypatch: pytest.MonkeyPatch, clean_settings: None) -> Engine:
    """An engine on this test's database, which is the app's from here on; it sees the rows of every workspace."""
    monkeypatch.setenv("THERAPYTRACK_DATABASE_URL", database_url)
    databases.forget_engines()
    return databases.owner_engine()


@pytest.fixture
def db(engine: Engine) -> OpenDb:
    """Opens transactions on this test's database: `with db() as session: ...` commits at the end."""
    return databases.as_owner
