"""the workspace's own words for attendance, and which of them an entry was given"""

from collections.abc import Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
import sqlmodel
from alembic import op
from uuid6 import uuid7

from therapytrack.launcher.wall import protect, unprotect

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# As they stood when this revision was written: label, reason, whether a make-up is owed.
DEFAULTS = (
    ("Present", "present", False),
    ("Student absent", "student_absent", False),
    ("Student refused", "student_refused", False),
    ("Provider absent", "provider_absent", True),
    ("School closed", "school_closed", False),
    ("School activity", "school_activity", False),
    ("Provider on other duty", "provider_duty", True),
)
REASONS = ", ".join(f"'{reason}'" for _, reason, _ in DEFAULTS)
SEALED = "OLD.note_status IN ('submitted', 'signed', 'cosigned')"
TRIGGER = "CREATE TRIGGER keep_session_entry_code BEFORE UPDATE ON session_entry FOR EACH ROW"
KEPT = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'session_entry' ORDER BY name"
FOREIGN_KEY = "fk_session_entry_workspace_id_attendance_code_id_attendance_code"


def upgrade() -> None:
    """Bring the tables forward."""
    table = op.create_table(
        "attendance_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("label", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("make_up_owed", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"reason in ({REASONS})", name=op.f("ck_attendance_code_reason")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_attendance_code_workspace_id_workspace")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_code")),
        sa.UniqueConstraint("workspace_id", "id", name="uq_attendance_code_workspace_id_id"),
    )
    with op.batch_alter_table("attendance_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attendance_code_workspace_id"), ["workspace_id"], unique=False)
    op.bulk_insert(table, _rows())
    triggers = _triggers()
    with op.batch_alter_table("session_entry", schema=None) as batch_op:
        batch_op.add_column(sa.Column("attendance_code_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f(FOREIGN_KEY), "attendance_code", ["workspace_id", "attendance_code_id"], ["workspace_id", "id"]
        )
    _put_back(triggers)
    if _postgresql():
        changed = "NEW.attendance_code_id IS DISTINCT FROM OLD.attendance_code_id"
        op.execute(f"{TRIGGER} WHEN ({SEALED} AND {changed}) EXECUTE FUNCTION refuse_change('what was signed stays')")
        protect(op.get_bind(), "attendance_code", "SELECT, INSERT, UPDATE")
    else:
        changed = "NEW.attendance_code_id IS NOT OLD.attendance_code_id"
        op.execute(f"{TRIGGER} WHEN ({SEALED} AND {changed}) BEGIN SELECT RAISE(ABORT, 'what was signed stays'); END")


def downgrade() -> None:
    """Take the change back."""
    op.execute("DROP TRIGGER keep_session_entry_code" + (" ON session_entry" if _postgresql() else ""))
    triggers = _triggers()
    with op.batch_alter_table("session_entry", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f(FOREIGN_KEY), type_="foreignkey")
        batch_op.drop_column("attendance_code_id")
    _put_back(triggers)
    if _postgresql():
        unprotect(op.get_bind(), "attendance_code")
    op.drop_table("attendance_code")


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _rows() -> list[dict[str, object]]:
    """The defaults for every workspace that there is."""
    workspaces = op.get_bind().execute(sa.select(sa.table("workspace", sa.column("id", sa.Uuid())).c.id)).scalars()
    return [
        {
            "id": sa.Uuid().python_type(int=uuid7().int),
            "created_at": datetime.now(UTC),
            "workspace_id": workspace,
            "label": label,
            "reason": reason,
            "make_up_owed": owed,
            "position": position,
            "version": 1,
        }
        for workspace in workspaces
        for position, (label, reason, owed) in enumerate(DEFAULTS)
    ]


def _triggers() -> list[str]:
    """What SQLite forgets when it rebuilds the table."""
    return [] if _postgresql() else list(op.get_bind().exec_driver_sql(KEPT).scalars())


def _put_back(triggers: list[str]) -> None:
    for statement in triggers:
        op.execute(statement)
