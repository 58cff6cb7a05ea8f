"""The door to everybody's ties to a student, for those who govern access to her, and to the judgement of a change.

Changes take turns, with one another and with changes of people: two acts of one actor that would be harmless alone
cannot give her a right together, and nobody who is being removed is given one.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlmodel import Session, col

from therapytrack.access.actions import Action, Permission
from therapytrack.access.actor import Actor
from therapytrack.access.facts import StudentFacts
from therapytrack.access.gate import access_seen, access_students, access_workspace, governed_students
from therapytrack.access.granting import Change, Verdict, judge, judge_link, losses
from therapytrack.access.people import hold_people
from therapytrack.access.refusals import refused as mark_refused
from therapytrack.access.seen import Seen, SeenLine
from therapytrack.access.standing import Held, Link, Person, Ties
from therapytrack.errors import Invalid, TherapyTrackError
from therapytrack.models import Account, AdminRole, ClinicalRole, Membership, StudentGrant, SupervisionLink

COLUMNS = {permission: f"can_{permission}" for permission in Permission}


@dataclass(frozen=True, slots=True)
class Colleague:
    """A member of the actor's workspace: what decisions need, and what a list shows."""

    person: Person
    name: str
    credential: str
    status: str


@dataclass(frozen=True, slots=True)
class Governed:
    """A student whose access the actor governs, with everybody's ties to her."""

    seen: Seen | SeenLine
    ties: Ties
    people: Mapping[UUID, Colleague]
    actor: Actor

    @property
    def id(self) -> UUID:
        """The student's id."""
        return self.seen.student.id

    def judge(self, change: Change) -> Verdict:
        """Whether the actor may make `change`."""
        return judge(self.ties, change, self.actor.membership_id, self.seen.facts, self.actor.at)

    def require(self, change: Change, about: str = "") -> None:
        """Raise Invalid with the sentence beside its field when the actor may not make `change`.

        `about` goes before it, where several students are changed at once.
        """
        verdict = self.judge(change)
        if not verdict.allowed:
            raise refused({verdict.field: f"{about}: {verdict.sentence}" if about else verdict.sentence}, self.id)

    def losses(self, change: Change, at: datetime) -> dict[UUID, frozenset[Permission]]:
        """What others would lose at `at` through `change`, because their rights lean on what it ends."""
        student = self.seen.facts.student or StudentFacts()
        return losses(self.ties, change, at, self.seen.facts.workspace, student)


def refused(fields: Mapping[str, str], student_id: UUID | None = None) -> TherapyTrackError:
    """The error for a change of access that cannot be taken, marked for the activity log."""
    return mark_refused(Invalid(fields), Action.GRANT_ACCESS, "student", student_id)


def access_governed(db: Session, actor: Actor, student_ids: Collection[UUID]) -> list[Governed]:
    """Students whose access the actor may change now, in the order given, locked.

    Four statements, and the locks. Raises NotFound or NotPermitted for the first that is not hers to govern.
    """
    hold_people(db, actor.workspace_id)
    found = access_students(db, actor, list(student_ids), Action.GRANT_ACCESS)
    return _governed(db, actor, found)


def visible_governed(db: Session, actor: Actor) -> list[Governed]:
    """The students whose access the actor governs, with everybody's ties to them, by family name. Four statements."""
    return _governed(db, actor, governed_students(db, actor))


def access_ties(db: Session, actor: Actor, student_id: UUID) -> Governed:
    """One student with everybody's ties to her, for reading. Four statements. Raises NotFound."""
    return ties_of(db, actor, access_seen(db, actor, student_id, Action.VIEW_ACCESS))


def ties_of(db: Session, actor: Actor, seen: Seen) -> Governed:
    """Everybody's ties to a student whom the gate has just granted for Action.VIEW_ACCESS. Three statements."""
    return _governed(db, actor, [seen])[0]


def colleagues(db: Session, actor: Actor) -> dict[UUID, Colleague]:
    """Everybody who is or was a member of the actor's workspace, by membership; names and roles only."""
    rows = db.execute(
        select(Membership, col(Account.name), col(Account.credential))
        .join(Account, col(Account.id) == col(Membership.account_id))
        .where(col(Membership.workspace_id) == actor.workspace_id)
        .order_by(col(Account.name), col(Membership.id))
    )
    return {row[0].id: Colleague(person_of(row[0]), row[1], row[2], row[0].status) for row in rows}


def require_link(
    db: Session,
    actor: Actor,
    *,
    supervisor_id: UUID,
    assistant_id: UUID,
    discipline: str,
    starts_at: datetime,
    ends_at: datetime | None,
) -> None:
    """Raise Invalid when this supervision link would enlarge the actor's own rights on any student (rule 5).

    Raises NotPermitted for somebody who may not make links at all.
    """
    access_workspace(db, actor, Action.LINK_SUPERVISION)
    if actor.membership_id not in (supervisor_id, assistant_id):
        return
    link = Link(supervisor_id, assistant_id, discipline, starts_at, ends_at)
    grants = _grants(db, actor, col(StudentGrant.workspace_id) == actor.workspace_id)
    people = {key: one.person for key, one in colleagues(db, actor).items()}
    links = _links(db, actor)
    worlds = [Ties(people, links, held) for held in grants.values()]
    verdict = judge_link(worlds, link, actor.membership_id, actor.at)
    if not verdict.allowed:
        error = Invalid({verdict.field: verdict.sentence})
        raise mark_refused(error, Action.LINK_SUPERVISION, "membership", assistant_id)


def person_of(membership: Membership) -> Person:
    """A membership as decisions see it."""
    return Person(
        id=membership.id,
        clinical=ClinicalRole(membership.clinical_role),
        admin=AdminRole(membership.admin_role),
        discipline=membership.discipline,
        active=membership.status == "active",
        starts_at=membership.starts_at,
        ends_at=membership.ends_at,
    )


def held_of(grant: StudentGrant) -> Held:
    """A stored grant as decisions see it."""
    return Held(
        id=grant.id,
        person=grant.membership_id,
        rights=frozenset(one for one in Permission if getattr(grant, COLUMNS[one])),
        starts_at=grant.starts_at,
        ends_at=grant.ends_at,
        granted_by=grant.granted_by_id,
        kind=grant.kind,
        reason=grant.reason,
    )


def _governed(db: Session, actor: Actor, found: Sequence[Seen | SeenLine]) -> list[Governed]:
    here, links = colleagues(db, actor), _links(db, actor)
    people = {key: one.person for key, one in here.items()}
    ids = [one.student.id for one in found]
    grants = _grants(db, actor, col(StudentGrant.student_id).in_(ids)) if ids else {}
    return [Governed(one, Ties(people, links, grants.get(one.student.id, ())), here, actor) for one in found]


def _links(db: Session, actor: Actor) -> tuple[Link, ...]:
    query = select(SupervisionLink).where(
        col(SupervisionLink.workspace_id) == actor.workspace_id, _not_over(SupervisionLink, actor)
    )
    rows = db.execute(query).scalars()
    return tuple(Link(one.supervisor_id, one.assistant_id, one.discipline, one.starts_at, one.ends_at) for one in rows)


def _grants(db: Session, actor: Actor, which: Any) -> dict[UUID, list[Held]]:
    query = select(StudentGrant).where(
        col(StudentGrant.workspace_id) == actor.workspace_id, which, _not_over(StudentGrant, actor)
    )
    # One that was withdrawn before it began ends where it begins.
    query = query.where(
        or_(col(StudentGrant.ends_at).is_(None), col(StudentGrant.ends_at) > col(StudentGrant.starts_at))
    )
    found: dict[UUID, list[Held]] = defaultdict(list)
    for row in db.execute(query.order_by(col(StudentGrant.starts_at), col(StudentGrant.id))).scalars():
        found[row.student_id].append(held_of(row))
    return found


def _not_over(table: Any, actor: Actor) -> Any:
    return or_(col(table.ends_at).is_(None), col(table.ends_at) > actor.at)
