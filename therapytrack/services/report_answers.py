"""A supervisor's two answers to a report or an addendum that her assistant submitted: a co-signature under the very
text that she was shown, or a return with a comment. A co-signature does not document supervision.
"""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.reports import access_report, access_report_addendum
from therapytrack.domain.note_content import LONGEST_COMMENT, required_text
from therapytrack.domain.report_changes import report_parts
from therapytrack.domain.report_content import content_from, text_hash
from therapytrack.errors import Conflict, NotFound
from therapytrack.models import NoteStatus, ProgressReport, ReportAddendum, ReportAnswer
from therapytrack.services.activity import record

NO_COMMENT = "Say what to change, so that the author knows."
CHANGED = "This report is not the one that was submitted. Return it to its author."
COSIGNED, RETURNED = "cosigned", "returned"
ACTS = {COSIGNED: "co-sign report", RETURNED: "return report"}
ADDENDUM_ACTS = {COSIGNED: "co-sign report addendum", RETURNED: "return report addendum"}


def co_sign_report(db: Session, actor: Actor, student_id: UUID, period_id: UUID, shown_hash: str) -> ReportAnswer:
    """Co-sign the report whose content hash is `shown_hash`; a second click makes no second signature.

    Raises NotFound, NotPermitted (also when the report is not the one shown any more), Conflict.
    """
    seen = access_report(db, actor, student_id, period_id, Action.READ_NOTE)
    if seen.report and (mine := _mine(db, actor, seen.report, None, shown_hash)):
        return mine
    seen = access_report(db, actor, student_id, period_id, Action.COSIGN_NOTE, shown_hash=shown_hash)
    report = _begun(seen.report)
    if text_hash(report.content) != shown_hash:
        raise Conflict(CHANGED)
    report.status, report.signed_at = NoteStatus.COSIGNED, actor.at
    return _answer(db, actor, report, None, COSIGNED, content_hash=shown_hash)


def return_report(db: Session, actor: Actor, student_id: UUID, period_id: UUID, shown_hash: str, comment: str) -> None:
    """Send the report back to its author with `comment`. Raises Invalid without one, NotFound, NotPermitted."""
    words = required_text(comment, "comment", NO_COMMENT, LONGEST_COMMENT)
    seen = access_report(db, actor, student_id, period_id, Action.RETURN_NOTE, shown_hash=shown_hash)
    report = _begun(seen.report)
    report.status = NoteStatus.RETURNED
    read = report_parts(content_from(report.content))
    _answer(db, actor, report, None, RETURNED, comment=words, content_hash=shown_hash, returned_text=read)


def co_sign_report_addendum(db: Session, actor: Actor, addendum_id: UUID, shown_hash: str) -> ReportAnswer:
    """Co-sign an assistant's addendum whose hash is `shown_hash`, once. Raises NotFound, NotPermitted."""
    addendum, seen = access_report_addendum(db, actor, addendum_id, Action.READ_NOTE)
    report = _begun(seen.report)
    if mine := _mine(db, actor, report, addendum.id, shown_hash):
        return mine
    addendum, _ = access_report_addendum(db, actor, addendum_id, Action.COSIGN_NOTE, shown_hash=shown_hash)
    addendum.status, addendum.signed_at = NoteStatus.COSIGNED, actor.at
    return _answer(db, actor, report, addendum, COSIGNED, content_hash=shown_hash)


def return_report_addendum(db: Session, actor: Actor, addendum_id: UUID, shown_hash: str, comment: str) -> None:
    """Send an addendum back to its author with `comment`. Raises Invalid, NotFound, NotPermitted."""
    words = required_text(comment, "comment", NO_COMMENT, LONGEST_COMMENT)
    addendum, seen = access_report_addendum(db, actor, addendum_id, Action.RETURN_NOTE, shown_hash=shown_hash)
    addendum.status = NoteStatus.RETURNED
    report, read = _begun(seen.report), addendum.text
    _answer(db, actor, report, addendum, RETURNED, comment=words, content_hash=shown_hash, returned_text=read)


def _begun(report: ProgressReport | None) -> ProgressReport:
    if report is None:
        raise NotFound
    return report


def _mine(
    db: Session, actor: Actor, report: ProgressReport, addendum_id: UUID | None, shown_hash: str
) -> ReportAnswer | None:
    query = select(ReportAnswer).where(
        col(ReportAnswer.workspace_id) == actor.workspace_id,
        col(ReportAnswer.report_id) == report.id,
        col(ReportAnswer.addendum_id) == addendum_id,
        col(ReportAnswer.answered_by_id) == actor.membership_id,
        col(ReportAnswer.kind) == COSIGNED,
        col(ReportAnswer.content_hash) == shown_hash,
    )
    return db.execute(query).scalar_one_or_none()


def _answer(
    db: Session,
    actor: Actor,
    report: ProgressReport,
    addendum: ReportAddendum | None,
    kind: str,
    *,
    content_hash: str,
    comment: str = "",
    returned_text: str = "",
) -> ReportAnswer:
    answer = ReportAnswer(
        workspace_id=actor.workspace_id,
        report_id=report.id,
        addendum_id=addendum.id if addendum else None,
        answered_by_id=actor.membership_id,
        kind=kind,
        comment=comment,
        content_hash=content_hash,
        returned_text=returned_text,
    )
    db.add(answer)
    about = ("report_addendum", addendum.id) if addendum else ("progress_report", report.id)
    acts = ADDENDUM_ACTS if addendum else ACTS
    record(db, actor, acts[kind], student_id=report.student_id, record_kind=about[0], record_id=about[1])
    db.flush()
    return answer
