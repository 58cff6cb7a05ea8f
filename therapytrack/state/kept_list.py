"""What the pages share on which a list of the workspace is kept: an act on it, and the list read again after it."""

from typing import Any

import reflex as rx

from therapytrack.access.actions import Action
from therapytrack.errors import TherapyTrackError
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import requires


class KeptList(SignedInState, mixin=True):
    """`loaded`: the list was read; `done`: what the last act did, in words."""

    loaded: bool = False
    done: str = ""

    @rx.event
    @requires(Action.VIEW)
    async def retry(self) -> None:
        """Load again after a failure."""
        await self._load()

    def _forget(self) -> None:
        """A page of many records stays when one of them is gone."""

    async def _load(self, done: str = "") -> None:
        """Read the list, and say what was `done`; each page has its own."""
        raise NotImplementedError

    async def _act(self, done: str, service: Any, *args: Any) -> bool:
        """Run a changing service and load again; True when it was done. On an error everything typed stays."""
        self._clear_messages()
        self.done = ""
        try:
            await self._ask(service, *args)
        except TherapyTrackError as error:
            await self._load()
            self._show(error)
            self.problem, self.missing = error.sentence, False
            return False
        await self._load(done)
        return True
