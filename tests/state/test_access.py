"""The pages of access as a tab sees them: what is given, taken and undone, what a revoke does to an open page."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from tests.conftest import OpenDb
from tests.factories import add_goal
from tests.harness import SUFFIX, Tab, Tabs, running_tabs
from tests.services.access_world import AccessWorld, acts, grants_of, held, make_access_world
from therapytrack.models import SignIn, Student, StudentGrant, Workspace, new_id, utc_now
from therapytrack.state.access_matrix import AccessMatrixState
from therapytrack.state.emergency import EmergencyState
from therapytrack.state.goal_editor import GoalEditorState
from therapytrack.state.guard import ON_LOAD, ROOT
from therapytrack.state.handover import HandoverState
from therapytrack.state.shell import ShellState
from therapytrack.state.student import StudentState
from therapytrack.state.student_access import StudentAccessState
from therapytrack.state.student_form import StudentFormState


@pytest.fixture
def world(db: OpenDb) -> AccessWorld:
    with db() as session:
        made = make_access_world(session)
        session.get_one(Student, made.ana).given_name = "Canary"
        session.execute(update(SignIn).values(proved_at=utc_now()))
        return made


@pytest.fixture
async def tabs(world: AccessWorld) -> AsyncIterator[Tabs]:
    async with running_tabs() as running:
        yield running
        assert running.errors == []


def part(value: Any, name: str) -> Any:
    """A field of a view as the browser received it."""
    return getattr(value, name) if hasattr(value, name) else value[name]


async def access_of(tabs: Tabs, world: AccessWorld, who: str, student: UUID) -> Tab:
    """The Access page of a student in a tab of `who`."""
    return await tabs.tab(world.cast.tokens[who]).open(f"/students/{student}/access")


def rows(db: OpenDb) -> int:
    with db() as session:
        return int(session.execute(select(func.count()).select_from(StudentGrant)).scalar_one())


async def test_who_governs_sees_everybody_with_reasons_and_who_does_not_sees_herself(
    tabs: Tabs, world: AccessWorld
) -> None:
    governing = await access_of(tabs, world, "slp", world.ana)
    people = governing.var(StudentAccessState.people)
    assert [part(one, "name") for one in people] == ["Slp", "Slpa", "Supervisor"]
    warnings = [part(line, "warning") for one in people for line in part(one, "lines")]
    assert warnings == ["", "", "Then Slpa could not edit any more."]
    own = await access_of(tabs, world, "slpa", world.ana)
    assert own.var(StudentAccessState.people) in (None, [])
    mine = [part(one, "sentence") for one in part(own.var(StudentAccessState.view), "mine")]
    assert mine[1].startswith("can edit: granted by Slp on ") and mine[1].endswith("while Supervisor supervises")
    assert mine[2] == "cannot export: not granted"


async def test_the_office_sees_rights_and_the_name_and_nothing_of_the_record(tabs: Tabs, world: AccessWorld) -> None:
    tab = await access_of(tabs, world, "owner", world.ana)
    view = tab.var(StudentAccessState.view)
    assert (part(view, "name"), part(view, "governs"), part(view, "opens")) == ("Canary Test", True, False)
    await tab.open(f"/students/{world.ana}")
    assert tab.var(StudentState.missing) is True


async def test_giving_once_or_twice_and_undoing(tabs: Tabs, world: AccessWorld, db: OpenDb) -> None:
    tab = await access_of(tabs, world, "slp", world.ana)
    form = {"person": str(world.member("colleague")), "edit": True, "export": False, "starts_on": "", "ends_on": ""}
    await tab.call(StudentAccessState, "give", form=form)
    assert (tab.var(StudentAccessState.done), tab.var(StudentAccessState.can_undo)) == ("Given.", True)
    with db() as session:
        assert held(session, world, "colleague", world.ana) == {"view", "edit"}
    await tab.call(StudentAccessState, "undo")
    await tab.call(StudentAccessState, "undo")
    with db() as session:
        assert held(session, world, "colleague", world.ana) == set()
        assert len(grants_of(session, world, "colleague")) == 1


async def test_a_mistake_is_told_beside_its_field_and_logged(tabs: Tabs, world: AccessWorld, db: OpenDb) -> None:
    tab = await access_of(tabs, world, "slp", world.ana)
    before = rows(db)
    tries = (
        ({"person": "", "starts_on": "2020-01-01", "ends_on": "2019-01-01"}, {"person", "starts_on", "ends_on"}),
        ({"person": str(world.member("reader")), "edit": True}, {"rights"}),
        ({"person": str(new_id())}, {"person"}),
    )
    for form, wrong in tries:
        await tab.call(StudentAccessState, "give", form=form)
        assert set(tab.var(StudentAccessState.field_errors)) == wrong
    assert rows(db) == before
    with db() as session:
        assert [row.outcome for row in acts(session, "grant access")] == ["refused"] * 3


async def test_a_revoke_can_be_undone_at_once(tabs: Tabs, world: AccessWorld, db: OpenDb) -> None:
    tab = await access_of(tabs, world, "slp", world.ana)
    with db() as session:
        grant = grants_of(session, world, "supervisor")[0].id
    await tab.call(StudentAccessState, "revoke", grant_id=str(grant))
    with db() as session:
        assert held(session, world, "slpa", world.ana) == {"view"}
    await tab.call(StudentAccessState, "undo")
    with db() as session:
        assert held(session, world, "slpa", world.ana) == {"view", "edit"}


async def test_who_revokes_her_own_right_is_offered_no_undo(tabs: Tabs, world: AccessWorld, db: OpenDb) -> None:
    tab = await access_of(tabs, world, "slp", world.ana)
    with db() as session:
        grant = grants_of(session, world, "slp", world.ana)[0].id
    await tab.call(StudentAccessState, "revoke", grant_id=str(grant))
    assert tab.var(StudentAccessState.missing) is True
    await tab.call(StudentAccessState, "undo")
    with db() as session:
        assert held(session, world, "slp", world.ana) == set()


async def test_a_revoke_ends_the_grantees_open_page_at_its_next_event(
    tabs: Tabs, world: AccessWorld, db: OpenDb
) -> None:
    with db() as session:
        for one in grants_of(session, world, "slpa"):
            one.ends_at = utc_now()
    open_page = await tabs.tab(world.cast.tokens["supervisor"]).open(f"/students/{world.ana}")
    assert part(open_page.var(StudentState.student), "name") == "Canary Test"
    governing = await access_of(tabs, world, "slp", world.ana)
    with db() as session:
        grant = grants_of(session, world, "supervisor")[0].id
    await governing.call(StudentAccessState, "revoke", grant_id=str(grant))
    open_page.deltas.clear()
    await open_page.call(StudentState, "log_session")
    assert open_page.var(StudentState.missing) is True
    assert part(open_page.var(StudentState.student), "name") == ""
    assert "Canary" not in open_page.received
    with db() as session:
        assert [row.outcome for row in acts(session, "record session")] == ["refused"]


def end_the_supervisors(db: OpenDb, world: AccessWorld) -> None:
    """End what the supervisor may do with Ana, by herself and through her assistant."""
    with db() as session:
        for one in grants_of(session, world, "supervisor") + grants_of(session, world, "slpa"):
            one.ends_at = utc_now()


@pytest.mark.parametrize("elsewhere", [False, True])
async def test_a_page_that_reconnects_after_the_right_ended_gets_nothing_of_it_back(
    tabs: Tabs, world: AccessWorld, db: OpenDb, elsewhere: bool
) -> None:
    tab = await tabs.tab(world.cast.tokens["supervisor"]).open(f"/students/{world.ana}")
    assert part(tab.var(StudentState.student), "name") == "Canary Test"
    if elsewhere:
        await tab.visit("/today")
    end_the_supervisors(db, world)
    tab.deltas.clear()
    await tab.open(tab.path)
    assert "Canary" not in tab.received
    assert part(tab.var(StudentState.student), "name") == ""
    assert tab.var(StudentState.missing) is not elsewhere


async def test_what_a_tab_says_by_itself_brings_back_nothing_either(tabs: Tabs, world: AccessWorld, db: OpenDb) -> None:
    tab = await tabs.tab(world.cast.tokens["supervisor"]).open(f"/students/{world.ana}")
    end_the_supervisors(db, world)
    tab.deltas.clear()
    loaded = f"{ROOT}.{ON_LOAD}.set_is_hydrated"
    await asyncio.gather(
        tab.send(name=f"{ROOT}.hydrate"), *(tab.send(name=loaded, payload={"value": True}) for _ in range(3))
    )
    assert "Canary" not in tab.received


async def test_a_page_that_reconnects_comes_whole_and_as_it_stood(tabs: Tabs, world: AccessWorld) -> None:
    tab = await tabs.tab(world.cast.tokens["slp"]).open(f"/students/{world.ana}")
    before = {name: dict(values) for name, values in tab.state.items()}
    tab.state.clear()
    await tab.open(tab.path)
    assert tab.state == before
    assert part(tab.var(StudentState.student), "name") == "Canary Test"


@pytest.mark.parametrize(
    ("state", "page"),
    [
        (StudentFormState, "/students/new"),
        (StudentFormState, "/students/{student}/edit"),
        (GoalEditorState, "/students/{student}/goals/new"),
        (GoalEditorState, "/students/{student}/goals/{goal}/edit"),
        (StudentAccessState, "/students/{student}/access"),
        (AccessMatrixState, "/team/access?pick={student}&do=give"),
    ],
)
async def test_a_form_that_is_open_goes_on_when_its_page_reconnects(
    tabs: Tabs, world: AccessWorld, db: OpenDb, state: Any, page: str
) -> None:
    with db() as session:
        goal, _ = add_goal(session, session.get_one(Student, world.ana))
    path = page.format(student=world.ana, goal=goal.id)
    tab = await tabs.tab(world.cast.tokens["slp"]).open(path)
    before = {name: dict(values) for name, values in tab.state.items()}
    assert tab.var(state.form_key)
    await tab.come_back()
    assert tab.state == before
    tabs.restart()
    await tab.come_back()
    assert tab.state == before
    await tab.visit(path)
    assert tab.var(state.form_key) not in ("", before[state.get_full_name()]["form_key" + SUFFIX])


@pytest.mark.parametrize("page", ["/students/{student}/access", "/team/access?pick={student}&do=give"])
async def test_who_governs_no_more_reconnects_to_no_form_and_to_nothing_that_it_did(
    tabs: Tabs, world: AccessWorld, db: OpenDb, page: str
) -> None:
    tab = await tabs.tab(world.cast.tokens["slp"]).open(path := page.format(student=world.ana))
    state: Any = StudentAccessState if path.startswith("/students") else AccessMatrixState
    form = {"person": str(world.member("colleague")), "edit": True}
    await tab.call(state, "give" if state is StudentAccessState else "submit", form=form)
    assert (tab.var(state.done)[:5], tab.var(state.can_undo)) == ("Given", True)
    with db() as session:
        session.get_one(Student, world.ana).case_manager_id = world.member("colleague")
        session.get_one(Student, world.ben).case_manager_id = world.member("colleague")
    await tab.open(path)
    assert (tab.var(state.done), tab.var(state.can_undo)) == ("", False)
    assert not (tab.var(StudentAccessState.people) or tab.var(AccessMatrixState.rows))


async def test_the_matrix_shows_whom_the_actor_governs(tabs: Tabs, world: AccessWorld) -> None:
    counts = {}
    for who in ("owner", "slp", "supervisor", "slpa", "outsider"):
        tab = await tabs.tab(world.cast.tokens[who]).open("/team/access")
        counts[who] = tab.var(AccessMatrixState.students) or 0
    assert counts == {"owner": 2, "slp": 2, "supervisor": 0, "slpa": 0, "outsider": 0}
    tab = await tabs.tab(world.cast.tokens["owner"]).open("/team/access")
    row = next(one for one in tab.var(AccessMatrixState.rows) if part(one, "id") == str(world.ana))
    people = [part(one, "name") for one in tab.var(AccessMatrixState.people)]
    cells = dict(zip(people, [part(cell, "words") for cell in part(row, "cells")], strict=True))
    assert cells == {"Slp": "view, edit, export and generate", "Slpa": "view and edit", "Supervisor": "view and edit"}


async def bulk(tabs: Tabs, world: AccessWorld, who: str, doing: str, *students: UUID) -> Tab:
    picked = ",".join(str(one) for one in students)
    return await tabs.tab(world.cast.tokens[who]).open(f"/team/access?pick={picked}&do={doing}")


async def test_a_selection_is_given_rights_at_once(tabs: Tabs, world: AccessWorld, db: OpenDb) -> None:
    tab = await bulk(tabs, world, "owner", "give", world.ana, world.ben)
    form = {"person": str(world.member("colleague")), "export": True}
    await tab.call(AccessMatrixState, "submit", form=form)
    assert tab.var(AccessMatrixState.done) == "Given on 2 students."
    with db() as session:
        assert held(session, world, "colleague", world.ben) == {"view", "export"}
    await tab.call(AccessMatrixState, "undo")
    with db() as session:
        assert held(session, world, "colleague", world.ben) == set()


async def test_taking_a_supervisors_right_says_first_whose_edit_leans_on_it(
    tabs: Tabs, world: AccessWorld, db: OpenDb
) -> None:
    tab = await bulk(tabs, world, "slp", "take", world.ana)
    await tab.call(AccessMatrixState, "submit", form={"person": str(world.member("supervisor")), "view": True})
    assert "Slpa cannot edit for 1 student any more" in tab.var(AccessMatrixState.warned)[0]
    with db() as session:
        assert held(session, world, "supervisor", world.ana) == {"view", "edit"}
    await tab.call(AccessMatrixState, "confirm")
    assert tab.var(AccessMatrixState.done) == "Taken away on 1 student."
    with db() as session:
        assert held(session, world, "slpa", world.ana) == {"view"}


async def test_a_substitution_is_told_before_it_is_done(tabs: Tabs, world: AccessWorld, db: OpenDb) -> None:
    tab = await bulk(tabs, world, "slp", "substitute", world.ana, world.ben)
    last = (utc_now().date().replace(year=utc_now().year + 1)).isoformat()
    form = {"of": str(world.member("slp")), "to": str(world.member("colleague")), "ends_on": last, "pause": "stay"}
    await tab.call(AccessMatrixState, "submit", form=form)
    assert tab.var(AccessMatrixState.asked) == ["Colleague gets Slp's rights on 2 students."]
    assert rows(db) == 4
    for _ in range(2):
        await tab.call(AccessMatrixState, "confirm")
    assert rows(db) == 6


@pytest.mark.parametrize("who", ["supervisor", "reader", "slpa", "outsider"])
async def test_nobody_else_changes_anything_in_bulk(tabs: Tabs, world: AccessWorld, db: OpenDb, who: str) -> None:
    tab = await bulk(tabs, world, who, "give", world.ana)
    await tab.call(AccessMatrixState, "pick", student_id=str(world.ana), on=True)
    await tab.call(AccessMatrixState, "submit", form={"person": str(world.member("reader"))})
    await tab.call(AccessMatrixState, "confirm")
    assert rows(db) == 4
    assert "Canary" not in tab.received


async def test_a_caseload_is_handed_over_in_two_steps(tabs: Tabs, world: AccessWorld, db: OpenDb) -> None:
    tab = await tabs.tab(world.cast.tokens["owner"]).open("/team/handover")
    form = {"of": str(world.member("slp")), "to": str(world.member("colleague")), "finish_days": "14", "starts_on": ""}
    await tab.call(HandoverState, "check", form=form | {"to": str(world.member("slp"))})
    assert tab.var(HandoverState.field_errors) == {"to": "Choose two different people."}
    await tab.call(HandoverState, "check", form=form)
    assert tab.var(HandoverState.moving) == [
        "Colleague gets the same rights on 2 students.",
        "Colleague becomes case manager of 2 students.",
    ]
    key, told = tab.var(HandoverState.form_key), tab.var(HandoverState.moving)
    await tab.come_back()
    assert tab.var(HandoverState.moving) == told
    tabs.restart()
    await tab.come_back()
    assert (tab.var(HandoverState.form_key), tab.var(HandoverState.moving)) == (key, [])
    await tab.call(HandoverState, "check", form=form)
    with db() as session:
        assert held(session, world, "colleague", world.ana) == set()
    for _ in range(2):
        await tab.call(HandoverState, "confirm")
    assert tab.var(HandoverState.done) is True
    with db() as session:
        assert held(session, world, "colleague", world.ana) == {"view", "edit", "export", "generate"}
        assert len(acts(session, "hand over caseload")) == 1


async def test_emergency_access_from_the_search_to_the_banner_and_its_end(
    tabs: Tabs, world: AccessWorld, db: OpenDb
) -> None:
    with db() as session:
        session.execute(update(Workspace).values(break_glass_enabled=True))
    tab = await tabs.tab(world.cast.tokens["colleague"]).open("/emergency")
    await tab.call(EmergencyState, "break_glass", form={"reason": "It cannot wait until tomorrow."})
    await tab.call(EmergencyState, "find", form={"who": "Canary"})
    assert list(tab.var(EmergencyState.field_errors)) == ["who"]
    await tab.call(EmergencyState, "find", form={"who": "Canary Test"})
    await tab.call(EmergencyState, "break_glass", form={"reason": "soon"})
    assert list(tab.var(EmergencyState.field_errors)) == ["reason"]
    for enabled, name in ((True, "Canary Test"), (False, ""), (True, "")):
        with db() as session:
            session.execute(update(Workspace).values(break_glass_enabled=enabled))
        await tab.open("/emergency")
        assert tab.var(EmergencyState.name) == name, "found before, and asked for again"
    await tab.call(EmergencyState, "find", form={"who": "Canary Test"})
    await tab.call(EmergencyState, "break_glass", form={"reason": "It cannot wait until tomorrow."})
    assert f"/students/{world.ana}" in repr(tab.events)
    await tab.open(f"/students/{world.ana}")
    assert [part(one, "name") for one in tab.var(ShellState.glass)] == ["Canary Test"]
    assert part(tab.var(StudentState.student), "name") == "Canary Test"
    await tab.call(EmergencyState, "end_now", student_id=str(world.ana))
    await tab.open(f"/students/{world.ana}")
    assert tab.var(StudentState.missing) is True
    assert tab.var(ShellState.glass) == []


async def test_without_the_setting_there_is_no_door_and_no_hint(tabs: Tabs, world: AccessWorld, db: OpenDb) -> None:
    tab = await tabs.tab(world.cast.tokens["colleague"]).open(f"/students/{world.ana}")
    assert not tab.var(ShellState.may_break_glass)
    await tab.open("/emergency")
    await tab.call(EmergencyState, "find", form={"who": "Canary Test"})
    assert "switched off" in tab.var(EmergencyState.problem)
    assert "Canary" not in tab.received


async def test_the_student_page_says_why(tabs: Tabs, world: AccessWorld) -> None:
    tab = await tabs.tab(world.cast.tokens["supervisor"]).open(f"/students/{world.ana}")
    await tab.call(StudentState, "explain")
    sentences = [part(one, "sentence") for one in tab.var(StudentState.reasons)]
    assert sentences[0].startswith("can view: granted by Slp on ")
    assert sentences[2:] == ["cannot export: not granted", "cannot generate drafts: not granted"]
