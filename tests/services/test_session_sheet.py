"""What the pages Today and the live session show, to whom, and at what cost."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, event, select, update
from sqlmodel import col

from tests.databases import as_owner
from tests.services.live_world import World, batch, build_world
from therapytrack.errors import NotFound
from therapytrack.models import GoalPoint, SessionEntry
from therapytrack.services.finishing import finish_session
from therapytrack.services.live import record_taps
from therapytrack.services.session_sheet import SessionSheet, get_session_sheet
from therapytrack.services.therapy_sessions import set_note
from therapytrack.services.today import Day, get_day


@pytest.fixture
def world(engine: Engine) -> World:
    with as_owner() as db:
        return build_world(db)


def sheet(world: World, who: str = "slp") -> SessionSheet:
    with as_owner() as db:
        return get_session_sheet(db, world.actor(db, who), world.session.id)


def day(world: World, who: str = "slp") -> Day:
    with as_owner() as db:
        return get_day(db, world.actor(db, who))


def test_the_sheet_shows_each_student_with_goals_in_order(world: World) -> None:
    shown = sheet(world)
    assert [one.student.given_name for one in shown.entries] == ["Ana", "Ben"]
    assert [goal.name for goal in shown.entries[0].goals] == ["goal 0", "goal 1"]
    assert shown.entries[0].goals[0].target == "80%"


def test_a_partner_sees_her_student_and_not_the_authors_note(world: World) -> None:
    with as_owner() as db:
        set_note(db, world.actor(db, "slp"), world.places[0].entry.id, "Private so far.", 1)
    shown = sheet(world, "partner")
    assert [one.student.given_name for one in shown.entries] == ["Ana"]
    assert shown.entries[0].note == ""
    assert shown.entries[0].note_why == "slp writes this note."
    assert "Ben" not in repr(shown)


def test_an_outsider_finds_no_sheet(world: World) -> None:
    with pytest.raises(NotFound):
        sheet(world, "outsider")


def test_the_last_score_is_of_the_newest_earlier_day_with_trials(world: World) -> None:
    taps = [world.tap(outcome=outcome) for outcome in ("correct", "correct", "incorrect")]
    with as_owner() as db:
        record_taps(db, world.actor(db, "slp"), world.session.id, batch(taps))
        earlier = world.session.held_on - timedelta(days=7)
        db.execute(update(GoalPoint).where(col(GoalPoint.goal_id) == taps[0].goal).values(held_on=earlier))
    goal = sheet(world).entries[0].goals[0]
    assert (goal.last_practice, goal.last_probe) == ("67%", "")


def test_each_purpose_has_its_own_last_score_of_the_newest_of_its_days(world: World) -> None:
    marks = [("practice", "correct"), ("practice", "incorrect"), ("probe", "correct")]
    taps = [world.tap(outcome=outcome, purpose=purpose) for purpose, outcome in marks]
    with as_owner() as db:
        record_taps(db, world.actor(db, "slp"), world.session.id, batch(taps))
    assert last_scores(world) == ("", ""), "of the day itself"
    with as_owner() as db:
        for point in db.execute(select(GoalPoint)).scalars().all():
            point.held_on = world.session.held_on - timedelta(days=7)
            older = point.model_dump(exclude={"id", "entry_id", "held_on", "correct"})
            earlier = point.held_on - timedelta(days=1)
            db.add(GoalPoint(**older, entry_id=world.places[1].entry.id, held_on=earlier, correct=0))
    assert last_scores(world) == ("50%", "100%")


def last_scores(world: World) -> tuple[str, str]:
    goal = sheet(world).entries[0].goals[0]
    return goal.last_practice, goal.last_probe


def test_the_sheet_takes_at_most_five_statements(world: World, engine: Engine) -> None:
    seen: list[str] = []
    with as_owner() as db:
        actor = world.actor(db, "slp")
        event.listen(engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
        get_session_sheet(db, actor, world.session.id)
    assert len(seen) <= 5


def test_today_lists_the_session_with_those_students_whom_the_person_may_view(world: World) -> None:
    assert [len(one.students) for one in day(world).sessions] == [2]
    assert [len(one.students) for one in day(world, "partner").sessions] == [1]
    assert day(world, "outsider").sessions == []


def test_a_finished_session_leaves_its_unsigned_notes_on_the_list(world: World) -> None:
    assert day(world).unsigned == []
    with as_owner() as db:
        finish_session(db, world.actor(db, "slp"), world.session.id)
    assert [one.notes for one in day(world).unsigned] == [2]
    assert day(world, "partner").unsigned == []


def test_a_session_of_another_day_is_not_today(world: World) -> None:
    with as_owner() as db:
        db.execute(update(SessionEntry).values(held_on=world.session.held_on - timedelta(days=1)))
    assert day(world).sessions == []
