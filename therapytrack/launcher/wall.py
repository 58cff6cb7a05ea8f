"""The second wall, on PostgreSQL: a role that owns nothing, and row-level security that shows it one workspace a time.

The gate decides what a person may do; this holds when a query forgets to ask it. Rows are seen by the settings that
`db.transaction` makes for its own length: `therapytrack.workspace`, or `therapytrack.identity` before there is an
actor. Security is forced on the tables' owner too; `therapytrack.maintenance` lifts it for the owner alone, for
revisions that fill columns and for copies. Revisions call `protect` for every table that they make; SQLite has nothing
of this kind.
"""

from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.exc import ProgrammingError

from therapytrack.db import ROLE, make_walled_engine
from therapytrack.launcher.progress import LaunchProblem
from therapytrack.settings import Settings

WORKSPACE = "nullif(current_setting('therapytrack.workspace', true), '')::uuid"
IN_WORKSPACE = f"workspace_id = {WORKSPACE}"
IN_A_WORKSPACE = f"{WORKSPACE} IS NOT NULL"
BEFORE_ACTOR = "current_setting('therapytrack.identity', true) = 'on'"
IN_MAINTENANCE = "current_setting('therapytrack.maintenance', true) = 'on'"

# The role is the whole server's: another database's migration may be making it at this very moment.
MAKE_ROLE = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
        CREATE ROLE {role} NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""
# Whoever migrates with the server's own address must be able to become the role; with two addresses she need not.
JOIN_ROLE = """
DO $$ BEGIN
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        GRANT {role} TO CURRENT_USER;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation OR insufficient_privilege THEN NULL;
END $$
"""


def make_role(connection: Connection, role: str = ROLE) -> None:
    """Make the role unless it is there, and let the migrating login become it.

    Raises ProgrammingError when it is missing and this login may not make roles.
    """
    for statement in (MAKE_ROLE, JOIN_ROLE):
        connection.exec_driver_sql(statement.format(role=role))


def protect(connection: Connection, table: str, rights: str, **policies: str) -> None:
    """Enable and force row-level security on `table` and give the role `rights` ("SELECT, INSERT") on it.

    `policies`: by name, the command and condition, as "SELECT: workspace_id = ..."; by default one for all commands and
    the rows of the transaction's workspace.
    """
    connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    connection.exec_driver_sql(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    _policy(connection, table, "maintenance", f"ALL: {IN_MAINTENANCE}", "CURRENT_USER")
    for name, rule in (policies or {"workspace": f"ALL: {IN_WORKSPACE}"}).items():
        _policy(connection, table, name, rule, ROLE)
    connection.exec_driver_sql(f"GRANT {rights} ON {table} TO {ROLE}")


def unprotect(connection: Connection, table: str) -> None:
    """Take back what `protect` did."""
    names = "SELECT policyname FROM pg_policies WHERE tablename = %s AND schemaname = current_schema()"
    for name in connection.exec_driver_sql(names, (table,)).scalars().all():
        connection.exec_driver_sql(f"DROP POLICY {name} ON {table}")
    connection.exec_driver_sql(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    connection.exec_driver_sql(f"REVOKE ALL ON {table} FROM {ROLE}")


def _policy(connection: Connection, table: str, name: str, rule: str, role: str) -> None:
    command, _, condition = rule.partition(": ")
    using = "" if command == "INSERT" else f"USING ({condition})"
    check = "" if command in ("SELECT", "DELETE") else f"WITH CHECK ({condition})"
    connection.exec_driver_sql(f"CREATE POLICY {name} ON {table} FOR {command} TO {role} {using} {check}")


# Of the role that works and of the login behind it: (name, superuser, bypasses row-level security, tables owned).
WHO = """
SELECT rolname, rolsuper, rolbypassrls, (
    SELECT count(*) FROM pg_class
    WHERE relowner = pg_roles.oid AND relkind = 'r' AND relnamespace = current_schema()::regnamespace
) FROM pg_roles WHERE rolname = {who}
"""
OPEN_TABLES = """
SELECT relname FROM pg_class
WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace AND relname <> 'alembic_version'
    AND NOT (relrowsecurity AND relforcerowsecurity)
ORDER BY relname
"""


@dataclass(frozen=True, slots=True)
class Who:
    """A role of the database as the wall sees it."""

    name: str
    superuser: bool
    bypasses: bool
    owned: int

    @property
    def powers(self) -> list[str]:
        """What it could do that would pass the wall, in words."""
        found = [
            ("is a superuser", self.superuser),
            ("bypasses row-level security", self.bypasses),
            ("owns tables", self.owned > 0),
        ]
        return [words for words, holds in found if holds]


@dataclass(frozen=True, slots=True)
class Standing:
    """How the server stands before its database: the role that it works as, its login, and tables without a wall."""

    role: Who
    login: Who
    open_tables: list[str]


def look(settings: Settings) -> Standing:
    """Connect as the server does, and look. Raises LaunchProblem when the login may not take the role."""
    engine = make_walled_engine(settings.resolved_database_url)
    try:
        with engine.connect() as connection:
            role, login = (
                Who(*connection.exec_driver_sql(WHO.format(who=who)).one()) for who in ("current_user", "session_user")
            )
            return Standing(role, login, list(connection.exec_driver_sql(OPEN_TABLES).scalars()))
    except ProgrammingError as error:
        raise LaunchProblem(
            f"The login in THERAPYTRACK_DATABASE_URL may not work as the role {ROLE}. Let the database's administrator "
            f"run: GRANT {ROLE} TO that login (docs/operations.md, PostgreSQL)."
        ) from error
    finally:
        engine.dispose()
