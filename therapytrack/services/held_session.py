"""A session as its open page reads it: plain columns beside its parts, in the statement that the gate makes of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from therapytrack.access import ties
from therapytrack.models import SessionEntry, TherapySession
from therapytrack.services.attendance_codes import codes_column
from therapytrack.services.make_ups import missed_column
from therapytrack.services.session_hits import calendar_column


@dataclass(frozen=True, slots=True)
class HeldSession:
    """What the page says of the session itself, in the order of the columns."""

    provider_id: UUID
    school_id: UUID | None
    title: str
    place: str
    held_on: date
    planned_start: datetime
    planned_end: datetime
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside one part: its note, all codes, the student's missed sessions (`make_ups.missed_in`), how many
    students the session has, and what the school calendar says of its day (`session_hits.hits_in`)."""

    note: str
    codes: str | None
    missed: str | None
    students: int
    calendar: str | None


WIDTH = len(HeldSession.__dataclass_fields__)


@cache
def held_columns() -> tuple[Any, ...]:
    """The columns of a HeldSession and of what is Beside each part, for `places.access_places_with`."""
    session = tuple(col(getattr(TherapySession, name)) for name in HeldSession.__dataclass_fields__)
    return (*session, col(SessionEntry.note), codes_column(), missed_column(), _students(), calendar_column())


def held_in(columns: Sequence[Any]) -> HeldSession:
    """The session in such columns of one of its parts."""
    return HeldSession(*columns[:WIDTH])


def beside_in(columns: Sequence[Any]) -> Beside:
    """What stands beside the part."""
    return Beside(*columns[WIDTH:])


@cache
def _students() -> Any:
    entry: Any = aliased(SessionEntry)
    here = (entry.workspace_id == ties.WORKSPACE, entry.session_id == col(TherapySession.id))
    return select(func.count()).select_from(entry).where(*here).correlate(TherapySession).scalar_subquery()
