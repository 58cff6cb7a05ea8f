"""Statements that are built once per process, run as SQLite's driver takes them: compiled, and their values converted,
once.

SQLAlchemy finds a statement again by comparing all of its parts, and goes through all of its values several times each
time that it runs: 0.2 ms for one that asks for rights, which the database answers in less. The SQL, the conversions and
what the driver gets are SQLAlchemy's own; another database, and what has no fixed form, goes the usual way.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.sql.compiler import SQLCompiler

LIST = re.compile(r"__\[POSTCOMPILE_\w+\]")
Convert = Callable[[Any], Any]
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Prepared:
    """`parts`: the SQL, cut where a list of values goes; `constants`: what the driver gets, in its order, but for the
    `given`: the name of each value of a run, its conversion, its places; `lists`: places that hold a list, and the
    conversion of what is in it; `results`: the columns of a row that are converted."""

    parts: tuple[str, ...]
    constants: tuple[Any, ...]
    given: tuple[tuple[str, Convert, tuple[int, ...]], ...]
    lists: tuple[tuple[int, Convert], ...]
    results: tuple[tuple[int, Convert], ...]

    def bound(self, values: Values) -> list[Any]:
        """The values of one run in the driver's order."""
        bound = list(self.constants)
        for name, convert, places in self.given:
            value = convert(values[name])
            for place in places:
                bound[place] = value
        return bound

    def all_bound(self, rows: Sequence[Values]) -> list[tuple[Any, ...]]:
        """The values of each of `rows` in the driver's order; what follows upon itself is converted once."""
        found = [list(self.constants) for _ in rows]
        for name, convert, places in self.given:
            before, converted = self, None
            for row, bound in zip(rows, found, strict=True):
                value = row[name]
                if value is not before:
                    before, converted = value, convert(value)
                for place in places:
                    bound[place] = converted
        return [tuple(one) for one in found]

    def rows(self, connection: Connection, values: Values) -> Sequence[Any] | None:
        """The rows; None for an empty list, for which the usual way has other SQL."""
        bound, sql = self.bound(values), self.parts[0]
        if self.lists:
            found = [[convert(one) for one in bound[place]] for place, convert in self.lists]
            if not all(found):
                return None
            for (place, _), filled in zip(reversed(self.lists), reversed(found), strict=True):
                bound[place : place + 1] = filled
            marks = [", ".join("?" * len(filled)) for filled in found]
            sql += "".join(mark + part for mark, part in zip(marks, self.parts[1:], strict=True))
        rows = connection.exec_driver_sql(sql, tuple(bound)).all()
        return [self._converted(row) for row in rows] if self.results else rows

    def _converted(self, row: Sequence[Any]) -> tuple[Any, ...]:
        columns = list(row)
        for place, convert in self.results:
            columns[place] = convert(columns[place])
        return tuple(columns)


def rows_of(connection: Connection, statement: Any, values: Values) -> Sequence[Any]:
    """The rows of a statement of columns that is built once per process."""
    prepared = _prepared(statement, connection.dialect, tuple(values))
    rows = prepared.rows(connection, values) if prepared else None
    return connection.execute(statement, values).all() if rows is None else rows


def run_many(connection: Connection, statement: Any, values: Sequence[Values]) -> int:
    """Run such a statement, which answers nothing, for each of `values`, all of which have the same names; how many
    rows it changed."""
    prepared, keeping = _prepared(statement, connection.dialect, tuple(values[0])), {"preserve_rowcount": True}
    if prepared is None or prepared.lists:
        return connection.execute(statement, values, execution_options=keeping).rowcount
    return connection.exec_driver_sql(prepared.parts[0], prepared.all_bound(values), execution_options=keeping).rowcount


@lru_cache(maxsize=1024)
def _prepared(statement: Any, dialect: Dialect, names: tuple[str, ...]) -> Prepared | None:
    """The statement as it always runs; None where it has no such form."""
    if dialect.name != "sqlite":
        return None
    compiled: SQLCompiler = statement.compile(dialect=dialect, column_keys=list(names))
    if compiled.literal_execute_params or compiled.insert_prefetch or compiled.update_prefetch:
        return None
    order, convert = compiled.positiontup or [], _to_driver(compiled, dialect)
    given = [name for name in dict.fromkeys(order) if name in names or compiled.binds[name].required]
    lists = [place for place, name in enumerate(order) if compiled.binds[name].expanding]
    whole = convert | {order[place]: _same for place in lists}
    columns = [one.type.dialect_impl(dialect).result_processor(dialect, None) for one in statement.exported_columns]
    return Prepared(
        parts=tuple(LIST.split(compiled.string)),
        constants=tuple(None if one in given else whole[one](compiled.binds[one].effective_value) for one in order),
        given=tuple((one, whole[one], tuple(at for at, name in enumerate(order) if name == one)) for one in given),
        lists=tuple((place, convert[order[place]]) for place in lists),
        results=tuple((place, one) for place, one in enumerate(columns) if one),
    )


def _to_driver(compiled: SQLCompiler, dialect: Dialect) -> dict[str, Convert]:
    """How each value is converted; of several uses of one name the last that asks for a conversion says so."""
    found: dict[str, Convert] = dict.fromkeys(compiled.bind_names.values(), _same)
    for one, name in compiled.bind_names.items():
        found[name] = one.type.dialect_impl(dialect).bind_processor(dialect) or found[name]
    return found


def _same(value: Any) -> Any:
    return value
