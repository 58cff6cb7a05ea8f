"""A student's slots as one column beside her: what her next meeting is, and which of today's are not sessions yet.

Lists read them in the statement that reads the students, so that a schedule costs them none of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import case, or_, select
from sqlmodel import col

from therapytrack.access import ties
from therapytrack.access.actor import Actor
from therapytrack.access.slots import name_of
from therapytrack.domain.school_calendar import SchoolDay, days_that_hit
from therapytrack.domain.slots import Occurrence, Slot, SlotChange, after, occurrences, span
from therapytrack.models import ScheduleSlot, SlotDay, SlotStudent, Student, TherapySession
from therapytrack.services.json_rows import JsonRows, rows_in

LOOKS_AHEAD = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class StudentSlot:
    """One slot of a student: its rule, the days that were moved, and those (from today on) that have a session.

    `by`: the name of whoever gives it, "" when that is the actor.
    """

    slot: Slot
    title: str
    place: str
    position: int
    provider_id: UUID
    supervised: bool
    by: str
    moves: tuple[SlotChange, ...]
    taken: frozenset[date]
    school_id: UUID | None = None

    def changeable_by(self, actor: Actor) -> bool:
        """Whether the actor gives it, or supervises who does: as `access.slots` decides."""
        return self.provider_id == actor.membership_id or self.supervised

    def meetings(self, first: date, last: date) -> list[Occurrence]:
        """Its meetings between two days that are not sessions."""
        return [one for one in occurrences(self.slot, self.moves, first, last) if one.on not in self.taken]

    def held(self, calendar: Sequence[SchoolDay], first: date, last: date) -> list[Occurrence]:
        """Those of its meetings that the school calendar lets be held."""
        return [
            one
            for one in self.meetings(first, last)
            if not days_that_hit(calendar, one.day, self.school_id, after(one.starts, one.minutes))
        ]


def slots_column(today: Any) -> Any:
    """The slots of the enclosing statement's Student that run on or after the bound day `today`; see `slots_in`."""
    slot = ScheduleSlot
    moves = select(JsonRows(col(SlotDay.on_date), col(SlotDay.to_date), col(SlotDay.starts), col(SlotDay.minutes)))
    moves = moves.where(col(SlotDay.slot_id) == col(slot.id)).correlate(slot)
    taken = select(JsonRows(col(TherapySession.slot_on))).where(
        col(TherapySession.slot_id) == col(slot.id),
        or_(col(TherapySession.slot_on) >= today, col(TherapySession.held_on) >= today),
    )
    columns = (
        slot.id, slot.starts_on, slot.ends_on, slot.rule, slot.starts, slot.minutes, slot.title, slot.place,
        slot.provider_id,
    )  # fmt: skip
    return (
        select(
            JsonRows(
                *(col(one) for one in columns),
                col(SlotStudent.position),
                ties.supervises_provider(),
                case((col(slot.provider_id) != ties.ME, name_of(col(slot.provider_id))), else_=""),
                moves.scalar_subquery(),
                taken.correlate(slot).scalar_subquery(),
                col(slot.school_id),
            )
        )
        .select_from(SlotStudent)
        .join(slot, col(slot.id) == col(SlotStudent.slot_id))
        .where(col(SlotStudent.workspace_id) == ties.WORKSPACE, col(SlotStudent.student_id) == col(Student.id))
        .where(or_(col(slot.ends_on).is_(None), col(slot.ends_on) >= today, _moved_past(today)))
        .correlate(Student)
        .scalar_subquery()
    )


def _moved_past(today: Any) -> Any:
    later = select(1).where(col(SlotDay.slot_id) == col(ScheduleSlot.id), col(SlotDay.to_date) >= today)
    return later.correlate(ScheduleSlot).exists()


def slots_in(text: str | None) -> list[StudentSlot]:
    """The slots in such a column."""
    return [_slot(row) for row in rows_in(text)]


def _slot(row: Sequence[Any]) -> StudentSlot:
    (
        key,
        starts_on,
        ends_on,
        rule,
        starts,
        minutes,
        title,
        place,
        provider,
        position,
        supervised,
        by,
        moves,
        taken,
        school,
    ) = row
    day = date.fromisoformat
    slot = Slot(UUID(key), day(starts_on), day(ends_on) if ends_on else None, rule, _clock(starts), minutes)
    return StudentSlot(
        slot,
        title,
        place,
        position,
        UUID(provider),
        bool(supervised),
        by,
        tuple(SlotChange(day(on), day(to), _clock(at), length) for on, to, at, length in rows_in(moves)),
        frozenset(day(on) for (on,) in rows_in(taken)),
        UUID(school) if school else None,
    )


def _clock(text: str) -> time:
    return time.fromisoformat(text).replace(microsecond=0)


def next_of(slots: Sequence[StudentSlot], actor: Actor, calendar: Sequence[SchoolDay] = ()) -> datetime | None:
    """When the next of these meetings begins that the `calendar` lets be held, within 60 days, in UTC: also one of
    today that nobody has started yet."""
    today, starts = actor.today, []
    for slot in slots:
        for one in slot.held(calendar, today, today + LOOKS_AHEAD):
            starts.append(span(one.day, one.starts, one.minutes, actor.zone)[0])
            break
    return min(starts, default=None)
