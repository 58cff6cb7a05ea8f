"""What the page of one progress report shows, and what the person before it may do with it."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.facts import NoteFacts
from therapytrack.access.reports import SeenReport, access_report
from therapytrack.access.roles import decide
from therapytrack.domain.progress_codes import ProgressCode, Suggestion, codes_from
from therapytrack.domain.report_content import ReportContent, content_from, facts_hash
from therapytrack.models import NoteStatus, ReportAddendum, ReportAnswer, ReportPeriod
from therapytrack.services.activity import only_reads, record
from therapytrack.services.licence import scope_hint
from therapytrack.services.note_sheet import people
from therapytrack.services.report_contents import GoalDraft, draft_of

HANDED_IN = (NoteStatus.SUBMITTED, NoteStatus.SIGNED, NoteStatus.COSIGNED)
NO_SUGGESTION = Suggestion("", "")
HIDDEN = "This report is still being written by {author}. You can read its words once it is signed or submitted."


@dataclass(frozen=True, slots=True)
class AddendumLine:
    """An addendum; `mine`: the actor may change it, because it was returned to her; `answers`: it waits for her."""

    id: UUID
    author: str
    made_at: datetime
    text: str
    status: str
    hash: str
    comment: str
    mine: bool
    answers: bool


@dataclass(frozen=True, slots=True)
class Rights:
    """What the actor may do now; `why_not_export` in words."""

    write: bool
    sign: bool
    submit: bool
    answer: bool
    add: bool
    export: bool
    why_not_export: str


@dataclass(frozen=True, slots=True)
class ReportPage:
    """One report: `drafts` beside the goals of `content` while it is written; `facts` proves the data shown.

    `hidden`: why the author's words are not shown, "" when they are. `comment`: of the last return.
    """

    student_id: UUID
    student_name: str
    period: ReportPeriod
    status: str
    content: ReportContent
    drafts: tuple[GoalDraft, ...]
    codes: tuple[ProgressCode, ...]
    verified: bool
    hash: str
    facts: str
    rights: Rights
    hidden: str
    hint: str
    comment: str
    signed: tuple[tuple[str, datetime], ...]
    addenda: tuple[AddendumLine, ...]


@only_reads
def open_report(db: Session, actor: Actor, student_id: UUID, period_id: UUID) -> ReportPage:
    """One report as it was handed in, or as the data make it now. The view is logged. Raises NotFound, NotPermitted."""
    seen = access_report(db, actor, student_id, period_id, Action.VIEW)
    report = seen.report
    codes = codes_from(seen.code_set.codes) if seen.code_set else ()
    content, drafts = _content(db, actor, seen)
    answers = _answers(db, seen) if report and report.submitted_at else []
    record(db, actor, Action.VIEW, student_id=student_id, record_kind="progress_report", record_id=_key(seen))
    last = next((one for one in reversed(answers) if one.kind == "returned" and one.addendum_id is None), None)
    returned = report is not None and report.status == NoteStatus.RETURNED
    signed, addenda = _afterwards(db, actor, seen, answers)
    return ReportPage(
        student_id=student_id,
        student_name=content.student,
        period=seen.period,
        status=report.status if report else "due",
        content=content,
        drafts=drafts,
        codes=codes,
        verified=bool(seen.code_set and seen.code_set.verified),
        hash=report.content_hash if report else "",
        facts=facts_hash(content),
        rights=_rights(seen),
        hidden="" if seen.readable else HIDDEN.format(author=content.author),
        hint=scope_hint(db, actor) if seen.writable else "",
        comment=last.comment if last and returned else "",
        signed=signed,
        addenda=addenda,
    )


def _content(db: Session, actor: Actor, seen: SeenReport) -> tuple[ReportContent, tuple[GoalDraft, ...]]:
    """What was handed in; or what the data make now, without the words of a draft that the actor may not read."""
    if seen.report is not None and seen.report.status in HANDED_IN:
        return content_from(seen.report.content), ()
    draft = draft_of(db, actor, seen)
    if seen.readable:
        return draft.content, draft.goals
    bare = [
        replace(one, content=replace(one.content, code="", code_meaning="", words="", family_en="", family_es=""))
        for one in draft.goals
    ]
    return replace(draft.content, goals=tuple(one.content for one in bare)), tuple(bare)


def _rights(seen: SeenReport) -> Rights:
    """As `decide` answers; of a report that nobody has begun, as if the actor had."""
    note = seen.facts.note or NoteFacts(NoteStatus.DRAFT, author_is_actor=True)
    shown = replace(seen.facts, note=replace(note, shown_hash_matches=True))
    may = {action: decide(action, shown).allowed for action in Action}
    sealed = seen.report is not None and seen.report.status in (NoteStatus.SIGNED, NoteStatus.COSIGNED)
    return Rights(
        write=seen.writable,
        sign=seen.writable and may[Action.SIGN_NOTE],
        submit=seen.writable and may[Action.SUBMIT_NOTE],
        answer=seen.report is not None and may[Action.COSIGN_NOTE],
        add=seen.report is not None and may[Action.ADD_ADDENDUM],
        export=may[Action.EXPORT_SUMMARY],
        why_not_export=seen.why_not(Action.EXPORT_SUMMARY) if sealed else "",
    )


def _key(seen: SeenReport) -> UUID:
    return seen.report.id if seen.report else seen.seen.student.id


def _answers(db: Session, seen: SeenReport) -> list[ReportAnswer]:
    query = select(ReportAnswer).where(
        col(ReportAnswer.workspace_id) == seen.seen.student.workspace_id, col(ReportAnswer.report_id) == _key(seen)
    )
    return list(db.execute(query.order_by(col(ReportAnswer.created_at))).scalars())


def _afterwards(
    db: Session, actor: Actor, seen: SeenReport, answers: list[ReportAnswer]
) -> tuple[tuple[tuple[str, datetime], ...], tuple[AddendumLine, ...]]:
    """Who signed when, in words, and the addenda, oldest first; nothing while the report is written."""
    report = seen.report
    if report is None or report.status not in HANDED_IN:
        return (), ()
    query = select(ReportAddendum).where(
        col(ReportAddendum.workspace_id) == actor.workspace_id, col(ReportAddendum.report_id) == report.id
    )
    addenda = list(db.execute(query.order_by(col(ReportAddendum.created_at))).scalars())
    cosigned = [one for one in answers if one.kind == "cosigned" and one.addendum_id is None]
    authors = [report.author_id, *(one.author_id for one in addenda), *(one.answered_by_id for one in cosigned)]
    names = people(db, actor, authors)
    by = names[report.author_id]
    lines: list[tuple[str, datetime | None]] = []
    lines += [(f"Submitted by {by}", report.submitted_at)] if report.submitted_at else []
    lines += [(f"Signed by {by}", report.signed_at)] if not report.submitted_at else []
    lines += [(f"Co-signed by {names[one.answered_by_id]}", one.created_at) for one in cosigned]
    comments = {one.addendum_id: one.comment for one in answers if one.kind == "returned"}
    tie = seen.facts.note is not None and seen.facts.note.author_is_supervisee
    shown = [_addendum(one, actor, names, comments.get(one.id, ""), supervises=tie) for one in addenda]
    return tuple((words, at) for words, at in lines if at is not None), tuple(one for one in shown if one is not None)


def _addendum(
    one: ReportAddendum, actor: Actor, names: dict[UUID, str], comment: str, *, supervises: bool
) -> AddendumLine | None:
    """An addendum as the actor may see it: one that was returned is its author's alone."""
    mine = one.author_id == actor.membership_id
    if one.status == NoteStatus.RETURNED and not mine and not supervises:
        return None
    return AddendumLine(
        id=one.id,
        author=names[one.author_id],
        made_at=one.created_at,
        text=one.text,
        status=one.status,
        hash=one.content_hash,
        comment=comment if one.status == NoteStatus.RETURNED else "",
        mine=mine and one.status == NoteStatus.RETURNED,
        answers=one.status == NoteStatus.SUBMITTED and not mine and actor.member.clinical == "supervisor",
    )
