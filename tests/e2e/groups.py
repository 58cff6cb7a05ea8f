"""A running group on a running server, and a person who is signed in to it."""

import sqlite3
from contextlib import closing
from datetime import timedelta

from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlmodel import Session

from tests.e2e.servers import Server
from tests.services.live_world import NEW_GOAL, World, build_world
from therapytrack.db import make_engine
from therapytrack.models import new_id, utc_now
from therapytrack.services.goals import create_goal


class Group:
    """A group session in the server's own database, as seen from outside."""

    def __init__(self, server: Server, students: int = 4, goals: int = 3) -> None:
        self.server = server
        engine = make_engine(f"sqlite:///{server.database}")
        with Session(engine, expire_on_commit=False) as db, db.begin():
            self.world: World = build_world(db, students, goals, mark=new_id().hex)
        engine.dispose()

    @property
    def url(self) -> str:
        """The address of the live session."""
        return f"{self.server.url}/sessions/{self.world.session.id}"

    def sign_in(self, context: BrowserContext, who: str = "slp") -> None:
        """Give a browser the cookie of `who`."""
        context.add_cookies([{"name": "tt_session", "value": self.world.tokens[who], "url": self.server.url}])

    def open(self, page: Page) -> Page:
        """Load the session and wait until everybody's marks have come."""
        with page.expect_response(lambda answer: answer.url.endswith("/taps") and answer.request.method == "GET"):
            page.goto(self.url)
        expect(pad(page)).to_be_visible()
        return page

    def plan(self) -> None:
        """Put the session back to before its start."""
        with closing(sqlite3.connect(self.server.database)) as db, db:
            session = (self.world.session.id.hex,)
            db.execute("UPDATE therapy_session SET status = 'planned', started_at = NULL WHERE id = ?", session)
            db.execute("UPDATE session_entry SET attendance = 'planned', minutes = 0 WHERE session_id = ?", session)

    def began(self, minutes: int) -> None:
        """Let the session have begun so many minutes ago, as one does that is held to its end."""
        at = f"{utc_now() - timedelta(minutes=minutes):%Y-%m-%d %H:%M:%S.%f}"
        with closing(sqlite3.connect(self.server.database)) as db, db:
            db.execute("UPDATE therapy_session SET started_at = ? WHERE id = ?", (at, self.world.session.id.hex))

    def take(self, place: int) -> None:
        """End everybody's right to the student at `place`."""
        with closing(sqlite3.connect(self.server.database)) as db, db:
            student = (self.world.places[place].student.id.hex,)
            db.execute("UPDATE student_grant SET ends_at = starts_at WHERE student_id = ?", student)

    def add_goal(self, place: int) -> None:
        """Let the clinician add "goal 9" for the student at `place`, elsewhere."""
        engine = make_engine(f"sqlite:///{self.server.database}")
        with Session(engine, expire_on_commit=False) as db, db.begin():
            create_goal(db, self.world.actor(db, "slp"), self.world.places[place].student.id, new_id(), NEW_GOAL)
        engine.dispose()

    def prompts(self) -> list[int]:
        """The levels of help of the session's trials, in the order in which they were made."""
        with closing(sqlite3.connect(self.server.database)) as db:
            query = "SELECT prompt_rank FROM trial WHERE session_id = ? ORDER BY tapped_at"
            return [int(row[0]) for row in db.execute(query, (self.world.session.id.hex,))]

    def status(self) -> str:
        """How far the session is, as stored."""
        with closing(sqlite3.connect(self.server.database)) as db:
            query = "SELECT status FROM therapy_session WHERE id = ?"
            return str(db.execute(query, (self.world.session.id.hex,)).fetchone()[0])

    def rows(self, *, counted: bool = True) -> int:
        """Trials of this session in the database; only those that still count, unless told otherwise."""
        live = " AND undone_at IS NULL" if counted else ""
        with closing(sqlite3.connect(self.server.database)) as db:
            query = f"SELECT count(DISTINCT id) FROM trial WHERE session_id = ?{live}"
            return int(db.execute(query, (self.world.session.id.hex,)).fetchone()[0])

    def purposes(self) -> set[str]:
        """What the session's trials were taken for."""
        with closing(sqlite3.connect(self.server.database)) as db:
            query = "SELECT DISTINCT purpose FROM trial WHERE session_id = ?"
            return {str(row[0]) for row in db.execute(query, (self.world.session.id.hex,))}

    def note(self, place: int = 0) -> str:
        """A note as it is stored."""
        with closing(sqlite3.connect(self.server.database)) as db:
            entry = self.world.places[place].entry.id.hex
            return str(db.execute("SELECT note FROM session_entry WHERE id = ?", (entry,)).fetchone()[0])


def finish(page: Page, planned: int = 30) -> None:
    """Finish a session that was shorter than its plan, with the planned minutes all the same."""
    page.get_by_role("button", name="Finish").first.click()
    page.get_by_role("button", name=f"Credit {planned} min").click()


def pad(page: Page, outcome: str = "correct", goal: int = 0, student: str = "Ana") -> Locator:
    """The button that records `outcome`."""
    return page.get_by_role("button", name=f"goal {goal}: {outcome}, for {student} Test", exact=True)
