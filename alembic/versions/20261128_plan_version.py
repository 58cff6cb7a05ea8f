"""how often a student's goals were changed, so that an open session knows when to load its grid again"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Bring the tables forward."""
    with op.batch_alter_table("student", schema=None) as batch_op:
        batch_op.add_column(sa.Column("plan_version", sa.Integer(), server_default="1", nullable=False))


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("student", schema=None) as batch_op:
        batch_op.drop_column("plan_version")
