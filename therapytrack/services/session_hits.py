"""What the school calendar says against one session, read in the statement of the session itself."""

from collections.abc import Collection
from datetime import date, datetime, time
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from therapytrack.access import ties
from therapytrack.domain.school_calendar import DayKind, SchoolDay, days_that_hit
from therapytrack.models import School, SchoolCalendarDay, TherapySession
from therapytrack.services.json_rows import JsonRows, rows_in


@cache
def calendar_column() -> Any:
    """The entries of the school calendar that touch the day of the enclosing statement's TherapySession."""
    entry = SchoolCalendarDay
    days = (col(entry.first_on), col(entry.last_on))
    rows = JsonRows(
        *days, col(entry.kind), col(entry.label), col(entry.school_id), col(entry.closes_at), col(School.name)
    )
    held_on = col(TherapySession.held_on)
    query = select(rows).outerjoin_from(entry, School, col(School.id) == col(entry.school_id))
    query = query.where(col(entry.workspace_id) == ties.WORKSPACE, days[0] <= held_on, days[1] >= held_on)
    return query.correlate(TherapySession).scalar_subquery()


def hits_in(column: str | None, held_on: date, end: datetime, school_id: UUID | None, schools: Collection[str]) -> str:
    """What such a column says against a session of that day in that school, which ends at `end` on the workspace's
    clock and whose students go to `schools`; "" for nothing."""
    calendar = [_entry(*row) for row in rows_in(column)]
    ends = end.time() if end.date() == held_on else None
    hits = days_that_hit(calendar, held_on, school_id, ends, schools)
    return " · ".join(one.told for one in hits)


def _entry(
    first: str, last: str, kind: str, label: str, school: str | None, closes: str | None, name: str | None
) -> SchoolDay:
    days = (date.fromisoformat(first), date.fromisoformat(last))
    closes_at = time.fromisoformat(closes).replace(microsecond=0) if closes else None
    return SchoolDay(*days, DayKind(kind), label, UUID(school) if school else None, closes_at, name or "")
