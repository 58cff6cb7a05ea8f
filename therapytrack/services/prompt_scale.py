"""A workspace's prompt scale: ordered, with written definitions. A new workspace starts with one, to be replaced.

Prompt scales differ from team to team, so levels are data; these are unverified defaults in everyday terms.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import access_workspace, visible_workspace
from therapytrack.db import plain_rows
from therapytrack.errors import Conflict
from therapytrack.models import PromptLevel
from therapytrack.services.activity import record

SCALE_CHANGED = "A colleague changed the scale in the meantime. What it says now is shown; change it again if need be."
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
    return [ScaleLevel(*row) for row in plain_rows(db, _level_query(), {"workspace": actor.workspace_id})]


SCALE_STEP = 100


def prompt_code(scale: int | None, rank: int) -> int:
    """A level as one number, however many scales there were; of the first scale it is the rank itself."""
    return ((scale or 1) - 1) * SCALE_STEP + rank


def prompt_codes(db: Session, actor: Actor) -> frozenset[int]:
    """The levels of all of the workspace's scales, as `prompt_code` says them."""
    query = select(col(PromptLevel.scale_version), col(PromptLevel.rank))
    rows = db.execute(query.where(col(PromptLevel.workspace_id) == actor.workspace_id))
    return frozenset(prompt_code(*row) for row in rows)


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


@dataclass(frozen=True, slots=True)
class ScaleVersion:
    """One version of the scale, with the day from which it was used."""

    number: int
    since: date
    levels: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Scale:
    """All versions, the newest first, and whether the actor may change the scale."""

    versions: tuple[ScaleVersion, ...]
    may_edit: bool


def get_scale(db: Session, actor: Actor) -> Scale:
    """The settings' page of the scale, for every member. Raises NotFound."""
    may_edit = visible_workspace(db, actor).allows(Action.CONFIGURE_WORKSPACE)
    query = select(PromptLevel).where(col(PromptLevel.workspace_id) == actor.workspace_id)
    rows = db.execute(query.order_by(col(PromptLevel.scale_version).desc(), col(PromptLevel.rank))).scalars()
    zone = ZoneInfo(actor.time_zone)
    versions = []
    for number, group in groupby(rows, key=lambda one: one.scale_version):
        levels = list(group)
        since = levels[0].created_at.astimezone(zone).date()
        versions.append(ScaleVersion(number, since, tuple((one.name, one.definition) for one in levels)))
    return Scale(tuple(versions), may_edit)


def change_scale(db: Session, actor: Actor, version: int, levels: Sequence[tuple[str, str]]) -> None:
    """Make a new version of the scale over the `version` that was shown; what was recorded keeps its own.

    The same levels again change nothing. Raises NotFound, NotPermitted; Conflict when somebody changed it in between.
    """
    access_workspace(db, actor, Action.CONFIGURE_WORKSPACE)
    now = list_levels(db, actor)
    current = now[0].scale if now else 0
    if [(one.name, one.definition) for one in now] == list(levels):
        return
    if current != version:
        raise Conflict(SCALE_CHANGED)
    db.add_all(
        PromptLevel(
            workspace_id=actor.workspace_id, scale_version=version + 1, rank=rank, name=name, definition=definition
        )
        for rank, (name, definition) in enumerate(levels, start=1)
    )
    try:
        db.flush()
    except IntegrityError as error:
        raise Conflict(SCALE_CHANGED) from error
    record(db, actor, "change prompt scale", record_kind="workspace", record_id=actor.workspace_id)


def add_default_scale(db: Session, workspace_id: UUID) -> None:
    """Add version 1 of the scale; rank 1 is the least help."""
    db.add_all(
        PromptLevel(workspace_id=workspace_id, rank=rank, name=name, definition=definition)
        for rank, (name, definition) in enumerate(DEFAULT_SCALE, start=1)
    )
