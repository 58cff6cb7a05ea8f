"""The settings of note templates: texts with placeholders for a discipline and a setting."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import button
from therapytrack.components.feedback import banner
from therapytrack.components.forms import error_of, select_field, text_area, text_field
from therapytrack.components.islands import FocusInvalid
from therapytrack.components.layout import page_title
from therapytrack.components.note_field import Placeholders, part
from therapytrack.components.settings_parts import away_button, settings_page, who_can
from therapytrack.components.status import tag
from therapytrack.domain.note_templates import LONGEST_NAME, LONGEST_TEMPLATE, PLACEHOLDERS, SETTINGS
from therapytrack.domain.people import DISCIPLINES
from therapytrack.state.settings_templates import SettingsTemplatesState

State: Any = SettingsTemplatesState
OFFICE = "The workspace's owner and its admins keep these templates. Ask one of them."
MEANING = (
    "A template is offered for an empty note, with the session's data in the places of its placeholders. Whoever "
    "writes the note changes what she likes. A student who was absent gets the sentence of the absence instead. A note "
    "that was begun from a template keeps its words when the template changes."
)


def _error(name: str) -> Any:
    return error_of(State.field_errors, name)


def _template(one: Any) -> rx.Component:
    away = away_button(State, one, one.name)
    change = button("Change", small=True, on_click=State.edit(one.id), aria_label="Change " + one.name)
    return rx.el.li(
        rx.el.div(
            rx.el.p(one.name, class_name="b"),
            rx.el.span(one.words, class_name="sub-line"),
            rx.el.p(one.text, class_name="note-text s13 t2"),
            class_name="grow",
        ),
        rx.cond(one.away, tag("Put away"), rx.fragment()),
        rx.cond(State.may_edit, rx.fragment(rx.cond(one.away, rx.fragment(), change), away), rx.fragment()),
        class_name="wrap",
    )


def _templates() -> rx.Component:
    return rx.el.section(
        rx.el.div(rx.el.h2("Note templates"), class_name="panel-h"),
        rx.el.p(MEANING, class_name="pad-m s13 t2"),
        rx.el.ul(rx.foreach(State.lines, _template), class_name="list t-invites ruled"),
        rx.cond(State.may_edit, rx.fragment(), rx.el.div(who_can(OFFICE), class_name="pad-m ruled")),
        class_name="card clip",
        aria_label="Note templates",
    )


def _placeholders() -> rx.Component:
    return part(Placeholders, field="text", choices=[[name, words] for name, words in PLACEHOLDERS.items()])


def _form() -> rx.Component:
    one = State.editing
    changing = one.id != ""
    return rx.el.form(
        rx.el.h2(rx.cond(changing, "Change " + one.name, "Add a template")),
        rx.el.div(
            text_field(
                "name", "Name", default_value=one.name, max_length=LONGEST_NAME, error=_error("name"),
                auto_complete="off",
            ),
            select_field(
                "discipline", "Discipline", list(DISCIPLINES.items()), none="Any", span="c6",
                default_value=one.discipline, error=_error("discipline"), optional=True,
            ),
            select_field(
                "setting", "Setting", list(SETTINGS.items()), none="Choose", span="c6",
                default_value=one.setting, error=_error("setting"),
            ),
            text_area(
                "text", "Text", default_value=one.text, max_length=LONGEST_TEMPLATE, error=_error("text"), rows=6,
                hint="Put a placeholder where data belong: choose it below, or write it in braces.",
            ),
            class_name="fields",
        ),
        _placeholders(),
        rx.el.div(
            button(rx.cond(changing, "Save", "Add template"), kind="pri", type="submit"),
            rx.cond(changing, button("Cancel", kind="ghost", on_click=State.edit("")), rx.fragment()),
            class_name="form-foot",
        ),
        on_submit=State.save,
        class_name="card pad-l stack",
        key=State.form_key,
        no_validate=True,
        aria_label="Note template",
    )  # fmt: skip


def settings_templates() -> rx.Component:
    """The page /settings/templates."""
    content = rx.fragment(
        banner(State.problem, "bad"),
        FocusInvalid.create(errors=State.field_errors),
        rx.cond(State.may_edit, _form(), rx.fragment()),
        _templates(),
    )
    return settings_page("Templates", State, State.loaded, content)


PAGE = {"route": "/settings/templates", "title": page_title("Settings"), "on_load": SettingsTemplatesState.enter}
