"""Checks the activity log against its chain: what was edited, deleted, swapped, inserted, cut off or set back.

Values are read as the database holds them, as bytes: one that no column should hold is a finding and stops nothing.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, Text, Uuid, cast, func, select, type_coerce
from sqlalchemy.types import NullType
from sqlmodel import Session, col
from sqlmodel.sql.sqltypes import UTCDateTime

from therapytrack.db import enter_chain
from therapytrack.domain.audit_chain import COVERED, AuditKey, Head
from therapytrack.domain.audit_walk import Finding, Walk, joined
from therapytrack.models import Activity, AuditHead, Workspace
from therapytrack.services.audit_seal import BEGAN
from therapytrack.services.audit_sql import HEAD, NO_WORKSPACE, in_chain
from therapytrack.services.dialects import dialect_of

BATCH = 5000
OWN_LOG, UNKNOWN = "The installation's own log", "Unknown workspace"
GONE = "the whole log is missing"
BEGAN_TWICE = "the log was begun {count} times: what was there before is gone"
NOT_BEGUN = "its beginning is missing in the installation's own log"
STRAY = "rows of a workspace that cannot be"
TABLE: Any = Activity.__table__  # type: ignore[attr-defined]


@dataclass(slots=True)
class Chain:
    """One chain, of a workspace or of none. `began`: how often the installation's own log says that it was begun;
    `earlier`: its first rows, written before there were chains; `rows` and `head` are known after the check."""

    workspace_id: UUID | None
    name: str
    began: int = 1
    earlier: int = 0
    rows: int = 0
    head: Head | None = None


@dataclass(slots=True)
class Chains:
    """Every chain that there is or was, the installation's own first, and what is wrong with all of them together."""

    chains: list[Chain]
    findings: list[Finding] = field(default_factory=list)


def list_chains(db: Session) -> Chains:
    """Every chain by the installation's own log, by the rows, and by the heads."""
    enter_chain(db, None)
    began: Counter[UUID | None] = Counter()
    earlier: Counter[UUID | None] = Counter()
    told = select(raw(db, TABLE.c.record_id), raw(db, TABLE.c.detail))
    for record_id, detail in _ask(db, told.where(in_chain(None), col(Activity.action) == BEGAN)):
        began[_uuid(record_id)] += 1
        with suppress(ValueError, AttributeError, TypeError):
            earlier[_uuid(record_id)] += json.loads(detail or b"{}").get("earlier", 0)
    names = {_uuid(key): name for key, name in _ask(db, select(raw(db, col(Workspace.id)), col(Workspace.name)))}
    stored = set(_ask(db, select(raw(db, TABLE.c.workspace_id)).distinct()).scalars())
    stored |= set(_ask(db, select(raw(db, col(AuditHead.workspace_id)))).scalars())
    found = {_uuid(key) for key in stored - {None}} | set(began)
    known = sorted((key for key in found if key), key=lambda key: (names.get(key, UNKNOWN), str(key)))
    chains = [Chain(key, names.get(key, UNKNOWN), began[key], earlier[key]) for key in known]
    return Chains([Chain(None, OWN_LOG), *chains], [Finding(STRAY)] if None in found else [])


def check_chain(
    db: Session, keys: Mapping[str, AuditKey], chain: Chain, kept: Mapping[int, str] | None = None
) -> Iterator[Finding]:
    """What is wrong with one chain, in the order of its rows; neighbors as one.

    `kept`: hashes by row number that were written down elsewhere. Rows are streamed, so that a million take no more
    memory than a thousand.
    """
    walk = Walk(keys, chain.workspace_id or NO_WORKSPACE, dict(kept or {}))
    chain.head = stored_head(db, chain.workspace_id)
    yield from joined(_walk(db, walk, chain))
    chain.rows = walk.rows
    if chain.began > 1:
        yield Finding(BEGAN_TWICE.format(count=chain.began))
    elif chain.began and not walk.rows and chain.workspace_id:
        yield Finding(GONE)
    elif not chain.began and walk.rows:
        yield Finding(NOT_BEGUN)


def _walk(db: Session, walk: Walk, chain: Chain) -> Iterator[Finding]:
    columns = [raw(db, TABLE.c[name]) for name in (*COVERED, "hash")]
    query = select(type_coerce(TABLE.c.sequence, NullType()), *columns).where(in_chain(chain.workspace_id))
    rows = _ask(db, query.order_by(TABLE.c.sequence, TABLE.c.id), BATCH)
    for sequence, *covered, stored_hash in rows:
        yield from walk.take(sequence, covered, _text(stored_hash))
    yield from walk.end(chain.head)


def stored_head(db: Session, workspace_id: UUID | None) -> Head | None:
    """The head of a chain as it is stored; a number that is none becomes -1, which no seal covers."""
    enter_chain(db, workspace_id)
    query = select(*[raw(db, column) for column in HEAD.values()])
    row = _ask(db, query.where(col(AuditHead.id) == (workspace_id or NO_WORKSPACE))).first()
    if row is None:
        return None
    sequence, last, key_id, seal = map(_text, row)
    return Head(int(sequence) if sequence.isascii() and sequence.isdigit() else -1, last, key_id, seal)


def raw(db: Session, column: Any) -> Any:
    """`column` as the bytes that a row's hash covers."""
    if dialect_of(db) == "sqlite":
        return type_coerce(cast(column, LargeBinary()), LargeBinary())
    text: Any = cast(column, Text())
    if isinstance(column.type, Uuid):
        text = func.replace(text, "-", "")
    elif isinstance(column.type, UTCDateTime):
        text = func.to_char(func.timezone("UTC", column), "YYYY-MM-DD HH24:MI:SS.US")
    return cast(func.convert_to(text, "UTF8"), LargeBinary())


def _ask(db: Session, query: Any, batch: int = 0) -> Any:
    """Plain rows, `batch` at a time where it is given."""
    return db.connection().execute(query, execution_options={"yield_per": batch} if batch else {})


def _text(value: bytes | None) -> str:
    return (value or b"").decode(errors="replace")


def _uuid(value: bytes | None) -> UUID | None:
    try:
        return UUID(_text(value))
    except ValueError:
        return None
