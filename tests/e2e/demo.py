"""The demo workspace seen from outside: sign in with one click, look into the database, keep an ear on the browser."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

from playwright.sync_api import ConsoleMessage, Page

from tests.e2e.servers import Server, breathe
from therapytrack.services.demo_data import OUTSIDERS_STUDENTS, STUDENTS

PATIENCE_MS = 30_000
# Given, family and preferred names; none of them is a word of the product.
NAMES = sorted({name for student in (*STUDENTS, *OUTSIDERS_STUDENTS) for name in student[:3] if len(name) > 3})


class Ear:
    """Collects what must never happen in a page: uncaught errors and violations of the content policy."""

    def __init__(self, page: Page) -> None:
        self.heard: list[str] = []
        page.on("pageerror", lambda error: self.heard.append(f"error: {error}"))
        page.on("console", self._console)

    def _console(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or "Content-Security-Policy" in message.text:
            self.heard.append(message.text)


def enter(page: Page, server: Server, who: str = "Clinician") -> Page:
    """Sign in as one of the demo's people by their button, and wait for Today, or Team for the owner."""
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{server.url}/sign-in/")
    page.get_by_role("button", name=who, exact=True).click()
    page.wait_for_url(re.compile(r"/(today|team)/?$"))
    return page


def look(server: Server, query: str, *values: str) -> list[tuple[Any, ...]]:
    """The rows of a query on the server's own file; `values` may be ids as addresses write them."""
    with closing(sqlite3.connect(server.database, timeout=30)) as db:
        return db.execute(query, values).fetchall()


def key(written: str) -> str:
    """An id as the SQLite file keeps it, from one as an address writes it."""
    return written.replace("-", "")


def until(true: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for something outside the browser."""
    for _ in range(int(seconds / 0.05)):
        if true():
            return
        breathe()
    assert true()


def named(text: str) -> list[str]:
    """The demo students' names that stand in a text, as words of their own."""
    return sorted(name for name in NAMES if re.search(rf"\b{re.escape(name)}\b", text))
