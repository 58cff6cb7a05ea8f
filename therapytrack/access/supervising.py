"""Supervision as records of its own: who may see ties and rules, and who may log a contact with whom."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from therapytrack.access import ties
from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor, state_of
from therapytrack.access.facts import Facts
from therapytrack.access.gate import access_workspace
from therapytrack.access.queries import run, run_plain
from therapytrack.access.refusals import refused, require
from therapytrack.access.roles import OFFICE
from therapytrack.errors import NotFound, NotPermitted
from therapytrack.models import (
    Account,
    ClinicalRole,
    Membership,
    Student,
    SupervisionContact,
    SupervisionLink,
    SupervisionRule,
    Workspace,
)

NOT_YOURS = "Only this assistant's supervisor in the same discipline can log a contact. Ask the owner for the link."


@dataclass(frozen=True, slots=True)
class SeenLink:
    """A live tie with the names of both and the state whose rules hold for the assistant, as the actor may see it."""

    link: SupervisionLink
    supervisor: str
    assistant: str
    us_state: str


def visible_links(db: Session, actor: Actor) -> list[SeenLink]:
    """Live ties: all of them for the office, a supervisor's and an assistant's own for herself. One statement."""
    boss: Any = aliased(Membership)
    aide: Any = aliased(Membership)
    boss_account: Any = aliased(Account)
    aide_account: Any = aliased(Account)
    query = (
        select(SupervisionLink, boss_account.name, aide_account.name, state_of(aide))
        .join(boss, col(SupervisionLink.supervisor_id) == boss.id)
        .join(aide, col(SupervisionLink.assistant_id) == aide.id)
        .join(boss_account, boss.account_id == boss_account.id)
        .join(aide_account, aide.account_id == aide_account.id)
        .join(Workspace, col(Workspace.id) == col(SupervisionLink.workspace_id))
        .where(col(SupervisionLink.workspace_id) == ties.WORKSPACE, ties.live(SupervisionLink))
        .where(boss.clinical_role == ClinicalRole.SUPERVISOR, aide.clinical_role == ClinicalRole.ASSISTANT)
        .where(*(_counts(member) for member in (boss, aide)))
        .order_by(aide_account.name, boss_account.name)
    )
    if actor.member.admin not in OFFICE:
        mine = (col(SupervisionLink.supervisor_id) == ties.ME) | (col(SupervisionLink.assistant_id) == ties.ME)
        query = query.where(mine)
    return [SeenLink(*row) for row in run(db, actor, query)]


@dataclass(frozen=True, slots=True)
class SupervisedPair:
    """A supervisee of the actor and a student whom she edits, whom the actor may therefore view (rule 4); the place
    whose supervision rule holds; and what else was asked for."""

    assistant_id: UUID
    assistant: str
    us_state: str
    discipline: str
    student_id: UUID
    more: tuple[Any, ...]


def visible_pairs(
    db: Session, actor: Actor, more: Callable[[Any], tuple[Any, ...]], **values: Any
) -> list[SupervisedPair]:
    """The actor's supervisees with each of their students, archived ones left out, by name of the supervisee.

    `more` makes further columns for a Membership, about it and the Student of the statement, bound to `values`; it is a
    module's function, so that the statement is built once. One statement. Raises NotPermitted.
    """
    require_role(actor, Action.VIEW_CASELOADS)
    rows = run_plain(db, actor, _pairs(more), **values)
    found = {}
    for aide_id, name, us_state, discipline, student_id, *columns in rows:
        found[aide_id, student_id] = SupervisedPair(aide_id, name, us_state, discipline, student_id, tuple(columns))
    return list(found.values())


@cache
def _pairs(more: Callable[[Any], tuple[Any, ...]]) -> Any:
    aide, link, edits = ties.editing_supervisee()
    return (
        select(aide.id, col(Account.name), state_of(aide), link.discipline, col(Student.id), *more(aide))
        .select_from(Student)
        .join(Workspace, col(Workspace.id) == col(Student.workspace_id))
        .join(aide, aide.workspace_id == col(Student.workspace_id))
        .join(link, link.assistant_id == aide.id)
        .join(Account, col(Account.id) == aide.account_id)
        .where(col(Student.workspace_id) == ties.WORKSPACE, col(Student.archived_at).is_(None), edits)
        .order_by(col(Account.name), aide.id)
    )


def access_supervisee(db: Session, actor: Actor, assistant_id: UUID, action: Action) -> Membership:
    """An assistant whom the actor supervises now in her own discipline, held as acts on people are: who took the tie,
    the role or a right on a student has committed by now, or waits. Raises NotFound, NotPermitted."""
    access_workspace(db, actor, action)
    query = select(Membership, ties.supervises_member(assistant_id)).where(
        col(Membership.id) == assistant_id, col(Membership.workspace_id) == ties.WORKSPACE
    )
    row = run(db, actor, query).first()
    if row is None:
        raise refused(NotFound(), action, "membership", assistant_id)
    if not row[1]:
        raise refused(NotPermitted(NOT_YOURS), action, "membership", assistant_id)
    found: Membership = row[0]
    return found


def access_contact(db: Session, actor: Actor, contact_id: UUID, action: Action) -> SupervisionContact:
    """A contact that the actor logged herself, to change it. Raises NotFound, NotPermitted."""
    access_workspace(db, actor, action)
    query = select(SupervisionContact).where(
        col(SupervisionContact.id) == contact_id,
        col(SupervisionContact.workspace_id) == actor.workspace_id,
        col(SupervisionContact.supervisor_id) == actor.membership_id,
    )
    found: SupervisionContact | None = db.execute(query.with_for_update()).scalar_one_or_none()
    if found is None:
        raise refused(NotFound(), action, "supervision_contact", contact_id)
    return found


def access_rules(db: Session, actor: Actor, action: Action, *, for_update: bool = False) -> list[SupervisionRule]:
    """The workspace's own rules, newest first. Raises NotPermitted.

    `for_update`: the workspace is held, so that two people's first rules take turns, too.
    """
    if for_update:
        access_workspace(db, actor, action)
    else:
        require_role(actor, action)
    return list(run(db, actor, _rules()).scalars())


@cache
def _rules() -> Any:
    newest_first = (col(SupervisionRule.starts_on).desc(), col(SupervisionRule.id).desc())
    mine = col(SupervisionRule.workspace_id) == ties.WORKSPACE
    return select(SupervisionRule).where(mine).order_by(*newest_first)


def visible_links_to_come(db: Session, actor: Actor) -> list[SupervisionLink]:
    """Ties that count now or later, for those who make them. Raises NotPermitted."""
    require_role(actor, Action.LINK_SUPERVISION)
    query = select(SupervisionLink).where(
        col(SupervisionLink.workspace_id) == actor.workspace_id,
        col(SupervisionLink.ends_at).is_(None) | (col(SupervisionLink.ends_at) > actor.at),
    )
    return list(db.execute(query.order_by(col(SupervisionLink.starts_at))).scalars())


def access_link(db: Session, actor: Actor, link_id: UUID) -> SupervisionLink:
    """A tie of the workspace for those who make them, locked as acts on people are, and its assistant with it.

    What she may edit hangs on the tie (rule 3): a write of hers is over by now, or is judged by what becomes of it.
    Raises NotFound, NotPermitted.
    """
    access_workspace(db, actor, Action.LINK_SUPERVISION)
    query = select(SupervisionLink).where(
        col(SupervisionLink.id) == link_id, col(SupervisionLink.workspace_id) == actor.workspace_id
    )
    found: SupervisionLink | None = db.execute(query.with_for_update()).scalar_one_or_none()
    if found is None:
        raise refused(NotFound(), Action.LINK_SUPERVISION, "supervision_link", link_id)
    held = select(col(Membership.id)).where(col(Membership.id) == found.assistant_id)
    db.execute(held.with_for_update(key_share=True)).all()
    return found


def require_role(actor: Actor, action: Action) -> None:
    """That the actor's role includes `action`, which is about no one record. Raises NotPermitted."""
    require(action, Facts(actor.member, actor.workspace), "workspace", actor.workspace_id)


def _counts(member: Any) -> Any:
    return (member.status == "active") & ties.live(member)
