"""Buttons and links that look alike everywhere; links between pages change the page without loading the app again."""

from typing import Any

import reflex as rx
from reflex_components_core.react_router import ReactRouterLink

from therapytrack.components.icons import icon


def link(*children: Any, href: str | rx.Var[str], **props: Any) -> rx.Component:
    """A link to a page of the product, followed in place (the open connection is kept)."""
    return ReactRouterLink.create(*children, to=href, **props)


def _class(kind: str, small: bool) -> str:
    return " ".join(["btn", *([kind] if kind else []), *(["sm"] if small else [])])


def button(
    label: str | rx.Var[str], icon_name: str = "", *, kind: str = "", small: bool = False, **props: Any
) -> rx.Component:
    """A button named by its `label`; `kind` is "", "pri", "ghost" or "danger"."""
    props.setdefault("type", "button")
    drawn = [icon(icon_name, 17)] if icon_name else []
    return rx.el.button(*drawn, label, class_name=_class(kind, small), **props)


def link_button(
    label: str | rx.Var[str],
    icon_name: str = "",
    *,
    href: str | rx.Var[str],
    kind: str = "",
    small: bool = False,
    **props: Any,
) -> rx.Component:
    """A link to a page of the product that looks like a button."""
    drawn = [icon(icon_name, 17)] if icon_name else []
    return link(*drawn, label, href=href, class_name=_class(kind, small), **props)


def go_button(
    label: str | rx.Var[str],
    icon_name: str = "",
    *,
    href: str | rx.Var[str],
    kind: str = "",
    small: bool = False,
    **props: Any,
) -> rx.Component:
    """A button that opens a page of the product, where people look for a button."""
    return button(label, icon_name, kind=kind, small=small, on_click=rx.redirect(href), **props)


def file_button(
    label: str | rx.Var[str],
    icon_name: str = "download",
    *,
    href: str | rx.Var[str],
    kind: str = "",
    small: bool = False,
) -> rx.Component:
    """A link to a plain HTTP address (an export, a file): the browser itself goes there, not the router."""
    return link(icon(icon_name, 17), label, href=href, reload_document=True, class_name=_class(kind, small))


def held_place(label: str, icon_name: str = "") -> rx.Component:
    """The room of a button of which is not known yet whether it will be there."""
    drawn = [icon(icon_name, 17)] if icon_name else []
    return rx.el.span(*drawn, label, class_name="btn held", aria_hidden="true")


def segments(*items: rx.Component, label: str) -> rx.Component:
    """A row of choices of which one is on: links with aria-current or buttons with aria-pressed."""
    return rx.el.div(*items, class_name="seg", role="group", aria_label=label)


def choices(offered: Any, label: str) -> rx.Component:
    """Choices that the address keeps: `offered` are links with `words`, `href` and `current`."""
    one = rx.foreach(offered, lambda view: link(view.words, href=view.href, replace=True, aria_current=view.current))
    return segments(one, label=label)
