"""The page of a goal's plan as a tab sees it: what stays typed, what is asked first, and who may decide."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from tests.conftest import OpenDb
from tests.factories import Cast, add_goal, add_session, add_student, grant, make_cast, school_day
from tests.harness import Tab, Tabs, running_tabs
from tests.state.test_statements import counted
from therapytrack.domain.mastery import MasteryCriterion
from therapytrack.models import Activity, Goal, GoalPhase, Objective, StudentEvent
from therapytrack.state.goal_plan import GoalPlanState

DAY = school_day().isoformat()
STEP = {"objective_text": "in words", "target_on": DAY, "target_value": "60", "points_needed": "1", "probe_only": "on"}


@pytest.fixture
def cast(db: OpenDb) -> Cast:
    with db() as session:
        return make_cast(session)


@pytest.fixture
def path(db: OpenDb, cast: Cast) -> str:
    with db() as session:
        student = add_student(session, cast)
        goal, version = add_goal(session, student, mastery=MasteryCriterion(80).to_dict())
        grant(session, cast, student, "reader")
        for days in (9, 8, 7):
            add_session(session, cast, student, school_day() - timedelta(days=days), scores=[(version, 10, 9)])
        return f"/students/{student.id}/goals/{goal.id}/plan"


@pytest.fixture
async def tabs(cast: Cast) -> AsyncIterator[Tabs]:
    async with running_tabs() as running:
        yield running
        assert running.errors == []


def shown(one: Any, name: str) -> Any:
    return getattr(one, name) if hasattr(one, name) else one[name]


async def opened(tabs: Tabs, cast: Cast, path: str, who: str = "slp") -> Tab:
    return await tabs.tab(cast.tokens[who]).open(path)


async def send(tab: Tab, handler: str, editing: Any, form: dict[str, str], times: int = 1) -> None:
    """Send a form as it stands on the page, so many times before the page has changed."""
    sent = form | {"key": tab.var(GoalPlanState.form_key), "entry": shown(tab.var(editing), "id")}
    for _ in range(times):
        await tab.call(GoalPlanState, handler, form=sent)


async def test_an_objective_is_added_judged_corrected_and_withdrawn(
    tabs: Tabs, cast: Cast, path: str, db: OpenDb
) -> None:
    tab = await opened(tabs, cast, path)
    await send(tab, "save_objective", GoalPlanState.objective, STEP | {"target_value": "600"})
    assert list(tab.var(GoalPlanState.field_errors)) == ["target_value"]
    for _ in range(2):
        await send(tab, "save_objective", GoalPlanState.objective, STEP)
    (one, two) = tab.var(GoalPlanState.objectives)
    assert {shown(step, "mark") for step in (one, two)} == {"Met"}
    await tab.call(GoalPlanState, "edit_objective", objective_id=shown(one, "id"))
    await send(tab, "save_objective", GoalPlanState.objective, STEP | {"objective_text": "in phrases"})
    assert list(tab.var(GoalPlanState.field_errors)) == ["why"]
    await send(
        tab, "save_objective", GoalPlanState.objective, STEP | {"objective_text": "in phrases", "why": "Too easy."}
    )
    await tab.call(GoalPlanState, "leave_out", record_id=shown(two, "id"))
    await tab.call(GoalPlanState, "withdraw", form={"why": "Not needed.", "entry": shown(two, "id")})
    with db() as session:
        live = session.execute(select(col(Objective.text)).where(col(Objective.withdrawn_at).is_(None))).scalars().all()
        assert (live, len(session.execute(select(Objective)).all())) == (["in phrases"], 3)
    gone = [shown(step, "gone") for step in tab.var(GoalPlanState.objectives) if shown(step, "gone")]
    assert sorted(words.rpartition(": ")[2] for words in gone) == ["Not needed.", "Too easy."]


@pytest.mark.parametrize(
    ("list_name", "handler", "form"),
    [
        ("objectives", "save_objective", STEP),
        ("stages", "save_stage", {"stage": "maintenance", "stage_on": DAY, "stage_note": ""}),
    ],
)
async def test_a_double_click_withdraws_an_entry_once(
    tabs: Tabs, cast: Cast, path: str, db: OpenDb, list_name: str, handler: str, form: dict[str, str]
) -> None:
    tab = await opened(tabs, cast, path)
    await send(tab, handler, GoalPlanState.objective, form)
    (entry,) = tab.var(getattr(GoalPlanState, list_name))
    await tab.call(GoalPlanState, "leave_out", record_id=shown(entry, "id"))
    for _ in range(2):
        await tab.call(GoalPlanState, "withdraw", form={"why": "Not needed.", "entry": shown(entry, "id")})
        assert (tab.var(GoalPlanState.missing), tab.var(GoalPlanState.problem)) == (False, "")
        assert tab.var(GoalPlanState.done) == "Withdrawn. It stays below to be read."
    (gone,) = tab.var(getattr(GoalPlanState, list_name))
    assert shown(gone, "gone").endswith(": Not needed.")
    with db() as session:
        logged = session.execute(select(col(Activity.action)).where(col(Activity.action).like("withdraw %"))).all()
        assert len(logged) == 1


async def test_the_offer_is_taken_with_one_click(tabs: Tabs, cast: Cast, path: str, db: OpenDb) -> None:
    tab = await opened(tabs, cast, path)
    assert shown(tab.var(GoalPlanState.head), "offer").endswith("mark as mastered?")
    await tab.call(GoalPlanState, "mark_mastered")
    assert shown(tab.var(GoalPlanState.head), "offer") == ""
    with db() as session:
        assert session.execute(select(col(GoalPhase.stage))).scalars().all() == ["mastered"]
        assert session.execute(select(col(Goal.status))).scalar_one() == "met"


async def test_a_stage_of_a_day_that_is_taken_says_so_and_can_be_corrected(tabs: Tabs, cast: Cast, path: str) -> None:
    tab = await opened(tabs, cast, path)
    await send(tab, "save_stage", GoalPlanState.stage, {"stage": "maintenance", "stage_on": DAY})
    await send(tab, "save_stage", GoalPlanState.stage, {"stage": "generalization", "stage_on": DAY})
    assert "begins on" in tab.var(GoalPlanState.problem)
    (stage,) = tab.var(GoalPlanState.stages)
    await tab.call(GoalPlanState, "edit_stage", stage_id=shown(stage, "id"))
    assert tab.var(GoalPlanState.stage_fields)["stage"] == "maintenance"
    corrected = {"stage": "generalization", "stage_on": DAY, "stage_note": "in class", "why": "Typed wrong."}
    await send(tab, "save_stage", GoalPlanState.stage, corrected)
    names = {shown(one, "name"): bool(shown(one, "gone")) for one in tab.var(GoalPlanState.stages)}
    assert names == {"Maintenance": True, "Generalization: in class": False}


async def test_an_event_is_added_corrected_taken_off_and_put_back(tabs: Tabs, cast: Cast, path: str) -> None:
    tab = await opened(tabs, cast, path)
    later = (school_day() + timedelta(days=2)).isoformat()
    await send(tab, "save_event", GoalPlanState.event, {"event_text": "", "event_on": later})
    assert sorted(tab.var(GoalPlanState.field_errors)) == ["event_on", "event_text"]
    await send(tab, "save_event", GoalPlanState.event, {"event_text": "New aids", "event_on": DAY})
    (event,) = tab.var(GoalPlanState.events)
    await tab.call(GoalPlanState, "edit_event", event_id=shown(event, "id"))
    assert tab.var(GoalPlanState.event_fields) == {"event_text": "New aids", "event_on": DAY, "event_here": ""}
    typed = {"event_text": "New hearing aids", "event_on": DAY, "event_here": "on"}
    number = shown(tab.var(GoalPlanState.forms), "event")
    await send(tab, "save_stage", GoalPlanState.stage, {"stage": "maintenance", "stage_on": DAY})
    assert shown(tab.var(GoalPlanState.forms), "event") == number, "what is typed there stays"
    assert shown(tab.var(GoalPlanState.event), "id") == shown(event, "id")
    await tabs.cut_off(
        tab, GoalPlanState.event, GoalPlanState.event_fields, GoalPlanState.form_key, GoalPlanState.forms
    )
    await send(tab, "save_event", GoalPlanState.event, typed)
    (event,) = tab.var(GoalPlanState.events)
    assert shown(event, "name") == "New hearing aids"
    assert shown(event, "detail").endswith("This goal's chart")
    await tab.call(GoalPlanState, "remove_event", event_id=shown(event, "id"))
    assert (tab.var(GoalPlanState.events), tab.var(GoalPlanState.can_undo)) == ([], True)
    await tab.call(GoalPlanState, "undo_remove")
    assert [shown(one, "id") for one in tab.var(GoalPlanState.events)] == [shown(event, "id")]
    assert tab.var(GoalPlanState.can_undo) is False
    await tab.call(GoalPlanState, "edit_event", event_id=shown(event, "id"))
    other = await opened(tabs, cast, path)
    await other.call(GoalPlanState, "remove_event", event_id=shown(event, "id"))
    tabs.restart()
    await tab.come_back()
    await send(tab, "save_event", GoalPlanState.event, typed)
    assert tab.var(GoalPlanState.problem), "what is gone is not corrected"
    assert tab.var(GoalPlanState.events) == [], "and no other one is made of it"


async def test_a_form_that_is_sent_twice_makes_or_corrects_one_entry(
    tabs: Tabs, cast: Cast, path: str, db: OpenDb
) -> None:
    tab = await opened(tabs, cast, path)
    event, stage = {"event_text": "New aids", "event_on": DAY}, {"stage": "maintenance", "stage_on": DAY}
    await send(tab, "save_event", GoalPlanState.event, event, times=3)
    await send(tab, "save_objective", GoalPlanState.objective, STEP, times=3)
    await send(tab, "save_stage", GoalPlanState.stage, stage, times=3)
    (event_id,) = (shown(one, "id") for one in tab.var(GoalPlanState.events))
    (step_id,) = (shown(one, "id") for one in tab.var(GoalPlanState.objectives))
    await tab.call(GoalPlanState, "edit_event", event_id=event_id)
    await send(tab, "save_event", GoalPlanState.event, event | {"event_text": "New hearing aids"}, times=3)
    await tab.call(GoalPlanState, "edit_objective", objective_id=step_id)
    corrected = STEP | {"objective_text": "in phrases", "why": "Too easy."}
    await send(tab, "save_objective", GoalPlanState.objective, corrected, times=3)
    with db() as session:
        assert session.execute(select(col(StudentEvent.text))).scalars().all() == ["New hearing aids"]
        assert len(session.execute(select(Objective)).all()) == 2
        assert len(session.execute(select(GoalPhase)).all()) == 1


@pytest.mark.parametrize("key", ["", "no id", "00000000-0000-0000-0000-000000000000"])
async def test_a_form_without_a_key_of_its_own_makes_nothing(
    tabs: Tabs, cast: Cast, path: str, db: OpenDb, key: str
) -> None:
    tab = await opened(tabs, cast, path)
    for handler, form in (
        ("save_event", {"event_text": "New aids", "event_on": DAY}),
        ("save_objective", STEP),
        ("save_stage", {"stage": "maintenance", "stage_on": DAY}),
    ):
        await tab.open(path)
        await tab.call(GoalPlanState, handler, form=form | {"key": key})
    with db() as session:
        assert [len(session.execute(select(kind)).all()) for kind in (StudentEvent, Objective, GoalPhase)] == [0, 0, 0]


async def test_a_reader_sees_the_plan_and_is_asked_nothing(tabs: Tabs, cast: Cast, path: str, db: OpenDb) -> None:
    tab = await opened(tabs, cast, path, "reader")
    head = tab.var(GoalPlanState.head)
    assert (shown(head, "may_edit"), shown(head, "offer"), bool(shown(head, "why_not"))) == (False, "", True)
    await tab.call(GoalPlanState, "mark_mastered")
    assert tab.var(GoalPlanState.problem)
    with db() as session:
        assert session.execute(select(GoalPhase)).first() is None


async def test_opening_a_goal_or_its_plan_takes_at_most_eight_statements(tabs: Tabs, cast: Cast, path: str) -> None:
    for page in (path, path.removesuffix("/plan")):
        await tabs.tab(cast.tokens["slp"]).open(page)
        with counted() as sent:
            await tabs.tab(cast.tokens["slp"]).open(page)
        assert len([one for one in sent if one.startswith("SELECT")]) <= 8, sent
