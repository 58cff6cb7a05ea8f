"""Files over HTTP: what may come in, in what size and from whom, and under which headers it goes out."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Engine, select, update
from sqlmodel import col
from starlette.applications import Starlette

from tests.conftest import OpenDb, fresh_database
from tests.services.progress_world import use_cookies
from tests.worlds import World, make_world
from therapytrack.errors import TherapyTrackError
from therapytrack.models import Attachment, Membership, SignIn, StudentGrant, utc_now
from therapytrack.routes import files, turns
from therapytrack.routes.client import answer_error
from therapytrack.routes.edge import Edge
from therapytrack.services.attachments import LARGEST_FILE
from therapytrack.services.file_reading import NOT_TAKEN
from therapytrack.settings import get_settings

ORIGIN = "http://app.test"
WORDS = b"Canary words of a letter, in plain text.\n"


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """SQLite: what a route answers does not depend on the kind; the services are tested on both."""
    yield from fresh_database(request, "sqlite")


@pytest.fixture
def world(engine: Engine, db: OpenDb) -> World:
    with db() as session:
        made = make_world(session)
        use_cookies(session, made.cast)
    return made


@pytest.fixture
async def http(world: World) -> AsyncIterator[httpx.AsyncClient]:
    app = Edge(Starlette(routes=list(files.routes), exception_handlers={TherapyTrackError: answer_error}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN) as client:
        client.cookies.set("tt_csrf", "token")
        client.cookies.set("tt_session", "slp")
        client.headers.update({"origin": ORIGIN, "x-csrf-token": "token"})
        yield client


def stored(db: OpenDb) -> list[str]:
    with db() as session:
        return sorted(session.execute(select(col(Attachment.name))).scalars())


async def send(http: httpx.AsyncClient, world: World, data: Any = WORDS, **headers: str) -> httpx.Response:
    return await http.post(f"/students/{world.student_id}/files", content=data, headers=headers)


async def test_a_file_goes_in_and_comes_out_under_its_name(http: httpx.AsyncClient, world: World, db: OpenDb) -> None:
    answer = await send(http, world, **{"x-file-name": "Zo%C3%AB%20letter.txt", "content-type": "text/html"})
    assert (answer.status_code, answer.json()) == (200, {"done": True})
    assert stored(db) == ["Letter.txt", "Zoë letter.txt"]
    with db() as session:
        made = session.execute(select(col(Attachment.id)).where(col(Attachment.name) != "Letter.txt")).scalar_one()
    answer = await http.get(f"/students/{world.student_id}/files/{made}")
    assert (answer.status_code, answer.content) == (200, WORDS)
    headers = answer.headers
    assert headers["content-disposition"].startswith("attachment; filename=")
    assert headers["content-disposition"].endswith("filename*=UTF-8''Zo%C3%AB%20letter.txt")
    assert headers["content-type"] == "text/plain; charset=utf-8"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert headers["cache-control"] == "no-store, private"
    assert headers["cross-origin-resource-policy"] == "same-origin"


async def test_nothing_of_a_file_lies_open_in_the_data_folder_or_the_systems(
    http: httpx.AsyncClient, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    long = WORDS * (3 * 1024 * 1024 // len(WORDS))
    assert (await send(http, world, long, **{"x-file-name": "Letter"})).status_code == 200
    here = [path for path in get_settings().data_dir.rglob("*") if path.is_file()]
    assert [path for path in here if b"Canary words" in path.read_bytes()] == []
    assert list(scratch.rglob("*")) == []
    assert any(path.stat().st_size > len(long) for path in here)


async def test_removed_foreign_missing_and_malformed_get_one_and_the_same_answer(
    http: httpx.AsyncClient, world: World, db: OpenDb
) -> None:
    with db() as session:
        session.get_one(Attachment, UUID(world.ids["file_id"])).removed_at = utc_now()
    folder, missing = f"/students/{world.student_id}/files", world.ids["any"]
    answers = [await http.get(f"{folder}/{one}") for one in (world.ids["file_id"], missing, "abc", "%00")]
    http.cookies.set("tt_session", "outsider")
    answers.append(await http.get(f"{folder}/{world.ids['file_id']}"))
    assert {one.status_code for one in answers} == {404}
    assert len({one.text for one in answers}) == 1


@pytest.mark.parametrize(
    "wrong", [{"x-csrf-token": ""}, {"x-csrf-token": "other"}, {"origin": "https://evil.example"}, {"origin": ""}]
)
async def test_a_file_from_another_page_is_not_taken(
    http: httpx.AsyncClient, world: World, db: OpenDb, wrong: dict[str, str]
) -> None:
    assert (await send(http, world, **wrong)).status_code == 403
    assert stored(db) == ["Letter.txt"]


async def test_a_file_that_is_too_large_is_cut_whatever_it_says(
    http: httpx.AsyncClient, world: World, db: OpenDb
) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1024 * 1024
            yield bytes(1024 * 1024)

    answers = [await send(http, world, endless()), await send(http, world, b"x", **{"content-length": "99999999999"})]
    assert {one.status_code for one in answers} == {413}
    assert {one.json()["errors"]["form"] for one in answers} == {files.TOO_LARGE}
    assert sent <= LARGEST_FILE + 2 * 1024 * 1024
    assert stored(db) == ["Letter.txt"]


async def test_a_file_that_is_not_taken_is_refused_beside_the_field(http: httpx.AsyncClient, world: World) -> None:
    answer = await send(http, world, b"PK\x03\x04 macros", **{"x-file-name": "letter.pdf"})
    assert (answer.status_code, answer.json()) == (422, {"errors": {"file": NOT_TAKEN}})


async def test_who_has_no_right_is_refused_before_a_byte_is_read(http: httpx.AsyncClient, world: World) -> None:
    read = []

    async def never() -> AsyncIterator[bytes]:
        read.append("a byte")
        yield b"x"

    for who, status in (("", 401), ("outsider", 404), ("owner", 404)):
        http.cookies.set("tt_session", who)
        assert (await send(http, world, never())).status_code == status
    assert read == []


@pytest.mark.parametrize("end", ["signed out", "removed", "right ended"])
async def test_who_may_no_more_when_her_file_has_arrived_adds_none(
    http: httpx.AsyncClient, world: World, db: OpenDb, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    monkeypatch.setattr("therapytrack.state.base.FRESH", timedelta(0))

    async def slow() -> AsyncIterator[bytes]:
        yield WORDS[:5]
        with db() as session:
            if end == "signed out":
                session.execute(update(SignIn).values(ended_at=utc_now()))
            elif end == "removed":
                session.execute(update(Membership).values(status="removed"))
            else:
                session.execute(update(StudentGrant).values(ends_at=utc_now() - timedelta(seconds=1)))
        yield WORDS[5:]

    answer = await send(http, world, slow(), **{"x-file-name": "Late"})
    assert answer.status_code == (404 if end == "right ended" else 403)
    assert stored(db) == ["Letter.txt"]


@pytest.mark.parametrize("part", ["bytes=0-3", "bytes=5-", "bytes=0-0,-1", "bytes=9999999-"])
async def test_a_part_of_a_file_is_asked_for_in_vain_and_each_request_is_judged(
    http: httpx.AsyncClient, world: World, db: OpenDb, part: str
) -> None:
    place = f"/students/{world.student_id}/files/{world.ids['file_id']}"
    whole = await http.get(place)
    again = {"range": part, "if-modified-since": "Thu, 01 Jan 2099 00:00:00 GMT", "if-none-match": "*"}
    answer = await http.get(place, headers=again)
    assert (answer.status_code, answer.content) == (200, whole.content)
    assert "accept-ranges" not in answer.headers
    with db() as session:
        session.execute(update(StudentGrant).values(ends_at=utc_now() - timedelta(seconds=1)))
    answer = await http.get(place, headers=again)
    assert (answer.status_code, whole.content in answer.content) == (404, False)


@pytest.mark.parametrize(
    "name",
    ["a%0d%0aset-cookie:%20x=y.txt", "%22;filename=evil.html", "..%2f..%2fpasswd", "%00", "%ED%A0%80", "%", "é" * 90],
)
async def test_a_name_breaks_out_of_nothing(http: httpx.AsyncClient, world: World, db: OpenDb, name: str) -> None:
    sent = {b"x-file-name": name.encode()}
    answer = await http.post(f"/students/{world.student_id}/files", content=WORDS, headers=sent)
    assert answer.status_code == 200
    with db() as session:
        newest = select(col(Attachment.id)).where(col(Attachment.id) != UUID(world.ids["file_id"]))
        made = session.execute(newest).scalar_one()
    answer = await http.get(f"/students/{world.student_id}/files/{made}")
    told = answer.headers["content-disposition"]
    assert told.count('"') == 2
    assert not {"/", chr(92), chr(13), chr(10), chr(0)} & set(told)
    assert told.partition("; filename*=")[0].endswith('.txt"')
    assert "set-cookie" not in answer.headers


async def test_one_file_of_a_person_at_a_time_and_a_slow_one_is_given_up(
    http: httpx.AsyncClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        begun.set()
        await go_on.wait()
        yield WORDS

    first = asyncio.create_task(send(http, world, slow()))
    await begun.wait()
    assert (await send(http, world)).status_code == 429
    go_on.set()
    assert (await first).status_code == 200
    go_on.clear()
    monkeypatch.setattr(files, "SLOWEST_SECONDS", 0.01)
    answer = await send(http, world, slow())
    assert (answer.status_code, answer.json()["errors"]["form"]) == (503, files.CUT_OFF)
    monkeypatch.undo()
    assert turns.files.under_way == {}
