"""whether an invitation's link is handed over by a person, because its mail did not go out"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Bring the tables forward."""
    with op.batch_alter_table("invite", schema=None) as batch_op:
        batch_op.add_column(sa.Column("by_hand", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("invite", schema=None) as batch_op:
        batch_op.drop_column("by_hand")
