"""A forgotten password over HTTP: one answer for every address, a link that works once, every browser signed out."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from statistics import median
from time import process_time

import httpx
import pytest
from sqlalchemy import select, update
from sqlmodel import col

from tests.conftest import OpenDb
from tests.routes.browsers import ORIGIN, PASSWORD, open_browser
from tests.services.people_world import People, make_people
from therapytrack.access.actor import resolve_actor
from therapytrack.adapters.passwords import hash_password
from therapytrack.models import Account, PasswordReset, SignInThrottle, utc_now
from therapytrack.routes.client import sign_in_cookie
from therapytrack.services.identity import hash_token
from therapytrack.services.password_reset import DEAD, LINK_LASTS
from therapytrack.settings import get_settings

KNOWN, UNKNOWN = "slp@example.org", "nobody@example.org"
BETTER = "seven quiet harbors wait"
HTML = {"accept": "text/html"}


@pytest.fixture
def people(db: OpenDb) -> People:
    """The cast, with a password for all."""
    made = make_people(db)
    with db() as session:
        session.execute(update(Account).values(password_hash=hash_password(PASSWORD)))
    return made


@pytest.fixture
async def stranger(people: People) -> AsyncIterator[httpx.AsyncClient]:
    async with open_browser() as browser:
        yield browser


async def ask(browser: httpx.AsyncClient, email: str = KNOWN) -> httpx.Response:
    return await browser.post("/forgot", data={"email": email})


def letters() -> list[str]:
    """The letters in the outbox, the oldest first."""
    return [one.read_text() for one in sorted((get_settings().data_dir / "outbox").glob("*.eml"))]


def links() -> list[str]:
    """The paths of the links that were sent."""
    return [found for text in letters() for found in re.findall(r"(/reset/[\w-]+)", text)]


async def log_in(browser: httpx.AsyncClient, password: str) -> httpx.Response:
    return await browser.post("/auth/sign-in", data={"email": KNOWN, "password": password})


async def test_a_link_by_mail_sets_a_new_password_and_signs_every_browser_out(
    people: People, stranger: httpx.AsyncClient
) -> None:
    await log_in(stranger, PASSWORD)
    old = hash_token(stranger.cookies[sign_in_cookie()])
    async with open_browser() as other:
        assert (await ask(other)).json() == {"location": "/forgot?asked=1"}
        (path,) = links()
        shown = await other.get(path, headers=HTML)
        assert (shown.status_code, KNOWN in shown.text) == (200, True)
        assert (await other.post(path, data={"password": BETTER})).json() == {"location": "/sign-in/?reset=1"}
        assert (await log_in(other, PASSWORD)).status_code == 422
        assert (await log_in(other, BETTER)).json() == {"location": "/today/"}
    with people.db() as db:
        assert resolve_actor(db, old) is None
        account = db.execute(select(Account).where(col(Account.email) == KNOWN)).scalar_one()
        assert account.email_verified_at is not None
    assert sum("was changed" in text for text in letters()) == 1
    assert [row.outcome for row in people.log("reset password")] == ["done"]


async def test_a_known_and_an_unknown_address_get_the_same_answer_and_one_letter_goes_out(
    stranger: httpx.AsyncClient,
) -> None:
    known, unknown = await ask(stranger), await ask(stranger, UNKNOWN)
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert dict(known.headers) == dict(unknown.headers)
    assert len(letters()) == 1


async def test_the_time_of_an_answer_does_not_tell_who_has_an_account(
    people: People, stranger: httpx.AsyncClient
) -> None:
    async def seconds(email: str) -> float:
        start = process_time()
        await ask(stranger, email)
        taken = process_time() - start
        with people.db() as db:
            for row in db.execute(select(SignInThrottle)).scalars():
                db.delete(row)
        return taken

    await seconds(UNKNOWN)
    pairs = [(await seconds(KNOWN), await seconds(UNKNOWN)) for _ in range(20)]
    assert abs(median(one for one, _ in pairs) - median(two for _, two in pairs)) < 0.010


async def test_only_the_hash_of_a_link_is_kept_and_looking_uses_nothing_up(
    people: People, stranger: httpx.AsyncClient
) -> None:
    await ask(stranger)
    (path,) = links()
    for _ in range(3):
        shown = await stranger.get(path, headers=HTML)
        assert shown.status_code == 200
    assert shown.headers["referrer-policy"] == "no-referrer"
    assert "no-store" in shown.headers["cache-control"]
    with people.db() as db:
        (row,) = db.execute(select(PasswordReset)).scalars()
        assert (row.token_hash, row.ended_at) == (hash_token(path.removeprefix("/reset/")), None)


async def used(browser: httpx.AsyncClient, people: People, path: str) -> None:
    await browser.post(path, data={"password": BETTER})


async def replaced(browser: httpx.AsyncClient, people: People, path: str) -> None:
    await ask(browser)


async def expired(browser: httpx.AsyncClient, people: People, path: str) -> None:
    with people.db() as db:
        db.execute(update(PasswordReset).values(expires_at=utc_now() - timedelta(seconds=1)))


async def altered(browser: httpx.AsyncClient, people: People, path: str) -> None:
    """Nothing: the link itself is another."""


@pytest.mark.parametrize("how", [used, replaced, expired, altered])
async def test_a_dead_link_has_one_answer_and_sets_nothing(
    people: People, stranger: httpx.AsyncClient, how: object
) -> None:
    await ask(stranger)
    (path,) = links()
    await how(stranger, people, path)  # type: ignore[operator]
    path = path[:-1] if how is altered else path
    shown = await stranger.get(path, headers=HTML)
    assert (shown.status_code, DEAD in shown.text) == (404, True)
    answer = await stranger.post(path, data={"password": "another quiet harbor waits"})
    assert (answer.status_code, answer.json()) == (404, {"errors": {"form": DEAD}})
    assert (await log_in(stranger, BETTER if how is used else PASSWORD)).status_code == 200


def test_a_link_lasts_half_an_hour() -> None:
    assert timedelta(minutes=30) == LINK_LASTS


async def test_a_weak_password_is_refused_with_the_reason_and_the_link_stays(stranger: httpx.AsyncClient) -> None:
    await ask(stranger)
    (path,) = links()
    for weak in ("", "short", "slp@example.org slp", "passwordpassword"):
        answer = await stranger.post(path, data={"password": weak})
        assert (answer.status_code, list(answer.json()["errors"])) == (422, ["password"])
    assert (await stranger.post(path, data={"password": BETTER})).status_code == 200


async def test_no_mailbox_is_flooded_and_the_asker_is_not_told(stranger: httpx.AsyncClient) -> None:
    answers = [await ask(stranger) for _ in range(6)]
    assert {one.status_code for one in answers} == {200}
    assert len(letters()) == 3


async def test_many_requests_from_one_network_are_told_to_wait(stranger: httpx.AsyncClient) -> None:
    answers = [await ask(stranger, f"person{number}@example.org") for number in range(22)]
    assert [one.status_code for one in answers[:20]] == [200] * 20
    assert answers[-1].status_code == 429
    assert "Many links" in answers[-1].json()["errors"]["form"]


async def test_links_that_lead_nowhere_slow_their_network_down(stranger: httpx.AsyncClient) -> None:
    codes = [(await stranger.get(f"/reset/{number}", headers=HTML)).status_code for number in range(22)]
    assert codes[:20] == [404] * 20
    assert codes[-1] == 429


@pytest.mark.parametrize("path", ["/forgot", "/reset/token"])
@pytest.mark.parametrize("headers", [{"x-csrf-token": "another"}, {"origin": "http://evil.example"}])
async def test_a_form_from_elsewhere_is_refused(
    stranger: httpx.AsyncClient, path: str, headers: dict[str, str]
) -> None:
    assert (await stranger.post(path, data={"email": KNOWN, "password": BETTER}, headers=headers)).status_code == 403
    assert letters() == []


async def test_an_address_that_is_none_is_named(stranger: httpx.AsyncClient) -> None:
    answer = await ask(stranger, "nonsense")
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["email"])


async def test_the_link_leads_to_this_server_whatever_the_request_names(stranger: httpx.AsyncClient) -> None:
    await stranger.post("/forgot", data={"email": KNOWN}, headers={"host": "evil.example", "origin": ORIGIN})
    assert all("evil.example" not in text for text in letters())
