"""What the license of an assistant's state and discipline lets her write, read at the moment of the act."""

from sqlalchemy import select
from sqlmodel import Session, col

from therapytrack.access.actor import Actor
from therapytrack.domain.licence_scope import oversteps, scope_sentence
from therapytrack.models import ClinicalRole, SupervisionRule


def overstep(db: Session, actor: Actor, words: str) -> str:
    """Why an assistant may not hand in `words`, in a sentence that quotes them; "" for data statements and others.

    Every assistant is held to data statements unless a dated rule of the workspace lets assistants of the state in
    which she works interpret (`actor.state_of`). At most one statement, and none for others.
    """
    if actor.member.clinical != ClinicalRole.ASSISTANT:
        return ""
    found = oversteps(words)
    return scope_sentence(found, actor.us_state) if found and not may_interpret(db, actor) else ""


def may_interpret(db: Session, actor: Actor) -> bool:
    """Whether the workspace's rule of today for the actor's state and discipline lets assistants interpret data."""
    query = (
        select(col(SupervisionRule.may_interpret))
        .where(
            col(SupervisionRule.workspace_id) == actor.workspace_id,
            col(SupervisionRule.us_state) == actor.us_state,
            col(SupervisionRule.discipline) == actor.discipline,
            col(SupervisionRule.starts_on) <= actor.today,
            col(SupervisionRule.ends_on).is_(None) | (col(SupervisionRule.ends_on) > actor.today),
        )
        .order_by(col(SupervisionRule.starts_on).desc(), col(SupervisionRule.id).desc())
        .limit(1)
    )
    return bool(db.execute(query).scalar())
