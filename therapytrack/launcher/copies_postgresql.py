"""Copies of an installation on PostgreSQL: its own programs copy the database, and the students' files go with it.

As on SQLite (`copies`) the database goes first. What is put back comes in one transaction: it is there whole, or what
was there before stays. Each login but a superuser's is under row-level security, which `therapytrack.maintenance` lifts
for the tables' owner alone; any other would copy no rows, and is refused.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, make_url
from sqlalchemy.exc import OperationalError, ProgrammingError

from therapytrack.db import make_engine
from therapytrack.launcher import wall
from therapytrack.launcher.copies import (
    IN_USE,
    NO_COPY,
    Copied,
    Restored,
    copy_files,
    count_missing,
    files_beside,
    new_of,
    put,
    set_aside,
    whole_or_not,
)
from therapytrack.launcher.database import unreachable
from therapytrack.launcher.progress import LaunchProblem
from therapytrack.settings import FILES_FOLDER, Settings

DUMP = ("pg_dump", "--format=custom", "--enable-row-security", "--no-password")
MISSING = (
    "The program {program} is not there. Install PostgreSQL's client programs, of the server's version or a newer one "
    "(on Debian the package postgresql-client), and run this again. Nothing was changed."
)
NOT_ITS_OWNER = (
    "This login does not own the tables, and would copy none of their rows. Set THERAPYTRACK_MIGRATION_DATABASE_URL to "
    "the address of the tables' owner for this command. Nothing was changed."
)
FAILED = "{program} did not go through ({why}). Nothing was changed."
MAINTENANCE = "-c therapytrack.maintenance=on"
OWNS = """
SELECT rolsuper OR rolbypassrls OR NOT EXISTS (
    SELECT FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'activity' AND tableowner <> current_user)
FROM pg_roles WHERE rolname = current_user
"""
OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
# What a newer release made and the copy does not know goes too: tables with what hangs on them, and our functions.
MAKE_ROOM = """
DO $$ DECLARE one text; BEGIN
    FOR one IN SELECT format('DROP TABLE IF EXISTS %I.%I CASCADE', schemaname, tablename)
        FROM pg_tables WHERE schemaname = current_schema() LOOP EXECUTE one; END LOOP;
    FOR one IN SELECT format('DROP FUNCTION IF EXISTS %s CASCADE', oid::regprocedure)
        FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
        AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e') LOOP EXECUTE one; END LOOP;
END $$;
"""


def backup(settings: Settings, target: Path | None = None) -> Copied:
    """Copy the database with `pg_dump`, and the students' files, while people work, whole or not at all.

    The files go into a folder named as the copy, ending in `.files`. Raises LaunchProblem when `pg_dump` is missing or
    fails, for a login that does not own the tables, without a database, and when the copy cannot be written.
    """
    copy = target or settings.data_dir / "backups" / f"therapytrack-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.dump"
    _require("pg_dump")
    with _connected(settings) as connection:
        if not _has_tables(connection):
            raise LaunchProblem("There are no tables in this database yet.")
        named = _named(connection)
    draft, files = new_of(copy), new_of(files_beside(copy))
    with whole_or_not(draft, files):
        copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _dump(settings, draft)
        count = copy_files(settings.data_dir / FILES_FOLDER, files)
        missing = count_missing(named, files)
        put(files, files_beside(copy))
        draft.replace(copy)
    return Copied(copy, count, missing)


def restore(settings: Settings, copy: Path) -> Restored:
    """Put a copy in the place of what is there, which is dumped into a folder of its own before. The server has to be
    stopped.

    A copy without files beside it (a dump made by hand) leaves the files that are there. Raises LaunchProblem without
    PostgreSQL's programs, for a running server, a login that does not own the tables, what is no copy, and what cannot
    be put back; then the database is as it was.
    """
    for program in ("pg_dump", "pg_restore", "psql"):
        _require(program)
    if not _is_copy(settings, copy):
        raise LaunchProblem(NO_COPY.format(path=copy))
    files, folder = files_beside(copy), settings.data_dir / FILES_FOLDER
    with_files = files.is_dir()
    before = settings.data_dir / "therapytrack.dump"
    script = settings.data_dir / ".restore.sql"
    with _connected(settings) as connection:
        if _is_in_use(connection):
            raise LaunchProblem(IN_USE)
        has_tables = _has_tables(connection)
        _make_role(connection)
    with whole_or_not(script, before, new_of(folder)):
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        if has_tables:
            _dump(settings, before)
        if with_files:
            copy_files(files, new_of(folder))
        _make_file(script)
        _run(settings, "pg_restore", f"--file={script}", str(copy))
        _run(settings, "psql", "--quiet", "--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1",
             f"--command={MAKE_ROOM}", f"--file={script}", f"--dbname={_address(settings)}")  # fmt: skip
        script.unlink()
    replaced = set_aside(settings, [one for one in (before, *([folder] if with_files else [])) if one.exists()])
    if with_files:
        put(new_of(folder), folder)
    with _connected(settings) as connection:
        return Restored(with_files, count_missing(_named(connection), folder), replaced)


def _require(program: str) -> None:
    if shutil.which(program) is None:
        raise LaunchProblem(MISSING.format(program=program))


@contextmanager
def _connected(settings: Settings) -> Iterator[Connection]:
    """A connection as the tables' owner, who sees all rows. Raises LaunchProblem."""
    engine = make_engine(settings.resolved_migration_url)
    try:
        with engine.begin() as connection:
            if not connection.exec_driver_sql(OWNS).scalar_one():
                raise LaunchProblem(NOT_ITS_OWNER)
            connection.exec_driver_sql("SET LOCAL therapytrack.maintenance = 'on'")
            yield connection
    except OperationalError as error:
        raise LaunchProblem(unreachable(settings)) from error
    finally:
        engine.dispose()


def _is_in_use(connection: Connection) -> bool:
    """Whether somebody else is connected; one that has just hung up is given two seconds to be gone."""
    for _ in range(20):
        if not connection.exec_driver_sql(OTHERS).scalar_one():
            return False
        connection.exec_driver_sql("SELECT pg_stat_clear_snapshot(), pg_sleep(0.1)")
    return True


def _make_role(connection: Connection) -> None:
    """The role of the second wall, which a server that had none lacks. Raises LaunchProblem."""
    try:
        wall.make_role(connection)
    except ProgrammingError as error:
        raise LaunchProblem(FAILED.format(program="CREATE ROLE", why="this login may make no roles")) from error


def _has_tables(connection: Connection) -> bool:
    return connection.exec_driver_sql("SELECT to_regclass('activity')").scalar() is not None


def _named(connection: Connection) -> list[tuple[str, str]]:
    """The files that are there for people, (workspace, id) in 32 digits each."""
    if connection.exec_driver_sql("SELECT to_regclass('attachment')").scalar() is None:
        return []
    rows = connection.exec_driver_sql("SELECT workspace_id, id FROM attachment WHERE removed_at IS NULL")
    return [(workspace.hex, file.hex) for workspace, file in rows]


def _dump(settings: Settings, target: Path) -> None:
    """The whole database in one file that only this account may read. Raises LaunchProblem."""
    _make_file(target)
    _run(settings, *DUMP, f"--file={target}", f"--dbname={_address(settings)}")


def _make_file(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)


def _is_copy(settings: Settings, path: Path) -> bool:
    """Whether this is a dump of ours that can be read to its end."""
    if not path.is_file():
        return False
    try:
        listed = _run(settings, "pg_restore", "--list", str(path))
        _run(settings, "pg_restore", f"--file={os.devnull}", str(path))
    except LaunchProblem:
        return False
    return " TABLE DATA " in listed and " alembic_version " in listed


def _address(settings: Settings) -> str:
    """The database's address as PostgreSQL's programs take it, without the password: others can read what they are
    started with."""
    url = make_url(settings.resolved_migration_url).set(drivername="postgresql")
    return url._replace(password=None).render_as_string(hide_password=False)


def _run(settings: Settings, program: str, *args: str) -> str:
    """What one of PostgreSQL's programs writes. Raises LaunchProblem with its first complaint, which quotes no row."""
    password = make_url(settings.resolved_migration_url).password
    env = os.environ | {"PGOPTIONS": MAINTENANCE} | ({"PGPASSWORD": str(password)} if password else {})
    done = subprocess.run([program, *args], env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (line for line in done.stderr.splitlines() if "error" in line.lower())
        why = next(said, f"exit code {done.returncode}")[:200]
        raise LaunchProblem(FAILED.format(program=program, why=why))
    return done.stdout
