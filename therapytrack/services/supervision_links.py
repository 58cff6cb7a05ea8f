"""Who supervises which assistant, from when until when: made and ended by the office, never to anybody's own gain."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import access_workspace
from therapytrack.access.granting_gate import Colleague, colleagues, require_link
from therapytrack.access.refusals import refused
from therapytrack.access.supervising import access_link, visible_links_to_come
from therapytrack.domain.local_days import midnight
from therapytrack.domain.supervision_form import LinkForm
from therapytrack.errors import Invalid
from therapytrack.models import ClinicalRole, SupervisionLink
from therapytrack.services.activity import record
from therapytrack.services.guests import tell_of_link

ROLES = {"supervisor": ClinicalRole.SUPERVISOR, "link_assistant": ClinicalRole.ASSISTANT}
NOT_IN_ROLE = {
    "supervisor": "Choose somebody who is a supervisor here. Roles are set in Team.",
    "link_assistant": "Choose somebody who is an assistant here. Roles are set in Team.",
}
OTHER_FIELD = "The two work in different disciplines. A supervisor supervises assistants of her own."
LINKED_ALREADY = "This supervisor is linked with this assistant for that time already."
END_LINK = "end supervision"


@dataclass(frozen=True, slots=True)
class LinkLine:
    """A tie that counts now or later, with the names of both; times as dates of the workspace."""

    id: UUID
    supervisor: str
    assistant: str
    discipline: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class LinksPage:
    """All ties, and who can be chosen for a new one: (membership, name)."""

    links: list[LinkLine]
    supervisors: list[tuple[UUID, str]]
    assistants: list[tuple[UUID, str]]


def open_links(db: Session, actor: Actor) -> LinksPage:
    """The ties of the workspace, for the office. Two statements. Raises NotPermitted."""
    links = visible_links_to_come(db, actor)
    people = colleagues(db, actor)
    zone = ZoneInfo(actor.time_zone)
    lines = [
        LinkLine(
            id=one.id,
            supervisor=people[one.supervisor_id].name,
            assistant=people[one.assistant_id].name,
            discipline=one.discipline,
            since=one.starts_at.astimezone(zone).date(),
            until=one.ends_at.astimezone(zone).date() if one.ends_at else None,
        )
        for one in links
    ]
    return LinksPage(lines, _in_role(people, ClinicalRole.SUPERVISOR), _in_role(people, ClinicalRole.ASSISTANT))


def start_link(db: Session, actor: Actor, link_id: UUID, form: LinkForm) -> SupervisionLink:
    """Let a supervisor supervise an assistant; the same `link_id` twice makes one.

    Raises Invalid (roles, disciplines, a tie that stands, one that would give the actor a right), NotPermitted.
    """
    access_workspace(db, actor, Action.LINK_SUPERVISION)
    starts_at = actor.at if form.starts_on <= actor.today else midnight(form.starts_on, actor.time_zone)
    ends_at = midnight(form.ends_on, actor.time_zone) if form.ends_on else None
    people = colleagues(db, actor)
    discipline = _require_pair(people, form)
    require_link(
        db,
        actor,
        supervisor_id=form.supervisor_id,
        assistant_id=form.assistant_id,
        discipline=discipline,
        starts_at=starts_at,
        ends_at=ends_at,
    )
    if (existing := db.get(SupervisionLink, link_id)) is not None:
        return access_link(db, actor, existing.id)
    if _stands(db, actor, form, starts_at, ends_at):
        raise _refused({"link_assistant": LINKED_ALREADY}, form.assistant_id)
    link = SupervisionLink(
        id=link_id,
        workspace_id=actor.workspace_id,
        supervisor_id=form.supervisor_id,
        assistant_id=form.assistant_id,
        discipline=discipline,
        starts_at=starts_at,
        ends_at=ends_at,
    )
    db.add(link)
    record(db, actor, Action.LINK_SUPERVISION, record_kind="supervision_link", record_id=link.id)
    db.flush()
    tell_of_link(db, actor, link)
    return link


def end_link(db: Session, actor: Actor, link_id: UUID) -> SupervisionLink:
    """End a tie now; one that has not begun never counts. Twice changes nothing. Raises NotFound, NotPermitted.

    The assistant's edits then wait for another supervisor who holds view and edit on the student (rule 3).
    """
    link = access_link(db, actor, link_id)
    if link.ends_at is None or link.ends_at > actor.at:
        link.ends_at = max(actor.at, link.starts_at)
        record(db, actor, END_LINK, record_kind="supervision_link", record_id=link.id)
    return link


def _require_pair(people: dict[UUID, Colleague], form: LinkForm) -> str:
    """The discipline that both work in. Raises Invalid."""
    chosen = {"supervisor": people.get(form.supervisor_id), "link_assistant": people.get(form.assistant_id)}
    wrong = {
        name: NOT_IN_ROLE[name]
        for name, one in chosen.items()
        if one is None or one.status != "active" or one.person.clinical != ROLES[name]
    }
    if wrong:
        raise _refused(wrong, form.assistant_id)
    fields = {one.person.discipline for one in chosen.values() if one}
    if len(fields) != 1 or fields == {""}:
        raise _refused({"link_assistant": OTHER_FIELD}, form.assistant_id)
    return fields.pop()


def _stands(db: Session, actor: Actor, form: LinkForm, starts_at: datetime, ends_at: datetime | None) -> bool:
    """Whether the two are linked at any moment of that time already."""
    same = select(col(SupervisionLink.id)).where(
        col(SupervisionLink.workspace_id) == actor.workspace_id,
        col(SupervisionLink.supervisor_id) == form.supervisor_id,
        col(SupervisionLink.assistant_id) == form.assistant_id,
        col(SupervisionLink.ends_at).is_(None) | (col(SupervisionLink.ends_at) > starts_at),
        col(SupervisionLink.ends_at).is_(None) | (col(SupervisionLink.ends_at) > col(SupervisionLink.starts_at)),
    )
    if ends_at is not None:
        same = same.where(col(SupervisionLink.starts_at) < ends_at)
    return db.execute(same).first() is not None


def _in_role(people: dict[UUID, Colleague], role: ClinicalRole) -> list[tuple[UUID, str]]:
    return [(key, one.name) for key, one in people.items() if one.status == "active" and one.person.clinical == role]


def _refused(fields: dict[str, str], assistant_id: UUID) -> Exception:
    return refused(Invalid(fields), Action.LINK_SUPERVISION, "membership", assistant_id)
