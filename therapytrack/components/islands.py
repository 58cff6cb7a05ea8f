"""The Python side of the few things that happen in the browser alone: plain HTTP forms, errors beside fields.

An island never holds a student's name and writes nothing to the browser's storage.
"""

import reflex as rx

from therapytrack.components.icons import icon

_LIBRARY = rx.asset("islands.jsx", shared=True).importable_path


class _Island(rx.Component):
    library = _LIBRARY


class HttpForm(_Island):
    """A form posted by fetch to a plain HTTP route; see `forms.http_form`."""

    tag = "HttpForm"
    action: rx.Var[str]
    wipe: rx.Var[bool]
    on_done: rx.EventHandler[rx.event.no_args_event_spec]  # type: ignore[type-arg, valid-type]


class HttpError(_Island):
    """The sentence that the route gave for the field `name`; the name "form" shows what belongs to no field."""

    tag = "HttpError"
    name: rx.Var[str]
    error_id: rx.Var[str]


class FocusInvalid(_Island):
    """Moves the focus to the first wrong field whenever `errors` change; `forms.group_error` is one too."""

    tag = "FocusInvalid"
    errors: rx.Var[dict[str, str]]


class CloseOnEscape(_Island):
    """Closes an open <details> menu by Escape or a tap elsewhere."""

    tag = "CloseOnEscape"


class ConnectionNotice(_Island):
    """Tells that the connection is gone (after two failures) and that what was typed is kept."""

    tag = "ConnectionNotice"
    failures: rx.Var[int]


class PrintButton(_Island):
    """A button that opens the browser's print dialog."""

    tag = "PrintButton"


class CopyButton(_Island):
    """A button that copies the text of the field at the selector `source`, and says whether it did."""

    tag = "CopyButton"
    source: rx.Var[str]


class ForRecord(_Island):
    """Shows its first child when the address holds `record`, else the second: never one student at another's address.

    The state of the page that was left is still there until the new page's first answer.
    """

    tag = "ForRecord"
    record: rx.Var[str]


def copy_button(field_id: str) -> rx.Component:
    """The button Copy of the field with the id `field_id`."""
    return CopyButton.create(icon("copy", 17), "Copy", source=f"#{field_id}", class_name="btn")


def for_record(record: rx.Var[str] | str, page: rx.Component, meanwhile: rx.Component) -> rx.Component:
    """`page` when `record` is that of the address (or still unknown), `meanwhile` until then."""
    return ForRecord.create(page, meanwhile, record=record)
