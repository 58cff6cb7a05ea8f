"""on PostgreSQL, row-level security for a role that owns nothing: one workspace at a time, nothing by default

A later revision that makes a table calls `protect` for it; tests/test_wall.py fails when it does not.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from therapytrack.launcher.wall import (
    BEFORE_ACTOR,
    IN_A_WORKSPACE,
    IN_WORKSPACE,
    ROLE,
    WORKSPACE,
    make_role,
    protect,
    unprotect,
)

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

READ, APPEND, EDIT, ALL = "SELECT", "SELECT, INSERT", "SELECT, INSERT, UPDATE", "SELECT, INSERT, UPDATE, DELETE"
# Tables whose rows are seen in their own workspace and nowhere else. No right to delete where nothing is ever deleted.
RIGHTS = {
    "alarm": EDIT,
    "co_signature": APPEND,
    "disclosure": APPEND,
    "draft": EDIT,
    "goal": EDIT,
    "goal_phase": ALL,
    "goal_point": EDIT,
    "goal_version": EDIT,
    "iep": EDIT,
    "invite_grant": APPEND,
    "mandate": ALL,
    "note_addendum": EDIT,
    "note_return": APPEND,
    "ownership_offer": EDIT,
    "presence": EDIT,
    "prompt_level": APPEND,
    "session_entry": EDIT,
    "student": EDIT,
    "student_grant": EDIT,
    "supervision_contact": EDIT,
    "supervision_link": EDIT,
    "supervision_rule": EDIT,
    "therapy_session": EDIT,
    "trial": EDIT,
}
# Tables that work before there is an actor needs too: policies by name.
WORKSPACE_ROWS = {"workspace": f"ALL: {IN_WORKSPACE}", "identity": f"SELECT: {BEFORE_ACTOR}"}
OWN_WORKSPACE = {
    "workspace": f"ALL: id = {WORKSPACE}",
    "identity": f"SELECT: {BEFORE_ACTOR}",
    "founding": f"INSERT: {BEFORE_ACTOR}",
}
LOG = {
    "workspace": f"SELECT: {IN_WORKSPACE}",
    "nowhere": f"SELECT: workspace_id IS NULL AND {BEFORE_ACTOR}",
    "append": f"INSERT: {IN_WORKSPACE} OR {BEFORE_ACTOR} OR (workspace_id IS NULL AND {IN_A_WORKSPACE})",
}
COUNTERS = {"anybody": f"ALL: {BEFORE_ACTOR} OR {IN_A_WORKSPACE}"}


def _of_members(account: str) -> dict[str, str]:
    """Accounts, and what hangs on them: in a workspace those of its members."""
    return {
        "identity": f"ALL: {BEFORE_ACTOR}",
        "members": f"ALL: EXISTS (SELECT FROM membership AS m WHERE m.account_id = {account})",
    }


SHARED = {
    "account": (EDIT, _of_members("account.id")),
    "activity": (APPEND, LOG),
    "invite": (EDIT, WORKSPACE_ROWS),
    "known_device": (APPEND, _of_members("known_device.account_id")),
    "membership": (EDIT, WORKSPACE_ROWS),
    "sign_in": (EDIT, _of_members("sign_in.account_id")),
    "sign_in_throttle": (ALL, COUNTERS),
    "workspace": (EDIT, OWN_WORKSPACE),
}


def upgrade() -> None:
    """Bring the tables forward."""
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    make_role(connection)
    schema = sa.inspect(connection).default_schema_name
    op.execute(f'GRANT USAGE ON SCHEMA "{schema}" TO {ROLE}')
    op.execute(f"GRANT {READ} ON alembic_version TO {ROLE}")
    for table, rights in RIGHTS.items():
        protect(connection, table, rights)
    for table, (rights, policies) in SHARED.items():
        protect(connection, table, rights, **policies)


def downgrade() -> None:
    """Take the change back; the role stays, other databases of the server may use it."""
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    for table in (*RIGHTS, *SHARED):
        unprotect(connection, table)
    op.execute(f"REVOKE ALL ON alembic_version FROM {ROLE}")
