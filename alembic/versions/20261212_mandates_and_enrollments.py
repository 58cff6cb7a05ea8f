"""what else a mandate says, where and when a student was enrolled, and what a service log says of her and of others"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op

from therapytrack.launcher.wall import protect, unprotect

revision: str = "0025"
down_revision: str | None = "0024"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SAYS = {"setting": 20, "place": 120, "delivery": 20}


def upgrade() -> None:
    """Bring the tables forward. A mandate so far says nothing of its setting, and every student was always enrolled."""
    with op.batch_alter_table("mandate", schema=None) as batch_op:
        for name, length in SAYS.items():
            batch_op.add_column(_words(name, length))
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
        batch_op.create_check_constraint(batch_op.f("ck_mandate_setting"), "setting in ('', 'individual', 'group')")
    with op.batch_alter_table("student", schema=None) as batch_op:
        batch_op.add_column(_words("medicaid_number", 40))
    with op.batch_alter_table("workspace", schema=None) as batch_op:
        batch_op.add_column(_words("service_log_columns", 4000))
    _make_enrollments()
    if _postgresql():
        protect(op.get_bind(), "enrollment", "SELECT, INSERT, UPDATE, DELETE")


def downgrade() -> None:
    """Take the change back."""
    if _postgresql():
        unprotect(op.get_bind(), "enrollment")
    op.drop_table("enrollment")
    with op.batch_alter_table("workspace", schema=None) as batch_op:
        batch_op.drop_column("service_log_columns")
    with op.batch_alter_table("student", schema=None) as batch_op:
        batch_op.drop_column("medicaid_number")
    with op.batch_alter_table("mandate", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_mandate_setting"), type_="check")
        for name in ("version", *SAYS):
            batch_op.drop_column(name)


def _make_enrollments() -> None:
    op.create_table(
        "enrollment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("school", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_enrollment_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "student_id"],
            ["student.workspace_id", "student.id"],
            name=op.f("fk_enrollment_workspace_id_student_id_student"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_enrollment_workspace_id_workspace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrollment")),
    )
    with op.batch_alter_table("enrollment", schema=None) as batch_op:
        batch_op.create_index("ix_enrollment_student", ["workspace_id", "student_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_enrollment_workspace_id"), ["workspace_id"], unique=False)


def _words(name: str, length: int) -> sa.Column[str]:
    return sa.Column(
        name, sqlmodel.sql.sqltypes.AutoString(length=length), server_default=sa.text("''"), nullable=False
    )


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
