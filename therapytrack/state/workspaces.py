"""The workspaces that a person may open, with what she is in each."""

import asyncio
from dataclasses import dataclass

import reflex as rx

from therapytrack.access.actions import Action
from therapytrack.domain.dates import long_date
from therapytrack.domain.member_place import can_line, role_line
from therapytrack.errors import Unavailable
from therapytrack.services.sign_ins import OwnPlace, places_of
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import current_actor, requires


@dataclass(frozen=True, slots=True)
class PlaceView:
    """One workspace; `here`: the one that is open now."""

    id: str
    name: str
    role: str
    can: str
    until: str
    here: bool


class WorkspacesState(SignedInState):
    """The list; opening one is a plain form, because the browser gets a new cookie."""

    places: list[PlaceView] = []

    @rx.event
    @requires(Action.VIEW)
    async def enter(self) -> None:
        """Begin the page."""
        await self._enter()
        await self._load()
        self.ready = True

    @rx.event
    @requires(Action.VIEW)
    async def retry(self) -> None:
        """Load again after a failure."""
        self._clear_messages()
        await self._load()

    async def _load(self) -> None:
        actor = current_actor.get()
        if actor is None:
            return
        try:
            found = await asyncio.to_thread(places_of, actor)
        except Unavailable as error:
            self._show(error)
            return
        self.places = [_view(one) for one in found]


def _view(one: OwnPlace) -> PlaceView:
    until = long_date(one.place.until) if one.place.until else ""
    return PlaceView(str(one.workspace_id), one.workspace, role_line(one.place), can_line(one.place), until, one.here)
