"""The gate decides what the model's text says, in made-up worlds stored in a real database (requirement C2)."""

import random
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel

from tests.access.reference import (
    NOTE_ACTIONS,
    STUDENT_ACTIONS,
    WORKSPACE_ACTIONS,
    RefMember,
    RefNote,
    RefStudent,
    World,
    decide,
)
from tests.access.worlds import actor, key, store, worlds
from therapytrack.access import entries, gate
from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.queries import run, the_students
from therapytrack.access.seen import seen_in
from therapytrack.db import make_engine
from therapytrack.errors import NotFound, NotPermitted

pytestmark = pytest.mark.usefixtures("clock_of_the_worlds")
WANTED = 100_000
BOUND_TO_TEXT = (Action.COSIGN_NOTE, Action.RETURN_NOTE, Action.SUBMIT_NOTE, Action.ADD_ADDENDUM)
DATA, CONCLUSION = "8 of 10 correct.", "He has met the goal."


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder: Path = tmp_path_factory.mktemp("worlds")
    engine = make_engine(f"sqlite:///{folder / 'worlds.db'}")
    SQLModel.metadata.create_all(engine)
    yield engine
    engine.dispose()


class Comparison:
    """Counts the decisions compared, by action and outcome, and complains at the first difference."""

    def __init__(self) -> None:
        self.seen: Counter[tuple[Action, bool]] = Counter()

    def missing(self) -> set[tuple[Action, bool]]:
        """Actions that nobody was allowed yet, or nobody was refused: some need a rare world."""
        return {(action, allowed) for action in Action for allowed in (True, False)} - set(self.seen)

    def same(self, gate_says: bool, model_says: bool, action: Action, *about: object) -> None:
        assert gate_says == model_says, f"{action}: gate {gate_says}, model {model_says}, about {about}"
        self.seen[action, model_says] += 1


def test_the_gate_and_the_reference_never_differ_in_a_hundred_thousand_decisions(engine: Engine) -> None:
    compared = Comparison()

    @settings(max_examples=60, database=None, suppress_health_check=list(HealthCheck))
    @given(worlds(), st.randoms(use_true_random=False))
    def compare(world: World, chance: random.Random) -> None:
        with Session(engine) as db:
            store(db, world)
            for member in world.members:
                one = Member(compared, db, world, member, chance)
                one.compare_workspace()
                one.compare_lists()
                for student in world.students:
                    one.compare_student(student)
                for note in world.notes:
                    one.compare_note(note)
            db.rollback()

    rounds = count()
    while compared.seen.total() < WANTED or (compared.missing() and compared.seen.total() < 4 * WANTED):
        seed(next(rounds))(compare)()
    assert compared.missing() == set()


class Member:
    """One member of one world at the gate and in the reference."""

    def __init__(
        self, compared: Comparison, db: Session, world: World, member: RefMember, chance: random.Random
    ) -> None:
        self.compared, self.db, self.world, self.member, self.chance = compared, db, world, member, chance
        self.who: Actor = actor(world, member)
        rows = [seen_in(row, self.who) for row in run(db, self.who, the_students())]
        self.seen = {one.student.id: one for one in rows}
        self.entries = {one.entry.id: one for one in entries.visible_entries(db, self.who)}

    def compare_workspace(self) -> None:
        """Acts on the workspace, all of them for the rare owners; acts on a student or note are refused there."""
        about_records = self.chance.sample(sorted(STUDENT_ACTIONS | NOTE_ACTIONS), 2)
        asked = len(WORKSPACE_ACTIONS) if self.member.admin == "owner" else 6
        for action in self.chance.sample(sorted(WORKSPACE_ACTIONS), asked) + about_records:
            try:
                gate.access_workspace(self.db, self.who, action)
                allowed = True
            except (NotFound, NotPermitted):
                allowed = False
            self.compared.same(allowed, decide(self.world, self.member.id, action), action, self.member)

    def compare_lists(self) -> None:
        """The lists hold exactly what may be viewed."""
        listed = {one.student.id for one in gate.visible_students(self.db, self.who)}
        listed |= {one.student.id for one in gate.visible_students(self.db, self.who, archived=True)}
        for student in self.world.students:
            visible = self._decide(Action.VIEW, student)
            self.compared.same(key("student", student.id) in listed, visible, Action.VIEW, self.member, student)
        for note in self.world.notes:
            visible = self._decide(Action.VIEW, self.world.students[note.student])
            self.compared.same(key("entry", note.id) in self.entries, visible, Action.VIEW, self.member, note)

    def compare_student(self, student: RefStudent) -> None:
        """Every act on one student, by the facts that the gate read; some of them through the gate's door."""
        seen = self.seen.get(key("student", student.id))
        for action in Action:
            allowed = seen is not None and seen.allows(action)
            self.compared.same(allowed, self._decide(action, student), action, self.member, student)
        for action in (Action.VIEW, *self.chance.sample(list(Action), 2)):
            allowed = self._through_the_door(action, student)
            self.compared.same(allowed, self._decide(action, student), action, self.member, student)

    def _through_the_door(self, action: Action, student: RefStudent) -> bool:
        """A refusal is NotFound exactly for those who may not know of the student."""
        visible = self._decide(Action.VIEW, student)
        try:
            gate.access_seen(self.db, self.who, key("student", student.id), action)
        except NotFound:
            assert not visible, f"{action}: told that there is none, to somebody who sees the student"
            return False
        except NotPermitted:
            assert visible, f"{action}: told that there is one, to somebody who may not see the student"
            return False
        return True

    def compare_note(self, note: RefNote) -> None:
        """Every act on one note; those that are bound to the shown text go through the gate's door."""
        student = self.world.students[note.student]
        listed = self.entries.get(key("entry", note.id))
        for action in NOTE_ACTIONS:
            if action in BOUND_TO_TEXT:
                allowed = self._note_through_the_door(action, note)
            else:
                allowed = listed is not None and listed.allows(action)
            self.compared.same(allowed, self._decide(action, student, note), action, self.member, note)

    def _note_through_the_door(self, action: Action, note: RefNote) -> bool:
        try:
            about = {"shown_hash": note.shown_hash, "words": CONCLUSION if note.oversteps else DATA}
            entries.access_entry(self.db, self.who, key("entry", note.id), action, **about)
        except (NotFound, NotPermitted):
            return False
        return True

    def _decide(self, action: Action, student: RefStudent, note: RefNote | None = None) -> bool:
        return decide(self.world, self.member.id, action, student, note)
