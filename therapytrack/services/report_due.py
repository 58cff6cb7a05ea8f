"""The reporting period whose reports are due around now, and how many of them a person has still to see signed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlmodel import col

from therapytrack.access import ties
from therapytrack.domain.dates import due_label, short_date
from therapytrack.domain.draft_facts import count
from therapytrack.models import NoteStatus, ProgressReport, ReportPeriod, Student
from therapytrack.services.json_rows import JsonRows, rows_in

AHEAD, BEHIND = timedelta(days=14), timedelta(days=60)
DONE = (NoteStatus.SIGNED, NoteStatus.COSIGNED)


@dataclass(frozen=True, slots=True)
class ReportsDue:
    """A period in words; `tone` as in `dates.due_label`."""

    period_id: UUID
    name: str
    ends: str
    words: str
    tone: str


@cache
def due_column() -> Any:
    """The periods that are due around `today` with where each one's report about the Student of the enclosing statement
    stands, as one text of rows. Bound to the values of `due_days`."""
    status = (
        select(col(ProgressReport.status))
        .where(col(ProgressReport.student_id) == col(Student.id), col(ProgressReport.period_id) == col(ReportPeriod.id))
        .correlate(Student, ReportPeriod)
        .scalar_subquery()
    )
    period = (ReportPeriod.id, ReportPeriod.name, ReportPeriod.last_on, ReportPeriod.due_on)
    return (
        select(JsonRows(*(col(one) for one in period), status))
        .where(col(ReportPeriod.workspace_id) == ties.WORKSPACE)
        .where(col(ReportPeriod.last_on) <= bindparam("ends_until"), col(ReportPeriod.due_on) >= bindparam("due_since"))
        .correlate(Student)
        .scalar_subquery()
    )


def due_days(today: date) -> dict[str, date]:
    """Periods that end within two weeks or have ended, and were due in the last 60 days or will be."""
    return {"ends_until": today + AHEAD, "due_since": today - BEHIND}


def reports_due(columns: Iterable[str | None], today: date) -> ReportsDue | None:
    """What is due of these students' reports, each as `due_column` gave them: the period that is due first and not all
    signed; None when nothing is."""
    found: dict[tuple[str, ...], list[str]] = {}
    for rows in columns:
        for key, name, last_on, due_on, status in rows_in(rows):
            found.setdefault((due_on, last_on, name, str(key)), []).append(status or "")
    for (due_on, last_on, name, key), states in sorted(found.items()):
        missing = sum(one not in DONE for one in states)
        if missing:
            last, (due, tone) = date.fromisoformat(last_on), due_label(date.fromisoformat(due_on), today)
            ends = f"{'Ended' if last < today else 'Ends'} {short_date(last)}"
            when = due if tone == "bad" else f"due {due}"
            words = f"{count(missing, 'report')} not signed, {when}"
            return ReportsDue(UUID(key), name, ends, words, tone)
    return None
