"""the case manager to come: a caseload that is handed over from a later day on"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Bring the tables forward."""
    with op.batch_alter_table("student", schema=None) as batch_op:
        batch_op.add_column(sa.Column("next_case_manager_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("next_case_manager_from", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_student_workspace_id_next_case_manager_id_membership"),
            "membership",
            ["workspace_id", "next_case_manager_id"],
            ["workspace_id", "id"],
        )


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("student", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_student_workspace_id_next_case_manager_id_membership"), type_="foreignkey"
        )
        batch_op.drop_column("next_case_manager_from")
        batch_op.drop_column("next_case_manager_id")
