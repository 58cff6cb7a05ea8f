"""Many short rows as one text: the database lists what belongs to one record, and one row hands it over."""

import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

_decode = json.JSONDecoder().raw_decode


class JsonRows(FunctionElement[str]):
    """The aggregate that makes one JSON text of all rows, each a list of its columns; dates become ISO text."""

    name = "json_rows"
    type = String()
    inherit_cache = True


@compiles(JsonRows, "sqlite")
def _on_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    return f"json_group_array(json_array({compiler.process(element.clauses, **kw)}))"


@compiles(JsonRows, "postgresql")
def _on_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    return f"CAST(json_agg(json_build_array({compiler.process(element.clauses, **kw)})) AS TEXT)"


def rows_in(text: str | list[list[Any]] | None) -> list[list[Any]]:
    """The rows in such a text; where there are none, SQLite says "[]" and PostgreSQL nothing.

    Rows within rows come as text from PostgreSQL and as rows from SQLite.
    """
    if isinstance(text, list):
        return text
    found: list[list[Any]] = _decode(text)[0] if text and text != "[]" else []
    return found


def moment_in(text: str) -> datetime:
    """A moment in such a text, aware: SQLite keeps it in UTC without saying so."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


@lru_cache(maxsize=1024)
def kept_json(text: str) -> Any:
    """What such a JSON column's text says, for columns of which many rows say the same (how a goal is measured).

    The answer is shared: it is for reading alone.
    """
    return json.loads(text)
