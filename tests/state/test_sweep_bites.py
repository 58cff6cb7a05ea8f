"""The sweep finds what it looks for: take a guard away, and it says what came through."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from reflex_base.registry import RegistrationContext
from sqlalchemy import Engine
from sqlmodel import col

from tests.conftest import OpenDb, fresh_database
from tests.full_world import make_full_world
from tests.harness import running_tabs
from tests.sweeping import Answer, changed, differing, handlers_by_page, learned, let_in, rows_of, send_each, short
from tests.worlds import CANARIES, LABEL, NAME, World
from therapytrack.access import entries, gate, queries, ties
from therapytrack.access.seen import seen_in
from therapytrack.errors import NotFound, NotPermitted
from therapytrack.models import Membership
from therapytrack.state import guard
from therapytrack.state.caseload import CaseloadState

Patch = pytest.MonkeyPatch
STUDENT, MATRIX = "/students/[student_id]", "/team/access"


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    yield from fresh_database(request, getattr(request, "param", "sqlite"))


@pytest.fixture
def world(engine: Engine, db: OpenDb) -> World:
    with db() as session:
        return make_full_world(session)


@pytest.fixture
def fresh_statements() -> Iterator[None]:
    """Statements are built once per process: those of a test's gate are for this test alone."""
    forget_statements()
    yield
    forget_statements()


def forget_statements() -> None:
    for module in (gate, entries, queries):
        for one in vars(module).values():
            if hasattr(one, "cache_clear"):
                one.cache_clear()


def policy_is(policy: object) -> Callable[[Patch], None]:
    """The mark of one handler is another, or none."""

    def patch(monkeypatch: Patch) -> None:
        name = f"{CaseloadState.get_full_name()}.enter"
        monkeypatch.setattr(RegistrationContext.get().event_handlers[name].handler.fn, guard.POLICY, policy)

    return patch


def anybody_signed_in(monkeypatch: Patch) -> None:
    """The guard does not ask for a sign-in."""
    monkeypatch.setattr(guard, "_signed_out", lambda _state: None)


def no_right_is_asked(monkeypatch: Patch) -> None:
    """The gate hands out a student of the workspace to whoever is in it."""

    def grant(row: Any, actor: Any, *_: Any) -> Any:
        if row is None:
            raise NotFound()
        return seen_in(row, actor)

    monkeypatch.setattr(gate, "granted", grant)


def no_right_is_told_apart(monkeypatch: Patch) -> None:
    """The gate says "you may not" of a record that she may not know of."""

    def grant(row: Any, actor: Any, action: Any, *_: Any) -> Any:
        if row is None:
            raise NotFound()
        seen = seen_in(row, actor)
        if not seen.allows(action):
            raise NotPermitted("Ask the student's case manager.")
        return seen

    monkeypatch.setattr(gate, "granted", grant)


def all_workspaces(monkeypatch: Patch) -> None:
    """The gate's statements read every workspace."""

    def mine(query: Any) -> Any:
        return query.join(Membership, col(Membership.id) == ties.ME)

    monkeypatch.setattr(queries, "_mine", mine)


# The guard that is taken away, whom the sweep sends where, and what it has to say.
GUARDS: dict[str, tuple[Callable[[Patch], None], str, str, set[str]]] = {
    "a handler without a policy": (policy_is(None), "", "/caseload", {"lets in caseload_state.enter"}),
    "a handler marked as public": (policy_is(guard.PUBLIC), "", "/caseload", {"lets in caseload_state.enter"}),
    "no sign-in is asked for": (anybody_signed_in, "", "/caseload", {"lets in caseload_state.enter"}),
    "the gate asks for no right": (
        no_right_is_asked, "newcomer", STUDENT, {f"learns {NAME}", f"learns {LABEL}"},
    ),
    "the gate tells a record that is not hers from none": (
        no_right_is_told_apart, "newcomer", STUDENT, {"tells by student_state.enter"},
    ),
    "the gate does not ask for the workspace": (all_workspaces, "outsider", MATRIX, {f"learns {NAME}"}),
}  # fmt: skip


async def findings(world: World, engine: Engine, who: str, route: str) -> set[str]:
    """What the sweep has to say about one page and its handlers, called by `who`."""
    before, tabs_of, answers = rows_of(engine), [], list[list[Answer]]()
    of_records = {name: one for name, one in world.ids.items() if name not in ("member_id", "manager_id")}
    async with running_tabs() as tabs:
        for ids in (dict.fromkeys(of_records, world.ids["any"]), of_records):
            tab, came = tabs.tab(world.cast.tokens.get(who, "")), list[Answer]()
            for one in here(route):
                came += await send_each(tab, one, route, ids, [ids["student_id"]])
            tabs_of.append(tab)
            answers.append(came)
    there, foreign = answers
    found = {f"learns {one}" for tab in tabs_of for one in learned(tab, CANARIES)}
    found |= {f"changes {one}" for one in changed(before, rows_of(engine))}
    found |= {f"lets in {one}" for one in let_in(foreign)} if not who else set()
    return found | {f"tells by {one}" for one in differing(there, foreign)}


def here(route: str) -> list[str]:
    """The handlers of the page's own state."""
    return [one for one in handlers_by_page()[route] if "signed_in_state." not in short(one)]


@pytest.mark.parametrize("taken_away", GUARDS)
async def test_the_sweep_finds_a_guard_that_was_taken_away(
    world: World, engine: Engine, monkeypatch: Patch, fresh_statements: None, taken_away: str
) -> None:
    take_away, who, route, expected = GUARDS[taken_away]
    assert await findings(world, engine, who, route) == set()
    forget_statements()
    take_away(monkeypatch)
    assert await findings(world, engine, who, route) >= expected


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_where_the_gate_forgets_the_workspace_the_second_wall_still_keeps_an_outsider_out(
    world: World, engine: Engine, monkeypatch: Patch, fresh_statements: None
) -> None:
    all_workspaces(monkeypatch)
    assert await findings(world, engine, "outsider", MATRIX) == set()
