"""Small pages for plain HTTP routes: the same words as the app's own panels, without a script."""

from collections.abc import Mapping
from html import escape

from starlette.responses import HTMLResponse, RedirectResponse, Response

from therapytrack.errors import Invalid, NotFound, NotPermitted, NotProved, TherapyTrackError, Unavailable, Wait
from therapytrack.routes.client import NO_STORE

STATUS: Mapping[type[TherapyTrackError], int] = {
    NotFound: 404, NotPermitted: 403, Invalid: 422, Wait: 429, Unavailable: 503,
}  # fmt: skip
FONT = "/fonts/source-sans-3-latin-wght-normal.woff2"
TITLES = {404: "Not found", 403: "Not allowed", 422: "Check the dates", 429: "One moment", 503: "Not available"}


def plain_page(title: str, body: str, status: int = 200) -> HTMLResponse:
    """A whole page around `body` (HTML of ours, its parts escaped), printable, in light colors, never stored."""
    return _page(title, body, status, '<link rel="stylesheet" href="/summary.css">', "light")


def form_page(title: str, body: str, status: int = 200) -> HTMLResponse:
    """A page in the app's own look around `body`, whose form is sent by a script of ours; never stored."""
    sheets = "".join(f'<link rel="stylesheet" href="/{name}.css">' for name in ("gate", "app"))
    return _page(title, body, status, f'{sheets}<script src="/plain-form.js" defer></script>', "")


def _page(title: str, body: str, status: int, parts: str, scheme: str) -> HTMLResponse:
    head = (
        f'<!doctype html><html lang="en" class="{scheme}"><head><meta charset="utf-8">'
        f"<title>{escape(title)} · TherapyTrack</title>"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="icon" href="/icon.svg" type="image/svg+xml">'
        f'<link rel="preload" href="{FONT}" as="font" type="font/woff2" crossorigin>'
        f'<link rel="stylesheet" href="/tokens.css">{parts}</head>'
    )
    return HTMLResponse(f"{head}<body>{body}</body></html>", status, headers=NO_STORE)


def error_page(error: TherapyTrackError) -> HTMLResponse:
    """What failed, in the sentence that the error carries, and the way back. NotProved is left to `answer_error`."""
    if isinstance(error, NotProved):
        raise error
    status = STATUS.get(type(error), 503)
    sentences = list(error.fields.values()) if isinstance(error, Invalid) else [error.sentence]
    title = TITLES[status]
    words = "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences)
    back = '<p><a href="/caseload/">Back to the caseload</a></p>'
    return plain_page(title, f"<main><h1>{title}</h1>{words}{back}</main>", status)


def to_sign_in() -> Response:
    """Send a stranger to the sign-in page; the address asked for is not repeated, as it would be a download."""
    return RedirectResponse("/sign-in/", 303, headers=NO_STORE)
