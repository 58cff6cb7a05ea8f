"""The one construct that SQLite and PostgreSQL share only in spirit: insert, or do something else on a conflict."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session


def dialect_of(db: Session) -> str:
    """The name of the session's own dialect."""
    return db.get_bind().dialect.name


def upsert(dialect: str, table: Any) -> Any:
    """An `INSERT` for `dialect` that has `on_conflict_do_update` and `on_conflict_do_nothing`."""
    return (postgresql if dialect == "postgresql" else sqlite).insert(table)
