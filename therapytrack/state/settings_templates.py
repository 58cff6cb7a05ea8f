"""The settings of note templates: the workspace's own texts, changed by the office and read by everybody."""

from dataclasses import dataclass

import reflex as rx

from therapytrack.access.actions import Action
from therapytrack.domain.note_templates import SETTINGS, parse_template
from therapytrack.domain.people import DISCIPLINES
from therapytrack.services import note_templates
from therapytrack.services.note_templates import TemplateLine, TemplateList
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import requires
from therapytrack.state.kept_list import EditedList, ListActs


@dataclass(frozen=True, slots=True)
class TemplateView:
    """A template of the list; `words`: for which discipline and setting."""

    id: str = ""
    name: str = ""
    discipline: str = ""
    setting: str = ""
    words: str = ""
    text: str = ""
    away: bool = False
    version: int = 0


ACTS = ListActs(
    get=note_templates.get_templates,
    parse=parse_template,
    add=note_templates.add_template,
    change=note_templates.change_template,
    put_away=note_templates.put_template_away,
    bring_back=note_templates.bring_template_back,
    saved="Saved. Notes that were begun from it stay as they are.",
    gone="Put away. It is no longer offered.",
)


class SettingsTemplatesState(EditedList, SignedInState):
    """The workspace's templates, and the one that is being changed."""

    lines: list[TemplateView] = []
    editing: TemplateView = TemplateView()

    @rx.event
    @requires(Action.VIEW)
    async def enter(self) -> None:
        """Open the workspace's templates."""
        await self._open()

    def _acts(self) -> ListActs:
        return ACTS

    def _views(self, found: TemplateList) -> list[TemplateView]:
        return [_view(one) for one in found.templates]


def _view(one: TemplateLine) -> TemplateView:
    words = f"{DISCIPLINES.get(one.discipline, 'Any discipline')} · {SETTINGS[one.setting]}"
    return TemplateView(str(one.id), one.name, one.discipline, one.setting, words, one.text, one.away, one.version)
