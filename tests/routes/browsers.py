"""A browser on the app's plain routes behind the edge, for tests that sign in and follow links."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from starlette.applications import Starlette

from therapytrack.errors import TherapyTrackError
from therapytrack.routes.client import answer_error
from therapytrack.routes.edge import Edge
from therapytrack.therapytrack import ROUTES

ORIGIN = "http://app.test"
PASSWORD = "copper lantern meadow 48"
PERSON = {"name": "Ana Núñez", "profession": "slpa", "credential": "SLPA", "us_state": "NY", "password": PASSWORD}


@asynccontextmanager
async def open_browser(cookie: str = "") -> AsyncIterator[httpx.AsyncClient]:
    """A browser with the form token's cookie; `cookie`: the token of a sign-in."""
    app = Edge(Starlette(routes=list(ROUTES), exception_handlers={TherapyTrackError: answer_error}))
    headers = {"origin": ORIGIN, "accept": "application/json", "x-csrf-token": "token"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN, headers=headers) as browser:
        browser.cookies.set("tt_csrf", "token", domain="app.test")
        if cookie:
            browser.cookies.set("tt_session", cookie, domain="app.test")
        yield browser
