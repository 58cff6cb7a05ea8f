"""Two rules of the model as properties: taking away never gives (rule 12), and strangers learn nothing."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel

from tests.access.reference import World, decide
from tests.access.worlds import actor, key, store, worlds
from therapytrack.access import entries, gate
from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.db import make_engine
from therapytrack.errors import NotFound, TherapyTrackError

pytestmark = pytest.mark.usefixtures("clock_of_the_worlds")
RANDOM_ID = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
few = settings(max_examples=20, database=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    engine = make_engine("sqlite://")
    SQLModel.metadata.create_all(engine)
    yield engine
    engine.dispose()


def _allowed(world: World, members: set[int]) -> set[tuple[int, Action, int | None, int | None]]:
    """Every decision of the model that is a yes, for the members who are there."""
    found: set[tuple[int, Action, int | None, int | None]] = set()
    for member in members:
        for action in Action:
            if decide(world, member, action):
                found.add((member, action, None, None))
            for student in world.students:
                if decide(world, member, action, student):
                    found.add((member, action, student.id, None))
            for note in world.notes:
                if decide(world, member, action, world.students[note.student], note):
                    found.add((member, action, note.student, note.id))
    return found


def _smaller(world: World) -> Iterator[World]:
    """The world without one grant, one link or one member, in turn."""
    for one in world.grants:
        yield replace(world, grants=tuple(grant for grant in world.grants if grant is not one))
    for tie in world.links:
        yield replace(world, links=tuple(link for link in world.links if link is not tie))
    for person in world.members:
        yield replace(world, members=tuple(member for member in world.members if member is not person))


@few
@given(worlds())
def test_taking_away_a_grant_a_link_or_a_member_enables_nothing(world: World) -> None:
    people = {member.id for member in world.members}
    before = _allowed(world, people)
    for smaller in _smaller(world):
        assert _allowed(smaller, people) <= before


@few
@given(worlds())
def test_a_stranger_reads_the_same_words_for_a_foreign_record_as_for_none(engine: Engine, world: World) -> None:
    with Session(engine) as db:
        store(db, world)
        stranger = actor(world, world.members[6])
        for action in Action:
            told = {_refusal(db, stranger, "student", one, action) for one in (key("student", 0), RANDOM_ID)}
            told |= {_refusal(db, stranger, "entry", one, action) for one in (key("entry", 0), RANDOM_ID)}
            assert told == {(NotFound, NotFound().sentence)}
        db.rollback()


def _refusal(db: Session, stranger: Actor, kind: str, record: UUID, action: Action) -> tuple[type, str]:
    door = gate.access_student if kind == "student" else entries.access_entry
    with pytest.raises(TherapyTrackError) as refused:
        door(db, stranger, record, action)
    return type(refused.value), refused.value.sentence
