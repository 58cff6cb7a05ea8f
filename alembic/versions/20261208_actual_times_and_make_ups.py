"""when each student came and left, what a session credits, and which missed session another one makes up"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SEALED = "OLD.note_status IN ('submitted', 'signed', 'cosigned')"
TRIGGER = "CREATE TRIGGER keep_session_entry_times BEFORE UPDATE ON session_entry FOR EACH ROW"
KEPT = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'session_entry' ORDER BY name"
FOREIGN_KEY = "fk_session_entry_workspace_id_makes_up_id_session_entry"
TIMES = ("arrived_at", "left_at")
CHECKS = {
    "ck_session_entry_leaves_after_arriving": "left_at > arrived_at",
    "ck_session_entry_make_up": "make_up in ('', 'owed', 'not_owed')",
    "ck_session_entry_makes_up_another": "makes_up_id <> id",
}
MINUTES = ["workspace_id", "student_id", "held_on", "attendance", "minutes"]
SOME = {
    "ix_session_entry_missed": (
        ["workspace_id", "student_id", "held_on"],
        "attendance NOT IN ('present', 'planned')",
    ),
    "ix_session_entry_makes_up": (["workspace_id", "makes_up_id"], "makes_up_id IS NOT NULL"),
}


def upgrade() -> None:
    """Bring the tables forward. What was recorded so far keeps its minutes, and no session makes up another."""
    with op.batch_alter_table("therapy_session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("credited_minutes", sa.Integer(), nullable=True))
    triggers = _triggers()
    with op.batch_alter_table("session_entry", schema=None) as batch_op:
        for name in TIMES:
            batch_op.add_column(sa.Column(name, sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("makes_up_id", sa.Uuid(), nullable=True))
        batch_op.add_column(_words("make_up", 10))
        batch_op.add_column(_words("make_up_why", 200))
        batch_op.create_foreign_key(
            batch_op.f(FOREIGN_KEY), "session_entry", ["workspace_id", "makes_up_id"], ["workspace_id", "id"]
        )
        for name, condition in CHECKS.items():
            batch_op.create_check_constraint(batch_op.f(name), condition)
    op.drop_index("ix_session_entry_minutes", "session_entry")
    op.create_index("ix_session_entry_minutes", "session_entry", [*MINUTES, "makes_up_id"])
    for name, (columns, condition) in SOME.items():
        only = sa.text(condition)
        op.create_index(name, "session_entry", columns, sqlite_where=only, postgresql_where=only)
    _put_back(triggers)
    unlike = "IS DISTINCT FROM" if _postgresql() else "IS NOT"
    changed = " OR ".join(f"NEW.{name} {unlike} OLD.{name}" for name in TIMES)
    words = "what was signed stays"
    if _postgresql():
        op.execute(f"{TRIGGER} WHEN ({SEALED} AND ({changed})) EXECUTE FUNCTION refuse_change('{words}')")
    else:
        op.execute(f"{TRIGGER} WHEN ({SEALED} AND ({changed})) BEGIN SELECT RAISE(ABORT, '{words}'); END")


def downgrade() -> None:
    """Take the change back."""
    op.execute("DROP TRIGGER keep_session_entry_times" + (" ON session_entry" if _postgresql() else ""))
    triggers = _triggers()
    for name in (*SOME, "ix_session_entry_minutes"):
        op.drop_index(name, "session_entry")
    with op.batch_alter_table("session_entry", schema=None) as batch_op:
        for name in CHECKS:
            batch_op.drop_constraint(batch_op.f(name), type_="check")
        batch_op.drop_constraint(batch_op.f(FOREIGN_KEY), type_="foreignkey")
        for name in ("make_up_why", "make_up", "makes_up_id", *TIMES):
            batch_op.drop_column(name)
    op.create_index("ix_session_entry_minutes", "session_entry", MINUTES)
    _put_back(triggers)
    with op.batch_alter_table("therapy_session", schema=None) as batch_op:
        batch_op.drop_column("credited_minutes")


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _words(name: str, length: int) -> sa.Column[str]:
    return sa.Column(
        name, sqlmodel.sql.sqltypes.AutoString(length=length), server_default=sa.text("''"), nullable=False
    )


def _triggers() -> list[str]:
    """What SQLite forgets when it rebuilds the table."""
    return [] if _postgresql() else list(op.get_bind().exec_driver_sql(KEPT).scalars())


def _put_back(triggers: list[str]) -> None:
    for statement in triggers:
        op.execute(statement)
