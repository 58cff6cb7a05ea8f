"""a goal bank for each workspace; it begins empty where the workspace is older, with an offer of the starter goals"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op

from therapytrack.launcher.wall import protect, unprotect

revision: str = "0027"
down_revision: str | None = "0026"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TEXTS = {
    "label": 80,
    "discipline": 40,
    "area": 60,
    "grade_band": 10,
    "measure": 20,
    "direction": 4,
    "condition": 500,
    "behavior": 500,
    "criterion": 500,
}


def upgrade() -> None:
    """Bring the tables forward."""
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "bank_goal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, text(length=length), nullable=False) for name, length in TEXTS.items()),
        sa.Column("target_value", sa.Float(), nullable=False),
        sa.Column("mastery", sa.JSON(), nullable=False),
        sa.Column("setup", sa.JSON(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("search", text(length=4000), nullable=False),
        sa.Column("retired_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "grade_band in ('', 'prek', 'k2', 'g35', 'g68', 'g912', 'post')", name=op.f("ck_bank_goal_grade_band")
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_bank_goal_workspace_id_workspace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_goal")),
        sa.UniqueConstraint("workspace_id", "id", name="uq_bank_goal_workspace_id_id"),
    )
    op.create_index(op.f("ix_bank_goal_workspace_id"), "bank_goal", ["workspace_id"])
    if op.get_bind().dialect.name == "postgresql":
        protect(op.get_bind(), "bank_goal", "SELECT, INSERT, UPDATE")


def downgrade() -> None:
    """Take the change back."""
    if op.get_bind().dialect.name == "postgresql":
        unprotect(op.get_bind(), "bank_goal")
    op.drop_table("bank_goal")
