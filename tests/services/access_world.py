"""A workspace in which access changes hands: an owner-supervisor, an admin, case managers, assistants, an outsider."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import Session, col

from tests.factories import Cast, _member, add_student, grant, make_cast
from therapytrack.access.actions import Action, Permission
from therapytrack.access.gate import access_seen
from therapytrack.access.roles import effective_permissions
from therapytrack.errors import TherapyTrackError
from therapytrack.models import (
    Activity,
    AdminRole,
    ClinicalRole,
    SignIn,
    StudentGrant,
    SupervisionLink,
    Workspace,
    new_id,
    utc_now,
)
from therapytrack.services.grants import Granted, Wish, grant_access

VIEW, EDIT, EXPORT, GENERATE = Permission.VIEW, Permission.EDIT, Permission.EXPORT, Permission.GENERATE
ALL = frozenset(Permission)


@dataclass(frozen=True)
class AccessWorld:
    """The cast with `admin`, `colleague` (clinician), `boss` (admin and supervisor of slpa2) and `slpa2`; two students
    of the slp."""

    cast: Cast
    ana: UUID
    ben: UUID

    def member(self, who: str) -> UUID:
        """The membership of `who`."""
        return self.cast.members[who]


def make_access_world(db: Session) -> AccessWorld:
    """Ana and Ben are the slp's; on Ana the supervisor holds view and edit and the slpa view and edit under her."""
    cast = make_cast(db)
    workspace = db.get_one(Workspace, cast.workspace_id)
    for who, clinical, admin in (
        ("admin", ClinicalRole.NONE, AdminRole.ADMIN),
        ("colleague", ClinicalRole.CLINICIAN, AdminRole.NONE),
        ("boss", ClinicalRole.SUPERVISOR, AdminRole.ADMIN),
        ("slpa2", ClinicalRole.ASSISTANT, AdminRole.NONE),
    ):
        _member(db, cast, workspace, who, clinical, admin)
    link(db, cast, "boss", "slpa2")
    ana, ben = add_student(db, cast, "Ana", "Test"), add_student(db, cast, "Ben", "Test")
    grant(db, cast, ana, "supervisor", edit=True)
    grant(db, cast, ana, "slpa", edit=True)
    return AccessWorld(cast, ana.id, ben.id)


def link(db: Session, cast: Cast, boss: str, aide: str, *, starts_in: timedelta = -timedelta(days=1)) -> None:
    """A supervision link in the discipline of both."""
    row = SupervisionLink(
        workspace_id=cast.workspace_id,
        supervisor_id=cast.members[boss],
        assistant_id=cast.members[aide],
        discipline="slp",
        starts_at=utc_now() + starts_in,
    )
    db.add(row)
    db.flush()


def give(
    db: Session,
    world: AccessWorld,
    by: str,
    to: str,
    students: Collection[UUID],
    *rights: Permission,
    starts_in: timedelta = timedelta(0),
    lasts: timedelta | None = None,
    operation: UUID | None = None,
) -> Granted:
    """`by` gives `to` view and `rights` on the students, from a moment after now."""
    actor = world.cast.actor(db, by)
    start = actor.at + starts_in
    asked = Wish((world.member(to),), frozenset({VIEW, *rights}), start, start + lasts if lasts else None)
    return grant_access(db, actor, operation or new_id(), students, asked)


def held(db: Session, world: AccessWorld, who: str, student: UUID) -> set[str]:
    """The rights that `who` really has, asked at the gate."""
    try:
        seen = access_seen(db, world.cast.actor(db, who), student, Action.VIEW)
    except TherapyTrackError:
        return set()
    return {str(right) for right in effective_permissions(seen.facts)}


def grants_of(db: Session, world: AccessWorld, who: str, student: UUID | None = None) -> list[StudentGrant]:
    """All grants of `who`, ended ones too, in the order of their making."""
    query = select(StudentGrant).where(col(StudentGrant.membership_id) == world.member(who))
    if student is not None:
        query = query.where(col(StudentGrant.student_id) == student)
    return list(db.execute(query.order_by(col(StudentGrant.created_at), col(StudentGrant.id))).scalars())


def acts(db: Session, action: str) -> list[Activity]:
    """The log's rows of one act."""
    query = select(Activity).where(col(Activity.action) == action)
    return list(db.execute(query.order_by(col(Activity.created_at))).scalars())


def sign_in_again(db: Session, _world: AccessWorld | None) -> None:
    """Let everybody's sign-in be live at this moment, for tests that travel."""
    now = utc_now()
    db.execute(update(SignIn).values(last_active_at=now, expires_at=now + timedelta(hours=12)))
