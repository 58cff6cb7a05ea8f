"""A dialog over the page, in the browser's own element: the focus stays inside, Escape leaves, then it goes back."""

from typing import Any

import reflex as rx

_LIBRARY = rx.asset("dialog.jsx", shared=True).importable_path


class Dialog(rx.Component):
    """Open as long as it is there. `on_shut` is sent for Escape and the close button; the page then takes it away."""

    library = _LIBRARY
    tag = "Dialog"
    title: rx.Var[str]
    on_shut: rx.EventHandler[rx.event.no_args_event_spec]  # type: ignore[type-arg, valid-type]


def dialog(title: str | rx.Var[str], *children: Any, on_shut: Any, side: bool = False) -> rx.Component:
    """A dialog named by its `title`; `side`: at the right edge, for a form, else in the middle, for a question.

    An element with the attributes of `first` has the focus when it opens.
    """
    return Dialog.create(*children, title=title, on_shut=on_shut, class_name="side" if side else "")


def first() -> dict[str, str]:
    """The custom attributes of the element that gets the focus."""
    return {"data-first": ""}
