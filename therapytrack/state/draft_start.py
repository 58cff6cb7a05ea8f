"""The page that starts a draft: for which days, about all goals or one."""

from dataclasses import dataclass
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec
from uuid6 import uuid7

from therapytrack.access.actions import Action
from therapytrack.domain.dates import long_date
from therapytrack.domain.form_fields import FieldReader
from therapytrack.domain.ids import parse_id
from therapytrack.errors import NotFound, TherapyTrackError
from therapytrack.services.draft_start import DraftStart, open_draft_start
from therapytrack.services.drafts import prepare_draft
from therapytrack.state.address import as_id, id_after
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import requires

NO_ID = UUID(int=0)
WORDS = {
    "prepared": "Not written yet",
    "writing": "Being written",
    "written": "Needs review",
    "accepted": "Accepted",
    "stopped": "Stopped",
    "failed": "Failed",
}


@dataclass(frozen=True, slots=True)
class EarlierView:
    """A draft made before, with the way to it."""

    period: str
    words: str
    href: str


@dataclass(frozen=True, slots=True)
class StartView:
    """The form's subject and defaults."""

    student: str = ""
    student_href: str = ""
    since: str = ""
    until: str = ""
    goal: str = ""
    asks_ai: bool = False


class DraftStartState(SignedInState):
    """The form at /students/ID/drafts/new."""

    form: StartView = StartView()
    goals: list[tuple[str, str]] = []
    earlier: list[EarlierView] = []
    _subject: UUID = NO_ID
    _draft_id: UUID = NO_ID

    @rx.event
    @requires(Action.GENERATE_NOTE)
    async def enter(self) -> None:
        """Open the form; the address may name a goal to begin with (`?goal=`)."""
        await self._enter()
        self.form, self.goals, self.earlier = StartView(), [], []
        kept = as_id(self._kept().get("draft", ""))
        self._draft_id = kept if kept != NO_ID else UUID(int=uuid7().int)
        self._keep_open(draft=str(self._draft_id))
        try:
            self._subject = id_after(self.router.url.path, "students")
        except NotFound as error:
            self._show(error)
            return
        await self._load()

    @rx.event
    @requires(Action.GENERATE_NOTE)
    async def retry(self) -> None:
        """Load again after a failure."""
        await self._load()

    @rx.event
    @requires(Action.GENERATE_NOTE)
    async def start(self, form: dict[str, str]) -> EventSpec | None:
        """Gather the data and open the draft; a second click finds the draft of the first."""
        self._clear_messages()
        reader = FieldReader(form)
        since = reader.day("since", "Enter the first day.")
        until = reader.day("until", "Enter the last day.")
        try:
            reader.finish()
            if since is None or until is None:
                return None
            goal = parse_id(form["goal"]) if form.get("goal") else None
            draft = await self._ask(prepare_draft, self._subject, since, until, self._draft_id, goal)
        except TherapyTrackError as error:
            self._show(error)
            return None
        return rx.redirect(f"/drafts/{draft.id}")

    async def _load(self) -> None:
        if found := await self._try(open_draft_start, self._subject):
            self._fill(found)
        self.ready = True

    def _fill(self, found: DraftStart) -> None:
        asked = self.router.url.query_parameters.get("goal", "")
        self.goals = found.goals
        self.form = StartView(
            student=found.student,
            student_href=f"/students/{self._subject}",
            since=found.since.isoformat(),
            until=found.until.isoformat(),
            goal=asked if asked in dict(found.goals) else "",
            asks_ai=found.asks_ai,
        )
        self.earlier = [
            EarlierView(
                f"{long_date(one.since)} to {long_date(one.until)}",
                WORDS.get(one.status, one.status),
                f"/drafts/{one.id}",
            )
            for one in found.earlier
        ]
