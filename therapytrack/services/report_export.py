"""Signed reports as they leave the product: each asks for its right and is logged before a byte is made.

A batch's file is kept in the server's memory alone, for the one who made it and for a quarter of an hour; nothing of it
is written to a disk.
"""

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import access_student, access_students
from therapytrack.access.reports import access_report
from therapytrack.domain.dates import long_date
from therapytrack.domain.report_content import Kind, ReportContent, content_from
from therapytrack.errors import Invalid, NotFound
from therapytrack.models import (
    Account,
    Membership,
    NoteStatus,
    ProgressReport,
    ReportAddendum,
    ReportAnswer,
    new_id,
)
from therapytrack.services.activity import record
from therapytrack.services.report_pdf import ENDING, PrintedReport, signature_line

NOT_SIGNED = "This report is not signed yet. Sign it, then export it."
NOTHING = "None of these reports is signed. Sign them, then print."
KEPT: Final = timedelta(minutes=15)
MOST_KEPT: Final = 8
SIGNED = (NoteStatus.SIGNED, NoteStatus.COSIGNED)


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A report to be made into a PDF, and the name under which a browser keeps it."""

    filename: str
    printed: PrintedReport


@dataclass(frozen=True, slots=True)
class Batch:
    """The finished files of one run: by how they are put together ("merged", "each"), name and bytes."""

    id: UUID
    membership_id: UUID
    student_ids: tuple[UUID, ...]
    made_at: datetime
    files: dict[str, tuple[str, bytes]]


_batches: dict[UUID, Batch] = {}
_lock = threading.Lock()


def export_report(db: Session, actor: Actor, student_id: UUID, period_id: UUID, kind: Kind) -> ReportFile:
    """A signed report for a file of `kind`. Raises NotFound, NotPermitted, Invalid while it is not signed."""
    student = access_student(db, actor, student_id, Action.EXPORT_SUMMARY)
    report = access_report(db, actor, student_id, period_id, Action.VIEW).report
    if report is None or report.status not in SIGNED:
        raise Invalid({"report": NOT_SIGNED})
    content = content_from(report.content)
    record(
        db,
        actor,
        "export progress report",
        student_id=student_id,
        record_kind="progress_report",
        record_id=report.id,
        since=content.first_on,
        until=content.last_on,
        medium="pdf",
        kind=kind,
    )
    return ReportFile(_filename(student.local_number, content, kind), _printed(db, actor, report, content, kind))


def keep_batch(db: Session, actor: Actor, student_ids: Sequence[UUID], files: dict[str, tuple[str, bytes]]) -> UUID:
    """Keep the files of a finished run for their maker; the oldest give way. Answers the batch's id."""
    del db
    batch = Batch(new_id(), actor.membership_id, tuple(student_ids), actor.at, files)
    with _lock:
        for old in [one.id for one in _batches.values() if _is_over(one, actor.at) or _is_hers(one, actor)]:
            del _batches[old]
        for old in sorted(_batches, key=lambda one: _batches[one].made_at)[: max(0, len(_batches) - MOST_KEPT + 1)]:
            del _batches[old]
        _batches[batch.id] = batch
    return batch.id


def open_batch(db: Session, actor: Actor, batch_id: UUID, how: str) -> tuple[str, bytes]:
    """Name and bytes of a batch of the actor's own, while she still may export each of its students.

    Raises NotFound (also when its time is over), NotPermitted.
    """
    batch = _batches.get(batch_id)
    if batch is None or not _is_hers(batch, actor) or _is_over(batch, actor.at) or how not in ENDING:
        raise NotFound
    access_students(db, actor, list(batch.student_ids), Action.EXPORT_SUMMARY)
    record(db, actor, "download progress reports", record_kind="report_batch", students=len(batch.student_ids))
    return batch.files[how]


def batch_name(period: str, kind: Kind, how: str) -> str:
    """The name of a batch's file."""
    slug = re.sub(r"[^a-z0-9]+", "-", period.lower()).strip("-")[:40]
    return "-".join(part for part in ("reports", slug, kind) if part) + f".{ENDING[how]}"


def _is_over(batch: Batch, at: datetime) -> bool:
    return at - batch.made_at > KEPT


def _is_hers(batch: Batch, actor: Actor) -> bool:
    return batch.membership_id == actor.membership_id


def _filename(local_number: str, content: ReportContent, kind: Kind) -> str:
    """A name for the file without the student's: the local number, if it looks like a number, and the last day."""
    number = re.sub(r"[^A-Za-z0-9-]+", "-", local_number).strip("-")[:40]
    known = number if any(sign.isdigit() for sign in number) else content.report_id[-8:]
    return "-".join((kind, known, content.last_on)) + ".pdf"


def _printed(db: Session, actor: Actor, report: ProgressReport, content: ReportContent, kind: Kind) -> PrintedReport:
    names = _people(db, actor)
    addenda = _addenda(db, report)
    answers = _cosigned(db, report)
    lines = [signature_line("Submitted", content.author, _day(actor, report.submitted_at))] if answers else []
    if not answers:
        lines.append(signature_line("Signed", content.author, _day(actor, report.signed_at)))
    lines += [signature_line("Co-signed", names[one.answered_by_id], _day(actor, one.created_at)) for one in answers]
    later = tuple(
        (f"{names[one.author_id]}, {_long(actor, one.signed_at or one.created_at)}", one.text) for one in addenda
    )
    return PrintedReport(content, kind, tuple(lines), later, actor.today)


def _day(actor: Actor, at: datetime | None) -> Any:
    return (at or actor.at).astimezone(actor.zone).date()


def _long(actor: Actor, at: datetime) -> str:
    return long_date(_day(actor, at))


def _people(db: Session, actor: Actor) -> dict[UUID, str]:
    query = select(col(Membership.id), col(Account.name), col(Account.credential)).join(
        Account, col(Account.id) == col(Membership.account_id)
    )
    rows = db.execute(query.where(col(Membership.workspace_id) == actor.workspace_id))
    return {row[0]: ", ".join(part for part in row[1:] if part) for row in rows}


def _addenda(db: Session, report: ProgressReport) -> list[ReportAddendum]:
    query = select(ReportAddendum).where(
        col(ReportAddendum.report_id) == report.id, col(ReportAddendum.status).in_(SIGNED)
    )
    return list(db.execute(query.order_by(col(ReportAddendum.created_at))).scalars())


def _cosigned(db: Session, report: ProgressReport) -> list[ReportAnswer]:
    query = select(ReportAnswer).where(
        col(ReportAnswer.report_id) == report.id,
        col(ReportAnswer.kind) == "cosigned",
        col(ReportAnswer.addendum_id).is_(None),
    )
    return list(db.execute(query).scalars())
