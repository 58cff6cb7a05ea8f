"""The schedule of some days: what repeats, what was planned once, what was held, and what does not fit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from uuid import UUID

from sqlmodel import Session

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.seen import SeenLine, StudentLine
from therapytrack.access.slots import SeenSlot, SlotLine, moved_days, visible_slots
from therapytrack.domain.clashes import Booking, Circumstances, clashes
from therapytrack.domain.recurrence import repeat_words
from therapytrack.domain.school_calendar import SchoolDay
from therapytrack.domain.slots import Fate, Occurrence, Slot, SlotChange, key_of, occurrences
from therapytrack.services.activity import only_reads, record
from therapytrack.services.schedule_sql import (
    Schools,
    SessionLine,
    around_columns,
    around_in,
    calendar_between,
    schools_of,
    visible_sessions,
)

LONGEST_WINDOW = timedelta(days=62)
CANCELLED, PLANNED = "cancelled", "planned"


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting on the schedule, by the school's clock. `on` is the day of its slot; `session_id` once there is one.

    `status`: planned, running, finished or cancelled; `clashes`: what does not fit, in sentences.
    """

    key: str
    slot_id: UUID | None
    on: date | None
    session_id: UUID | None
    day: date
    starts: time
    ends: time
    title: str
    place: str
    school_id: UUID | None
    delivery: str
    provider_id: UUID
    provider: str
    changeable: bool
    can_start: bool
    status: str
    moved: bool
    repeats: str
    version: int
    students: Sequence[StudentLine]
    clashes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Schedule:
    """The meetings from `first` to `last` by day and time, the calendar of those days, and the schools."""

    first: date
    last: date
    meetings: list[Meeting]
    calendar: list[SchoolDay]
    schools: Schools


@only_reads
def get_schedule(db: Session, actor: Actor, first: date, last: date) -> Schedule:
    """What the actor may see of the days from `first` to `last`, 62 at most, of everybody whose students she may view.

    Four to five statements and the log's row, whatever the number of slots.
    """
    last = min(last, first + LONGEST_WINDOW)
    slots = visible_slots(db, actor, first, last, *around_columns())
    sessions = visible_sessions(db, actor, first, last)
    calendar, schools = calendar_between(db, actor, first, last), schools_of(db, actor)
    meetings = _meetings(db, actor, slots, sessions, first, last)
    students = {one.id for meeting in meetings for one in meeting.students}
    record(db, actor, Action.VIEW, record_kind="schedule", students=len(students))
    around = _circumstances(slots, meetings, calendar, schools)
    return Schedule(first, last, _with_clashes(meetings, around), calendar, schools)


def meetings_between(db: Session, actor: Actor, first: date, last: date) -> list[Meeting]:
    """As the schedule's meetings of these days, for what is searched in them: nothing is shown. Three statements."""
    slots, sessions = visible_slots(db, actor, first, last), visible_sessions(db, actor, first, last)
    return _meetings(db, actor, slots, sessions, first, last)


def _meetings(
    db: Session,
    actor: Actor,
    slots: list[SeenSlot],
    sessions: list[tuple[SessionLine, list[SeenLine]]],
    first: date,
    last: date,
) -> list[Meeting]:
    moves = moved_days(db, actor, [one.slot.id for one in slots])
    by_day = {(line.slot_id, line.slot_on): (line, students) for line, students in sessions if line.slot_id}
    found: list[Meeting] = []
    for seen in slots:
        changes = [SlotChange(one.on_date, one.to_date, one.starts, one.minutes) for one in moves.get(seen.slot.id, [])]
        for day in occurrences(_as_slot(seen.slot), changes, first, last):
            held = by_day.pop((seen.slot.id, day.on), None)
            found.append(_held(actor, *held, seen.slot) if held else _to_come(actor, seen, day))
    alone = [(line, students) for line, students in sessions if not line.slot_id]
    found += [_held(actor, *one, None) for one in [*by_day.values(), *alone]]
    shown = (one for one in found if first <= one.day <= last)
    return sorted(shown, key=lambda one: (one.day, one.starts, one.key))


def _to_come(actor: Actor, seen: SeenSlot, day: Occurrence) -> Meeting:
    slot = seen.slot
    changeable = slot.changeable_by(actor) and seen.allows(Action.RECORD_SESSION)
    return Meeting(
        key=key_of(slot.id, day.on),
        slot_id=slot.id,
        on=day.on,
        session_id=None,
        day=day.day,
        starts=day.starts,
        ends=day.ends,
        title=slot.title,
        place=slot.place,
        school_id=slot.school_id,
        delivery=slot.delivery,
        provider_id=slot.provider_id,
        provider=slot.provider,
        changeable=changeable,
        can_start=changeable,
        status=PLANNED,
        moved=day.fate is Fate.MOVED,
        repeats=repeat_words(slot.rule, slot.starts_on),
        version=slot.version,
        students=[one.student for one, _ in seen.students],
    )


def _held(actor: Actor, line: SessionLine, students: list[SeenLine], slot: SlotLine | None) -> Meeting:
    start, end = line.start.astimezone(actor.zone), line.end.astimezone(actor.zone)
    may_record = any(one.allows(Action.RECORD_SESSION) for one in students)
    return Meeting(
        key=key_of(slot.id, line.slot_on) if slot and line.slot_on else str(line.id),
        slot_id=slot.id if slot else None,
        on=line.slot_on if slot else None,
        session_id=line.id,
        day=line.held_on,
        starts=start.time(),
        ends=end.time() if end.date() == start.date() else time(23, 59),
        title=line.title,
        place=line.place,
        school_id=line.school_id,
        delivery=line.delivery,
        provider_id=line.provider_id,
        provider=line.provider,
        changeable=bool(slot and slot.changeable_by(actor) and may_record),
        can_start=may_record and line.status != CANCELLED,
        status=line.status,
        moved=bool(slot and line.held_on != line.slot_on),
        repeats=repeat_words(slot.rule, slot.starts_on) if slot else "",
        version=slot.version if slot else 0,
        students=[one.student for one in students],
    )


def _circumstances(
    slots: Iterable[SeenSlot], meetings: Iterable[Meeting], calendar: list[SchoolDay], schools: Schools
) -> Circumstances:
    around = {one.student.id: around_in(one.student.id, more) for seen in slots for one, more in seen.students}
    names = {one.id: one.preferred_name or one.given_name for meeting in meetings for one in meeting.students}
    return Circumstances(
        busy=[one for busy, _ in around.values() for one in busy],
        limits=[one for _, limits in around.values() for one in limits],
        calendar=calendar,
        travel=schools.travel,
        school=lambda key: schools.names.get(key, "the other school"),
        name=names.__getitem__,
    )


def _with_clashes(meetings: list[Meeting], around: Circumstances) -> list[Meeting]:
    """The meetings with what does not fit; one that was called off is in nobody's way."""
    sentences: dict[str, list[str]] = {}
    for clash in clashes([booking_of(one) for one in meetings if one.status != CANCELLED], around):
        sentences.setdefault(clash.key, []).append(clash.sentence)
    return [replace(one, clashes=sentences[one.key]) if one.key in sentences else one for one in meetings]


def booking_of(one: Meeting) -> Booking:
    """A meeting as clashes are found with it."""
    students = tuple(student.id for student in one.students)
    return Booking(one.key, one.title, one.day, one.starts, one.ends, one.provider_id, students, one.school_id)


def _as_slot(line: SlotLine) -> Slot:
    return Slot(line.id, line.starts_on, line.ends_on, line.rule, line.starts, line.minutes)
