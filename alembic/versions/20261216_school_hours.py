"""when a school's day begins and ends: of the workspace, and of each school that keeps other hours"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0029"
down_revision: str | None = "0028"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

COLUMNS = (
    ("workspace", "school_opens_at"),
    ("workspace", "school_closes_at"),
    ("school", "opens_at"),
    ("school", "closes_at"),
)


def upgrade() -> None:
    """Bring the tables forward; until somebody says otherwise the usual hours hold."""
    for table, column in COLUMNS:
        op.add_column(table, sa.Column(column, sa.Time(), nullable=True))


def downgrade() -> None:
    """Take the change back."""
    for table, column in COLUMNS:
        op.drop_column(table, column)
