"""runs that print a period's reports: whose they are, how far they are, and when their files go"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op

from therapytrack.launcher.wall import protect, unprotect

revision: str = "0030"
down_revision: str | None = "0029"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

Text = sqlmodel.sql.sqltypes.AutoString
Moment = sqlmodel.sql.sqltypes.UTCDateTime
TABLE = "report_batch"


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("kind", Text(length=20), nullable=False),
        sa.Column("student_ids", sa.JSON(), nullable=False),
        sa.Column("status", Text(length=10), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("moved_at", Moment(), nullable=False),
        sa.CheckConstraint("status in ('running', 'ready', 'canceled', 'failed')", name=op.f("ck_report_batch_status")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "membership_id"],
            ["membership.workspace_id", "membership.id"],
            name=op.f("fk_report_batch_workspace_id_membership_id_membership"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "period_id"],
            ["report_period.workspace_id", "report_period.id"],
            name=op.f("fk_report_batch_workspace_id_period_id_report_period"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_report_batch_workspace_id_workspace")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_batch")),
    )
    op.create_index("ix_report_batch_mine", TABLE, ["workspace_id", "membership_id", "period_id"])
    op.create_index("ix_report_batch_workspace_id", TABLE, ["workspace_id"])
    if op.get_bind().dialect.name == "postgresql":
        protect(op.get_bind(), TABLE, "SELECT, INSERT, UPDATE")


def downgrade() -> None:
    """Take the change back."""
    if op.get_bind().dialect.name == "postgresql":
        unprotect(op.get_bind(), TABLE)
    op.drop_table(TABLE)
