"""No mark is ever lost, doubled or shown to somebody who may not see it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from threading import Thread
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, select
from sqlmodel import col

from tests.databases import as_owner
from tests.factories import acts_of_people
from tests.services.live_world import World, batch, build_world
from therapytrack.domain.taps import Tap, TapBatch, milliseconds
from therapytrack.errors import Invalid, NotFound, NotPermitted
from therapytrack.models import (
    Activity,
    GoalPoint,
    NoteStatus,
    SessionEntry,
    SessionStatus,
    TherapySession,
    Trial,
    new_id,
    utc_now,
)
from therapytrack.services.finishing import close_session
from therapytrack.services.live import NO_OWN_ID, SIGNED, Receipt, record_taps
from therapytrack.services.live_marks import TrialPage, list_trials


@pytest.fixture
def world(engine: Engine) -> World:
    with as_owner() as db:
        return build_world(db)


@pytest.fixture
def statements(engine: Engine) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def send(world: World, sent: TapBatch, who: str = "slp") -> Receipt:
    with as_owner() as db:
        return record_taps(db, world.actor(db, who), world.session.id, sent)


def stored(world: World) -> dict[UUID, bool]:
    """Trial ids of the session and whether each still counts."""
    with as_owner(write=False) as db:
        query = select(Trial).where(col(Trial.session_id) == world.session.id)
        return {trial.id: trial.undone_at is None for trial in db.execute(query).scalars()}


def marks(page: TrialPage) -> list[tuple[str, bool]]:
    """(id, mine) of everything that a page was sent."""
    return [(mark[0], mark[5]) for cell in page.cells for mark in cell.marks]


def points(world: World) -> dict[tuple[UUID, str], tuple[int, int, int]]:
    """(goal, purpose) -> trials, correct, cued as charts read them."""
    with as_owner(write=False) as db:
        rows = db.execute(select(GoalPoint)).scalars()
        return {(one.goal_id, one.purpose): (one.trials, one.correct, one.cued) for one in rows}


def test_a_batch_is_stored_and_counted(world: World) -> None:
    taps = [world.tap(outcome="correct"), world.tap(outcome="cued"), world.tap(outcome="incorrect", purpose="probe")]
    receipt = send(world, batch(taps))
    goal = world.places[0].goals[0].id
    assert set(receipt.acked) == {tap.id for tap in taps}
    assert points(world) == {(goal, "practice"): (2, 1, 1), (goal, "probe"): (1, 0, 0)}


def test_the_same_batch_sent_twice_is_stored_once(world: World) -> None:
    taps = [world.tap(), world.tap(outcome="cued")]
    first, second = send(world, batch(taps)), send(world, batch(taps))
    assert len(stored(world)) == 2
    assert set(first.acked) == set(second.acked)
    assert points(world)[world.places[0].goals[0].id, "practice"] == (2, 1, 1)


def test_a_mark_doubled_within_a_batch_is_stored_once(world: World) -> None:
    tap = world.tap()
    send(world, batch([tap, tap]))
    assert len(stored(world)) == 1


def test_an_undo_that_arrives_before_its_mark_wins(world: World) -> None:
    tap = world.tap()
    send(world, batch([tap], [tap.id]))
    send(world, batch([tap]))
    assert stored(world) == {tap.id: False}
    assert points(world)[tap.goal, "practice"] == (0, 0, 0)


def test_an_undo_by_id_alone_removes_a_known_mark(world: World) -> None:
    tap = world.tap()
    send(world, batch([tap]))
    assert send(world, batch([], [tap.id])).acked == [tap.id]
    assert stored(world) == {tap.id: False}
    assert points(world)[tap.goal, "practice"] == (0, 0, 0)


def test_an_undo_of_an_unknown_mark_is_refused_in_words(world: World) -> None:
    receipt = send(world, batch([], [new_id()]))
    assert receipt.acked == []
    assert "not part of this session" in receipt.refused[0].why


@pytest.mark.parametrize("closed", [False, True])
def test_a_mark_whose_id_another_parts_mark_has_is_refused_not_swallowed(world: World, closed: bool) -> None:
    first = world.tap()
    send(world, batch([first]))
    if closed:
        with as_owner() as db:
            db.get_one(SessionEntry, world.places[1].entry.id).note_status = NoteStatus.SIGNED
    other, good = world.tap(place=1).model_copy(update={"id": first.id}), world.tap(n=1)
    receipt = send(world, batch([other, good]))
    assert receipt.acked == [good.id]
    assert [(one.id, one.why) for one in receipt.refused] == [(first.id, SIGNED if closed else NO_OWN_ID)]
    assert stored(world) == {first.id: True, good.id: True}


def test_a_mark_of_another_goal_or_session_under_a_known_id_is_refused(world: World) -> None:
    first = world.tap()
    send(world, batch([first]))
    again = world.tap(goal=1).model_copy(update={"id": first.id})
    assert [one.why for one in send(world, batch([again])).refused] == [NO_OWN_ID]
    with as_owner() as db:
        beside = build_world(db, mark="2")
    receipt = send(beside, batch([beside.tap().model_copy(update={"id": first.id})]))
    assert (receipt.acked, [one.why for one in receipt.refused]) == ([], [NO_OWN_ID])


def test_the_id_of_nothing_is_no_marks_own(world: World) -> None:
    nothing = world.tap().model_copy(update={"id": UUID(int=0)})
    receipt = send(world, batch([nothing]))
    assert (receipt.acked, [one.why for one in receipt.refused]) == ([], [NO_OWN_ID])
    assert stored(world) == {}


def test_a_mark_for_a_signed_note_is_refused_and_the_others_are_kept(world: World) -> None:
    with as_owner() as db:
        db.get_one(SessionEntry, world.places[0].entry.id).note_status = NoteStatus.SIGNED
    signed, still_open = world.tap(place=0), world.tap(place=1)
    receipt = send(world, batch([signed, still_open]))
    assert receipt.acked == [still_open.id]
    assert receipt.refused[0].id == signed.id
    assert "addendum" in receipt.refused[0].why


def test_a_mark_stored_before_the_note_was_signed_is_acknowledged_when_sent_again(world: World) -> None:
    tap = world.tap()
    send(world, batch([tap]))
    with as_owner() as db:
        db.get_one(SessionEntry, world.places[0].entry.id).note_status = NoteStatus.SIGNED
    assert send(world, batch([tap])).acked == [tap.id]


def test_a_goal_of_another_student_stores_nothing(world: World) -> None:
    wrong = world.tap(place=0).model_copy(update={"goal": world.places[1].goals[0].id})
    with pytest.raises(Invalid):
        send(world, batch([wrong, world.tap()]))
    assert stored(world) == {}


def test_a_partner_records_only_the_students_that_she_may(world: World) -> None:
    hers, others = world.tap(place=0), world.tap(place=1)
    receipt = send(world, batch([hers, others]), who="partner")
    assert receipt.acked == [hers.id]
    assert stored(world) == {hers.id: True}


def test_a_partner_sees_the_marks_of_her_student_and_no_trace_of_the_others(world: World) -> None:
    mine, hidden = world.tap(place=0), world.tap(place=1)
    send(world, batch([mine, hidden]))
    with as_owner(write=False) as db:
        partner = world.actor(db, "partner")
        page = list_trials(db, partner, world.session.id)
        assert marks(page) == [(str(mine.id), False)]
        assert [cell.entry for cell in page.cells] == [str(world.places[0].entry.id)]


def test_a_partner_may_not_touch_a_mark_of_a_student_hidden_from_her(world: World) -> None:
    hidden = world.tap(place=1)
    send(world, batch([hidden]))
    receipt = send(world, batch([], [hidden.id]), who="partner")
    assert receipt.acked == []
    assert stored(world) == {hidden.id: True}


def test_a_mark_cannot_be_undone_through_another_place(world: World) -> None:
    hidden = world.tap(place=1)
    send(world, batch([hidden]))
    forged = world.tap(place=0).model_copy(update={"id": hidden.id})
    send(world, batch([forged], [hidden.id]), who="partner")
    assert stored(world) == {hidden.id: True}


def test_an_outsider_gets_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        send(world, batch([world.tap()]), who="outsider")
    with pytest.raises(NotFound), as_owner(write=False) as db:
        list_trials(db, world.actor(db, "outsider"), world.session.id)


def test_two_people_see_each_other_by_the_cursor(world: World) -> None:
    one, two = world.tap(place=0), world.tap(place=0)
    send(world, batch([one]))
    with as_owner(write=False) as db:
        first = list_trials(db, world.actor(db, "slp"), world.session.id)
    send(world, batch([two], [two.id]), who="partner")
    with as_owner(write=False) as db:
        second = list_trials(db, world.actor(db, "slp"), world.session.id, first.cursor)
    assert {key for key, _ in marks(second)} >= {str(two.id)}
    assert second.cursor > first.cursor


@pytest.mark.parametrize(
    "cursor", ["yesterday", "2026-11-25T10:00:00", "0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59-23:59"]
)
def test_a_cursor_that_is_none_is_refused(world: World, cursor: str) -> None:
    with pytest.raises(Invalid), as_owner(write=False) as db:
        list_trials(db, world.actor(db, "slp"), world.session.id, cursor)


def test_a_batch_takes_three_statements_beside_the_actors_and_the_logs(
    world: World, statements: list[str], engine: Engine
) -> None:
    taps = [world.tap(place=n % 2, goal=n % 2, n=n) for n in range(10)]
    with as_owner() as db:
        actor = world.actor(db, "slp")
        statements.clear()
        record_taps(db, actor, world.session.id, batch(taps, [taps[0].id]))
        taken = list(statements)
    locks = [one for one in taken if re.search("FOR (SHARE|UPDATE|NO KEY UPDATE)", one)]
    assert len(taken) - len(locks) == 3
    assert engine.dialect.name == "postgresql" or not locks


def test_each_batch_leaves_one_activity_row_with_counts_only(world: World) -> None:
    send(world, batch([world.tap(), world.tap()]))
    with as_owner(write=False) as db:
        rows = list(db.execute(select(Activity).where(col(Activity.action) == "record trials")).scalars())
    assert [row.detail for row in rows] == [{"taps": 2, "undone": 0, "refused": 0}]


def not_begun(world: World) -> None:
    """Put the session back to before its start."""
    with as_owner() as db:
        session = db.get_one(TherapySession, world.session.id)
        session.status, session.started_at = SessionStatus.PLANNED, None
        for place in world.places:
            entry = db.get_one(SessionEntry, place.entry.id)
            entry.attendance, entry.minutes = "planned", 0


def begun(world: World) -> TherapySession:
    with as_owner() as db:
        return db.get_one(TherapySession, world.session.id)


def test_the_first_mark_of_a_planned_session_starts_it_as_of_its_own_moment(world: World) -> None:
    not_begun(world)
    made = utc_now() - timedelta(minutes=7)
    send(world, batch([world.tap(n=1), world.tap(place=1).model_copy(update={"at": milliseconds(made)})]))
    session = begun(world)
    assert session.status == SessionStatus.RUNNING
    assert session.started_at == made.replace(microsecond=made.microsecond // 1000 * 1000)
    with as_owner() as db:
        parts = [db.get_one(SessionEntry, place.entry.id) for place in world.places]
    assert {(one.attendance, one.minutes) for one in parts} == {("present", 30)}


def test_moments_come_back_to_the_millisecond(world: World) -> None:
    at = milliseconds(utc_now()) - 60_001
    made = [world.tap(n=n).model_copy(update={"at": at + n}) for n in range(3)]
    ahead = world.tap(n=3).model_copy(update={"at": at + 10**9})
    with as_owner() as db:
        actor = world.actor(db, "slp")
        record_taps(db, actor, world.session.id, batch([*made, ahead], [made[0].id, made[1].id]))
    with as_owner() as db:
        page = list_trials(db, world.actor(db, "slp"), world.session.id)
        undone = {
            str(row.id): row.undone_at and milliseconds(row.undone_at) for row in db.execute(select(Trial)).scalars()
        }
    shown = {mark[0]: mark for cell in page.cells for mark in cell.marks}
    assert [shown[str(tap.id)][3] for tap in made] == [at, at + 1, at + 2]
    assert shown[str(ahead.id)][3] == milliseconds(actor.at)
    assert {key: mark[6] for key, mark in shown.items()} == undone
    assert sum(one is not None for one in undone.values()) == 2


def test_a_session_started_by_a_mark_is_started_once(world: World) -> None:
    not_begun(world)
    for _ in range(2):
        send(world, batch([world.tap()]))
    with as_owner() as db:
        acts = [row.action for row in acts_of_people(db)]
    assert acts[-3:].count("start session") == 1


def test_a_clock_of_another_day_starts_the_session_now(world: World) -> None:
    not_begun(world)
    send(world, batch([world.tap().model_copy(update={"at": 0})]))
    started = begun(world).started_at
    assert started is not None
    assert utc_now() - started < timedelta(minutes=5)


def test_a_clock_that_is_hours_behind_keeps_order_and_each_mark_once_and_the_end_asks(world: World) -> None:
    not_begun(world)
    behind = milliseconds(utc_now()) - 3 * 3600 * 1000
    taps = [world.tap(n=n, outcome=("correct", "incorrect")[n % 2]).model_copy(update={"at": behind}) for n in range(6)]
    right = world.tap(n=1, outcome="cued")
    for sent in (taps[3:], [right], taps[:4], taps):
        send(world, batch(sent))
    with as_owner() as db:
        query = select(Trial).order_by(col(Trial.tapped_at), col(Trial.sequence), col(Trial.id))
        assert [one.id for one in db.execute(query).scalars()] == [one.id for one in [*taps, right]]
        goal = world.places[0].goals[0].id
    assert points(world) == {(goal, "practice"): (7, 3, 1)}
    assert milliseconds(begun(world).started_at or utc_now()) == behind
    with as_owner() as db:
        closing = close_session(db, world.actor(db, "slp"), world.session.id)
    assert (closing.ask, closing.passed) == (True, 180)
    assert begun(world).status == SessionStatus.RUNNING


@pytest.mark.parametrize(("status", "days"), [(SessionStatus.CANCELLED, 0), (SessionStatus.PLANNED, 1)])
def test_a_session_that_is_called_off_or_still_to_come_takes_no_marks(
    world: World, status: SessionStatus, days: int
) -> None:
    not_begun(world)
    with as_owner() as db:
        db.get_one(TherapySession, world.session.id).status = status
        for place in world.places:
            db.get_one(SessionEntry, place.entry.id).held_on += timedelta(days=days)
    with pytest.raises(NotPermitted):
        send(world, batch([world.tap()]))
    assert (stored(world), begun(world).status) == ({}, status)


def test_what_is_not_taken_starts_nothing(world: World) -> None:
    not_begun(world)
    with as_owner() as db:
        db.get_one(SessionEntry, world.places[0].entry.id).note_status = NoteStatus.SIGNED
    send(world, batch([world.tap(place=0)], [new_id()]))
    assert begun(world).status == SessionStatus.PLANNED


def test_the_page_is_told_who_is_here_and_how_far_the_session_is(world: World) -> None:
    with as_owner() as db:
        page = list_trials(db, world.actor(db, "partner"), world.session.id)
    assert (page.entries, page.stage) == ([str(world.places[0].entry.id)], SessionStatus.RUNNING)


def test_reading_marks_takes_two_statements_however_many_there_are(world: World, statements: list[str]) -> None:
    taken = []
    for _ in range(2):
        send(world, batch([world.tap(place=n % 2, goal=n % 2, n=n) for n in range(20)]))
        with as_owner() as db:
            actor = world.actor(db, "slp")
            statements.clear()
            list_trials(db, actor, world.session.id)
        taken.append(len(statements))
    assert taken == [2, 2]


def test_people_who_record_the_same_goal_at_once_are_counted_together(world: World) -> None:
    rounds = 6

    def work(who: str) -> None:
        for number in range(rounds):
            send(world, batch([world.tap(n=number)]), who=who)

    threads = [Thread(target=work, args=(who,)) for who in ("slp", "partner")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert points(world)[world.places[0].goals[0].id, "practice"] == (2 * rounds, 2 * rounds, 0)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(count=st.integers(1, 8), undone=st.sets(st.integers(0, 7)), seed=st.integers(0, 2**16), cut=st.integers(1, 5))
def test_any_order_with_any_repetition_gives_the_union(
    world: World, count: int, undone: set[int], seed: int, cut: int
) -> None:
    taps = [world.tap(place=n % 2, outcome=("correct", "cued", "incorrect")[n % 3], n=n) for n in range(count)]
    gone = {taps[n].id for n in undone if n < count}
    chance = Random(seed)
    events: list[tuple[Tap, bool]] = [(tap, False) for tap in taps] + [(tap, True) for tap in taps if tap.id in gone]
    events += chance.choices(events, k=len(events))
    chance.shuffle(events)
    for start in range(0, len(events), cut):
        part = events[start : start + cut]
        send(world, batch([tap for tap, _ in part], [tap.id for tap, undo in part if undo]))
    result = stored(world)
    assert {tap.id: result[tap.id] for tap in taps} == {tap.id: tap.id not in gone for tap in taps}
    counted = sum(trials for trials, _, _ in points(world).values())
    assert counted == sum(result.values())
