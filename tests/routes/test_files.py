"""Files over HTTP: what may come in, in what size and from whom, and under which headers it goes out."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Engine, select
from sqlmodel import col
from starlette.applications import Starlette

from tests.conftest import OpenDb, fresh_database
from tests.services.progress_world import use_cookies
from tests.worlds import World, make_world
from therapytrack.errors import TherapyTrackError
from therapytrack.models import Attachment, utc_now
from therapytrack.routes import files
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
    assert files._on_its_way == set()
