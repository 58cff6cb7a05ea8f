"""Events of every measure: stored once, counted, refused when they do not fit their goal."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, select, update
from sqlmodel import Session, col

from tests.databases import as_owner
from tests.services.live_world import World, batch, build_world
from therapytrack.domain.date_range import DateRange
from therapytrack.domain.points import Metric
from therapytrack.domain.score_words import data_words
from therapytrack.domain.taps import LONGEST_ELAPSED, Tap, TapBatch
from therapytrack.errors import Conflict, Invalid, NotFound, NotPermitted
from therapytrack.models import (
    AdminRole,
    Goal,
    GoalPoint,
    GoalVersion,
    Membership,
    NoteStatus,
    SessionEntry,
    StudentGrant,
    new_id,
)
from therapytrack.services.event_points import TOO_LONG
from therapytrack.services.exports import export_goal_progress
from therapytrack.services.goal_data import load_goals
from therapytrack.services.live import Receipt, record_taps
from therapytrack.services.live_marks import list_trials
from therapytrack.services.narratives import set_narrative
from therapytrack.services.note_beside import read_beside, words_columns, words_in
from therapytrack.services.note_contents import content_of
from therapytrack.services.note_sheet import goal_data
from therapytrack.services.progress import get_goal_progress
from therapytrack.services.prompt_scale import change_scale, get_scale
from therapytrack.services.session_sheet import get_session_sheet


@pytest.fixture
def world(engine: Engine) -> World:
    with as_owner() as db:
        return build_world(db)


def measured(world: World, measure: str, places: int = 0, **facts: Any) -> UUID:
    """The first goal of the first student, measured in another way."""
    goal = world.places[0].goals[0].id
    with as_owner() as db:
        version = db.execute(select(GoalVersion).where(col(GoalVersion.goal_id) == goal)).scalar_one()
        version.measure, version.places = measure, places
        for name, value in facts.items():
            setattr(version, name, value)
    return goal


def event(world: World, outcome: str, n: int = 0, **more: Any) -> Tap:
    told = world.tap(n=n).model_dump(mode="json")
    return Tap.model_validate({**told, "outcome": outcome, **more})


def send(world: World, *taps: Tap, undo: list[UUID] | None = None) -> Receipt:
    with as_owner() as db:
        return record_taps(db, world.actor(db, "slp"), world.session.id, batch(list(taps), undo))


def point(world: World) -> tuple[Any, ...]:
    with as_owner(write=False) as db:
        one = db.execute(select(GoalPoint)).scalar_one()
        return (one.trials, one.correct, one.cued, one.amount, one.value)


def test_a_stopwatch_counts_what_its_device_counted_and_once(world: World) -> None:
    measured(world, "duration", mastery={"metric": "mean_time", "target": 30})
    taps = [event(world, "start"), event(world, "stop", 1, amount=4000), event(world, "stop", 2, amount=5001)]
    send(world, *taps)
    send(world, *taps)
    assert point(world) == (2, 0, 0, 9001, 4.5005)


def test_a_stop_that_is_undone_counts_no_more(world: World) -> None:
    measured(world, "latency")
    stop = event(world, "stop", amount=4000)
    send(world, stop)
    assert send(world, undo=[stop.id]).acked == [stop.id]
    assert point(world) == (0, 0, 0, 0, None)


def test_times_that_no_column_can_hold_are_refused_and_count_nothing(world: World) -> None:
    measured(world, "duration")
    send(world, event(world, "stop", amount=LONGEST_ELAPSED))
    with pytest.raises(Invalid) as refused:
        send(world, *(event(world, "stop", n, amount=LONGEST_ELAPSED) for n in range(1, 50)))
    assert refused.value.fields == {"taps": TOO_LONG}
    assert point(world)[3] == LONGEST_ELAPSED


def test_a_rate_is_counted_over_the_observed_time(world: World) -> None:
    measured(world, "rate")
    send(world, *[event(world, "count", n) for n in range(6)], event(world, "stop", 7, amount=120_000))
    assert point(world) == (7, 6, 0, 120_000, 3.0)


def test_intervals_are_a_percentage_of_those_that_were_scored(world: World) -> None:
    measured(world, "interval")
    send(world, event(world, "hit", 1, place=1), event(world, "miss", 2, place=2), event(world, "hit", 3, place=2))
    assert point(world) == (2, 2, 0, None, None)


def test_steps_of_a_task_are_counted_like_trials_with_their_prompts(world: World) -> None:
    goal = measured(world, "task", places=3)
    send(world, event(world, "correct", 1, place=1), event(world, "cued", 2, place=2, prompt=2, scale=1))
    assert point(world) == (2, 1, 1, None, None)
    with as_owner(write=False) as db:
        page = list_trials(db, world.actor(db, "slp"), world.session.id)
    assert [mark[7:] for cell in page.cells for mark in cell.marks if cell.goal == str(goal)] == [
        (1, None, None), (2, None, 1),
    ]  # fmt: skip


WRONG: tuple[tuple[str, dict[str, Any]], ...] = (
    ("trials", {"outcome": "count"}),
    ("trials", {"outcome": "correct", "place": 1}),
    ("trials", {"outcome": "cued", "prompt": 9}),
    ("trials", {"outcome": "cued", "prompt": 1, "scale": 2}),
    ("rate", {"outcome": "correct"}),
    ("duration", {"outcome": "count"}),
    ("task", {"outcome": "correct"}),
    ("task", {"outcome": "correct", "place": 4}),
    ("rubric", {"outcome": "rated", "place": 4}),
    ("interval", {"outcome": "rated", "place": 1}),
    ("narrative", {"outcome": "correct"}),
    ("latency", {"outcome": "none"}),
    ("trials", {"outcome": "none"}),
)


def test_what_does_not_fit_its_goal_is_refused_in_words(world: World) -> None:
    for measure, wrong in WRONG:
        measured(world, measure, places=3 if measure in ("task", "rubric") else 0)
        with pytest.raises(Invalid) as refused:
            send(world, event(world, **wrong))
        assert "measured in another way" in refused.value.fields["taps"], (measure, wrong)


MALFORMED: tuple[dict[str, Any], ...] = (
    {"outcome": "stop"},
    {"outcome": "stop", "amount": -1},
    {"outcome": "stop", "amount": 43_200_001},
    {"outcome": "count", "amount": 5},
    {"outcome": "hit"},
    {"outcome": "rated", "place": 0},
    {"outcome": "count", "place": 3},
    {"outcome": "none", "place": 3},
    {"outcome": "rated", "place": 1, "prompt": 1},
    {"outcome": "nonsense"},
)


@pytest.mark.parametrize("wrong", MALFORMED)
def test_a_malformed_event_is_no_event(wrong: dict[str, Any]) -> None:
    sent = {"id": new_id(), "entry": new_id(), "goal": new_id(), "purpose": "probe", "at": 0, **wrong}
    with pytest.raises(ValueError, match="validation error"):
        Tap.model_validate(sent)


def test_a_target_is_one_of_the_goal(world: World) -> None:
    with as_owner() as db:
        db.get_one(Goal, world.places[0].goals[0].id).targets = [{"name": "sun", "away": False}]
    assert send(world, event(world, "correct", place=1)).refused == []
    with pytest.raises(Invalid):
        send(world, event(world, "correct", place=2))


def test_a_goal_that_was_closed_during_the_session_keeps_what_was_tapped_and_leaves_the_page(world: World) -> None:
    goal = measured(world, "rubric", places=3)
    with as_owner() as db:
        db.get_one(Goal, goal).status = "met"
    assert send(world, event(world, "rated", place=3)).refused == []
    assert point(world) == (1, 0, 0, 0, 3.0)
    with as_owner() as db:
        sheet = get_session_sheet(db, world.actor(db, "slp"), world.session.id)
    assert str(goal) not in {one.id for one in sheet.entries[0].goals}


def test_charts_read_the_value_in_its_unit(world: World) -> None:
    goal = measured(world, "rate", target_value=2.0)
    send(world, *[event(world, "count", n) for n in range(3)], event(world, "stop", 7, amount=60_000))
    with as_owner(write=False) as db:
        found = load_goals(db, world.actor(db, "slp"), [db.get_one(Goal, goal)])[0]
        chart = found.chart_on(date(2027, 1, 1))
    assert chart.metric is Metric.RATE
    assert (chart.rows[0].score, chart.rows[0].trials, chart.rows[0].interval) == ("3 per min", "3 times in 1:00", "")
    assert chart.top >= 3


@pytest.mark.parametrize(
    ("measure", "mastery", "counts", "value"),
    [
        ("frequency", {}, "0 times", "0 times"),
        ("rate", {}, "0 times", "0 per min"),
        ("duration", {"metric": "total_time", "target": 30}, "no episodes", "0 s"),
    ],
)
def test_none_today_is_a_point_of_zero_in_chart_note_and_export_and_can_be_undone(
    world: World, measure: str, mastery: dict[str, Any], counts: str, value: str
) -> None:
    goal = measured(world, measure, mastery=mastery, target_value=2.0)
    send(world, none := event(world, "none"))
    assert point(world) == (1, 0, 0, 0, 0.0)
    with as_owner(write=False) as db:
        actor = world.actor(db, "slp")
        content = content_of(db, actor, db.get_one(SessionEntry, world.places[0].entry.id))
        chart = load_goals(db, actor, [db.get_one(Goal, goal)])[0].chart_on(actor.today)
        assert [mark.value for segment in chart.segments for mark in segment.marks] == [0.0]
        assert (chart.rows[0].score, chart.rows[0].trials) == (value, counts)
        (line,) = goal_data(content, {})
        assert counts in data_words(line.metric, line.score, line.measure)
    with as_owner() as db:
        db.execute(update(StudentGrant).values(can_export=True))
        days = DateRange(world.session.held_on, world.session.held_on)
        table = export_goal_progress(db, world.actor(db, "slp"), world.places[0].student.id, goal, days)
        exported = dict(zip(table.columns, table.rows[0], strict=True))
        assert (exported["Value"], exported["Count"]) == (0.0, 0)
    send(world, undo=[none.id])
    assert point(world) == (0, 0, 0, 0, None)
    with as_owner(write=False) as db:
        actor, entry = world.actor(db, "slp"), db.get_one(SessionEntry, world.places[0].entry.id)
        assert content_of(db, actor, entry).goals == ()


def tell(db: Session, world: World, text: str, version: int, who: str = "slp") -> Any:
    place = world.places[0]
    return set_narrative(db, world.actor(db, who), place.entry.id, place.goals[0].id, text, version)


def test_a_narrative_is_saved_over_the_version_that_was_seen(world: World) -> None:
    measured(world, "narrative")
    with as_owner() as db:
        assert tell(db, world, "Greeted twice.", 0).version == 1
        assert tell(db, world, "Greeted twice.", 0).version == 1
    with as_owner() as db, pytest.raises(Conflict) as clash:
        tell(db, world, "Greeted once.", 0, who="partner")
    assert (clash.value.theirs, clash.value.version) == ("Greeted twice.", 1)
    with as_owner() as db:
        assert tell(db, world, "Greeted once.", 1, who="partner").version == 2
        sheet = get_session_sheet(db, world.actor(db, "slp"), world.session.id)
        assert (sheet.entries[0].goals[0].text, sheet.entries[0].goals[0].text_version) == ("Greeted once.", 2)
        content = content_of(db, world.actor(db, "slp"), world.places[0].entry)
        assert [one.words for one in content.goals] == ["Greeted once."]


def test_a_narrative_stays_as_it_was_signed_and_belongs_to_a_goal_told_in_words(world: World) -> None:
    with as_owner() as db, pytest.raises(NotFound):
        tell(db, world, "Hm.", 0)
    measured(world, "narrative")
    with as_owner() as db, pytest.raises(NotFound):
        set_narrative(db, world.actor(db, "slp"), world.places[1].entry.id, world.places[0].goals[0].id, "Hm.", 0)
    with as_owner() as db:
        db.get_one(SessionEntry, world.places[0].entry.id).note_status = NoteStatus.SIGNED
    with as_owner() as db, pytest.raises(NotPermitted, match="addendum"):
        tell(db, world, "Hm.", 0)


def test_an_outsider_writes_and_marks_nothing(world: World) -> None:
    measured(world, "narrative")
    with as_owner() as db, pytest.raises(NotFound):
        tell(db, world, "Hm.", 0, who="outsider")
    with as_owner() as db, pytest.raises(NotFound):
        record_taps(db, world.actor(db, "outsider"), world.session.id, TapBatch(taps=[event(world, "count")]))


def test_a_changed_scale_is_a_new_version_and_old_marks_keep_theirs(world: World) -> None:
    send(world, event(world, "cued", 1, prompt=2))
    with as_owner() as db:
        owner = world.actor(db, "slp")
        with pytest.raises(NotPermitted):
            change_scale(db, owner, 1, [("Look", "a look")])
        db.get_one(Membership, owner.membership_id).admin_role = AdminRole.OWNER
    with as_owner() as db:
        change_scale(db, world.actor(db, "slp"), 1, [("Look", "A look."), ("Touch", "A touch.")])
    with as_owner() as db, pytest.raises(Conflict, match="changed the scale"):
        change_scale(db, world.actor(db, "slp"), 1, [("Word", "One word.")])
    with as_owner() as db:
        change_scale(db, world.actor(db, "slp"), 1, [("Look", "A look."), ("Touch", "A touch.")])
        assert [one.number for one in get_scale(db, world.actor(db, "slp")).versions] == [2, 1]
    send(world, event(world, "cued", 2, prompt=2, scale=2))
    with as_owner() as db:
        actor = world.actor(db, "slp")
        content = content_of(db, actor, world.places[0].entry)
        words = words_in(read_beside(db, actor, [words_columns], None)[words_columns])
        assert goal_data(content, words.levels)[0].prompts == (("Moderate", 1), ("Touch", 1))
        point = load_goals(db, actor, [limited(db, world, 1)])[0].points[0]
        assert point.prompt_level is None, "levels of two scales are never compared"


def limited(db: Session, world: World, scale: int) -> Goal:
    """The first goal, whose criterion limits the help to level 3 of a scale."""
    goal = db.get_one(Goal, world.places[0].goals[0].id)
    version = db.execute(select(GoalVersion).where(col(GoalVersion.goal_id) == goal.id)).scalar_one()
    version.mastery = {"target": 80, "metric": "supported", "max_prompt_level": 3, "prompt_scale": scale}
    db.flush()
    return goal


def test_the_goals_page_shows_results_by_target_and_by_step(world: World) -> None:
    goal = world.places[0].goals[0]
    with as_owner() as db:
        db.get_one(Goal, goal.id).targets = [{"name": "sun", "away": False}, {"name": "star", "away": True}]
    send(world, event(world, "correct", 1, place=1), event(world, "incorrect", 2, place=1), event(world, "correct", 3))
    with as_owner() as db:
        actor = world.actor(db, "slp")
        found = get_goal_progress(db, actor, world.places[0].student.id, goal.id)
        assert [(one.name, one.practice) for one in found.places] == [("sun", "50% 1/2"), ("star (put away)", "")]
    measured(world, "task", places=2, setup={"steps": ["Wets", "Rinses"]})
    send(world, *[event(world, "incorrect", n, place=2) for n in range(4, 7)])
    with as_owner() as db:
        found = get_goal_progress(db, world.actor(db, "slp"), world.places[0].student.id, goal.id)
        assert [(one.name, one.practice, one.stuck) for one in found.places] == [
            ("1. Wets", "50% 1/2", False), ("2. Rinses", "0% 0/3", True),
        ]  # fmt: skip
