"""The switch for AI, with what it means: what is sent to whom, and what never is."""

from typing import Any

import reflex as rx
from sqlmodel import Session

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.domain.settings_form import parse_switch
from therapytrack.services.workspace_settings import ai_service, get_workspace_settings, switch_ai
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import requires
from therapytrack.state.record_form import typed_in


class SettingsAiState(SignedInState):
    """How the switch stands, who may turn it, and the service that this server is set up for."""

    on: bool = False
    may_switch: bool = False
    has_key: bool = False
    address: str = ""
    model: str = ""
    loaded: bool = False
    done: str = ""

    @rx.event
    @requires(Action.VIEW)
    async def enter(self) -> None:
        """Begin with what is stored."""
        await self._enter()
        self.done = ""
        await self._load()
        self.ready = True

    @rx.event
    @requires(Action.VIEW)
    async def retry(self) -> None:
        """Load again after a failure."""
        await self._load()

    @rx.event
    @requires(Action.SWITCH_AI)
    async def turn(self, form: dict[str, Any]) -> None:
        """Turn the switch the way that the form's button says; a second click changes nothing."""
        self.done = ""
        await self._try(_switch, typed_in(form))
        if not (self.problem or self.proof_asked or self.missing):
            await self._load("Saved.")

    async def _load(self, done: str = "") -> None:
        found = await self._try(get_workspace_settings)
        self.loaded = found is not None
        if found is None:
            return
        service = ai_service()
        self.on, self.may_switch, self.done = found.ai_enabled, found.may_switch_ai, done
        self.has_key, self.address, self.model = service.has_key, service.address, service.model


def _switch(db: Session, actor: Actor, typed: dict[str, str]) -> None:
    switch_ai(db, actor, parse_switch(typed))
