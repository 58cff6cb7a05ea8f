"""The marks of a running session as its page reads them: at first all, then what changed, other people's too."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, case, select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.places import Place, SeenPlace, SeenPlaces, access_places
from therapytrack.db import plain_rows
from therapytrack.domain.entry_facts import entry_facts, times_line
from therapytrack.domain.measures import Sign
from therapytrack.errors import Invalid
from therapytrack.models import SessionEntry, Trial
from therapytrack.services.attendance_codes import choice_of
from therapytrack.services.dialects import Milliseconds, key_text, raw_key

OVERLAP = timedelta(seconds=15)
NO_MORE = [None, None, None]
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST_CURSOR, LATEST_CURSOR = 1990, 2100


@dataclass(frozen=True, slots=True)
class Cell:
    """Trials of one goal in one entry of one purpose, in the order of their changes.

    Each is (id, outcome, prompt, at, n, mine, undo): what a browser keeps of a mark, times in milliseconds since 1970,
    `undo` None while it counts; and (place, amount, scale) where a mark has one of them: of a start `amount` is when it
    arrived here, so that another device can stop it whatever its clock says. What a cell's marks have in common is said
    once: a page opens with hundreds of them.
    """

    entry: str
    goal: str
    purpose: str
    marks: list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class TrialPage:
    """Trials that changed since a cursor; pass `cursor` the next time.

    `entries`, `stage` (the session's status) and `facts` (of each entry) are those of now: a page that shows others is
    out of date.
    """

    cells: list[Cell]
    cursor: str
    entries: list[str]
    stage: str
    facts: dict[str, str]


def list_trials(db: Session, actor: Actor, session_id: UUID, since: str = "") -> TrialPage:
    """Trials of those students whom the actor may view, undone ones included, changed after the cursor `since`.

    Two statements. The cursor is read with an overlap of 15 s, because transactions do not end in the order of their
    times; merging the same trial twice is harmless. Raises NotFound, and Invalid for a cursor that is none.
    """
    return trials_of(db, actor, access_places(db, actor, session_id, Action.VIEW), since)


def trials_of(db: Session, actor: Actor, seen: SeenPlaces, since: str = "") -> TrialPage:
    """As `list_trials`, in one statement, of a session that the gate has just granted for viewing."""
    after = _parse_cursor(since)
    asked = {
        "workspace": actor.workspace_id,
        "me": actor.membership_id,
        "session": seen.id,
        "entries": [one.entry.id for one in seen.entries],
        "after": after - OVERLAP if after else LONG_AGO,
    }
    cells: dict[tuple[Any, Any, str], Cell] = {}
    latest = after
    rows = plain_rows(db, _trial_query(), asked)
    for key, entry, goal, purpose, outcome, prompt, at, n, mine, undone, *more, changed in rows:
        cell = cells.get((entry, goal, purpose))
        if cell is None:
            cell = cells[entry, goal, purpose] = Cell(key_text(entry), key_text(goal), purpose, [])
        mark = (key_text(key), outcome, prompt, at, n, bool(mine), undone)
        cell.marks.append(mark if more == NO_MORE else (*mark, *more))
        latest = changed
    facts = {str(one.entry.id): facts_of(one) for one in seen.entries}
    cursor = latest.isoformat() if latest else ""
    return TrialPage(list(cells.values()), cursor, list(facts), seen.status, facts)


def standing(one: SeenPlace) -> str:
    """The note's status, and whether the actor may record data and write the note, as a page compares it."""
    return standing_words(one.entry.note_status, *map(one.allows, (Action.RECORD_SESSION, Action.EDIT_NOTE)))


def standing_words(note_status: str, *may: bool) -> str:
    """As `standing`, of what was decided already."""
    return f"{note_status} {'/'.join('yes' if each else 'no' for each in may)}"


def entry_part(entry: SessionEntry | Place) -> str:
    """When the student came and left, and what the part makes up, as a page compares them."""
    return f"{times_line(entry.arrived_at, entry.left_at)} {entry.makes_up_id or '–'}"


def shown_version(one: SeenPlace) -> int:
    """The version of the note that a page of the actor shows; 0 while she may not read it."""
    return one.entry.note_version if one.note_readable else 0


def facts_of(one: SeenPlace) -> str:
    """What a page of the actor shows of this part besides the marks, as it compares it."""
    entry = one.entry
    version, part = shown_version(one), entry_part(entry)
    return entry_facts(choice_of(entry), entry.minutes, version, standing(one), part, entry.plan_version)


@cache
def _trial_query() -> Any:
    """Trials of a session changed after a moment, in the order of their changes, as plain columns."""
    return (
        select(
            raw_key(col(Trial.id)),
            raw_key(col(Trial.entry_id)),
            raw_key(col(Trial.goal_id)),
            col(Trial.purpose),
            col(Trial.outcome),
            col(Trial.prompt_rank),
            Milliseconds(col(Trial.tapped_at)),
            col(Trial.sequence),
            col(Trial.recorded_by_id) == bindparam("me"),
            Milliseconds(col(Trial.undone_at)),
            col(Trial.place),
            case((col(Trial.outcome) == Sign.START, Milliseconds(col(Trial.created_at))), else_=col(Trial.amount)),
            col(Trial.scale_version),
            col(Trial.changed_at),
        )
        .where(
            col(Trial.workspace_id) == bindparam("workspace"),
            col(Trial.session_id) == bindparam("session"),
            col(Trial.entry_id).in_(bindparam("entries", expanding=True)),
            col(Trial.changed_at) > bindparam("after"),
        )
        .order_by(col(Trial.changed_at))
    )


def _parse_cursor(since: str) -> datetime | None:
    if not since:
        return None
    try:
        after = datetime.fromisoformat(since)
    except ValueError as error:
        raise Invalid({"since": "Reload the page to see everybody's marks."}) from error
    if after.tzinfo is None or not EARLIEST_CURSOR <= after.year <= LATEST_CURSOR:
        raise Invalid({"since": "Reload the page to see everybody's marks."})
    return after
