"""How often the same person was refused the same within an hour: what of it is a row of the log, and what is a count.

A row of the log is there for ever, so whoever is refused without end could fill the database. The first twenty refusals
of an act on a kind of record are rows of their own. Further ones are counted, and told by one row at the hundredth, the
thousandth and so on, and by one for the rest when anybody of the workspace is refused something after the hour: rows
and counts together are exact. The counts are rows of the database, so all processes of the server count together and
none is lost when one of them ends.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, select
from sqlmodel import Session, col

from therapytrack.models import RefusalCount, new_id
from therapytrack.services.dialects import dialect_of, upsert

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


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be stored now: a row for this refusal (`own`), or one that tells of `repeats` not told before; and for
    each kind whose hour is over what it had not told. `count`: refusals of this kind in this hour."""

    own: bool
    repeats: int
    over: list[tuple[Kind, int]]
    count: int


def count(db: Session, kind: Kind, at: datetime) -> Due:
    """Count one more refusal at the moment `at`.

    The kind's own row is the one lock that this waits for; others' rows that somebody holds are left to her.
    """
    over = _ended(db, kind.workspace_id, at, *_same(kind))
    number = _add(db, kind, at)
    over += _ended(db, kind.workspace_id, at)
    is_told = number > OWN_ROWS and told_of(number) == number
    return Due(number <= OWN_ROWS, number - told_of(number - 1) if is_told else 0, over, number)


def told_of(number: int) -> int:
    """Of so many refusals, those that the log tells: up to twenty each, then at 100, 1000, 10000 and so on."""
    if number < FIRST_TOLD:
        return min(number, OWN_ROWS)
    return int(10 ** (len(str(number)) - 1))


def _same(kind: Kind) -> tuple[Any, ...]:
    return (
        col(RefusalCount.account_id) == kind.account_id,
        col(RefusalCount.action) == kind.action,
        col(RefusalCount.record_kind) == kind.record_kind,
    )


def _add(db: Session, kind: Kind, at: datetime) -> int:
    table = RefusalCount.__table__  # type: ignore[attr-defined]
    row = {"id": new_id(), "created_at": at, "since": at, "count": 1, **kind._asdict()}
    keys = [table.c.workspace_id, table.c.account_id, table.c.action, table.c.record_kind]
    insert = upsert(dialect_of(db), table).values(**row)
    insert = insert.on_conflict_do_update(index_elements=keys, set_={"count": table.c.count + 1})
    return int(db.execute(insert.returning(table.c.count)).scalar_one())


def _ended(db: Session, workspace_id: UUID, at: datetime, *same: Any) -> list[tuple[Kind, int]]:
    """Take the counts whose hour is over; those that had something to tell, and how much."""
    past = select(col(RefusalCount.id)).where(
        col(RefusalCount.workspace_id) == workspace_id, col(RefusalCount.since) <= at - HOUR, *same
    )
    if not same:
        past = past.with_for_update(skip_locked=True)
    query = delete(RefusalCount).where(col(RefusalCount.id).in_(past))
    columns = (*(getattr(RefusalCount, name) for name in Kind._fields), RefusalCount.count)
    rows = db.execute(query.returning(*columns).execution_options(synchronize_session=False)).all()
    return [(Kind(*row[:-1]), row[-1] - told_of(row[-1])) for row in rows if row[-1] > told_of(row[-1])]
