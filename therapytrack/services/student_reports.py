"""A student's progress reports, one line for each reporting period of the workspace: a tab of her page."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, select
from sqlmodel import Session, col

from therapytrack.access import ties
from therapytrack.access.actor import Actor
from therapytrack.access.queries import run_plain
from therapytrack.access.seen import Seen
from therapytrack.access.slots import name_of
from therapytrack.domain.dates import due_label, span_words
from therapytrack.models import NoteStatus, ProgressReport, ReportPeriod
from therapytrack.services.student_sessions import NOTE_WORDS

MOST_PERIODS = 60
DONE = (NoteStatus.SIGNED, NoteStatus.COSIGNED)


@dataclass(frozen=True, slots=True)
class ReportLine:
    """The report about one period; `due` and `due_tone` while it is not signed."""

    period: str
    name: str
    days: str
    by: str
    status: str
    tone: str
    due: str
    due_tone: str


def list_reports(db: Session, actor: Actor, seen: Seen) -> list[ReportLine]:
    """The reports of a student just granted by period, the newest first; of those that are not begun, the periods that
    have begun. What a report says stays on its own page. One statement."""
    rows = run_plain(db, actor, _periods(), student_id=seen.student.id, today=actor.today)
    return [_line(row, actor) for row in rows]


@cache
def _periods() -> Any:
    period, report = ReportPeriod, ProgressReport
    mine = and_(col(report.period_id) == col(period.id), col(report.student_id) == bindparam("student_id"))
    days = (period.first_on, period.last_on, period.due_on)
    columns = (period.id, period.name, *days, report.status)
    return (
        select(*(col(one) for one in columns), name_of(col(report.author_id)))
        .select_from(period)
        .outerjoin(report, mine)
        .where(col(period.workspace_id) == ties.WORKSPACE)
        .where(col(report.id).is_not(None) | (col(period.first_on) <= bindparam("today")))
        .order_by(col(period.first_on).desc(), col(period.id))
        .limit(MOST_PERIODS)
    )


def _line(row: Sequence[Any], actor: Actor) -> ReportLine:
    key, name, first_on, last_on, due_on, status, by = row
    words, tone = NOTE_WORDS[NoteStatus(status)] if status else ("Not begun", "")
    due, due_tone = ("", "") if status in DONE else due_label(due_on, actor.today)
    days = span_words(first_on, last_on)
    return ReportLine(str(key), name, days, by or "", words, tone, due, due_tone)
