"""Supervision of assistants: who with whom, what was observed, and the dated rules that it is held against.

A co-signature is not supervision (domain: several states say so), so contacts are rows of their own.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from therapytrack.models.base import WorkspaceRow, key_with_workspace, within_workspace


class SupervisionLink(WorkspaceRow, table=True):
    """Who supervises which assistant, in which discipline, from when until when."""

    __tablename__ = "supervision_link"
    __table_args__ = (
        within_workspace("supervisor_id", "membership"),
        within_workspace("assistant_id", "membership"),
        Index("ix_supervision_link_pair", "workspace_id", "assistant_id", "supervisor_id"),
    )

    supervisor_id: UUID
    assistant_id: UUID
    discipline: str = Field(max_length=40)
    starts_at: datetime
    ends_at: datetime | None = None


class SupervisionContact(WorkspaceRow, table=True):
    """One supervision contact of a supervisor with an assistant, perhaps about one student. Never edited: a wrong one
    is struck out, with who and when, and logged anew."""

    __tablename__ = "supervision_contact"
    __table_args__ = (
        key_with_workspace("supervision_contact"),
        within_workspace("supervisor_id", "membership"),
        within_workspace("assistant_id", "membership"),
        within_workspace("student_id", "student"),
        within_workspace("struck_out_by_id", "membership"),
        Index("ix_supervision_contact_assistant", "workspace_id", "assistant_id", "held_on"),
        Index("ix_supervision_contact_student", "workspace_id", "student_id", "held_on"),
        CheckConstraint("kind in ('direct', 'indirect')", name="kind"),
        CheckConstraint("minutes > 0 and minutes <= 600", name="minutes"),
    )

    supervisor_id: UUID
    assistant_id: UUID
    student_id: UUID | None = None
    kind: str = Field(max_length=10)
    method: str = Field(max_length=40)
    held_on: date
    minutes: int
    topic: str = Field(default="", max_length=1000)
    struck_out_at: datetime | None = None
    struck_out_by_id: UUID | None = None
    struck_out_why: str = Field(default="", max_length=500)


class SupervisionRule(WorkspaceRow, table=True):
    """What a US state asks of assistants in one discipline, as this workspace holds it from `starts_on` until
    `ends_on` (exclusive); shipped ones are unverified defaults. A changed rule is a new dated row.

    `total_percent` and `direct_percent`: supervised share of the assistant's treatment minutes within `period_days`.
    `observe_every_days`: longest time between direct contacts about one student. None: not asked.
    `may_interpret`: whether an assistant's notes may go beyond statements of data.
    """

    __tablename__ = "supervision_rule"
    __table_args__ = (
        key_with_workspace("supervision_rule"),
        Index("ix_supervision_rule_place", "workspace_id", "us_state", "discipline", "starts_on"),
        CheckConstraint("total_percent between 0 and 100", name="total_percent"),
        CheckConstraint("direct_percent between 0 and 100", name="direct_percent"),
    )

    us_state: str = Field(default="", max_length=2)
    discipline: str = Field(max_length=40)
    starts_on: date
    ends_on: date | None = None
    total_percent: float | None = None
    direct_percent: float | None = None
    period_days: int = 30
    observe_every_days: int | None = None
    may_interpret: bool = False
    source: str = Field(default="", max_length=500)
    verified: bool = False
    version: int = 1
