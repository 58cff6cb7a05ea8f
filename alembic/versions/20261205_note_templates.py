"""note templates, who has read which text of a note, and within how many days a note is to be signed"""

from collections.abc import Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
import sqlmodel
from alembic import op
from uuid6 import uuid7

from therapytrack.launcher.wall import protect, unprotect

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# As they stood when this revision was written: name, discipline, service, what a consult is about.
DISCIPLINES = (
    ("SLP", "slp", "speech-language therapy", "communication"),
    ("OT", "ot", "occupational therapy", "participation in school tasks"),
    ("PT", "pt", "physical therapy", "movement and access at school"),
    ("Counseling", "counselor", "counseling", "social and emotional goals"),
)
TEXTS = (
    (
        "individual",
        (
            "{student} received {minutes} of SERVICE on {date}, {setting} ({delivery}, {place}).\n"
            "Goals: {goals}.\n{results}"
        ),
    ),
    (
        "group",
        (
            "{student} took part in {minutes} of SERVICE on {date}, {setting} ({delivery}, {place}).\n"
            "Goals worked on with this student: {goals}.\n{results}"
        ),
    ),
    (
        "consult",
        "{minutes} of consultation in SERVICE for {student} on {date} ({delivery}, {place}), about AIM.\n{results}",
    ),
)


def upgrade() -> None:
    """Bring the tables forward."""
    table = _make_templates()
    _make_readings()
    op.bulk_insert(table, _rows())
    with op.batch_alter_table("workspace", schema=None) as batch_op:
        batch_op.add_column(sa.Column("note_due_days", sa.Integer(), server_default="7", nullable=False))
    if _postgresql():
        for name in ("note_template", "note_reading"):
            protect(op.get_bind(), name, "SELECT, INSERT, UPDATE")


def downgrade() -> None:
    """Take the change back."""
    if _postgresql():
        for name in ("note_reading", "note_template"):
            unprotect(op.get_bind(), name)
    with op.batch_alter_table("workspace", schema=None) as batch_op:
        batch_op.drop_column("note_due_days")
    op.drop_table("note_reading")
    op.drop_table("note_template")


def _make_templates() -> sa.Table:
    table = op.create_table(
        "note_template",
        *_row_columns(),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("discipline", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("setting", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(length=4000), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("setting in ('individual', 'group', 'consult')", name=op.f("ck_note_template_setting")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_note_template_workspace_id_workspace")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note_template")),
        sa.UniqueConstraint("workspace_id", "id", name="uq_note_template_workspace_id_id"),
    )
    with op.batch_alter_table("note_template", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_note_template_workspace_id"), ["workspace_id"], unique=False)
    return table


def _make_readings() -> None:
    op.create_table(
        "note_reading",
        *_row_columns(),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("reader_id", sa.Uuid(), nullable=False),
        sa.Column("note_version", sa.Integer(), nullable=False),
        sa.Column("facts_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("read_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "entry_id"],
            ["session_entry.workspace_id", "session_entry.id"],
            name=op.f("fk_note_reading_workspace_id_entry_id_session_entry"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "reader_id"],
            ["membership.workspace_id", "membership.id"],
            name=op.f("fk_note_reading_workspace_id_reader_id_membership"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_note_reading_workspace_id_workspace")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note_reading")),
        sa.UniqueConstraint("entry_id", "reader_id", name=op.f("uq_note_reading_entry_id_reader_id")),
    )
    with op.batch_alter_table("note_reading", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_note_reading_workspace_id"), ["workspace_id"], unique=False)


def _row_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
    ]


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _rows() -> list[dict[str, object]]:
    """The originals for every workspace that there is."""
    workspaces = op.get_bind().execute(sa.select(sa.table("workspace", sa.column("id", sa.Uuid())).c.id)).scalars()
    originals = [
        (f"{name} {setting}", discipline, setting, text.replace("SERVICE", service).replace("AIM", aim))
        for name, discipline, service, aim in DISCIPLINES
        for setting, text in TEXTS
    ]
    return [
        {
            "id": sa.Uuid().python_type(int=uuid7().int),
            "created_at": datetime.now(UTC),
            "workspace_id": workspace,
            "name": name,
            "discipline": discipline,
            "setting": setting,
            "text": text,
            "position": position,
            "version": 1,
        }
        for workspace in workspaces
        for position, (name, discipline, setting, text) in enumerate(originals)
    ]
