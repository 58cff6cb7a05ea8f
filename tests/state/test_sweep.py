"""Every registered handler against the whole cast: whoever does not belong learns nothing and changes nothing.

The sweep is made from the registry and the source (`tests.sweeping`), so a new handler and a new field are part of it
the day they are written. It opens each page with records of another workspace, with records that do not exist and with
ids that are none, and calls the page's handlers with such ids in every place of an id: arguments, form fields, names of
form fields, lists. Its own test is in test_sweep_bites.py.
"""

import functools
import importlib
import inspect
import pkgutil
import shutil
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine

import therapytrack.state
from tests import databases
from tests.conftest import OpenDb, fresh_database
from tests.full_world import make_full_world
from tests.harness import Tab, running_tabs
from tests.sweeping import (
    IDS,
    Answer,
    Rows,
    changed,
    differing,
    filled,
    handlers,
    handlers_by_page,
    learned,
    let_in,
    pages,
    rows_of,
    send_all,
    short,
    unexpected,
    where,
)
from tests.worlds import CANARIES, INVITED, NAME, World
from therapytrack.access.roles import CLINICAL, PROVIDERS
from therapytrack.models import ClinicalRole
from therapytrack.settings import get_settings
from therapytrack.state import base

MALFORMED = ("not-an-id", "..%2F..%2Fetc", "0" * 400, "\u202e", "1 OR 1=1")
# What these do happens on the page alone, waits for a conflict or a draft in the making, or asks about the account
# (`workspaces_state`): no service with an actor is asked.
ASK_NOTHING = {
    "report_state.show_language",
    "reports_state.cancel",
    "reports_state.follow",
    "reports_state.choose_period",
    "settings_reports_state.ask_remove",
    "settings_reports_state.edit_period",
    "settings_reports_state.edit_set",
    "access_matrix_state.pick",
    "access_matrix_state.pick_all",
    "access_matrix_state.start",
    "activity_state.show",
    "caseload_state.clear_selection",
    "caseload_state.filter_grade",
    "caseload_state.filter_school",
    "caseload_state.open_access",
    "caseload_state.pick",
    "co_sign_state.keep_comment",
    "draft_state.follow",
    "goal_bank_state.begin",
    "goal_bank_state.choose_measure",
    "goal_bank_state.close",
    "goal_bank_state.look",
    "goal_bank_state.use",  # unless the bank shows the goal; tests/state/test_goal_bank.py asks
    "goal_bank_state.use_for",
    "goal_editor_state.choose_measure",
    "goal_editor_state.choose_metric",
    "goal_editor_state.fill",
    "goal_editor_state.keep_mine",
    "goal_plan_state.edit_event",
    "goal_plan_state.edit_objective",
    "goal_plan_state.edit_stage",
    "plan_state.edit",
    "goal_plan_state.leave_out",
    "group_charts_state.choose",
    "handover_state.begin_again",
    "prove_state.enter",
    "schedule_state.show_person",
    "schedule_state.shut",
    "session_state.go_on",
    "session_state.open_times",
    "settings_attendance_state.edit",
    "settings_calendar_state.edit_school",
    "settings_templates_state.edit",
    "settings_workspace_state.keep_mine",
    "signed_in_state.proved",
    "student_form_state.keep_mine",
    "student_state.open_decision",
    "supervision_caseloads_state.choose",
    "supervision_state.ask_why",
    "team_state.ask_offer",
    "team_state.ask_remove",
    "team_state.close_panel",
    "team_state.open_invite",
    "team_state.open_person",
    "today_state.close_form",
    "today_state.open_form",
    "workspaces_state.enter",
    "workspaces_state.retry",
}
# The states of pages that show or change what is recorded of one student, and of many.
OF_STUDENTS = ("student", "student_plan", "goal", "goal_plan", "minutes", "report", "reports", "supervision_caseloads")
# They go on with what the same page did just before; tests/state/test_access_matrix.py, test_notes.py and
# test_schedule.py ask them.
AFTER_ANOTHER = {"access_matrix_state.confirm", "notes_state.note_read", "schedule_state.undo_move"}
# Asked by what stands on the server only (a form that changes nothing yet, a queue with an addendum, a draft that is
# being written, a letter that was not sent, a run of printing, an undo, an open note, emergency access that lasts, the
# student found for it, the rows of the prompt scale), never by an id of the browser's; tests/state/test_access.py,
# test_co_sign.py, test_drafts.py, test_notes.py, test_reports.py, test_schedule.py, test_settings_prompts.py and
# test_team.py ask them.
NOT_BY_AN_ID = {
    "cancel_batch", "change_member", "change_scale", "co_sign_addendum", "draft_status", "fail_batch", "fail_draft",
    "find_again", "finish_batch", "hand_over_invite", "live_glass", "look_at_batch", "make_slot", "mark_read",
    "move_batch", "return_addendum", "running_batch", "store_draft",
}  # fmt: skip
# States of pages on which the office governs: a student's name and who may see her or was told, nothing of her record.
ROSTER = {"access_matrix_state", "activity_state", "disclosures_state", "student_access_state", "team_state"}
# Who is here is no secret among colleagues, nor what the workspace is set to.
KNOWN_TO_COLLEAGUES = (
    "member_id", "manager_id", "code_id", "school_id", "template_id", "bank_id", "period_id", "code_set_id",
)  # fmt: skip
# What each of the cast may change without any right on a student: her own profile, what her office is for, and the
# goal bank if she is one of those who keep it.
MAY_CHANGE = {
    "newcomer": {"account", "bank_goal"},
    "slpa": {"account"},
    "supervisor": {"account", "bank_goal", "supervision_contact"},
    "reader": {"account"},
    "owner": {
        "account", "alarm", "bank_goal", "invite", "membership", "ownership_offer", "sign_in", "student_grant",
        "supervision_link", "supervision_rule", "workspace", "note_template", "school",
        "student",  # whose case manager changes when a caseload is handed over
    },
}  # fmt: skip


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """SQLite unless a test asks for the other: what the sweep finds does not depend on the kind."""
    yield from fresh_database(request, getattr(request, "param", "sqlite"))


@pytest.fixture
def world(engine: Engine, db: OpenDb) -> World:
    with db() as session:
        return make_full_world(session)


async def swept(
    world: World, who: str, ids: dict[str, str], kinds: Sequence[str] = IDS, states: Sequence[str] = ()
) -> tuple[Tab, list[Answer]]:
    """The tab of `who` after the sweep with `ids`, on all pages or those of `states`, and what was answered to each
    event."""
    async with running_tabs() as tabs:
        tab = tabs.tab(world.cast.tokens.get(who, ""))
        answers = await send_all(tab, ids, kinds, states)
    assert unexpected(tab) == []
    return tab, answers


def check_outside(world: World, tab: Tab, before: Rows, after: Rows) -> None:
    """Nothing was learned of a student, and nothing changed or made but in the outsider's own workspace and account."""
    assert learned(tab, [*CANARIES, INVITED]) == []
    assert changed(before, after) <= {"account", "workspace"}
    here = str(world.cast.workspace_id).replace("-", "")
    new = [row for table in after for row in set(after[table]) - set(before[table])]
    assert [row for row in new if here in row.replace("-", "")] == []


@pytest.mark.parametrize("who", ["outsider", "newcomer"])
async def test_foreign_records_and_missing_ones_get_the_same_answers_and_nothing_is_learned_or_changed(
    world: World, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    known = () if who == "outsider" else KNOWN_TO_COLLEAGUES
    of_records = {name: one for name, one in world.ids.items() if name not in known}
    answers = []
    for url, ids in zip(copies(2), (of_records, {one: str(uuid4()) for one in of_records}), strict=True):
        use(monkeypatch, url)
        before = rows_of(databases.owner_engine())
        tab, came = await swept(world, who, ids)
        answers.append(came)
        assert "/sign-in/" not in tab.received
        if who == "outsider":
            check_outside(world, tab, before, rows_of(databases.owner_engine()))
        else:
            check_colleague(who, tab, before, rows_of(databases.owner_engine()))
    assert differing(*answers) == []


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_on_postgresql_who_has_no_right_learns_nothing_and_changes_nothing(world: World, engine: Engine) -> None:
    """An outsider on all pages, then a colleague of each role without a grant on those of records of students."""
    before = rows_of(engine)
    tab, _ = await swept(world, "outsider", world.ids, ["student_id"])
    check_outside(world, tab, before, rows_of(engine))
    for who in ("slpa", "reader"):
        before = rows_of(engine)
        tab, _ = await swept(world, who, world.ids, ["student_id"], OF_STUDENTS)
        check_colleague(who, tab, before, rows_of(engine))


async def test_a_stranger_is_sent_to_the_sign_in_page_and_changes_nothing(world: World, engine: Engine) -> None:
    before = rows_of(engine)
    tab, answers = await swept(world, "", world.ids, ["student_id"])
    assert (learned(tab, [*CANARIES, INVITED]), let_in(answers)) == ([], [])
    assert rows_of(engine) == before


def check_colleague(who: str, tab: Tab, before: Rows, after: Rows) -> None:
    """Without a grant nothing is learned about a student, and nothing of hers changed."""
    secrets = [one for one in CANARIES if one != NAME] if who == "owner" else [*CANARIES, INVITED]
    assert learned(tab, secrets) == []
    assert where(tab, NAME) == (ROSTER if who == "owner" else set())
    assert changed(before, after) <= MAY_CHANGE[who]


async def test_a_reader_without_a_grant_learns_nothing_and_changes_nothing(world: World, engine: Engine) -> None:
    before = rows_of(engine)
    tab, _ = await swept(world, "reader", world.ids)
    check_colleague("reader", tab, before, rows_of(engine))


def copies(number: int) -> list[str]:
    """Addresses of so many copies of this test's database, each for one sweep: what one does no other one finds."""
    url = get_settings().resolved_database_url
    databases.forget_engines()  # the last to close writes everything into the file
    addresses = [url.replace(".db", f"-{place}.db") for place in range(number)]
    for one in addresses:
        shutil.copyfile(url.removeprefix("sqlite:///"), one.removeprefix("sqlite:///"))
    return addresses


def use(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Go on with the database at `url`."""
    monkeypatch.setenv("THERAPYTRACK_DATABASE_URL", url)
    databases.forget_engines()


async def test_an_id_that_is_none_gets_the_answer_of_a_missing_record(world: World) -> None:
    async with running_tabs() as tabs:
        for route in (one for one in pages() if "[" in one):
            for value in (str(uuid4()), *MALFORMED):
                tab = await tabs.tab(world.cast.tokens["slp"]).open(filled(route, dict.fromkeys(world.ids, value)))
                assert "missing_rx_state_': True" in tab.received, (route, value)
                assert unexpected(tab) == []


async def test_whom_it_concerns_does_see_the_students(world: World) -> None:
    async with running_tabs() as tabs:
        tab = tabs.tab(world.cast.tokens["slp"])
        for route in pages():
            await tab.open(filled(route, world.ids))
        assert unexpected(tab) == []
    assert [one for one in CANARIES if one not in tab.received] == []


async def test_every_handler_is_reached_and_colleagues_without_a_grant_learn_and_change_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were the sweep's values refused on the way, it would find nothing: for those who belong here they get through."""
    sending, asking, asked = [""], set[str](), set[str]()
    watch(monkeypatch, base, "_run_once", lambda _actor, service, *_: asked.add(service.__name__))
    watch(monkeypatch, base, "_run_once", lambda *_: asking.add(short(sending[0])))
    for module, name in services_of_pages():
        watch(monkeypatch, module, name, lambda *_, name=name: asked.add(name))
    people = ("owner", "slp", "supervisor", "slpa")
    for who, url in zip(people, copies(len(people)), strict=True):
        use(monkeypatch, url)
        before = rows_of(databases.owner_engine())
        async with running_tabs() as tabs:
            tab = tabs.tab(world.cast.tokens[who])
            monkeypatch.setattr(tab, "send", noting(tab.send, sending))
            await send_all(tab, world.ids)
        assert unexpected(tab) == []
        if who != "slp":
            check_colleague(who, tab, before, rows_of(databases.owner_engine()))
    wrong = sorted(({short(one) for one in handlers()} - asking) ^ (ASK_NOTHING | AFTER_ANOTHER))
    wrong += sorted(({name for _, name in services_of_pages()} - asked) ^ NOT_BY_AN_ID)
    assert not wrong, "not reached, or reached although it stands in a list of exceptions:\n" + "\n".join(wrong)


def services_of_pages() -> list[tuple[Any, str]]:
    """Every service that a state module imports, with the module."""
    modules = [
        importlib.import_module(f"{therapytrack.state.__name__}.{one.name}")
        for one in pkgutil.iter_modules(therapytrack.state.__path__)
    ]
    return [(module, name) for module in modules for name, found in vars(module).items() if is_service(found)]


def is_service(found: Any) -> bool:
    """A function of a service module that works for an actor."""
    ours = inspect.isfunction(found) and found.__module__.startswith("therapytrack.services.")
    return ours and list(inspect.signature(found).parameters)[:2] == ["db", "actor"]


def watch(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, note: Callable[..., object]) -> None:
    """Call `note` with its arguments whenever the function `name` of `module` is called."""
    found = getattr(module, name)

    @functools.wraps(found)
    def watching(*args: Any, **more: Any) -> Any:
        note(*args)
        return found(*args, **more)

    monkeypatch.setattr(module, name, watching)


def noting(send: Callable[..., Any], sending: list[str]) -> Callable[..., Any]:
    """`send`, which also keeps the name of the event."""

    async def send_and_note(**event: Any) -> Tab:
        sending[0] = event["name"]
        tab: Tab = await send(**event)
        return tab

    return send_and_note


def test_the_sweep_covers_every_role_and_every_page() -> None:
    assert {ClinicalRole.READER} == CLINICAL - PROVIDERS
    assert set(handlers_by_page()) == set(pages())
    assert {one for its_own in handlers_by_page().values() for one in its_own} == set(handlers())
    assert len(handlers()) >= 80
