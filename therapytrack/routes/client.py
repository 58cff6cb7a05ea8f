"""What the plain HTTP routes share: the caller's address, cookie names, the cross-site checks, and replies."""

import hmac
import secrets
from collections.abc import Mapping
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from therapytrack.access.actor import Actor
from therapytrack.errors import (
    Conflict,
    Invalid,
    NotFound,
    NotPermitted,
    NotProved,
    TherapyTrackError,
    TooLarge,
    Unavailable,
    Wait,
)
from therapytrack.models import ClinicalRole
from therapytrack.services.identity import ABSOLUTE_LIMIT, hash_token
from therapytrack.services.sign_ins import actor_behind
from therapytrack.settings import get_settings

CSRF_COOKIE, CSRF_HEADER, CSRF_FIELD = "tt_csrf", "x-csrf-token", "csrf_token"
NO_STORE = {"cache-control": "no-store, private"}
A_YEAR = 365 * 24 * 3600
FORGED = "This form came from another page or is too old. Load the page again, then send it again."


def sign_in_cookie() -> str:
    """The cookie's name; over https the prefix binds it to this host."""
    return "__Host-tt_session" if get_settings().secure_cookies else "tt_session"


def device_cookie() -> str:
    """The cookie that marks a browser as known to an account."""
    return "__Host-tt_device" if get_settings().secure_cookies else "tt_device"


def parse_cookies(header: str) -> dict[str, str]:
    """The pairs of a Cookie header; the first of a repeated name counts."""
    pairs: dict[str, str] = {}
    for part in header.split(";"):
        name, found, value = part.strip().partition("=")
        if found and name not in pairs:
            pairs[name] = value.strip('"')
    return pairs


def token_hash_of(cookies: Mapping[str, str]) -> str:
    """The hash of the sign-in cookie, or '' when there is none."""
    token = cookies.get(sign_in_cookie(), "")
    return hash_token(token) if token else ""


def actor_of(request: Request, *, is_activity: bool = True) -> Actor | None:
    """The signed-in person behind a request, or None. Reads the database: call it in a worker thread."""
    token_hash = token_hash_of(request.cookies)
    return actor_behind(token_hash, is_activity=is_activity) if token_hash else None


def client_address(request: Request) -> str:
    """The caller's IP: the socket's, or the one that the outermost of the trusted proxies saw."""
    hops = get_settings().trusted_proxy_hops
    seen = [part.strip() for part in request.headers.get("x-forwarded-for", "").split(",") if part.strip()]
    if hops and len(seen) >= hops:
        return seen[-hops]
    return request.client.host if request.client else ""


def is_same_origin(headers: Mapping[str, str]) -> bool:
    """Whether a changing request or a websocket comes from a page of this very origin.

    A caller that names no origin may pass only without a cookie: browsers always name it where it matters.
    """
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    if origin is None:
        return "cookie" not in headers
    return origin == get_settings().origin or (
        not get_settings().public_url and origin.partition("://")[2] == headers.get("host")
    )


async def read_body(request: Request, most: int, sentence: str) -> bytes:
    """The body, as long as it really is, whatever its length says. Raises TooLarge beyond `most` bytes."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise TooLarge(sentence)
        parts.append(part)
    return b"".join(parts)


def csrf_matches(request: Request, sent: str) -> bool:
    """The token that the page sent is the one in its cookie."""
    kept = request.cookies.get(CSRF_COOKIE, "")
    return bool(kept) and hmac.compare_digest(kept.encode(), sent.encode())


def new_csrf_token() -> str:
    """A fresh token for the page's cookie."""
    return secrets.token_urlsafe(24)


def wants_json(request: Request) -> bool:
    """The page asked with fetch and shows the answer itself."""
    return "application/json" in request.headers.get("accept", "")


def go_to(request: Request, location: str) -> Response:
    """Send the browser to `location` (a path of ours), as JSON for a page that asked with fetch."""
    if wants_json(request):
        return JSONResponse({"location": location}, headers=NO_STORE)
    return RedirectResponse(location, 303, headers=NO_STORE)


def refuse(errors: Mapping[str, str], status: int = 422) -> JSONResponse:
    """Sentences by field; the field "form" is the form as a whole. Half a character that a sentence quotes becomes a
    sign that can be sent."""
    told = {name: sentence.encode(errors="replace").decode() for name, sentence in errors.items()}
    return JSONResponse({"errors": told}, status, headers=NO_STORE)


def safe_path(path: str) -> str:
    """A path on this site to go on to, or the start page: never another site."""
    inside = path.startswith("/") and not path.startswith("//")
    return path if inside and "\\" not in path and path.isprintable() else "/today/"


def home_of(actor: Actor) -> str:
    """Where a person begins: with her day, or with the team when she sees no students here."""
    return "/team/" if actor.member.clinical == ClinicalRole.NONE else "/today/"


def to_proof(request: Request) -> Response:
    """Send a person who asked for something sensitive to the page that asks for her password, and back here."""
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/prove/?next={quote(wanted, safe='')}", 303, headers=NO_STORE)


def set_session_cookies(response: Response, token: str, device: str) -> None:
    """Give the browser its sign-in and its mark of being known; scripts can read neither."""
    secure = get_settings().secure_cookies
    common = {"httponly": True, "secure": secure, "samesite": "lax", "path": "/"}
    response.set_cookie(sign_in_cookie(), token, max_age=int(ABSOLUTE_LIMIT.total_seconds()), **common)  # type: ignore[arg-type]
    if device:
        response.set_cookie(device_cookie(), device, max_age=A_YEAR, **common)  # type: ignore[arg-type]


STATUS_OF: Mapping[type[TherapyTrackError], int] = {
    NotFound: 404,
    NotPermitted: 403,
    Conflict: 409,
    TooLarge: 413,
    Invalid: 422,
    Wait: 429,
    Unavailable: 503,
}


async def answer_error(request: Request, error: Exception) -> Response:
    """The answer of every plain route to an error of ours: its sentence, and its fields where it names some.

    A page or file that needs a proof first leads to the page that asks for it.
    """
    if isinstance(error, NotProved) and request.method == "GET" and not wants_json(request):
        return to_proof(request)
    status = next((code for kind, code in STATUS_OF.items() if isinstance(error, kind)), 500)
    if isinstance(error, Invalid):
        return refuse(error.fields, status)
    sentence = error.sentence if isinstance(error, TherapyTrackError) else str(status)
    return refuse({"form": sentence}, status)
