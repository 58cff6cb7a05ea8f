"""What the license of an assistant's state and discipline lets her write, read at the moment of the act."""

from dataclasses import replace
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from therapytrack.access.actor import Actor
from therapytrack.access.facts import Facts
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


def handing_in(db: Session, actor: Actor, facts: Facts, words: str) -> Facts:
    """The facts of an act that hands in `words`, with what the license says of them."""
    if not words or facts.note is None:
        return facts
    return replace(facts, note=replace(facts.note, overstep=overstep(db, actor, words)))


def may_interpret(db: Session, actor: Actor) -> bool:
    """Whether the workspace's rule of today for the actor's state and discipline lets assistants interpret data."""
    return bool(db.execute(select(interprets()), rule_values(actor)).scalar())


@cache
def interprets() -> Any:
    """What `may_interpret` answers, as a column of another statement that is bound to `rule_values`."""
    return (
        select(col(SupervisionRule.may_interpret))
        .where(
            col(SupervisionRule.workspace_id) == bindparam("rule_workspace_id"),
            col(SupervisionRule.us_state) == bindparam("rule_state"),
            col(SupervisionRule.discipline) == bindparam("rule_discipline"),
            col(SupervisionRule.starts_on) <= bindparam("rule_day"),
            col(SupervisionRule.ends_on).is_(None) | (col(SupervisionRule.ends_on) > bindparam("rule_day")),
        )
        .order_by(col(SupervisionRule.starts_on).desc(), col(SupervisionRule.id).desc())
        .limit(1)
        .scalar_subquery()
    )


def rule_values(actor: Actor) -> dict[str, Any]:
    """Whose rule, and of which day."""
    return {
        "rule_workspace_id": actor.workspace_id,
        "rule_state": actor.us_state,
        "rule_discipline": actor.discipline,
        "rule_day": actor.today,
    }
