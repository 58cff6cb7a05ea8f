"""The settings' events: one's own profile and sign-ins, the workspace's form, the switch for AI."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from tests.conftest import OpenDb
from tests.factories import Cast, make_cast
from tests.harness import running_tabs
from therapytrack.models import Account, Activity, CalendarFeed, Membership, SignIn, Workspace, new_id, utc_now
from therapytrack.settings import get_settings
from therapytrack.state.settings_ai import SettingsAiState
from therapytrack.state.settings_profile import SettingsProfileState
from therapytrack.state.settings_workspace import SettingsWorkspaceState
from therapytrack.state.shell import ShellState

FORM = {"name": "Lake School", "time_zone": "America/Chicago", "us_state": "IL"}
PROFILE = {"name": "Dr. Ana Núñez", "credential": "CCC-SLP", "us_state": "NY", "single_keys": "on"}


@pytest.fixture
def cast(db: OpenDb) -> Cast:
    with db() as session:
        return make_cast(session)


@pytest.fixture
def with_key(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A server that is set up for an AI service of its own."""
    monkeypatch.setenv("THERAPYTRACK_ANTHROPIC_API_KEY", "sk-canary")
    monkeypatch.setenv("THERAPYTRACK_ANTHROPIC_BASE_URL", "https://ai.example")
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


def workspace(db: OpenDb, cast: Cast) -> Workspace:
    with db() as session:
        return session.get_one(Workspace, cast.workspace_id)


def prove(db: OpenDb, cast: Cast, who: str) -> None:
    """As if the person had just given her password."""
    with db() as session:
        mine = col(SignIn.token_hash) == cast.tokens[who]
        session.execute(update(SignIn).where(mine).values(proved_at=utc_now()))


async def test_a_profile_is_saved_and_stands_at_the_foot_of_the_page(db: OpenDb, cast: Cast) -> None:
    async with running_tabs() as tabs:
        tab = await tabs.tab(cast.tokens["slp"]).open("/settings/profile")
        assert tab.var(SettingsProfileState.fields)["name"] == "Slp"
        await tab.call(SettingsProfileState, "save", form=PROFILE)
        assert tab.var(SettingsProfileState.done) == "Saved."
        assert tab.var(ShellState.person).name == "Dr. Ana Núñez"
        await tab.call(SettingsProfileState, "save", form=PROFILE)
        assert not tabs.errors
    with db() as session:
        rows = session.execute(select(Activity).where(col(Activity.action) == "edit own profile")).scalars().all()
        accounts = session.execute(select(col(Account.name)).where(col(Account.name) == PROFILE["name"])).all()
    assert [row.detail for row in rows] == [{"fields": ["name", "credential"]}]
    assert len(accounts) == 1


async def test_single_keys_are_switched_off_with_the_account_and_every_page_knows(db: OpenDb, cast: Cast) -> None:
    without = {name: value for name, value in PROFILE.items() if name != "single_keys"}
    async with running_tabs() as tabs:
        tab = await tabs.tab(cast.tokens["slp"]).open("/settings/profile")
        assert (tab.var(ShellState.single_keys), tab.var(SettingsProfileState.fields)["single_keys"]) == (True, "on")
        await tab.call(SettingsProfileState, "save", form=without)
        assert (tab.var(ShellState.single_keys), tab.var(SettingsProfileState.fields)["single_keys"]) == (False, "")
        for path in ("/caseload", "/notes", "/co-sign", "/today", "/team"):
            page = await tabs.tab(cast.tokens["slp"]).open(path)
            assert page.var(ShellState.single_keys) is False, path
        other = await tabs.tab(cast.tokens["owner"]).open("/team")
        assert other.var(ShellState.single_keys) is True
        await tab.call(SettingsProfileState, "save", form=PROFILE)
        assert tab.var(ShellState.single_keys) is True
        assert not tabs.errors
    with db() as session:
        rows = session.execute(select(Activity).where(col(Activity.action) == "edit own profile")).scalars().all()
    assert [row.detail["fields"][-1] for row in rows] == ["single_keys"] * 2


@pytest.mark.parametrize(("field", "value"), [("name", " "), ("us_state", "ZZ"), ("credential", "x" * 61)])
async def test_a_mistake_in_the_profile_keeps_what_was_typed(db: OpenDb, cast: Cast, field: str, value: str) -> None:
    async with running_tabs() as tabs:
        tab = await tabs.tab(cast.tokens["slp"]).open("/settings/profile")
        key = tab.var(SettingsProfileState.form_key)
        await tab.call(SettingsProfileState, "save", form=PROFILE | {field: value})
        assert list(tab.var(SettingsProfileState.field_errors)) == [field]
        assert tab.var(SettingsProfileState.form_key) == key


async def test_a_person_sees_where_she_is_signed_in_and_ends_one_elsewhere(db: OpenDb, cast: Cast) -> None:
    now = utc_now()
    with db() as session:
        here = session.execute(select(SignIn).where(col(SignIn.token_hash) == cast.tokens["slp"])).scalar_one()
        common = {"account_id": here.account_id, "workspace_id": here.workspace_id, "last_active_at": now}
        other = SignIn(**common, token_hash="other", expires_at=now + timedelta(hours=1))
        gone = SignIn(**common, token_hash="gone", expires_at=now - timedelta(hours=1))
        session.add_all([other, gone])
        session.flush()
        foreign = session.execute(select(SignIn).where(col(SignIn.token_hash) == cast.tokens["owner"])).scalar_one()
    async with running_tabs() as tabs:
        tab = await tabs.tab(cast.tokens["slp"]).open("/settings/profile")
        assert {one.id: one.here for one in tab.var(SettingsProfileState.sign_ins)} == {
            str(here.id): True,
            str(other.id): False,
        }
        for one in (foreign.id, gone.id, new_id()):
            await tab.call(SettingsProfileState, "end_sign_in", sign_in_id=str(one))
            assert tab.var(SettingsProfileState.problem).startswith("We could not find that.")
        await tab.call(SettingsProfileState, "end_sign_in", sign_in_id=str(other.id))
        assert [one.here for one in tab.var(SettingsProfileState.sign_ins)] == [True]
    with db() as session:
        ended = session.execute(select(col(SignIn.token_hash)).where(col(SignIn.ended_at).is_not(None))).scalars().all()
    assert ended == ["other"]


async def test_the_office_changes_the_workspace_and_everybody_reads_it(db: OpenDb, cast: Cast) -> None:
    async with running_tabs() as tabs:
        tab = await tabs.tab(cast.tokens["owner"]).open("/settings/workspace")
        assert tab.var(SettingsWorkspaceState.may_edit)
        await tab.call(SettingsWorkspaceState, "save", form=FORM | {"assistants_may_export": "on"})
        assert tab.var(SettingsWorkspaceState.done).startswith("Saved.")
        reader = await tabs.tab(cast.tokens["reader"]).open("/settings/workspace")
        assert not reader.var(SettingsWorkspaceState.may_edit)
        assert ("Assistants may export session logs", "On") in map(tuple, reader.var(SettingsWorkspaceState.lines))
        await reader.call(SettingsWorkspaceState, "save", form=FORM | {"name": "Mine"})
        assert "Ask its owner" in reader.var(SettingsWorkspaceState.problem)
    stored = workspace(db, cast)
    assert (stored.name, stored.time_zone, stored.assistants_may_export) == ("Lake School", "America/Chicago", True)
    with db() as session:
        rows = session.execute(select(Activity).where(col(Activity.action) == "configure workspace")).scalars().all()
    assert {row.outcome for row in rows} == {"done", "refused"}
    assert "assistants_may_export" in next(row.detail["fields"] for row in rows if row.outcome == "done")


async def test_two_who_change_the_workspace_see_both_texts_and_choose(db: OpenDb, cast: Cast) -> None:
    async with running_tabs() as tabs:
        first, second = [await tabs.tab(cast.tokens["owner"]).open("/settings/workspace") for _ in range(2)]
        await first.call(SettingsWorkspaceState, "save", form=FORM | {"name": "First"})
        key = second.var(SettingsWorkspaceState.form_key)
        await second.call(SettingsWorkspaceState, "save", form=FORM | {"name": "Second"})
        assert "Name: First" in second.var(SettingsWorkspaceState.conflict).theirs
        assert (workspace(db, cast).name, second.var(SettingsWorkspaceState.form_key)) == ("First", key)
        await second.call(SettingsWorkspaceState, "keep_mine")
        await second.call(SettingsWorkspaceState, "save", form=FORM | {"name": "Second"})
        assert (workspace(db, cast).name, second.var(SettingsWorkspaceState.conflict).theirs) == ("Second", "")


async def test_the_workspaces_form_goes_on_over_its_version_until_its_right_has_ended(db: OpenDb, cast: Cast) -> None:
    state, path = SettingsWorkspaceState, "/settings/workspace"
    async with running_tabs() as tabs:
        tab, other = [await tabs.tab(cast.tokens["owner"]).open(path) for _ in range(2)]
        key = tab.var(state.form_key)
        await other.call(state, "save", form=FORM | {"name": "First"})
        assert other.var(state.form_key) != key
        for restarted in (False, True):
            if restarted:
                tabs.restart()
            await tab.come_back()
            assert (tab.var(state.form_key), tab.var(state.lines)[0]) == (key, ("Name", "First"))
        await tab.call(state, "save", form=FORM | {"name": "Second"})
        assert "Name: First" in tab.var(state.conflict).theirs
        await tab.come_back()
        await tab.call(state, "keep_mine")
        with db() as session:
            session.execute(update(Membership).values(admin_role="none"))
        await tab.come_back()
        assert (tab.var(state.may_edit), tab.var(state.form_key)) == (False, "")
        assert tab.var(state.conflict).theirs == ""
        assert not tabs.errors
    assert workspace(db, cast).name == "First"


async def test_the_profiles_form_goes_on_when_its_page_reconnects(cast: Cast) -> None:
    state, path = SettingsProfileState, "/settings/profile"
    async with running_tabs() as tabs:
        tab = await tabs.tab(cast.tokens["slp"]).open(path)
        key = tab.var(state.form_key)
        for restarted in (False, True):
            if restarted:
                tabs.restart()
            await tab.come_back()
            assert tab.var(state.form_key) == key
        await tab.call(state, "save", form=PROFILE)
        assert (tab.var(state.done), tab.var(state.form_key) == key) == ("Saved.", False)


async def test_a_double_click_on_save_is_one_change(db: OpenDb, cast: Cast) -> None:
    async with running_tabs() as tabs:
        tab = await tabs.tab(cast.tokens["owner"]).open("/settings/workspace")
        for _ in range(2):
            await tab.call(SettingsWorkspaceState, "save", form=FORM)
        assert tab.var(SettingsWorkspaceState.problem) == ""
    with db() as session:
        query = select(Activity).where(col(Activity.action) == "configure workspace")
        assert len(session.execute(query).all()) == 1


@pytest.mark.parametrize(("field", "value"), [("name", ""), ("time_zone", "Mars/Olympus"), ("us_state", "")])
async def test_a_mistake_in_the_workspaces_settings_is_told_beside_its_field(
    db: OpenDb, cast: Cast, field: str, value: str
) -> None:
    async with running_tabs() as tabs:
        tab = await tabs.tab(cast.tokens["owner"]).open("/settings/workspace")
        await tab.call(SettingsWorkspaceState, "save", form=FORM | {field: value})
        assert list(tab.var(SettingsWorkspaceState.field_errors)) == [field]
    assert workspace(db, cast).version == 1


async def test_a_time_zone_beyond_the_list_stays_a_choice(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        session.get_one(Workspace, cast.workspace_id).time_zone = "America/Boise"
    async with running_tabs() as tabs:
        tab = await tabs.tab(cast.tokens["owner"]).open("/settings/workspace")
        assert tab.var(SettingsWorkspaceState.zones)[0].value == "America/Boise"


async def test_the_owner_switches_ai_after_a_proof_and_nobody_else_does(db: OpenDb, cast: Cast, with_key: None) -> None:
    async with running_tabs() as tabs:
        tab = await tabs.tab(cast.tokens["owner"]).open("/settings/ai")
        assert (tab.var(SettingsAiState.on), tab.var(SettingsAiState.address)) == (False, "https://ai.example")
        await tab.call(SettingsAiState, "turn", form={"turn": "on"})
        assert tab.var(SettingsAiState.proof_asked) and not workspace(db, cast).ai_enabled
        prove(db, cast, "owner")
        for _ in range(2):
            await tab.call(SettingsAiState, "turn", form={"turn": "on"})
        assert tab.var(SettingsAiState.on) and workspace(db, cast).ai_enabled
        prove(db, cast, "slp")
        other = await tabs.tab(cast.tokens["slp"]).open("/settings/ai")
        assert (other.var(SettingsAiState.on), other.var(SettingsAiState.may_switch)) == (True, False)
        await other.call(SettingsAiState, "turn", form={"turn": "off"})
        assert "Ask its owner" in other.var(SettingsAiState.problem)
        assert "sk-canary" not in tab.received + other.received
    assert workspace(db, cast).ai_enabled
    with db() as session:
        rows = session.execute(select(Activity).where(col(Activity.action) == "switch AI")).scalars().all()
    done = [row.detail for row in rows if row.outcome == "done"]
    assert done == [{"fields": ["ai_enabled"], "now": "on"}]


async def test_a_server_without_a_key_says_that_nothing_can_be_sent(db: OpenDb, cast: Cast) -> None:
    async with running_tabs() as tabs:
        tab = await tabs.tab(cast.tokens["reader"]).open("/settings/ai")
        assert tab.var(SettingsAiState.has_key) is False
        assert tab.var(SettingsAiState.address) == "https://api.anthropic.com"


async def test_the_address_of_a_feed_is_shown_once_and_a_new_one_ends_it(cast: Cast, db: OpenDb) -> None:
    async with running_tabs() as tabs:
        tab = await tabs.tab(cast.tokens["slp"]).open("/settings/profile")
        assert (tab.var(SettingsProfileState.has_feed), tab.var(SettingsProfileState.feed).made) == (True, "")
        await tab.call(SettingsProfileState, "make_feed", form={"shows": "everything"})
        assert set(tab.var(SettingsProfileState.field_errors)) == {"shows"}
        addresses = []
        for _ in range(2):
            await tab.call(SettingsProfileState, "make_feed", form={"shows": "initials"})
            addresses.append(tab.var(SettingsProfileState.feed).address)
        assert len(set(addresses)) == 2
        assert all(re.fullmatch(r"http://[^/]+/calendar/[\w-]{43}\.ics", one) for one in addresses)
        await tab.open("/settings/profile")
        assert tab.var(SettingsProfileState.feed).address == ""
        assert tab.var(SettingsProfileState.feed).words == "their initials"
        await tab.call(SettingsProfileState, "end_feed")
        assert tab.var(SettingsProfileState.feed).made == ""
        other = await tabs.tab(cast.tokens["owner"]).open("/settings/profile")
        assert other.var(SettingsProfileState.has_feed) is False
        assert not tabs.errors
    with db() as session:
        rows = session.execute(select(CalendarFeed)).scalars().all()
        assert [one.revoked_at is None for one in rows] == [False, False]
