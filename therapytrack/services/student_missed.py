"""A student's missed sessions on her page: what is owed, what made it up, and which sessions could."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlmodel import Session, col

from therapytrack.access.actor import Actor
from therapytrack.access.entries import parts_of
from therapytrack.access.queries import the_parts
from therapytrack.access.seen import Seen
from therapytrack.domain.attendance import Attendance
from therapytrack.domain.dates import long_date, short_date
from therapytrack.domain.make_ups import Missed, reaches, still_owed
from therapytrack.models import SessionEntry, TherapySession
from therapytrack.services.therapy_sessions import WRITABLE

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose, or to take back, by its id."""

    value: str
    words: str


@dataclass(frozen=True, slots=True)
class MakeUpLine:
    """A missed session of the student; `tone` as of a tag, `open` while minutes are owed, `decided` against the policy.

    `repairs` and `choices` are sessions that make it up, or could, by the id of the student's part.
    """

    id: str
    session: str
    title: str
    what: str
    standing: str
    tone: str
    why: str
    owed: bool
    open: bool
    decided: bool
    repairs: list[Choice]
    choices: list[Choice]


def list_missed(
    db: Session, actor: Actor, seen: Seen, missed: Sequence[Missed]
) -> tuple[list[MakeUpLine], list[MakeUpLine]]:
    """Those of `missed` that are owed, oldest first, and the newest of the others; each with the held sessions that
    could make it up. At most one statement."""
    owed = still_owed(missed)
    others = [one for one in missed if not one.left][:SHOWN]
    newest = [columns for _, columns in parts_of(db, actor, seen, _newest())] if missed else []
    lines = _make_ups([*owed, *others], newest)
    return lines[: len(owed)], lines[len(owed) :]


@cache
def _newest() -> Any:
    entry = (SessionEntry.held_on, SessionEntry.attendance, SessionEntry.minutes, SessionEntry.note_status)
    columns = (SessionEntry.id, SessionEntry.makes_up_id, TherapySession.title, *entry)
    held = the_parts(*(col(one) for one in columns)).where(col(SessionEntry.attendance) != Attendance.PLANNED)
    return held.limit(SHOWN)


def _make_ups(missed: Sequence[Missed], newest: Sequence[Sequence[Any]]) -> list[MakeUpLine]:
    """These missed sessions. `newest`: rows of `_newest`; what makes up nothing yet can be chosen, unless it is
    signed."""
    open_ones = [columns for columns in newest if columns[6] in WRITABLE]
    free = [columns for columns in open_ones if columns[4] == Attendance.PRESENT and columns[1] is None]
    return [_make_up_line(one, [columns for columns in free if reaches(columns[3], one.held_on)]) for one in missed]


def _make_up_line(one: Missed, free: Sequence[Sequence[Any]]) -> MakeUpLine:
    repairs = [Choice(str(each.entry_id), f"{short_date(each.held_on)}, {each.minutes} min") for each in one.repairs]
    choices = [Choice(str(row[0]), f"{short_date(row[3])} · {row[2]}, {row[5]} min") for row in free]
    return MakeUpLine(
        id=str(one.entry_id),
        session=str(one.session_id),
        title=one.title,
        what=f"{long_date(one.held_on)} · {one.reason}",
        standing=one.standing,
        tone="warn" if one.left else "good" if one.owed else "",
        why=one.why,
        owed=one.owed,
        open=bool(one.left),
        decided=bool(one.decided),
        repairs=repairs,
        choices=choices if one.left else [],
    )
