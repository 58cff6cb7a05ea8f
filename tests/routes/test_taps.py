"""Marks over HTTP: acknowledged to the tab that sent them, refused in words, kept by the page if nothing was stored."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.exc import OperationalError
from sqlmodel import col
from starlette.applications import Starlette

from tests.databases import as_owner
from tests.services.live_world import World, batch, build_world
from therapytrack.domain.taps import Tap
from therapytrack.models import Presence, SignIn, Trial, new_id, utc_now
from therapytrack.routes import taps
from therapytrack.routes.client import sign_in_cookie
from therapytrack.routes.edge import Edge
from therapytrack.services import live

ORIGIN = "http://app.test"


@pytest.fixture
def world(engine: Engine) -> World:
    with as_owner() as db:
        return build_world(db)


@pytest.fixture
async def page(engine: Engine) -> AsyncIterator[httpx.AsyncClient]:
    """The live session's page, on the routes behind the edge."""
    headers = {"origin": ORIGIN, "accept": "application/json", "x-csrf-token": "token"}
    transport = httpx.ASGITransport(Edge(Starlette(routes=taps.routes)))
    async with httpx.AsyncClient(
        transport=transport, base_url=ORIGIN, headers=headers, cookies={"tt_csrf": "token"}
    ) as client:
        yield client


def enter(page: httpx.AsyncClient, world: World, who: str = "slp") -> str:
    """Sign `who` in; answers the address of the session's marks."""
    page.cookies.set(sign_in_cookie(), world.tokens[who])
    return f"/sessions/{world.session.id}/taps"


def body(*marks: Tap, undo: list[Any] | None = None) -> bytes:
    return batch(list(marks), undo).model_dump_json().encode()


def count_trials() -> int:
    with as_owner(write=False) as db:
        return len(db.execute(select(col(Trial.id))).all())


async def test_a_mark_is_acknowledged_and_read_back(page: httpx.AsyncClient, world: World) -> None:
    address, tap = enter(page, world), world.tap(outcome="cued", n=3)
    sent = await page.post(address, content=body(tap))
    assert sent.json()["acked"] == [str(tap.id)]
    found = (await page.get(address)).json()
    sent_as = json.loads(tap.model_dump_json())
    place = {name: sent_as.pop(name) for name in ("entry", "goal", "purpose")}
    order = ("id", "outcome", "prompt", "at", "n")
    assert found["cells"] == [{**place, "marks": [[*(sent_as.pop(name) for name in order), True, None]]}]
    assert sent_as == {"scale": None, "place": None, "amount": None}, "what a mark does not have is not said again"
    assert found["cursor"]


async def test_nobody_signed_in_is_told_so_and_nothing_is_stored(page: httpx.AsyncClient, world: World) -> None:
    address = f"/sessions/{world.session.id}/taps"
    for answer in (await page.post(address, content=body(world.tap())), await page.get(address)):
        assert answer.status_code == 401
        assert "stay on this device" in answer.json()["error"]
    assert count_trials() == 0


async def test_an_outsider_gets_the_same_answer_as_for_no_session(page: httpx.AsyncClient, world: World) -> None:
    address = enter(page, world, "outsider")
    there = await page.post(address, content=body(world.tap()))
    nowhere = await page.post(f"/sessions/{new_id()}/taps", content=body(world.tap()))
    assert (there.status_code, there.content) == (nowhere.status_code, nowhere.content)
    assert (await page.get(address)).status_code == 404


async def test_a_mark_from_another_page_is_refused(page: httpx.AsyncClient, world: World) -> None:
    address = enter(page, world)
    for headers in ({"x-csrf-token": "guess"}, {"x-csrf-token": ""}, {"origin": "http://evil.example"}):
        assert (await page.post(address, content=body(world.tap()), headers=headers)).status_code == 403
    assert count_trials() == 0


@pytest.mark.parametrize("content", [b"", b"[]", b'{"taps": 3}', b'{"taps": [{}]}', b"\xff\xfe", b'{"note": "x"}'])
async def test_what_is_no_batch_is_refused_in_words(page: httpx.AsyncClient, world: World, content: bytes) -> None:
    answer = await page.post(enter(page, world), content=content)
    assert answer.status_code == 422
    assert "stay on this device" in answer.json()["error"]


async def test_a_body_without_end_is_cut(page: httpx.AsyncClient, world: World) -> None:
    answer = await page.post(enter(page, world), content=b" " * (taps.LARGEST_BODY + 1))
    assert answer.status_code == 413


async def test_one_mark_that_can_never_be_stored_does_not_hold_up_the_others(
    page: httpx.AsyncClient, world: World
) -> None:
    good = world.tap(place=0)
    bad = world.tap(place=0).model_copy(update={"goal": world.places[1].goals[0].id})
    answer = (await page.post(enter(page, world), content=body(good, bad))).json()
    assert answer["acked"] == [str(good.id)]
    assert [one["id"] for one in answer["refused"]] == [str(bad.id)]
    assert count_trials() == 1


async def test_storage_that_takes_nothing_answers_503(
    page: httpx.AsyncClient, world: World, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = enter(page, world)

    def full(*_args: object) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr(live, "record_taps", full)
    answer = await page.post(address, content=body(world.tap()))
    assert answer.status_code == 503
    assert "disk full" not in answer.text


async def test_looking_at_the_page_does_not_keep_a_sign_in_alive(page: httpx.AsyncClient, world: World) -> None:
    address = enter(page, world)
    before = utc_now() - timedelta(minutes=20)
    with as_owner() as db:
        db.execute(update(SignIn).values(last_active_at=before))
    await page.get(address)
    with as_owner(write=False) as db:
        assert set(db.execute(select(col(SignIn.last_active_at))).scalars()) == {before}


async def test_a_batch_keeps_a_sign_in_alive(page: httpx.AsyncClient, world: World) -> None:
    address = enter(page, world)
    before = utc_now() - timedelta(minutes=20)
    with as_owner() as db:
        db.execute(update(SignIn).values(last_active_at=before))
    await page.post(address, content=body(world.tap()))
    with as_owner(write=False) as db:
        assert max(db.execute(select(col(SignIn.last_active_at))).scalars()) > before


async def test_whose_marks_these_are_is_an_opaque_id_of_each_person(page: httpx.AsyncClient, world: World) -> None:
    owners = []
    for who in ("slp", "partner"):
        enter(page, world, who)
        owners.append((await page.get("/taps/owner")).json()["owner"])
    assert len(set(owners)) == 2
    assert all("slp" not in one and len(one) == 24 for one in owners)


async def test_a_page_that_lost_its_form_token_gets_a_new_one(page: httpx.AsyncClient, world: World) -> None:
    address = enter(page, world)
    assert "set-cookie" not in (await page.get(address)).headers
    del page.cookies["tt_csrf"]
    answer = await page.get(address)
    assert "SameSite=strict" in answer.headers["set-cookie"]
    sent = await page.post(address, content=body(world.tap()), headers={"x-csrf-token": answer.cookies["tt_csrf"]})
    assert sent.status_code == 200


async def test_the_same_batch_twice_at_once_is_stored_once(page: httpx.AsyncClient, world: World) -> None:
    address, content = enter(page, world), body(world.tap(), world.tap())
    answers = await asyncio.gather(*[page.post(address, content=content) for _ in range(4)])
    assert {answer.status_code for answer in answers} == {200}
    assert count_trials() == 2


async def test_a_colleague_who_has_the_page_open_is_named_to_the_other(page: httpx.AsyncClient, world: World) -> None:
    await page.get(enter(page, world))
    found = (await page.get(enter(page, world, "partner"))).json()
    assert found["others"] == [{"name": "slp", "initials": "S", "words": "has this session open"}]
    await page.post(enter(page, world), content=body(world.tap()))
    found = (await page.get(enter(page, world, "partner"))).json()
    assert [one["words"] for one in found["others"]] == ["is taking data in this session"]


async def test_polls_note_an_open_page_once_and_storage_that_takes_nothing_does_not_break_them(
    page: httpx.AsyncClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def full(*args: object) -> None:
        asked.append(args)
        raise OperationalError("INSERT", None, Exception("disk full"))

    address = enter(page, world)
    with monkeypatch.context() as broken:
        broken.setattr(taps, "note_presence", full)
        answers = [await page.get(address) for _ in range(2)]
    assert ([one.status_code for one in answers], len(asked)) == ([200, 200], 2)
    for _ in range(3):
        await page.get(address)
    with as_owner(write=False) as db:
        first = db.execute(select(col(Presence.seen_at))).scalar_one()
    await page.get(address)
    with as_owner(write=False) as db:
        assert db.execute(select(col(Presence.seen_at))).scalar_one() == first


async def test_a_second_scorers_marks_go_and_come_apart_from_all_others(page: httpx.AsyncClient, world: World) -> None:
    address, tap = enter(page, world, "partner"), world.tap()
    sent = await page.post(f"{address}?second=1", content=body(tap))
    assert sent.json()["acked"] == [str(tap.id)]
    assert count_trials() == 0
    assert len((await page.get(f"{address}?second=1")).json()["cells"]) == 1
    assert (await page.get(address)).json()["cells"] == []
    other = enter(page, world, "outsider")
    assert (await page.post(f"{other}?second=1", content=body(world.tap()))).status_code == 404
    assert (await page.get(f"{other}?second=1")).status_code == 404
