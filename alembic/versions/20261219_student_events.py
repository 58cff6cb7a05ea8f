"""what happened outside of teaching, as a dotted line on a student's charts"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op

from therapytrack.launcher.wall import protect, unprotect

revision: str = "0032"
down_revision: str | None = "0031"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

Text = sqlmodel.sql.sqltypes.AutoString
Moment = sqlmodel.sql.sqltypes.UTCDateTime
TABLE = "student_event"
WITHIN = (
    ("student_id", "student"),
    ("goal_id", "goal"),
    ("entered_by_id", "membership"),
    ("withdrawn_by_id", "membership"),
)


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("text", Text(length=60), nullable=False),
        sa.Column("entered_by_id", sa.Uuid(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("withdrawn_at", Moment(), nullable=True),
        sa.Column("withdrawn_by_id", sa.Uuid(), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                ["workspace_id", column],
                [f"{table}.workspace_id", f"{table}.id"],
                name=op.f(f"fk_student_event_workspace_id_{column}_{table}"),
            )
            for column, table in WITHIN
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_student_event_workspace_id_workspace")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_student_event")),
    )
    op.create_index("ix_student_event_student", TABLE, ["workspace_id", "student_id"])
    op.create_index("ix_student_event_workspace_id", TABLE, ["workspace_id"])
    if op.get_bind().dialect.name == "postgresql":
        protect(op.get_bind(), TABLE, "SELECT, INSERT, UPDATE")


def downgrade() -> None:
    """Take the change back."""
    if op.get_bind().dialect.name == "postgresql":
        unprotect(op.get_bind(), TABLE)
    op.drop_table(TABLE)
