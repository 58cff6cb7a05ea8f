"""S: the very statements that a service ran, through the bare driver, and the rows as JSON."""

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson

KEY_FIRST = re.compile(r"INSERT INTO \w+ \((?P<columns>id, [^)]*)\)")
CONTROL = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "SET ")
GUARD = "FROM sign_in JOIN account"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement as the driver got it."""

    sql: str
    parameters: Any
    many: bool

    @property
    def counts(self) -> bool:
        """Whether it asks or changes anything, rather than opening or closing a transaction."""
        return not self.sql.startswith(CONTROL)

    @property
    def is_guard(self) -> bool:
        """Whether it only finds out who is asking: that is a part of F."""
        return GUARD in " ".join(self.sql.split())


def parse(recorded: Sequence[Sequence[Any]]) -> list[Statement]:
    """The statements of one recorded run, in order."""
    return [Statement(sql, parameters, many) for sql, parameters, many in recorded]


def of_service(statements: Sequence[Statement]) -> list[Statement]:
    """Without the guard's: transactions that only ask who is there go, with their BEGIN and their end."""
    kept: list[Statement] = []
    unit: list[Statement] = []
    for statement in statements:
        unit.append(statement)
        if statement.sql in ("COMMIT", "ROLLBACK"):
            if any(one.counts and not one.is_guard for one in unit):
                kept += unit
            unit = []
    return kept + [one for one in unit if not one.is_guard]


class Replay:
    """A connection like the server's, without anything above the driver."""

    def __init__(self, database: Path) -> None:
        self.connection = sqlite3.connect(database, isolation_level=None)
        for pragma in ("synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
            self.connection.execute(f"PRAGMA {pragma}")

    def run(self, statements: Sequence[Statement]) -> int:
        """Run them all; the size of the rows as JSON, in bytes. Inserted rows get keys of their own."""
        size = 0
        for statement in statements:
            if statement.sql in ("COMMIT", "ROLLBACK") and not self.connection.in_transaction:
                continue
            if statement.many:
                self.connection.executemany(statement.sql, [_fresh(statement.sql, one) for one in statement.parameters])
            else:
                rows = self.connection.execute(statement.sql, _fresh(statement.sql, statement.parameters)).fetchall()
                size += len(orjson.dumps(rows))
        return size

    def write(self, sql: str, parameters: Sequence[Any]) -> None:
        """One write in a transaction of its own."""
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.execute(sql, parameters)
        self.connection.execute("COMMIT")


def _fresh(sql: str, parameters: Sequence[Any]) -> Sequence[Any]:
    """Keys of its own for an inserted row; one of the activity log also gets a place that no other row has."""
    if not (found := KEY_FIRST.match(sql)):
        return parameters
    fresh = [uuid4().hex, *parameters[1:]]
    if "sequence" in (names := found["columns"].split(", ")) and sql.startswith("INSERT INTO activity"):
        fresh[names.index("sequence")] = uuid4().int >> 66
    return fresh
