"""trials as a second, independent scorer saw them"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op

from therapytrack.launcher.wall import protect, unprotect

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

WITHIN = {"session": "therapy_session", "entry": "session_entry", "goal": "goal", "scorer": "membership"}


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "second_trial",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        *(sa.Column(f"{name}_id", sa.Uuid(), nullable=False) for name in WITHIN),
        sa.Column("outcome", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("prompt_rank", sa.Integer(), nullable=True),
        sa.Column("purpose", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("tapped_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("undone_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                ["workspace_id", f"{name}_id"],
                [f"{table}.workspace_id", f"{table}.id"],
                name=op.f(f"fk_second_trial_workspace_id_{name}_id_{table}"),
            )
            for name, table in WITHIN.items()
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_second_trial_workspace_id_workspace")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_trial")),
    )
    with op.batch_alter_table("second_trial", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_second_trial_workspace_id"), ["workspace_id"], unique=False)
        batch_op.create_index("ix_second_trial_session", ["workspace_id", "session_id", "changed_at"], unique=False)
        batch_op.create_index("ix_second_trial_goal", ["workspace_id", "goal_id"], unique=False)
    if _postgresql():
        protect(op.get_bind(), "second_trial", "SELECT, INSERT, UPDATE")


def downgrade() -> None:
    """Take the change back."""
    if _postgresql():
        unprotect(op.get_bind(), "second_trial")
    op.drop_table("second_trial")


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
