"""Who else is here: seen by those who may view the session, forgotten soon, and never more rows than open pages."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select, update
from sqlmodel import Session, col

from tests.databases import as_owner
from tests.services.live_world import NEW_GOAL, World, batch, build_world
from tests.services.progress_world import counted
from therapytrack.errors import NotFound
from therapytrack.models import Presence, TherapySession, Trial, new_id
from therapytrack.services.goals import create_goal, edit_goal
from therapytrack.services.life_cycle import mark_mastered
from therapytrack.services.live import record_taps
from therapytrack.services.presence import NOTED_EVERY, OPEN, TAKING_DATA, Watch, note_presence, watch_session
from therapytrack.services.therapy_sessions import set_attendance, set_minutes, set_note

LATER = timedelta(seconds=1)


@pytest.fixture
def world(engine: Engine) -> World:
    with as_owner() as db:
        return build_world(db)


def come(world: World, who: str, *, after: timedelta = timedelta()) -> None:
    """The page of `who` is open, so long `after` now."""
    with as_owner() as db:
        actor = world.actor(db, who)
        note_presence(db, replace(actor, at=actor.at + after), world.session.id)


def watch(world: World, who: str, *, after: timedelta = timedelta()) -> Watch:
    with as_owner() as db:
        actor = world.actor(db, who)
        return watch_session(db, replace(actor, at=actor.at + after), world.session.id)


def mark(world: World, who: str, place: int = 0) -> None:
    with as_owner() as db:
        record_taps(db, world.actor(db, who), world.session.id, batch([world.tap(place=place)]))


def rows() -> int:
    with as_owner() as db:
        return int(db.execute(select(func.count()).select_from(Presence)).scalar_one())


def words(seen: Watch) -> list[tuple[str, str]]:
    return [(one.name, one.words) for one in seen.others]


def test_a_colleague_sees_who_has_the_session_open_and_not_herself(world: World) -> None:
    for who in ("slp", "partner"):
        come(world, who)
    assert words(watch(world, "partner")) == [("slp", OPEN)]
    assert words(watch(world, "slp")) == [("partner", OPEN)]


def test_who_lately_recorded_a_mark_is_taking_data(world: World) -> None:
    come(world, "slp")
    mark(world, "slp")
    assert words(watch(world, "partner")) == [("slp", TAKING_DATA)]
    with as_owner() as db:
        db.execute(update(Trial).values(changed_at=Trial.changed_at - timedelta(minutes=2, seconds=1)))
    assert words(watch(world, "partner")) == [("slp", OPEN)]


def test_marks_of_a_student_whom_she_may_not_view_tell_a_colleague_nothing(world: World) -> None:
    come(world, "slp")
    mark(world, "slp", place=1)
    assert words(watch(world, "partner")) == [("slp", OPEN)]


def test_somebody_who_left_is_gone_after_forty_seconds(world: World) -> None:
    come(world, "slp")
    assert words(watch(world, "partner", after=timedelta(seconds=38))) == [("slp", OPEN)]
    assert words(watch(world, "partner", after=timedelta(seconds=41))) == []


def test_a_page_is_noted_again_after_fifteen_seconds_and_not_before(world: World) -> None:
    assert watch(world, "slp").due
    come(world, "slp")
    with as_owner() as db:
        first = db.execute(select(col(Presence.seen_at))).scalar_one()
    assert not watch(world, "slp", after=NOTED_EVERY - LATER).due
    come(world, "slp", after=NOTED_EVERY - LATER)
    with as_owner() as db:
        assert db.execute(select(col(Presence.seen_at))).scalar_one() == first
    assert watch(world, "slp", after=NOTED_EVERY + LATER).due
    come(world, "slp", after=NOTED_EVERY + LATER)
    with as_owner() as db:
        assert db.execute(select(col(Presence.seen_at))).scalar_one() > first + NOTED_EVERY


def other_session(db: Session, world: World) -> World:
    """The same people and students in another session."""
    first = db.get_one(TherapySession, world.session.id)
    values = first.model_dump() | {"id": new_id()}
    db.add(TherapySession(**values))
    db.flush()
    for place in world.places:
        db.add(type(place.entry)(**(place.entry.model_dump() | {"id": new_id(), "session_id": values["id"]})))
    db.flush()
    return replace(world, session=db.get_one(TherapySession, values["id"]))


def test_the_next_session_takes_the_old_row_over(world: World) -> None:
    with as_owner() as db:
        second = other_session(db, world)
    come(world, "slp")
    come(second, "slp", after=timedelta(seconds=41))
    assert rows() == 1
    assert words(watch(second, "partner", after=timedelta(seconds=41))) == [("slp", OPEN)]
    assert words(watch(world, "partner")) == []


def test_two_sessions_open_at_once_are_two_rows(world: World) -> None:
    with as_owner() as db:
        second = other_session(db, world)
    for one in (world, second, world):
        come(one, "slp")
    assert rows() == 2


@pytest.mark.parametrize("verb", [come, watch])
def test_an_outsider_is_told_nothing_and_leaves_no_trace(world: World, verb: Callable[..., object]) -> None:
    come(world, "slp")
    with pytest.raises(NotFound):
        verb(world, "outsider")
    assert rows() == 1


def test_a_look_at_a_session_takes_three_statements_and_writes_nothing(world: World, engine: Engine) -> None:
    come(world, "partner")
    with as_owner() as db:
        actor = world.actor(db, "slp")
        with counted(engine) as sent:
            watch_session(db, actor, world.session.id)
    assert [one.split()[0] for one in sent] == ["SELECT"] * 3


def test_every_fact_that_a_colleague_changes_is_told_to_an_open_page(world: World) -> None:
    entry, ana, goal = world.places[0].entry.id, world.places[0].student.id, world.places[0].goals[0]
    told = [watch(world, "slp").page.facts]
    changes: list[Callable[[Session], object]] = [
        lambda db: set_minutes(db, world.actor(db, "partner"), entry, 25, 30),
        lambda db: set_attendance(db, world.actor(db, "partner"), entry, "student_absent", "present"),
        lambda db: set_note(db, world.actor(db, "slp"), entry, "Engaged.", 1),
        lambda db: create_goal(db, world.actor(db, "slp"), ana, new_id(), NEW_GOAL),
        lambda db: edit_goal(db, world.actor(db, "slp"), ana, goal.id, 1, replace(NEW_GOAL, label="s blends")),
        lambda db: mark_mastered(db, world.actor(db, "slp"), ana, goal.id, new_id()),
    ]
    for change in changes:
        with as_owner() as db:
            change(db)
        told.append(watch(world, "slp").page.facts)
    assert len({one[str(entry)] for one in told}) == 7
    assert len({one[str(world.places[1].entry.id)] for one in told}) == 1


def test_a_note_that_a_colleague_may_not_read_changes_nothing_for_her(world: World) -> None:
    before = watch(world, "partner").page.facts
    with as_owner() as db:
        set_note(db, world.actor(db, "slp"), world.places[0].entry.id, "Engaged.", 1)
    assert watch(world, "partner").page.facts == before
