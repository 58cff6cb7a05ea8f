"""a second score says at which step it was made, and of which scale its cue level is

SQLite forgets triggers when a table is rebuilt: see revision 0002. No table is rebuilt here.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

FACTS = (
    "workspace_id", "session_id", "entry_id", "goal_id", "scorer_id", "outcome", "prompt_rank", "purpose", "tapped_at",
    "sequence",
)  # fmt: skip
NEW = ("place", "scale_version")
TRIGGER = "keep_second_trial_update"


def upgrade() -> None:
    """Bring the table forward. A cue level that was kept before is one of the first scale."""
    _drop_trigger()
    for name in NEW:
        op.add_column("second_trial", sa.Column(name, sa.Integer(), nullable=True))
    op.execute("UPDATE second_trial SET scale_version = 1 WHERE prompt_rank IS NOT NULL")
    _keep((*FACTS, *NEW))


def downgrade() -> None:
    """Take the change back."""
    _drop_trigger()
    for name in NEW:
        op.drop_column("second_trial", name)
    _keep(FACTS)


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _drop_trigger() -> None:
    op.execute(f"DROP TRIGGER {TRIGGER}" + (" ON second_trial" if _postgresql() else ""))


def _keep(facts: Sequence[str]) -> None:
    """Let no row change but by one undo."""
    unlike = "IS DISTINCT FROM" if _postgresql() else "IS NOT"
    changed = " OR ".join(f"NEW.{name} {unlike} OLD.{name}" for name in facts)
    undone = f"OLD.undone_at IS NOT NULL AND NEW.undone_at {unlike} OLD.undone_at"
    words = "a second score stays as it was made"
    refuse = (
        f"EXECUTE FUNCTION refuse_change('{words}')" if _postgresql() else f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
    )
    op.execute(
        f"CREATE TRIGGER {TRIGGER} BEFORE UPDATE ON second_trial FOR EACH ROW WHEN ({changed} OR ({undone})) {refuse}"
    )
