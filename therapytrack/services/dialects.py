"""The one construct that SQLite and PostgreSQL share only in spirit: insert, or do something else on a conflict."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session


def upsert(db: Session, table: Any) -> Any:
    """An `INSERT` for the session's own dialect that has `on_conflict_do_update` and `on_conflict_do_nothing`."""
    return (postgresql if db.get_bind().dialect.name == "postgresql" else sqlite).insert(table)
