"""Narratives: what happened with a goal in a session, in words; saved over the version that was seen, like a note."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.entries import access_entry
from therapytrack.domain.measures import Measure
from therapytrack.domain.note_content import clean_text
from therapytrack.errors import Conflict, NotFound, NotPermitted
from therapytrack.models import (
    Account,
    Goal,
    GoalNarrative,
    GoalVersion,
    Membership,
    NoteStatus,
    SessionEntry,
    new_id,
)
from therapytrack.services.activity import record
from therapytrack.services.dialects import dialect_of, upsert

LONGEST_NARRATIVE = 5000
SIGNED = "This note is signed or waits for a signature, so its data stay as they are. Add an addendum instead."
CHANGED = "This text was changed elsewhere."


@dataclass(frozen=True, slots=True)
class SavedText:
    """A stored narrative; version 0 is none yet."""

    text: str
    version: int


def set_narrative(db: Session, actor: Actor, entry_id: UUID, goal_id: UUID, text: str, version: int) -> SavedText:
    """Save the text over the `version` that was seen, 0 for the first; the same text again changes nothing.

    Raises Conflict, which carries the stored text and its version, when somebody saved in between; Invalid.
    NotPermitted also when the note is signed; NotFound also for a goal that is not the student's or not told in words.
    """
    text = clean_text(text, "narrative", LONGEST_NARRATIVE)
    entry = access_entry(db, actor, entry_id, Action.RECORD_SESSION).entry
    if entry.note_status not in (NoteStatus.DRAFT, NoteStatus.RETURNED):
        raise NotPermitted(SIGNED)
    held = _version(db, actor, entry, goal_id)
    stored = _stored(db, actor, entry_id, goal_id)
    if stored.text == text and stored.version:
        return stored
    if not (saved := _save(db, actor, entry, (goal_id, held), text, version)):
        stored = _stored(db, actor, entry_id, goal_id)
        raise Conflict(CHANGED, theirs=stored.text, version=stored.version)
    if saved == 1:
        student_id = entry.student_id
        record(db, actor, "write narrative", student_id=student_id, record_kind="goal", record_id=goal_id)
    return SavedText(text, saved)


def told_in(db: Session, actor: Actor, goals: Sequence[UUID], until: date) -> list[Any]:
    """Narratives of `goals` (granted by the gate) up to a day, by day: goal_id, held_on, text, author, note_status."""
    asked = {"workspace": actor.workspace_id, "goals": goals, "until": until}
    return list(db.execute(_told_query(), asked))


def narratives_of(db: Session, actor: Actor, entries: Sequence[UUID]) -> list[Any]:
    """The narratives of `entries` (granted by the gate) that say something: entry_id, goal_id, version, text, ..."""
    asked = {"workspace": actor.workspace_id, "entries": entries}
    return list(db.execute(_entry_query(), asked))


@cache
def _told_query() -> Any:
    return (
        select(
            col(GoalNarrative.goal_id),
            col(GoalNarrative.held_on),
            col(GoalNarrative.text),
            col(Account.name).label("author"),
            col(SessionEntry.note_status),
        )
        .join(SessionEntry, col(SessionEntry.id) == col(GoalNarrative.entry_id))
        .join(Membership, col(Membership.id) == col(SessionEntry.author_id))
        .join(Account, col(Account.id) == col(Membership.account_id))
        .where(
            col(GoalNarrative.workspace_id) == bindparam("workspace"),
            col(GoalNarrative.goal_id).in_(bindparam("goals", expanding=True)),
            col(GoalNarrative.held_on) <= bindparam("until"),
            col(GoalNarrative.text) != "",
        )
        .order_by(col(GoalNarrative.held_on), col(GoalNarrative.id))
    )


@cache
def _entry_query() -> Any:
    columns = ("entry_id", "goal_id", "goal_version_id", "text", "version")
    return select(*(col(getattr(GoalNarrative, name)) for name in columns)).where(
        col(GoalNarrative.workspace_id) == bindparam("workspace"),
        col(GoalNarrative.entry_id).in_(bindparam("entries", expanding=True)),
    )


def _version(db: Session, actor: Actor, entry: SessionEntry, goal_id: UUID) -> UUID:
    """The version of the student's goal that held on the session's day, if it is told in words."""
    rows = db.execute(
        select(col(GoalVersion.id), col(GoalVersion.measure), col(GoalVersion.starts_on))
        .join(Goal, col(Goal.id) == col(GoalVersion.goal_id))
        .where(
            col(Goal.workspace_id) == actor.workspace_id,
            col(Goal.student_id) == entry.student_id,
            col(Goal.id) == goal_id,
        )
        .order_by(col(GoalVersion.number))
    ).all()
    begun = [row for row in rows if row.starts_on <= entry.held_on] or rows[:1]
    if not begun or begun[-1].measure != Measure.NARRATIVE:
        raise NotFound
    held: UUID = begun[-1].id
    return held


def _stored(db: Session, actor: Actor, entry_id: UUID, goal_id: UUID) -> SavedText:
    row = db.execute(
        select(col(GoalNarrative.text), col(GoalNarrative.version)).where(
            col(GoalNarrative.workspace_id) == actor.workspace_id,
            col(GoalNarrative.entry_id) == entry_id,
            col(GoalNarrative.goal_id) == goal_id,
        )
    ).first()
    return SavedText(row.text, row.version) if row else SavedText("", 0)


def _save(db: Session, actor: Actor, entry: SessionEntry, goal: tuple[UUID, UUID], text: str, version: int) -> int:
    """The new version; 0 when the stored one is another."""
    if version:
        changed = (
            update(GoalNarrative)
            .where(
                col(GoalNarrative.workspace_id) == actor.workspace_id,
                col(GoalNarrative.entry_id) == entry.id,
                col(GoalNarrative.goal_id) == goal[0],
                col(GoalNarrative.version) == version,
            )
            .values(text=text, version=version + 1, saved_at=actor.at)
            .returning(col(GoalNarrative.version))
            .execution_options(synchronize_session=False)
        )
        return int(db.execute(changed).scalar() or 0)
    first = upsert(dialect_of(db), GoalNarrative.__table__).values(  # type: ignore[attr-defined]
        id=new_id(),
        created_at=actor.at,
        workspace_id=actor.workspace_id,
        entry_id=entry.id,
        goal_id=goal[0],
        goal_version_id=goal[1],
        held_on=entry.held_on,
        text=text,
        version=1,
        saved_at=actor.at,
    )
    inserted = first.on_conflict_do_nothing(index_elements=["entry_id", "goal_id"])
    return int(db.execute(inserted.returning(GoalNarrative.__table__.c.version)).scalar() or 0)  # type: ignore[attr-defined]
