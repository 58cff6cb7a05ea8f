"""narratives under a signature stay as they were signed, and a second score as it was made

SQLite forgets triggers when a table is rebuilt: see revision 0002.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SEALED = (
    "EXISTS (SELECT 1 FROM session_entry WHERE session_entry.id = OLD.entry_id "
    "AND session_entry.note_status IN ('submitted', 'signed', 'cosigned'))"
)
SECOND_FACTS = (
    "workspace_id", "session_id", "entry_id", "goal_id", "scorer_id", "outcome", "prompt_rank", "purpose", "tapped_at",
    "sequence",
)  # fmt: skip
# PostgreSQL takes no query in a trigger's condition: a function asks it.
FUNCTION = f"""
CREATE FUNCTION refuse_signed_narrative() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {SEALED} THEN
        RAISE EXCEPTION 'what was signed stays' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$
"""
TRIGGERS = {
    "keep_goal_narrative_update": "goal_narrative",
    "keep_goal_narrative_delete": "goal_narrative",
    "keep_second_trial_update": "second_trial",
    "keep_second_trial_delete": "second_trial",
}


def upgrade() -> None:
    """Bring the tables forward; no row changes."""
    if _postgresql():
        op.execute(FUNCTION)
    for name, table in TRIGGERS.items():
        operation = name.rpartition("_")[2].upper()
        op.execute(f"CREATE TRIGGER {name} BEFORE {operation} ON {table} FOR EACH ROW {_rule(table, operation)}")


def downgrade() -> None:
    """Take the change back."""
    for name, table in TRIGGERS.items():
        op.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if _postgresql() else ""))
    if _postgresql():
        op.execute("DROP FUNCTION refuse_signed_narrative()")


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _rule(table: str, operation: str) -> str:
    """When a trigger refuses, and how."""
    if table == "goal_narrative" and _postgresql():
        return "EXECUTE FUNCTION refuse_signed_narrative()"
    if table == "goal_narrative":
        return f"WHEN ({SEALED}) {_refusal('what was signed stays')}"
    if operation == "DELETE":
        return _refusal("a second score is never deleted")
    unlike = "IS DISTINCT FROM" if _postgresql() else "IS NOT"
    changed = " OR ".join(f"NEW.{name} {unlike} OLD.{name}" for name in SECOND_FACTS)
    undone = f"OLD.undone_at IS NOT NULL AND NEW.undone_at {unlike} OLD.undone_at"
    return f"WHEN ({changed} OR ({undone})) {_refusal('a second score stays as it was made')}"


def _refusal(words: str) -> str:
    return (
        f"EXECUTE FUNCTION refuse_change('{words}')" if _postgresql() else f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
    )
