"""Events from outside on a student's charts: who may enter them, where they are drawn, and that they cost nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from sqlmodel import Session, col

from tests.conftest import OpenDb
from tests.factories import Cast, acts_of_people, add_goal, add_session, add_student, grant, make_cast, school_day
from tests.services.progress_world import counted
from therapytrack.domain.date_range import DateRange
from therapytrack.domain.outside_events import EventForm
from therapytrack.errors import Conflict, Invalid, NotFound, NotPermitted
from therapytrack.models import Goal, Membership, Student, StudentEvent, new_id, utc_now
from therapytrack.services import student_events
from therapytrack.services.exports import export_goal_progress
from therapytrack.services.goal_data import load_goals
from therapytrack.services.goal_plan import get_goal_plan
from therapytrack.services.student_events import add_event, correct_event, remove_event, restore_event

DAY = school_day() - timedelta(days=10)
AIDS = EventForm("New hearing aids", DAY, here=False)
ROOM = EventForm("Changed classroom", DAY, here=True)


class World:
    """A student with two goals and a point of each; another student; verbs of the clinician."""

    def __init__(self, db: Session) -> None:
        self.cast: Cast = make_cast(db)
        self.student, self.other = add_student(db, self.cast), add_student(db, self.cast)
        (self.goal, one), (self.second, two) = (
            add_goal(db, self.student, name, position=place) for place, name in enumerate(("first", "second"))
        )
        self.foreign, _ = add_goal(db, self.other, "foreign")
        grant(db, self.cast, self.student, "reader")
        add_session(db, self.cast, self.student, DAY, scores=[(one, 10, 5), (two, 10, 5)])

    def act(
        self, db: Session, service: Callable[..., None], *args: Any, who: str = "slp", goal: Goal | None = None
    ) -> None:
        goal = goal or self.goal
        service(db, self.cast.actor(db, who), goal.student_id, goal.id, *args)

    def add(self, db: Session, form: EventForm = AIDS) -> UUID:
        made = new_id()
        for _ in range(2):  # a double click
            self.act(db, add_event, made, form)
        return made

    def drawn(self, db: Session, goal: Goal | None = None) -> list[str]:
        (found,) = load_goals(db, self.cast.actor(db, "slp"), [goal or self.goal])
        chart = found.chart_on(school_day())
        return [one.label for one in chart.events if one.label in chart.alt]


@pytest.fixture
def world(db: OpenDb) -> World:
    with db() as session:
        return World(session)


def test_an_event_is_on_every_chart_of_the_student_or_of_one_goal_alone(db: OpenDb, world: World) -> None:
    with db() as session:
        world.add(session)
        world.add(session, ROOM)
    with db() as session:
        assert world.drawn(session) == ["Changed classroom", "New hearing aids"]
        assert world.drawn(session, world.second) == ["New hearing aids"]
        assert world.drawn(session, world.foreign) == []


def test_it_is_corrected_taken_out_and_put_back_with_each_act_in_the_log(db: OpenDb, world: World) -> None:
    with db() as session:
        made = world.add(session)
        world.act(session, correct_event, made, ROOM)
        assert world.drawn(session) == ["Changed classroom"]
        assert world.drawn(session, world.second) == []
        world.act(session, remove_event, made)
        assert world.drawn(session) == []
        with pytest.raises(Conflict, match="taken this event out"):
            world.act(session, correct_event, made, AIDS)
        world.act(session, restore_event, made)
        assert world.drawn(session) == ["Changed classroom"]
    with db() as session:
        rows = acts_of_people(session)
    assert [one.action for one in rows] == ["add event", "correct event", "remove event", "restore event"]
    assert "aids" not in repr([one.detail for one in rows])


def test_who_may_only_read_changes_nothing_and_strangers_find_nothing(db: OpenDb, world: World) -> None:
    with db() as session:
        made = world.add(session)
    asked: list[tuple[Callable[..., None], tuple[Any, ...]]] = [
        (add_event, (new_id(), AIDS)), (correct_event, (made, ROOM)), (remove_event, (made,)), (restore_event, (made,)),
    ]  # fmt: skip
    for service, args in asked:
        for who, refusal in (("reader", NotPermitted), ("slpa", NotFound)):
            with db() as session, pytest.raises(refusal):
                world.act(session, service, *args, who=who)
    with db() as session, pytest.raises(NotFound):  # of another student of hers
        world.act(session, remove_event, made, goal=world.foreign)
    with db() as session:
        (event,) = session.execute(select(StudentEvent)).scalars()
        assert (event.text, event.withdrawn_at) == ("New hearing aids", None)
        plan = get_goal_plan(session, world.cast.actor(session, "reader"), world.student.id, world.goal.id)
    assert [(one.text, one.on, one.entered.by) for one in plan.events] == [("New hearing aids", DAY, "Slp")]


def test_nothing_happens_before_the_student_is_born(db: OpenDb, world: World) -> None:
    with db() as session:
        session.get_one(Student, world.student.id).birth_date = DAY + timedelta(days=1)
    with db() as session, pytest.raises(Invalid) as caught:
        world.add(session)
    assert list(caught.value.fields) == ["event_on"]


def test_what_happened_after_a_day_is_not_on_the_chart_of_that_day(db: OpenDb, world: World) -> None:
    with db() as session:
        world.add(session)
        (found,) = load_goals(session, world.cast.actor(session, "slp"), [world.goal])
    assert [len(found.chart_on(day).events) for day in (DAY, DAY - timedelta(days=1))] == [1, 0]


def test_the_csv_has_a_row_of_the_event_among_the_points(db: OpenDb, world: World) -> None:
    with db() as session:
        world.add(session)
    with db() as session:
        actor = world.cast.actor(session, "slp")
        table = export_goal_progress(session, actor, world.student.id, world.goal.id, DateRange(DAY, school_day()))
    assert [(row[0], row[1], row[-1]) for row in table.rows][-1] == (DAY, "Event", "New hearing aids")
    assert {len(row) for row in table.rows} == {len(table.columns)}


def test_events_are_read_in_no_statement_of_their_own(db: OpenDb, engine: Engine, world: World) -> None:
    def sent() -> int:
        with db() as session:
            actor = world.cast.actor(session, "slp")
            goals = list(session.execute(select(Goal).where(col(Goal.student_id) == world.student.id)).scalars())
            with counted(engine) as statements:
                load_goals(session, actor, goals)
        return len(statements)

    before = sent()
    with db() as session:
        for _ in range(5):
            world.add(session)
    assert sent() == before == 2


def test_the_id_of_another_event_is_not_found_and_changes_nothing(db: OpenDb, world: World) -> None:
    with db() as session:
        hers, ours = new_id(), new_id()
        world.act(session, add_event, hers, AIDS, goal=world.foreign)
        world.act(session, add_event, ours, ROOM)
    for taken, goal in ((hers, world.goal), (ours, world.second)):
        with pytest.raises(NotFound), db() as session:
            world.act(session, add_event, taken, EventForm("Canary", DAY, here=False), goal=goal)
    for service in (correct_event, remove_event, restore_event):
        more = (AIDS,) if service is correct_event else ()
        with pytest.raises(NotFound), db() as session:
            world.act(session, service, ours, *more, goal=world.second)
    with db() as session:
        kept = session.execute(select(StudentEvent).order_by(col(StudentEvent.text))).scalars()
        assert [(one.text, one.withdrawn_at) for one in kept] == [
            ("Changed classroom", None),
            ("New hearing aids", None),
        ]


def test_there_is_an_end_to_the_events_that_every_chart_draws(
    db: OpenDb, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(student_events, "MOST_EVENTS", 2)
    with db() as session:
        first = world.add(session)
        world.act(session, remove_event, first)
        world.add(session, ROOM)
        world.add(session)
    for service, args in ((add_event, (new_id(), AIDS)), (restore_event, (first,))):
        with pytest.raises(Invalid) as full, db() as session:
            world.act(session, service, *args, goal=world.second)
        assert list(full.value.fields) == ["event_text"]


@pytest.mark.parametrize("what", ["archived", "gone"])
def test_an_archived_student_and_who_was_removed_a_second_ago_change_no_event(
    db: OpenDb, world: World, what: str
) -> None:
    with db() as session:
        made = world.add(session)
        actor = world.cast.actor(session, "slp")
    with db() as session:
        if what == "archived":
            session.get_one(Student, world.student.id).archived_at = utc_now()
        else:
            session.get_one(Membership, world.cast.members["slp"]).status = "removed"
    asked: list[tuple[Callable[..., None], tuple[Any, ...]]] = [
        (add_event, (new_id(), AIDS)), (correct_event, (made, ROOM)), (remove_event, (made,)), (restore_event, (made,)),
    ]  # fmt: skip
    for service, args in asked:
        with db() as session, pytest.raises(NotPermitted if what == "archived" else NotFound):
            service(session, actor, world.student.id, world.goal.id, *args)
