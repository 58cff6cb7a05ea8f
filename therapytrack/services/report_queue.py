"""The queue of a reporting period: every student with where her report stands and what is missing."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.reports import visible_reports
from therapytrack.access.seen import Judged, SeenLine
from therapytrack.domain.draft_facts import count, join_words
from therapytrack.models import Goal, ProgressReport
from therapytrack.services.activity import only_reads, record_views
from therapytrack.services.caseload_rows import display_name
from therapytrack.services.report_batches import BatchLine, newest_batch
from therapytrack.services.report_contents import ACTIVE, has_data
from therapytrack.services.report_settings import PeriodLine, list_periods, period_of

DUE = "due"
OPEN = (DUE, "draft", "returned")
DONE = ("signed", "cosigned")


@dataclass(frozen=True, slots=True)
class QueueLine:
    """A student of the queue: `state` is "due" or the report's status; `missing` in words, "" when nothing is.

    `mine`: the actor can go on with it; `answers`: it waits for her co-signature; `prints`: she may export it now.
    """

    student_id: UUID
    name: str
    state: str
    missing: str
    mine: bool
    answers: bool
    prints: bool


@dataclass(frozen=True, slots=True)
class ReportQueue:
    """The periods, the one that is shown, its students by family name, and the actor's newest run of printing it."""

    periods: list[PeriodLine]
    period: PeriodLine | None
    lines: list[QueueLine]
    batch: BatchLine | None


@only_reads
def open_report_queue(db: Session, actor: Actor, wanted: UUID | None) -> ReportQueue:
    """The queue of the period `wanted`, else of the one that is due around now. Four statements, whatever the number of
    students."""
    periods = list_periods(db, actor)
    period = period_of(periods, wanted, actor.today)
    if period is None:
        return ReportQueue(periods, None, [], None)
    found = visible_reports(db, actor, period.id)
    goals = _goals(db, actor, [line.student.id for line, *_ in found], period)
    lines = [_queue_line(*one, goals.get(one[0].student.id, (0, 0))) for one in found]
    record_views(db, actor, {"report_queue": {"students": len(lines)}})
    return ReportQueue(periods, period, lines, newest_batch(db, actor, period.id))


def next_due(queue: ReportQueue, after: UUID) -> UUID | None:
    """The student whose report the actor would write after that one's, going around; None when there is none."""
    ids = [one.student_id for one in queue.lines]
    place = ids.index(after) + 1 if after in ids else 0
    ordered = [*queue.lines[place:], *queue.lines[: max(place - 1, 0)]]
    return next((one.student_id for one in ordered if one.mine), None)


def _goals(db: Session, actor: Actor, student_ids: list[UUID], period: PeriodLine) -> dict[UUID, tuple[int, int]]:
    """For each student how many goals are reported on, and how many of them have data in the period."""
    data = has_data(period.first_on, min(period.last_on, max(actor.today, period.first_on)))
    query = (
        select(col(Goal.student_id), func.count(), func.count().filter(data))
        .where(col(Goal.workspace_id) == actor.workspace_id, col(Goal.student_id).in_(student_ids))
        .where(or_(col(Goal.status) == ACTIVE, data))
        .group_by(col(Goal.student_id))
    )
    return {row[0]: (row[1], row[2]) for row in db.execute(query)}


def _queue_line(
    line: SeenLine,
    judged: Judged,
    report: ProgressReport | None,
    coded: int,
    goals: tuple[int, int],
) -> QueueLine:
    state = report.status if report else DUE
    mine = state in OPEN and line.allows(Action.DRAFT_NOTE) and (report is None or judged.allows(Action.EDIT_NOTE))
    return QueueLine(
        student_id=line.student.id,
        name=display_name(line.student),
        state=state,
        missing=_missing(goals, coded) if state in OPEN else "",
        mine=mine,
        answers=_answers(judged, report),
        prints=state in DONE and line.allows(Action.EXPORT_SUMMARY),
    )


def _answers(judged: Judged, report: ProgressReport | None) -> bool:
    """Whether it waits for the actor: submitted by her supervisee."""
    note = judged.facts.note
    return bool(report and report.status == "submitted" and note and note.author_is_supervisee)


def _missing(goals: tuple[int, int], coded: int) -> str:
    total, with_data = goals
    if not total:
        return "No goals to report on"
    parts = [f"{count(total - coded, 'code')} missing"] if total > coded else []
    parts += [f"{count(total - with_data, 'goal')} without data"] if total > with_data else []
    return join_words(parts).capitalize()
