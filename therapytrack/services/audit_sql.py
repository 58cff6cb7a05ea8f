"""The statements of the log's chain, built once per process: read, make and move a head, store rows, find the last one.

`chain` is the id of a head: the workspace's, or `NO_WORKSPACE`.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Text, bindparam, cast, insert, select, update
from sqlmodel import Session, col

from therapytrack.db import plain_rows, plain_writes
from therapytrack.domain.audit_chain import COVERED, Head
from therapytrack.models import Activity, AuditHead, utc_now
from therapytrack.services import alarms
from therapytrack.services.dialects import dialect_of, upsert

NO_WORKSPACE = UUID(int=0)
PLAIN = (*(name for name in COVERED if name != "detail"), "hash")
HEAD = {name: getattr(AuditHead, name) for name in ("sequence", "hash", "key_id", "seal")}


def read_head(db: Session, chain: UUID) -> Head | None:
    """The head as it is stored, locked until the transaction ends."""
    row = db.execute(_locked_head(), {"chain": chain}).first()
    return None if row is None else Head(*row)


def make_head(db: Session, workspace_id: UUID | None, head: Head) -> None:
    """Store a first head, unless somebody else just did."""
    values = {"id": workspace_id or NO_WORKSPACE, "workspace_id": workspace_id, "created_at": utc_now()}
    stored = {"sequence": head.sequence, "hash": head.hash, "key_id": head.key_id, "seal": head.seal}
    db.execute(_new_head(dialect_of(db)), values | stored)


def move_head(db: Session, chain: UUID, old: Head, new: Head, watch: alarms.Watch | None) -> Sequence[int] | None:
    """Put `new` in the place of `old`; None, and nothing moved, when that is not what is stored.

    Answers the values of `alarms.counts`, for a `watch`, of what was stored before.
    """
    places = {f"old_{name}": getattr(old, name) for name in HEAD}
    places |= {f"new_{name}": getattr(new, name) for name in HEAD}
    asked = places | {"chain": chain} | (watch.asked if watch else {})
    rows = plain_rows(db, _moved_head(bool(watch)), asked)
    return rows[0][1:] if rows else None


def insert_rows(db: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Store rows of the log; their `detail` is JSON text already, and stored as it is."""
    stored = [{name: row[name] for name in PLAIN} | {"detail_text": row["detail"]} for row in rows]
    plain_writes(db, _new_rows(dialect_of(db)), stored)


def last_row(db: Session, workspace_id: UUID | None) -> tuple[int, str] | None:
    """Sequence and hash of the newest row of a chain."""
    query = select(col(Activity.sequence), col(Activity.hash)).where(in_chain(workspace_id))
    row = db.execute(query.order_by(col(Activity.sequence).desc()).limit(1)).first()
    return None if row is None else (row[0], row[1])


def in_chain(workspace_id: UUID | None) -> Any:
    """Condition on Activity: rows of that workspace, or of none."""
    return col(Activity.workspace_id).is_(None) if workspace_id is None else col(Activity.workspace_id) == workspace_id


@cache
def _locked_head() -> Any:
    return select(*HEAD.values()).where(col(AuditHead.id) == bindparam("chain")).with_for_update()


@cache
def _new_head(dialect: str) -> Any:
    return upsert(dialect, AuditHead).on_conflict_do_nothing()


@cache
def _moved_head(watched: bool) -> Any:
    unchanged = [column == bindparam(f"old_{name}") for name, column in HEAD.items()]
    moved: Any = {name: bindparam(f"new_{name}") for name in HEAD}
    counted = alarms.counts() if watched else ()
    head: Any = AuditHead.__table__  # type: ignore[attr-defined]
    statement = update(head).where(col(AuditHead.id) == bindparam("chain"), *unchanged).values(moved)
    return statement.returning(col(AuditHead.sequence), *counted)


@cache
def _new_rows(dialect: str) -> Any:
    text: Any = bindparam("detail_text", type_=Text())
    return insert(Activity.__table__).values(detail=cast(text, JSON) if dialect == "postgresql" else text)  # type: ignore[attr-defined]
