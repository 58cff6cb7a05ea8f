"""Progress reports behind the gate: they are held to the rules of notes (section 4 of the permission model).

Its author alone writes one, while it is a draft or returned; an assistant submits, her supervisor co-signs what she was
shown; what was handed in stays as it is for everyone, and corrections are addenda.
"""

from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, exists, func, or_, select, type_coerce
from sqlalchemy.orm import aliased, defer
from sqlmodel import Session, col
from sqlmodel.sql.sqltypes import UTCDateTime as Moment

from therapytrack.access import ties
from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.entries import access_author_tie
from therapytrack.access.facts import Facts
from therapytrack.access.holding import hold_students
from therapytrack.access.licence import handing_in, rule_values
from therapytrack.access.queries import LINE, run, the_lines, the_students
from therapytrack.access.refusals import refused
from therapytrack.access.roles import READS, decide
from therapytrack.access.seen import (
    FACTS,
    PEOPLE,
    Judged,
    Seen,
    SeenLine,
    StudentLine,
    facts_about,
    facts_about_note,
    people_of,
    seen_in,
)
from therapytrack.access.slots import credential_of, name_of
from therapytrack.errors import NotFound, NotPermitted
from therapytrack.models import (
    NoteStatus,
    ProgressCodeSet,
    ProgressReport,
    ProgressReportGoal,
    ReportAddendum,
    ReportAnswer,
    ReportPeriod,
    Student,
)

KIND = "progress_report"
WORDS: Any = col(ProgressReport.content)


@dataclass(frozen=True, slots=True)
class SeenReport(Judged):
    """One student's report about one period as this actor may see it; `report` is None before anybody began it.

    `code_set`: the one that the report uses, or that a new one would; None while the workspace has none in use.
    `beside`: the further columns that were asked for.
    """

    seen: Seen
    period: ReportPeriod
    code_set: ProgressCodeSet | None
    report: ProgressReport | None
    beside: Any = ()

    @property
    def readable(self) -> bool:
        """Whether the actor may read what was written (rule 7); what was not begun hides nothing."""
        return self.report is None or self.allows(Action.READ_NOTE)

    @property
    def writable(self) -> bool:
        """Whether the actor may write now: her own draft, or one that nobody has begun."""
        return self.allows(Action.EDIT_NOTE if self.report else Action.DRAFT_NOTE)

    def why_not(self, action: Action) -> str:
        """Why `action` is not allowed, in the words of reports; "" when it is."""
        return _words(self.reason(action))


def access_report(
    db: Session,
    actor: Actor,
    student_id: UUID,
    period_id: UUID,
    action: Action,
    *,
    shown_hash: str = "",
    words: str = "",
    beside: tuple[Any, ...] = (),
) -> SeenReport:
    """A report, or the place of one that nobody has begun, when `action` is allowed on it now.

    `action` is one about notes, DRAFT_NOTE to begin one, or VIEW to look. `shown_hash`: the content hash that the actor
    was shown, for co-signing; `words`: what an assistant hands in, held against her license; `beside`: columns that the
    caller reads in the same statement. Raises NotFound and NotPermitted.
    """
    if action not in READS:
        hold_students(db, actor, [student_id])
    asked = {"student_id": student_id, "period_id": period_id, **(rule_values(actor) | {"today": actor.today})}
    found = run(db, actor, _one_report(*beside), **asked).first()
    if found is None:
        raise refused(NotFound(), action, KIND, student_id)
    period, used, offered, report, supervised, *more = found[1 + FACTS :]
    seen = seen_in(found, actor)
    if not seen.allows(Action.VIEW):
        raise refused(NotFound(), action, KIND, student_id)
    if report is not None and action not in READS:
        db.refresh(report, with_for_update=True)
    note = facts_about_note(report, report.status, actor, shown_hash, supervised=bool(supervised)) if report else None
    judged = handing_in(db, actor, replace(seen.facts, note=note), words)
    if report is None and action not in (Action.VIEW, Action.DRAFT_NOTE):
        raise refused(NotFound(), action, KIND, student_id)
    _require(action, judged, report.id if report else student_id)
    return SeenReport(judged, seen, period, used or offered, report, tuple(more))


def access_report_addendum(
    db: Session, actor: Actor, addendum_id: UUID, action: Action, *, shown_hash: str = "", words: str = ""
) -> tuple[ReportAddendum, SeenReport]:
    """An addendum with its report, judged like a note of its own. Raises NotFound, NotPermitted."""
    query = (
        select(ReportAddendum, col(ProgressReport.student_id), col(ProgressReport.period_id))
        .join(ProgressReport, col(ProgressReport.id) == col(ReportAddendum.report_id))
        .where(col(ReportAddendum.id) == addendum_id, col(ReportAddendum.workspace_id) == actor.workspace_id)
    )
    row = db.execute(query).first()
    if row is None:
        raise refused(NotFound(), action, "report_addendum", addendum_id)
    addendum, student_id, period_id = row
    if action not in READS:
        hold_students(db, actor, [student_id])
        db.refresh(addendum, with_for_update=True)
    seen = access_report(db, actor, student_id, period_id, Action.VIEW)
    tie = access_author_tie(db, actor, addendum.author_id)
    note = facts_about_note(addendum, addendum.status, actor, shown_hash, supervised=tie)
    _require(action, handing_in(db, actor, replace(seen.facts, note=note), words), addendum_id)
    return addendum, seen


def visible_reports(
    db: Session, actor: Actor, period_id: UUID
) -> list[tuple[SeenLine, Judged, ProgressReport | None, int]]:
    """Every student whom the actor may view (archived ones left out) with her report about a period, by family name,
    and how many of its goals have a code or words.

    The decision beside a report is about it as a note. One statement; what the reports say is not read.
    """
    found = []
    for row in run(db, actor, _period_lines(), period_id=period_id):
        line = _line(row, actor)
        report, supervised, coded = row[len(LINE) + FACTS :]
        note = facts_about_note(report, report.status, actor, "", supervised=bool(supervised)) if report else None
        if line.allows(Action.VIEW):
            found.append((line, Judged(replace(line.facts, note=note)), report, coded))
    return found


def signed_reports(db: Session, actor: Actor, period_id: UUID) -> list[tuple[str, ProgressReport]]:
    """The signed reports about a period that the actor may export now, by family name, each with its student's local
    number. One statement."""
    found = []
    for row in run(db, actor, _signed_lines(), period_id=period_id):
        line = _line(row, actor)
        if line.allows(Action.EXPORT_SUMMARY):
            found.append((line.student.local_number, row[-1]))
    return found


def reports_to_cosign(db: Session, actor: Actor, limit: int) -> list[tuple[SeenLine, Any]]:
    """What the actor's assistants submitted of reports, the oldest first: each with its student and its place,
    author and moment; `addendum_id` is None for a report itself. One statement."""
    found = []
    for row in run(db, actor, _waiting_lines(), most=limit):
        line = _line(row, actor)
        if line.allows(Action.VIEW):
            found.append((line, row))
    return found


def to_cosign(query: Any) -> Any:
    """`query` over reports, with their addenda beside them: what live supervisees of the actor submitted, of students
    whom she may view. It needs Student and ReportAddendum joined."""
    theirs = ties.supervisees()
    report = and_(col(ProgressReport.status) == NoteStatus.SUBMITTED, col(ProgressReport.author_id).in_(theirs))
    return query.where(
        col(ProgressReport.workspace_id) == ties.WORKSPACE,
        or_(report, col(ReportAddendum.id).is_not(None)),
        ties.may_view(),
    )


def waiting_addendum() -> Any:
    """What joins a report to its submitted addenda of the actor's supervisees."""
    return and_(
        col(ReportAddendum.report_id) == col(ProgressReport.id),
        col(ReportAddendum.status) == NoteStatus.SUBMITTED,
        col(ReportAddendum.author_id).in_(ties.supervisees()),
    )


@cache
def _waiting_lines() -> Any:
    author = func.coalesce(col(ReportAddendum.author_id), col(ProgressReport.author_id))
    since = func.coalesce(col(ReportAddendum.created_at), col(ProgressReport.submitted_at))
    back = (
        select(1)
        .where(col(ReportAnswer.report_id) == col(ProgressReport.id), col(ReportAnswer.kind) == "returned")
        .where(col(ReportAnswer.addendum_id).is_not_distinct_from(col(ReportAddendum.id)))
    )
    again = exists(back.correlate(ProgressReport, ReportAddendum))
    query = the_lines(
        col(ReportPeriod.id).label("period_id"),
        col(ReportPeriod.name).label("period"),
        col(ReportAddendum.id).label("addendum_id"),
        author.label("author_id"),
        name_of(author).label("author"),
        credential_of(author).label("credential"),
        type_coerce(since, Moment()).label("submitted_at"),
        again.label("again"),
    )
    query = query.join(ProgressReport, col(ProgressReport.student_id) == col(Student.id))
    query = query.join(ReportPeriod, col(ReportPeriod.id) == col(ProgressReport.period_id))
    query = query.outerjoin(ReportAddendum, waiting_addendum())
    return to_cosign(query).order_by(since, col(ProgressReport.id)).limit(bindparam("most"))


def _line(row: Any, actor: Actor) -> SeenLine:
    student, width = StudentLine(*row[: len(LINE)]), len(LINE)
    flags = row[width + PEOPLE : width + FACTS]
    return SeenLine(facts_about(student, people_of(row[width:], actor), flags, actor), student)


@cache
def _one_report(*beside: Any) -> Any:
    """The student `student_id` with the period `period_id`, her report about it, its code set and the one in use."""
    used, offered = _sets()
    columns = (ReportPeriod, used, offered, ProgressReport, ties.supervises_author(ProgressReport))
    return (
        the_students(*columns, *beside)
        .join(ReportPeriod, col(ReportPeriod.workspace_id) == col(Student.workspace_id))
        .outerjoin(offered, and_(offered.workspace_id == col(Student.workspace_id), offered.in_use))
        .outerjoin(ProgressReport, _of_period())
        .outerjoin(used, used.id == col(ProgressReport.code_set_id))
        .where(col(Student.id) == bindparam("student_id"), col(ReportPeriod.id) == bindparam("period_id"))
    )


@cache
def _period_lines() -> Any:
    written = or_(col(ProgressReportGoal.code) != "", col(ProgressReportGoal.words) != "")
    coded = select(func.count()).where(col(ProgressReportGoal.report_id) == col(ProgressReport.id), written)
    query = the_lines(
        ProgressReport,
        ties.supervises_author(ProgressReport),
        coded.correlate(ProgressReport).scalar_subquery(),
    )
    return _by_name(query.outerjoin(ProgressReport, _of_period())).options(defer(WORDS))


@cache
def _signed_lines() -> Any:
    signed = col(ProgressReport.status).in_((NoteStatus.SIGNED, NoteStatus.COSIGNED))
    return _by_name(the_lines(ProgressReport).join(ProgressReport, _of_period())).where(signed)


def _by_name(query: Any) -> Any:
    order = (col(Student.family_name), col(Student.given_name), col(Student.id))
    return query.where(ties.may_view(), col(Student.archived_at).is_(None)).order_by(*order)


def _of_period() -> Any:
    mine = col(ProgressReport.student_id) == col(Student.id)
    return and_(mine, col(ProgressReport.period_id) == bindparam("period_id"))


def _sets() -> tuple[Any, Any]:
    return aliased(ProgressCodeSet), aliased(ProgressCodeSet)


def _require(action: Action, facts: Facts, record_id: UUID) -> None:
    decision = decide(action, facts)
    if not decision.allowed:
        raise refused(NotPermitted(_words(decision.reason)), action, KIND, record_id)


def _words(reason: str) -> str:
    """A decision's sentence about a note, said of a report."""
    return reason.replace(" a note", " a report").replace("his note", "his report")
