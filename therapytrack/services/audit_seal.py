"""Stores what a transaction did, chained, as the last thing before it commits: no act without its row, no row alone.

Each workspace has a chain, and there is one of no workspace. A chain's head is moved forward under its row lock, the
last lock that a transaction takes, so that the sequence has no gaps and two writers never wait for each other in a
circle. That takes two statements whatever the number of acts: move the head that this process left there, and insert.
Where another process was faster, or after a start, the head is read and checked first.

A head that is not as we left it (missing, changed, sealed with a lost key) stops nobody's work: the chain is taken up
again with a row that says so, which `services.audit_check` reports for ever.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import Pool, event
from sqlalchemy.orm import SessionTransaction
from sqlmodel import Session

from therapytrack.adapters.keys import audit_keys, known_audit_keys
from therapytrack.db import at_end, enter_chain, is_viewing
from therapytrack.domain.audit_chain import BEGINNING, COVERED, AuditKey, Head, is_ours, new_head, row_hash, stored_form
from therapytrack.models import new_id, utc_now
from therapytrack.services import alarms
from therapytrack.services.audit_sql import NO_WORKSPACE, insert_rows, last_row, make_head, move_head, read_head
from therapytrack.settings import get_settings

BEGAN, RESUMED = "begin log", "resume log"
ACTS, HEADS = "acts to seal", "heads to remember"
Values = dict[str, Any]

# The heads that this process moved, by the engine's pool: what its next transaction expects to find.
_remembered: WeakKeyDictionary[Pool, dict[UUID, Head]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Act:
    """A row that has no place yet, and the savepoint in which it was recorded."""

    values: Values
    savepoint: SessionTransaction | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a chain goes on: the stored head, the sequence and hash to continue from, and what is wrong with them."""

    chain: UUID
    stored: Head
    sequence: int
    hash: str
    trouble: str = ""


def collect(db: Session, **columns: Any) -> UUID:
    """Keep one act until the transaction ends; answers the id of its row."""
    values = act(**columns)
    if ACTS not in db.info:
        db.info[ACTS] = []
        at_end(db, partial(_take_over, db.info[ACTS]))
    db.info[ACTS].append(Act(values, db.get_nested_transaction()))
    row_id: UUID = values["id"]
    return row_id


def _take_over(acts: list[Act], db: Session) -> None:
    """Let `db` store `acts`: as it commits, or at once when it only views and the lock has just come to it.

    When it does not come, `db.viewing` hands them to a transaction of their own.
    """
    db.info[ACTS] = acts
    if is_viewing(db):
        _seal(db)


def act(action: str, *, workspace_id: UUID | None, detail: Values, **columns: Any) -> Values:
    """The columns of a row that has no place yet; `facts` is its detail before it became text."""
    own = {"id": new_id(), "created_at": utc_now(), "workspace_id": workspace_id, "action": str(action)}
    empty = {"account_id": None, "membership_id": None, "student_id": None, "record_kind": "", "record_id": None}
    return own | empty | {"outcome": "done", "detail": json.dumps(detail), "facts": detail} | columns


def current_keys(*, to_look: bool = False) -> dict[str, AuditKey]:
    """The log's keys by id, the one that seals first. Raises Unavailable when they cannot be read.

    A missing secret is made, but not for somebody who only wants `to_look`.
    """
    settings = get_settings()
    secrets = settings.secret_key.get_secret_value(), settings.old_secret_keys.get_secret_value()
    return (known_audit_keys if to_look else audit_keys)(*secrets, settings.secret_file)


@event.listens_for(Session, "before_commit")
def _seal(db: Session) -> None:
    """Store the acts of a transaction that is about to commit; the release of a savepoint is not yet its end."""
    if ACTS not in db.info or db.in_nested_transaction():
        return
    chains: dict[UUID | None, list[Values]] = {}
    for one in db.info.pop(ACTS):
        chains.setdefault(one.values["workspace_id"], []).append(one.values)
    db.flush()
    # The chain of no workspace comes last: to begin a workspace's chain is an act in it.
    for workspace_id in sorted(chains.keys() - {None}, key=str):
        if _append(db, workspace_id, chains[workspace_id]):
            began = act(BEGAN, workspace_id=None, detail={}, record_kind="workspace", record_id=workspace_id)
            chains.setdefault(None, []).append(began)
    if None in chains:
        _append(db, None, chains[None])


def _append(db: Session, workspace_id: UUID | None, acts: list[Values]) -> bool:
    """Chain `acts` to one chain; whether they are its first ones."""
    enter_chain(db, workspace_id)
    keys, watch = current_keys(), alarms.watch_for(acts)
    chain = workspace_id or NO_WORKSPACE
    known = _remembered.get(_pool(db), {}).get(chain)
    place = Place(chain, known, known.sequence, known.hash) if known else None
    found = _move(db, keys, place, acts, watch) if place else None
    if place is None or found is None:
        place = _take_up(db, keys, workspace_id)
        if place.trouble:
            detail = {"why": place.trouble, "after": place.sequence}
            acts.insert(0, act(RESUMED, workspace_id=workspace_id, detail=detail))
            alarms.tell_of_log(db, acts[-1])
        found = _move(db, keys, place, acts, watch)
    insert_rows(db, acts)
    if watch and found:
        alarms.judge(db, watch, found)
    return place.sequence == 0


def _take_up(db: Session, keys: dict[str, AuditKey], workspace_id: UUID | None) -> Place:
    """Read the head under its lock, make one where there is none, and hold it against its seal and the last row."""
    chain = workspace_id or NO_WORKSPACE
    stored = read_head(db, chain)
    if stored is None:
        make_head(db, workspace_id, new_head(next(iter(keys.values())), chain, 0, BEGINNING))
        stored = read_head(db, chain)
        assert stored is not None
    sequence, last = last_row(db, workspace_id) or (0, BEGINNING)
    key = keys.get(stored.key_id)
    if key is None:
        trouble = "the head was sealed with another key"
    elif not is_ours(key, chain, stored):
        trouble = "the head was changed"
    elif stored.sequence == 0 and sequence > 0:
        trouble = "the head was missing"
    elif (stored.sequence, stored.hash) != (sequence, last):
        trouble = "the head and the last row differ"
    else:
        return Place(chain, stored, sequence, last)
    if stored.sequence > sequence:
        sequence, last = stored.sequence, stored.hash
    return Place(chain, stored, sequence, last, trouble)


def _move(
    db: Session, keys: dict[str, AuditKey], place: Place, acts: list[Values], watch: alarms.Watch | None
) -> Sequence[int] | None:
    """Number and hash `acts` and move the head behind them; None when the stored head is another by now."""
    key = next(iter(keys.values()))
    sequence, last = place.sequence, place.hash
    for values in acts:
        sequence += 1
        values |= {"sequence": sequence, "key_id": key.id}
        last = values["hash"] = row_hash(key, [stored_form(values[name]) for name in COVERED], last)
    head = new_head(key, place.chain, sequence, last)
    found = move_head(db, place.chain, place.stored, head, watch)
    if found is not None:
        db.info.setdefault(HEADS, {})[place.chain] = head
    return found


@event.listens_for(Session, "after_commit")
def _remember(db: Session) -> None:
    """Keep what this transaction left, unless one that committed later was faster to get here."""
    if HEADS not in db.info or db.in_nested_transaction():
        return
    known = _remembered.setdefault(_pool(db), {})
    for chain, head in db.info.pop(HEADS).items():
        if chain not in known or known[chain].sequence < head.sequence:
            known[chain] = head


@event.listens_for(Session, "after_soft_rollback")
def _forget(db: Session, ended: SessionTransaction) -> None:
    """What was undone is not logged: neither the acts of a savepoint nor those of the whole transaction."""
    if not ended.nested:
        db.info.pop(ACTS, None)
        db.info.pop(HEADS, None)
    elif ACTS in db.info:
        db.info[ACTS][:] = [one for one in db.info[ACTS] if ended not in _around(one.savepoint)]


def _around(savepoint: SessionTransaction | None) -> list[SessionTransaction]:
    around = []
    while savepoint is not None:
        around.append(savepoint)
        savepoint = savepoint.parent
    return around


def _pool(db: Session) -> Pool:
    return db.get_bind().engine.pool
