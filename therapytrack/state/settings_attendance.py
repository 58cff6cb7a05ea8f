"""The settings of attendance: the workspace's own words and when a make-up is owed, changed by the office."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.domain.attendance_codes import REASON_WORDS, parse_code
from therapytrack.domain.ids import parse_id
from therapytrack.services import attendance_codes
from therapytrack.services.attendance_codes import CodeLine
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import requires
from therapytrack.state.kept_list import KeptList
from therapytrack.state.record_form import typed_in


@dataclass(frozen=True, slots=True)
class CodeView:
    """A code of the list: its word, what it stands for, its policy."""

    id: str = ""
    label: str = ""
    reason: str = ""
    words: str = ""
    owed: bool = False
    away: bool = False
    version: int = 0


NOTHING = CodeView()


class SettingsAttendanceState(KeptList, SignedInState):
    """`editing` is the code that is being changed; `forms` counts up, so that the form begins again."""

    may_edit: bool = False
    codes: list[CodeView] = []
    editing: CodeView = NOTHING
    forms: int = 0

    @rx.event
    @requires(Action.VIEW)
    async def enter(self) -> None:
        """Open the workspace's codes."""
        await self._enter()
        self.loaded, self.editing = False, NOTHING
        await self._load()
        self.ready = True

    @rx.event
    @requires(Action.CONFIGURE_WORKSPACE)
    async def edit_code(self, code_id: str) -> None:
        """Begin to change a code; "" leaves it as it is."""
        self._clear_messages()
        self.done = ""
        self.editing = next((one for one in self.get_value("codes") if one.id == code_id), NOTHING)
        self.forms += 1

    @rx.event
    @requires(Action.CONFIGURE_WORKSPACE)
    async def save_code(self, form: dict[str, Any]) -> None:
        """Add a code, or change one; on an error everything typed stays."""
        if await self._act("Saved.", _save, self.get_value("editing"), typed_in(form)):
            self.editing = NOTHING
            self.forms += 1

    @rx.event
    @requires(Action.CONFIGURE_WORKSPACE)
    async def put_away(self, code_id: UUID) -> None:
        """Offer a code no longer."""
        await self._act("Put away. What was recorded with it keeps it.", attendance_codes.put_code_away, code_id)

    @rx.event
    @requires(Action.CONFIGURE_WORKSPACE)
    async def bring_back(self, code_id: UUID) -> None:
        """Offer a code again."""
        await self._act("It is offered again.", attendance_codes.bring_code_back, code_id)

    async def _load(self, done: str = "") -> None:
        found = await self._try(attendance_codes.get_codes)
        if found is None:
            return
        self.done, self.may_edit = done, found.may_edit
        self.codes = [_view(one) for one in found.codes]
        self.loaded = True


def _view(one: CodeLine) -> CodeView:
    words = REASON_WORDS[one.reason]
    return CodeView(str(one.id), one.label, one.reason, words, one.owed, one.away, one.version)


def _save(db: Session, actor: Actor, editing: CodeView, typed: dict[str, str]) -> None:
    form = parse_code(typed)
    if editing.id:
        attendance_codes.change_code(db, actor, parse_id(editing.id), editing.version, form)
    else:
        attendance_codes.add_code(db, actor, form)
