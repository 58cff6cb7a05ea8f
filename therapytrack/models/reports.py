"""Progress reports: a workspace's periods and code sets, and one report per student and period with its addenda."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field

from therapytrack.models.base import WorkspaceRow, key_with_workspace, within_workspace
from therapytrack.models.therapy_sessions import NoteStatus, only_where


class ReportPeriod(WorkspaceRow, table=True):
    """A stretch of the school year that is reported on, and the day by which its reports are due."""

    __tablename__ = "report_period"
    __table_args__ = (
        key_with_workspace("report_period"),
        Index("ix_report_period_days", "workspace_id", "first_on"),
        CheckConstraint("last_on >= first_on", name="last_after_first"),
    )

    name: str = Field(max_length=80)
    first_on: date
    last_on: date
    due_on: date
    version: int = 1


class ProgressCodeSet(WorkspaceRow, table=True):
    """A workspace's codes for progress, as data: {"code", "meaning", "suggest"} each. A changed set is a new `number`
    of the same name; of all sets one is `in_use`. `verified`: somebody here held it against its source."""

    __tablename__ = "progress_code_set"
    __table_args__ = (
        key_with_workspace("progress_code_set"),
        UniqueConstraint("workspace_id", "name", "number"),
        Index("ix_progress_code_set_in_use", "workspace_id", unique=True, **only_where("in_use")),
    )

    name: str = Field(max_length=80)
    number: int = 1
    codes: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    source: str = Field(default="", max_length=300)
    verified: bool = False
    in_use: bool = False


class ProgressReport(WorkspaceRow, table=True):
    """What is reported of one student about one period. `content`: everything that it says, as the text whose hash is
    signed; "" while it is written. It stands in `domain.report_content`."""

    __tablename__ = "progress_report"
    __table_args__ = (
        key_with_workspace("progress_report"),
        within_workspace("student_id", "student"),
        within_workspace("period_id", "report_period"),
        within_workspace("author_id", "membership"),
        within_workspace("code_set_id", "progress_code_set"),
        UniqueConstraint("student_id", "period_id"),
        Index("ix_progress_report_period", "workspace_id", "period_id"),
        Index("ix_progress_report_author", "workspace_id", "author_id", "status"),
    )

    student_id: UUID
    period_id: UUID
    author_id: UUID
    code_set_id: UUID
    status: str = Field(default=NoteStatus.DRAFT, max_length=20)
    content: str = Field(default="")
    content_hash: str = Field(default="", max_length=64)
    submitted_at: datetime | None = None
    signed_at: datetime | None = None


class ProgressReportGoal(WorkspaceRow, table=True):
    """What its author adds about one goal: a code, her words, and words for the family in place of the made ones.

    Each text is saved over the version of it that was seen, like a note; a family's text of NULL is the made one.
    """

    __tablename__ = "progress_report_goal"
    __table_args__ = (
        within_workspace("report_id", "progress_report"),
        within_workspace("goal_id", "goal"),
        UniqueConstraint("report_id", "goal_id"),
    )

    report_id: UUID
    goal_id: UUID
    code: str = Field(default="", max_length=12)
    words: str = Field(default="", max_length=5000)
    words_version: int = 1
    family_en: str | None = Field(default=None, max_length=5000)
    family_en_version: int = 1
    family_es: str | None = Field(default=None, max_length=5000)
    family_es_version: int = 1


class ReportAddendum(WorkspaceRow, table=True):
    """A correction or addition to a signed report; the report itself stays as it was signed."""

    __tablename__ = "report_addendum"
    __table_args__ = (
        key_with_workspace("report_addendum"),
        within_workspace("report_id", "progress_report"),
        within_workspace("author_id", "membership"),
        Index("ix_report_addendum_report", "workspace_id", "report_id"),
    )

    report_id: UUID
    author_id: UUID
    text: str = Field(max_length=20000)
    status: str = Field(max_length=20)
    content_hash: str = Field(max_length=64)
    signed_at: datetime | None = None


class ReportAnswer(WorkspaceRow, table=True):
    """A supervisor's answer to a report or an addendum: a co-signature under the hash that she was shown, or a return
    with a comment; `returned_text` is then what she read, as `domain.report_changes` writes it. Rows only grow. It is
    not supervision."""

    __tablename__ = "report_answer"
    __table_args__ = (
        within_workspace("report_id", "progress_report"),
        within_workspace("answered_by_id", "membership"),
        Index("ix_report_answer_report", "workspace_id", "report_id"),
        Index(
            "ix_report_answer_once",
            "report_id",
            unique=True,
            **only_where("kind = 'cosigned' AND addendum_id IS NULL"),
        ),
        Index(
            "ix_report_answer_addendum_once",
            "addendum_id",
            unique=True,
            **only_where("kind = 'cosigned' AND addendum_id IS NOT NULL"),
        ),
        CheckConstraint("kind in ('cosigned', 'returned')", name="kind"),
    )

    report_id: UUID
    addendum_id: UUID | None = Field(default=None, foreign_key="report_addendum.id")
    answered_by_id: UUID
    kind: str = Field(max_length=10)
    comment: str = Field(default="", max_length=2000)
    content_hash: str = Field(default="", max_length=64)
    returned_text: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": text("''")})


class ReportBatch(WorkspaceRow, table=True):
    """A run that prints all signed reports of a period, for `membership_id` alone: how far it is, and its end.

    `moved_at`: its last sign of life; one that is "running" and did not move for long has broken off. Its files are no
    rows: they are sealed in the data directory.
    """

    __tablename__ = "report_batch"
    __table_args__ = (
        within_workspace("membership_id", "membership"),
        within_workspace("period_id", "report_period"),
        Index("ix_report_batch_mine", "workspace_id", "membership_id", "period_id"),
        CheckConstraint("status in ('running', 'ready', 'canceled', 'failed')", name="status"),
    )

    membership_id: UUID
    period_id: UUID
    kind: str = Field(max_length=20)
    student_ids: list[str] = Field(default_factory=list, sa_type=JSON)
    status: str = Field(default="running", max_length=10)
    made: int = 0
    moved_at: datetime
