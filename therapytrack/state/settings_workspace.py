"""The workspace's settings: everybody reads what holds for her, the office changes it."""

from dataclasses import asdict, dataclass, replace
from typing import Any

import reflex as rx
from sqlmodel import Session

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.domain.settings_form import TIME_ZONES, WorkspaceForm, parse_workspace
from therapytrack.services.file_room import see_room
from therapytrack.services.workspace_settings import edit_workspace, get_workspace_settings, in_words
from therapytrack.state.base import SignedInState, person_of
from therapytrack.state.guard import current_actor, requires
from therapytrack.state.record_form import ConflictView, RecordForm, typed_in


@dataclass(frozen=True, slots=True)
class ZoneChoice:
    """A time zone of the list."""

    value: str
    words: str


class SettingsWorkspaceState(RecordForm, SignedInState):
    """The form for those who may change it, with who added how much of the students' files; its lines in words for the
    others."""

    may_edit: bool = False
    zones: list[ZoneChoice] = []
    lines: list[tuple[str, str]] = []
    files_used: str = ""
    files_by: list[tuple[str, str]] = []
    done: str = ""

    @rx.event
    @requires(Action.VIEW)
    async def enter(self) -> None:
        """Begin with what is stored."""
        await self._enter()
        goes_on, self.done = self._goes_on(), ""
        if not goes_on:
            self.form_key, self.lines = "", []
        await self._load(goes_on=goes_on)
        self.ready = True

    @rx.event
    @requires(Action.VIEW)
    async def retry(self) -> None:
        """Load again after a failure."""
        await self._load()

    @rx.event
    @requires(Action.CONFIGURE_WORKSPACE)
    async def take_theirs(self) -> None:
        """Begin again with what the colleague saved."""
        await self._load()

    @rx.event
    @requires(Action.CONFIGURE_WORKSPACE)
    async def keep_mine(self) -> None:
        """Let the next save go over what the colleague saved, which the person has just read."""
        self._go_over_theirs()

    @rx.event
    @requires(Action.CONFIGURE_WORKSPACE)
    async def save(self, form: dict[str, Any]) -> None:
        """Save what was typed; on an error everything typed stays."""
        self.done = ""
        if await self._save(_save, self._version, typed_in(form)):
            await self._load("Saved. It holds from now on for everybody here.")

    async def _load(self, done: str = "", *, goes_on: bool = False) -> None:
        found = await self._try(get_workspace_settings)
        if found is None:
            return
        form = found.form
        if not found.may_configure:
            self.form_key, self.conflict, self.still_open = "", ConflictView(), ""
        elif not goes_on:
            self._begin(fields_of(form), "", found.version)
        self.may_edit, self.done = found.may_configure, done
        zones = TIME_ZONES if form.time_zone in TIME_ZONES else {form.time_zone: form.time_zone} | TIME_ZONES
        self.zones = [ZoneChoice(value, words) for value, words in zones.items()]
        self.lines = [(what, value) for what, _, value in (line.partition(": ") for line in in_words(form).split("\n"))]
        room = await self._try(see_room) if found.may_configure else None
        self.files_used, self.files_by = (room.used, list(room.people)) if room else ("", [])
        if actor := current_actor.get():
            self.person = person_of(replace(actor, workspace_name=form.name))


def fields_of(form: WorkspaceForm) -> dict[str, str]:
    """The stored settings as the values of the form's inputs; a box that is not ticked is empty."""
    return {name: str(value) if value else "" for name, value in asdict(form).items()}


def _save(db: Session, actor: Actor, version: int, typed: dict[str, str]) -> None:
    edit_workspace(db, actor, version, parse_workspace(typed))
