"""A second scorer: apart from the first, once each, in no count, and compared point by point when all is done."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from sqlmodel import col

from tests.conftest import OpenDb
from tests.services.live_world import World, batch, build_world
from therapytrack.domain.agreement import Agreement
from therapytrack.domain.taps import TapBatch
from therapytrack.errors import Conflict, NotFound
from therapytrack.models import (
    GoalPoint,
    GoalVersion,
    NoteStatus,
    SecondTrial,
    SessionEntry,
    SessionStatus,
    StudentGrant,
    TherapySession,
    Trial,
    utc_now,
)
from therapytrack.services.agreement import get_goal_agreement, get_session_agreement
from therapytrack.services.finishing import finish_session
from therapytrack.services.live import CHANGED, NO_OWN_ID, SIGNED, UNKNOWN, Receipt, record_taps
from therapytrack.services.live_marks import list_trials
from therapytrack.services.second_scores import ONLY_TRIALS, list_second_trials, record_second_taps

FIRST, SECOND = ("correct", "incorrect", "cued", "correct"), ("correct", "correct", "cued")


@pytest.fixture
def world(db: OpenDb) -> World:
    with db() as session:
        return build_world(session)


def both_score(db: OpenDb, world: World) -> None:
    first = [world.tap(outcome=one, n=number) for number, one in enumerate(FIRST)]
    second = [world.tap(outcome=one, n=number) for number, one in enumerate(SECOND)]
    with db() as session:
        record_taps(session, world.actor(session, "slp"), world.session.id, batch(first))
    with db() as session:
        record_second_taps(session, world.actor(session, "partner"), world.session.id, batch(second))


def test_second_scores_count_in_no_point_and_neither_sees_the_others_marks(db: OpenDb, world: World) -> None:
    both_score(db, world)
    with db() as session:
        assert session.execute(select(func.count()).select_from(Trial)).scalar_one() == len(FIRST)
        assert session.execute(select(func.sum(GoalPoint.trials))).scalar_one() == len(FIRST)
        seen = list_second_trials(session, world.actor(session, "partner"), world.session.id)
        assert [len(one.marks) for one in seen.cells] == [len(SECOND)]
        own = list_second_trials(session, world.actor(session, "slp"), world.session.id)
        assert own.cells == []
        usual = list_trials(session, world.actor(session, "partner"), world.session.id)
        assert [len(one.marks) for one in usual.cells] == [len(FIRST)]


def test_a_mark_sent_twice_is_one_and_an_undone_one_is_none(db: OpenDb, world: World) -> None:
    one, other = world.tap(), world.tap(n=1)
    for undo in ([], [other.id], [other.id]):
        with db() as session:
            receipt = record_second_taps(
                session, world.actor(session, "slp"), world.session.id, batch([one, other], undo)
            )
            assert (set(receipt.acked), receipt.refused) == ({one.id, other.id}, [])
    with db() as session:
        live = select(func.count()).select_from(SecondTrial).where(SecondTrial.undone_at.is_(None))  # type: ignore[union-attr]
        assert session.execute(live).scalar_one() == 1


def test_a_students_mark_is_refused_where_she_is_not_shared_and_an_outsider_finds_nothing(
    db: OpenDb, world: World
) -> None:
    foreign = world.tap(place=1)
    with db() as session:
        receipt = record_second_taps(session, world.actor(session, "partner"), world.session.id, batch([foreign]))
        assert [one.id for one in receipt.refused] == [foreign.id]
        for ask in (list_second_trials, get_session_agreement):
            with pytest.raises(NotFound):
                ask(session, world.actor(session, "outsider"), world.session.id)


def test_second_scores_start_no_session(db: OpenDb, world: World) -> None:
    with db() as session:
        session.get_one(TherapySession, world.session.id).status = SessionStatus.PLANNED
    with db() as session, pytest.raises(Conflict):
        record_second_taps(session, world.actor(session, "slp"), world.session.id, batch([world.tap()]))


def test_agreement_is_told_for_each_goal_once_the_session_is_finished(db: OpenDb, world: World) -> None:
    both_score(db, world)
    where = world.places[0]
    with db() as session:
        before = get_session_agreement(session, world.actor(session, "slp"), world.session.id)
        assert (before.lines, before.can_score) == ([], True)
        finish_session(session, world.actor(session, "slp"), world.session.id)
    with db() as session:
        slp = world.actor(session, "slp")
        after = get_session_agreement(session, slp, world.session.id)
        assert not after.can_score, "nobody scores along any more"
        (line,) = after.lines
        assert (line.goal, line.agreement, line.scorer) == (where.goals[0].label, Agreement(2, 4), "partner")
        (same,) = get_goal_agreement(session, slp, where.student.id, where.goals[0].id)
        assert same == line
        assert get_goal_agreement(session, slp, where.student.id, where.goals[1].id) == []


def test_steps_of_a_task_pair_by_step_and_cue_levels_are_told_apart(db: OpenDb, world: World) -> None:
    goal = world.places[0].goals[1].id
    with db() as session:
        facts = {"measure": "task", "places": 3, "setup": {"steps": ["Wets", "Soaps", "Rinses"]}}
        session.execute(update(GoalVersion).where(col(GoalVersion.goal_id) == goal).values(**facts))

    def steps(*said: tuple[int, str, int | None]) -> TapBatch:
        taps = [world.tap(goal=1, outcome=outcome, n=n) for n, (_, outcome, _) in enumerate(said)]
        more = [{"place": place, "prompt": prompt} for place, _, prompt in said]
        return batch([tap.model_copy(update=one) for tap, one in zip(taps, more, strict=True)])

    first = steps((1, "correct", None), (2, "cued", 1), (3, "correct", None))
    second = steps((2, "cued", 2), (3, "incorrect", None), (1, "correct", None))
    with db() as session:
        record_taps(session, world.actor(session, "slp"), world.session.id, first)
    with db() as session:
        partner = world.actor(session, "partner")
        record_second_taps(session, partner, world.session.id, second)
        (cell,) = list_second_trials(session, partner, world.session.id).cells
        assert sorted(mark[7:] for mark in cell.marks) == [(1, None, None), (2, None, 1), (3, None, None)]
        receipt = record_second_taps(session, partner, world.session.id, steps((4, "correct", None)))
        assert [one.why for one in receipt.refused] == [CHANGED]
        finish_session(session, world.actor(session, "slp"), world.session.id)
    with db() as session:
        (line,) = get_session_agreement(session, world.actor(session, "slp"), world.session.id).lines
        assert (line.agreement, line.with_cue) == (Agreement(2, 3), Agreement(1, 3))


@pytest.mark.parametrize("measure", ["duration", "rubric", "narrative"])
def test_what_is_no_trial_is_not_scored_by_two(db: OpenDb, world: World, measure: str) -> None:
    with db() as session:
        session.execute(update(GoalVersion).values(measure=measure))
    with db() as session:
        receipt = record_second_taps(session, world.actor(session, "slp"), world.session.id, batch([world.tap()]))
        assert [one.why for one in receipt.refused] == [ONLY_TRIALS]


@pytest.mark.parametrize("wrong", [{"place": 7}, {"prompt": 9}, {"prompt": 1, "scale": 4}])
def test_a_target_or_a_level_of_help_that_there_is_not_is_refused_alone(
    db: OpenDb, world: World, wrong: dict[str, int]
) -> None:
    good = world.tap(outcome="cued").model_copy(update={"prompt": 1})
    bad = world.tap(outcome="cued", n=1).model_copy(update=wrong)
    with db() as session:
        receipt = record_second_taps(session, world.actor(session, "slp"), world.session.id, batch([good, bad]))
        assert (receipt.acked, [(one.id, one.why) for one in receipt.refused]) == ([good.id], [(bad.id, CHANGED)])


def test_an_id_that_is_not_the_marks_own_is_refused_alone_and_the_others_are_kept(db: OpenDb, world: World) -> None:
    hers, mine = world.tap(), world.tap(n=1)
    with db() as session:
        record_second_taps(session, world.actor(session, "partner"), world.session.id, batch([hers]))
    nothing, more = world.tap(n=2).model_copy(update={"id": UUID(int=0)}), world.tap(n=3)
    with db() as session:
        slp = world.actor(session, "slp")
        receipt = record_second_taps(session, slp, world.session.id, batch([hers, mine, nothing]))
        assert receipt.acked == [mine.id]
        assert {one.id: one.why for one in receipt.refused} == {hers.id: NO_OWN_ID, nothing.id: NO_OWN_ID}
    with db() as session:
        slp = world.actor(session, "slp")
        elsewhere = world.tap(place=1).model_copy(update={"id": mine.id})
        receipt = record_second_taps(session, slp, world.session.id, batch([elsewhere, more]))
        assert (set(receipt.acked), [one.id for one in receipt.refused]) == ({more.id}, [mine.id])


def test_nobody_is_held_against_herself(db: OpenDb, world: World) -> None:
    taps = [world.tap(n=number) for number in range(3)]
    with db() as session:
        record_taps(session, world.actor(session, "slp"), world.session.id, batch(taps))
        record_second_taps(session, world.actor(session, "slp"), world.session.id, batch([world.tap()]))
        finish_session(session, world.actor(session, "slp"), world.session.id)
    with db() as session:
        assert get_session_agreement(session, world.actor(session, "slp"), world.session.id).lines == []


def test_what_is_signed_takes_no_second_scores_and_loses_none(db: OpenDb, world: World) -> None:
    kept, late = world.tap(), world.tap(n=1)

    def score(undo: list[UUID]) -> Receipt:
        with db() as session:
            partner = world.actor(session, "partner")
            return record_second_taps(session, partner, world.session.id, batch([kept, late] if undo else [kept], undo))

    assert score([]).acked == [kept.id]
    with db() as session:
        session.get_one(SessionEntry, world.places[0].entry.id).note_status = NoteStatus.SIGNED
    assert score([]).acked == [kept.id]
    receipt = score([kept.id])
    assert receipt.acked == []
    assert {one.id: one.why for one in receipt.refused} == {kept.id: SIGNED, late.id: SIGNED}
    with db() as session:
        assert [one.undone_at for one in session.execute(select(SecondTrial)).scalars()] == [None]


def test_a_second_score_of_a_student_whom_she_may_no_longer_record_stays(db: OpenDb, world: World) -> None:
    mark = world.tap()
    with db() as session:
        record_second_taps(session, world.actor(session, "slp"), world.session.id, batch([mark]))
    with db() as session:
        mine = col(StudentGrant.membership_id) == world.actor(session, "slp").membership_id
        ended = update(StudentGrant).where(mine, col(StudentGrant.student_id) == world.places[0].student.id)
        session.execute(ended.values(ends_at=utc_now() - timedelta(seconds=1)))
    with db() as session:
        receipt = record_second_taps(session, world.actor(session, "slp"), world.session.id, batch([], [mark.id]))
        assert (receipt.acked, [one.why for one in receipt.refused]) == ([], [UNKNOWN])
        assert session.get_one(SecondTrial, mark.id).undone_at is None


def test_a_goals_agreement_leaves_out_a_session_that_still_runs(db: OpenDb, world: World) -> None:
    both_score(db, world)
    where = world.places[0]
    with db() as session:
        assert get_goal_agreement(session, world.actor(session, "partner"), where.student.id, where.goals[0].id) == []
