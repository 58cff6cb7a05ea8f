"""The real server over the raw websocket: what a page of ours would never send is refused, and nothing is logged."""

import re
from urllib.parse import quote
from uuid import UUID

import pytest
from socketio.exceptions import ConnectionError as Refused

from tests.e2e.demo import key, look, named
from tests.e2e.servers import Server
from tests.e2e.wire import HYDRATE, Wire, aside, cookie_of, post, sign_in, wire
from therapytrack.state.caseload import CaseloadState
from therapytrack.state.notes import NotesState
from therapytrack.state.student import StudentState

pytestmark = pytest.mark.e2e
CASELOAD = f"{CaseloadState.get_full_name()}.enter"
HER_DRAFT = (
    "SELECT e.id, e.student_id, e.session_id FROM session_entry e "
    "JOIN therapy_session s ON s.id = e.session_id JOIN membership m ON m.id = e.author_id "
    "JOIN account a ON a.id = m.account_id "
    "WHERE a.email = ? AND e.note_status = 'draft' AND e.note = '' ORDER BY s.status"
)
NOTE_CANARY = "Zanzibar quokka refuses the blue marble"


@pytest.mark.parametrize("origin", ["http://evil.example", "null", ""])
def test_a_websocket_from_another_origin_is_refused(server: Server, origin: str) -> None:
    cookie = cookie_of(sign_in(server, "clinician"))
    with pytest.raises(Refused):
        aside(Wire(server, cookie=cookie, origin=origin).open())


async def steal(server: Server, owner: str, thief: str) -> tuple[str, str, str]:
    """What an owner's tab received, and what then reaches a thief who opens a socket with the same tab token."""
    async with wire(server, cookie=owner) as tab:
        hers = await tab.send(HYDRATE, "/caseload") + await tab.send(CASELOAD, "/caseload")
        async with wire(server, tab.token, thief) as stolen:
            for name, path in ((HYDRATE, "/caseload"), (CASELOAD, "/caseload"), (HYDRATE, "/today")):
                await stolen.send(name, path)
            theirs = stolen.received
        again = await tab.send(CASELOAD, "/caseload")
    return hers, theirs, again


@pytest.mark.parametrize("thief", ["", "outsider"], ids=["nobody", "an outsider"])
def test_a_stolen_tab_token_shows_nothing_of_its_owner(server: Server, thief: str) -> None:
    cookie = cookie_of(sign_in(server, thief)) if thief else ""
    hers, theirs, again = aside(steal(server, cookie_of(sign_in(server, "clinician")), cookie))
    assert "Mateo" in hers
    assert set(named(theirs)) <= ({"Oscar", "Baptiste", "Willa", "Chen", "June", "Okafor"} if thief else set())
    assert "/sign-in/" not in again


def test_after_sign_out_the_open_sockets_next_event_is_refused(server: Server) -> None:
    client = sign_in(server, "clinician")

    async def go_on() -> tuple[str, str]:
        async with wire(server, cookie=cookie_of(client)) as tab:
            before = await tab.send(HYDRATE, "/caseload") + await tab.send(CASELOAD, "/caseload")
            post(client, "/auth/sign-out").raise_for_status()
            return before, await tab.send(CASELOAD, "/caseload")

    before, after = aside(go_on())
    assert "Mateo" in before
    assert "/sign-in/?ended=1" in after
    assert named(after) == []


def test_a_copied_cookie_is_worth_nothing_after_sign_out(server: Server) -> None:
    client = sign_in(server, "clinician")
    copied = cookie_of(client)
    post(client, "/auth/sign-out").raise_for_status()

    async def come_back() -> str:
        async with wire(server, cookie=copied) as tab:
            return await tab.send(HYDRATE, "/caseload") + await tab.send(CASELOAD, "/caseload")

    assert named(aside(come_back())) == []


async def misbehave(server: Server, cookie: str, entry: str, student: str) -> None:
    """Good and bad events that carry a note's text and a student's name."""
    notes, one = NotesState.get_full_name(), StudentState.get_full_name()
    async with wire(server, cookie=cookie) as tab:
        await tab.send(HYDRATE, f"/notes?note={entry}")
        await tab.send(f"{notes}.enter", f"/notes?note={entry}")
        await tab.send(f"{notes}.save_note", "/notes", answered=False, entry=entry, text=NOTE_CANARY, version=1)
        await tab.send(
            f"{notes}.save_note",
            "/notes",
            answered=False,
            entry=NOTE_CANARY,
            text=[NOTE_CANARY],
            version="Mateo Rivera",
        )
        await tab.send(f"{notes}.no_such_handler", "/notes", answered=False, text=NOTE_CANARY)
        await tab.send(f"{notes}._load", "/notes", answered=False, keep=NOTE_CANARY)
        await tab.send(f"{one}.enter", "/students/Mateo Rivera")
        await tab.send(f"{one}.enter", f"/students/{student}")


def test_the_log_holds_no_name_no_note_and_no_cookie(own_server: Server) -> None:
    client = sign_in(own_server, "clinician")
    entry = look(own_server, HER_DRAFT, "clinician@demo.therapytrack.org")[0]
    ids = [str(UUID(one)) for one in entry]
    aside(misbehave(own_server, cookie_of(client), ids[0], ids[1]))
    headers = {"x-csrf-token": client.cookies["tt_csrf"]}
    client.post(f"/sessions/{ids[2]}/taps", content=NOTE_CANARY.encode(), headers=headers)
    client.get(f"/students/{quote('Mateo Rivera')}/summary.pdf")
    post(client, "/auth/sign-in", email="clinician@demo.therapytrack.org", password=NOTE_CANARY)
    stored = look(own_server, "SELECT note FROM session_entry WHERE id = ?", key(ids[0]))
    cookie = client.cookies["tt_session"]
    own_server.stop()
    log = own_server.log.read_text()
    assert "running at" in log
    assert stored == [(NOTE_CANARY,)]
    assert named(log) == []
    assert not re.search(r"quokka|marble", log)
    assert cookie not in log
