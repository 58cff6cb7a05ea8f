"""the schedule: schools and their calendar, slots, times at which students cannot come, private feeds"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op

from therapytrack.launcher.wall import BEFORE_ACTOR, IN_WORKSPACE, protect, unprotect

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

EDIT, ALL = "SELECT, INSERT, UPDATE", "SELECT, INSERT, UPDATE, DELETE"
RIGHTS = {
    "school": EDIT,
    "school_travel": EDIT,
    "school_calendar_day": ALL,
    "schedule_slot": EDIT,
    "slot_student": ALL,
    "slot_day": ALL,
    "student_busy_time": ALL,
}
# Whoever opens a feed has its secret and no sign-in.
OPENED_BY_ITS_SECRET = {"workspace": f"ALL: {IN_WORKSPACE}", "identity": f"SELECT: {BEFORE_ACTOR}"}


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "school",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("archived_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_school_workspace_id_workspace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school")),
        sa.UniqueConstraint("workspace_id", "id", name="uq_school_workspace_id_id"),
        sa.UniqueConstraint("workspace_id", "name", name=op.f("uq_school_workspace_id_name")),
    )
    with op.batch_alter_table("school", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_school_workspace_id"), ["workspace_id"], unique=False)

    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("shows", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("revoked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("shows in ('counts', 'initials', 'first_names')", name=op.f("ck_calendar_feed_shows")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "membership_id"],
            ["membership.workspace_id", "membership.id"],
            name=op.f("fk_calendar_feed_workspace_id_membership_id_membership"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_calendar_feed_workspace_id_workspace")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
    with op.batch_alter_table("calendar_feed", schema=None) as batch_op:
        batch_op.create_index("ix_calendar_feed_member", ["workspace_id", "membership_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_calendar_feed_workspace_id"), ["workspace_id"], unique=False)

    op.create_table(
        "schedule_slot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("rule", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column("place", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("delivery", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("minutes > 0 and minutes <= 600", name=op.f("ck_schedule_slot_minutes")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "provider_id"],
            ["membership.workspace_id", "membership.id"],
            name=op.f("fk_schedule_slot_workspace_id_provider_id_membership"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "school_id"],
            ["school.workspace_id", "school.id"],
            name=op.f("fk_schedule_slot_workspace_id_school_id_school"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_schedule_slot_workspace_id_workspace")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule_slot")),
        sa.UniqueConstraint("workspace_id", "id", name="uq_schedule_slot_workspace_id_id"),
    )
    with op.batch_alter_table("schedule_slot", schema=None) as batch_op:
        batch_op.create_index("ix_schedule_slot_provider", ["workspace_id", "provider_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_schedule_slot_workspace_id"), ["workspace_id"], unique=False)

    op.create_table(
        "school_calendar_day",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("closes_at", sa.Time(), nullable=True),
        sa.Column("label", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("uid", sqlmodel.sql.sqltypes.AutoString(length=255), nullable=False),
        sa.CheckConstraint("kind in ('closed', 'early_release')", name=op.f("ck_school_calendar_day_kind")),
        sa.CheckConstraint("source in ('typed', 'holidays', 'import')", name=op.f("ck_school_calendar_day_source")),
        sa.CheckConstraint("last_on >= first_on", name=op.f("ck_school_calendar_day_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "school_id"],
            ["school.workspace_id", "school.id"],
            name=op.f("fk_school_calendar_day_workspace_id_school_id_school"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_school_calendar_day_workspace_id_workspace")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_calendar_day")),
    )
    with op.batch_alter_table("school_calendar_day", schema=None) as batch_op:
        batch_op.create_index("ix_school_calendar_day_days", ["workspace_id", "last_on", "first_on"], unique=False)
        batch_op.create_index("ix_school_calendar_day_uid", ["workspace_id", "uid"], unique=False)
        batch_op.create_index(batch_op.f("ix_school_calendar_day_workspace_id"), ["workspace_id"], unique=False)

    op.create_table(
        "school_travel",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint("from_id < to_id", name=op.f("ck_school_travel_one_way")),
        sa.CheckConstraint("minutes >= 0 and minutes <= 240", name=op.f("ck_school_travel_minutes")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "from_id"],
            ["school.workspace_id", "school.id"],
            name=op.f("fk_school_travel_workspace_id_from_id_school"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "to_id"],
            ["school.workspace_id", "school.id"],
            name=op.f("fk_school_travel_workspace_id_to_id_school"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_school_travel_workspace_id_workspace")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_travel")),
        sa.UniqueConstraint("from_id", "to_id", name=op.f("uq_school_travel_from_id_to_id")),
    )
    with op.batch_alter_table("school_travel", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_school_travel_workspace_id"), ["workspace_id"], unique=False)

    op.create_table(
        "slot_day",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("slot_id", sa.Uuid(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("changed_by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("minutes > 0 and minutes <= 600", name=op.f("ck_slot_day_minutes")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "changed_by_id"],
            ["membership.workspace_id", "membership.id"],
            name=op.f("fk_slot_day_workspace_id_changed_by_id_membership"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "slot_id"],
            ["schedule_slot.workspace_id", "schedule_slot.id"],
            name=op.f("fk_slot_day_workspace_id_slot_id_schedule_slot"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_slot_day_workspace_id_workspace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot_day")),
        sa.UniqueConstraint("slot_id", "on_date", name=op.f("uq_slot_day_slot_id_on_date")),
    )
    with op.batch_alter_table("slot_day", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_slot_day_workspace_id"), ["workspace_id"], unique=False)

    op.create_table(
        "slot_student",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("slot_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "slot_id"],
            ["schedule_slot.workspace_id", "schedule_slot.id"],
            name=op.f("fk_slot_student_workspace_id_slot_id_schedule_slot"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "student_id"],
            ["student.workspace_id", "student.id"],
            name=op.f("fk_slot_student_workspace_id_student_id_student"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_slot_student_workspace_id_workspace")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot_student")),
        sa.UniqueConstraint("slot_id", "student_id", name=op.f("uq_slot_student_slot_id_student_id")),
    )
    with op.batch_alter_table("slot_student", schema=None) as batch_op:
        batch_op.create_index("ix_slot_student_student", ["workspace_id", "student_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_slot_student_workspace_id"), ["workspace_id"], unique=False)

    op.create_table(
        "student_busy_time",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("label", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.CheckConstraint("ends > starts", name=op.f("ck_student_busy_time_ends_after_start")),
        sa.CheckConstraint("weekday >= 0 and weekday <= 6", name=op.f("ck_student_busy_time_weekday")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "student_id"],
            ["student.workspace_id", "student.id"],
            name=op.f("fk_student_busy_time_workspace_id_student_id_student"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_student_busy_time_workspace_id_workspace")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_student_busy_time")),
    )
    with op.batch_alter_table("student_busy_time", schema=None) as batch_op:
        batch_op.create_index("ix_student_busy_time_student", ["workspace_id", "student_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_student_busy_time_workspace_id"), ["workspace_id"], unique=False)

    with op.batch_alter_table("mandate", schema=None) as batch_op:
        batch_op.add_column(sa.Column("max_group", sa.Integer(), nullable=True))
        batch_op.create_check_constraint(batch_op.f("ck_mandate_max_group"), "max_group >= 1 and max_group <= 12")

    with op.batch_alter_table("therapy_session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("slot_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("slot_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("school_id", sa.Uuid(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_therapy_session_slot_id_slot_on"), ["slot_id", "slot_on"])
        batch_op.create_foreign_key(
            batch_op.f("fk_therapy_session_workspace_id_slot_id_schedule_slot"),
            "schedule_slot",
            ["workspace_id", "slot_id"],
            ["workspace_id", "id"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_therapy_session_workspace_id_school_id_school"),
            "school",
            ["workspace_id", "school_id"],
            ["workspace_id", "id"],
        )
    if op.get_bind().dialect.name == "postgresql":
        for table, rights in RIGHTS.items():
            protect(op.get_bind(), table, rights)
        protect(op.get_bind(), "calendar_feed", "SELECT, INSERT, UPDATE", **OPENED_BY_ITS_SECRET)


def downgrade() -> None:
    """Take the change back."""
    if op.get_bind().dialect.name == "postgresql":
        for table in (*RIGHTS, "calendar_feed"):
            unprotect(op.get_bind(), table)
    with op.batch_alter_table("therapy_session", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_therapy_session_workspace_id_school_id_school"), type_="foreignkey")
        batch_op.drop_constraint(
            batch_op.f("fk_therapy_session_workspace_id_slot_id_schedule_slot"), type_="foreignkey"
        )
        batch_op.drop_constraint(batch_op.f("uq_therapy_session_slot_id_slot_on"), type_="unique")
        batch_op.drop_column("school_id")
        batch_op.drop_column("slot_on")
        batch_op.drop_column("slot_id")

    with op.batch_alter_table("mandate", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_mandate_max_group"), type_="check")
        batch_op.drop_column("max_group")

    with op.batch_alter_table("student_busy_time", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_student_busy_time_workspace_id"))
        batch_op.drop_index("ix_student_busy_time_student")

    op.drop_table("student_busy_time")
    with op.batch_alter_table("slot_student", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_slot_student_workspace_id"))
        batch_op.drop_index("ix_slot_student_student")

    op.drop_table("slot_student")
    with op.batch_alter_table("slot_day", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_slot_day_workspace_id"))

    op.drop_table("slot_day")
    with op.batch_alter_table("school_travel", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_school_travel_workspace_id"))

    op.drop_table("school_travel")
    with op.batch_alter_table("school_calendar_day", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_school_calendar_day_workspace_id"))
        batch_op.drop_index("ix_school_calendar_day_uid")
        batch_op.drop_index("ix_school_calendar_day_days")

    op.drop_table("school_calendar_day")
    with op.batch_alter_table("schedule_slot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_schedule_slot_workspace_id"))
        batch_op.drop_index("ix_schedule_slot_provider")

    op.drop_table("schedule_slot")
    with op.batch_alter_table("calendar_feed", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_calendar_feed_workspace_id"))
        batch_op.drop_index("ix_calendar_feed_member")

    op.drop_table("calendar_feed")
    with op.batch_alter_table("school", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_school_workspace_id"))

    op.drop_table("school")
