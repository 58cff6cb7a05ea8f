"""the activity log is chained, and so are the rows that are there; disclosures and heads only grow

Rows written before this revision are numbered in the order of their time and hashed now. The chain of no workspace says
of how many rows of each workspace that is true ("begin log", detail "earlier").
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import sqlmodel
from alembic import op

from therapytrack.domain.audit_chain import BEGINNING, COVERED, AuditKey, new_head, row_hash, stored_form
from therapytrack.launcher.wall import BEFORE_ACTOR, IN_WORKSPACE, protect, unprotect
from therapytrack.models import new_id, utc_now
from therapytrack.services.audit_seal import current_keys

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NO_WORKSPACE = UUID(int=0)
BATCH = 2000
COLUMNS = {
    "id": sa.Uuid(),
    "created_at": sqlmodel.sql.sqltypes.UTCDateTime(),
    "workspace_id": sa.Uuid(),
    "account_id": sa.Uuid(),
    "membership_id": sa.Uuid(),
    "action": sa.Text(),
    "outcome": sa.Text(),
    "student_id": sa.Uuid(),
    "record_kind": sa.Text(),
    "record_id": sa.Uuid(),
    "detail": sa.JSON(),
    "sequence": sa.BigInteger(),
    "key_id": sa.Text(),
    "hash": sa.Text(),
}
ACTIVITY = sa.table("activity", *[sa.column(name, kind) for name, kind in COLUMNS.items()])
HEADS = sa.table(
    "audit_head",
    *[sa.column(name, COLUMNS[name]) for name in ("id", "created_at", "workspace_id", "sequence", "key_id", "hash")],
    sa.column("seal", sa.Text()),
)
# On SQLite an INSERT OR REPLACE deletes without asking the triggers for DELETE.
SAME = {
    "activity": "id = NEW.id OR (workspace_id IS NEW.workspace_id AND sequence = NEW.sequence)",
    "disclosure": "id = NEW.id",
    "audit_head": "id = NEW.id",
}
FORWARD = """
CREATE FUNCTION keep_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.id <> OLD.id OR NEW.sequence <= OLD.sequence THEN
        RAISE EXCEPTION 'a head only moves forward' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Bring the tables forward."""
    for operation in _operations():
        _drop_trigger("activity", operation)
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=True),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("key_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("seal", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_audit_head_workspace_id_workspace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.add_column("activity", sa.Column("sequence", sa.BigInteger(), nullable=True))
    op.add_column("activity", sa.Column("key_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True))
    op.add_column("activity", sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True))
    _seal_what_is_there(op.get_bind())
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.alter_column("sequence", existing_type=sa.BigInteger(), nullable=False)
        for name, length in (("key_id", 16), ("hash", 64)):
            kind = sqlmodel.sql.sqltypes.AutoString(length=length)
            batch_op.alter_column(name, existing_type=kind, nullable=False)
        batch_op.create_index("ix_activity_member", ["membership_id", "created_at"], unique=False)
        batch_op.create_index("ix_activity_chain", ["workspace_id", "sequence"], unique=True)
        batch_op.create_index(
            "ix_activity_own_chain",
            ["sequence"],
            unique=True,
            sqlite_where=sa.text("workspace_id IS NULL"),
            postgresql_where=sa.text("workspace_id IS NULL"),
        )
    _keep()
    if _postgresql():
        nowhere = f"ALL: workspace_id IS NULL AND {BEFORE_ACTOR}"
        protect(
            op.get_bind(), "audit_head", "SELECT, INSERT, UPDATE", workspace=f"ALL: {IN_WORKSPACE}", nowhere=nowhere
        )


def downgrade() -> None:
    """Take the tables back."""
    for table in ("activity", "disclosure"):
        for operation in _operations():
            _drop_trigger(table, operation)
    if _postgresql():
        unprotect(op.get_bind(), "audit_head")
        op.execute("DROP TRIGGER keep_audit_head_update ON audit_head")
        op.execute("DROP FUNCTION keep_forward()")
    else:
        op.execute("DROP TRIGGER keep_activity_replace")
        op.execute("DROP TRIGGER keep_disclosure_replace")
    op.drop_table("audit_head")
    with op.batch_alter_table("activity", schema=None) as batch_op:
        for name in ("ix_activity_own_chain", "ix_activity_chain", "ix_activity_member"):
            batch_op.drop_index(name)
        for name in ("hash", "key_id", "sequence"):
            batch_op.drop_column(name)
    for operation in _operations():
        _add_trigger("activity", operation, "activity only grows")


def _seal_what_is_there(db: sa.Connection) -> None:
    """Chain the rows of each workspace, and those of none; the chain of none ends with what was done here."""
    if not db.execute(sa.select(ACTIVITY.c.id).limit(1)).first():
        return
    key = next(iter(current_keys().values()))
    workspaces = db.execute(sa.select(ACTIVITY.c.workspace_id).distinct()).scalars().all()
    sealed = {one: _chain(db, key, one) for one in sorted(workspaces, key=str) if one is not None}
    sequence, last = _chain(db, key, None)
    for one, (earlier, _) in sealed.items():
        sequence += 1
        row = dict.fromkeys(COLUMNS) | {
            "id": new_id(),
            "created_at": utc_now(),
            "action": "begin log",
            "outcome": "done",
        }
        row |= {"record_kind": "workspace", "record_id": one, "sequence": sequence, "key_id": key.id}
        row |= {"detail": {"earlier": earlier}}
        last = _hash(key, row, json.dumps(row["detail"]), last)
        db.execute(sa.insert(ACTIVITY), row | {"hash": last})
    for one, (count, end) in (sealed | {None: (sequence, last)}).items():
        head = new_head(key, one or NO_WORKSPACE, count, end)
        place = {"id": one or NO_WORKSPACE, "created_at": utc_now(), "workspace_id": one}
        sealed_head = {"sequence": count, "hash": end, "key_id": key.id, "seal": head.seal}
        db.execute(sa.insert(HEADS), place | sealed_head)


def _chain(db: sa.Connection, key: AuditKey, workspace_id: UUID | None) -> tuple[int, str]:
    """Number and hash the rows of one chain by their time; how many there are, and the last hash."""
    sequence, last = 0, BEGINNING
    placed = (
        sa.update(ACTIVITY)
        .where(ACTIVITY.c.id == sa.bindparam("row"))
        .values({name: sa.bindparam(f"new_{name}") for name in ("sequence", "key_id", "hash")})
    )
    for rows in _batches(db, workspace_id):
        places = []
        for row, text in rows:
            sequence += 1
            row |= {"sequence": sequence, "key_id": key.id}
            last = _hash(key, row, text, last)
            places.append({"row": row["id"], "new_sequence": sequence, "new_key_id": key.id, "new_hash": last})
        db.execute(placed, places)
    return sequence, last


def _batches(db: sa.Connection, workspace_id: UUID | None) -> Iterator[list[tuple[dict[str, Any], str]]]:
    """The rows of a chain with the text of their detail, some at a time."""
    columns = ACTIVITY.c
    query = sa.select(ACTIVITY, sa.cast(columns.detail, sa.Text()).label("detail_text"))
    query = query.where(columns.workspace_id == workspace_id if workspace_id else columns.workspace_id.is_(None))
    query = query.order_by(columns.created_at, columns.id)
    after: tuple[Any, UUID] | None = None
    while True:
        later = sa.tuple_(columns.created_at, columns.id) > after if after else sa.true()
        found = [dict(row) for row in db.execute(query.where(later).limit(BATCH)).mappings()]
        if not found:
            return
        after = (found[-1]["created_at"], found[-1]["id"])
        yield [(row, row.pop("detail_text")) for row in found]


def _hash(key: AuditKey, row: dict[str, Any], detail: str, last: str) -> str:
    return row_hash(key, [stored_form(detail if name == "detail" else row[name]) for name in COVERED], last)


def _keep() -> None:
    """Triggers: the log and the register only grow, a head only moves forward and is never deleted."""
    for table in ("activity", "disclosure"):
        for operation in _operations():
            _add_trigger(table, operation, f"{table} only grows")
    for operation in _operations()[1:]:
        _add_trigger("audit_head", operation, "a head is never deleted")
    if _postgresql():
        op.execute(FORWARD)
        op.execute(
            "CREATE TRIGGER keep_audit_head_update BEFORE UPDATE ON audit_head FOR EACH ROW "
            "EXECUTE FUNCTION keep_forward()"
        )
        return
    op.execute(
        "CREATE TRIGGER keep_audit_head_update BEFORE UPDATE ON audit_head FOR EACH ROW "
        "WHEN (NEW.id IS NOT OLD.id OR NEW.sequence <= OLD.sequence) "
        "BEGIN SELECT RAISE(ABORT, 'a head only moves forward'); END"
    )
    for table, same in SAME.items():
        exists = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608
        op.execute(
            f"CREATE TRIGGER keep_{table}_replace BEFORE INSERT ON {table} FOR EACH ROW WHEN ({exists}) "
            f"BEGIN SELECT RAISE(ABORT, '{table}: this row is there already'); END"
        )


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _operations() -> tuple[str, ...]:
    return ("UPDATE", "DELETE", "TRUNCATE") if _postgresql() else ("UPDATE", "DELETE")


def _drop_trigger(table: str, operation: str) -> None:
    name = f"keep_{table}_{operation.lower()}"
    op.execute(f"DROP TRIGGER {name} ON {table}" if _postgresql() else f"DROP TRIGGER {name}")


def _add_trigger(table: str, operation: str, words: str) -> None:
    name = f"keep_{table}_{operation.lower()}"
    each = "STATEMENT" if operation == "TRUNCATE" else "ROW"
    does = (
        f"EXECUTE FUNCTION refuse_change('{words}')" if _postgresql() else f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {operation} ON {table} FOR EACH {each} {does}")
