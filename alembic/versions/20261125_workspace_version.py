"""a workspace's version, so that two people who change its settings do not overwrite each other"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.add_column("workspace", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))


def downgrade() -> None:
    """Take the tables back."""
    with op.batch_alter_table("workspace") as batch:
        batch.drop_column("version")
