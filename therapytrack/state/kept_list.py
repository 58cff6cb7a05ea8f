"""What the pages share on which a list of the workspace is kept: an act on it, and the list read again after it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import reflex as rx
from sqlmodel import Session
from uuid6 import uuid7

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.domain.ids import parse_id
from therapytrack.errors import TherapyTrackError
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import requires
from therapytrack.state.record_form import typed_in
from therapytrack.state.still_open import whole


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

    def _not_read(self) -> None:
        """The list could not be read just now: what stands on the page stays, unless it is not for this person."""
        self.loaded = self.loaded and not self.missing

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


@dataclass(frozen=True, slots=True)
class ListActs:
    """What services do with the lines of a list, and what is said of it."""

    get: Callable[[Session, Actor], Any]
    parse: Callable[[dict[str, str]], Any]
    add: Callable[[Session, Actor, Any], Any]
    change: Callable[[Session, Actor, UUID, int, Any], Any]
    put_away: Callable[[Session, Actor, UUID], Any]
    bring_back: Callable[[Session, Actor, UUID], Any]
    saved: str
    gone: str

    def save(self, db: Session, actor: Actor, editing: Any, typed: dict[str, str]) -> None:
        """Add what was typed, or change the line `editing` over the version that was shown."""
        form = self.parse(typed)
        if editing.id:
            self.change(db, actor, parse_id(editing.id), editing.version, form)
        else:
            self.add(db, actor, form)


class EditedList(KeptList, mixin=True):
    """A kept list of `lines` with one form, which adds a line or changes the one that is `editing` (without an id:
    none); `form_key` makes the form begin again."""

    may_edit: bool = False
    form_key: str = ""

    @rx.event
    @requires(Action.CONFIGURE_WORKSPACE)
    async def edit(self, line_id: str) -> None:
        """Begin to change a line; "" leaves it as it is."""
        self._clear_messages()
        self.done = ""
        self._begin({"line": line_id})

    @rx.event
    @requires(Action.CONFIGURE_WORKSPACE)
    async def save(self, form: dict[str, Any]) -> None:
        """Add a line, or change one; on an error everything typed stays."""
        acts = self._acts()
        if await self._act(acts.saved, acts.save, self.get_value("editing"), typed_in(form)):
            self._begin({})

    @rx.event
    @requires(Action.CONFIGURE_WORKSPACE)
    async def put_away(self, line_id: UUID) -> None:
        """Offer a line no longer."""
        await self._act(self._acts().gone, self._acts().put_away, line_id)

    @rx.event
    @requires(Action.CONFIGURE_WORKSPACE)
    async def bring_back(self, line_id: UUID) -> None:
        """Offer a line again."""
        await self._act("It is offered again.", self._acts().bring_back, line_id)

    async def _open(self) -> None:
        """Begin the page; in a tab that has only reconnected what is typed stays, and is saved over its version."""
        await self._enter()
        goes_on = self._returned and self.form_key != "" and self.may_edit
        self.loaded = goes_on
        await self._load()
        if not (goes_on and self.may_edit):
            self._begin(self._kept() if self.may_edit else {})
        self.ready = True

    def _begin(self, facts: Mapping[str, str]) -> None:
        """Begin the form with the line of these facts, or with the form itself that the tab still shows."""
        nothing: Any = self.__class__.__fields__["editing"].default_value()
        line: Any = next((one for one in self.get_value("lines") if one.id == facts.get("line", "")), nothing)
        kept = facts if facts.get("line", "") == line.id and "key" in facts else {}
        line = replace(line, version=whole(kept["version"])) if kept else line
        self._set_vars(editing=line)
        self.form_key = kept.get("key") or uuid7().hex
        self._keep_open(key=self.form_key, line=line.id, version=str(line.version))

    async def _load(self, done: str = "") -> None:
        found = await self._try(self._acts().get)
        if found is None:
            self._not_read()
            return
        self.done, self.may_edit = done, found.may_edit
        self._set_vars(lines=self._views(found))
        self.loaded = True

    def _acts(self) -> ListActs:
        """The services of the list; each page has its own."""
        raise NotImplementedError

    def _views(self, found: Any) -> list[Any]:
        """The lines that were found, as the page shows them; each page has its own."""
        raise NotImplementedError
