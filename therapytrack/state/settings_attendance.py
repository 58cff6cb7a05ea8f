"""The settings of attendance: the workspace's own words and when a make-up is owed, changed by the office."""

from dataclasses import dataclass

import reflex as rx

from therapytrack.access.actions import Action
from therapytrack.domain.attendance_codes import REASON_WORDS, parse_code
from therapytrack.services import attendance_codes
from therapytrack.services.attendance_codes import CodeLine, CodeList
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import requires
from therapytrack.state.kept_list import EditedList, ListActs


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


ACTS = ListActs(
    get=attendance_codes.get_codes,
    parse=parse_code,
    add=attendance_codes.add_code,
    change=attendance_codes.change_code,
    put_away=attendance_codes.put_code_away,
    bring_back=attendance_codes.bring_code_back,
    saved="Saved.",
    gone="Put away. What was recorded with it keeps it.",
)


class SettingsAttendanceState(EditedList, SignedInState):
    """The workspace's codes, and the one that is being changed."""

    lines: list[CodeView] = []
    editing: CodeView = CodeView()

    @rx.event
    @requires(Action.VIEW)
    async def enter(self) -> None:
        """Open the workspace's codes."""
        await self._open()

    def _acts(self) -> ListActs:
        return ACTS

    def _views(self, found: CodeList) -> list[CodeView]:
        return [_view(one) for one in found.codes]


def _view(one: CodeLine) -> CodeView:
    words = REASON_WORDS[one.reason]
    return CodeView(str(one.id), one.label, one.reason, words, one.owed, one.away, one.version)
