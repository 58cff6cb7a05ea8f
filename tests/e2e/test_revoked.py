"""A right ends while a page is open: the next event is refused and the page forgets, on the wire and in a browser."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.demo import PATIENCE_MS, Ear, enter, key, look, named
from tests.e2e.servers import Server
from tests.e2e.wire import HYDRATE, Wire, aside, cookie_of, sign_in, wire
from therapytrack.state.notes import NotesState
from therapytrack.state.session import SessionState
from therapytrack.state.student import StudentState
from therapytrack.state.student_access import StudentAccessState
from therapytrack.state.team import TeamState

pytestmark = pytest.mark.e2e
TYPED = "Written a moment too late"
MISSING = "'missing_rx_state_': True"
CLINICIAN, ASSISTANT = "Rosa Alvarez", "Daniel Osei"
# The clinician's unwritten notes, one for each student, in sessions that are over.
DRAFTS = (
    "SELECT t.family_name, t.id, s.id, e.id, e.note_version FROM session_entry e "
    "JOIN therapy_session s ON s.id = e.session_id JOIN student t ON t.id = e.student_id "
    "JOIN membership m ON m.id = e.author_id JOIN account a ON a.id = m.account_id "
    "WHERE a.email LIKE 'clinician@%' AND e.note_status = 'draft' AND s.status = 'finished' "
    "GROUP BY t.id ORDER BY t.family_name"
)
GRANT = (
    "SELECT g.id FROM student_grant g JOIN membership m ON m.id = g.membership_id "
    "JOIN account a ON a.id = m.account_id "
    "WHERE a.email LIKE 'clinician@%' AND g.student_id = ? AND g.ends_at IS NULL"
)


@dataclass(frozen=True)
class Case:
    """A student of the clinician's, a session with an unwritten note about her, and the clinician's right to it."""

    name: str
    student: str
    session: str
    entry: str
    grant: str
    version: int


@pytest.fixture(scope="module")
def revoking(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose rights these tests take away."""
    running = Server(tmp_path_factory.mktemp("revoking") / "data").start()
    yield running
    running.stop()


def written(stored: str) -> str:
    """An id of the database file as addresses write it."""
    return str(UUID(stored))


@pytest.fixture(scope="module")
def cases(revoking: Server) -> Iterator[Case]:
    """One student after the other."""
    found = []
    for name, student, session, entry, version in look(revoking, DRAFTS):
        ((grant,),) = look(revoking, GRANT, student)
        found.append(Case(name, written(student), written(session), written(entry), written(grant), version))
    return iter(found)


async def told(tab: Wire, state: type[Any], handler: str, path: str, *, answered: bool = True, **payload: Any) -> str:
    """What comes back for an event of a state."""
    return await tab.send(f"{state.get_full_name()}.{handler}", path, answered=answered, **payload)


async def revoke(server: Server, owner: httpx.Client, case: Case) -> str:
    """The owner ends the clinician's right on her own page of access."""
    path = f"/students/{case.student}/access"
    async with wire(server, cookie=cookie_of(owner)) as tab:
        await tab.send(HYDRATE, path)
        await told(tab, StudentAccessState, "enter", path)
        return await told(tab, StudentAccessState, "revoke", path, grant_id=case.grant)


def write(case: Case) -> dict[str, Any]:
    """The note that a page still open would save."""
    return {"entry": case.entry, "text": TYPED, "version": case.version}


@pytest.mark.parametrize("page", ["student", "session", "notes"])
def test_the_next_event_of_an_open_page_is_refused_and_the_page_forgets(
    revoking: Server, cases: Iterator[Case], page: str
) -> None:
    case, owner, clinician = next(cases), sign_in(revoking, "owner"), sign_in(revoking, "clinician")
    path = {
        "student": f"/students/{case.student}",
        "session": f"/sessions/{case.session}",
        "notes": f"/sessions/{case.session}/notes?note={case.entry}",
    }[page]
    state = {"student": StudentState, "session": SessionState, "notes": NotesState}[page]
    handler, payload = ("log_session", {}) if page == "student" else ("save_note", write(case))

    async def go_on() -> tuple[str, str, str, str]:
        async with wire(revoking, cookie=cookie_of(clinician)) as tab:
            before = await tab.send(HYDRATE, path) + await told(tab, state, "enter", path)
            ended = await revoke(revoking, owner, case)
            refused = await told(tab, state, handler, path, **payload)
            return before, ended, refused, await told(tab, state, "enter", path)

    before, ended, refused, again = aside(go_on())
    assert case.name in before
    assert "Ended, from this moment on." in ended
    assert MISSING in refused and MISSING in again
    assert case.name not in refused + again
    assert look(revoking, "SELECT note FROM session_entry WHERE id = ?", key(case.entry)) != [(TYPED,)]


def test_a_page_that_reconnects_after_the_right_ended_is_sent_nothing_of_it(
    revoking: Server, cases: Iterator[Case]
) -> None:
    case, owner, clinician = next(cases), sign_in(revoking, "owner"), sign_in(revoking, "clinician")
    path = f"/students/{case.student}"

    async def go_on() -> tuple[str, str, str]:
        async with wire(revoking, cookie=cookie_of(clinician)) as tab:
            before = await tab.send(HYDRATE, path)
        ended = await revoke(revoking, owner, case)
        async with wire(revoking, tab.token, cookie_of(clinician)) as again:
            return before, ended, await again.send(HYDRATE, path)

    before, ended, back = aside(go_on())
    assert case.name in before
    assert "Ended, from this moment on." in ended
    assert MISSING in back and case.name not in back


async def remove(server: Server, owner: httpx.Client, name: str) -> str:
    """The owner takes a person out on the team's page; her sign-in is young enough to be a proof."""
    query = "SELECT m.id FROM membership m JOIN account a ON a.id = m.account_id WHERE a.name = ?"
    ((member,),) = look(server, query, name)
    async with wire(server, cookie=cookie_of(owner)) as tab:
        await tab.send(HYDRATE, "/team")
        await told(tab, TeamState, "enter", "/team")
        await told(tab, TeamState, "open_person", "/team", member_id=written(member))
        await told(tab, TeamState, "ask_remove", "/team")
        return await told(tab, TeamState, "remove", "/team")


def test_a_removed_persons_open_socket_is_sent_to_the_sign_in_and_forgets_everything(revoking: Server) -> None:
    owner, assistant = sign_in(revoking, "owner"), sign_in(revoking, "assistant")

    async def go_on() -> tuple[str, str, str, str]:
        async with wire(revoking, cookie=cookie_of(assistant)) as tab:
            before = await tab.send(HYDRATE, "/notes") + await told(tab, NotesState, "enter", "/notes")
            removed = await remove(revoking, owner, ASSISTANT)
            refused = await told(tab, NotesState, "enter", "/notes")
            return before, removed, refused, await told(tab, StudentState, "enter", "/students")

    before, removed, refused, again = aside(go_on())
    assert named(before) != []
    assert f"{ASSISTANT} is removed" in removed
    for answer in (refused, again):
        assert "/sign-in/?ended=1" in answer
        assert named(answer) == []


def tab(browser: Browser, server: Server, who: str, path: str) -> Page:
    """A browser of one's own, at a page."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US").new_page()
    page.set_default_timeout(PATIENCE_MS)
    enter(page, server, who)
    page.goto(server.url + path)
    return page


def test_in_the_browser_a_revoke_by_another_person_empties_the_open_page(
    revoking: Server, cases: Iterator[Case], browser: Browser
) -> None:
    case = next(cases)
    clinician = tab(browser, revoking, "Clinician", f"/students/{case.student}")
    ear = Ear(clinician)
    expect(clinician.get_by_role("heading", level=1)).to_contain_text(case.name)
    owner = tab(browser, revoking, "Owner", f"/students/{case.student}/access")
    owner.get_by_role("button", name=re.compile(f"^Revoke .*{CLINICIAN}$")).click()
    expect(owner.get_by_text("Ended, from this moment on.")).to_be_visible()
    clinician.get_by_role("button", name="Log session").click()
    expect(clinician.get_by_role("heading", name="Not found")).to_be_visible()
    assert case.name not in clinician.content()
    clinician.go_back()
    clinician.go_forward()
    expect(clinician.get_by_role("heading", name="Not found")).to_be_visible()
    assert ear.heard == []
    for page in (clinician, owner):
        page.context.close()
