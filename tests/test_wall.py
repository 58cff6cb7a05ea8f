"""The second wall on PostgreSQL: the server's role owns nothing and sees one workspace at a time, by default none."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, Executable, text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlmodel import Session

from tests.conftest import OpenDb, fresh_database
from tests.full_world import make_full_world, tables
from tests.worlds import World
from therapytrack.db import IDENTITY, LONGEST_LOCK, ROLE, enter_workspace, get_engine, transaction
from therapytrack.errors import Unavailable
from therapytrack.models import metadata

BEFORE_ACTOR = {
    "account", "activity", "audit_head", "calendar_feed", "invite", "known_device", "membership", "password_reset",
    "refusal_count", "sign_in", "sign_in_throttle", "workspace",
}  # fmt: skip
OF_A_WORKSPACE = [one.name for one in metadata.sorted_tables if "workspace_id" in one.columns]
# What only the owner of the tables, or a superuser, may do.
BEYOND = (
    "ALTER TABLE student DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE student NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE activity DISABLE TRIGGER ALL",
    "ALTER TABLE student ADD COLUMN more text",
    "DROP TABLE student",
    "DROP TRIGGER keep_activity_update ON activity",
    "DROP POLICY workspace ON student",
    "CREATE POLICY open ON student USING (true)",
    "CREATE TABLE mine (id int)",
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "SET session_replication_role = replica",
    "TRUNCATE activity",
    "UPDATE activity SET action = 'nothing'",
    "DELETE FROM activity",
    "DELETE FROM disclosure",
    "DELETE FROM student",
    "UPDATE alembic_version SET version_num = '0000'",
    f"ALTER ROLE {ROLE} BYPASSRLS",
    "CREATE ROLE another SUPERUSER",
)


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    yield from fresh_database(request, "postgresql")


@pytest.fixture
def world(db: OpenDb) -> World:
    with db() as session:
        return make_full_world(session)


@pytest.fixture
def elsewhere(db: OpenDb, world: World) -> UUID:
    """The outsider's workspace."""
    with db() as session:
        return world.cast.actor(session, "outsider").workspace_id


def seen(db: Session | Connection) -> dict[str, int]:
    """How many rows of each table can be seen."""
    return {one: db.execute(text(f"SELECT count(*) FROM {one}")).scalar_one() for one in tables()}


def test_the_full_world_has_a_row_in_every_table(db: OpenDb, world: World) -> None:
    with db() as session:
        assert [table for table, rows in seen(session).items() if not rows] == []


def test_without_a_scope_every_table_is_empty(world: World) -> None:
    with get_engine().connect() as connection:
        assert {table: rows for table, rows in seen(connection).items() if rows} == {}


def test_a_workspace_sees_its_own_rows_and_no_others(db: OpenDb, world: World, elsewhere: UUID) -> None:
    for workspace_id in (world.cast.workspace_id, elsewhere):
        with db() as session:
            wanted = {
                one: session.execute(
                    text(f"SELECT count(*) FROM {one} WHERE workspace_id = :id"), {"id": workspace_id}
                ).scalar_one()
                for one in OF_A_WORKSPACE
            }
            wanted["workspace"] = 1
            wanted["account"] = wanted["membership"]
        with transaction(workspace_id, write=False) as db_:
            found = seen(db_)
        assert {one: found[one] for one in wanted} == wanted
        assert found["known_device"] == (workspace_id == world.cast.workspace_id)


def test_before_there_is_an_actor_nothing_of_a_student_is_seen(world: World) -> None:
    with transaction(IDENTITY, write=False) as db:
        assert {table for table, rows in seen(db).items() if rows} == BEFORE_ACTOR


def test_going_on_into_a_workspace_ends_the_identity_scope(world: World, elsewhere: UUID) -> None:
    with transaction(IDENTITY) as db:
        enter_workspace(db, elsewhere)
        assert seen(db)["workspace"] == 1
        assert seen(db)["student"] == 0


def test_a_row_for_another_workspace_is_refused_by_every_table(db: OpenDb, world: World, elsewhere: UUID) -> None:
    with db() as session:
        for table in OF_A_WORKSPACE:
            session.execute(text(f"CREATE TEMPORARY TABLE copy_of_{table} ON COMMIT DROP AS SELECT * FROM {table}"))
            session.execute(text(f"GRANT SELECT ON copy_of_{table} TO {ROLE}"))
        enter_workspace(session, elsewhere)
        theirs = "WHERE workspace_id <> :elsewhere"
        for table in OF_A_WORKSPACE:
            others = ", ".join(one.name for one in metadata.tables[table].columns if one.name != "id")
            insert = text(
                f"INSERT INTO {table} (id, {others}) SELECT :id, {others} FROM copy_of_{table} {theirs} LIMIT 1"
            )
            with pytest.raises(ProgrammingError, match="row-level security"), session.begin_nested():
                session.execute(insert, {"id": uuid4(), "elsewhere": elsewhere})


def test_no_row_can_be_moved_into_another_workspace(world: World, elsewhere: UUID) -> None:
    # A sign-in follows its account; without a membership there it opens nothing.
    with transaction(world.cast.workspace_id) as db:
        for table in set(OF_A_WORKSPACE) - {"sign_in"}:
            with pytest.raises((ProgrammingError, IntegrityError)), db.begin_nested():
                db.execute(text(f"UPDATE {table} SET workspace_id = :id"), {"id": elsewhere})


def test_a_connection_used_again_after_a_rollback_sees_nothing(world: World) -> None:
    get_engine().dispose()  # one connection alone is there to be used again
    with transaction(world.cast.workspace_id) as db:
        first = db.execute(text("SELECT pg_backend_pid()")).scalar()
        assert seen(db)["student"]
        db.rollback()
    with get_engine().connect() as connection:
        assert connection.execute(text("SELECT pg_backend_pid()")).scalar() == first
        assert {table for table, rows in seen(connection).items() if rows} == set()


def test_a_connection_whose_role_was_left_is_put_into_it_again(world: World, elsewhere: UUID) -> None:
    get_engine().dispose()
    with get_engine().connect() as connection:
        connection.execute(text("RESET ROLE"))
        connection.commit()
        left = connection.execute(text("SELECT pg_backend_pid(), current_user")).one()
    with transaction(elsewhere) as db:
        assert db.execute(text("SELECT pg_backend_pid(), current_user")).one() == (left[0], ROLE)
        assert left[1] != ROLE
        assert seen(db)["student"] == 0


def test_the_servers_role_cannot_take_the_wall_down(world: World) -> None:
    for statement in BEYOND:
        with transaction(world.cast.workspace_id) as db, pytest.raises(ProgrammingError):
            db.execute(text(statement))


def test_who_waits_too_long_for_a_lock_is_told_so_in_words(db: OpenDb, world: World) -> None:
    query = text("SELECT id FROM student WHERE id = :id FOR UPDATE")
    with transaction(world.cast.workspace_id, write=False) as mine:
        assert mine.execute(text("SHOW lock_timeout")).scalar_one() == LONGEST_LOCK
    with db() as other:
        other.execute(query, {"id": world.student_id})
        with pytest.raises(Unavailable, match="Not saved"):
            wait_briefly(world.cast.workspace_id, query.bindparams(id=world.student_id))


def wait_briefly(workspace_id: UUID, query: Executable) -> None:
    """Ask with a shorter patience than the server's."""
    with transaction(workspace_id) as db:
        db.execute(text("SET LOCAL lock_timeout = '1ms'"))
        db.execute(query)
