"""The goal bank as a tab sees it: the address holds the search, a goal begins filled, who may not is told why."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlmodel import col

from tests.conftest import OpenDb
from tests.domain.test_goal_bank import TYPED
from tests.factories import Cast, add_student, make_cast
from tests.harness import Tabs, running_tabs
from therapytrack.models import BankGoal, Goal
from therapytrack.services.goal_bank import add_starters
from therapytrack.state.goal_bank import GoalBankState
from therapytrack.state.goal_editor import GoalEditorState


@pytest.fixture
def cast(db: OpenDb) -> Cast:
    with db() as session:
        return make_cast(session)


@pytest.fixture
async def tabs(cast: Cast) -> AsyncIterator[Tabs]:
    async with running_tabs() as running:
        yield running
        assert running.errors == []


def shown(one: Any, name: str) -> Any:
    return getattr(one, name) if hasattr(one, name) else one[name]


async def test_a_goal_is_added_changed_and_retired_on_the_page(tabs: Tabs, cast: Cast, db: OpenDb) -> None:
    tab = await tabs.tab(cast.tokens["slp"]).open("/goal-bank")
    await tab.call(GoalBankState, "begin", bank_id="")
    await tab.call(GoalBankState, "save", form=TYPED | {"behavior": "say {"})
    assert list(tab.var(GoalBankState.field_errors)) == ["behavior"]
    for _ in range(2):
        await tab.call(GoalBankState, "save", form=TYPED)
    (goal,) = tab.var(GoalBankState.goals)
    await tab.call(GoalBankState, "begin", bank_id=shown(goal, "id"))
    assert tab.var(GoalBankState.fields)["label"] == TYPED["label"]
    await tab.call(GoalBankState, "choose_measure", measure="rubric")
    with db() as session:
        session.execute(select(BankGoal)).scalar_one().version = 2
    await tabs.cut_off(tab, GoalBankState.forms, GoalBankState.editing, GoalBankState.measure, GoalBankState.open)
    typed = TYPED | {"area": "Phonology"}
    await tab.call(GoalBankState, "save", form=typed | {"label": ""})
    await tab.call(GoalBankState, "save", form=typed)
    assert "changed" in tab.var(GoalBankState.problem), "a colleague was first, and nothing is written over"
    await tab.call(GoalBankState, "save", form=typed)
    await tab.call(GoalBankState, "retire", bank_id=shown(goal, "id"))
    assert tab.var(GoalBankState.total) == 0
    with db() as session:
        assert session.execute(select(col(BankGoal.area), col(BankGoal.version))).one() == ("Phonology", 3)


async def test_the_search_leads_to_its_address_and_says_what_a_file_brought(tabs: Tabs, cast: Cast, db: OpenDb) -> None:
    with db() as session:
        add_starters(session, cast.actor(session, "slp"))
    tab = await tabs.tab(cast.tokens["slp"]).open("/goal-bank?new=3&same=1")
    assert tab.var(GoalBankState.done) == "3 goals imported; 1 were there already."
    await tab.call(GoalBankState, "look", form={"find_words": "tying shoes", "find_discipline": "ot"})
    assert "/goal-bank?words=tying+shoes&discipline=ot" in repr(tab.events)
    tab = await tabs.tab(cast.tokens["slp"]).open("/goal-bank?words=tying+shoes&discipline=ot")
    assert [shown(one, "label") for one in tab.var(GoalBankState.goals)] == ["Tying shoes"]


async def test_a_goal_of_the_bank_is_filled_and_saved_for_a_student(tabs: Tabs, cast: Cast, db: OpenDb) -> None:
    with db() as session:
        student = add_student(session, cast).id
    tab = await tabs.tab(cast.tokens["slp"]).open("/goal-bank")
    await tab.call(GoalBankState, "begin", bank_id="")
    await tab.call(GoalBankState, "save", form=TYPED)
    (goal,) = tab.var(GoalBankState.goals)
    await tab.call(GoalBankState, "use", bank_id=shown(goal, "id"))
    assert [shown(one, "value") for one in tab.var(GoalBankState.students)] == [str(student)]
    await tab.call(GoalBankState, "use_for", form={"for_student": ""})
    assert list(tab.var(GoalBankState.field_errors)) == ["for_student"]
    await tab.call(GoalBankState, "use_for", form={"for_student": str(student)})
    address = f"/students/{student}/goals/new?bank={shown(goal, 'id')}"
    assert address in repr(tab.events)
    editor = await tabs.tab(cast.tokens["slp"]).open(address)
    assert [shown(one, "value") for one in editor.var(GoalEditorState.blanks)] == ["", "Ana", "80"]
    assert "{" in editor.var(GoalEditorState.blank_goal)
    await editor.call(GoalEditorState, "fill", form={"fill:sound": "", "fill:student": "Ana", "fill:percent": "90"})
    assert list(editor.var(GoalEditorState.field_errors)) == ["fill:sound"]
    await editor.call(GoalEditorState, "fill", form={"fill:sound": "/r/", "fill:student": "Ana", "fill:percent": "90"})
    fields = editor.var(GoalEditorState.fields)
    assert (fields["label"], fields["target_value"], editor.var(GoalEditorState.blanks)) == ("/r/ in words", "90", [])
    await editor.call(GoalEditorState, "save", form=fields | {"target_on": "2090-01-01"})
    with db() as session:
        assert session.execute(select(col(Goal.label))).scalars().all() == ["/r/ in words"]


async def test_a_goal_that_left_the_bank_leaves_an_empty_form_and_a_sentence(
    tabs: Tabs, cast: Cast, db: OpenDb
) -> None:
    with db() as session:
        student = add_student(session, cast).id
    path = f"/students/{student}/goals/new?bank={UUID(int=7)}"
    tab = await tabs.tab(cast.tokens["slp"]).open(path)
    assert "not in the goal bank any more" in tab.var(GoalEditorState.problem)
    assert tab.var(GoalEditorState.form_key)


async def test_who_may_not_keep_the_bank_is_told_why(tabs: Tabs, cast: Cast, db: OpenDb) -> None:
    tab = await tabs.tab(cast.tokens["reader"]).open("/goal-bank")
    assert tab.var(GoalBankState.why_not)
    await tab.call(GoalBankState, "save", form=TYPED)
    await tab.call(GoalBankState, "add_starters")
    assert tab.var(GoalBankState.problem)
    with db() as session:
        assert session.execute(select(BankGoal)).first() is None
