"""Tables: a real table with header cells; the caption names it for those who hear it."""

from collections.abc import Sequence
from typing import Any

import reflex as rx


def head(columns: Sequence[str | rx.Component]) -> rx.Component:
    """The header row."""
    return rx.el.thead(rx.el.tr(*[rx.el.th(column, scope="col") for column in columns]))


def data_table(
    caption: str, columns: Sequence[str | rx.Component], body: Any, *, has_cards: bool = False
) -> rx.Component:
    """A table with `columns` over `body` (rows, or a foreach of rows).

    With `has_cards` it is hidden on phones, where a list of cards takes its place.
    """
    return rx.el.table(
        rx.el.caption(caption, class_name="sr"),
        head(columns),
        rx.el.tbody(body),
        class_name="grid has-cards" if has_cards else "grid",
    )


def scroll(table: rx.Component, label: str) -> rx.Component:
    """A table that may be wider than the screen: it scrolls inside its frame, by keyboard too."""
    return rx.el.div(table, class_name="scroll-x", role="region", aria_label=label, tab_index=0)


def facts(*pairs: tuple[str, Any, Any], wide: bool = False, framed: bool = True) -> rx.Component:
    """Facts in words: (what, value, explanation) each; not `framed` inside a card."""
    items = [rx.el.div(rx.el.dt(what), rx.el.dd(value, rx.el.small(more))) for what, value, more in pairs]
    words = ["card"] * framed + ["facts"] + ["wide"] * wide
    return rx.el.dl(*items, class_name=" ".join(words))
