"""What SQLite and PostgreSQL share only in spirit: insert, or do something else on a conflict; keys and moments as
browsers write them."""

from typing import Any

from sqlalchemy import BigInteger, String, type_coerce
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import Session


def dialect_of(db: Session) -> str:
    """The name of the session's own dialect."""
    return db.get_bind().dialect.name


def upsert(dialect: str, table: Any) -> Any:
    """An `INSERT` for `dialect` that has `on_conflict_do_update` and `on_conflict_do_nothing`."""
    return (postgresql if dialect == "postgresql" else sqlite).insert(table)


def raw_key(column: Any) -> Any:
    """A key's column as the driver gives it, which `key_text` reads: no UUID is made for each of hundreds of rows."""
    return type_coerce(column, String)


class Milliseconds(FunctionElement[int]):
    """A column of moments as whole milliseconds since 1970: no datetime is made for each of hundreds of rows."""

    type = BigInteger()
    inherit_cache = True


@compiles(Milliseconds)
def _milliseconds(element: Any, compiler: Any, **options: Any) -> str:
    at = compiler.process(element.clauses, **options)
    return f"CAST(floor(extract(epoch FROM {at}) * 1000) AS BIGINT)"


@compiles(Milliseconds, "sqlite")
def _milliseconds_of_text(element: Any, compiler: Any, **options: Any) -> str:
    """SQLite keeps "2026-03-31 10:15:00.123456", in UTC."""
    at = compiler.process(element.clauses, **options)
    return f"(CAST(strftime('%s', {at}) AS INTEGER) * 1000 + CAST(substr({at}, 21, 3) AS INTEGER))"


class Unindexed(FunctionElement[Any]):
    """A column by which SQLite is not to find rows: without statistics an index of a whole workspace seems best to it,
    whatever else is asked for. PostgreSQL knows better."""

    inherit_cache = True


@compiles(Unindexed)
def _as_it_is(element: Any, compiler: Any, **options: Any) -> str:
    return str(compiler.process(element.clauses, **options))


@compiles(Unindexed, "sqlite")
def _by_no_index(element: Any, compiler: Any, **options: Any) -> str:
    return f"+{compiler.process(element.clauses, **options)}"


def unindexed(column: Any) -> Any:
    """`column` as `Unindexed`, of its own type."""
    return type_coerce(Unindexed(column), column.type)


def key_text(raw: Any) -> str:
    """A raw key as addresses and browsers write it. SQLite keeps 32 digits; PostgreSQL's driver gives a UUID."""
    text = str(raw)
    return text if len(text) == 36 else f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
