"""When a student came and left, and what the part makes up, in the words of an open session's page."""

from collections.abc import Sequence
from dataclasses import dataclass

from therapytrack.access.actor import Actor
from therapytrack.access.places import Place
from therapytrack.domain.make_ups import Missed, reaches
from therapytrack.models import SessionEntry
from therapytrack.services.live_marks import entry_part

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


def entry_times(entry: SessionEntry | Place, actor: Actor, missed: Sequence[Missed] = ()) -> EntryTimes:
    """What the page shows of `entry`, whose student missed these sessions."""
    came, left = (f"{at.astimezone(actor.zone):%H:%M}" if at else "" for at in (entry.arrived_at, entry.left_at))
    return EntryTimes(entry_part(entry), came, left, str(entry.makes_up_id or ""), _owed(entry, missed))


def _owed(entry: SessionEntry | Place, missed: Sequence[Missed]) -> tuple[tuple[str, str], ...]:
    """What is still owed and can be made up on the entry's day, and what it makes up already."""
    open_ones = [one for one in missed if one.left and reaches(entry.held_on, one.held_on)]
    own = [one for one in missed if one.entry_id == entry.makes_up_id and one not in open_ones]
    return tuple((str(one.entry_id), one.label) for one in (*own, *open_ones) if one.entry_id != entry.id)
