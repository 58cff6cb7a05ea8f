"""a reporting period without reports can be removed"""

from collections.abc import Sequence

from alembic import op

from therapytrack.launcher.wall import ROLE

revision: str = "0033"
down_revision: str | None = "0032"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Bring the tables forward."""
    if _postgresql():
        op.execute(f"GRANT DELETE ON report_period TO {ROLE}")


def downgrade() -> None:
    """Take the change back."""
    if _postgresql():
        op.execute(f"REVOKE DELETE ON report_period FROM {ROLE}")


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
