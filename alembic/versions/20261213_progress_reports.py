"""progress reports: periods, code sets, reports with their goals, addenda and answers; what is signed stays"""

from collections.abc import Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
import sqlmodel
from alembic import op
from uuid6 import uuid7

from therapytrack.launcher.wall import protect, unprotect

revision: str = "0026"
down_revision: str | None = "0025"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

Text = sqlmodel.sql.sqltypes.AutoString
Moment = sqlmodel.sql.sqltypes.UTCDateTime
TABLES = (
    "report_period", "progress_code_set", "progress_report", "progress_report_goal", "report_addendum", "report_answer",
)  # fmt: skip
INDEXES = (
    ("ix_report_period_days", "report_period", ["workspace_id", "first_on"], ""),
    ("ix_progress_code_set_in_use", "progress_code_set", ["workspace_id"], "in_use"),
    ("ix_progress_report_period", "progress_report", ["workspace_id", "period_id"], ""),
    ("ix_progress_report_author", "progress_report", ["workspace_id", "author_id", "status"], ""),
    ("ix_report_addendum_report", "report_addendum", ["workspace_id", "report_id"], ""),
    ("ix_report_answer_report", "report_answer", ["workspace_id", "report_id"], ""),
    ("ix_report_answer_once", "report_answer", ["report_id"], "kind = 'cosigned' AND addendum_id IS NULL"),
    (
        "ix_report_answer_addendum_once",
        "report_answer",
        ["addendum_id"],
        "kind = 'cosigned' AND addendum_id IS NOT NULL",
    ),
)
SEALED = "OLD.status IN ('submitted', 'signed', 'cosigned')"
SIGNED = "OLD.status IN ('signed', 'cosigned')"
FACTS = {
    "progress_report": (
        "workspace_id", "student_id", "period_id", "author_id", "code_set_id", "content", "content_hash",
    ),
    "report_addendum": ("workspace_id", "report_id", "author_id", "text", "content_hash"),
}  # fmt: skip
OF_SEALED = (
    "EXISTS (SELECT 1 FROM progress_report WHERE progress_report.id = OLD.report_id "
    "AND progress_report.status IN ('submitted', 'signed', 'cosigned'))"
)
# PostgreSQL takes no query in a trigger's condition: a function asks it.
FUNCTION = f"""
CREATE FUNCTION refuse_signed_report_goal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {OF_SEALED} THEN
        RAISE EXCEPTION 'what was signed stays' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$
"""
# The shipped sets, given to workspaces that are there already; none of them is verified.
MISSISSIPPI = [
    {"code": "A", "meaning": "Sufficient progress is being made", "suggest": "sufficient"},
    {"code": "B", "meaning": "Insufficient progress is being made; the team must reconvene", "suggest": "insufficient"},
    {"code": "C", "meaning": "Goal met", "suggest": "met"},
    {"code": "D", "meaning": "Not yet introduced", "suggest": "not_introduced"},
]
CALIFORNIA = [
    {"code": "1", "meaning": "No progress", "suggest": "none"},
    {"code": "2", "meaning": "Partial progress, 1 to 49% of the goal", "suggest": "partial"},
    {"code": "3", "meaning": "Substantial progress, 50 to 99% of the goal", "suggest": "substantial"},
    {"code": "4", "meaning": "Goal met", "suggest": "met"},
]
SETS = (
    ("Mississippi", MISSISSIPPI, "specialedstartguide.com/blog/mississippi-iep-progress-monitoring"),
    ("California", CALIFORNIA, "A California SELPA's progress form (laduesystems.net, SelpaMgr)"),
)


def upgrade() -> None:
    """Bring the tables forward."""
    _periods_and_sets()
    _reports()
    for name, table, columns, condition in INDEXES:
        only = {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)} if condition else {}
        op.create_index(name, table, columns, unique=bool(condition), **only)
    for table in TABLES:
        op.create_index(f"ix_{table}_workspace_id", table, ["workspace_id"])
    _give_sets()
    if _postgresql():
        for table in TABLES:
            rights = "SELECT, INSERT" if table == "report_answer" else "SELECT, INSERT, UPDATE"
            protect(op.get_bind(), table, rights)
        op.execute(FUNCTION)
    for trigger in _triggers():
        op.execute(trigger)


def downgrade() -> None:
    """Take the change back; the triggers go with their tables."""
    for table in reversed(TABLES):
        if _postgresql():
            unprotect(op.get_bind(), table)
        op.drop_table(table)
    if _postgresql():
        op.execute("DROP FUNCTION refuse_signed_report_goal()")


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _table(name: str, *columns: sa.schema.SchemaItem, within: dict[str, str], key: bool = True) -> None:
    """A table of rows of a workspace; `within`: the columns that refer to others, and where to."""
    keys = [sa.UniqueConstraint("workspace_id", "id", name=f"uq_{name}_workspace_id_id")] if key else []
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        *(sa.Column(column, sa.Uuid(), nullable=False) for column in within),
        *columns,
        *(
            sa.ForeignKeyConstraint(
                ["workspace_id", column],
                [f"{table}.workspace_id", f"{table}.id"],
                name=op.f(f"fk_{name}_workspace_id_{column}_{table}"),
            )
            for column, table in within.items()
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f(f"fk_{name}_workspace_id_workspace")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        *keys,
    )


def _periods_and_sets() -> None:
    _table(
        "report_period",
        sa.Column("name", Text(length=80), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("last_on >= first_on", name=op.f("ck_report_period_last_after_first")),
        within={},
    )
    _table(
        "progress_code_set",
        sa.Column("name", Text(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("codes", sa.JSON(), nullable=False),
        sa.Column("source", Text(length=300), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("in_use", sa.Boolean(), nullable=False),
        sa.UniqueConstraint(
            "workspace_id", "name", "number", name=op.f("uq_progress_code_set_workspace_id_name_number")
        ),
        within={},
    )


def _reports() -> None:
    _table(
        "progress_report",
        sa.Column("status", Text(length=20), nullable=False),
        sa.Column("content", Text(), nullable=False),
        sa.Column("content_hash", Text(length=64), nullable=False),
        sa.Column("submitted_at", Moment(), nullable=True),
        sa.Column("signed_at", Moment(), nullable=True),
        sa.UniqueConstraint("student_id", "period_id", name=op.f("uq_progress_report_student_id_period_id")),
        within={
            "student_id": "student",
            "period_id": "report_period",
            "author_id": "membership",
            "code_set_id": "progress_code_set",
        },
    )
    texts = [
        column
        for name, optional in (("words", False), ("family_en", True), ("family_es", True))
        for column in (
            sa.Column(name, Text(length=5000), nullable=optional),
            sa.Column(f"{name}_version", sa.Integer(), nullable=False),
        )
    ]
    _table(
        "progress_report_goal",
        sa.Column("code", Text(length=12), nullable=False),
        *texts,
        sa.UniqueConstraint("report_id", "goal_id", name=op.f("uq_progress_report_goal_report_id_goal_id")),
        within={"report_id": "progress_report", "goal_id": "goal"},
        key=False,
    )
    _table(
        "report_addendum",
        sa.Column("text", Text(length=20000), nullable=False),
        sa.Column("status", Text(length=20), nullable=False),
        sa.Column("content_hash", Text(length=64), nullable=False),
        sa.Column("signed_at", Moment(), nullable=True),
        within={"report_id": "progress_report", "author_id": "membership"},
    )
    _table(
        "report_answer",
        sa.Column("addendum_id", sa.Uuid(), nullable=True),
        sa.Column("kind", Text(length=10), nullable=False),
        sa.Column("comment", Text(length=2000), nullable=False),
        sa.Column("content_hash", Text(length=64), nullable=False),
        sa.CheckConstraint("kind in ('cosigned', 'returned')", name=op.f("ck_report_answer_kind")),
        sa.ForeignKeyConstraint(
            ["addendum_id"], ["report_addendum.id"], name=op.f("fk_report_answer_addendum_id_report_addendum")
        ),
        within={"report_id": "progress_report", "answered_by_id": "membership"},
        key=False,
    )


def _give_sets() -> None:
    """California's workspaces begin with its set, all others with Mississippi's, which is the plainest."""
    workspaces = sa.table("workspace", sa.column("id", sa.Uuid()), sa.column("us_state", sa.String()))
    sets = sa.table(
        "progress_code_set",
        sa.column("id", sa.Uuid()),
        sa.column("created_at", Moment()),
        sa.column("workspace_id", sa.Uuid()),
        sa.column("name", sa.String()),
        sa.column("number", sa.Integer()),
        sa.column("codes", sa.JSON()),
        sa.column("source", sa.String()),
        sa.column("verified", sa.Boolean()),
        sa.column("in_use", sa.Boolean()),
    )
    found = op.get_bind().execute(sa.select(workspaces.c.id, workspaces.c.us_state)).all()
    rows = [
        {
            "id": uuid7(),
            "created_at": datetime.now(UTC),
            "workspace_id": workspace_id,
            "name": name,
            "number": 1,
            "codes": codes,
            "source": source,
            "verified": False,
            "in_use": (name == "California") == (us_state == "CA"),
        }
        for workspace_id, us_state in found
        for name, codes, source in SETS
    ]
    if rows:
        op.bulk_insert(sets, rows)


def _triggers() -> list[str]:
    rules = [
        ("keep_report_answer_update", "report_answer", "UPDATE", "", "report_answer only grows"),
        ("keep_report_answer_delete", "report_answer", "DELETE", "", "report_answer only grows"),
    ]
    for table, facts in FACTS.items():
        stays = f"{SIGNED} AND {_differs(('status', 'signed_at'))}"
        desk = "OLD.status = 'submitted' AND NEW.status NOT IN ('submitted', 'returned', 'cosigned')"
        rules += [
            (f"keep_{table}_facts", table, "UPDATE", f"{SEALED} AND {_differs(facts)}", "what was signed stays"),
            (f"keep_{table}_signature", table, "UPDATE", stays, "a signature stays"),
            (f"keep_{table}_desk", table, "UPDATE", desk, "a submitted report is co-signed or returned"),
            (f"keep_{table}_delete", table, "DELETE", SEALED, "what was signed is never deleted"),
        ]
    made = [_trigger(*rule) for rule in rules]
    for operation in ("UPDATE", "DELETE"):
        name = f"keep_progress_report_goal_{operation.lower()}"
        rule = (
            "EXECUTE FUNCTION refuse_signed_report_goal()"
            if _postgresql()
            else f"WHEN ({OF_SEALED}) {_refusal('what was signed stays')}"
        )
        made.append(f"CREATE TRIGGER {name} BEFORE {operation} ON progress_report_goal FOR EACH ROW {rule}")
    return made


def _differs(columns: Sequence[str]) -> str:
    unlike = "IS DISTINCT FROM" if _postgresql() else "IS NOT"
    return "(" + " OR ".join(f"NEW.{column} {unlike} OLD.{column}" for column in columns) + ")"


def _trigger(name: str, table: str, operation: str, condition: str, words: str) -> str:
    when = f"WHEN ({condition})" if condition else ""
    return f"CREATE TRIGGER {name} BEFORE {operation} ON {table} FOR EACH ROW {when} {_refusal(words)}"


def _refusal(words: str) -> str:
    if _postgresql():
        return f"EXECUTE FUNCTION refuse_change('{words}')"
    return f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
