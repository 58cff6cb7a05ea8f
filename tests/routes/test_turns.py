"""One worker makes and reads everybody's documents: one person alone cannot keep it from all others."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from typing import Any

import pytest
from sqlmodel import Session
from starlette.applications import Starlette
from starlette.testclient import TestClient

from tests.factories import acts_of_people
from tests.services.progress_world import Progress, make_progress, use_cookies
from therapytrack.errors import TherapyTrackError
from therapytrack.models import new_id
from therapytrack.routes import calendar_file, exports, goal_bank, minutes_export, reports
from therapytrack.routes.client import CSRF_COOKIE, CSRF_HEADER, answer_error, sign_in_cookie
from therapytrack.routes.turns import Turns, documents

OpenDb = Callable[..., AbstractContextManager[Session]]
PARTS: tuple[Any, ...] = (exports, reports, minutes_export, goal_bank, calendar_file)
ROUTES = [route for part in PARTS for route in part.routes]
MADE = ("/students/{one}/summary.pdf", "/reports/{one}/{one}/report.pdf", "/minutes.pdf", "/minutes.xlsx")
READ = (("/goal-bank/import", "slp"), ("/settings/calendar/import", "owner"))


@pytest.fixture
def world(db: OpenDb) -> Progress:
    with db() as session:
        made = make_progress(session)
        use_cookies(session, made.cast)
    return made


@pytest.fixture
def client() -> Iterator[TestClient]:
    app = Starlette(routes=ROUTES, exception_handlers={TherapyTrackError: answer_error})
    with TestClient(app, base_url="http://localhost:8000") as one:
        yield one


def send(client: TestClient, path: str, who: str) -> int:
    client.cookies.clear()
    client.cookies.set(sign_in_cookie(), who)
    client.cookies.set(CSRF_COOKIE, "token")
    if path.endswith("import"):
        files = {"file": ("a.csv", b"name")}
        return client.post(path, files=files, data={"counts": "all"}, headers={CSRF_HEADER: "token"}).status_code
    return client.get(path.format(one=new_id())).status_code


@pytest.mark.parametrize(("path", "who"), [*((path, "slp") for path in MADE), *READ])
def test_who_has_three_documents_under_way_waits_for_the_fourth_and_nobody_else_does(
    world: Progress, client: TestClient, db: OpenDb, path: str, who: str
) -> None:
    with ExitStack() as three:
        for _ in range(3):
            three.enter_context(documents.of(world.cast.members["supervisor"]))
        assert send(client, path, who) != 429
    with ExitStack() as three:
        for _ in range(3):
            three.enter_context(documents.of(world.cast.members[who]))
        with db() as session:
            before = len(acts_of_people(session))
        assert send(client, path, who) == 429
        with db() as session:
            assert len(acts_of_people(session)) == before
    assert send(client, path, who) != 429
    assert documents.under_way == {}


def test_a_turn_ends_with_what_it_was_for_also_when_that_fails() -> None:
    turns, who = Turns(1, "Wait."), new_id()
    with pytest.raises(ValueError, match="no"), turns.of(who):
        raise ValueError("no")
    with turns.of(who), turns.of(new_id()):
        assert turns.under_way[who] == 1
    assert turns.under_way == {}
