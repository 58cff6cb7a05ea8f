"""A progress report put together from what is documented: goals, data of the period, and what its author added."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, exists, or_, select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.licence import interprets
from therapytrack.access.reports import SeenReport, access_report
from therapytrack.access.slots import credential_of, name_of
from therapytrack.domain.attendance import Attendance
from therapytrack.domain.chart_svg import render_svg
from therapytrack.domain.dates import long_date, school_grade_label
from therapytrack.domain.family_words import family_text
from therapytrack.domain.progress_codes import ProgressCode, Suggestion, codes_from, suggest
from therapytrack.domain.report_content import GoalContent, ReportContent
from therapytrack.domain.report_goal import GoalHistory, ReportGoal, ReportSpan, ReportVersion, report_goal
from therapytrack.domain.report_words import cautions, data_paragraph
from therapytrack.domain.student_summary import service_words
from therapytrack.models import (
    Enrollment,
    Goal,
    GoalNarrative,
    GoalPoint,
    GoalVersion,
    ProgressReport,
    ProgressReportGoal,
    ReportAnswer,
    ReportPeriod,
    SessionEntry,
    SessionStatus,
    Student,
    TherapySession,
)
from therapytrack.services.goal_data import GoalRecord, Told, load_goals
from therapytrack.services.goal_terms import asked_since, earlier_terms, facts_of_version
from therapytrack.services.json_rows import JsonRows, rows_in
from therapytrack.services.summaries import full_name, service_of

CHART = (390, 250)
ACTIVE = "active"
NO_TEXT = ""


@dataclass(frozen=True, slots=True)
class Beside:
    """What is read beside a report: its author, the sessions of the period, the last return, and whether the rule of an
    assistant's state lets her interpret."""

    author: str | None
    credential: str | None
    entries: str | None
    comment: str | None
    returned: str | None
    interprets: bool | None
    schools: str | None

    def author_of(self, actor: Actor) -> tuple[str, str]:
        """Whose report it is, with her credential: the actor's, where nobody has begun."""
        return (self.author or actor.name, (self.credential or "") if self.author else actor.credential)


@dataclass(frozen=True, slots=True)
class GoalDraft:
    """One goal as it stands: its content, the suggestion, and the versions of the author's texts.

    `own`: those of the family's texts that she wrote herself.
    """

    content: GoalContent
    suggestion: Suggestion
    versions: tuple[int, int, int]
    own: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportDraft:
    """A report that is not handed in yet, made from the data of now."""

    content: ReportContent
    goals: tuple[GoalDraft, ...]
    codes: tuple[ProgressCode, ...]

    @property
    def written(self) -> str:
        """All that its author wrote herself: what her license is held against."""
        texts = [getattr(one.content, name) for one in self.goals for name in ("words", *one.own)]
        return "\n".join(text for text in texts if text)


@cache
def beside() -> tuple[Any, ...]:
    """The columns of `Beside`."""
    author = col(ProgressReport.author_id)
    entries = (
        select(JsonRows(col(SessionEntry.attendance), col(SessionEntry.minutes)))
        .join(TherapySession, col(TherapySession.id) == col(SessionEntry.session_id))
        .where(col(SessionEntry.student_id) == col(Student.id))
        .where(col(SessionEntry.held_on).between(col(ReportPeriod.first_on), col(ReportPeriod.last_on)))
        .where(col(SessionEntry.held_on) <= bindparam("today"))
        .where(col(SessionEntry.attendance) != Attendance.PLANNED)
        .where(col(TherapySession.status) != SessionStatus.CANCELLED)
    )
    back = (
        select(col(ReportAnswer.comment))
        .where(col(ReportAnswer.report_id) == col(ProgressReport.id), col(ReportAnswer.kind) == "returned")
        .where(col(ReportAnswer.addendum_id).is_(None))
        .order_by(col(ReportAnswer.created_at).desc(), col(ReportAnswer.id).desc())
        .limit(1)
        .correlate(ProgressReport)
    )
    return (
        name_of(author),
        credential_of(author),
        entries.correlate(Student, ReportPeriod).scalar_subquery(),
        back.scalar_subquery(),
        back.with_only_columns(col(ReportAnswer.returned_text)).scalar_subquery(),
        interprets(),
        _schools().correlate(Student, ReportPeriod).scalar_subquery(),
    )


def _schools() -> Any:
    """Where she was enrolled within the period."""
    columns = (col(Enrollment.starts_on), col(Enrollment.ends_on), col(Enrollment.school))
    ends = col(Enrollment.ends_on)
    return (
        select(JsonRows(*columns))
        .where(col(Enrollment.student_id) == col(Student.id))
        .where(col(Enrollment.starts_on) <= col(ReportPeriod.last_on))
        .where(ends.is_(None) | (ends >= col(ReportPeriod.first_on)))
    )


def see_report(db: Session, actor: Actor, student_id: UUID, period_id: UUID, action: Action, **more: Any) -> SeenReport:
    """As `access_report`, with what a draft is made of beside it in the same statement."""
    return access_report(db, actor, student_id, period_id, action, beside=beside(), **more)


def draft_of(db: Session, actor: Actor, seen: SeenReport) -> ReportDraft:
    """The report of `seen` (from `see_report`) with the data of now. Three statements."""
    period, report, student = seen.period, seen.report, seen.seen.student
    found = Beside(*seen.beside)
    span = ReportSpan(period.first_on, period.last_on, actor.today)
    rows = _goals(db, actor, student.id, report.id if report else None, span)
    told = {goal.id: [Told(date.fromisoformat(day), *more) for day, *more in rows_in(words)] for goal, _, words in rows}
    records = load_goals(db, actor, [row[0] for row in rows], span.until, told)
    added = {row[0].id: row[1] for row in rows}
    codes = codes_from(seen.code_set.codes) if seen.code_set else ()
    first_name = student.preferred_name or student.given_name
    made = [(record, report_goal(_history(record), span)) for record in records]
    kept = [(record, goal) for record, goal in made if not goal.begins_later]
    goals = tuple(
        _goal_draft(number, record, goal, added[record.goal.id], codes, first_name)
        for number, (record, goal) in enumerate(kept, start=1)
    )
    attendance, minutes = service_of([(one[0], one[1]) for one in rows_in(found.entries)])
    content = ReportContent(
        report_id=str(report.id) if report else "",
        student_id=str(student.id),
        student=full_name(student),
        first_name=first_name,
        local_number=student.local_number,
        grade=school_grade_label(student.grade),
        school=_school_words(student.school, found.schools),
        period=period.name,
        first_on=period.first_on.isoformat(),
        last_on=period.last_on.isoformat(),
        author=", ".join(part for part in found.author_of(actor) if part),
        workspace=actor.workspace_name,
        code_set=f"{seen.code_set.name}, version {seen.code_set.number}" if seen.code_set else "",
        service=service_words(attendance, minutes),
        goals=tuple(one.content for one in goals),
    )
    return ReportDraft(content, goals, codes)


def _goals(
    db: Session, actor: Actor, student_id: UUID, report_id: UUID | None, span: ReportSpan
) -> list[tuple[Goal, ProgressReportGoal | None, str]]:
    """The goals that are active, and those that ended but have data in the period, each with what was added, and with
    its narratives as one text of rows."""
    query = (
        select(Goal, ProgressReportGoal, _told_rows())
        .outerjoin(
            ProgressReportGoal,
            and_(col(ProgressReportGoal.goal_id) == col(Goal.id), col(ProgressReportGoal.report_id) == report_id),
        )
        .where(col(Goal.workspace_id) == actor.workspace_id, col(Goal.student_id) == student_id)
        .where(or_(col(Goal.status) == ACTIVE, has_data(span.first, span.until)))
        .order_by(col(Goal.position), col(Goal.id))
    )
    return [(row[0], row[1], row[2]) for row in db.execute(query)]


@cache
def _told_rows() -> Any:
    """In one column, because a goal that is told in words would cost a statement of its own."""
    columns = (
        col(GoalNarrative.held_on),
        col(GoalNarrative.text),
        name_of(col(SessionEntry.author_id)),
        col(SessionEntry.note_status),
    )
    query = select(JsonRows(*columns)).join(SessionEntry, col(SessionEntry.id) == col(GoalNarrative.entry_id))
    return (
        query.where(col(GoalNarrative.goal_id) == col(Goal.id), col(GoalNarrative.text) != NO_TEXT)
        .correlate(Goal)
        .scalar_subquery()
    )


def _school_words(now: str, rows: str | None) -> str:
    """The student's school; of one who moved within the period each, the newest first, with its days."""
    stays = sorted(rows_in(rows), key=lambda row: str(row[0]), reverse=True)
    if len({school for *_, school in stays}) < 2:
        return now
    ends = [f"until {long_date(date.fromisoformat(last))}" if last else "" for _, last, _ in stays]
    begins = [f"since {long_date(date.fromisoformat(first))}" for first, *_ in stays]
    return "; ".join(f"{stay[2]} {last or first}" for stay, first, last in zip(stays, begins, ends, strict=True))


def has_data(first: date, last: date) -> Any:
    """The goal of the enclosing query has data from `first` to `last`."""
    points = select(1).where(
        col(GoalPoint.goal_id) == col(Goal.id), col(GoalPoint.held_on).between(first, last), col(GoalPoint.trials) > 0
    )
    told = select(1).where(
        col(GoalNarrative.goal_id) == col(Goal.id),
        col(GoalNarrative.held_on).between(first, last),
        col(GoalNarrative.text) != NO_TEXT,
    )
    return or_(exists(points.correlate(Goal)), exists(told.correlate(Goal)))


def _history(record: GoalRecord) -> GoalHistory:
    return GoalHistory(
        versions=tuple(_version(record.goal.label, one, record.versions) for one in record.versions),
        phases=record.phases,
        points=record.points,
        status=record.goal.status,
    )


def _version(label: str, one: GoalVersion, known: Sequence[GoalVersion]) -> ReportVersion:
    asks = facts_of_version(label, one, asked_since(known, one))
    asks = replace(asks, earlier=earlier_terms(label, known, one))
    return ReportVersion(one.starts_on, one.text, asks, one.criterion, one.measure)


def _goal_draft(
    number: int,
    record: GoalRecord,
    goal: ReportGoal,
    added: ProgressReportGoal | None,
    codes: Sequence[ProgressCode],
    first_name: str,
) -> GoalDraft:
    chart = record.chart_on(goal.span.until)
    row = added or ProgressReportGoal(
        workspace_id=record.goal.workspace_id, report_id=record.goal.id, goal_id=record.goal.id
    )
    english = family_text(goal, first_name, "en") if row.family_en is None else row.family_en
    spanish = family_text(goal, first_name, "es") if row.family_es is None else row.family_es
    drawn = render_svg(chart, *CHART, described=False) if chart.segments else ""
    content = GoalContent(
        goal_id=str(record.goal.id),
        version_id=str(record.version_on(goal.span.until).id),
        number=number,
        label=record.goal.label,
        text=goal.version.text,
        paragraph=data_paragraph(goal),
        cautions=tuple(one.words for one in cautions(goal)),
        code=row.code,
        code_meaning=next((one.meaning for one in codes if one.code == row.code), ""),
        words=row.words,
        family_en=english,
        family_es=spanish,
        chart=drawn,
        alt=chart.alt if drawn else "",
    )
    own = tuple(name for name in ("family_en", "family_es") if getattr(row, name) is not None)
    versions = (row.words_version, row.family_en_version, row.family_es_version)
    return GoalDraft(content, suggest(codes, goal), versions, own)
