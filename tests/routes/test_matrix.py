"""Every HTTP route for the whole cast: strangers, an outsider, each role, as section 4 of the permission model says.

The routes come from the app; one that is added without a line here fails the last test.
"""

from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy import Engine, update
from sqlmodel import col
from starlette.applications import Starlette

from tests.conftest import OpenDb
from tests.factories import grant
from tests.sweeping import rows_of
from tests.worlds import CANARIES, World, make_world
from therapytrack.errors import TherapyTrackError
from therapytrack.models import SignIn, Student
from therapytrack.routes.client import answer_error
from therapytrack.routes.edge import Edge
from therapytrack.services.identity import hash_token
from therapytrack.therapytrack import ROUTES

ORIGIN = "http://app.test"
GONE, NO, OK, SIGN_IN = 404, 403, 200, 303
WHO = ("stranger", "outsider", "newcomer", "owner", "reader", "slpa", "supervisor", "slp")

# The reader holds view and export, the assistant every right (supervised), the supervisor view and edit.
SUMMARY = (SIGN_IN, GONE, GONE, GONE, OK, NO, NO, OK)
LOG = (SIGN_IN, GONE, GONE, GONE, OK, NO, NO, OK)
# A file of those students alone who may be exported; without any there is none.
MINUTES = (SIGN_IN, NO, NO, NO, OK, NO, NO, OK)
READ_MARKS = (401, GONE, GONE, GONE, OK, OK, OK, OK)
PROVE = (401, *[422] * 7)  # no password was sent
SEND_MARKS = (401, GONE, GONE, GONE, NO, OK, OK, OK)
EXPECTED = {
    ("GET", "/students/{student_id}/summary.pdf"): SUMMARY,
    ("GET", "/students/{student_id}/summary"): SUMMARY,
    ("GET", "/students/{student_id}/sessions.csv"): LOG,
    ("GET", "/students/{student_id}/goals/{goal_id}/progress.csv"): SUMMARY,
    # Nobody has signed the report of this world: who may export is told so.
    ("GET", "/reports/{period_id}/{student_id}/report.pdf"): (SIGN_IN, GONE, GONE, GONE, 422, NO, NO, 422),
    ("GET", "/reports/batches/{batch_id}/all.pdf"): (SIGN_IN, *[GONE] * 7),
    ("GET", "/reports/batches/{batch_id}/each.zip"): (SIGN_IN, *[GONE] * 7),
    # A file is read by who may view, and added by who may edit: the body that is sent is a text to be kept.
    ("GET", "/students/{student_id}/files/{file_id}"): (SIGN_IN, GONE, GONE, GONE, OK, OK, OK, OK),
    ("POST", "/students/{student_id}/files"): (401, GONE, GONE, GONE, NO, OK, OK, OK),
    ("GET", "/minutes.pdf"): MINUTES,
    ("GET", "/minutes.csv"): MINUTES,
    ("GET", "/minutes.xlsx"): MINUTES,
    ("GET", "/service-log.csv"): MINUTES,
    ("GET", "/students/{student_id}/goals/{goal_id}/chart.svg"): SUMMARY,
    # The page on paper: for whoever may see it.
    ("GET", "/students/{student_id}/goals/{goal_id}/paper.svg"): (SIGN_IN, GONE, GONE, GONE, OK, OK, OK, OK),
    ("GET", "/students/{student_id}/compare.svg"): SUMMARY,
    ("GET", "/students/{student_id}/compare.csv"): SUMMARY,
    ("GET", "/sessions/{session_id:uuid}/taps"): READ_MARKS,
    ("POST", "/sessions/{session_id:uuid}/taps"): SEND_MARKS,
    ("POST", "/auth/prove"): PROVE,
    # The owner has proved with her password a moment ago, or is asked for it.
    ("GET", "/activity.csv"): (SIGN_IN, SIGN_IN, NO, SIGN_IN, NO, NO, NO, NO),
    ("POST", "/settings/calendar/import"): (401, 422, NO, 422, NO, NO, NO, NO),  # no file was sent
    ("GET", "/goal-bank.csv"): (SIGN_IN, *[OK] * 7),  # the outsider gets her own workspace's
    ("GET", "/goal-bank.json"): (SIGN_IN, *[OK] * 7),
    ("POST", "/goal-bank/import"): (401, 422, 422, 422, NO, NO, 422, 422),  # no file was sent
    ("POST", "/auth/ownership"): PROVE,
    ("POST", "/auth/password"): PROVE,
    ("POST", "/auth/workspace"): (401, *[GONE] * 7),  # no workspace of hers was named
    ("GET", "/taps/owner"): (401, OK, OK, OK, OK, OK, OK, OK),
}
# Open to strangers; tests/routes/test_sign_in.py, test_invites.py, test_reset.py and test_calendar_feed.py hold their
# answers.
BEFORE_SIGN_IN = {
    ("POST", f"/auth/{name}") for name in ("sign-in", "sign-up", "demo", "sign-out", "sign-out-everywhere")
} | {(method, "/invite/{token}") for method in ("GET", "POST")}
BEFORE_SIGN_IN |= {(method, path) for method in ("GET", "POST") for path in ("/forgot", "/reset/{token}")}
BEFORE_SIGN_IN.add(("GET", "/calendar/{secret}.ics"))  # opened by the secret alone


@pytest.fixture
def world(engine: Engine, db: OpenDb) -> World:
    """The sweep's world, where everybody but the newcomer has something to do with the student; cookies are names."""
    with db() as session:
        made = make_world(session)
        student = session.get_one(Student, made.student_id)
        grant(session, made.cast, student, "reader", export=True)
        grant(session, made.cast, student, "slpa", edit=True, export=True, generate=True)
        grant(session, made.cast, student, "supervisor", edit=True)
        for who, token_hash in made.cast.tokens.items():
            query = update(SignIn).where(col(SignIn.token_hash) == token_hash)
            session.execute(query.values(token_hash=hash_token(who)))
    return made


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """The app's plain routes behind the edge."""
    app = Edge(Starlette(routes=list(ROUTES), exception_handlers={TherapyTrackError: answer_error}))
    headers = {"origin": ORIGIN, "x-csrf-token": "token"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN, headers=headers) as client:
        yield client


async def ask(http: httpx.AsyncClient, method: str, path: str, who: str, ids: dict[str, str]) -> httpx.Response:
    address = path.replace(":uuid", "").format(**ids)
    http.cookies.set("tt_csrf", "token")
    http.cookies.set("tt_session", who if who != "stranger" else "nobody")
    return await http.request(method, address, json={"taps": [], "undo": []} if method == "POST" else None)


@pytest.mark.parametrize(("method", "path"), list(EXPECTED))
async def test_each_of_the_cast_gets_what_the_model_says(
    http: httpx.AsyncClient, world: World, method: str, path: str
) -> None:
    answers = {who: await ask(http, method, path, who, world.ids) for who in WHO}
    assert {who: one.status_code for who, one in answers.items()} == dict(zip(WHO, EXPECTED[method, path], strict=True))
    refused = [one for one in answers.values() if one.status_code != OK]
    assert not [word for word in CANARIES for one in refused if word in one.text]


@pytest.mark.parametrize(("method", "path"), [one for one in EXPECTED if "{" in one[1]])
async def test_a_foreign_record_and_a_missing_one_get_the_same_answer_over_http(
    http: httpx.AsyncClient, world: World, method: str, path: str
) -> None:
    missing = dict.fromkeys(world.ids, "01a20969-a800-7b9c-b548-b9341c529051")
    foreign_answer = await ask(http, method, path, "outsider", world.ids)
    missing_answer = await ask(http, method, path, "outsider", missing)
    assert (foreign_answer.status_code, foreign_answer.text) == (missing_answer.status_code, missing_answer.text)


async def test_who_may_not_changes_nothing_over_http(http: httpx.AsyncClient, world: World, engine: Engine) -> None:
    before = rows_of(engine)
    for who in ("stranger", "outsider", "newcomer", "owner", "reader"):
        for method, path in EXPECTED:
            await ask(http, method, path, who, world.ids)
        if who != "reader":
            assert rows_of(engine) == before
    after = rows_of(engine)
    seen = after.pop("presence"), before.pop("presence")
    assert after == before
    assert [len(rows) for rows in seen] == [1, 0], "a reader who looks at a session is seen there, and nobody else is"


def test_every_route_of_the_app_is_in_the_matrix() -> None:
    methods = {(method, route.path) for route in ROUTES for method in (route.methods or set()) - {"HEAD"}}
    assert methods == set(EXPECTED) | BEFORE_SIGN_IN
