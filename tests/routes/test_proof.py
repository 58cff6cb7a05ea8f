"""The password asked again over HTTP: right, wrong, too often, signed out, from elsewhere."""

from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy import Engine, select, update
from sqlmodel import col
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.conftest import OpenDb
from tests.routes.test_sign_in import ORIGIN, PASSWORD, SIGN_UP, log_in
from therapytrack.errors import NotProved, TherapyTrackError
from therapytrack.models import Activity, SignIn, SignInThrottle
from therapytrack.routes import proof, sign_in
from therapytrack.routes.client import answer_error
from therapytrack.routes.edge import Edge
from therapytrack.routes.plain_pages import error_page

WRONG = "wrong wrong wrong"


async def secret(_request: Request) -> Response:
    """A file that needs a proof."""
    try:
        raise NotProved()
    except TherapyTrackError as error:
        return error_page(error)


@pytest.fixture
async def http(engine: Engine, db: OpenDb) -> AsyncIterator[httpx.AsyncClient]:
    """A signed-in browser whose proof has passed."""
    routes = [*sign_in.routes, *proof.routes, Route("/secret.csv", secret)]
    app = Edge(Starlette(routes=routes, exception_handlers={TherapyTrackError: answer_error}))
    headers = {"origin": ORIGIN, "accept": "application/json", "x-csrf-token": "token"}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url=ORIGIN, headers=headers, cookies={"tt_csrf": "token"}
    ) as client:
        await client.post("/auth/sign-up", data=SIGN_UP)
        await log_in(client)
        forget_proof(db)
        yield client


def forget_proof(db: OpenDb) -> None:
    with db() as session:
        session.execute(update(SignIn).values(proved_at=None))


def proofs(db: OpenDb) -> list[bool]:
    with db() as session:
        rows = session.execute(select(col(SignIn.proved_at)).order_by(col(SignIn.created_at))).scalars()
        return [one is not None for one in rows]


def outcomes(db: OpenDb) -> list[tuple[str, str]]:
    with db() as session:
        query = select(col(Activity.outcome), col(Activity.membership_id)).where(col(Activity.action) == "prove")
        return [(outcome, "member" if member else "") for outcome, member in session.execute(query)]


async def prove(http: httpx.AsyncClient, password: str, **more: str) -> httpx.Response:
    return await http.post("/auth/prove", data={"password": password, **more})


async def test_signing_in_is_a_proof(http: httpx.AsyncClient, db: OpenDb) -> None:
    await log_in(http)
    assert proofs(db) == [False, True]


async def test_the_right_password_proves_this_browser_only(http: httpx.AsyncClient, db: OpenDb) -> None:
    async with httpx.AsyncClient(transport=http._transport, base_url=ORIGIN, headers=http.headers) as other:
        other.cookies.set("tt_csrf", "token")
        await log_in(other)
        forget_proof(db)
    assert (await prove(http, PASSWORD)).json() == {"done": True}
    assert sorted(proofs(db)) == [False, True]
    assert outcomes(db) == [("done", "member")]


async def test_a_form_that_was_asked_for_on_the_way_goes_on_to_where_it_led(http: httpx.AsyncClient) -> None:
    assert (await prove(http, PASSWORD, next="/activity.csv?a=1")).json() == {"location": "/activity.csv?a=1"}
    assert (await prove(http, PASSWORD, next="//evil.example")).json() == {"location": "/today/"}


async def test_a_wrong_password_proves_nothing_and_is_logged(http: httpx.AsyncClient, db: OpenDb) -> None:
    answer = await prove(http, WRONG)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["password"])
    assert proofs(db) == [False]
    assert outcomes(db) == [("refused", "member")]


async def test_guessing_is_slowed_like_at_sign_in_and_a_right_password_starts_afresh(
    http: httpx.AsyncClient, db: OpenDb
) -> None:
    answers = [await prove(http, WRONG) for _ in range(9)]
    assert {one.status_code for one in answers[:5]} == {422}
    assert "Wait" in next(one for one in answers if one.status_code == 429).json()["errors"]["form"]
    with db() as session:
        session.execute(update(SignInThrottle).values(failures=4))
    await prove(http, PASSWORD)
    with db() as session:
        assert {row.subject.partition(":")[0] for row in session.execute(select(SignInThrottle)).scalars()} <= {
            "network",
            "sign-ups",
            "site",
        }


async def test_nobody_proves_anything_after_sign_out(http: httpx.AsyncClient, db: OpenDb) -> None:
    await http.post("/auth/sign-out")
    assert (await prove(http, PASSWORD)).status_code == 401
    assert proofs(db) == [False]


@pytest.mark.parametrize("headers", [{"x-csrf-token": "another"}, {"origin": "http://evil.example"}])
async def test_a_proof_sent_from_elsewhere_is_refused(
    http: httpx.AsyncClient, db: OpenDb, headers: dict[str, str]
) -> None:
    answer = await http.post("/auth/prove", data={"password": PASSWORD}, headers=headers)
    assert answer.status_code == 403
    assert proofs(db) == [False]


async def test_a_file_that_needs_a_proof_leads_to_the_question_and_back(http: httpx.AsyncClient) -> None:
    answer = await http.get("/secret.csv?since=2026-01-01", headers={"accept": "*/*"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/prove/?next=%2Fsecret.csv%3Fsince%3D2026-01-01"
