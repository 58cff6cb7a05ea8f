"""an index that leads to a goal's latest points of one purpose"""

from collections.abc import Sequence

from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_index("ix_goal_point_purpose", "goal_point", ["workspace_id", "goal_id", "purpose", "held_on"])


def downgrade() -> None:
    """Take the tables back."""
    op.drop_index("ix_goal_point_purpose", "goal_point")
