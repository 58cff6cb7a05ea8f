"""What is prepared once gives SQLite the very same, and answers the very same, as SQLAlchemy does each time anew."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import JSON, Boolean, Column, Connection, Date, MetaData, Table, Uuid, bindparam, event, insert, select
from sqlalchemy.exc import IntegrityError
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

from therapytrack.db import make_engine
from therapytrack.prepared import rows_of, run_many

FIRST, SECOND, THIRD = (UUID(int=number) for number in (1, 2, 3))
AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
CHILD = Table(
    "child",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("name", AutoString, nullable=False),
    Column("born", Date),
    Column("seen_at", UTCDateTime),
    Column("held", Boolean),
    Column("facts", JSON),
)
CHILDREN = [
    {"id": FIRST, "name": "Ana", "born": date(2017, 5, 4), "seen_at": AT, "held": True, "facts": {"steps": [1]}},
    {"id": SECOND, "name": "Bo", "born": None, "seen_at": None, "held": False, "facts": None},
]
# A value in two places, one of them before its list, a list that stays, and constants that are converted.
ASKED: Any = (
    select(*CHILD.c, CHILD.c.name, bindparam("at", type_=UTCDateTime()))
    .where((CHILD.c.seen_at == bindparam("at")) | CHILD.c.seen_at.is_(None), CHILD.c.id != THIRD)
    .where(CHILD.c.id.in_(bindparam("ids", expanding=True)), CHILD.c.name.in_(["Ana", "Bo"]))
    .where((CHILD.c.born < date(2020, 1, 1)) | CHILD.c.born.is_(None))
    .order_by(CHILD.c.name)
)
STORED = insert(CHILD)


@pytest.fixture
def connection() -> Iterator[Connection]:
    engine = make_engine("sqlite://")
    with engine.connect() as opened:
        CHILD.create(opened)
        assert run_many(opened, STORED, CHILDREN) == 2
        yield opened
    engine.dispose()


@pytest.mark.parametrize("ids", [[FIRST, SECOND, THIRD], [SECOND], []])
def test_driver_and_asker_get_what_sqlalchemy_gives_them(connection: Connection, ids: list[UUID]) -> None:
    sent: list[tuple[str, Any]] = []
    event.listen(connection, "before_cursor_execute", lambda *call: sent.append((call[2], call[3])))
    found = [tuple(row) for row in rows_of(connection, ASKED, {"ids": ids, "at": AT})]

    assert found == [tuple(row) for row in connection.execute(ASKED, {"ids": ids, "at": AT})]
    assert [row[:6] for row in found] == [tuple(one.values()) for one in CHILDREN if one["id"] in ids]
    assert sent[0] == sent[1]


def test_each_value_of_many_is_stored_as_sqlalchemy_stores_it(connection: Connection) -> None:
    raw = connection.exec_driver_sql("SELECT * FROM child ORDER BY name").all()
    connection.execute(CHILD.delete())
    connection.execute(STORED, CHILDREN)

    assert raw == connection.exec_driver_sql("SELECT * FROM child ORDER BY name").all()


def test_a_value_that_is_missing_or_refused_is_an_error_as_ever(connection: Connection) -> None:
    with pytest.raises(KeyError):
        rows_of(connection, ASKED, {"ids": [FIRST]})
    with pytest.raises(IntegrityError):
        run_many(connection, STORED, [CHILDREN[0]])
