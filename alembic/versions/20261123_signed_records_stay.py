"""signed records stay as they were signed: the database itself refuses to change them

A table that is rebuilt on SQLite (batch_alter_table) loses its triggers: a later revision that rebuilds one of these
tables must put them back, and tests/test_immutable_records.py fails when it does not.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SEALED = "OLD.{status} IN ('submitted', 'signed', 'cosigned')"
SIGNED = "OLD.{status} IN ('signed', 'cosigned')"
APPEND_ONLY = ("activity", "co_signature", "note_return")
NOTE_FACTS = (
    "workspace_id", "session_id", "student_id", "author_id", "held_on", "attendance", "minutes", "note", "content_hash",
)  # fmt: skip
ADDENDUM_FACTS = ("workspace_id", "entry_id", "author_id", "text", "content_hash")
TRIAL_FACTS = (
    "workspace_id", "session_id", "entry_id", "goal_id", "recorded_by_id", "outcome", "prompt_rank", "purpose",
    "tapped_at", "sequence",
)  # fmt: skip

FUNCTION = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END $$
"""


def upgrade() -> None:
    """Bring the tables forward."""
    with op.batch_alter_table("note_return") as batch:
        batch.add_column(sa.Column("addendum_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key("fk_note_return_addendum_id_note_addendum", "note_addendum", ["addendum_id"], ["id"])
    only_notes = sa.text("addendum_id IS NULL")
    op.create_index(
        "ix_co_signature_once",
        "co_signature",
        ["entry_id"],
        unique=True,
        sqlite_where=only_notes,
        postgresql_where=only_notes,
    )
    op.create_index("ix_co_signature_addendum_once", "co_signature", ["addendum_id"], unique=True)
    if _postgresql():
        op.execute(FUNCTION)
    for name, table, operation, condition, words in _rules():
        op.execute(_trigger(name, table, operation, condition, words))


def downgrade() -> None:
    """Take the tables back."""
    for name, table, *_ in _rules():
        op.execute(f"DROP TRIGGER {name} ON {table}" if _postgresql() else f"DROP TRIGGER {name}")
    if _postgresql():
        op.execute("DROP FUNCTION refuse_change()")
    op.drop_index("ix_co_signature_addendum_once", "co_signature")
    op.drop_index("ix_co_signature_once", "co_signature")
    with op.batch_alter_table("note_return") as batch:
        batch.drop_constraint("fk_note_return_addendum_id_note_addendum", type_="foreignkey")
        batch.drop_column("addendum_id")


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _differs(columns: Sequence[str]) -> str:
    unlike = "IS DISTINCT FROM" if _postgresql() else "IS NOT"
    return "(" + " OR ".join(f"NEW.{column} {unlike} OLD.{column}" for column in columns) + ")"


def _rules() -> list[tuple[str, str, str, str, str]]:
    """Name, table, operation, condition and words of every trigger; an empty condition refuses always."""
    rules = [
        (f"keep_{table}_{operation.lower()}", table, operation, "", f"{table} only grows")
        for table in APPEND_ONLY
        for operation in _operations("UPDATE", "DELETE")
    ]
    rules += _note_rules("session_entry", "note_status", NOTE_FACTS)
    rules += _note_rules("note_addendum", "status", ADDENDUM_FACTS)
    undone = f"(OLD.undone_at IS NOT NULL AND {_differs(['undone_at', 'undone_by_id'])})"
    changed = f"({_differs(TRIAL_FACTS)} OR {undone})"
    rules += [("keep_trial_update", "trial", "UPDATE", changed, "a trial stays as it was recorded")]
    rules += [
        (f"keep_trial_{operation.lower()}", "trial", operation, "", "a trial is never deleted")
        for operation in _operations("DELETE")
    ]
    return rules


def _operations(*row_wise: str) -> tuple[str, ...]:
    return (*row_wise, "TRUNCATE") if _postgresql() else row_wise


def _note_rules(table: str, status: str, facts: Sequence[str]) -> list[tuple[str, str, str, str, str]]:
    sealed, signed = SEALED.format(status=status), SIGNED.format(status=status)
    stays_signed = f"{signed} AND {_differs([status, 'signed_at'])}"
    leaves_desk = f"OLD.{status} = 'submitted' AND NEW.{status} NOT IN ('submitted', 'returned', 'cosigned')"
    return [
        (f"keep_{table}_facts", table, "UPDATE", f"{sealed} AND {_differs(facts)}", "what was signed stays"),
        (f"keep_{table}_signature", table, "UPDATE", stays_signed, "a signature stays"),
        (f"keep_{table}_desk", table, "UPDATE", leaves_desk, "a submitted note is co-signed or returned"),
        (f"keep_{table}_delete", table, "DELETE", sealed, "what was signed is never deleted"),
    ]


def _trigger(name: str, table: str, operation: str, condition: str, words: str) -> str:
    when = f"WHEN ({condition})" if condition else ""
    if _postgresql():
        each = "STATEMENT" if operation == "TRUNCATE" else "ROW"
        return (
            f"CREATE TRIGGER {name} BEFORE {operation} ON {table} FOR EACH {each} {when} "
            f"EXECUTE FUNCTION refuse_change('{words}')"
        )
    return (
        f"CREATE TRIGGER {name} BEFORE {operation} ON {table} FOR EACH ROW {when} "
        f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
    )
