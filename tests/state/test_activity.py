"""The activity page as a tab sees it: what its address and its filters ask for, page after page, in few statements."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.conftest import OpenDb
from tests.factories import Cast, add_student, make_cast
from tests.harness import Tab, Tabs, running_tabs
from tests.state.test_access import part
from tests.state.test_statements import counted
from therapytrack.access.actions import Action
from therapytrack.models import Activity, new_id, utc_now
from therapytrack.services.activity import record, record_failure
from therapytrack.services.activity_log import PAGE
from therapytrack.services.alarms import tell
from therapytrack.state.activity import ActivityState

YESTERDAY = (utc_now().date() - timedelta(days=1)).isoformat()  # today begins later where the workspace is
STATEMENTS = 8


@pytest.fixture
def world(db: OpenDb) -> tuple[Cast, UUID]:
    """The slp opened Ana and exported her summary, and was refused once; the reader signed in."""
    with db() as session:
        cast = make_cast(session)
        ana = add_student(session, cast, "Ana", "Núñez").id
        add_student(session, cast, "Ben", "Okafor")
    with db() as session:
        slp = cast.actor(session, "slp")
        record(session, slp, Action.VIEW, student_id=ana, record_kind="student", record_id=ana)
        record(session, slp, Action.EXPORT_SUMMARY, student_id=ana, medium="pdf")
        record_failure(session, slp, "prove", "sign_in", slp.sign_in_id, "credentials")
        record(session, cast.actor(session, "reader"), "sign in")
    return cast, ana


@pytest.fixture
async def tabs(world: tuple[Cast, UUID]) -> AsyncIterator[Tabs]:
    async with running_tabs() as running:
        yield running
        assert running.errors == []


async def log_of(tabs: Tabs, cast: Cast, who: str = "owner", **query: str) -> Tab:
    """The page in a tab of `who`, at the address with `query`."""
    return await tabs.tab(cast.tokens[who]).open(f"/activity?{urlencode(query)}")


def numbers(tab: Tab) -> list[int]:
    return [part(row, "number") for row in tab.var(ActivityState.rows) or []]


def choice(tab: Tab, name: str) -> Any:
    return part(tab.var(ActivityState.choice), name)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"what": "sign-ins"}, [4, 3]),
        ({"outcome": "refused"}, [3]),
        ({"person": "slp"}, [3, 2, 1]),
        ({"student": "ana"}, [2, 1]),
        ({"student": "ana", "what": "exports"}, [2]),
        ({"tab": "exports"}, [2]),
        ({"since": YESTERDAY, "person": "slp"}, [3, 2, 1]),
        ({"until": "2020-01-01"}, []),
        ({"what": "nothing of ours", "outcome": "x", "person": "x", "until": "x", "before": "x"}, [4, 3, 2, 1]),
    ],
)
async def test_the_address_decides_what_is_shown(
    tabs: Tabs, world: tuple[Cast, UUID], query: dict[str, str], expected: list[int]
) -> None:
    cast, ana = world
    ids = {"slp": str(cast.members["slp"]), "ana": str(ana)}
    tab = await log_of(tabs, cast, **{name: ids.get(value, value) for name, value in query.items()})
    assert numbers(tab) == expected
    assert choice(tab, "student") == ("Ana Núñez" if "student" in query else "")


async def test_the_filters_lead_to_an_address_that_keeps_tab_and_student(tabs: Tabs, world: tuple[Cast, UUID]) -> None:
    cast, ana = world
    tab = await log_of(tabs, cast, tab="exports", student=str(ana))
    form = {"person": str(cast.members["slp"]), "what": "exports", "outcome": "done", "since": YESTERDAY, "until": ""}
    await tab.call(ActivityState, "show", form=form)
    (event,) = tab.events
    for word in ("tab=exports", f"student={ana}", f"person={form['person']}", "outcome=done", f"since={YESTERDAY}"):
        assert word in repr(event)


async def test_wrong_days_are_told_beside_their_field_and_lead_nowhere(tabs: Tabs, world: tuple[Cast, UUID]) -> None:
    tab = await log_of(tabs, world[0])
    before = numbers(tab)
    await tab.call(ActivityState, "show", form={"since": "2026-02-02", "until": "2026-01-01"})
    assert set(tab.var(ActivityState.field_errors)) == {"until"}
    await tab.call(ActivityState, "show", form={"since": "no day"})
    assert set(tab.var(ActivityState.field_errors)) == {"since"}
    assert (tab.events, numbers(tab)) == ([], before)


async def test_a_student_is_found_by_a_name_that_no_address_holds(tabs: Tabs, world: tuple[Cast, UUID]) -> None:
    cast, ana = world
    tab = await log_of(tabs, cast, what="looked")
    await tab.call(ActivityState, "search", form={"name": "nunez"})
    (found,) = tab.var(ActivityState.found)
    assert part(found, "name") == "Ana Núñez"
    assert part(found, "href") == f"/activity?student={ana}&what=looked"
    await tab.call(ActivityState, "search", form={"name": "nobody at all"})
    assert (tab.var(ActivityState.found), tab.var(ActivityState.searched)) == ([], True)


async def test_pages_follow_one_another_to_the_end(tabs: Tabs, world: tuple[Cast, UUID], db: OpenDb) -> None:
    cast, _ = world
    with db() as session:
        slp = cast.actor(session, "slp")
        for _ in range(PAGE):
            record(session, slp, "sign in")
    tab = await log_of(tabs, cast, person=str(cast.members["slp"]))
    first, older = numbers(tab), choice(tab, "older")
    assert (len(first), choice(tab, "newest")) == (PAGE, "")
    assert older == f"/activity?person={cast.members['slp']}&before={first[-1]}"
    await tab.open(older)
    assert numbers(tab) == [3, 2, 1]
    assert (choice(tab, "older"), choice(tab, "newest")) == ("", f"/activity?person={cast.members['slp']}")


async def test_looking_is_logged_with_how_much_was_shown(tabs: Tabs, world: tuple[Cast, UUID], db: OpenDb) -> None:
    await log_of(tabs, world[0], what="sign-ins")
    with db() as session:
        act = session.execute(select(Activity).where(Activity.action == Action.VIEW_AUDIT)).scalar_one()  # type: ignore[arg-type]
    assert act.detail == {"rows": 2}


@pytest.mark.parametrize("rows", [1, 40])
async def test_opening_takes_as_many_statements_however_many_rows_there_are(
    tabs: Tabs, world: tuple[Cast, UUID], db: OpenDb, rows: int
) -> None:
    cast, ana = world
    with db() as session:
        slp = cast.actor(session, "slp")
        for _ in range(rows):
            record(session, slp, Action.VIEW, student_id=ana, record_kind="student", record_id=ana)
    tab = await tabs.tab(cast.tokens["owner"]).open("/today")
    with counted() as sent:
        await tab.send(name=f"{ActivityState.get_full_name()}.enter", path="/activity")
    assert len(numbers(tab)) > rows
    assert len(sent) == STATEMENTS


@pytest.mark.parametrize("who", ["slp", "slpa", "supervisor", "reader"])
async def test_others_see_what_they_were_told_of_and_no_log(tabs: Tabs, world: tuple[Cast, UUID], who: str) -> None:
    tab = await log_of(tabs, world[0], who, person=str(world[0].members["slp"]))
    assert (tab.var(ActivityState.sees_log) or False, numbers(tab)) == (False, [])
    await tab.call(ActivityState, "search", form={"name": "Ana"})
    assert "Núñez" not in tab.received


async def test_a_notice_is_put_aside_by_the_person_it_was_for(tabs: Tabs, world: tuple[Cast, UUID], db: OpenDb) -> None:
    cast, ana = world
    with db() as session:
        tell(session, cast.actor(session, "slp"), "break glass", student_id=ana)
    tab = await log_of(tabs, cast)
    (told,) = tab.var(ActivityState.told)
    await tab.call(ActivityState, "aside", alarm_id=str(new_id()))
    assert len(tab.var(ActivityState.told)) == 1
    await tab.call(ActivityState, "aside", alarm_id=part(told, "id"))
    assert tab.var(ActivityState.told) == []
