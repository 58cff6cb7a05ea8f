"""The door to the schedule: a slot is shown with those of its students whom the actor may view, and not without any.

It is changed by its provider and by her supervisor; whoever else sees it (because she treats one of its students, too)
sees when and where the student is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, time
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Date, and_, bindparam, exists, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from therapytrack.access import ties
from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import access_students, visible_lines
from therapytrack.access.queries import the_lines
from therapytrack.access.refusals import refused
from therapytrack.access.seen import Seen, SeenLine
from therapytrack.errors import NotFound, NotPermitted
from therapytrack.models import Account, Membership, ScheduleSlot, SlotDay, SlotStudent, Student

NOT_YOURS = "Only the person who gives these sessions, or her supervisor, can change them. Ask her."
FIRST, LAST = bindparam("first", type_=Date), bindparam("last", type_=Date)


@dataclass(frozen=True, slots=True)
class SlotLine:
    """A slot as lists show it; `supervised`: its provider is a live supervisee of the actor; `provider`: her name."""

    id: UUID
    provider_id: UUID
    title: str
    starts_on: date
    ends_on: date | None
    rule: str
    starts: time
    minutes: int
    school_id: UUID | None
    place: str
    delivery: str
    version: int
    supervised: bool
    provider: str

    def changeable_by(self, actor: Actor) -> bool:
        """Whether the actor gives it, or supervises who does."""
        return self.provider_id == actor.membership_id or self.supervised


COLUMNS = len(SlotLine.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class SeenSlot:
    """A slot with the students whom the actor may view, in their order, each with the columns that were asked for."""

    slot: SlotLine
    students: list[tuple[SeenLine, Sequence[Any]]] = field(default_factory=list)

    def allows(self, action: Action) -> bool:
        """Whether `action` is allowed on one of the students at least."""
        return any(one.allows(action) for one, _ in self.students)


def visible_slots(db: Session, actor: Actor, first: date, last: date, *more: Any) -> list[SeenSlot]:
    """The slots that may have a day from `first` to `last`, with the columns `more` of each student. One statement."""
    found: dict[UUID, SeenSlot] = {}
    for one, columns in visible_lines(db, actor, _slots_between(*more), first=first, last=last):
        slot = found.get(columns[0]) or found.setdefault(columns[0], SeenSlot(SlotLine(*columns[:COLUMNS])))
        slot.students.append((one, columns[COLUMNS:]))
    return list(found.values())


def access_slot(db: Session, actor: Actor, slot_id: UUID, action: Action) -> tuple[ScheduleSlot, list[Seen]]:
    """A slot to act on with the students for whom `action` is allowed, all held still until the transaction ends.

    Raises NotFound when there is none that the actor may view; NotPermitted without the right for any of its students,
    or when somebody else gives it.
    """
    rows = visible_lines(db, actor, _one_slot(), slot_id=slot_id)
    if not rows:
        raise refused(NotFound(), action, "schedule_slot", slot_id)
    if not SlotLine(*rows[0][1][:COLUMNS]).changeable_by(actor):
        raise refused(NotPermitted(NOT_YOURS), action, "schedule_slot", slot_id)
    allowed = [one.student.id for one, _ in rows if one.allows(action)]
    if not allowed:
        raise refused(NotPermitted(rows[0][0].reason(action)), action, "schedule_slot", slot_id)
    students = access_students(db, actor, allowed, action)
    return db.get_one(ScheduleSlot, slot_id, populate_existing=True, with_for_update=True), students


def moved_days(db: Session, actor: Actor, slot_ids: Sequence[UUID]) -> dict[UUID, list[SlotDay]]:
    """The days of slots just granted that were moved, by slot. One statement, none without slots."""
    found: dict[UUID, list[SlotDay]] = {}
    if not slot_ids:
        return found
    mine = (col(SlotDay.workspace_id) == actor.workspace_id, col(SlotDay.slot_id).in_(slot_ids))
    for one in db.execute(select(SlotDay).where(*mine)).scalars():
        found.setdefault(one.slot_id, []).append(one)
    return found


@cache
def _slots_between(*more: Any) -> Any:
    begun, ended = col(ScheduleSlot.starts_on) <= LAST, col(ScheduleSlot.ends_on) < FIRST
    runs = and_(begun, or_(col(ScheduleSlot.ends_on).is_(None), ~ended))
    moved = select(1).where(col(SlotDay.slot_id) == col(ScheduleSlot.id), col(SlotDay.to_date).between(FIRST, LAST))
    return _with_students(*more).where(or_(runs, exists(moved).correlate(ScheduleSlot)))


@cache
def _one_slot() -> Any:
    return _with_students().where(col(ScheduleSlot.id) == bindparam("slot_id"))


def name_of(member: Any) -> Any:
    """The name of the person whose membership the enclosing statement's column `member` is."""
    return _of_account(col(Account.name), member)


def credential_of(member: Any) -> Any:
    """Her credential."""
    return _of_account(col(Account.credential), member)


def _of_account(column: Any, member: Any) -> Any:
    person: Any = aliased(Membership)
    query = select(column).join(person, person.account_id == col(Account.id)).where(person.id == member)
    return query.correlate_except(Account, person).scalar_subquery()


def _with_students(*more: Any) -> Any:
    columns = [getattr(ScheduleSlot, name) for name in [*SlotLine.__dataclass_fields__][:-2]]
    query = the_lines(*columns, ties.supervises_provider(), name_of(col(ScheduleSlot.provider_id)), *more)
    query = query.join(SlotStudent, col(SlotStudent.student_id) == col(Student.id))
    query = query.join(ScheduleSlot, col(ScheduleSlot.id) == col(SlotStudent.slot_id))
    order = (col(ScheduleSlot.starts), col(ScheduleSlot.id), col(SlotStudent.position))
    return query.where(ties.may_view(), col(Student.archived_at).is_(None)).order_by(*order)
