"""Signed reports as they leave the product: each asks for its right and is logged before a byte is made."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import access_student
from therapytrack.access.reports import access_report
from therapytrack.access.slots import credential_of, name_of
from therapytrack.domain import report_acts
from therapytrack.domain.dates import long_date
from therapytrack.domain.report_content import Kind, ReportContent, content_from
from therapytrack.errors import Invalid
from therapytrack.models import (
    NoteStatus,
    ProgressReport,
    ReportAddendum,
    ReportAnswer,
)
from therapytrack.services.activity import record
from therapytrack.services.report_pdf import PrintedReport, signature_line

NOT_SIGNED = "This report is not signed yet. Sign it, then export it."
Named = list[tuple[Any, str]]
SIGNED = (NoteStatus.SIGNED, NoteStatus.COSIGNED)


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A report to be made into a PDF, and the name under which a browser keeps it."""

    filename: str
    printed: PrintedReport


def export_report(db: Session, actor: Actor, student_id: UUID, period_id: UUID, kind: Kind) -> ReportFile:
    """A signed report for a file of `kind`. Raises NotFound, NotPermitted, Invalid while it is not signed."""
    student = access_student(db, actor, student_id, Action.EXPORT_SUMMARY)
    report = access_report(db, actor, student_id, period_id, Action.VIEW).report
    if report is None or report.status not in SIGNED:
        raise Invalid({"report": NOT_SIGNED})
    log_export(db, actor, report, kind)
    (file,) = files_of(db, actor, [(student.local_number, report)], kind)
    return file


def log_export(db: Session, actor: Actor, report: ProgressReport, kind: Kind, **detail: Any) -> None:
    """Log that a report leaves as a file; `detail` says whether as a part of a larger one."""
    content = content_from(report.content)
    record(
        db,
        actor,
        report_acts.EXPORT,
        student_id=report.student_id,
        record_kind="progress_report",
        record_id=report.id,
        since=content.first_on,
        until=content.last_on,
        medium="pdf",
        kind=kind,
        **detail,
    )


def files_of(db: Session, actor: Actor, reports: Sequence[tuple[str, ProgressReport]], kind: Kind) -> list[ReportFile]:
    """Signed reports (granted by the gate), each beside its student's local number, as files to be made. Two
    statements, whatever their number."""
    ids = [report.id for _, report in reports]
    addenda = _by_report(db, ReportAddendum, col(ReportAddendum.author_id), ids, col(ReportAddendum.status).in_(SIGNED))
    cosigned = (col(ReportAnswer.kind) == "cosigned", col(ReportAnswer.addendum_id).is_(None))
    answers = _by_report(db, ReportAnswer, col(ReportAnswer.answered_by_id), ids, *cosigned)
    made = []
    for number, report in reports:
        content = content_from(report.content)
        printed = _printed(actor, report, content, kind, answers[report.id], addenda[report.id])
        made.append(ReportFile(_filename(number, content, kind), printed))
    return made


def _filename(local_number: str, content: ReportContent, kind: Kind) -> str:
    """A name for the file without the student's: the local number, if it looks like a number, and the last day."""
    number = re.sub(r"[^A-Za-z0-9-]+", "-", local_number).strip("-")[:40]
    known = number if any(sign.isdigit() for sign in number) else content.report_id[-8:]
    return "-".join((kind, known, content.last_on)) + ".pdf"


def _printed(
    actor: Actor, report: ProgressReport, content: ReportContent, kind: Kind, answers: Named, addenda: Named
) -> PrintedReport:
    first = ("Submitted", report.submitted_at) if answers else ("Signed", report.signed_at)
    lines = [signature_line(first[0], content.author, _day(actor, first[1]))]
    lines += [signature_line("Co-signed", by, _day(actor, one.created_at)) for one, by in answers]
    later = [(f"{by}, {long_date(_day(actor, one.signed_at or one.created_at))}", one.text) for one, by in addenda]
    return PrintedReport(content, kind, tuple(lines), tuple(later), actor.today)


def _day(actor: Actor, at: datetime | None) -> date:
    return (at or actor.at).astimezone(actor.zone).date()


def _by_report(
    db: Session, table: Any, member: Any, report_ids: Iterable[UUID], *only: Any
) -> defaultdict[UUID, Named]:
    """Rows of `table` about these reports, oldest first, each with the name and credential of `member`. One
    statement."""
    query = select(table, name_of(member), credential_of(member)).where(table.report_id.in_(report_ids), *only)
    found: defaultdict[UUID, Named] = defaultdict(list)
    for row, *names in db.execute(query.order_by(table.created_at, table.id)):
        found[row.report_id].append((row, ", ".join(part for part in names if part)))
    return found
