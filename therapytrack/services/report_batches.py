"""All signed reports of a period printed in one run: who runs it, how far it is, and its files while they are kept.

A run is its maker's alone. It says every few reports that it lives; one that fell silent has broken off, because its
server was stopped. The right to export every one of its students is asked for when it begins, when it ends, and when a
file is fetched; each report is logged before its file can be had. Files are sealed in the data directory for a day.
"""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import access_students
from therapytrack.access.holding import hold_member
from therapytrack.access.refusals import refused
from therapytrack.access.reports import signed_reports
from therapytrack.adapters.sealed_files import SealedFiles
from therapytrack.domain.report_acts import DOWNLOAD, PRINT
from therapytrack.domain.report_content import Kind
from therapytrack.errors import Conflict, Invalid, NotFound, Unavailable
from therapytrack.models import ReportBatch, ReportPeriod, utc_now
from therapytrack.services.activity import PART, only_reads, record, record_each
from therapytrack.services.report_export import ReportFile, files_of, log_export
from therapytrack.services.report_pdf import ENDING
from therapytrack.settings import get_settings

NOTHING = "None of these reports is signed. Sign them, then print."
BUSY = "You are printing the reports of {period} already, and one run is made at a time. Wait for it, or cancel it."
CHANGED = "The reports changed while they were printed. Print again."
FOLDER = "report-batches"
KEPT: Final = timedelta(hours=24)
SILENT: Final = timedelta(minutes=1)
"""A run that says nothing for so long has broken off: one report takes tenths of a second."""
SWEEP_SECONDS = 3600
RUNNING, READY, CANCELED, FAILED = "running", "ready", "canceled", "failed"
BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Begun:
    """A run that has begun, with what it is to print, by family name."""

    id: UUID
    period: str
    files: tuple[ReportFile, ...]


@dataclass(frozen=True, slots=True)
class BatchLine:
    """The newest run of a person: its `status`, or BROKEN; `until`: when its files go."""

    id: UUID
    kind: Kind
    status: str
    made: int
    of: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Running:
    """The run of a person that is going on, and its period."""

    period_id: UUID
    period: str
    line: BatchLine


def begin_batch(db: Session, actor: Actor, period_id: UUID, kind: Kind) -> Begun:
    """Begin to print the signed reports of a period that the actor may export. Seven statements, whatever their number.

    Raises Invalid when there is none, NotFound for another workspace's period, Conflict while another run of hers goes
    on.
    """
    period = _period(db, actor, period_id)
    hold_member(db, actor)
    if going := _running(db, actor):
        raise Conflict(BUSY.format(period=going.period))
    reports = signed_reports(db, actor, period_id)
    if not reports:
        raise Invalid({"report": NOTHING})
    batch = ReportBatch(
        workspace_id=actor.workspace_id,
        membership_id=actor.membership_id,
        period_id=period_id,
        kind=kind,
        student_ids=[str(one.student_id) for _, one in reports],
        moved_at=actor.at,
    )
    db.add(batch)
    record(db, actor, PRINT, record_kind="report_batch", record_id=batch.id, reports=len(reports))
    return Begun(batch.id, period.name, tuple(files_of(db, actor, reports, kind)))


def move_batch(db: Session, actor: Actor, batch_id: UUID, made: int) -> bool:
    """Say that the run has made so many and lives; False when it was canceled meanwhile. One statement."""
    return _change(db, actor, batch_id, made=made, moved_at=utc_now())


def finish_batch(db: Session, actor: Actor, batch_id: UUID, files: dict[str, bytes]) -> bool:
    """Keep the files of a run ("merged", "each") for its maker, in the place of her earlier runs of the period, and log
    each report; False when it was canceled.

    Raises NotFound, NotPermitted when she may not export one of the students any more, Conflict when one has no signed
    report any more, Unavailable when the files cannot be kept: then nothing of them is.
    """
    batch = _mine(db, actor, batch_id)
    students = [UUID(one) for one in batch.student_ids]
    access_students(db, actor, students, Action.EXPORT_SUMMARY)
    if not _change(db, actor, batch_id, status=READY, made=len(students), moved_at=utc_now()):
        return False
    reports = {one.student_id: one for _, one in signed_reports(db, actor, batch.period_id)}
    if not reports.keys() >= set(students):
        raise Conflict(CHANGED)
    for student_id in students:
        log_export(db, actor, reports[student_id], _kind(batch), **PART)
    store = _store()
    try:
        for how, data in files.items():
            store.write(batch_id, how, _owner(actor), data)
    except Unavailable:
        store.remove(batch_id)
        raise
    for earlier in _earlier(db, actor, batch):
        store.remove(earlier)
    return True


def cancel_batch(db: Session, actor: Actor, batch_id: UUID) -> bool:
    """Stop the actor's own run; whether it was still running. Nothing of it is kept."""
    return _change(db, actor, batch_id, status=CANCELED)


def fail_batch(db: Session, actor: Actor, batch_id: UUID) -> bool:
    """Mark a run that came to nothing."""
    return _change(db, actor, batch_id, status=FAILED)


@only_reads
def look_at_batch(db: Session, actor: Actor, batch_id: UUID) -> BatchLine:
    """Where a run of the actor's stands. One statement. Raises NotFound."""
    return _line(_mine(db, actor, batch_id))


@only_reads
def running_batch(db: Session, actor: Actor) -> Running | None:
    """The actor's run that goes on, of whatever period. One statement."""
    return _running(db, actor)


@only_reads
def newest_batch(db: Session, actor: Actor, period_id: UUID) -> BatchLine | None:
    """The actor's newest run of a period, unless the files of a finished one have gone. One statement."""
    query = select(ReportBatch).where(*_own(actor), col(ReportBatch.period_id) == period_id)
    query = query.order_by(col(ReportBatch.created_at).desc(), col(ReportBatch.id).desc()).limit(1)
    batch = db.execute(query).scalar_one_or_none()
    return _line(batch) if batch and actor.at < batch.moved_at + KEPT else None


def open_batch(db: Session, actor: Actor, batch_id: UUID, how: str) -> tuple[str, bytes]:
    """Name and bytes of a finished run of the actor's own, while she still may export each of its students.

    Raises NotFound (also when its time is over), NotPermitted, Unavailable when the file is not on this server.
    """
    batch = _mine(db, actor, batch_id)
    if batch.status != READY or actor.at >= batch.moved_at + KEPT or how not in ENDING:
        raise refused(NotFound(), Action.EXPORT_SUMMARY, "report_batch", batch_id)
    students = [UUID(one) for one in batch.student_ids]
    access_students(db, actor, students, Action.EXPORT_SUMMARY)
    about: dict[str, Any] = {"record_kind": "report_batch", "record_id": batch_id, "how": how}
    record(db, actor, DOWNLOAD, students=len(students), **about)
    record_each(db, actor, DOWNLOAD, dict.fromkeys(students, PART), **about)
    name = batch_name(_period(db, actor, batch.period_id).name, _kind(batch), how)
    return name, _store().read(batch_id, how, _owner(actor))


def batch_name(period: str, kind: Kind, how: str) -> str:
    """The name of a batch's file."""
    slug = re.sub(r"[^a-z0-9]+", "-", period.lower()).strip("-")[:40]
    return "-".join(part for part in ("reports", slug, kind) if part) + f".{ENDING[how]}"


async def remove_expired() -> None:
    """Remove the files whose time is over, now and every hour, as long as the server runs."""
    while True:
        await asyncio.to_thread(_store().remove_old, KEPT)
        await asyncio.sleep(SWEEP_SECONDS)


def _store() -> SealedFiles:
    return SealedFiles(get_settings(), FOLDER, "Print the reports again.")


def _owner(actor: Actor) -> str:
    return f"{actor.workspace_id}/{actor.membership_id}"


def _kind(batch: ReportBatch) -> Kind:
    return cast("Kind", batch.kind)


def _own(actor: Actor) -> Sequence[Any]:
    return (
        col(ReportBatch.workspace_id) == actor.workspace_id,
        col(ReportBatch.membership_id) == actor.membership_id,
    )


def _mine(db: Session, actor: Actor, batch_id: UUID) -> ReportBatch:
    query = select(ReportBatch).where(*_own(actor), col(ReportBatch.id) == batch_id)
    batch: ReportBatch | None = db.execute(query).scalar_one_or_none()
    if batch is None:
        raise refused(NotFound(), Action.EXPORT_SUMMARY, "report_batch", batch_id)
    return batch


def _earlier(db: Session, actor: Actor, batch: ReportBatch) -> Sequence[UUID]:
    """The maker's finished runs of that period that the page no longer offers: they would fill the disk one by one."""
    kept = (col(ReportBatch.status) == READY, col(ReportBatch.moved_at) > actor.at - KEPT)
    query = select(col(ReportBatch.id)).where(*_own(actor), *kept, col(ReportBatch.period_id) == batch.period_id)
    return db.execute(query.where(col(ReportBatch.id) != batch.id)).scalars().all()


def _running(db: Session, actor: Actor) -> Running | None:
    """The newest run of the actor's that lives: one that fell silent keeps nobody waiting."""
    live = (col(ReportBatch.status) == RUNNING, col(ReportBatch.moved_at) > utc_now() - SILENT)
    query = select(ReportBatch, col(ReportPeriod.name)).where(*_own(actor), *live)
    query = query.join(ReportPeriod, col(ReportPeriod.id) == col(ReportBatch.period_id))
    row = db.execute(query.order_by(col(ReportBatch.created_at).desc()).limit(1)).first()
    return Running(row[0].period_id, row[1], _line(row[0])) if row else None


def _change(db: Session, actor: Actor, batch_id: UUID, **values: Any) -> bool:
    """Change a run that is still running."""
    moved = (
        update(ReportBatch)
        .where(*_own(actor), col(ReportBatch.id) == batch_id, col(ReportBatch.status) == RUNNING)
        .values(**values)
        .returning(col(ReportBatch.id))
        .execution_options(synchronize_session=False)
    )
    return db.execute(moved).first() is not None


def _line(batch: ReportBatch) -> BatchLine:
    silent = batch.status == RUNNING and utc_now() - batch.moved_at > SILENT
    status = BROKEN if silent else batch.status
    return BatchLine(batch.id, _kind(batch), status, batch.made, len(batch.student_ids), batch.moved_at + KEPT)


def _period(db: Session, actor: Actor, period_id: UUID) -> ReportPeriod:
    query = select(ReportPeriod).where(
        col(ReportPeriod.workspace_id) == actor.workspace_id, col(ReportPeriod.id) == period_id
    )
    period: ReportPeriod | None = db.execute(query).scalar_one_or_none()
    if period is None:
        raise refused(NotFound(), Action.EXPORT_SUMMARY, "report_period", period_id)
    return period
