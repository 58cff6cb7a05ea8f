"""How often the same person was refused the same within an hour: what of it is a row of the log, and what is a count.

A row of the log is there for ever, so whoever is refused without end could fill the database. The first twenty refusals
of an act on a kind of record are rows of their own. Further ones are counted, and told by one row at the hundredth, the
thousandth and so on, and by one for the rest when anybody of the workspace is refused something after the hour: rows
and counts together are exact. Each process counts for itself, and what it has not told yet ends with it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import NamedTuple
from uuid import UUID

HOUR = timedelta(hours=1)
OWN_ROWS = 20
FIRST_TOLD = 100


class Kind(NamedTuple):
    """Who was refused what, by the columns of the log."""

    workspace_id: UUID
    account_id: UUID
    membership_id: UUID | None
    action: str
    record_kind: str


@dataclass(slots=True)
class _Tally:
    since: datetime
    count: int = 0
    told: int = 0


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be stored now: a row for this refusal (`own`), or one that tells of `repeats` not told before; and for
    each kind whose hour is over what it had not told. `count`: refusals of this kind in this hour."""

    own: bool
    repeats: int
    over: list[tuple[Kind, int]]
    count: int


_lock = Lock()
_tallies: dict[UUID, dict[Kind, _Tally]] = {}


def count(kind: Kind, at: datetime) -> Due:
    """Count one more refusal at the moment `at`."""
    with _lock:
        here = _tallies.setdefault(kind.workspace_id, {})
        ended = [one for one, tally in here.items() if at - tally.since >= HOUR]
        past = [(one, here.pop(one)) for one in ended]
        over = [(one, tally.count - tally.told) for one, tally in past if tally.count > tally.told]
        tally = here.setdefault(kind, _Tally(at))
        tally.count += 1
        own = tally.count <= OWN_ROWS
        repeats = 0 if own or not _is_told(tally.count) else tally.count - tally.told
        if own or repeats:
            tally.told = tally.count
        return Due(own, repeats, over, tally.count)


def _is_told(number: int) -> bool:
    """Whether `number` is 100, 1000, 10000 and so on."""
    return number >= FIRST_TOLD and str(number).strip("0") == "1"
