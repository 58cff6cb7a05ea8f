"""The supervision page's events: a contact logged once, struck out with a reason, and a rule of the workspace's own."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from tests.conftest import OpenDb
from tests.factories import school_day
from tests.harness import running_tabs
from tests.services.note_world import NoteWorld, build_notes
from therapytrack.domain.supervision import Share
from therapytrack.models import SupervisionContact, SupervisionRule
from therapytrack.state.supervision import SupervisionState
from therapytrack.state.supervision_views import share_view


@pytest.fixture
def world(db: OpenDb) -> NoteWorld:
    with db() as session:
        return build_notes(session)


def typed(world: NoteWorld, **changes: str) -> dict[str, str]:
    form = {"assistant": str(world.members["slpa"]), "student": str(world.students["ben"]), "kind": "direct"}
    return form | {"method": "in_person", "held_on": school_day().isoformat(), "minutes": "20", "topic": ""} | changes


def rows(db: OpenDb) -> list[Any]:
    with db() as session:
        return list(session.execute(select(SupervisionContact)).scalars())


async def test_a_contact_is_logged_once_whatever_is_clicked(db: OpenDb, world: NoteWorld) -> None:
    async with running_tabs() as tabs:
        tab = await tabs.tab(world.tokens["supervisor"]).open("/supervision")
        assert [one.name for one in tab.var(SupervisionState.supervised)] == ["Slpa"]
        begun = tab.var(SupervisionState.form_key)
        await tab.call(SupervisionState, "log", form=typed(world, minutes="x", contact_id=begun))
        assert set(tab.var(SupervisionState.field_errors)) == {"minutes"}
        await tabs.cut_off(tab, SupervisionState.form_key)
        assert tab.var(SupervisionState.form_key) == begun
        for _ in range(2):
            await tab.call(SupervisionState, "log", form=typed(world, contact_id=begun))
        assert tab.var(SupervisionState.form_key) != begun
        (contact,) = tab.var(SupervisionState.contacts)
        assert (contact.about, contact.minutes, contact.may_strike) == ("Ben Test", "20 min", True)
        assert len(rows(db)) == 1 and not tabs.errors


async def test_a_contact_is_struck_out_with_a_reason(db: OpenDb, world: NoteWorld) -> None:
    async with running_tabs() as tabs:
        tab = await tabs.tab(world.tokens["supervisor"]).open("/supervision")
        key = tab.var(SupervisionState.form_key)
        await tab.call(SupervisionState, "log", form=typed(world, contact_id=key))
        contact = tab.var(SupervisionState.contacts)[0].id
        await tab.call(SupervisionState, "ask_why", contact=contact)
        await tabs.cut_off(tab, SupervisionState.striking)
        await tab.call(SupervisionState, "strike_out", form={"contact": contact, "why": ""})
        assert set(tab.var(SupervisionState.field_errors)) == {"why"}
        assert tab.var(SupervisionState.striking) == contact
        for _ in range(2):
            await tab.call(SupervisionState, "strike_out", form={"contact": contact, "why": "Wrong child"})
            assert tab.var(SupervisionState.problem) == ""
        assert [(one.struck, one.why) for one in tab.var(SupervisionState.contacts)] == [(True, "Wrong child")]


async def test_the_office_holds_a_rule_and_the_others_read_it(world: NoteWorld) -> None:
    rule = {"us_state": "NY", "discipline": "slp", "starts_on": "2026-01-01", "total_percent": "5"}
    async with running_tabs() as tabs:
        office = await tabs.tab(world.tokens["owner"]).open("/supervision")
        assert "20% of treatment time" in office.var(SupervisionState.supervised)[0].rule
        assert not office.var(SupervisionState.supervised)[0].verified
        await office.call(SupervisionState, "save_rule", form=rule | {"period_days": "30"})
        assert office.var(SupervisionState.said) == "Rule saved."
        assistant = await tabs.tab(world.tokens["slpa"]).open("/supervision")
        assert "5% of treatment time" in assistant.var(SupervisionState.supervised)[0].rule
        await assistant.call(SupervisionState, "save_rule", form=rule | {"period_days": "10"})
        assert assistant.var(SupervisionState.problem)


async def test_who_saves_a_rule_second_reads_the_firsts_and_saves_over_it_with_a_second_click(
    db: OpenDb, world: NoteWorld
) -> None:
    rule = {"us_state": "NY", "discipline": "slp", "starts_on": "2026-01-01", "total_percent": "5", "period_days": "30"}
    async with running_tabs() as tabs:
        first, second = [await tabs.tab(world.tokens["owner"]).open("/supervision") for _ in range(2)]
        await first.call(SupervisionState, "save_rule", form=rule)
        key = second.var(SupervisionState.rule_key)
        mine = rule | {"total_percent": "8"}
        await second.come_back()
        await second.call(SupervisionState, "save_rule", form=mine)
        assert "From Jan 1: 5% of the time, over 30 days, not checked" in second.var(SupervisionState.problem)
        assert second.var(SupervisionState.rule_key) == key, "what was typed stays in the form"
        await second.call(SupervisionState, "save_rule", form=mine)
        assert (second.var(SupervisionState.problem), second.var(SupervisionState.said)) == ("", "Rule saved.")
    with db() as session:
        percents = session.execute(select(col(SupervisionRule.total_percent))).scalars()
        assert sorted(percents) == [5, 8]


@pytest.mark.parametrize("who", ["slp", "reader"])
async def test_a_person_outside_supervision_reads_why(world: NoteWorld, who: str) -> None:
    async with running_tabs() as tabs:
        tab = await tabs.tab(world.tokens[who]).open("/supervision")
        assert (tab.var(SupervisionState.supervised), tab.var(SupervisionState.refused)) == ([], True)
        assert tab.var(SupervisionState.problem) == "Your role in this workspace does not include this. Ask its owner."


async def test_the_office_links_once_and_ends_what_it_linked(world: NoteWorld) -> None:
    async with running_tabs() as tabs:
        tab = await tabs.tab(world.tokens["owner"]).open("/supervision")
        (before,) = tab.var(SupervisionState.links)
        assert before.people == "Supervisor supervises Slpa"
        form = {"supervisor": str(world.members["other_supervisor"]), "link_assistant": str(world.members["slpa"])}
        form |= {"link_id": tab.var(SupervisionState.link_key)}
        await tab.call(SupervisionState, "link", form=form | {"link_assistant": "x"})
        assert set(tab.var(SupervisionState.field_errors)) == {"link_assistant"}
        for _ in range(2):
            await tab.call(SupervisionState, "link", form=form)
        assert len(tab.var(SupervisionState.links)) == 2
        await tab.call(SupervisionState, "unlink", link=before.id)
        assert [one.people for one in tab.var(SupervisionState.links)] == ["Other_Supervisor supervises Slpa"]
        assert not tabs.errors


@pytest.mark.parametrize(
    ("minutes", "shown", "line"),
    [(200, "19.6%", "20% asked: 4 min short"), (190, "19%", "20% asked: 14 min short"), (204, "20%", "20% asked: met")],
)
def test_a_share_that_falls_short_is_not_rounded_to_what_is_asked(minutes: int, shown: str, line: str) -> None:
    found = share_view(Share(minutes, 1020, 20))
    assert (found.percent, found.asked) == (shown, line)
