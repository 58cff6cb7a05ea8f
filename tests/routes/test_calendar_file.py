"""A calendar file over HTTP: stored entire for the office, or not at all with a sentence."""

import httpx
import pytest
from sqlalchemy import select, update
from sqlmodel import col

from tests.conftest import OpenDb
from tests.domain.test_calendar_file import THANKSGIVING, calendar
from tests.factories import Cast, make_cast
from tests.routes.browsers import open_browser
from therapytrack.domain.calendar_file import NO_CALENDAR
from therapytrack.models import SchoolCalendarDay, SignIn
from therapytrack.routes.calendar_file import NO_FILE, SIGNED_OUT, TOO_LARGE
from therapytrack.services.identity import hash_token

PATH = "/settings/calendar/import"
FIELDS = {"counts": "named", "file_school": "", "file_closes_at": ""}


@pytest.fixture
def cast(db: OpenDb) -> Cast:
    """The cast, whose cookies are their names."""
    with db() as session:
        made = make_cast(session)
        for who, token in made.tokens.items():
            query = update(SignIn).where(col(SignIn.token_hash) == token)
            session.execute(query.values(token_hash=hash_token(who)))
        return made


def stored(db: OpenDb) -> list[str]:
    with db() as session:
        return list(session.execute(select(col(SchoolCalendarDay.label))).scalars())


async def send(
    who: str, data: bytes, fields: dict[str, str] | None = None, headers: dict[str, str] | None = None
) -> httpx.Response:
    async with open_browser(who) as browser:
        file = {"file": ("year.ics", data, "text/calendar")}
        return await browser.post(PATH, files=file, data=FIELDS | (fields or {}), headers=headers)


async def test_the_office_imports_a_file_and_is_led_back_with_what_came_of_it(cast: Cast, db: OpenDb) -> None:
    data = calendar(THANKSGIVING, "UID:2\r\nDTSTART;VALUE=DATE:20261201\r\nSUMMARY:Board meeting")
    assert (await send("owner", data)).json() == {"location": "/settings/calendar?new=1&same=0&left=1"}
    assert (await send("owner", data)).json() == {"location": "/settings/calendar?new=0&same=1&left=1"}
    assert stored(db) == ["No School - Thanksgiving"]


@pytest.mark.parametrize(
    ("data", "fields", "answer"),
    [
        (b"", {}, (422, {"file": NO_FILE})),
        (b"nothing of the kind", {}, (422, {"file": NO_CALENDAR})),
        (b"x" * 1_100_000, {}, (413, {"form": TOO_LARGE})),
        (calendar(THANKSGIVING), {"counts": "some"}, (422, {"counts": "Choose which events count."})),
        (
            calendar(THANKSGIVING),
            {"file_school": "01a20969-a800-7b9c-b548-b9341c529051"},
            (422, {"file_school": "Choose one of the schools."}),
        ),
    ],
)
async def test_what_is_wrong_gets_a_sentence_and_stores_nothing(
    cast: Cast, db: OpenDb, data: bytes, fields: dict[str, str], answer: tuple[int, dict[str, str]]
) -> None:
    got = await send("owner", data, fields)
    assert (got.status_code, got.json()["errors"]) == answer
    assert stored(db) == []


async def test_who_may_not_is_told_so_before_the_file_is_read(cast: Cast, db: OpenDb) -> None:
    assert (await send("slp", b"nothing of the kind")).status_code == 403
    stranger = await send("nobody", calendar(THANKSGIVING))
    assert (stranger.status_code, stranger.json()) == (401, {"errors": {"form": SIGNED_OUT}})
    for headers in ({"x-csrf-token": "another"}, {"origin": "http://evil.example"}):
        assert (await send("owner", calendar(THANKSGIVING), headers=headers)).status_code == 403
    assert stored(db) == []
