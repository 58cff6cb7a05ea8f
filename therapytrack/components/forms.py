"""Labelled fields with their error beside them, and forms that post to plain HTTP routes."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from therapytrack.components.islands import HttpError, HttpForm

Text = str | rx.Var[str]


def error_id(name: str) -> str:
    """The id of the error sentence of the field `name`."""
    return f"{name}-error"


def _label(name: str, label: Text, optional: bool) -> rx.Component:
    extra = [rx.el.span(" (optional)", class_name="opt")] if optional else []
    return rx.el.label(label, *extra, html_for=name)


def _frame(
    control: rx.Component, name: str, label: Text, error: Text | None, hint: Text, optional: bool, span: str
) -> rx.Component:
    """Label, hint, control and error; `error` None takes the sentence from the enclosing `http_form`."""
    hints = [rx.el.span(hint, class_name="hint", id=f"{name}-hint")] if not (isinstance(hint, str) and not hint) else []
    said = (
        HttpError.create(name=name, error_id=error_id(name))
        if error is None
        else rx.el.p(error, class_name="error", id=error_id(name), role="alert")
    )
    return rx.el.div(_label(name, label, optional), *hints, control, said, class_name=f"field {span}".strip())


def _control(name: str, error: Text | None, hint: Text, optional: bool, props: dict[str, Any]) -> dict[str, Any]:
    described = f"{name}-hint {error_id(name)}" if not (isinstance(hint, str) and not hint) else error_id(name)
    shared: dict[str, Any] = {"id": name, "name": name, "class_name": "input", "aria_describedby": described}
    if not optional:
        shared["aria_required"] = "true"
    if isinstance(error, rx.Var):
        shared["aria_invalid"] = rx.cond(error != "", "true", "false")
    return shared | props


def text_field(
    name: str,
    label: Text,
    *,
    error: Text | None = None,
    hint: Text = "",
    optional: bool = False,
    span: str = "",
    **props: Any,
) -> rx.Component:
    """A text, e-mail, password, number or date input (`type=`), found by its label."""
    control = rx.el.input(**_control(name, error, hint, optional, props))
    return _frame(control, name, label, error, hint, optional, span)


def date_field(
    name: str, label: Text, *, error: Text | None = None, optional: bool = False, span: str = "", **props: Any
) -> rx.Component:
    """The browser's own date field; the value is ISO (2026-11-25)."""
    return text_field(name, label, error=error, optional=optional, span=span, type="date", max="2100-12-31", **props)


def text_area(
    name: str,
    label: Text,
    *,
    error: Text | None = None,
    hint: Text = "",
    optional: bool = False,
    span: str = "",
    **props: Any,
) -> rx.Component:
    """Several lines of text; it grows with what is typed."""
    control = rx.el.textarea(**_control(name, error, hint, optional, props))
    return _frame(control, name, label, error, hint, optional, span)


def select_field(
    name: str,
    label: Text,
    options: Sequence[tuple[str, str]] | rx.Var[Any],
    *,
    none: str = "",
    error: Text | None = None,
    hint: Text = "",
    optional: bool = False,
    span: str = "",
    **props: Any,
) -> rx.Component:
    """The browser's own list; `options` are (value, words), or a state's list of objects with these two; `none` are the
    words of a first, empty choice."""
    first = [rx.el.option(none, value="")] if none else []
    if isinstance(options, rx.Var):
        choices = [rx.foreach(options, lambda one: rx.el.option(one.words, value=one.value, key=one.value))]
    else:
        choices = [rx.el.option(words, value=value) for value, words in options]
    control = rx.el.select(*first, *choices, **_control(name, error, hint, optional, props))
    return _frame(control, name, label, error, hint, optional, span)


def tick_field(name: str, label: Text, *, hint: str = "", **props: Any) -> rx.Component:
    """A checkbox with its words, both of which can be tapped, and perhaps a hint beneath."""
    if not hint:
        return rx.el.label(rx.el.input(type="checkbox", id=name, name=name, **props), label, class_name="tick")
    box = rx.el.input(type="checkbox", id=name, name=name, aria_describedby=f"{name}-hint", **props)
    return rx.el.div(
        rx.el.label(box, label, class_name="tick"),
        rx.el.span(hint, class_name="hint", id=f"{name}-hint"),
        class_name="field",
    )


def error_of(errors: Any, name: str) -> Any:
    """The sentence beside the field `name` of a state's `field_errors`, "" when there is none."""
    return rx.cond(errors.contains(name), errors[name], "")


def group_error(sentence: Any) -> rx.Component:
    """The sentence about several fields together, beneath them; the focus comes here when no single field is wrong."""
    wrong = rx.cond(sentence != "", "true", "false")
    return rx.el.p(sentence, class_name="error", role="alert", tab_index=-1, custom_attrs={"data-invalid": wrong})


def http_form(*children: Any, action: str, wipe: bool = False, **props: Any) -> rx.Component:
    """A real form, posted by fetch to the plain HTTP route `action` with the CSRF header.

    The route answers {"errors": {field: sentence}} (shown beside the fields, what was typed stays; "form" is shown
    above them), {"location": url} (the browser goes there with a full load) or {"done": true} (the fields are emptied
    and `on_done` is sent). A second submit waits for the first.
    `wipe` clears what the product keeps in this browser once the route has agreed: for sign-out.
    """
    return HttpForm.create(
        HttpError.create(name="form", error_id="form-error"), *children, action=action, wipe=wipe, **props
    )
