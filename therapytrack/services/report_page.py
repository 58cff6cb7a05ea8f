"""What the page of one progress report shows, and what the person before it may do with it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from therapytrack.access import ties
from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.facts import NoteFacts
from therapytrack.access.queries import run
from therapytrack.access.reports import SeenReport
from therapytrack.access.roles import decide
from therapytrack.access.slots import credential_of, name_of
from therapytrack.domain.progress_codes import ProgressCode, Suggestion, codes_from
from therapytrack.domain.report_changes import Change, report_changes
from therapytrack.domain.report_content import ReportContent, content_from, facts_hash
from therapytrack.domain.word_diff import Piece, word_diff
from therapytrack.models import NoteStatus, ProgressReport, ReportAddendum, ReportAnswer, ReportPeriod
from therapytrack.services.activity import only_reads, record
from therapytrack.services.licence import hint_of
from therapytrack.services.report_contents import Beside, GoalDraft, draft_of, see_report

HANDED_IN = (NoteStatus.SUBMITTED, NoteStatus.SIGNED, NoteStatus.COSIGNED)
NO_SUGGESTION = Suggestion("", "")
HIDDEN = "This report is still being written by {author}. You can read its words once it is signed or submitted."


@dataclass(frozen=True, slots=True)
class AddendumLine:
    """An addendum; `mine`: the actor may change it, because it was returned to her; `answers`: it waits for her, with
    `pieces`, what changed since she returned it."""

    id: UUID
    author: str
    made_at: datetime
    text: str
    status: str
    hash: str
    comment: str
    mine: bool
    answers: bool
    pieces: tuple[Piece, ...] = ()


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

    `hidden`: why the author's words are not shown, "" when they are. `comment`: of the last return, for the author and
    for whoever is to co-sign; `changes`: what she reads otherwise since then.
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
    changes: tuple[Change, ...]
    signed: tuple[tuple[str, datetime], ...]
    addenda: tuple[AddendumLine, ...]


@only_reads
def open_report(db: Session, actor: Actor, student_id: UUID, period_id: UUID) -> ReportPage:
    """One report as it was handed in, or as the data make it now: at most four statements. The view is logged.

    Raises NotFound, NotPermitted.
    """
    seen = see_report(db, actor, student_id, period_id, Action.VIEW)
    report, found = seen.report, Beside(*seen.beside)
    content, drafts = _content(db, actor, seen)
    rights = _rights(seen)
    record(db, actor, Action.VIEW, student_id=student_id, record_kind="progress_report", record_id=_key(seen))
    signed, addenda = _afterwards(db, actor, seen, ", ".join(part for part in found.author_of(actor) if part))
    back = report is not None and (report.status == NoteStatus.RETURNED or rights.answer)
    return ReportPage(
        student_id=student_id,
        student_name=content.student,
        period=seen.period,
        status=report.status if report else "due",
        content=content,
        drafts=drafts,
        codes=codes_from(seen.code_set.codes) if seen.code_set else (),
        verified=bool(seen.code_set and seen.code_set.verified),
        hash=report.content_hash if report else "",
        facts=facts_hash(content),
        rights=rights,
        hidden="" if seen.readable else HIDDEN.format(author=content.author),
        hint=hint_of(actor, interprets=bool(found.interprets)) if seen.writable else "",
        comment=(found.comment or "") if back else "",
        changes=report_changes(found.returned or "", content) if rights.answer else (),
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


def _afterwards(
    db: Session, actor: Actor, seen: SeenReport, author: str
) -> tuple[tuple[tuple[str, datetime], ...], tuple[AddendumLine, ...]]:
    """Who signed when, in words, and the addenda, oldest first; nothing while the report is written. Two statements."""
    report = seen.report
    if report is None or report.status not in HANDED_IN:
        return (), ()
    answers = _with_names(db, actor, ReportAnswer, col(ReportAnswer.answered_by_id), report)
    tie = ties.supervises_author(ReportAddendum)
    addenda = _with_names(db, actor, ReportAddendum, col(ReportAddendum.author_id), report, tie)
    lines: list[tuple[str, datetime | None]] = []
    lines += [(f"Submitted by {author}", report.submitted_at)] if report.submitted_at else []
    lines += [(f"Signed by {author}", report.signed_at)] if not report.submitted_at else []
    lines += [(f"Co-signed by {by}", one.created_at) for one, by, *_ in answers if _cosigns(one)]
    returns = {one.addendum_id: one for one, *_ in answers if one.kind == "returned"}
    shown = [_addendum(one, actor, by, returns.get(one.id), supervises=bool(theirs)) for one, by, theirs in addenda]
    return tuple((words, at) for words, at in lines if at is not None), tuple(one for one in shown if one is not None)


def _with_names(
    db: Session, actor: Actor, table: Any, member: Any, report: ProgressReport, *more: Any
) -> list[tuple[Any, ...]]:
    """Rows of `table` about the report, oldest first, each with the name and credential of `member`, and `more`."""
    query = (
        select(table, name_of(member), credential_of(member), *more)
        .where(table.workspace_id == report.workspace_id, table.report_id == report.id)
        .order_by(table.created_at, table.id)
    )
    rows = run(db, actor, query)
    return [
        (one, ", ".join(part for part in (name, credential) if part), *rest) for one, name, credential, *rest in rows
    ]


def _cosigns(one: ReportAnswer) -> bool:
    return one.kind == "cosigned" and one.addendum_id is None


def _addendum(
    one: ReportAddendum, actor: Actor, author: str, back: ReportAnswer | None, *, supervises: bool
) -> AddendumLine | None:
    """An addendum as the actor may see it: a note of its own, which while it is rewritten its author and her supervisor
    read (rule 7), and which her supervisor alone answers (rule 6)."""
    mine = one.author_id == actor.membership_id
    if one.status == NoteStatus.RETURNED and not mine and not supervises:
        return None
    answers = one.status == NoteStatus.SUBMITTED and supervises and actor.member.clinical == "supervisor"
    return AddendumLine(
        id=one.id,
        author=author,
        made_at=one.created_at,
        text=one.text,
        status=one.status,
        hash=one.content_hash,
        comment=back.comment if back and (answers or one.status == NoteStatus.RETURNED) else "",
        mine=mine and one.status == NoteStatus.RETURNED,
        answers=answers,
        pieces=tuple(word_diff(back.returned_text, one.text)) if back and back.returned_text and answers else (),
    )
