"""how often somebody was refused the same, counted where all processes of the server see it"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op

from therapytrack.launcher.wall import BEFORE_ACTOR, IN_WORKSPACE, protect, unprotect

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Who cannot accept an invitation is counted before there is an actor.
POLICIES = {"workspace": f"ALL: {IN_WORKSPACE}", "identity": f"ALL: {BEFORE_ACTOR}"}


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "refusal_count",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=True),
        sa.Column("action", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("record_kind", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("since", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_refusal_count_account_id_account")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "membership_id"],
            ["membership.workspace_id", "membership.id"],
            name=op.f("fk_refusal_count_workspace_id_membership_id_membership"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_refusal_count_workspace_id_workspace")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refusal_count")),
        sa.UniqueConstraint(
            "workspace_id",
            "account_id",
            "action",
            "record_kind",
            name=op.f("uq_refusal_count_workspace_id_account_id_action_record_kind"),
        ),
    )
    with op.batch_alter_table("refusal_count", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refusal_count_workspace_id"), ["workspace_id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        protect(op.get_bind(), "refusal_count", "SELECT, INSERT, UPDATE, DELETE", **POLICIES)


def downgrade() -> None:
    """Take the change back."""
    if op.get_bind().dialect.name == "postgresql":
        unprotect(op.get_bind(), "refusal_count")
    op.drop_table("refusal_count")
