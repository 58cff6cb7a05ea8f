"""Signing up, in and out over HTTP: the same answer for known and unknown, cookies that scripts cannot read."""

from collections.abc import AsyncIterator
from statistics import median
from time import process_time

import httpx
import pytest
from sqlalchemy import Engine, select, update
from sqlmodel import col
from starlette.applications import Starlette

from tests.conftest import OpenDb
from therapytrack.errors import TherapyTrackError
from therapytrack.models import Account, Membership, SignIn, SignInThrottle
from therapytrack.routes import sign_in
from therapytrack.routes.client import answer_error, sign_in_cookie
from therapytrack.routes.edge import Edge
from therapytrack.routes.forms import LARGEST_FORM
from therapytrack.services.throttle import SIGN_UPS_OF_NETWORK
from therapytrack.settings import get_settings

ORIGIN = "http://app.test"
PASSWORD = "copper lantern meadow 48"
SIGN_UP = {
    "name": "Ana Núñez",
    "email": "Ana@School.org",
    "password": PASSWORD,
    "profession": "slp",
    "credential": "CCC-SLP",
    "us_state": "NY",
    "workspace_name": "Lake School",
    "time_zone": "America/Chicago",
}


@pytest.fixture
async def http(engine: Engine) -> AsyncIterator[httpx.AsyncClient]:
    """A browser on the routes behind the edge, with the form token's cookie."""
    app = Edge(Starlette(routes=sign_in.routes, exception_handlers={TherapyTrackError: answer_error}))
    headers = {"origin": ORIGIN, "accept": "application/json", "x-csrf-token": "token"}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url=ORIGIN, headers=headers, cookies={"tt_csrf": "token"}
    ) as client:
        yield client


async def sign_up(http: httpx.AsyncClient, **changes: str) -> httpx.Response:
    return await http.post("/auth/sign-up", data={**SIGN_UP, **changes})


async def log_in(http: httpx.AsyncClient, email: str = "ana@school.org", password: str = PASSWORD) -> httpx.Response:
    return await http.post("/auth/sign-in", data={"email": email, "password": password, "next": "/caseload/"})


@pytest.mark.parametrize(("clinical", "home"), [("clinician", "/today/"), ("none", "/team/"), ("reader", "/today/")])
async def test_a_person_begins_with_her_day_and_one_without_students_with_the_team(
    http: httpx.AsyncClient, db: OpenDb, clinical: str, home: str
) -> None:
    await sign_up(http)
    with db() as session:
        session.execute(update(Membership).values(clinical_role=clinical))
    answer = await http.post("/auth/sign-in", data={"email": "ana@school.org", "password": PASSWORD})
    assert answer.json() == {"location": home}
    for path in ("/", "/sign-in/"):
        opened = await http.get(path, headers={"accept": "text/html"})
        assert (opened.status_code, opened.headers["location"]) == (303, home)


async def test_a_new_account_signs_in_and_goes_on_to_the_page_that_was_asked_for(http: httpx.AsyncClient) -> None:
    assert (await sign_up(http)).json() == {"location": "/sign-in/?welcome=1"}
    answer = await log_in(http)
    assert answer.json() == {"location": "/caseload/"}
    cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith(sign_in_cookie()))
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie


async def test_over_https_the_cookie_is_bound_to_its_host(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sign_up(http)
    monkeypatch.setenv("THERAPYTRACK_PUBLIC_URL", ORIGIN.replace("http:", "https:"))
    get_settings.cache_clear()
    answer = await http.post(
        "/auth/sign-in",
        data={"email": "ana@school.org", "password": PASSWORD},
        headers={"origin": "https://app.test"},
    )
    cookie = answer.headers.get_list("set-cookie")[0]
    assert cookie.startswith("__Host-tt_session=") and "Secure" in cookie and "Path=/" in cookie


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("email", "no address"),
        ("password", "short"),
        ("profession", "wizard"),
        ("us_state", "ZZ"),
        ("workspace_name", "\u200b"),
    ],
)
async def test_a_mistake_in_the_form_is_told_beside_its_field_and_makes_nothing(
    http: httpx.AsyncClient, db: OpenDb, field: str, value: str
) -> None:
    answer = await sign_up(http, **{field: value})
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [field]
    with db() as session:
        assert session.execute(select(Account)).first() is None


async def test_signing_up_answers_the_same_for_a_known_address(http: httpx.AsyncClient) -> None:
    first, second = await sign_up(http), await sign_up(http)
    assert (first.status_code, first.content) == (second.status_code, second.content)


async def test_the_holder_of_a_known_address_is_told_by_mail(http: httpx.AsyncClient) -> None:
    await sign_up(http)
    await sign_up(http)
    (mail,) = (get_settings().data_dir / "outbox").glob("*.eml")
    assert "ana@school.org" in mail.read_text()


async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(http: httpx.AsyncClient) -> None:
    await sign_up(http)
    wrong, unknown = await log_in(http, password="wrong wrong wrong"), await log_in(http, "nobody@school.org")
    assert (wrong.status_code, wrong.content) == (unknown.status_code, unknown.content)


async def test_the_time_of_an_answer_does_not_tell_who_has_an_account(http: httpx.AsyncClient, db: OpenDb) -> None:
    await sign_up(http)

    async def seconds(email: str) -> float:
        start = process_time()
        await log_in(http, email, "wrong wrong wrong")
        taken = process_time() - start
        with db() as session:
            for row in session.execute(select(SignInThrottle)).scalars():
                session.delete(row)
        return taken

    await seconds("nobody@school.org")
    pairs = [(await seconds("ana@school.org"), await seconds("nobody@school.org")) for _ in range(20)]
    assert abs(median(one for one, _ in pairs) - median(two for _, two in pairs)) < 0.010


async def test_too_many_attempts_are_told_to_wait(http: httpx.AsyncClient) -> None:
    answers = [await log_in(http, password="wrong wrong wrong") for _ in range(6)]
    assert answers[-1].status_code == 429
    assert "Wait 1 second" in answers[-1].json()["errors"]["form"]


@pytest.mark.parametrize("path", ["sign-in", "sign-up", "demo", "sign-out", "sign-out-everywhere"])
@pytest.mark.parametrize("headers", [{"x-csrf-token": "another"}, {"origin": "http://evil.example"}])
async def test_a_form_from_elsewhere_is_refused(http: httpx.AsyncClient, path: str, headers: dict[str, str]) -> None:
    answer = await http.post(f"/auth/{path}", data=SIGN_UP, headers=headers)
    assert answer.status_code == 403


async def test_signing_in_again_gives_a_new_cookie_and_ends_the_old_one(http: httpx.AsyncClient, db: OpenDb) -> None:
    await sign_up(http)
    await log_in(http)
    old = http.cookies[sign_in_cookie()]
    await log_in(http)
    assert http.cookies[sign_in_cookie()] != old
    with db() as session:
        ended = [row.ended_at for row in session.execute(select(SignIn).order_by(col(SignIn.created_at))).scalars()]
    assert ended[0] is not None and ended[1] is None


async def test_signing_out_ends_the_sign_in_and_clears_the_cookie(http: httpx.AsyncClient, db: OpenDb) -> None:
    await sign_up(http)
    await log_in(http)
    await http.post("/auth/sign-out")
    assert sign_in_cookie() not in http.cookies
    with db() as session:
        assert session.execute(select(SignIn)).scalar_one().ended_at is not None


async def test_the_demo_door_is_closed_where_there_is_no_demo(http: httpx.AsyncClient) -> None:
    assert (await http.post("/auth/demo", data={"who": "owner"})).status_code == 403


@pytest.mark.parametrize("path", ["sign-in", "sign-up", "demo", "sign-out", "sign-out-everywhere"])
async def test_a_form_that_is_longer_than_it_says_is_cut_off_in_words(http: httpx.AsyncClient, path: str) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(4096):
            read += 1024
            yield b"name=" + b"a" * 1019

    headers = {"content-type": "application/x-www-form-urlencoded", "content-length": "20"}
    answer = await http.post(f"/auth/{path}", content=endless(), headers=headers)
    assert answer.status_code == 413
    assert answer.json()["errors"]["form"].startswith("That is more than this form takes.")
    assert read <= LARGEST_FORM + 2048


async def test_sign_ups_are_slowed_the_same_for_known_and_unknown_addresses(http: httpx.AsyncClient) -> None:
    await sign_up(http)
    for number in range(SIGN_UPS_OF_NETWORK.free - 1):
        assert (await sign_up(http, email=f"new{number}@school.org")).status_code == 200
    known, unknown = await sign_up(http), await sign_up(http, email="nobody@school.org")
    assert known.status_code == unknown.status_code == 429
    assert known.content == unknown.content
    assert known.json()["errors"]["form"] == "Many accounts were opened just now. Wait 1 second, then try again."


async def test_a_form_with_a_mistake_does_not_count_as_a_sign_up(http: httpx.AsyncClient, db: OpenDb) -> None:
    await sign_up(http, name="")
    with db() as session:
        assert session.execute(select(SignInThrottle)).first() is None
