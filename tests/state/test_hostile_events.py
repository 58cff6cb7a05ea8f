"""What a tab may not keep, and what a hand-made event may not do: rights that end, ids that were never given out."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, update

from tests.conftest import OpenDb
from tests.harness import HYDRATE, Tab, running_tabs
from tests.sweeping import filled, pages, unexpected
from tests.worlds import CANARIES, World, make_world
from therapytrack.models import Draft, Goal, Student, StudentGrant, TherapySession, utc_now
from therapytrack.state.access_matrix import AccessMatrixState
from therapytrack.state.caseload import CaseloadState
from therapytrack.state.goal_editor import GoalEditorState
from therapytrack.state.student_form import StudentFormState
from therapytrack.state.today import TodayState

OF_ONE_RECORD = [route for route in pages() if "[" in route]
NOBODY = UUID(int=0)


@pytest.fixture
def world(engine: Engine, db: OpenDb) -> World:
    with db() as session:
        return make_world(session)


def revoke_everything(db: OpenDb) -> None:
    with db() as session:
        session.execute(update(StudentGrant).values(ends_at=utc_now() - timedelta(seconds=1)))


def canaries_after(tab: Tab) -> list[str]:
    return [one for one in CANARIES if one in tab.received]


@pytest.mark.parametrize("route", pages())
async def test_a_page_that_loads_after_a_revoke_holds_nothing_of_the_student(
    world: World, db: OpenDb, route: str
) -> None:
    async with running_tabs() as tabs:
        tab = await tabs.tab(world.cast.tokens["slp"]).open(filled(route, world.ids))
        revoke_everything(db)
        tab.deltas.clear()
        await tab.send(name=HYDRATE, payload={"hashes": ["of the built page"]})
        assert unexpected(tab) == []
    assert canaries_after(tab) == []


@pytest.mark.parametrize("route", OF_ONE_RECORD)
async def test_a_page_that_stays_open_forgets_a_record_that_its_next_event_does_not_find(
    world: World, db: OpenDb, route: str
) -> None:
    async with running_tabs() as tabs:
        tab = await tabs.tab(world.cast.tokens["slp"]).open(filled(route, world.ids))
        revoke_everything(db)
        await tab.open(filled(route, world.ids))
        tab.deltas.clear()
        await tab.open(filled(route, world.ids))
        assert unexpected(tab) == []
    assert canaries_after(tab) == []


@pytest.mark.parametrize(
    ("state", "handler", "form"),
    [
        (StudentFormState, "save", {"given_name": "Ana"}),
        (
            TodayState,
            "plan",
            {"title": "A", "starts": "10:00", "ends": "10:30", "delivery": "pull_out", "form_id": "no id"},
        ),
        (
            TodayState,
            "plan",
            {"title": "A", "starts": "10:00", "ends": "10:30", "delivery": "pull_out", "form_id": str(NOBODY)},
        ),
        (GoalEditorState, "save", {"label": "/r/"}),
    ],
)
async def test_a_form_that_was_never_opened_makes_no_record_under_the_id_of_nothing(
    world: World, db: OpenDb, state: type[TodayState], handler: str, form: dict[str, str]
) -> None:
    async with running_tabs() as tabs:
        tab = tabs.tab(world.cast.tokens["slp"])
        await tab.call(state, handler, form={**form, f"student:{world.student_id}": "on"})
        assert unexpected(tab) == []
    with db() as session:
        made = [session.get(kind, NOBODY) for kind in (Student, TherapySession, Goal, Draft)]
    assert made == [None] * 4


async def test_half_a_character_comes_back_as_a_sign_that_can_be_sent_and_stops_no_tab(world: World) -> None:
    half = "Zo\ud83d"
    async with running_tabs() as tabs:
        tab = await tabs.tab(world.cast.tokens["slp"]).open("/team/access")
        await tab.call(AccessMatrixState, "find", form={"words": half})
        assert tab.var(AccessMatrixState.words) == "Zo\ufffd"
        await tab.open("/caseload")
        await tab.call(CaseloadState, "filter_grade", grade=half)
        assert (tab.failures, tabs.errors) == ([], [])
    assert "\\ud83d" not in tab.received


async def test_a_nul_reaches_no_service_and_costs_nothing_else_of_the_text(world: World) -> None:
    """A co-signature asked for with one was "Something went wrong on our side" on PostgreSQL."""
    async with running_tabs() as tabs:
        tab = await tabs.tab(world.cast.tokens["slp"]).open("/team/access")
        await tab.call(AccessMatrixState, "find", form={"words": "Z\0oé"})
        assert tab.var(AccessMatrixState.words) == "Zoé"


async def test_whole_characters_outside_of_the_first_plane_stay_as_they_are(world: World) -> None:
    async with running_tabs() as tabs:
        tab = await tabs.tab(world.cast.tokens["slp"]).open("/team/access")
        await tab.call(AccessMatrixState, "find", form={"words": "Zoé \U0001f9e0"})
        assert tab.var(AccessMatrixState.words) == "Zoé \U0001f9e0"
