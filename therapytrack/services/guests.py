"""An admin and the people whom she brings in: what the owner is told, so that one person cannot quietly become two.

Nobody can tell from an address whose mailbox it is. An admin has no clinical access by office (rule 5 of the permission
model), and a second account of her own would give it to her: by an invitation with a clinical role, or by rights that
she gives to somebody whom she invited herself, also through the assistant whom she lets that person supervise. All this
stays allowed, because a school's office works that way, and is told to the owner, who answers for it. What the owner
does herself needs no notice.
"""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from therapytrack.access.actor import Actor
from therapytrack.domain.member_place import CLINICAL_ROLES
from therapytrack.models import AdminRole, ClinicalRole, Invite, StudentGrant, SupervisionLink
from therapytrack.services import alarms


def tell_of_invite(db: Session, actor: Actor, made: Invite, students: int) -> None:
    """Tell the owner that an admin invited somebody who will be able to open records."""
    if actor.member.admin != AdminRole.OWNER and made.clinical_role != ClinicalRole.NONE:
        role = CLINICAL_ROLES[made.clinical_role].lower()
        alarms.tell(db, actor, alarms.INVITED, invite=str(made.id), role=role, count=students)


def tell_of_rights(db: Session, actor: Actor, given: Mapping[UUID, Collection[UUID]]) -> None:
    """Tell the owner, once an hour for each, of members (with the students given) who came by the actor's invitation.

    One statement, and none for those who cannot invite.
    """
    if actor.member.admin != AdminRole.ADMIN or not given:
        return
    query = select(col(Invite.membership_id)).where(
        col(Invite.workspace_id) == actor.workspace_id,
        col(Invite.invited_by_id) == actor.membership_id,
        col(Invite.membership_id).in_(list(given)),
    )
    for guest in sorted(set(db.execute(query).scalars()), key=str):
        if guest is not None:
            alarms.tell_once(db, actor, alarms.GUEST_GIVEN, guest=str(guest), count=len(given[guest]))


def tell_of_link(db: Session, actor: Actor, made: SupervisionLink) -> None:
    """As `tell_of_rights`, for a supervisor who will view what her assistant edits (rule 4)."""
    if actor.member.admin != AdminRole.ADMIN:
        return
    query = select(col(StudentGrant.student_id)).where(
        col(StudentGrant.workspace_id) == actor.workspace_id,
        col(StudentGrant.membership_id) == made.assistant_id,
        col(StudentGrant.can_edit).is_(True),
        col(StudentGrant.ends_at).is_(None) | (col(StudentGrant.ends_at) > actor.at),
    )
    tell_of_rights(db, actor, {made.supervisor_id: set(db.execute(query).scalars())})
