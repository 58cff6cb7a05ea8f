"""every kind of data in the one table of raw events, points with values, targets of goals, narratives"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op

from therapytrack.launcher.wall import protect, unprotect

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

BEFORE = ("trials", "tally")
MEASURES = (*BEFORE, "task", "frequency", "rate", "duration", "latency", "interval", "rubric", "narrative")
FACTS = ("scale_version", "place", "amount")
TRIGGER = "CREATE TRIGGER keep_trial_facts BEFORE UPDATE ON trial FOR EACH ROW"


def upgrade() -> None:
    """Bring the tables forward. Every prompt that was recorded so far is of the workspace's first scale."""
    unlike = "IS DISTINCT FROM" if _postgresql() else "IS NOT"
    for name in FACTS:
        with op.batch_alter_table("trial", schema=None) as batch_op:
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=True))
    op.execute("UPDATE trial SET scale_version = 1 WHERE prompt_rank IS NOT NULL")
    changed = " OR ".join(f"NEW.{name} {unlike} OLD.{name}" for name in FACTS)
    words = "a trial stays as it was recorded"
    if _postgresql():
        op.execute(f"{TRIGGER} WHEN ({changed}) EXECUTE FUNCTION refuse_change('{words}')")
    else:
        op.execute(f"{TRIGGER} WHEN ({changed}) BEGIN SELECT RAISE(ABORT, '{words}'); END")
    with op.batch_alter_table("goal_point", schema=None) as batch_op:
        batch_op.add_column(sa.Column("amount", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("value", sa.Float(), nullable=True))
    _add_json("goal", "targets", "[]")
    _add_json("goal_version", "setup", "{}")
    with op.batch_alter_table("goal_version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("places", sa.Integer(), server_default="0", nullable=False))
        batch_op.drop_constraint(batch_op.f("ck_goal_version_measure"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_goal_version_measure"), _one_of(MEASURES))
    _add_narratives()


def _add_json(table: str, column: str, value: str) -> None:
    """Rows that are there get `value`; later ones bring theirs."""
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.add_column(sa.Column(column, sa.JSON(), server_default=value, nullable=False))
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.alter_column(column, server_default=None)


def _add_narratives() -> None:
    op.create_table(
        "goal_narrative",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("goal_version_id", sa.Uuid(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(length=5000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["goal_version_id"], ["goal_version.id"], name=op.f("fk_goal_narrative_goal_version_id_goal_version")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "entry_id"],
            ["session_entry.workspace_id", "session_entry.id"],
            name=op.f("fk_goal_narrative_workspace_id_entry_id_session_entry"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "goal_id"],
            ["goal.workspace_id", "goal.id"],
            name=op.f("fk_goal_narrative_workspace_id_goal_id_goal"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_goal_narrative_workspace_id_workspace")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_narrative")),
        sa.UniqueConstraint("entry_id", "goal_id", name=op.f("uq_goal_narrative_entry_id_goal_id")),
    )
    with op.batch_alter_table("goal_narrative", schema=None) as batch_op:
        batch_op.create_index("ix_goal_narrative_goal", ["workspace_id", "goal_id", "held_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_goal_narrative_workspace_id"), ["workspace_id"], unique=False)
    if _postgresql():
        protect(op.get_bind(), "goal_narrative", "SELECT, INSERT, UPDATE")


def downgrade() -> None:
    """Take the change back; goals that are measured in a new way read as trials, their events stay."""
    if _postgresql():
        unprotect(op.get_bind(), "goal_narrative")
    op.drop_table("goal_narrative")
    op.execute("UPDATE goal_version SET measure = 'trials' WHERE measure NOT IN ('trials', 'tally')")
    with op.batch_alter_table("goal_version", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_goal_version_measure"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_goal_version_measure"), _one_of(BEFORE))
        batch_op.drop_column("places")
        batch_op.drop_column("setup")
    with op.batch_alter_table("goal", schema=None) as batch_op:
        batch_op.drop_column("targets")
    with op.batch_alter_table("goal_point", schema=None) as batch_op:
        batch_op.drop_column("value")
        batch_op.drop_column("amount")
    op.execute("DROP TRIGGER keep_trial_facts" + (" ON trial" if _postgresql() else ""))
    triggers = _triggers()
    with op.batch_alter_table("trial", schema=None) as batch_op:
        for name in reversed(FACTS):
            batch_op.drop_column(name)
    for statement in triggers:
        op.execute(statement)


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _one_of(measures: Sequence[str]) -> str:
    return "measure in ({})".format(", ".join(f"'{one}'" for one in measures))


def _triggers() -> list[str]:
    """What SQLite forgets when it rebuilds the table."""
    kept = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'trial' ORDER BY name"
    return [] if _postgresql() else list(op.get_bind().exec_driver_sql(kept).scalars())
