"""The reporting periods of the demo workspace: one that is due this week, and the one before it."""

from datetime import date, timedelta
from uuid import UUID

from sqlmodel import Session

from therapytrack.models import ReportPeriod

WEEKS = 9


def add_periods(db: Session, workspace_id: UUID, today: date) -> None:
    """Store them, relative to today."""
    last = today - timedelta(days=1)
    for name, ends in (("Quarter 2", last), ("Quarter 1", last - timedelta(weeks=WEEKS))):
        db.add(
            ReportPeriod(
                workspace_id=workspace_id,
                name=name,
                first_on=ends - timedelta(weeks=WEEKS) + timedelta(days=1),
                last_on=ends,
                due_on=ends + timedelta(days=6),
            )
        )
    db.flush()
