"""Giving and taking access: one or many students, one or many rights, from when until when. All or nothing.

A stored grant is never changed but ended, by whom and when; what remains of it is made anew. The same operation sent
twice makes the same rows once.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select, update
from sqlmodel import Session, col

from therapytrack.access.actions import Action, Permission
from therapytrack.access.actor import Actor
from therapytrack.access.granting import Change, adds_anything
from therapytrack.access.granting_gate import COLUMNS, Governed, access_governed, refused
from therapytrack.access.refusals import refused as not_there
from therapytrack.access.standing import EXPLICIT, Held
from therapytrack.domain.ids import require_made
from therapytrack.errors import NotFound
from therapytrack.models import Activity, AdminRole, StudentGrant
from therapytrack.services import activity
from therapytrack.services.caseload_rows import display_name
from therapytrack.services.guests import tell_of_rights

Losing = tuple[tuple[str, int], ...]
MOST_STUDENTS = 500
REVOKE = "revoke access"
HELD_ALREADY = "All of this is held already for the whole time. Choose more rights or a later last day."


@dataclass(frozen=True, slots=True)
class Wish:
    """Rights that people are to hold, from when until when (None: no end), and why, in a word or two."""

    people: tuple[UUID, ...]
    rights: frozenset[Permission]
    starts_at: datetime
    ends_at: datetime | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Granted:
    """What was given: the new grants by student; `already`: how many pairs of person and student held it before."""

    made: Mapping[UUID, tuple[UUID, ...]]
    already: int

    @property
    def students(self) -> int:
        """How many students it concerns."""
        return len(self.made)


@dataclass(frozen=True, slots=True)
class Ended:
    """A grant that was ended, as it was before; `rest`: the grant that holds what remains of it."""

    student: UUID
    held: Held
    rest: UUID | None = None


def grant_access(db: Session, actor: Actor, operation_id: UUID, student_ids: Collection[UUID], wish: Wish) -> Granted:
    """Give every person of `wish` these rights on every student; what somebody holds already is not given again.

    `operation_id` comes from the page: sent twice, it gives once. Raises NotFound or NotPermitted for a student whose
    access is not the actor's to govern; Invalid with the sentence beside its field for anything else.
    """
    require_made(operation_id)
    check_size(student_ids)
    governed = access_governed(db, actor, student_ids)
    if (done := _done_before(db, actor, operation_id, governed, wish)) is not None:
        return done
    changes: dict[UUID, Change] = {}
    for one in governed:
        adds = tuple(_wanted(operation_id, one.id, person, wish, actor) for person in wish.people)
        one.require(Change(adds), about(one, governed))
        changes[one.id] = Change(tuple(add for add in adds if adds_anything(one.ties, Change((add,)), actor.at)))
    made = {key: tuple(add.id for add in change.adds) for key, change in changes.items() if change.adds}
    if not made:
        raise refused({"person": HELD_ALREADY}, governed[0].id)
    apply_changes(db, actor, governed, changes)
    return Granted(made, len(governed) * len(wish.people) - sum(map(len, made.values())))


def revoke_access(
    db: Session, actor: Actor, student_ids: Collection[UUID], person_ids: Iterable[UUID], rights: frozenset[Permission]
) -> list[Ended]:
    """Take `rights` from people on students, now, planned ones too; taking view takes all.

    What remains of a grant is made anew with its beginning, end and giver. Answers what was ended, nothing when none
    was left. Raises NotFound, NotPermitted, Invalid.
    """
    check_size(student_ids)
    people = set(person_ids)
    governed = access_governed(db, actor, student_ids)
    ended: list[Ended] = []
    changes = {}
    for one in governed:
        change, parts = _taken(one.id, _hit(one, people, rights), rights, actor)
        one.require(change, about(one, governed))
        changes[one.id] = change
        ended += parts
    apply_changes(db, actor, governed, changes)
    return ended


def losing_by_revoke(
    db: Session, actor: Actor, student_ids: Collection[UUID], person_ids: Iterable[UUID], rights: frozenset[Permission]
) -> Losing:
    """Whose rights would rest with what `revoke_access` takes: (name, on how many students). Changes nothing.

    Raises NotFound, NotPermitted, Invalid.
    """
    check_size(student_ids)
    people = set(person_ids)
    governed = access_governed(db, actor, student_ids)
    changes = {one.id: _taken(one.id, _hit(one, people, rights), rights, actor)[0] for one in governed}
    return losing_by_name(governed, changes, actor.at)


def losing_by_name(governed: Sequence[Governed], changes: Mapping[UUID, Change], at: datetime) -> Losing:
    """Colleagues who lose something at `at` because it leans on what a change ends: (name, on how many students)."""
    lost: Counter[UUID] = Counter()
    for one in governed:
        lost.update(one.losses(changes[one.id], at).keys())
    people = governed[0].people if governed else {}
    return tuple(sorted((people[key].name, count) for key, count in lost.items()))


def end_grants(db: Session, actor: Actor, grants: Mapping[UUID, Collection[UUID]]) -> list[Ended]:
    """End these grants (by student), whole, emergency access too; one that is over already is passed by.

    Raises NotFound for a student or grant that is not there, NotPermitted.
    """
    governed = access_governed(db, actor, list(grants))
    _require_stored(db, actor, grants)
    changes, ended = {}, []
    for one in governed:
        hit = [held for held in one.ties.grants if held.id in grants[one.id]]
        changes[one.id] = Change(ends={held.id: actor.at for held in hit})
        ended += [Ended(one.id, held) for held in hit if held.kind == EXPLICIT]
    apply_changes(db, actor, governed, changes)
    return ended


def apply_changes(db: Session, actor: Actor, governed: Iterable[Governed], changes: Mapping[UUID, Change]) -> None:
    """Store judged changes by student, with a row of the activity log for each grant made or ended."""
    over, given = [], defaultdict[UUID, set[UUID]](set)
    for one in governed:
        change = changes.get(one.id, Change())
        for held in one.ties.grants:
            if held.id in change.ends and (end := _new_end(held, change.ends[held.id])):
                over.append({"id": held.id, "ends_at": end, "ended_by_id": actor.membership_id})
                _log(db, actor, REVOKE, one.id, held, until=end.isoformat(), before=_iso(held.ends_at))
        for held in change.adds:
            db.add(_row(one.id, held, actor))
            if _gives(one, held, actor):
                given[held.person].add(one.id)
            _log(db, actor, Action.GRANT_ACCESS, one.id, held, since=_iso(held.starts_at), until=_iso(held.ends_at))
    if over:
        db.execute(update(StudentGrant), over)
    db.flush()
    tell_of_rights(db, actor, given)


def _gives(one: Governed, held: Held, actor: Actor) -> bool:
    """Whether an admin gives somebody more with this grant than there was."""
    by_admin = actor.member.admin == AdminRole.ADMIN and held.granted_by == actor.membership_id
    return by_admin and adds_anything(one.ties, Change((held,)), actor.at)


def _new_end(held: Held, at: datetime) -> datetime | None:
    """When a grant that is to end at `at` ends; None when it does so anyway. An unbegun one ends where it begins."""
    end = max(at, held.starts_at)
    return end if held.ends_at is None or held.ends_at > end else None


def _log(db: Session, actor: Actor, action: str, student_id: UUID, held: Held, **dates: str) -> None:
    rights = [str(right) for right in Permission if right in held.rights]
    activity.record(
        db,
        actor,
        action,
        student_id=student_id,
        record_kind="student_grant",
        record_id=held.id,
        person=str(held.person),
        rights=rights,
        **dates,
    )


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def _row(student_id: UUID, held: Held, actor: Actor) -> StudentGrant:
    rights: dict[str, Any] = {COLUMNS[right]: right in held.rights for right in Permission}
    return StudentGrant(
        id=held.id,
        workspace_id=actor.workspace_id,
        student_id=student_id,
        membership_id=held.person,
        granted_by_id=held.granted_by,
        reason=held.reason,
        starts_at=held.starts_at,
        ends_at=held.ends_at,
        **rights,
    )


def _wanted(operation_id: UUID, student_id: UUID, person: UUID, wish: Wish, actor: Actor) -> Held:
    key = uuid5(operation_id, f"{student_id} {person}")
    return Held(key, person, wish.rights, wish.starts_at, wish.ends_at, actor.membership_id, reason=wish.reason)


def _done_before(
    db: Session, actor: Actor, operation_id: UUID, governed: Sequence[Governed], wish: Wish
) -> Granted | None:
    keys = {one.id: [uuid5(operation_id, f"{one.id} {person}") for person in wish.people] for one in governed}
    known = known_grants(db, actor, [key for some in keys.values() for key in some])
    if not known:
        return None
    made = {student: tuple(key for key in some if key in known) for student, some in keys.items()}
    made = {student: some for student, some in made.items() if some}
    return Granted(made, len(governed) * len(wish.people) - len(known))


def known_grants(db: Session, actor: Actor, grant_ids: Collection[UUID]) -> set[UUID]:
    """Those of the grants that are stored: an operation that was sent before has its own."""
    query = select(col(StudentGrant.id)).where(
        col(StudentGrant.workspace_id) == actor.workspace_id, col(StudentGrant.id).in_(grant_ids)
    )
    return set(db.execute(query).scalars())


def _require_stored(db: Session, actor: Actor, grants: Mapping[UUID, Collection[UUID]]) -> None:
    query = select(col(StudentGrant.student_id), col(StudentGrant.id)).where(
        col(StudentGrant.workspace_id) == actor.workspace_id, col(StudentGrant.student_id).in_(list(grants))
    )
    stored = {(row[0], row[1]) for row in db.execute(query)}
    for unknown in ((student, grant) for student, some in grants.items() for grant in some):
        if unknown not in stored:
            raise not_there(NotFound(), Action.GRANT_ACCESS, "student_grant", unknown[1])


def _hit(one: Governed, people: Collection[UUID], rights: frozenset[Permission]) -> list[Held]:
    """The grants of these people that hold any of these rights, now or later."""
    mine = [held for held in one.ties.grants if held.person in people and held.kind == EXPLICIT]
    return [held for held in mine if held.rights & rights]


def _taken(
    student_id: UUID, hit: Sequence[Held], rights: frozenset[Permission], actor: Actor
) -> tuple[Change, list[Ended]]:
    """The change that takes `rights` out of the grants `hit`, and what it ends."""
    adds, ended = [], []
    for held in hit:
        rest = frozenset() if Permission.VIEW in rights else held.rights - rights
        key = uuid5(held.id, "rest") if rest else None
        if key is not None:
            starts = max(actor.at, held.starts_at)
            adds.append(Held(key, held.person, rest, starts, held.ends_at, held.granted_by, reason=held.reason))
        ended.append(Ended(student_id, held, key))
    return Change(tuple(adds), {held.id: actor.at for held in hit}), ended


def done_before(db: Session, actor: Actor, action: str, operation_id: UUID) -> dict[str, Any] | None:
    """The numbers that the log kept of an operation of the actor's that is done already; None when it is not."""
    query = select(col(Activity.detail)).where(
        col(Activity.workspace_id) == actor.workspace_id,
        col(Activity.membership_id) == actor.membership_id,
        col(Activity.action) == action,
        col(Activity.record_id) == operation_id,
    )
    return db.execute(query).scalars().first()


def check_size(student_ids: Collection[UUID]) -> None:
    """Raise Invalid for no students, or for more than anybody can mean."""
    if not student_ids:
        raise refused({"students": "Choose at least one student."})
    if len(student_ids) > MOST_STUDENTS:
        raise refused({"students": f"Choose at most {MOST_STUDENTS} students at once."})


def about(one: Governed, governed: Sequence[Governed]) -> str:
    """Whose name goes before a sentence, where several students are changed at once."""
    return display_name(one.seen.student) if len(governed) > 1 else ""
