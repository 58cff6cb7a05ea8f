"""the stages of a goal's life, entered and withdrawn but never changed, and its objectives

SQLite forgets triggers when a table is rebuilt: see revision 0002.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
import sqlmodel
from alembic import op
from uuid6 import uuid7

from therapytrack.db import ROLE
from therapytrack.launcher.wall import protect, unprotect

revision: str = "0024"
down_revision: str | None = "0023"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

STAGES = "'baseline', 'acquisition', 'generalization', 'maintenance', 'mastered', 'discontinued'"
# How the stages of before were called, by the beginning of their names.
NAMED = {"baseline": "baseline", "generali": "generalization", "maint": "maintenance"}
ENDED = {"met": ("mastered", "Mastered"), "discontinued": ("discontinued", "Discontinued")}
KEPT = {
    "goal_phase": ("workspace_id", "goal_id", "stage", "name", "starts_on", "entered_by_id", "corrects_id"),
    "objective": (
        "workspace_id", "goal_id", "position", "text", "target_on", "entered_by_id", "corrects_id",
    ),
}  # fmt: skip
PHASES = sa.table(
    "goal_phase",
    *(sa.column(name, sa.Uuid()) for name in ("id", "workspace_id", "goal_id")),
    *(sa.column(name, sa.String()) for name in ("stage", "name", "why")),
    sa.column("starts_on", sa.Date()),
    sa.column("created_at", sqlmodel.sql.sqltypes.UTCDateTime()),
)


def upgrade() -> None:
    """Bring the tables forward. A goal that was met or discontinued gets the stage, after its last data and phase."""
    with op.batch_alter_table("goal_phase", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_goal_phase_goal_id_starts_on"), type_="unique")
        batch_op.add_column(
            sa.Column(
                "stage", sqlmodel.sql.sqltypes.AutoString(length=20), server_default="acquisition", nullable=False
            )
        )
        for name in ("entered_by_id", "corrects_id", "withdrawn_by_id"):
            batch_op.add_column(sa.Column(name, sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(
            sa.Column("why", sqlmodel.sql.sqltypes.AutoString(length=200), server_default=sa.text("''"), nullable=False)
        )
        for name in ("entered_by_id", "withdrawn_by_id"):
            batch_op.create_foreign_key(
                batch_op.f(f"fk_goal_phase_workspace_id_{name}_membership"),
                "membership",
                ["workspace_id", name],
                ["workspace_id", "id"],
            )
        batch_op.create_check_constraint(batch_op.f("ck_goal_phase_stage"), f"stage in ({STAGES})")
    live = sa.text("withdrawn_at IS NULL")
    op.create_index(
        "ix_goal_phase_one_a_day",
        "goal_phase",
        ["goal_id", "starts_on"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )
    _fill()
    _make_objectives()
    for table, columns in KEPT.items():
        _keep(table, columns)
    if _postgresql():
        protect(op.get_bind(), "objective", "SELECT, INSERT, UPDATE")
        op.execute(f"REVOKE DELETE ON goal_phase FROM {ROLE}")


def downgrade() -> None:
    """Take the change back; of the stages of one day the last one that was entered stays."""
    for table in KEPT:
        for operation in ("update", "delete"):
            op.execute(f"DROP TRIGGER keep_{table}_{operation}" + (f" ON {table}" if _postgresql() else ""))
    if _postgresql():
        op.execute(f"GRANT DELETE ON goal_phase TO {ROLE}")
        unprotect(op.get_bind(), "objective")
    op.drop_table("objective")
    op.execute("DELETE FROM goal_phase WHERE withdrawn_at IS NOT NULL")
    op.drop_index("ix_goal_phase_one_a_day", "goal_phase")
    with op.batch_alter_table("goal_phase", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_goal_phase_stage"), type_="check")
        for name in ("entered_by_id", "withdrawn_by_id"):
            batch_op.drop_constraint(batch_op.f(f"fk_goal_phase_workspace_id_{name}_membership"), type_="foreignkey")
        for name in ("stage", "entered_by_id", "corrects_id", "withdrawn_by_id", "withdrawn_at", "why"):
            batch_op.drop_column(name)
        batch_op.create_unique_constraint(batch_op.f("uq_goal_phase_goal_id_starts_on"), ["goal_id", "starts_on"])


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _fill() -> None:
    for beginning, stage in NAMED.items():
        named = sa.func.lower(sa.func.trim(PHASES.c.name)).startswith(beginning)
        op.get_bind().execute(PHASES.update().where(named).values(stage=stage))
    goal = sa.table(
        "goal", sa.column("id", sa.Uuid()), sa.column("workspace_id", sa.Uuid()), sa.column("status", sa.String())
    )
    point = sa.table("goal_point", sa.column("goal_id", sa.Uuid()), sa.column("held_on", sa.Date()))
    version = sa.table("goal_version", sa.column("goal_id", sa.Uuid()), sa.column("starts_on", sa.Date()))
    last = (
        sa.select(sa.func.max(point.c.held_on)).where(point.c.goal_id == goal.c.id).scalar_subquery(),
        sa.select(sa.func.max(PHASES.c.starts_on)).where(PHASES.c.goal_id == goal.c.id).scalar_subquery(),
        sa.select(sa.func.min(version.c.starts_on)).where(version.c.goal_id == goal.c.id).scalar_subquery(),
    )
    query = sa.select(goal.c.id, goal.c.workspace_id, goal.c.status, *last).where(goal.c.status.in_(list(ENDED)))
    for goal_id, workspace_id, status, *days in op.get_bind().execute(query).all():
        stage, name = ENDED[status]
        day = max(one for one in (*days, datetime.now(UTC).date() if not any(days) else None) if one is not None)
        values = {
            "id": sa.Uuid().python_type(int=uuid7().int),
            "created_at": datetime.now(UTC),
            "workspace_id": workspace_id,
            "goal_id": goal_id,
            "stage": stage,
            "name": name,
            "starts_on": day + timedelta(days=1),
        }
        op.get_bind().execute(PHASES.insert().values(values))


def _make_objectives() -> None:
    op.create_table(
        "objective",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("mastery", sa.JSON(), nullable=False),
        sa.Column("target_on", sa.Date(), nullable=False),
        sa.Column("entered_by_id", sa.Uuid(), nullable=False),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("withdrawn_by_id", sa.Uuid(), nullable=True),
        sa.Column("why", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                ["workspace_id", name],
                [f"{table}.workspace_id", f"{table}.id"],
                name=op.f(f"fk_objective_workspace_id_{name}_{table}"),
            )
            for name, table in (
                ("goal_id", "goal"),
                ("entered_by_id", "membership"),
                ("withdrawn_by_id", "membership"),
            )
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_objective_workspace_id_workspace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objective")),
    )
    op.create_index(op.f("ix_objective_workspace_id"), "objective", ["workspace_id"])
    op.create_index("ix_objective_goal", "objective", ["workspace_id", "goal_id"])


def _keep(table: str, columns: tuple[str, ...]) -> None:
    """An entry changes once, by being withdrawn, and is never deleted."""
    unlike = "IS DISTINCT FROM" if _postgresql() else "IS NOT"
    changed = " OR ".join(f"NEW.{name} {unlike} OLD.{name}" for name in columns)
    rule = f"WHEN ({changed} OR OLD.withdrawn_at IS NOT NULL) "
    for operation, condition, words in (
        ("update", rule, "an entry is withdrawn, not changed"),
        ("delete", "", "an entry is withdrawn, not deleted"),
    ):
        refusal = (
            f"EXECUTE FUNCTION refuse_change('{words}')"
            if _postgresql()
            else f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
        )
        op.execute(
            f"CREATE TRIGGER keep_{table}_{operation} BEFORE {operation.upper()} ON {table} "
            f"FOR EACH ROW {condition}{refusal}"
        )
