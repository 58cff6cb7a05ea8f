"""The settings of note templates: the workspace's own texts, changed by the office and read by everybody."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.domain.ids import parse_id
from therapytrack.domain.note_templates import SETTINGS, parse_template
from therapytrack.domain.people import DISCIPLINES
from therapytrack.services import note_templates
from therapytrack.services.note_templates import TemplateLine
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import requires
from therapytrack.state.kept_list import KeptList
from therapytrack.state.record_form import typed_in


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


NOTHING = TemplateView()


class SettingsTemplatesState(KeptList, SignedInState):
    """`editing` is the template that is being changed; `forms` counts up, so that the form begins again."""

    may_edit: bool = False
    templates: list[TemplateView] = []
    editing: TemplateView = NOTHING
    forms: int = 0

    @rx.event
    @requires(Action.VIEW)
    async def enter(self) -> None:
        """Open the workspace's templates."""
        await self._enter()
        self.loaded, self.editing = False, NOTHING
        await self._load()
        self.ready = True

    @rx.event
    @requires(Action.CONFIGURE_WORKSPACE)
    async def edit_template(self, template_id: str) -> None:
        """Begin to change a template; "" leaves it as it is."""
        self._clear_messages()
        self.done = ""
        self.editing = next((one for one in self.get_value("templates") if one.id == template_id), NOTHING)
        self.forms += 1

    @rx.event
    @requires(Action.CONFIGURE_WORKSPACE)
    async def save_template(self, form: dict[str, Any]) -> None:
        """Add a template, or change one; on an error everything typed stays."""
        done = "Saved. Notes that were begun from it stay as they are."
        if await self._act(done, _save, self.get_value("editing"), typed_in(form)):
            self.editing = NOTHING
            self.forms += 1

    @rx.event
    @requires(Action.CONFIGURE_WORKSPACE)
    async def put_away(self, template_id: UUID) -> None:
        """Offer a template no longer."""
        await self._act("Put away. It is no longer offered.", note_templates.put_template_away, template_id)

    @rx.event
    @requires(Action.CONFIGURE_WORKSPACE)
    async def bring_back(self, template_id: UUID) -> None:
        """Offer a template again."""
        await self._act("It is offered again.", note_templates.bring_template_back, template_id)

    async def _load(self, done: str = "") -> None:
        found = await self._try(note_templates.get_templates)
        if found is None:
            return
        self.done, self.may_edit = done, found.may_edit
        self.templates = [_view(one) for one in found.templates]
        self.loaded = True


def _view(one: TemplateLine) -> TemplateView:
    words = f"{DISCIPLINES.get(one.discipline, 'Any discipline')} · {SETTINGS[one.setting]}"
    return TemplateView(str(one.id), one.name, one.discipline, one.setting, words, one.text, one.away, one.version)


def _save(db: Session, actor: Actor, editing: TemplateView, typed: dict[str, str]) -> None:
    form = parse_template(typed)
    if editing.id:
        note_templates.change_template(db, actor, parse_id(editing.id), editing.version, form)
    else:
        note_templates.add_template(db, actor, form)
