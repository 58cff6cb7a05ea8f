"""The outermost layer: foreign origins, guessed tab tokens, strangers, and what the framework gets to see."""

import asyncio
from collections.abc import Callable, MutableMapping
from typing import Any

import pytest
from starlette.responses import PlainTextResponse

from therapytrack.routes.edge import Edge
from therapytrack.routes.headers import headers_of, security_headers
from therapytrack.services.identity import hash_token
from therapytrack.state.lanes import REQUESTS

TAB = "0a1b2c3d-0000-4000-8000-123456789abc"
Scope = MutableMapping[str, Any]


class Inner:
    """Stands in for the framework and remembers what reached it."""

    def __init__(self) -> None:
        self.scopes: list[Scope] = []

    async def __call__(self, scope: Scope, receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        self.scopes.append(scope)
        if scope["type"] == "http":
            await PlainTextResponse("inner")(scope, receive, send)


def scope_of(kind: str, path: str = "/", query: str = "", method: str = "GET", **headers: str) -> Scope:
    named = {"host": "app.test", **{name.replace("_", "-"): value for name, value in headers.items()}}
    pairs = [(name.encode(), value.encode()) for name, value in named.items()]
    return {"type": kind, "path": path, "method": method, "query_string": query.encode(), "headers": pairs}


async def run(scope: Scope, app: Any = None) -> tuple[Inner, list[MutableMapping[str, Any]]]:
    inner, sent = Inner(), []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    await Edge(app or inner)(scope, receive, send)
    return inner, sent


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "http://app.test:81", "null", "https://app.test.evil.example"]
)
async def test_a_websocket_from_another_origin_is_closed(origin: str) -> None:
    inner, sent = await run(scope_of("websocket", "/_event/", f"token={TAB}", origin=origin))
    assert not inner.scopes
    assert sent[0]["code"] == 4403


async def test_a_websocket_without_an_origin_is_closed() -> None:
    inner, sent = await run(scope_of("websocket", "/_event/", f"token={TAB}"))
    assert not inner.scopes
    assert sent[0]["code"] == 4403


@pytest.mark.parametrize("token", ["", "../../x", TAB + "-stranger", TAB.upper()])
async def test_a_tab_token_of_another_form_is_closed(token: str) -> None:
    inner, sent = await run(scope_of("websocket", "/_event/", f"token={token}", origin="http://app.test"))
    assert not inner.scopes
    assert sent[0]["code"] == 4400


async def test_the_framework_sees_a_hash_of_the_cookie_and_a_state_key_of_this_sign_in() -> None:
    cookie = "other=1; tt_session=secret-token"
    inner, _ = await run(scope_of("websocket", "/_event/", f"token={TAB}", origin="http://app.test", cookie=cookie))
    (scope,) = inner.scopes
    digest = hash_token("secret-token")
    assert f"token={TAB}-{digest[:32]}" in scope["query_string"].decode()
    assert dict(scope["headers"])[b"cookie"] == f"tt_sid={digest}".encode()
    assert b"secret-token" not in repr(scope).encode()


async def test_the_same_tab_token_without_the_cookie_opens_another_state() -> None:
    inner, _ = await run(scope_of("websocket", "/_event/", f"token={TAB}", origin="http://app.test"))
    assert inner.scopes[0]["query_string"].decode().endswith("-stranger")


@pytest.mark.parametrize("begun", [False, True])
async def test_a_fault_is_answered_and_logged_without_what_it_quotes(
    capfd: pytest.CaptureFixture[str], begun: bool
) -> None:
    async def failing(scope: Scope, receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        if begun:
            await PlainTextResponse("part")(scope, receive, send)
        raise ValueError("Canarygiven is no date")

    inner, sent = await run(scope_of("http", "/summary"), failing)
    assert not inner.scopes
    assert (sent[0]["status"], "Canary" in repr(sent)) == (200 if begun else 500, False)
    logged = "".join(capfd.readouterr())
    assert ("ValueError" in logged, "Canary" in logged) == (True, False)


@pytest.mark.parametrize("path", ["/_upload", "/_upload/x", "/_event/"])
async def test_the_frameworks_own_doors_over_http_are_closed(path: str) -> None:
    inner, sent = await run(scope_of("http", path, method="POST", origin="http://app.test"))
    assert not inner.scopes
    assert sent[0]["status"] == 404


@pytest.mark.parametrize(
    "headers", [{"origin": "http://evil.example"}, {"sec_fetch_site": "cross-site"}, {"cookie": "a=b"}]
)
async def test_a_changing_request_from_elsewhere_is_refused(headers: dict[str, str]) -> None:
    inner, sent = await run(scope_of("http", "/auth/sign-out", method="POST", **headers))
    assert not inner.scopes
    assert sent[0]["status"] == 403


async def test_every_answer_carries_the_security_headers() -> None:
    _, sent = await run(scope_of("http", "/ping"))
    names = {name.decode() for name, _ in sent[0]["headers"]}
    assert {"content-security-policy", "x-content-type-options", "referrer-policy", "x-frame-options"} <= names


async def test_scripts_may_not_be_evaluated_or_come_from_elsewhere() -> None:
    _, sent = await run(scope_of("http", "/ping"))
    policy = dict(sent[0]["headers"])[b"content-security-policy"].decode()
    scripts = next(part for part in policy.split(";") if "script-src" in part)
    assert "unsafe" not in scripts
    assert "http" not in scripts
    assert "*" not in scripts


@pytest.mark.parametrize(
    ("path", "kind", "kept"),
    [
        ("/assets/root-DnD3YSe1.js", "text/javascript; charset=utf-8", True),
        ("/assets/reflex-env-DnD3YSe1.js", "text/javascript; charset=utf-8", False),
        ("/app.css", "text/css", False),
    ],
)
async def test_a_part_of_a_page_may_do_nothing_by_itself_in_few_bytes(path: str, kind: str, kept: bool) -> None:
    headers = dict(headers_of(kind.encode(), path))
    assert headers[b"content-security-policy"] == b"default-src 'none'"
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert sum(len(name) + len(value) + 4 for name, value in headers.items()) < 300
    assert (b"cache-control" in headers) == kept


async def test_a_page_in_the_place_of_a_script_has_the_whole_policy() -> None:
    assert headers_of(b"text/html", "/assets/root-DnD3YSe1.js") == security_headers()


@pytest.mark.parametrize(("path", "location"), [("/", "/sign-in/"), ("/caseload/", "/sign-in/?next=%2Fcaseload%2F")])
async def test_a_stranger_who_asks_for_a_page_is_sent_to_sign_in(path: str, location: str) -> None:
    inner, sent = await run(scope_of("http", path, accept="text/html"))
    assert not inner.scopes
    assert dict(sent[0]["headers"])[b"location"].decode() == location


async def test_the_sign_in_page_brings_the_token_for_its_form() -> None:
    _, sent = await run(scope_of("http", "/sign-in/", accept="text/html"))
    cookie = dict(sent[0]["headers"])[b"set-cookie"].decode()
    assert cookie.startswith("tt_csrf=")
    assert "SameSite=Strict" in cookie


class Slow:
    """Begins an answer when it is told to, and never ends it."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.may_answer = asyncio.Semaphore(0)

    async def __call__(self, scope: Scope, receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        self.begun.append(scope["path"])
        await self.may_answer.acquire()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await asyncio.Event().wait()


async def test_requests_of_one_sign_in_wait_for_its_answers_to_begin_and_for_nobody_elses() -> None:
    """Not for the marks of a session, not for another person's, not for the parts of a page, and not for slow lines."""
    slow = Slow()
    edge = Edge(slow)

    async def nothing() -> MutableMapping[str, Any]:
        return {}

    async def send(_: MutableMapping[str, Any]) -> None:
        return None

    asked = [f"/{number}.csv" for number in range(REQUESTS + 2)]
    hers = [scope_of("http", path, cookie="tt_session=ana") for path in asked]
    marks = scope_of("http", "/sessions/1/taps", cookie="tt_session=ana")
    part = scope_of("http", "/assets/page.js", cookie="tt_session=ana")
    his = scope_of("http", "/his.csv", cookie="tt_session=ben")
    running = [asyncio.create_task(edge(one, nothing, send)) for one in (*hers, marks, part, his)]
    try:
        await _soon()
        assert slow.begun == [*asked[:REQUESTS], marks["path"], part["path"], his["path"]]
        slow.may_answer.release()
        await _soon()
        assert slow.begun[REQUESTS + 3 :] == [asked[REQUESTS]]
        for one in running[1:REQUESTS]:
            one.cancel()
        await _soon()
        assert slow.begun[REQUESTS + 4 :] == [asked[-1]]
    finally:
        for one in running:
            one.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    assert dict(edge.requests.lanes) == {}


async def _soon() -> None:
    for _ in range(50):
        await asyncio.sleep(0)
