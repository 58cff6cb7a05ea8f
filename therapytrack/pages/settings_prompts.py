"""The settings of the prompt scale: the levels of help that a session offers, each with its written definition."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import button
from therapytrack.components.feedback import banner
from therapytrack.components.forms import error_of, text_area
from therapytrack.components.islands import FocusInvalid
from therapytrack.components.layout import page_title
from therapytrack.components.settings_parts import settings_page, who_can
from therapytrack.state.settings_prompts import SettingsPromptsState

State: Any = SettingsPromptsState
OFFICE = "The workspace's owner and its admins keep this scale. Ask one of them."
WHY = (
    "Teams mean different things by the same word, so each level says what it stands for. A change makes a new "
    "version: what was recorded keeps the version it was recorded with, and levels of two versions are never compared."
)


def _level(one: Any) -> rx.Component:
    words = rx.el.div(rx.el.p(one.name, class_name="b"), rx.el.span(one.definition, class_name="sub-line"))
    return rx.el.li(rx.el.span(one.rank, class_name="num b"), words, key=one.rank)


def _scale() -> rx.Component:
    return rx.el.section(
        rx.el.div(rx.el.h2("Prompt scale"), rx.el.span(State.title, class_name="s13 t2"), class_name="panel-h"),
        rx.el.p(WHY, class_name="pad-m s13 t2"),
        rx.el.ul(rx.foreach(State.levels, _level), class_name="list ruled"),
        rx.cond(State.may_edit, rx.fragment(), rx.el.div(who_can(OFFICE), class_name="pad-m ruled")),
        class_name="card clip",
        aria_label="Prompt scale",
    )


def _form() -> rx.Component:
    return rx.el.form(
        rx.el.h2("Change the scale"),
        text_area(
            "levels",
            "Levels",
            hint="One a line, the least help first: its name, a colon, what it means.",
            error=error_of(State.field_errors, "levels"),
            default_value=State.text,
            rows=6,
        ),
        rx.el.div(button("Save as a new version", kind="pri", type="submit"), class_name="form-foot"),
        on_submit=State.save,
        class_name="card pad-l stack",
        key=State.form_key,
        no_validate=True,
        aria_label="Change the scale",
    )


def _version(one: Any) -> rx.Component:
    words = rx.el.div(rx.el.p(one.title, class_name="b"), rx.el.span(one.levels, class_name="sub-line"))
    return rx.el.li(words, key=one.title)


def _earlier() -> rx.Component:
    return rx.el.section(
        rx.el.div(rx.el.h2("Earlier versions"), class_name="panel-h"),
        rx.el.ul(rx.foreach(State.earlier, _version), class_name="list ruled"),
        class_name="card clip",
        aria_label="Earlier versions",
    )


def settings_prompts() -> rx.Component:
    """The page /settings/prompts."""
    content = rx.fragment(
        banner(State.problem, "bad"),
        FocusInvalid.create(errors=State.field_errors),
        _scale(),
        rx.cond(State.may_edit, _form(), rx.fragment()),
        rx.cond(State.earlier.length() > 0, _earlier(), rx.fragment()),
    )
    return settings_page("Prompts", State, State.loaded, content)


PAGE = {"route": "/settings/prompts", "title": page_title("Settings"), "on_load": SettingsPromptsState.enter}
