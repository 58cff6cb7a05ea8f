"""files of a student: what each is, who added it and when; their bytes are sealed in the data directory"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op

from therapytrack.launcher.wall import protect, unprotect

revision: str = "0031"
down_revision: str | None = "0030"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

Text = sqlmodel.sql.sqltypes.AutoString
Moment = sqlmodel.sql.sqltypes.UTCDateTime
TABLE = "attachment"
KINDS = "media_type in ('image/jpeg', 'image/png', 'application/pdf', 'text/plain')"


def _within(column: str, table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_attachment_workspace_id_{column}_{table}")
    return sa.ForeignKeyConstraint(["workspace_id", column], [f"{table}.workspace_id", f"{table}.id"], name=name)


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("uploaded_by_id", sa.Uuid(), nullable=False),
        sa.Column("name", Text(length=120), nullable=False),
        sa.Column("media_type", Text(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", Text(length=64), nullable=False),
        sa.Column("removed_at", Moment(), nullable=True),
        sa.Column("removed_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("size >= 0", name=op.f("ck_attachment_size")),
        sa.CheckConstraint(KINDS, name=op.f("ck_attachment_media_type")),
        _within("student_id", "student"),
        _within("uploaded_by_id", "membership"),
        _within("removed_by_id", "membership"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_attachment_workspace_id_workspace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index("ix_attachment_student", TABLE, ["workspace_id", "student_id", "created_at"])
    op.create_index("ix_attachment_workspace_id", TABLE, ["workspace_id"])
    if op.get_bind().dialect.name == "postgresql":
        protect(op.get_bind(), TABLE, "SELECT, INSERT, UPDATE")


def downgrade() -> None:
    """Take the change back."""
    if op.get_bind().dialect.name == "postgresql":
        unprotect(op.get_bind(), TABLE)
    op.drop_table(TABLE)
