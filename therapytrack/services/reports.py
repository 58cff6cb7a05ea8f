"""One progress report: opening it, writing it, signing or submitting what was shown, and correcting it by addenda."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import access_goal
from therapytrack.access.refusals import refused
from therapytrack.access.reports import SeenReport, access_report, access_report_addendum
from therapytrack.domain.ids import require_made
from therapytrack.domain.note_content import clean_text, required_text
from therapytrack.domain.progress_codes import codes_from
from therapytrack.domain.report_content import (
    CODE_OR_WORDS,
    LONGEST_ADDENDUM,
    LONGEST_WORDS,
    TEXTS,
    content_text,
    facts_hash,
    report_addendum_hash,
    text_hash,
)
from therapytrack.errors import Conflict, Invalid, NotFound
from therapytrack.models import (
    ClinicalRole,
    NoteStatus,
    ProgressReport,
    ProgressReportGoal,
    ReportAddendum,
)
from therapytrack.services.activity import record
from therapytrack.services.report_contents import ReportDraft, draft_of, see_report
from therapytrack.services.report_settings import hold_period

DATA_CHANGED = "The data changed after you opened this report. Look at it again, then sign."
TEXT_CHANGED = "This report was changed elsewhere after you opened it. Look at it again, then sign."
NO_CODES = "This workspace has no code set in use. Ask the office to choose one under Settings, Reports."
NO_GOALS = "There is no goal to report on in this period."
NO_ADDENDUM = "Write the correction or addition first."
NOT_OFFERED = "Choose one of the codes of your set."
SEALED = {Action.SIGN_NOTE: NoteStatus.SIGNED, Action.SUBMIT_NOTE: NoteStatus.SUBMITTED}
DONE = {Action.SIGN_NOTE: "sign report", Action.SUBMIT_NOTE: "submit report"}


@dataclass(frozen=True, slots=True)
class GoalShown:
    """What a page showed of one goal: the code, and the versions of words, English and Spanish."""

    goal_id: UUID
    code: str
    versions: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class ReportShown:
    """What a page showed of a report that is to be signed: the hash of its facts, and each goal."""

    student_id: UUID
    period_id: UUID
    facts: str
    goals: tuple[GoalShown, ...]


@dataclass(frozen=True, slots=True)
class SavedText:
    """A text as it is stored now."""

    text: str
    version: int
    saved_at: datetime


def set_code(db: Session, actor: Actor, student_id: UUID, period_id: UUID, goal_id: UUID, code: str) -> None:
    """Give a goal a code of the report's set, or none (""); the report begins with its first act.

    Raises NotFound, NotPermitted, Invalid for a code that is not offered.
    """
    seen = _writing(db, actor, student_id, period_id)
    row = _row(db, actor, seen, goal_id)
    offered = codes_from(seen.code_set.codes) if seen.code_set else ()
    if code and code not in {one.code for one in offered}:
        raise Invalid({"code": NOT_OFFERED})
    if row.code != code:
        row.code = code
        _record(db, actor, "code report goal", seen, goal_id=str(goal_id))


def save_text(
    db: Session, actor: Actor, student_id: UUID, period_id: UUID, goal_id: UUID, field: str, text: str, version: int
) -> SavedText:
    """Save one of the texts of a goal ("words", "family_en", "family_es") over the `version` that was seen.

    Raises Conflict, which carries the stored text and its version; Invalid, NotFound, NotPermitted.
    """
    if field not in TEXTS:
        raise NotFound
    text = clean_text(text, field, LONGEST_WORDS)
    seen = _writing(db, actor, student_id, period_id)
    row = _row(db, actor, seen, goal_id)
    if getattr(row, field) == text:
        return SavedText(text, getattr(row, f"{field}_version"), actor.at)
    stored = col(getattr(ProgressReportGoal, f"{field}_version"))
    db.flush()
    saved = db.execute(
        update(ProgressReportGoal)
        .where(col(ProgressReportGoal.id) == row.id, stored == version)
        .values({field: text, f"{field}_version": version + 1})
        .returning(stored)
        .execution_options(synchronize_session=False)
    ).first()
    if saved is None:
        raise Conflict("This text was changed elsewhere.", theirs=getattr(row, field) or "", version=_now(row, field))
    db.expire(row)
    return SavedText(text, saved[0], actor.at)


def use_made_text(db: Session, actor: Actor, student_id: UUID, period_id: UUID, goal_id: UUID, field: str) -> None:
    """Put the words made from the data back in the place of the author's for the family. Raises NotFound,
    NotPermitted."""
    if field not in TEXTS[1:]:
        raise NotFound
    row = _row(db, actor, _writing(db, actor, student_id, period_id), goal_id)
    if getattr(row, field) is not None:
        setattr(row, field, None)
        setattr(row, f"{field}_version", _now(row, field) + 1)


def sign_report(db: Session, actor: Actor, shown: ReportShown) -> ProgressReport:
    """Sign the actor's own report as it was shown; a second click changes nothing.

    Raises NotFound, NotPermitted, Invalid, and Conflict when the data or the texts are not those shown any more.
    """
    return _seal(db, actor, shown, Action.SIGN_NOTE)


def submit_report(db: Session, actor: Actor, shown: ReportShown) -> ProgressReport:
    """Hand an assistant's report to her supervisor, for the first time or after a return. Raises as `sign_report`."""
    return _seal(db, actor, shown, Action.SUBMIT_NOTE)


def add_report_addendum(
    db: Session, actor: Actor, student_id: UUID, period_id: UUID, addendum_id: UUID, text: str
) -> ReportAddendum:
    """Add to a signed report, which stays as it is; an assistant's addendum waits for a co-signature of its own.

    The same `addendum_id` twice makes one addendum. Raises Invalid, NotFound, NotPermitted.
    """
    words = required_text(text, "addendum", NO_ADDENDUM, LONGEST_ADDENDUM)
    seen = access_report(db, actor, student_id, period_id, Action.ADD_ADDENDUM, words=words)
    report = _begun(seen)
    require_made(addendum_id)
    if (existing := db.get(ReportAddendum, addendum_id)) is not None:
        if existing.report_id != report.id or existing.author_id != actor.membership_id:
            raise NotFound
        return existing
    assistant = actor.member.clinical == ClinicalRole.ASSISTANT
    addendum = ReportAddendum(
        id=addendum_id,
        workspace_id=actor.workspace_id,
        report_id=report.id,
        author_id=actor.membership_id,
        text=words,
        status=NoteStatus.SUBMITTED if assistant else NoteStatus.SIGNED,
        content_hash=report_addendum_hash(report.content_hash, str(actor.membership_id), words),
        signed_at=None if assistant else actor.at,
    )
    db.add(addendum)
    _record(db, actor, "add report addendum", seen)
    return addendum


def revise_report_addendum(db: Session, actor: Actor, addendum_id: UUID, text: str) -> ReportAddendum:
    """Change a returned addendum and submit it again. Raises Invalid, NotFound, NotPermitted."""
    words = required_text(text, "addendum", NO_ADDENDUM, LONGEST_ADDENDUM)
    addendum, seen = access_report_addendum(db, actor, addendum_id, Action.SUBMIT_NOTE, words=words)
    addendum.text, addendum.status = words, NoteStatus.SUBMITTED
    addendum.content_hash = report_addendum_hash(_begun(seen).content_hash, str(actor.membership_id), words)
    _record(db, actor, "submit report addendum", seen)
    return addendum


def _seal(db: Session, actor: Actor, shown: ReportShown, action: Action) -> ProgressReport:
    seen = access_report(db, actor, shown.student_id, shown.period_id, Action.VIEW)
    if seen.report and seen.report.status == SEALED[action] and seen.report.author_id == actor.membership_id:
        return seen.report
    if seen.report is None:
        seen = _writing(db, actor, shown.student_id, shown.period_id)
    seen = see_report(db, actor, shown.student_id, shown.period_id, action)
    report, draft = _begun(seen), draft_of(db, actor, seen)
    _require_shown(draft, shown)
    _require_whole(draft)
    if draft.written:
        access_report(db, actor, shown.student_id, shown.period_id, action, words=draft.written)
    report.content = content_text(draft.content)
    report.content_hash = text_hash(report.content)
    report.status = SEALED[action]
    if action == Action.SIGN_NOTE:
        report.signed_at = actor.at
    else:
        report.submitted_at = actor.at
    _record(db, actor, DONE[action], seen, hash=report.content_hash)
    db.flush()
    return report


def _require_shown(draft: ReportDraft, shown: ReportShown) -> None:
    if facts_hash(draft.content) != shown.facts:
        raise Conflict(DATA_CHANGED)
    now = {(one.content.goal_id, one.content.code, one.versions) for one in draft.goals}
    if now != {(str(one.goal_id), one.code, one.versions) for one in shown.goals}:
        raise Conflict(TEXT_CHANGED)


def _require_whole(draft: ReportDraft) -> None:
    """Every goal has a code, or the author's words why none fits."""
    if not draft.codes:
        raise Invalid({"report": NO_CODES})
    if not draft.goals:
        raise Invalid({"report": NO_GOALS})
    open_goals = [one.content for one in draft.goals if not one.content.code and not one.content.words.strip()]
    if open_goals:
        raise Invalid({f"goal:{one.goal_id}": CODE_OR_WORDS for one in open_goals})


def _writing(db: Session, actor: Actor, student_id: UUID, period_id: UUID) -> SeenReport:
    """The actor's own report to write on; it begins with her first act. Raises NotFound, NotPermitted, Invalid."""
    seen = access_report(db, actor, student_id, period_id, Action.DRAFT_NOTE)
    if seen.report is not None:
        return access_report(db, actor, student_id, period_id, Action.EDIT_NOTE)
    if seen.code_set is None:
        raise Invalid({"report": NO_CODES})
    if not hold_period(db, actor, period_id):
        raise refused(NotFound(), Action.DRAFT_NOTE, "report_period", period_id)
    report = ProgressReport(
        workspace_id=actor.workspace_id,
        student_id=student_id,
        period_id=period_id,
        author_id=actor.membership_id,
        code_set_id=seen.code_set.id,
    )
    db.add(report)
    db.flush()
    seen = access_report(db, actor, student_id, period_id, Action.EDIT_NOTE)
    _record(db, actor, "draft report", seen)
    return seen


def _row(db: Session, actor: Actor, seen: SeenReport, goal_id: UUID) -> ProgressReportGoal:
    """What was added about a goal of that very student, made with the first addition. Raises NotFound."""
    report = _begun(seen)
    access_goal(db, actor, report.student_id, goal_id, Action.VIEW_PROGRESS)
    query = select(ProgressReportGoal).where(
        col(ProgressReportGoal.report_id) == report.id, col(ProgressReportGoal.goal_id) == goal_id
    )
    row: ProgressReportGoal | None = db.execute(query.with_for_update()).scalar_one_or_none()
    if row is None:
        row = ProgressReportGoal(workspace_id=actor.workspace_id, report_id=report.id, goal_id=goal_id)
        db.add(row)
    return row


def _begun(seen: SeenReport) -> ProgressReport:
    if seen.report is None:
        raise NotFound
    return seen.report


def _now(row: ProgressReportGoal, field: str) -> int:
    version: int = getattr(row, f"{field}_version")
    return version


def _record(db: Session, actor: Actor, action: str, seen: SeenReport, **detail: str) -> None:
    report = _begun(seen)
    record(
        db, actor, action, student_id=report.student_id, record_kind="progress_report", record_id=report.id, **detail
    )
