"""Handing over a caseload: the form, what would move and what would stay in numbers, and the act."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

import reflex as rx
from uuid6 import uuid7

from therapytrack.access.actions import Action
from therapytrack.domain.access_form import FINISH_DAYS
from therapytrack.domain.handover_words import losing_words, moves, stays
from therapytrack.services.access_forms import over
from therapytrack.services.handover import Handover
from therapytrack.services.student_access import Choice, list_choices
from therapytrack.state.address import as_id
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import current_actor, requires
from therapytrack.state.record_form import NO_ID, typed_in


class HandoverState(SignedInState):
    """`moving`, `staying` and `warned` are what the form as it was sent last would do, or (`done`) has done."""

    choices: list[Choice] = []
    days: str = str(FINISH_DAYS)
    form_key: str = ""
    moving: list[str] = []
    staying: list[str] = []
    warned: list[str] = []
    done: bool = False
    _operation: UUID = NO_ID
    _typed: dict[str, str] = {}

    @rx.event
    @requires(Action.GRANT_ACCESS)
    async def enter(self) -> None:
        """Begin the form."""
        await self._enter()
        kept = as_id(self._kept().get("operation", ""))
        if kept == NO_ID:
            self._begin()
        elif kept != self._operation:
            self._begin(kept)
        await self._load()
        if self._typed and not self.done:
            await self._act(dry=True)

    @rx.event
    @requires(Action.GRANT_ACCESS)
    async def retry(self) -> None:
        """Load again after a failure."""
        await self._load()

    @rx.event
    @requires(Action.GRANT_ACCESS)
    async def check(self, form: dict[str, Any]) -> None:
        """Say what the handover would do; on an error everything typed stays."""
        self._typed, self.done = typed_in(form), False
        await self._act(dry=True)

    @rx.event
    @requires(Action.GRANT_ACCESS)
    async def confirm(self) -> None:
        """Hand over, as it was checked; a second click finds what the first did."""
        if self._typed and not self.done:
            await self._act(dry=False)

    @rx.event
    @requires(Action.GRANT_ACCESS)
    async def begin_again(self) -> None:
        """Another handover."""
        self._clear_messages()
        self._begin()

    async def _act(self, *, dry: bool) -> None:
        told = await self._try(over, self._operation, self._typed, dry=dry)
        if told is None:
            self.moving, self.staying, self.warned = [], [], []
            return
        self._tell(told)
        self.done = not dry
        if self.done:
            self._keep_open(operation="")

    def _tell(self, told: Handover) -> None:
        names = {one.value: one.words.partition(",")[0] for one in self.get_value("choices")}
        of, to = (names.get(self._typed.get(name, ""), "this person") for name in ("of", "to"))
        numbers = {name: value for name, value in asdict(told).items() if isinstance(value, int)}
        actor = current_actor.get()
        if actor is not None:
            self.moving, self.staying = moves(numbers, to), stays(numbers, of, told.until, actor.today)
            self.warned = losing_words(told.losing)

    def _begin(self, operation: UUID = NO_ID) -> None:
        self._operation = operation if operation != NO_ID else UUID(int=uuid7().int)
        self._keep_open(operation=str(self._operation))
        self.form_key, self._typed, self.done = self._operation.hex, {}, False
        self.moving, self.staying, self.warned = [], [], []

    async def _load(self) -> None:
        self.choices = await self._try(list_choices) or []
        self.ready = True
