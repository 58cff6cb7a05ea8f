"""The pages that show the agreement of two scorers."""

from tests.conftest import OpenDb
from tests.harness import running_tabs
from tests.services.live_world import batch, build_world
from therapytrack.services.finishing import finish_session
from therapytrack.services.identity import hash_token
from therapytrack.services.live import record_taps
from therapytrack.services.second_scores import record_second_taps
from therapytrack.state.goal import GoalState
from therapytrack.state.session_agreement import SessionAgreementState as State


async def test_the_agreement_is_shown_on_the_sessions_and_on_the_goals_page(db: OpenDb) -> None:
    with db() as session:
        world = build_world(session)
    with db() as session:
        taps = [world.tap(n=number) for number in range(4)]
        record_taps(session, world.actor(session, "slp"), world.session.id, batch(taps))
    with db() as session:
        taps = [world.tap(outcome="incorrect" if number else "correct", n=number) for number in range(4)]
        record_second_taps(session, world.actor(session, "partner"), world.session.id, batch(taps))
    async with running_tabs() as tabs:
        tab = await tabs.tab(hash_token(world.tokens["slp"])).open(f"/sessions/{world.session.id}/agreement")
        assert (tab.var(State.finished), tab.var(State.can_score), tab.var(State.lines)) == (False, True, [])
        with db() as session:
            finish_session(session, world.actor(session, "slp"), world.session.id)
        await tab.call(State, "enter")
        (line,) = tab.var(State.lines)
        assert (line.percent, line.count, line.tone) == ("25%", "1 of 4 trials alike", "warn")
        assert tab.var(State.in_all) == "In all 25%: 1 of 4 trials alike."
        where = world.places[0]
        goal = await tabs.tab(hash_token(world.tokens["slp"])).open(
            f"/students/{where.student.id}/goals/{where.goals[0].id}"
        )
        await goal.call(GoalState, "show_agreement")
        assert [one.percent for one in goal.var(GoalState.agreement)] == ["25%"]
        assert not tabs.errors
