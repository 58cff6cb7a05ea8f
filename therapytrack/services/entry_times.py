"""When a student came and left, and what the part makes up, in the words of an open session's page."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from therapytrack.access import ties
from therapytrack.access.actor import Actor
from therapytrack.domain.dates import clock_range, short_date
from therapytrack.domain.make_ups import Missed, reaches
from therapytrack.models import SessionEntry, TherapySession
from therapytrack.services.attendance_codes import codes_column
from therapytrack.services.live_marks import entry_part
from therapytrack.services.make_ups import missed_column
from therapytrack.services.session_hits import calendar_column

# A part as a service has just saved it, for pages that show it again.
SavedEntry = SessionEntry


@dataclass(frozen=True, slots=True)
class EntryTimes:
    """`part`: as in `domain.entry_facts`. `came`, `left`: HH:MM on the workspace's clock, "" with the session.

    `makes_up`: the missed part that it makes up, "" for none; `owed`: (id, label) of those that it can make up.
    """

    part: str
    came: str
    left: str
    makes_up: str
    owed: tuple[tuple[str, str], ...] = ()


@cache
def beside_entries() -> tuple[Any, ...]:
    """What a session's page reads in the statement of its entries: all codes, each student's missed sessions, how many
    students the session has, and what the school calendar says of its day."""
    return codes_column(), missed_column(), _students(), calendar_column()


@cache
def _students() -> Any:
    entry: Any = aliased(SessionEntry)
    here = (entry.workspace_id == ties.WORKSPACE, entry.session_id == col(TherapySession.id))
    return select(func.count()).select_from(entry).where(*here).correlate(TherapySession).scalar_subquery()


def entry_times(entry: SessionEntry, actor: Actor, missed: Sequence[Missed] = ()) -> EntryTimes:
    """What the page shows of `entry`, whose student missed these sessions."""
    came, left = (f"{at.astimezone(actor.zone):%H:%M}" if at else "" for at in (entry.arrived_at, entry.left_at))
    return EntryTimes(entry_part(entry), came, left, str(entry.makes_up_id or ""), _owed(entry, missed))


def _owed(entry: SessionEntry, missed: Sequence[Missed]) -> tuple[tuple[str, str], ...]:
    """What is still owed and can be made up on the entry's day, and what it makes up already."""
    open_ones = [one for one in missed if one.left and reaches(entry.held_on, one.held_on)]
    own = [one for one in missed if one.entry_id == entry.makes_up_id and one not in open_ones]
    return tuple((str(one.entry_id), one.label) for one in (*own, *open_ones) if one.entry_id != entry.id)


def when_in_words(session: TherapySession, actor: Actor) -> str:
    """ "Nov 25, 10:00–10:30 AM" on the workspace's clock."""
    hours = clock_range(session.planned_start.astimezone(actor.zone), session.planned_end.astimezone(actor.zone))
    return f"{short_date(session.held_on)}, {hours}"
