"""Acts on people as they were typed: a form that asks for what nobody may have (an end in the past, students without a
role, a contact still to come) is answered beside its fields and logged as refused, like one that the gate refuses."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlmodel import Session

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.refusals import read_form
from therapytrack.domain.ids import parse_id
from therapytrack.domain.invite_form import parse_invite
from therapytrack.domain.member_place import parse_place
from therapytrack.domain.supervision_form import parse_contact, parse_link
from therapytrack.models import SupervisionContact, SupervisionLink
from therapytrack.services.invites import Sent, invite
from therapytrack.services.supervision import log_contact
from therapytrack.services.supervision_links import start_link
from therapytrack.services.team import change_member


def invite_as_typed(db: Session, actor: Actor, typed: Mapping[str, str], students: Sequence[str]) -> Sent:
    """The form "Invite". Raises Invalid for wrong fields, and as `invite`."""
    return invite(db, actor, read_form(Action.INVITE, "invite", parse_invite, typed, students, actor.today))


def change_as_typed(db: Session, actor: Actor, membership_id: UUID, version: int, typed: Mapping[str, str]) -> int:
    """The form of a person's place: the new version. Raises Invalid for wrong fields, and as `change_member`."""
    place = read_form(Action.MANAGE_MEMBER, "membership", parse_place, typed, actor.today)
    return change_member(db, actor, membership_id, version, place)


def link_as_typed(db: Session, actor: Actor, typed: Mapping[str, str]) -> SupervisionLink:
    """The form of a tie. Raises NotFound (its id is none), Invalid for wrong fields, and as `start_link`."""
    link_id = parse_id(typed.get("link_id", ""))
    form = read_form(Action.LINK_SUPERVISION, "supervision_link", parse_link, typed, actor.today)
    return start_link(db, actor, link_id, form)


def contact_as_typed(db: Session, actor: Actor, typed: Mapping[str, str]) -> SupervisionContact:
    """The form of a contact. Raises NotFound (its id is none), Invalid for wrong fields, and as `log_contact`."""
    contact_id = parse_id(typed.get("contact_id", ""))
    form = read_form(Action.LOG_CONTACT, "supervision_contact", parse_contact, typed, actor.today)
    return log_contact(db, actor, contact_id, form)
