"""The settings of the prompt scale: levels with written definitions; a change makes a new version."""

from dataclasses import dataclass
from typing import Any

import reflex as rx
from sqlmodel import Session
from uuid6 import uuid7

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.domain.dates import long_date
from therapytrack.domain.prompt_levels import levels_text, parse_levels
from therapytrack.services.prompt_scale import ScaleVersion, change_scale, get_scale
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import requires
from therapytrack.state.record_form import typed_in
from therapytrack.state.still_open import whole


@dataclass(frozen=True, slots=True)
class LevelLine:
    """A level with its place in the order."""

    rank: int
    name: str
    definition: str


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version of the scale in words: since when, and its levels on one line."""

    title: str
    levels: str


class SettingsPromptsState(SignedInState):
    """`text` is what the form begins with; `form_key` makes it begin again."""

    loaded: bool = False
    may_edit: bool = False
    done: str = ""
    title: str = ""
    levels: list[LevelLine] = []
    earlier: list[VersionView] = []
    text: str = ""
    form_key: str = ""
    _version: int = 0

    @rx.event
    @requires(Action.VIEW)
    async def enter(self) -> None:
        """Open the workspace's scale; a tab that has only reconnected goes on with what is typed, over its version."""
        await self._enter()
        goes_on = self._returned and self.form_key != ""
        self.loaded, self.done = goes_on, ""
        await self._load(goes_on=goes_on)
        self.ready = True

    @rx.event
    @requires(Action.VIEW)
    async def retry(self) -> None:
        """Load again after a failure."""
        await self._load()

    @rx.event
    @requires(Action.CONFIGURE_WORKSPACE)
    async def save(self, form: dict[str, Any]) -> None:
        """Make a new version of what was typed; on an error everything typed stays."""
        self._clear_messages()
        self.done = ""
        was = self._version
        await self._try(_save, self._version, typed_in(form))
        if not self.problem and not self.field_errors:
            await self._load()
            self.done = "Saved. Marks to come use it; what was recorded keeps its own." if self._version != was else ""

    async def _load(self, *, goes_on: bool = False) -> None:
        found = await self._try(get_scale)
        if found is None:
            return
        stays = goes_on and self.may_edit and found.may_edit
        self.may_edit = found.may_edit
        newest = found.versions[0] if found.versions else None
        self.title = f"Version {newest.number}, since {long_date(newest.since)}" if newest else "No scale yet"
        levels = newest.levels if newest else ()
        self.levels = [LevelLine(rank, *level) for rank, level in enumerate(levels, start=1)]
        self.earlier = [_view(one) for one in found.versions[1:]]
        if not stays:
            kept = self._kept() if found.may_edit else {}
            self.text, self.form_key = levels_text(levels), kept.get("key") or uuid7().hex
            self._version = whole(kept["version"]) if "version" in kept else (newest.number if newest else 0)
            self._keep_open(key=self.form_key, version=str(self._version))
        self.loaded = True


def _view(one: ScaleVersion) -> VersionView:
    title = f"Version {one.number}, since {long_date(one.since)}"
    return VersionView(title, "; ".join(f"{name}: {definition}" for name, definition in one.levels))


def _save(db: Session, actor: Actor, version: int, typed: dict[str, str]) -> None:
    change_scale(db, actor, version, parse_levels(typed))
