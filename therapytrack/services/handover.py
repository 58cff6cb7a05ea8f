"""Handing over a caseload entire: one person's rights go to another from a moment on, with the planned sessions and the
case management; what she has to finish herself stays hers, with the time to do it. Nothing is lost, all is counted."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import update
from sqlmodel import Session, col

from therapytrack.access.actor import Actor
from therapytrack.access.granting import Change, adds_anything
from therapytrack.access.granting_gate import Governed, access_governed, refused, visible_governed
from therapytrack.access.people import hold_people
from therapytrack.access.roles import LICENSED
from therapytrack.access.standing import EXPLICIT, Held, supervisees_at
from therapytrack.domain.access_form import HandoverWish, Period
from therapytrack.domain.ids import require_made
from therapytrack.domain.local_days import midnight
from therapytrack.models import Student
from therapytrack.services import activity
from therapytrack.services.caseload_rows import display_name
from therapytrack.services.grants import Losing, apply_changes, done_before, losing_by_name
from therapytrack.services.handover_work import Work, count_elsewhere, move_sessions, open_work
from therapytrack.services.substitutes import Span

HANDOVER = "hand over caseload"


@dataclass(frozen=True, slots=True)
class Handover:
    """What moves, or moved, and what stays; numbers only. `losing` as in `Substitution`.

    Moves: students with rights, those whose case manager changes, planned sessions, and parts of sessions that others'
    students share. Stays: students whose rights last until `until` for the sake of unsigned notes, sessions before the
    day and notes to co-sign; students whose access the actor does not govern; archived students; report drafts.
    """

    students: int
    managed: int
    sessions: int
    shared: int
    kept: int
    unsigned: int
    before: int
    to_cosign: int
    drafts: int
    unmanaged: int
    archived: int
    elsewhere: int
    until: str = ""
    losing: Losing = ()


COUNTED = tuple(one.name for one in fields(Handover) if one.type in ("int", int))


def hand_over(db: Session, actor: Actor, operation_id: UUID, wish: HandoverWish, *, dry: bool) -> Handover:
    """Hand the caseload of `wish.of` over to `wish.to`; `dry` only tells what would happen.

    All or nothing; sent twice it is done once. Raises NotFound, NotPermitted, and Invalid with the sentence beside its
    field (nothing to hand over, a person who cannot take it, more than the actor may give).
    """
    require_made(operation_id)
    if (numbers := done_before(db, actor, HANDOVER, operation_id)) is not None:
        return Handover(**{name: numbers[name] for name in (*COUNTED, "until")})
    governed = _caseload(db, actor, wish)
    span = Span(Period(wish.first).starts_at(actor.at, actor.time_zone), None)
    ids = {one.id for one in governed}
    work = open_work(db, actor, wish.of, _authors_supervised(governed, wish.of, actor), ids, span.starts_at)
    keep_until = _keep_until(span.starts_at, wish, actor)
    changes = {
        one.id: planned(operation_id, one, wish, span, keep_until if one.id in work.unfinished else None, actor)
        for one in governed
    }
    for one in governed:
        one.require(changes[one.id], display_name(one.seen.student))
    told = _told(db, actor, governed, changes, work, wish, span.starts_at, keep_until)
    if not dry:
        apply_changes(db, actor, governed, changes)
        _move_case(db, actor, _managed(governed, wish, actor), wish.to, span.starts_at)
        move_sessions(db, actor, wish.of, wish.to, ids, work)
        detail: dict[str, Any] = {name: value for name, value in asdict(told).items() if name != "losing"}
        detail |= {"of": str(wish.of), "to": str(wish.to)}
        activity.record(db, actor, HANDOVER, record_kind="handover", record_id=operation_id, **detail)
    return told


def planned(
    operation_id: UUID, one: Governed, wish: HandoverWish, span: Span, keep_until: datetime | None, actor: Actor
) -> Change:
    """The change on one student: the same rights for the new person from the moment on, the old ones end then, or at
    `keep_until` where something is unfinished."""
    theirs = [held for held in one.ties.grants if held.person == wish.of and held.kind == EXPLICIT]
    adds = []
    for held in theirs:
        part = span.of(held)
        key = uuid5(operation_id, f"over {held.id}")
        if part is not None:
            adds.append(
                Held(key, wish.to, held.rights, part.starts_at, part.ends_at, actor.membership_id, reason="Handed over")
            )
    new = tuple(add for add in adds if adds_anything(one.ties, Change((add,)), actor.at))
    return Change(new, {held.id: keep_until or span.starts_at for held in theirs})


def _caseload(db: Session, actor: Actor, wish: HandoverWish) -> list[Governed]:
    """The students of the person whose access the actor governs, locked: those on whom she holds anything now or later,
    and those whose case manager she is."""
    hold_people(db, actor.workspace_id)
    hers = [one.id for one in visible_governed(db, actor) if _is_hers(one, wish.of, actor)]
    if not hers:
        raise refused({"of": "This person has no student whose access you govern. Choose somebody else."})
    return access_governed(db, actor, hers)


def _is_hers(one: Governed, of: UUID, actor: Actor) -> bool:
    granted = any(held.person == of and held.kind == EXPLICIT for held in one.ties.grants)
    return granted or one.seen.student.case_manager_at(actor.at) == of


def _keep_until(moment: datetime, wish: HandoverWish, actor: Actor) -> datetime:
    """The end of the last day on which the old person can finish what is hers."""
    day = moment.astimezone(actor.zone).date() + timedelta(days=wish.finish_days)
    return max(moment, midnight(day + timedelta(days=1), actor.time_zone)) if wish.finish_days else moment


def _authors_supervised(governed: Sequence[Governed], of: UUID, actor: Actor) -> set[UUID]:
    """Assistants whose submitted notes wait for the person who hands over."""
    ties = governed[0].ties
    person = ties.people.get(of)
    return {one.id for one in supervisees_at(ties, person, actor.at)} if person else set()


def _managed(governed: Sequence[Governed], wish: HandoverWish, actor: Actor) -> list[Governed]:
    """The students whose case manager changes: a case manager is a clinician or supervisor."""
    person = governed[0].ties.people.get(wish.to)
    if person is None or person.clinical not in LICENSED:
        return []
    return [one for one in governed if one.seen.student.case_manager_at(actor.at) == wish.of]


def _move_case(db: Session, actor: Actor, students: Sequence[Governed], to: UUID, moment: datetime) -> None:
    now = moment <= actor.at
    for one in students:
        student = one.seen.student
        mine = student.case_manager_at(actor.at)
        values = {
            "case_manager_id": to if now else mine,
            "next_case_manager_id": None if now else to,
            "next_case_manager_from": None if now else moment,
        }
        db.execute(
            update(Student)
            .where(col(Student.workspace_id) == actor.workspace_id, col(Student.id) == one.id)
            .values(values)
            .execution_options(synchronize_session=False)
        )
        activity.record(
            db,
            actor,
            "change case manager",
            student_id=one.id,
            record_kind="student",
            record_id=one.id,
            to=str(to),
            since=moment.isoformat(),
        )


def _told(
    db: Session,
    actor: Actor,
    governed: Sequence[Governed],
    changes: Mapping[UUID, Change],
    work: Work,
    wish: HandoverWish,
    moment: datetime,
    keep_until: datetime,
) -> Handover:
    ids = {one.id for one in governed}
    kept = [one for one in governed if one.id in work.unfinished and changes[one.id].ends and keep_until > moment]
    mine = [one for one in governed if one.seen.student.case_manager_at(actor.at) == wish.of]
    managed = _managed(governed, wish, actor)
    archived, elsewhere = count_elsewhere(db, actor, wish.of, ids)
    return Handover(
        students=len(governed),
        managed=len(managed),
        sessions=work.whole(ids),
        shared=work.shared(ids),
        kept=len(kept),
        unsigned=work.unsigned,
        before=len(work.earlier),
        to_cosign=work.to_cosign,
        drafts=work.drafts,
        unmanaged=len(mine) - len(managed),
        archived=archived,
        elsewhere=elsewhere,
        until=(keep_until - timedelta(microseconds=1)).astimezone(actor.zone).date().isoformat() if kept else "",
        losing=losing_by_name(governed, changes, moment),
    )
