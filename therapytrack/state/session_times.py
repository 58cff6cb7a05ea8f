"""What the live session's page asks about time: at its end, of a student who came late or left early, and make-ups."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from therapytrack.access.actions import Action
from therapytrack.services.entry_times import SavedEntry
from therapytrack.services.finishing import close_session, finish_session, leave_now, set_times
from therapytrack.services.make_up_links import choose_make_up
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import requires
from therapytrack.state.session_views import ClosingView, KidView, closing_view

LEFT = (
    "The part of your students has ended, and the session goes on for the others. Their minutes and times are on their "
    "cards: correct them if need be."
)

R = TypeVar("R")


class SessionTimes(SignedInState, mixin=True):
    """`closing`: the question at the end, while it is open; `times_entry`: whose times are being entered, if any.

    `said`: what a colleague is told whose students have left.
    """

    said: str = ""
    closing: ClosingView = ClosingView()
    times_entry: str = ""

    @rx.event
    @requires(Action.RECORD_SESSION)
    async def finish(self) -> EventSpec | None:
        """End the session, every mark having been saved, and go on to its notes; or ask first which minutes count.

        A colleague's students alone leave, and she stays on the page.
        """
        closing = await self._try(close_session, self._address())
        if closing and closing.ask:
            self.closing = closing_view(closing)
            return None
        if closing and closing.left:
            await self._look_again(closing.session.id)
            self.said = LEFT
            return None
        return rx.redirect(f"/sessions/{closing.session.id}/notes") if closing else None

    @rx.event
    @requires(Action.RECORD_SESSION)
    async def finish_with(self, credit: int) -> EventSpec | None:
        """End the session with so many minutes for whoever was there throughout."""
        finished = await self._try(finish_session, self._address(), credit)
        self.closing = ClosingView()
        return rx.redirect(f"/sessions/{finished.id}/notes") if finished else None

    @rx.event
    @requires(Action.RECORD_SESSION)
    async def go_on(self) -> None:
        """The session is not over after all."""
        self.closing = ClosingView()

    @rx.event
    @requires(Action.RECORD_SESSION)
    async def open_times(self, entry: str) -> None:
        """Show when a student came and left; once more puts it away."""
        self._clear_messages()
        self.times_entry = "" if self.times_entry == entry else entry

    @rx.event
    @requires(Action.RECORD_SESSION)
    async def save_times(self, form: dict[str, Any]) -> None:
        """Say when a student came and left; the minutes follow."""
        entry = str(form.get("entry") or "")
        kid = await self._kid(entry)
        clocks = {name: str(form.get(name) or "") for name in ("came", "left")}
        if saved := await self._try_here(entry, set_times, clocks, kid.part.split()[0] if kid else ""):
            self.times_entry = ""
            self._saved(entry, saved)

    @rx.event
    @requires(Action.RECORD_SESSION)
    async def leaves_now(self, entry: str) -> None:
        """A student leaves at this moment."""
        if saved := await self._try_here(entry, leave_now):
            self.times_entry = ""
            self._saved(entry, saved)

    @rx.event
    @requires(Action.RECORD_SESSION)
    async def make_up(self, entry: str, missed: str) -> None:
        """Let this session make up a missed one of the student, or none ("")."""
        if saved := await self._try_here(entry, choose_make_up, missed):
            self._saved(entry, saved)

    def _address(self) -> UUID:
        raise NotImplementedError

    async def _look_again(self, session_id: UUID) -> None:
        raise NotImplementedError

    async def _kid(self, entry: str) -> KidView | None:
        raise NotImplementedError

    async def _try_here(self, entry: str, service: Callable[..., R], *args: Any) -> R | None:
        raise NotImplementedError

    def _saved(self, entry: str, saved: SavedEntry) -> None:
        raise NotImplementedError
