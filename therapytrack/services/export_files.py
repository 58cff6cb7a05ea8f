"""What every export has: its row in the log and a name for the file that tells nobody whose it is."""

import re
from typing import Any
from uuid import UUID

from sqlmodel import Session

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.domain.date_range import DateRange
from therapytrack.services.activity import record


def log_export(db: Session, actor: Actor, action: Action, student_id: UUID, days: DateRange, **detail: Any) -> None:
    """Log that something left the product, before a byte of it is made."""
    goal_id = detail.pop("goal_id", None)
    kind, record_id = ("goal", goal_id) if goal_id else ("student", student_id)
    span = {"since": days.since.isoformat(), "until": days.until.isoformat()}
    record(db, actor, action, student_id=student_id, record_kind=kind, record_id=record_id, **span, **detail)


def file_name(what: str, local_number: str, days: DateRange, ending: str) -> str:
    """A name for the file without the student's: the local number, if it looks like a number, and the last day."""
    number = re.sub(r"[^A-Za-z0-9-]+", "-", local_number).strip("-")[:40]
    known = number if any(sign.isdigit() for sign in number) else ""
    return "-".join(part for part in (what, known, days.until.isoformat()) if part) + f".{ending}"
