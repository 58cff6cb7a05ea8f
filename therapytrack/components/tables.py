"""Tables: a real table with header cells; the caption names it for those who hear it."""

from collections.abc import Sequence
from typing import Any

import reflex as rx


def head(columns: Sequence[str | rx.Component]) -> rx.Component:
    """The header row."""
    return rx.el.thead(rx.el.tr(*[rx.el.th(column, scope="col") for column in columns]))


def fold_row(*cells: rx.Component, **props: Any) -> rx.Component:
    """A row of a table that folds."""
    return rx.el.tr(*cells, role="row", **props)


def cell(*content: Any, label: str = "", class_name: str = "") -> rx.Component:
    """A cell of a table that folds. On phones `label` stands before it, and the class "whole" gives it the width."""
    attributes = {"data-label": label} if label else {}
    return rx.el.td(*content, class_name=class_name, role="cell", custom_attrs=attributes)


def data_table(
    caption: str, columns: Sequence[str | rx.Component], body: Any, *, has_cards: bool = False, folds: bool = False
) -> rx.Component:
    """A table with `columns` over `body` (rows, or a foreach of rows).

    With `has_cards` it is hidden on phones, where a list of cards takes its place. With `folds` its own rows become
    cards there; the roles say aloud that it is a table still, since styles that undo its layout can take that away.
    """
    if folds:
        return _folding(caption, columns, body)
    return rx.el.table(
        rx.el.caption(caption, class_name="sr"),
        head(columns),
        rx.el.tbody(body),
        class_name="grid has-cards" if has_cards else "grid",
    )


def _folding(caption: str, columns: Sequence[str | rx.Component], body: Any) -> rx.Component:
    heads = [rx.el.th(column, scope="col", role="columnheader") for column in columns]
    return rx.el.table(
        rx.el.caption(caption, class_name="sr"),
        rx.el.thead(fold_row(*heads), role="rowgroup"),
        rx.el.tbody(body, role="rowgroup"),
        class_name="grid fold",
        role="table",
    )


def scroll(table: rx.Component, label: str) -> rx.Component:
    """A table that may be wider than the screen: it scrolls inside its frame, by keyboard too."""
    return rx.el.div(table, class_name="scroll-x", role="region", aria_label=label, tab_index=0)


def facts(*pairs: tuple[str, Any, Any], wide: bool = False, framed: bool = True) -> rx.Component:
    """Facts in words: (what, value, explanation) each; not `framed` inside a card."""
    items = [rx.el.div(rx.el.dt(what), rx.el.dd(value, rx.el.small(more))) for what, value, more in pairs]
    words = ["card"] * framed + ["facts"] + ["wide"] * wide
    return rx.el.dl(*items, class_name=" ".join(words))
