"""What the pages before sign-in need to know; nobody is signed in here."""

import reflex as rx

from therapytrack.settings import get_settings
from therapytrack.state.guard import public


class SignInState(rx.State):
    """Whether this is a demonstration, and why the person is here."""

    demo: bool = False
    ended: bool = False
    welcome: bool = False
    reset_done: bool = False
    next_page: str = ""

    @rx.event
    @public
    async def enter(self) -> None:
        """Begin the page: offer the demonstration's accounts only where there is one."""
        asked = self.router.url.query_parameters
        self.demo = get_settings().demo
        self.ended, self.welcome = "ended" in asked, "welcome" in asked
        self.reset_done = "reset" in asked
        self.next_page = asked.get("next", "")[:300]
