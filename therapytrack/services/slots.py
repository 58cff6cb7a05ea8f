"""Slots of the schedule: made, changed from a day on, ended.

What was held stays as it was: a change from a day on ends the slot before that day and makes another.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import access_students, visible_students
from therapytrack.access.seen import StudentLine
from therapytrack.access.slots import access_slot
from therapytrack.domain.ids import require_made
from therapytrack.domain.slot_form import SlotForm, from_day
from therapytrack.domain.slots import Slot, falls_on, within_reach
from therapytrack.errors import Conflict, Invalid, NotFound
from therapytrack.models import (
    ScheduleSlot,
    School,
    SessionStatus,
    SlotDay,
    SlotStudent,
    TherapySession,
    new_id,
)
from therapytrack.services.activity import only_reads, record

CHANGED_ELSEWHERE = "Somebody changed this in the schedule meanwhile. Look at it again, then make your change."
NOT_A_DAY = "This is no longer a day of these sessions. Look at the schedule again."
TOO_FAR = "Choose a day within two years of today."
ONE_DAY = timedelta(days=1)
HELD = (SessionStatus.RUNNING, SessionStatus.FINISHED)


@dataclass(frozen=True, slots=True)
class SlotToChange:
    """A slot as its form begins, and the version that a change goes over."""

    form: SlotForm
    version: int


def get_slot(db: Session, actor: Actor, slot_id: UUID, on: date) -> SlotToChange:
    """A slot to be changed from its day `on` on, with those of its students on whom the actor may act.

    Raises NotFound, NotPermitted, Invalid when it is no day of the slot.
    """
    slot, students = access_slot(db, actor, slot_id, Action.RECORD_SESSION)
    require_day(slot, on, actor)
    form = SlotForm(
        title=slot.title,
        starts_on=on,
        ends_on=slot.ends_on,
        rule=slot.rule,
        starts=slot.starts,
        minutes=slot.minutes,
        school_id=slot.school_id,
        place=slot.place,
        delivery=slot.delivery,
        student_ids=tuple(one.student.id for one in students),
    )
    return SlotToChange(form, slot.version)


@only_reads
def who_can_be_scheduled(db: Session, actor: Actor) -> list[StudentLine]:
    """The students with whom the actor may record a session, by family name. One statement and the log's row."""
    found = [one.student for one in visible_students(db, actor) if one.allows(Action.RECORD_SESSION)]
    record(db, actor, Action.VIEW, record_kind="roster", students=len(found))
    return found


def make_slot(db: Session, actor: Actor, slot_id: UUID, form: SlotForm) -> ScheduleSlot:
    """Put a slot of the actor's own on the schedule; the same `slot_id` twice makes one.

    Raises NotFound or NotPermitted for any of the students, Invalid for a school of another workspace.
    """
    students = access_students(db, actor, list(form.student_ids), Action.RECORD_SESSION)
    require_made(slot_id)
    if (existing := db.get(ScheduleSlot, slot_id)) is not None:
        if existing.workspace_id != actor.workspace_id or existing.provider_id != actor.membership_id:
            raise NotFound
        return existing
    slot = _add(db, actor, slot_id, actor.membership_id, form, [one.student.id for one in students])
    _record(db, actor, "schedule", slot, students=len(students))
    return slot


def change_slot(db: Session, actor: Actor, slot_id: UUID, on: date, version: int, form: SlotForm) -> ScheduleSlot:
    """Change a slot from its day `on` on: from its very first day it is changed itself, later another follows it.

    Students of the slot on whom the actor may not act stay in it. Raises Conflict for a stale `version` or when a day
    from `on` on was held, Invalid, NotFound, NotPermitted.
    """
    slot, seen = access_slot(db, actor, slot_id, Action.RECORD_SESSION)
    chosen = [one.student.id for one in access_students(db, actor, list(form.student_ids), Action.RECORD_SESSION)]
    _expect(slot, version)
    require_day(slot, on, actor)
    _require_not_held(db, slot, on)
    students = [*chosen, *_others(db, slot, [*chosen, *(one.student.id for one in seen)])]
    form = from_day(form, as_slot(slot), on)
    _forget_moves(db, slot, on)
    if on > slot.starts_on:
        following = _add(db, actor, new_id(), slot.provider_id, form, students)
        _hand_on(db, slot, following, on)
        _end(slot, on - ONE_DAY)
        _record(db, actor, "change schedule", following, students=len(students))
        return following
    _fill(db, actor, slot, form)
    slot.version += 1
    db.execute(delete(SlotStudent).where(col(SlotStudent.slot_id) == slot.id))
    _add_students(db, slot, students)
    _record(db, actor, "change schedule", slot, students=len(students))
    return slot


def end_slot(db: Session, actor: Actor, slot_id: UUID, on: date, version: int) -> ScheduleSlot:
    """Take the days from `on` on off the schedule. Raises Conflict, NotFound, NotPermitted, Invalid."""
    slot, students = access_slot(db, actor, slot_id, Action.RECORD_SESSION)
    _expect(slot, version)
    require_day(slot, on, actor)
    _require_not_held(db, slot, on)
    _forget_moves(db, slot, on)
    _end(slot, on - ONE_DAY)
    _record(db, actor, "end schedule", slot, students=len(students))
    return slot


def _add(
    db: Session, actor: Actor, slot_id: UUID, provider_id: UUID, form: SlotForm, students: list[UUID]
) -> ScheduleSlot:
    slot = ScheduleSlot(
        id=slot_id,
        workspace_id=actor.workspace_id,
        provider_id=provider_id,
        title=form.title,
        starts_on=form.starts_on,
        starts=form.starts,
        minutes=form.minutes,
    )
    _fill(db, actor, slot, form)
    db.add(slot)
    db.flush()
    _add_students(db, slot, students)
    return slot


def _fill(db: Session, actor: Actor, slot: ScheduleSlot, form: SlotForm) -> None:
    if not within_reach(form.starts_on, actor.today):
        raise Invalid({"starts_on": TOO_FAR})
    school = db.get(School, form.school_id) if form.school_id else None
    if form.school_id and (school is None or school.workspace_id != actor.workspace_id):
        raise Invalid({"school": "Choose one of the schools."})
    for name in ("title", "starts_on", "ends_on", "rule", "starts", "minutes", "school_id", "place", "delivery"):
        setattr(slot, name, getattr(form, name))


def _add_students(db: Session, slot: ScheduleSlot, students: list[UUID]) -> None:
    for place, one in enumerate(students):
        db.add(SlotStudent(workspace_id=slot.workspace_id, slot_id=slot.id, student_id=one, position=place))
    db.flush()


def _others(db: Session, slot: ScheduleSlot, known: list[UUID]) -> list[UUID]:
    """The slot's students who are not among `known`: those on whom this actor may not act stay in it."""
    query = select(col(SlotStudent.student_id)).where(col(SlotStudent.slot_id) == slot.id)
    return [one for one in db.execute(query.order_by(col(SlotStudent.position))).scalars() if one not in known]


def _expect(slot: ScheduleSlot, version: int) -> None:
    if slot.version != version:
        raise Conflict(CHANGED_ELSEWHERE, version=slot.version)


def require_day(slot: ScheduleSlot, on: date, actor: Actor) -> None:
    """Raise Invalid when the rule of `slot` does not name `on`, or it is further off than the schedule goes."""
    if not within_reach(on, actor.today) or not falls_on(as_slot(slot), on):
        raise Invalid({"on": NOT_A_DAY})


def _end(slot: ScheduleSlot, last: date) -> None:
    """Let `last` be the slot's last day; one that ends before it began has none."""
    slot.ends_on = last
    slot.version += 1


def _forget_moves(db: Session, slot: ScheduleSlot, on: date) -> None:
    db.execute(delete(SlotDay).where(col(SlotDay.slot_id) == slot.id, col(SlotDay.on_date) >= on))


def _require_not_held(db: Session, slot: ScheduleSlot, on: date) -> None:
    later = (col(TherapySession.slot_id) == slot.id, col(TherapySession.slot_on) >= on)
    query = select(col(TherapySession.id)).where(*later, col(TherapySession.status).in_(HELD))
    if db.execute(query.limit(1)).first() is not None:
        raise Conflict("A session from that day on was held already. Change the days after it.")


def _hand_on(db: Session, slot: ScheduleSlot, following: ScheduleSlot, on: date) -> None:
    """Let days to come that were called off stay so in the slot that follows, where it has them."""
    later = (col(TherapySession.slot_id) == slot.id, col(TherapySession.slot_on) >= on)
    for session in db.execute(select(TherapySession).where(*later)).scalars():
        if session.slot_on and falls_on(as_slot(following), session.slot_on):
            session.slot_id = following.id


def as_slot(slot: ScheduleSlot) -> Slot:
    """What the rule, the days and the hours of `slot` are."""
    return Slot(slot.id, slot.starts_on, slot.ends_on, slot.rule, slot.starts, slot.minutes)


def _record(db: Session, actor: Actor, action: str, slot: ScheduleSlot, *, students: int) -> None:
    record(db, actor, action, record_kind="schedule_slot", record_id=slot.id, students=students)
