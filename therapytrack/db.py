"""The engine and `transaction()`: the only place that commits.

Each transaction says what it is about: one workspace, or what happens before there is an actor. On PostgreSQL the
database itself holds it to that (`launcher.wall`): a query outside of a transaction of ours finds nothing.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import Connection, Dialect, Engine, TextClause, Uuid, create_engine, event, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import Session

from therapytrack.errors import IdTaken, Refusal, Unavailable
from therapytrack.prepared import rows_of, run_many
from therapytrack.settings import get_settings

# The second asks the drive itself to keep what was committed, where that is another request (macOS).
SQLITE_PRAGMAS = ("journal_mode=WAL", "fullfsync=ON", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000")
ROLE = "therapytrack_app"
# PostgreSQL waits for another's lock without end unless it is told; then the person is told that nothing was saved.
LONGEST_LOCK = "5s"
NOT_OWNER = (
    "This login does not see the rows of all workspaces. Set THERAPYTRACK_MIGRATION_DATABASE_URL to the address of the "
    "tables' owner (docs/operations.md, PostgreSQL)."
)
NOT_SAVED = "Not saved. The storage did not take it; your text is still here. Try again in a moment."

NOT_OPENED = (
    "This cannot be opened just now: every look is noted in the activity log, and the storage takes nothing at the "
    "moment. Try again in a moment."
)


# The same ids are read with every page: a list of sixty students would make five hundred of them anew each time.
_id_of = lru_cache(maxsize=8192)(UUID)


class KeptUuid(Uuid[UUID]):
    """An id that SQLite keeps as 32 hex digits, made once of the same digits."""

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], UUID | None] | None:
        """From digits to the id; None where the driver makes ids itself."""
        if super().result_processor(dialect, coltype) is None:  # type: ignore[no-untyped-call]
            return None
        return lambda digits: None if digits is None else _id_of(digits)


def make_engine(url: str) -> Engine:
    """An engine for `url` as its login; SQLite gets WAL and explicit transactions, PostgreSQL checks its connections.

    Errors never quote the values of a statement: they can be names and notes.
    """
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=10, hide_parameters=True)
    # The connection that was used last: SQLite keeps the pages that it read until another connection writes.
    newest = {} if url == "sqlite://" else {"pool_use_lifo": True}
    engine = create_engine(url, connect_args={"check_same_thread": False}, hide_parameters=True, **newest)
    engine.dialect.colspecs = {**engine.dialect.colspecs, Uuid: KeptUuid}

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in SQLITE_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        write = connection.get_execution_options().get("tt_write", True)
        if write is not None:
            connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def make_walled_engine(url: str) -> Engine:
    """As `make_engine`; on PostgreSQL each connection takes the role that owns nothing, whatever its login may, and
    waits for no lock longer than that."""
    engine = make_engine(url)
    if engine.dialect.name == "postgresql":

        @event.listens_for(engine, "connect")
        def _take_role(connection: Any, _record: Any) -> None:
            connection.autocommit = True
            connection.execute(f"SET ROLE {ROLE}")
            connection.execute(f"SET lock_timeout = '{LONGEST_LOCK}'")
            connection.autocommit = False

    return engine


@cache
def get_engine() -> Engine:
    """The process's engine, from the settings."""
    settings = get_settings()
    if settings.resolved_database_url.startswith("sqlite"):
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    return make_walled_engine(settings.resolved_database_url)


# What happens before there is an actor: signing up and in, resolving the actor, an invitation by its token. It sees
# accounts, sign-ins, workspaces, memberships and invitations, writes activity, and sees nothing of a student.
IDENTITY: Final = "identity"
Scope = UUID | Literal["identity"]
Write = Callable[[Session], object]
AT_END: Final = "at_end"
SCOPE = "scope"  # where a session keeps its present one

# For the length of the transaction alone: the next one on this connection begins without them. The role is taken again
# in case that somebody left it.
SETTINGS = (
    f"set_config('role', '{ROLE}', true), set_config('therapytrack.workspace', :workspace, true), "
    "set_config('therapytrack.identity', :identity, true)"
)
NARROW = text(f"SELECT {SETTINGS}")
# Lifts the wall for the tables' owner; whether this login is one, or needs not be.
MAINTAIN = text(
    "SELECT set_config('therapytrack.maintenance', 'on', true) = 'on' AND ((SELECT rolsuper FROM pg_roles "
    "WHERE rolname = current_user) OR pg_has_role(current_user, (SELECT relowner FROM pg_class "
    "WHERE oid = 'activity'::regclass), 'USAGE'))"
)
NARROW_AND_READ = text(f"SELECT set_config('transaction_read_only', 'on', true), {SETTINGS}")


@contextmanager
def transaction(scope: Scope, *, write: bool = True) -> Iterator[Session]:
    """One transaction within `scope` (a workspace's id, or IDENTITY): commits at the end, rolls back on any error.

    With `write`, SQLite takes its write lock at once, so that a check and the write that hangs on it cannot be
    separated; PostgreSQL does the same by row locks in `access.gate`. Raises Unavailable when the storage fails, and
    IdTaken when a new row's id is in use where this scope does not see it.
    """
    engine = get_engine() if write else get_engine().execution_options(tt_write=False)
    with failures_in_words(), Session(engine, expire_on_commit=False) as db, db.begin():
        _narrow(db, scope, NARROW if write else NARROW_AND_READ)
        yield db


@contextmanager
def viewing(scope: Scope) -> Iterator[Session]:
    """A transaction for what only reads and logs what it shows; what `at_end` was given is committed before it ends.

    SQLite has one writer at a time. Held while a page is read, its lock would keep everybody's marks and notes waiting;
    so the reading takes none, and the log takes it for a moment at the end: in the same transaction, or in one right
    after it when somebody has written meanwhile, because SQLite writes on nothing but the newest state. PostgreSQL
    needs none of this. Raises as `transaction` does, in the words of a look; then nothing may be shown.
    """
    try:
        with _viewing(scope) as db:
            yield db
    except Unavailable as error:
        raise (Unavailable(NOT_OPENED) if error.sentence == NOT_SAVED else error) from error


@contextmanager
def _viewing(scope: Scope) -> Iterator[Session]:
    if get_engine().dialect.name != "sqlite":
        with transaction(scope) as db:
            yield db
        return
    with transaction(scope, write=False) as db:
        writes: list[Write] = []
        db.info[AT_END] = writes
        yield db
        late = not _written(db, writes)
    if late:
        with transaction(scope) as db:
            for write in writes:
                write(db)


def plain_rows(db: Session, statement: Any, values: Mapping[str, Any]) -> Sequence[Any]:
    """The rows of a statement of columns, built once per process, straight from the driver and past the session's
    identity map: the ORM's way of running a statement costs more than most statements do."""
    db.flush()
    return rows_of(db.connection(), statement, values)


def plain_writes(db: Session, statement: Any, rows: Sequence[Mapping[str, Any]]) -> int:
    """Run a statement of the same kind, which answers nothing, for each of `rows`; how many stored rows it changed."""
    db.flush()
    return run_many(db.connection(), statement, rows)


def at_end(db: Session, write: Write) -> None:
    """Write now, or at the end of a transaction that only views."""
    writes: list[Write] | None = db.info.get(AT_END)
    if writes is None:
        write(db)
    else:
        writes.append(write)


def is_viewing(db: Session) -> bool:
    """Whether what is written has to wait for the end (see `viewing`)."""
    return AT_END in db.info


def _written(db: Session, writes: Sequence[Write]) -> bool:
    """Whether SQLite let this reading transaction write; not when another one has written since it began, or does."""
    try:
        for write in writes:
            write(db)
    except OperationalError as error:
        if getattr(error.orig, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


@contextmanager
def failures_in_words() -> Iterator[None]:
    """Turn what the database may well answer into errors of ours."""
    try:
        yield
    except OperationalError as error:
        raise Unavailable(NOT_SAVED) from error
    except IntegrityError as error:
        table = _table_of_taken_id(error.orig)
        if not table:
            raise
        taken = IdTaken()
        taken.refusal = Refusal("create", table, None)
        raise taken from error


def _table_of_taken_id(error: BaseException | None) -> str:
    """The table in which a new row's id was in use already; "" for any other fault."""
    if isinstance(error, sqlite3.IntegrityError):
        taken = error.sqlite_errorcode == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
        return str(error).rpartition(" ")[2].partition(".")[0] if taken else ""
    found = getattr(error, "diag", None)
    taken = found is not None and (found.constraint_name or "").startswith("pk_")
    return found.table_name if found and taken else ""


@contextmanager
def snapshot() -> Iterator[Session]:
    """One transaction that reads all workspaces as of one moment: for the operator's checks, as the tables' owner.

    Raises Unavailable when the storage fails or the login does not own the tables.
    """
    engine = make_engine(get_settings().resolved_migration_url).execution_options(tt_write=False)
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    try:
        with failures_in_words(), Session(engine, expire_on_commit=False) as db, db.begin():
            if engine.dialect.name == "postgresql" and not db.execute(MAINTAIN).scalar():
                raise Unavailable(NOT_OWNER)
            yield db
    finally:
        engine.dispose()


def enter_workspace(db: Session, workspace_id: UUID) -> None:
    """Go on in the workspace that work before an actor has found or made; the identity scope ends here."""
    _narrow(db, workspace_id, NARROW)


def enter_chain(db: Session, workspace_id: UUID | None) -> None:
    """Go on in the scope of one chain of the activity log, a workspace's or that of none, as the last thing done here.

    A session that was opened outside of all scopes (by the tables' owner) stays there.
    """
    scope: Scope = workspace_id or IDENTITY
    if db.info.get(SCOPE, scope) != scope:
        _narrow(db, scope, NARROW)


def _narrow(db: Session, scope: Scope, statement: TextClause) -> None:
    db.info[SCOPE] = scope
    if db.get_bind().dialect.name == "postgresql":
        before_actor = scope == IDENTITY
        values = {"workspace": "" if before_actor else str(scope), "identity": "on" if before_actor else ""}
        db.execute(statement, values)


@contextmanager
def look_up() -> Iterator[Connection]:
    """A connection for one statement that finds out who is asking; it sees what the scope IDENTITY sees.

    On SQLite one statement that only reads needs no transaction around it. Raises Unavailable when the storage fails.
    """
    engine = get_engine()
    if engine.dialect.name != "sqlite":
        with transaction(IDENTITY, write=False) as db:
            yield db.connection()
        return
    with failures_in_words(), engine.connect() as connection:
        yield connection.execution_options(tt_write=None)
