"""whether keys of one letter, number or sign act for a person"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Bring the tables forward."""
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("single_keys", sa.Boolean(), server_default=sa.true(), nullable=False))


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_column("single_keys")
