"""The plain door to a running session decides as the gate does, for everybody and every act."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from sqlmodel import Session, col

from tests.databases import as_owner
from tests.services.note_world import NoteWorld, build_notes
from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.entries import access_session
from therapytrack.access.places import access_places
from therapytrack.errors import TherapyTrackError
from therapytrack.models import (
    Membership,
    NoteStatus,
    SessionEntry,
    Student,
    StudentGrant,
    Workspace,
    WorkspaceStatus,
    utc_now,
)

ACTIONS = (Action.VIEW, Action.RECORD_SESSION, Action.READ_NOTE, Action.EDIT_NOTE, Action.SIGN_NOTE, Action.COSIGN_NOTE)
WHO = ("owner", "supervisor", "other_supervisor", "slp", "slpa", "reader", "outsider")
Answer = tuple[str, list[tuple[UUID, bool]]]


def as_built(_db: Session, _world: NoteWorld) -> None:
    """Nothing is changed."""


def one_revoked(db: Session, world: NoteWorld) -> None:
    for grant in db.execute(
        select(StudentGrant).where(col(StudentGrant.student_id) == world.students["ana"])
    ).scalars():
        grant.ends_at = grant.starts_at


def looking_only(db: Session, world: NoteWorld) -> None:
    for grant in db.execute(select(StudentGrant)).scalars():
        grant.can_edit = False


def one_archived(db: Session, world: NoteWorld) -> None:
    db.get_one(Student, world.students["ben"]).archived_at = utc_now()


def submitted(db: Session, world: NoteWorld) -> None:
    for name, status in (("ana", NoteStatus.SIGNED), ("ben", NoteStatus.SUBMITTED)):
        db.get_one(SessionEntry, world.entries[name]).note_status = status


def read_only(db: Session, world: NoteWorld) -> None:
    db.get_one(Workspace, world.workspace_id).status = WorkspaceStatus.READ_ONLY


def became_reader(db: Session, world: NoteWorld) -> None:
    db.get_one(Membership, world.members["slp"]).clinical_role = "reader"


WORLDS: tuple[Callable[[Session, NoteWorld], None], ...] = (
    as_built, one_revoked, looking_only, one_archived, submitted, read_only, became_reader,
)  # fmt: skip


@pytest.fixture
def world(engine: Engine) -> NoteWorld:
    with as_owner() as db:
        return build_notes(db)


def answer_of(door: Callable[..., Any], db: Session, actor: Actor, session_id: UUID, action: Action) -> Answer:
    try:
        seen = door(db, actor, session_id, action)
    except TherapyTrackError as error:
        return f"{type(error).__name__}: {error.sentence}", []
    return "", [(one.entry.id, one.note_readable) for one in seen.entries]


@pytest.mark.parametrize("change", WORLDS, ids=lambda one: one.__name__)
def test_both_doors_answer_the_same(world: NoteWorld, change: Callable[[Session, NoteWorld], None]) -> None:
    with as_owner() as db:
        change(db, world)
    seen = set()
    for who in WHO:
        for action in ACTIONS:
            with as_owner() as db:
                actor = world.actor(db, who)
                by_gate = answer_of(access_session, db, actor, world.session_id, action)
                plain = answer_of(access_places, db, actor, world.session_id, action)
            assert plain == by_gate, (who, action)
            seen.add(plain[0])
    assert len(seen) > 1
