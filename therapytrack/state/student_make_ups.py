"""A student's missed sessions on her page: make one up, say what makes it up, or decide that it is owed or not."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from therapytrack.access.actions import Action
from therapytrack.domain.make_ups import MakeUp, parse_decision
from therapytrack.errors import Conflict, Invalid, TherapyTrackError
from therapytrack.services.make_up_links import choose_make_up, decide_make_up, link_make_up, start_make_up
from therapytrack.services.student_missed import MakeUpLine
from therapytrack.state.address import as_id
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import requires

DECIDED = "A colleague decided about this session in the meantime."


class StudentMakeUps(SignedInState, mixin=True):
    """`deciding`: the missed part about which a decision is being entered, if any."""

    make_ups: list[MakeUpLine] = []
    other_missed: list[MakeUpLine] = []
    deciding: str = ""
    _session_id: UUID = UUID(int=0)

    @rx.event
    @requires(Action.RECORD_SESSION)
    async def start_make_up(self, missed: str) -> EventSpec | None:
        """Start a session now that makes up a missed one; a second click finds the session of the first."""
        session = await self._try(start_make_up, self._session_id, as_id(missed))
        return rx.redirect(f"/sessions/{session.id}") if session else None

    @rx.event
    @requires(Action.RECORD_SESSION)
    async def made_up_by(self, missed: str, entry: str) -> None:
        """Say which session makes a missed one up; "" says nothing."""
        if entry:
            await self._then(link_make_up, as_id(entry), as_id(missed))

    @rx.event
    @requires(Action.RECORD_SESSION)
    async def unlink(self, entry: str) -> None:
        """Let a session that made one up count for itself again."""
        await self._then(choose_make_up, as_id(entry), "")

    @rx.event
    @requires(Action.MANAGE_PLAN)
    async def open_decision(self, missed: str) -> None:
        """Show the form for deciding about a missed session; once more puts it away."""
        self._clear_messages()
        self.deciding = "" if self.deciding == missed else missed
        line = self._missed(self.deciding)
        self._keep_open(deciding=self.deciding, owed="yes" if line and line.owed else "")

    @rx.event
    @requires(Action.MANAGE_PLAN)
    async def decide(self, form: dict[str, Any]) -> None:
        """Decide against the policy of the code, with a reason."""
        self._clear_messages()
        try:
            decided, why = parse_decision(str(form.get("decided") or ""), str(form.get("why") or ""))
        except Invalid as error:
            self._show(error)
            return
        await self._then(decide_make_up, as_id(str(form.get("missed") or "")), decided, why)

    @rx.event
    @requires(Action.MANAGE_PLAN)
    async def by_policy(self, missed: str) -> None:
        """Take a decision back: the policy of the code holds."""
        await self._then(decide_make_up, as_id(missed), MakeUp.POLICY, "")

    async def _then(self, service: Callable[..., Any], *args: Any) -> None:
        """Run the service and show the page as it is after it, after a conflict too."""
        self._clear_messages()
        try:
            await self._ask(service, *args)
        except Conflict as conflict:
            self.problem = conflict.sentence
        except TherapyTrackError as error:
            self._show(error)
            return
        self.deciding = ""
        self._keep_open(deciding="")
        await self._load()

    def _decide_on(self, kept: dict[str, str]) -> None:
        """Let the form go on that the tab still shows, while there is still the same to decide."""
        missed = kept.get("deciding", "")
        line = self._missed(missed)
        if line and not line.decided and line.owed == (kept.get("owed") == "yes"):
            self.deciding = missed
        elif missed and not self.problem and not self.missing:
            self.problem = DECIDED

    def _missed(self, missed: str) -> MakeUpLine | None:
        lines = [*self.get_value("make_ups"), *self.get_value("other_missed")]
        return next((one for one in lines if one.id == missed), None)

    async def _load(self, done: str = "") -> None:
        raise NotImplementedError
