"""The Python side of the few things that happen in the browser alone: plain HTTP forms, errors beside fields, search.

An island never holds a student's name and writes nothing to the browser's storage.
"""

from typing import Any

import reflex as rx

_LIBRARY = rx.asset("islands.jsx", shared=True).importable_path


class _Island(rx.Component):
    library = _LIBRARY


class HttpForm(_Island):
    """A form posted by fetch to a plain HTTP route; see `forms.http_form`."""

    tag = "HttpForm"
    action: rx.Var[str]
    wipe: rx.Var[bool]


class HttpError(_Island):
    """The sentence that the route gave for the field `name`; the name "form" shows what belongs to no field."""

    tag = "HttpError"
    name: rx.Var[str]
    error_id: rx.Var[str]


class SearchBox(_Island):
    """A search field that hides the rows of `scope` (a CSS selector) that do not match, in the browser."""

    tag = "SearchBox"
    label: rx.Var[str]
    scope: rx.Var[str]


class CloseOnEscape(_Island):
    """Closes an open <details> menu by Escape or a tap elsewhere."""

    tag = "CloseOnEscape"


class ConnectionNotice(_Island):
    """Tells that the connection is gone (after two failures) and that what was typed is kept."""

    tag = "ConnectionNotice"
    failures: rx.Var[int]


def search_box(label: str, scope: str) -> rx.Component:
    """The page's search field: "/" or Ctrl/Cmd-K reach it, Enter opens the first match, Escape clears.

    `scope` selects the container whose [data-search] descendants are matched; accents are folded.
    """
    return SearchBox.create(label=label, scope=scope)


def island(component: type[rx.Component], *children: Any, **props: Any) -> rx.Component:
    """Create an island with typed call sites."""
    return component.create(*children, **props)
