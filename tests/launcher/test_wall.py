"""The second wall for each kind of login that an operator may give the server: the tables' owner, or one of its own."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Barrier
from uuid import uuid4

import pytest
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import ProgrammingError

from tests import databases
from tests.conftest import OpenDb, fresh_database
from tests.full_world import make_full_world
from tests.test_wall import BEYOND, seen
from therapytrack import db as app_db
from therapytrack.db import IDENTITY, ROLE, make_engine, make_walled_engine
from therapytrack.launcher import database, health, wall
from therapytrack.launcher.progress import LaunchProblem
from therapytrack.models import utc_now
from therapytrack.services.identity import NewAccount, create_account
from therapytrack.settings import Settings, get_settings

FORM = NewAccount("Ana", "ana@example.org", "hash", "slp", "CCC-SLP", "NY", "Lake School", "America/New_York")
Owners = Callable[..., str]


@pytest.fixture
def admin(postgresql_server: str) -> Iterator[Connection]:
    """The database server's administrator."""
    engine = create_engine(postgresql_server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    yield from fresh_database(request, "postgresql")


@contextmanager
def login(admin: Connection, options: str = "") -> Iterator[str]:
    """A new login's name; it and all that it owns are gone afterwards."""
    name = f"login_{uuid4().hex[:12]}"
    admin.exec_driver_sql(f"CREATE ROLE {name} LOGIN {options}")
    try:
        yield name
    finally:
        admin.exec_driver_sql(f"DROP ROLE {name}")


@contextmanager
def owned_database(admin: Connection, url: str, owner: str) -> Iterator[str]:
    """The address, as its owner, of a new and empty database."""
    name = f"db_{uuid4().hex[:12]}"
    admin.exec_driver_sql(f"CREATE DATABASE {name} OWNER {owner}")
    try:
        yield as_login(databases.with_database(url, name), owner)
    finally:
        admin.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


def as_login(url: str, name: str) -> str:
    """The same address for another login."""
    return re.sub(r"//[^@]*@", f"//{name}@", url)


@pytest.fixture
def owners(admin: Connection, postgresql_server: str) -> Iterator[Owners]:
    """Makes a database for an owner who may take the server's role, or not; answers its address as the owner."""
    with ExitStack() as stack:

        def make(*, member: bool) -> str:
            owner = stack.enter_context(login(admin))
            if member:
                admin.exec_driver_sql(f"GRANT {ROLE} TO {owner}")
            return stack.enter_context(owned_database(admin, postgresql_server, owner))

        yield make


@pytest.fixture
def servers_login(admin: Connection) -> Iterator[str]:
    """A login that may work as the server's role, and nothing else."""
    with login(admin) as name:
        admin.exec_driver_sql(f"GRANT {ROLE} TO {name}")
        yield name
        admin.exec_driver_sql(f"REVOKE {ROLE} FROM {name}")


def settings_of(url: str, folder: Path, migrations: str = "") -> Settings:
    return Settings(data_dir=folder, database_url=url, migration_database_url=migrations)


def use(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the app work with these settings."""
    monkeypatch.setenv("THERAPYTRACK_DATABASE_URL", settings.database_url)
    databases.forget_engines()


@contextmanager
def connected(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def told(settings: Settings) -> str:
    return "\n".join(one.line for one in health.examine(settings))


def test_the_owners_address_works_as_the_role_that_owns_nothing(
    owners: Owners, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(owners(member=True), tmp_path)
    database.migrate(settings)
    use(settings, monkeypatch)
    with app_db.transaction(IDENTITY) as db:
        assert create_account(db, FORM, utc_now())
    with app_db.get_engine().connect() as connection:
        assert not any(seen(connection).values())
    found = wall.look(settings)
    assert (found.role.name, found.role.powers, found.login.powers) == (ROLE, [], ["owns tables"])
    assert "LOOK  the server works" not in told(settings)


def test_security_is_forced_on_the_owner_and_lifted_for_her_own_maintenance_alone(
    owners: Owners, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(owners(member=True), tmp_path)
    database.migrate(settings)
    use(settings, monkeypatch)
    with app_db.transaction(IDENTITY) as db:
        create_account(db, FORM, utc_now())
    maintain = text("SELECT set_config('therapytrack.maintenance', 'on', true)")
    with connected(make_engine(settings.database_url)) as connection:
        assert not any(seen(connection).values())
        connection.execute(maintain)
        assert seen(connection)["workspace"] == 1
    with connected(make_walled_engine(settings.database_url)) as connection:
        connection.execute(maintain)
        assert not any(seen(connection).values())


def test_a_login_of_its_own_can_do_no_more_than_its_role_even_after_leaving_it(
    db: OpenDb, database_url: str, servers_login: str, tmp_path: Path
) -> None:
    with db() as session:
        workspace_id = make_full_world(session).cast.workspace_id
    settings = settings_of(as_login(database_url, servers_login), tmp_path, database_url)
    assert wall.look(settings).login.powers == []
    assert "can do no more than that role" in told(settings)
    with connected(make_walled_engine(settings.database_url)) as connection:
        connection.execute(text("RESET ROLE"))
        assert connection.execute(text("SELECT current_user")).scalar() == servers_login
        assert not any(seen(connection).values())
        for statement in BEYOND:
            with pytest.raises(ProgrammingError), connection.begin_nested():
                connection.execute(text(statement))
        # The honest limit: whoever can run any statement can name a workspace too.
        connection.execute(text(f"SELECT set_config('therapytrack.workspace', '{workspace_id}', true)"))
        assert seen(connection)["student"] == 1


def test_a_server_without_the_right_to_its_role_is_told_what_to_do(owners: Owners, tmp_path: Path) -> None:
    settings = settings_of(owners(member=False), tmp_path)
    database.migrate(settings)
    with pytest.raises(LaunchProblem, match=f"GRANT {ROLE} TO"):
        wall.look(settings)
    assert f"GRANT {ROLE} TO" in told(settings)


def test_a_servers_login_that_would_have_to_migrate_is_told_what_to_do(
    owners: Owners, servers_login: str, tmp_path: Path
) -> None:
    url = owners(member=False)
    with pytest.raises(LaunchProblem, match="THERAPYTRACK_MIGRATION_DATABASE_URL"):
        database.migrate(settings_of(as_login(url, servers_login), tmp_path))
    database.migrate(settings_of(as_login(url, servers_login), tmp_path, url))
    assert database.is_current(settings_of(as_login(url, servers_login), tmp_path))


def test_the_doctor_finds_a_role_with_powers_and_a_table_without_its_wall(
    owners: Owners, admin: Connection, tmp_path: Path
) -> None:
    url = owners(member=True)
    settings = settings_of(url, tmp_path)
    database.migrate(settings)
    with connected(make_engine(url)) as connection:
        connection.execute(text("ALTER TABLE trial NO FORCE ROW LEVEL SECURITY"))
        connection.commit()
    assert "LOOK  every table shows one workspace at a time: row-level security is off for trial" in told(settings)
    powers = wall.Who(ROLE, superuser=True, bypasses=True, owned=3).powers
    assert powers == ["is a superuser", "bypasses row-level security", "owns tables"]


def test_several_databases_may_make_the_role_at_the_same_moment(
    admin: Connection, postgresql_server: str, worker_postgresql: str
) -> None:
    role, barrier = f"race_{uuid4().hex[:12]}", Barrier(8)

    def make(number: int) -> None:
        url = (postgresql_server, worker_postgresql)[number % 2]
        with connected(create_engine(url)) as connection:
            barrier.wait(10)
            wall.make_role(connection, role)
            connection.commit()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(make, range(8)))
    found = text("SELECT rolsuper, rolbypassrls, rolcanlogin FROM pg_roles WHERE rolname = :role")
    assert admin.execute(found, {"role": role}).all() == [(False, False, False)]
    admin.exec_driver_sql(f"DROP ROLE {role}")


def test_an_owner_who_may_make_roles_needs_no_administrator(admin: Connection, postgresql_server: str) -> None:
    role = f"made_{uuid4().hex[:12]}"
    with login(admin, "CREATEROLE") as maker:
        with connected(create_engine(as_login(postgresql_server, maker))) as connection:
            wall.make_role(connection, role)
            connection.execute(text(f"SET ROLE {role}"))
            connection.commit()
        admin.exec_driver_sql(f"DROP ROLE {role}")


def test_sqlite_knows_no_roles_and_the_doctor_speaks_of_none(tmp_path: Path) -> None:
    assert get_settings().resolved_database_url.startswith("sqlite")
    settings = Settings(data_dir=tmp_path)
    database.migrate(settings)
    assert "works as" not in told(settings)
