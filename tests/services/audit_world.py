"""A log of two workspaces and of none, and hands that change it behind the product's back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection
from sqlmodel import Session

from tests.factories import Cast, add_student, make_cast
from therapytrack.services.activity import record, record_before_actor
from therapytrack.services.audit_check import check_chain, list_chains
from therapytrack.services.audit_seal import current_keys

ROWS = 12
TABLES = ("activity", "audit_head", "disclosure")


@dataclass
class Log:
    """Ids as the databases write them: 32 digits. The chain of `here` has twelve rows."""

    cast: Cast
    here: str
    there: str
    student: str


def make_log(db: Session, cast: Cast, student_id: UUID) -> Log:
    """Twelve acts in the cast's workspace, one of the outsider, two of nobody: stored when `db` commits."""
    slp, outsider = cast.actor(db, "slp"), cast.actor(db, "outsider")
    for number in range(1, ROWS + 1):
        record(
            db,
            slp,
            f"act {number}",
            student_id=student_id,
            record_kind="student",
            record_id=student_id,
            number=number,
            words=["é", "\u2028"],
        )
    record(db, outsider, "act elsewhere")
    for _ in range(2):
        record_before_actor(db, "sign in", refused=True, why="credentials")
    return Log(cast, slp.workspace_id.hex, outsider.workspace_id.hex, student_id.hex)


def make_world(db: Session) -> tuple[Cast, UUID]:
    """The cast and one student."""
    cast = make_cast(db)
    return cast, add_student(db, cast).id


@contextmanager
def unguarded(db: Session, *, keep: bool = False) -> Iterator[Callable[[str], Any]]:
    """Runs statements without triggers and foreign keys, as the owner of the tables can; undoes it, unless `keep`."""
    connection = db.connection()
    with connection.begin_nested() as done:
        put_back = _without_triggers(connection)
        yield connection.exec_driver_sql
        for statement in put_back if keep else ():
            connection.exec_driver_sql(statement)
        if not keep:
            done.rollback()


def _without_triggers(connection: Connection) -> list[str]:
    """Takes the triggers away; answers the statements that put them back."""
    if connection.dialect.name == "postgresql":
        for table in TABLES:
            connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        return [f"ALTER TABLE {table} ENABLE TRIGGER ALL" for table in TABLES]
    connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    query = f"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN {TABLES}"
    found = connection.exec_driver_sql(query).all()
    for name, _ in found:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    return [sql for _, sql in found]


def findings(db: Session) -> list[str]:
    """What a check of everything finds, each with its chain's first letters."""
    keys = current_keys(to_look=True)
    found = list_chains(db)
    said = [str(one) for one in found.findings]
    for chain in found.chains:
        said += [f"{chain.name}: {one}" for one in check_chain(db, keys, chain)]
    return said
