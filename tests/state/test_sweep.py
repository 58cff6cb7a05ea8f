"""Every registered handler against the whole cast: strangers and outsiders learn nothing and change nothing.

The sweep is made from the registry, so a new handler is part of it the day it is written. It opens each page with
records of another workspace, with records that do not exist and with ids that are none, and calls every handler there
with such ids in every argument.
"""

import inspect
import re
from collections.abc import Iterator
from typing import Any, get_type_hints
from uuid import UUID, uuid4

import pytest
from reflex_base.registry import RegistrationContext
from sqlalchemy import Engine, text
from sqlalchemy import inspect as inspect_database

from tests.conftest import OpenDb
from tests.harness import Tab, load_app, running_tabs
from tests.worlds import CANARIES, INVITED, NAME, World, make_world
from therapytrack.access.actions import Action
from therapytrack.access.roles import CLINICAL, PROVIDERS
from therapytrack.errors import TherapyTrackError
from therapytrack.models import ClinicalRole
from therapytrack.state.guard import FRAMEWORK_EVENTS, policy_of

LOGS = {"activity", "audit_head", "alarm", "refusal_count", "sign_in", "alembic_version"}
# States of pages on which the office governs: a student's name and who may see her or was told, nothing of her record.
ROSTER = {"student_access_state", "access_matrix_state", "activity_state", "disclosures_state", "team_state"}
MALFORMED = ("not-an-id", "..%2F..%2Fetc", "0" * 400, "\u202e", "1 OR 1=1")
Rows = dict[str, list[str]]


def handlers() -> list[str]:
    """The names of all handlers of ours that are not open to strangers."""
    load_app()
    names = RegistrationContext.get().event_handlers
    return sorted(
        name
        for name in names
        if "therapytrack___state" in name and name not in FRAMEWORK_EVENTS and isinstance(policy_of(name), Action)
    )


def pages() -> list[str]:
    """The routes of all pages that need a sign-in."""
    app = load_app()
    return sorted(f"/{route}" for route in app._unevaluated_pages if not route.startswith(("sign-", "404")))


def filled(route: str, ids: dict[str, str]) -> str:
    """The address of a page: each [parameter] replaced by the id of its name."""
    return re.sub(r"\[+\.*(\w+)\]+", lambda match: ids.get(match[1], ids["any"]), route)


def arguments_for(name: str, ids: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Payloads that fit the signature of a handler, with each of `ids` in the places of text and id arguments."""
    fn = RegistrationContext.get().event_handlers[name].handler.fn
    hints = get_type_hints(fn)
    parameters = list(inspect.signature(fn).parameters)[1:]
    if not parameters:
        yield {}
        return
    for value in dict.fromkeys(ids.values()):
        yield {one: _value(hints.get(one), value) for one in parameters}


def _value(hint: Any, text_value: str) -> Any:
    plain: dict[Any, Any] = {int: 1, bool: True, float: 1.0, str: text_value, UUID: text_value}
    if hint in plain:
        return plain[hint]
    return {"id": text_value, "students": [text_value]} if "dict" in str(hint) else [text_value]


def rows_of(engine: Engine) -> Rows:
    """All rows of all tables but the logs, to compare before and after."""
    with engine.connect() as connection:
        tables = set(inspect_database(connection).get_table_names()) - LOGS
        return {one: sorted(repr(row) for row in connection.execute(text(f"SELECT * FROM {one}"))) for one in tables}


async def visit_everything(tab: Tab, ids: dict[str, str]) -> None:
    """Open every page with `ids` in its address and call every handler there."""
    for route in pages():
        await tab.open(filled(route, ids))
    for name in handlers():
        for payload in arguments_for(name, ids):
            await tab.send(name=name, payload=payload, path=filled(page_of(name), ids))


def unexpected(tab: Tab) -> list[str]:
    """Failures that are no refusals: a handler that fell over instead of answering."""
    return [f"{name}: {error!r}" for name, error in tab.failures if not isinstance(error, TherapyTrackError)]


def page_of(name: str) -> str:
    """The route of the page that a handler's module serves; the first page when it serves none."""
    module = name.rpartition(".")[0].rpartition("therapytrack___state___")[2].partition("____")[0]
    app = load_app()
    for route, page in app._unevaluated_pages.items():
        if module in str(getattr(getattr(page.on_load, "fn", None), "__module__", "")):
            return f"/{route}"
    return "/caseload"


@pytest.fixture
def world(engine: Engine, db: OpenDb) -> World:
    with db() as session:
        return make_world(session)


@pytest.mark.parametrize("who", ["outsider", "stranger"])
async def test_who_does_not_belong_here_learns_nothing_and_changes_nothing(
    world: World, engine: Engine, who: str
) -> None:
    before = rows_of(engine)
    async with running_tabs() as tabs:
        tab = tabs.tab(world.cast.tokens.get(who, ""))
        await visit_everything(tab, world.ids)
        assert unexpected(tab) == []
    assert [one for one in CANARIES if one in tab.received] == []
    after = rows_of(engine)
    assert {table for table in before if set(before[table]) - set(after[table])} == set()
    if who == "stranger":
        assert after == before


async def test_the_office_without_a_clinical_role_reads_no_students_record(world: World, engine: Engine) -> None:
    async with running_tabs() as tabs:
        tab = tabs.tab(world.cast.tokens["owner"])
        await visit_everything(tab, without_people(world.ids))
        assert unexpected(tab) == []
    assert [one for one in CANARIES if one in tab.received and one != NAME] == []
    named = {state for delta in tab.deltas for state, values in delta.items() if NAME in repr(values)}
    assert {state.rpartition("___")[2] for state in named} == ROSTER


@pytest.mark.parametrize("who", ["newcomer", "slp", "slpa", "reader", "supervisor", "outsider", "stranger"])
async def test_nobody_but_the_office_learns_who_is_invited(world: World, who: str) -> None:
    async with running_tabs() as tabs:
        tab = tabs.tab(world.cast.tokens.get(who, ""))
        await tab.open("/team")
        for name in (one for one in handlers() if ".therapytrack___state___team" in f".{one.rpartition('.')[0]}"):
            for payload in arguments_for(name, world.ids):
                await tab.send(name=name, payload=payload, path="/team")
    assert INVITED not in tab.received


@pytest.mark.parametrize("who", ["owner", "reader"])
async def test_who_may_only_look_changes_nothing(world: World, engine: Engine, who: str) -> None:
    """The office governs access to students, and changes nothing else."""
    before = rows_of(engine)
    async with running_tabs() as tabs:
        tab = tabs.tab(world.cast.tokens[who])
        await visit_everything(tab, without_people(world.ids) if who == "owner" else world.ids)
        assert unexpected(tab) == []
    after = rows_of(engine)
    changed = {table for table in before if after[table] != before[table]}
    assert changed <= ({"student_grant"} if who == "owner" else set())


async def test_a_colleague_without_a_grant_learns_nothing_about_a_student(world: World) -> None:
    async with running_tabs() as tabs:
        tab = tabs.tab(world.cast.tokens["newcomer"])
        await visit_everything(tab, world.ids)
        assert unexpected(tab) == []
    assert [one for one in CANARIES if one in tab.received] == []


@pytest.mark.parametrize("route", pages())
async def test_a_foreign_record_and_a_missing_one_get_the_same_answer(world: World, route: str) -> None:
    missing = {name: str(uuid4()) for name in world.ids}
    answers = []
    async with running_tabs() as tabs:
        for ids in (world.ids, missing):
            tab = await tabs.tab(world.cast.tokens["outsider"]).open(filled(route, ids))
            answers.append(without_ids(tab.received))
    assert answers[0] == answers[1]


@pytest.mark.parametrize("route", [one for one in pages() if "[" in one])
@pytest.mark.parametrize("value", MALFORMED)
async def test_an_id_that_is_none_gets_the_answer_of_a_missing_record(world: World, route: str, value: str) -> None:
    missing, bad = {name: str(uuid4()) for name in world.ids}, dict.fromkeys(world.ids, value)
    answers = []
    async with running_tabs() as tabs:
        for ids in (missing, bad):
            tab = await tabs.tab(world.cast.tokens["slp"]).open(filled(route, ids))
            answers.append("missing_rx_state_': True" in tab.received)
        assert unexpected(tab) == []
    assert answers == [True, True]


async def test_whom_it_concerns_does_see_the_students(world: World) -> None:
    async with running_tabs() as tabs:
        tab = tabs.tab(world.cast.tokens["slp"])
        for route in pages():
            await tab.open(filled(route, world.ids))
        assert unexpected(tab) == []
    assert [one for one in CANARIES if one not in tab.received] == []


def test_the_sweep_covers_every_role_and_every_page() -> None:
    assert {ClinicalRole.READER} == CLINICAL - PROVIDERS
    assert len(pages()) >= 8
    assert len(handlers()) >= 20


def without_people(ids: dict[str, str]) -> dict[str, str]:
    """The ids of records alone: people are the office's to change, and students are what the sweep is about."""
    return {name: one for name, one in ids.items() if name not in ("member_id", "invite_id")}


def without_ids(received: str) -> str:
    """What was sent with ids, tokens and addresses taken out, for comparing two answers."""
    received = re.sub(r"ActivityRow\([^)]*\)", "", received)  # the first look is an act that the second one sees
    received = re.sub(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}\S*", "ID", received)
    return re.sub(r"txid='?\w+'?|object at 0x[0-9a-f]+", "", received)
