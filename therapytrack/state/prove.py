"""The page that asks for the password on the way to a file or page that needs a fresh proof."""

import reflex as rx

from therapytrack.access.actions import Action
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import requires

LONGEST = 300


class ProveState(SignedInState):
    """Where to go on to; the route that checks the password lets no other site in."""

    next_page: str = ""

    @rx.event
    @requires(Action.VIEW)
    async def enter(self) -> None:
        """Begin the page."""
        await self._enter()
        self.next_page = self.router.url.query_parameters.get("next", "")[:LONGEST] or "/today/"
