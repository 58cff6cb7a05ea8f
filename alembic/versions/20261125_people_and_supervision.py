"""invitations, ownership offers, supervision contacts and rules, disclosures, alarms, presence"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "supervision_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("us_state", sqlmodel.sql.sqltypes.AutoString(length=2), nullable=False),
        sa.Column("discipline", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("total_percent", sa.Float(), nullable=True),
        sa.Column("direct_percent", sa.Float(), nullable=True),
        sa.Column("period_days", sa.Integer(), nullable=False),
        sa.Column("observe_every_days", sa.Integer(), nullable=True),
        sa.Column("may_interpret", sa.Boolean(), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("direct_percent between 0 and 100", name=op.f("ck_supervision_rule_direct_percent")),
        sa.CheckConstraint("total_percent between 0 and 100", name=op.f("ck_supervision_rule_total_percent")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_supervision_rule_workspace_id_workspace")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision_rule")),
        sa.UniqueConstraint("workspace_id", "id", name="uq_supervision_rule_workspace_id_id"),
    )
    with op.batch_alter_table("supervision_rule", schema=None) as batch_op:
        batch_op.create_index(
            "ix_supervision_rule_place", ["workspace_id", "us_state", "discipline", "starts_on"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_supervision_rule_workspace_id"), ["workspace_id"], unique=False)

    op.create_table(
        "invite",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("email", sqlmodel.sql.sqltypes.AutoString(length=254), nullable=False),
        sa.Column("token_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("admin_role", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("clinical_role", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("billing", sa.Boolean(), nullable=False),
        sa.Column("discipline", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("member_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("invited_by_id", sa.Uuid(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("sent_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("answered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("membership_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "invited_by_id"],
            ["membership.workspace_id", "membership.id"],
            name=op.f("fk_invite_workspace_id_invited_by_id_membership"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "membership_id"],
            ["membership.workspace_id", "membership.id"],
            name=op.f("fk_invite_workspace_id_membership_id_membership"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_invite_workspace_id_workspace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invite")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invite_token_hash")),
        sa.UniqueConstraint("workspace_id", "id", name="uq_invite_workspace_id_id"),
    )
    with op.batch_alter_table("invite", schema=None) as batch_op:
        batch_op.create_index(
            "ix_invite_one_pending",
            ["workspace_id", "email"],
            unique=True,
            sqlite_where=sa.text("status = 'pending'"),
            postgresql_where=sa.text("status = 'pending'"),
        )
        batch_op.create_index(batch_op.f("ix_invite_workspace_id"), ["workspace_id"], unique=False)

    op.create_table(
        "ownership_offer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("answered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "from_id"],
            ["membership.workspace_id", "membership.id"],
            name=op.f("fk_ownership_offer_workspace_id_from_id_membership"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "to_id"],
            ["membership.workspace_id", "membership.id"],
            name=op.f("fk_ownership_offer_workspace_id_to_id_membership"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_ownership_offer_workspace_id_workspace")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ownership_offer")),
    )
    with op.batch_alter_table("ownership_offer", schema=None) as batch_op:
        batch_op.create_index(
            "ix_ownership_offer_one_pending",
            ["workspace_id"],
            unique=True,
            sqlite_where=sa.text("status = 'pending'"),
            postgresql_where=sa.text("status = 'pending'"),
        )
        batch_op.create_index(batch_op.f("ix_ownership_offer_workspace_id"), ["workspace_id"], unique=False)

    op.create_table(
        "alarm",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("told_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("seen_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "membership_id"],
            ["membership.workspace_id", "membership.id"],
            name=op.f("fk_alarm_workspace_id_membership_id_membership"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "student_id"],
            ["student.workspace_id", "student.id"],
            name=op.f("fk_alarm_workspace_id_student_id_student"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "told_id"],
            ["membership.workspace_id", "membership.id"],
            name=op.f("fk_alarm_workspace_id_told_id_membership"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_alarm_workspace_id_workspace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm")),
        sa.UniqueConstraint("workspace_id", "id", name="uq_alarm_workspace_id_id"),
    )
    with op.batch_alter_table("alarm", schema=None) as batch_op:
        batch_op.create_index("ix_alarm_told", ["workspace_id", "told_id", "seen_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_alarm_workspace_id"), ["workspace_id"], unique=False)

    op.create_table(
        "disclosure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("party", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("purpose", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("disclosed_on", sa.Date(), nullable=False),
        sa.Column("what", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "corrects_id"],
            ["disclosure.workspace_id", "disclosure.id"],
            name=op.f("fk_disclosure_workspace_id_corrects_id_disclosure"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "recorded_by_id"],
            ["membership.workspace_id", "membership.id"],
            name=op.f("fk_disclosure_workspace_id_recorded_by_id_membership"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "student_id"],
            ["student.workspace_id", "student.id"],
            name=op.f("fk_disclosure_workspace_id_student_id_student"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_disclosure_workspace_id_workspace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure")),
        sa.UniqueConstraint("workspace_id", "id", name="uq_disclosure_workspace_id_id"),
    )
    with op.batch_alter_table("disclosure", schema=None) as batch_op:
        batch_op.create_index("ix_disclosure_student", ["workspace_id", "student_id", "disclosed_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_disclosure_workspace_id"), ["workspace_id"], unique=False)

    op.create_table(
        "invite_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("invite_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("can_view", sa.Boolean(), nullable=False),
        sa.Column("can_edit", sa.Boolean(), nullable=False),
        sa.Column("can_export", sa.Boolean(), nullable=False),
        sa.Column("can_generate", sa.Boolean(), nullable=False),
        sa.Column("ends_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "invite_id"],
            ["invite.workspace_id", "invite.id"],
            name=op.f("fk_invite_grant_workspace_id_invite_id_invite"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "student_id"],
            ["student.workspace_id", "student.id"],
            name=op.f("fk_invite_grant_workspace_id_student_id_student"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_invite_grant_workspace_id_workspace")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invite_grant")),
    )
    with op.batch_alter_table("invite_grant", schema=None) as batch_op:
        batch_op.create_index("ix_invite_grant_invite", ["workspace_id", "invite_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invite_grant_workspace_id"), ["workspace_id"], unique=False)

    op.create_table(
        "presence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("seen_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "membership_id"],
            ["membership.workspace_id", "membership.id"],
            name=op.f("fk_presence_workspace_id_membership_id_membership"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "session_id"],
            ["therapy_session.workspace_id", "therapy_session.id"],
            name=op.f("fk_presence_workspace_id_session_id_therapy_session"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_presence_workspace_id_workspace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presence")),
        sa.UniqueConstraint("session_id", "membership_id", name=op.f("uq_presence_session_id_membership_id")),
    )
    with op.batch_alter_table("presence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_presence_workspace_id"), ["workspace_id"], unique=False)

    op.create_table(
        "supervision_contact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("supervisor_id", sa.Uuid(), nullable=False),
        sa.Column("assistant_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("method", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("topic", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("struck_out_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("struck_out_by_id", sa.Uuid(), nullable=True),
        sa.Column("struck_out_why", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.CheckConstraint("kind in ('direct', 'indirect')", name=op.f("ck_supervision_contact_kind")),
        sa.CheckConstraint("minutes > 0 and minutes <= 600", name=op.f("ck_supervision_contact_minutes")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "assistant_id"],
            ["membership.workspace_id", "membership.id"],
            name=op.f("fk_supervision_contact_workspace_id_assistant_id_membership"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "struck_out_by_id"],
            ["membership.workspace_id", "membership.id"],
            name=op.f("fk_supervision_contact_workspace_id_struck_out_by_id_membership"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "student_id"],
            ["student.workspace_id", "student.id"],
            name=op.f("fk_supervision_contact_workspace_id_student_id_student"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "supervisor_id"],
            ["membership.workspace_id", "membership.id"],
            name=op.f("fk_supervision_contact_workspace_id_supervisor_id_membership"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_supervision_contact_workspace_id_workspace")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision_contact")),
        sa.UniqueConstraint("workspace_id", "id", name="uq_supervision_contact_workspace_id_id"),
    )
    with op.batch_alter_table("supervision_contact", schema=None) as batch_op:
        batch_op.create_index(
            "ix_supervision_contact_assistant", ["workspace_id", "assistant_id", "held_on"], unique=False
        )
        batch_op.create_index("ix_supervision_contact_student", ["workspace_id", "student_id", "held_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_supervision_contact_workspace_id"), ["workspace_id"], unique=False)

    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("email_verified_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))

    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))

    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.add_column(sa.Column("proved_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))

    with op.batch_alter_table("student_grant", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ended_by_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_student_grant_workspace_id_ended_by_id_membership"),
            "membership",
            ["workspace_id", "ended_by_id"],
            ["workspace_id", "id"],
        )

    with op.batch_alter_table("workspace", schema=None) as batch_op:
        batch_op.add_column(sa.Column("alarm_students_an_hour", sa.Integer(), nullable=False, server_default="25"))
        batch_op.add_column(sa.Column("alarm_exports_an_hour", sa.Integer(), nullable=False, server_default="3"))


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("workspace", schema=None) as batch_op:
        batch_op.drop_column("alarm_exports_an_hour")
        batch_op.drop_column("alarm_students_an_hour")

    with op.batch_alter_table("student_grant", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_student_grant_workspace_id_ended_by_id_membership"), type_="foreignkey")
        batch_op.drop_column("ended_by_id")

    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_column("proved_at")

    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_column("version")

    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_column("email_verified_at")

    with op.batch_alter_table("supervision_contact", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_supervision_contact_workspace_id"))
        batch_op.drop_index("ix_supervision_contact_student")
        batch_op.drop_index("ix_supervision_contact_assistant")

    op.drop_table("supervision_contact")
    with op.batch_alter_table("presence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_presence_workspace_id"))

    op.drop_table("presence")
    with op.batch_alter_table("invite_grant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invite_grant_workspace_id"))
        batch_op.drop_index("ix_invite_grant_invite")

    op.drop_table("invite_grant")
    with op.batch_alter_table("disclosure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_disclosure_workspace_id"))
        batch_op.drop_index("ix_disclosure_student")

    op.drop_table("disclosure")
    with op.batch_alter_table("alarm", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_alarm_workspace_id"))
        batch_op.drop_index("ix_alarm_told")

    op.drop_table("alarm")
    with op.batch_alter_table("ownership_offer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ownership_offer_workspace_id"))
        batch_op.drop_index(
            "ix_ownership_offer_one_pending",
            sqlite_where=sa.text("status = 'pending'"),
            postgresql_where=sa.text("status = 'pending'"),
        )

    op.drop_table("ownership_offer")
    with op.batch_alter_table("invite", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invite_workspace_id"))
        batch_op.drop_index(
            "ix_invite_one_pending",
            sqlite_where=sa.text("status = 'pending'"),
            postgresql_where=sa.text("status = 'pending'"),
        )

    op.drop_table("invite")
    with op.batch_alter_table("supervision_rule", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_supervision_rule_workspace_id"))
        batch_op.drop_index("ix_supervision_rule_place")

    op.drop_table("supervision_rule")
