"""what a supervisor read of a report when she returned it, to show the difference later"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0028"
down_revision: str | None = "0027"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Bring the tables forward; of what was returned before, no difference is shown."""
    op.add_column("report_answer", sa.Column("returned_text", sa.Text(), server_default=sa.text("''"), nullable=False))


def downgrade() -> None:
    """Take the change back."""
    op.drop_column("report_answer", "returned_text")
