"""What wraps everything: who may connect, under which key the framework keeps their state, and what browsers may do.

Reflex's own defaults are open: any origin connects, the tab's token in the address is the only key to the state of the
server, and the raw cookie ends up in that state. Here a websocket must come from this origin; its state key includes
the sign-in, so a token without the cookie opens an empty state; and the framework sees only a hash of the cookie.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Container, Iterable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from starlette.responses import PlainTextResponse, RedirectResponse

from therapytrack.routes.client import (
    CSRF_COOKIE,
    FORGED,
    NO_STORE,
    home_of,
    is_same_origin,
    new_csrf_token,
    parse_cookies,
    token_hash_of,
)
from therapytrack.routes.headers import headers_of
from therapytrack.services.sign_ins import actor_behind
from therapytrack.settings import get_settings
from therapytrack.state.failures import log_failure
from therapytrack.state.guard import COOKIE_TO_STATE
from therapytrack.state.lanes import MARKS, REQUESTS, STRANGER, Lanes

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

TAB_TOKEN = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
OPEN_PAGES = ("/sign-in", "/sign-up")
OPEN_PATHS = (*OPEN_PAGES, "/auth/", "/invite/", "/forgot", "/reset/", "/ping", "/_health")
CLOSED_PATHS = ("/_upload", "/_event")
PARTS_OF_PAGES = ("/assets/", "/fonts/")
FAILED = "Something went wrong on our side. Nothing that was saved is lost. Try again."
CLOSE_FOREIGN, CLOSE_BAD_TOKEN = 4403, 4400


class Edge:
    """The outermost ASGI layer."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.requests, self.marks = Lanes(REQUESTS), Lanes(MARKS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Judge one connection or request and pass on what is allowed."""
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        elif scope["type"] == "http":
            await self._in_turn(scope, receive, _with_headers(send, scope["path"]))
        else:
            await self.app(scope, receive, send)

    async def _in_turn(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request when its person's turn comes, which ends with the first word of the answer: a slow line
        holds nobody up. Marks have turns of their own: they wait for no document."""
        sign_in = token_hash_of(parse_cookies(_decoded(scope).get("cookie", "")))
        if not sign_in or scope["path"].startswith(PARTS_OF_PAGES):
            await self._whatever_fails(scope, receive, send)
            return
        turn = await (self.marks if scope["path"].endswith("/taps") else self.requests).take(sign_in)

        async def sending(message: MutableMapping[str, Any]) -> None:
            turn.end()
            await send(message)

        try:
            await self._whatever_fails(scope, receive, sending)
        finally:
            turn.end()

    async def _whatever_fails(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; a fault of ours is logged by its kind and place, and nothing that it quotes."""
        begun = False

        async def sending(message: MutableMapping[str, Any]) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._http(scope, receive, sending)
        except Exception as error:  # noqa: BLE001 - the server would log its words, which may be a student's
            log_failure(error)
            if not begun:
                await PlainTextResponse(FAILED, 500)(scope, receive, send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        code = _refusal(scope)
        if code:
            await receive()
            await send({"type": "websocket.close", "code": code})
            return
        await self.app(_scoped_to_sign_in(scope), receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers, path = _decoded(scope), scope["path"]
        if path.startswith(CLOSED_PATHS):
            await PlainTextResponse("Not found", 404)(scope, receive, send)
        elif scope["method"] not in ("GET", "HEAD", "OPTIONS") and not is_same_origin(headers):
            await PlainTextResponse(FORGED, 403)(scope, receive, send)
        elif scope["method"] == "GET" and "text/html" in headers.get("accept", ""):
            await self._page(scope, receive, send, headers)
        else:
            await self.app(scope, receive, send)

    async def _page(self, scope: Scope, receive: Receive, send: Send, headers: dict[str, str]) -> None:
        """A page for a person: strangers go to the sign-in page, signed-in people past it."""
        path, cookies = scope["path"], parse_cookies(headers.get("cookie", ""))
        token_hash = token_hash_of(cookies)
        actor = await asyncio.to_thread(actor_behind, token_hash) if token_hash else None
        if actor is None and not path.startswith(OPEN_PATHS) and "." not in path.rsplit("/", 1)[-1]:
            wanted = path + (f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else "")
            where = "/sign-in/" if wanted in ("", "/") else f"/sign-in/?next={quote(wanted, safe='')}"
            await RedirectResponse(where, 303, headers=NO_STORE)(scope, receive, send)
            return
        if actor and (path == "/" or path.startswith(OPEN_PAGES)):
            await RedirectResponse(home_of(actor), 303, headers=NO_STORE)(scope, receive, send)
            return
        if path.rstrip("/") == "/settings":
            await RedirectResponse("/settings/profile/", 303, headers=NO_STORE)(scope, receive, send)
            return
        new_token = "" if CSRF_COOKIE in cookies else new_csrf_token()
        await self.app(scope, receive, _with_csrf_cookie(send, new_token) if new_token else send)


def _refusal(scope: Scope) -> int:
    """The code that closes a websocket from elsewhere or with a token of another shape; 0 for one that may connect."""
    headers = _decoded(scope)
    if not is_same_origin(headers) or "origin" not in headers:
        return CLOSE_FOREIGN
    token = dict(parse_qsl(scope["query_string"].decode("latin-1"))).get("token", "")
    return 0 if TAB_TOKEN.fullmatch(token) else CLOSE_BAD_TOKEN


def _scoped_to_sign_in(scope: Scope) -> Scope:
    """The scope with a state key that includes the sign-in, and of the cookies a hash alone."""
    token_hash = token_hash_of(parse_cookies(_decoded(scope).get("cookie", "")))
    query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
    query["token"] += f"-{token_hash[:32] or STRANGER}"
    kept = [(name, value) for name, value in scope["headers"] if name != b"cookie"]
    if token_hash:
        kept.append((b"cookie", f"{COOKIE_TO_STATE}={token_hash}".encode()))
    return {**scope, "headers": kept, "query_string": urlencode(query).encode()}


def _decoded(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


def _with_headers(send: Send, path: str) -> Send:
    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            present = {name.lower(): value for name, value in message["headers"]}
            wanted = headers_of(present.get(b"content-type", b""), path)
            message["headers"] = [*message["headers"], *_missing(wanted, present)]
        await send(message)

    return sending


def _missing(wanted: Iterable[tuple[bytes, bytes]], present: Container[bytes]) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, value in wanted if name not in present]


def _with_csrf_cookie(send: Send, token: str) -> Send:
    secure = "; Secure" if get_settings().secure_cookies else ""
    cookie = f"{CSRF_COOKIE}={token}; Path=/; SameSite=Strict{secure}".encode()

    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], (b"set-cookie", cookie)]
        await send(message)

    return sending
