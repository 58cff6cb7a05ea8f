"""A workspace's prompt scale: ordered, with written definitions. A new workspace starts with one, to be replaced.

Prompt scales differ from team to team, so levels are data; these are unverified defaults in everyday terms.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlmodel import Session, col

from therapytrack.access.actor import Actor
from therapytrack.models import PromptLevel

DEFAULT_SCALE = (
    ("Minimal", "One light cue: a look, a pause, or a repeated instruction."),
    ("Moderate", "Two or three cues, or one that gives part of the answer."),
    ("Maximal", "Four or more cues, a full model, or hand-over-hand help."),
)


@dataclass(frozen=True, slots=True)
class ScaleLevel:
    """One level of the workspace's prompt scale, in its version `scale`."""

    rank: int
    name: str
    definition: str
    scale: int = 1


def list_levels(db: Session, actor: Actor) -> list[ScaleLevel]:
    """The newest version of the workspace's prompt scale, the least help first. One statement."""
    rows = db.execute(_level_query(), {"workspace": actor.workspace_id})
    return [ScaleLevel(*row) for row in rows]


SCALE_STEP = 100


def prompt_code(scale: int | None, rank: int) -> int:
    """A level as one number, however many scales there were; of the first scale it is the rank itself."""
    return ((scale or 1) - 1) * SCALE_STEP + rank


@cache
def _level_query() -> Any:
    mine = col(PromptLevel.workspace_id) == bindparam("workspace")
    newest = select(func.max(col(PromptLevel.scale_version))).where(mine).scalar_subquery()
    return (
        select(
            col(PromptLevel.rank), col(PromptLevel.name), col(PromptLevel.definition), col(PromptLevel.scale_version)
        )
        .where(mine, col(PromptLevel.scale_version) == newest)
        .order_by(col(PromptLevel.rank))
    )


def add_default_scale(db: Session, workspace_id: UUID) -> None:
    """Add version 1 of the scale; rank 1 is the least help."""
    db.add_all(
        PromptLevel(workspace_id=workspace_id, rank=rank, name=name, definition=definition)
        for rank, (name, definition) in enumerate(DEFAULT_SCALE, start=1)
    )
