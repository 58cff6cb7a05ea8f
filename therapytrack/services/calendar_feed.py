"""A person's private calendar feed: made and ended by her, and read by whoever has its address.

The address holds a 256-bit secret, of which only the hash is kept. What it shows is asked of the gate at each reading.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import Session, col

from therapytrack.access.actor import Actor
from therapytrack.access.people import hold_people
from therapytrack.access.roles import PROVIDERS
from therapytrack.access.seen import SeenLine, StudentLine
from therapytrack.access.slots import SeenSlot, moved_days, visible_slots
from therapytrack.domain.calendar_feed import SHOWS, Feed, FeedMeeting, FeedSeries, students_in_words
from therapytrack.domain.school_calendar import SchoolDay, closed_on
from therapytrack.domain.slots import Slot, SlotChange, occurrences
from therapytrack.errors import Invalid, NotPermitted
from therapytrack.models import CalendarFeed, SlotDay
from therapytrack.services.activity import only_reads, record
from therapytrack.services.identity import hash_token
from therapytrack.services.schedule import CANCELLED
from therapytrack.services.schedule_sql import SessionLine, calendar_between, schools_of, visible_sessions

SHOWN_AHEAD = timedelta(days=365)
NOT_A_PROVIDER = "A feed shows the sessions that you give, and your role here gives none. Ask the workspace's owner."


@dataclass(frozen=True, slots=True)
class OwnFeed:
    """The actor's live feed: what it shows of students, and since when there is one."""

    shows: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class _Around:
    """What the slots of a feed are held against."""

    shows: str
    calendar: list[SchoolDay]
    schools: dict[UUID, str]
    called_off: set[tuple[UUID | None, date | None]]


def get_own_feed(db: Session, actor: Actor) -> OwnFeed | None:
    """The actor's feed, None when there is none."""
    query = select(CalendarFeed).where(*_live(actor)).order_by(col(CalendarFeed.created_at).desc())
    row: CalendarFeed | None = db.execute(query).scalars().first()
    return OwnFeed(row.shows, row.created_at) if row else None


def may_have_feed(actor: Actor) -> bool:
    """Whether the actor's role gives sessions, which a feed could show."""
    return actor.member.clinical in PROVIDERS


def make_feed(db: Session, actor: Actor, shows: str) -> str:
    """Make the actor's feed, which ends the one before; answers its secret, which is kept nowhere.

    Raises Invalid for a kind that there is none of, NotPermitted for a role that gives no sessions.
    """
    if not may_have_feed(actor):
        raise NotPermitted(NOT_A_PROVIDER)
    if shows not in SHOWS:
        raise Invalid({"shows": "Choose what the feed says of students."})
    hold_people(db, actor.workspace_id)  # two at once take turns, so that one feed is left
    _end(db, actor)
    token = secrets.token_urlsafe(32)
    feed = CalendarFeed(
        workspace_id=actor.workspace_id, membership_id=actor.membership_id, token_hash=hash_token(token), shows=shows
    )
    db.add(feed)
    db.flush()
    record(db, actor, "make calendar feed", record_kind="calendar_feed", record_id=feed.id)
    return token


def end_feed(db: Session, actor: Actor) -> bool:
    """End the actor's feed; False when there is none."""
    ended = _end(db, actor)
    for one in ended:
        record(db, actor, "end calendar feed", record_kind="calendar_feed", record_id=one)
    return bool(ended)


@only_reads
def read_feed(db: Session, actor: Actor, feed_id: UUID, shows: str) -> Feed:
    """The actor's own sessions of the next twelve months, with what the gate lets her see of them now.

    Five statements and the log's row. A day without school, or one that was called off, is not in it.
    """
    first, last = actor.today, actor.today + SHOWN_AHEAD
    slots = [one for one in visible_slots(db, actor, first, last) if one.slot.provider_id == actor.membership_id]
    sessions = visible_sessions(db, actor, first, last)
    off = {(line.slot_id, line.slot_on) for line, _ in sessions if line.status == CANCELLED}
    around = _Around(shows, calendar_between(db, actor, first, last), schools_of(db, actor).names, off)
    moves = moved_days(db, actor, [one.slot.id for one in slots])
    series = [_series(one, moves.get(one.slot.id, []), around, first, last) for one in slots]
    alone = [(line, students) for line, students in sessions if _is_alone(line, actor, first)]
    students = {one.student.id for slot in slots for one, _ in slot.students} | {
        one.student.id for _, seen in alone for one in seen
    }
    record(db, actor, "read calendar feed", record_kind="calendar_feed", record_id=feed_id, students=len(students))
    meetings = [_meeting(line, seen, around, actor) for line, seen in alone]
    return Feed(actor.time_zone, first, last, actor.at, series, meetings)


def _series(seen: SeenSlot, moved: Sequence[SlotDay], around: _Around, first: date, last: date) -> FeedSeries:
    line = seen.slot
    slot = Slot(line.id, line.starts_on, line.ends_on, line.rule, line.starts, line.minutes)
    changes = [SlotChange(one.on_date, one.to_date, one.starts, one.minutes) for one in moved]
    off = {
        day.on
        for day in occurrences(slot, changes, first, last)
        if (line.id, day.on) in around.called_off or closed_on(around.calendar, day.day, line.school_id)
    }
    summary = students_in_words(around.shows, [_name(one.student) for one, _ in seen.students])
    return FeedSeries(slot, summary, _place(line.place, line.school_id, around), changes, frozenset(off))


def _is_alone(line: SessionLine, actor: Actor, first: date) -> bool:
    mine = line.provider_id == actor.membership_id and line.slot_id is None
    return mine and line.status != CANCELLED and line.held_on >= first


def _meeting(line: SessionLine, seen: list[SeenLine], around: _Around, actor: Actor) -> FeedMeeting:
    start = line.start.astimezone(actor.zone)
    minutes = int((line.end - line.start).total_seconds()) // 60
    summary = students_in_words(around.shows, [_name(one.student) for one in seen])
    place = _place(line.place, line.school_id, around)
    return FeedMeeting(str(line.id), start.date(), start.time(), minutes, summary, place)


def _name(student: StudentLine) -> tuple[str, str]:
    return student.preferred_name or student.given_name, student.family_name


def _place(place: str, school_id: UUID | None, around: _Around) -> str:
    school = around.schools.get(school_id, "") if school_id else ""
    return ", ".join(words for words in (place, school) if words)


def _live(actor: Actor) -> tuple[Any, ...]:
    return (
        col(CalendarFeed.workspace_id) == actor.workspace_id,
        col(CalendarFeed.membership_id) == actor.membership_id,
        col(CalendarFeed.revoked_at).is_(None),
    )


def _end(db: Session, actor: Actor) -> list[UUID]:
    query = update(CalendarFeed).where(*_live(actor)).values(revoked_at=actor.at).returning(col(CalendarFeed.id))
    return list(db.execute(query).scalars())
