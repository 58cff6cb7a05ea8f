"""What a page shows while it waits, when it failed, when there is nothing, and when there is something to tell.

Messages are rendered from state: under the strict content policy a toast would die silently.
"""

from typing import Any

import reflex as rx
from reflex_components_core.core.banner import connection_errors_count

from therapytrack.components.buttons import button, link_button
from therapytrack.components.icons import icon
from therapytrack.components.islands import ConnectionNotice
from therapytrack.state.shell import ShellState


def skeleton(shape: str = "") -> rx.Component:
    """One bar of a skeleton; `shape` is "", "third", "fifth", "tall", "box" or "disc".

    It appears after 150 ms, so that a fast answer never flashes it.
    """
    return rx.el.span(class_name=f"sk {shape}".strip(), aria_hidden="true")


def skeleton_row() -> rx.Component:
    """One row of a list in its real height."""
    return rx.el.div(skeleton("disc"), skeleton("third"), skeleton("fifth"), skeleton("fifth"), class_name="sk-row")


def skeleton_rows(rows: int) -> rx.Component:
    """A list's skeleton, so that nothing moves when the rows come: its key keeps its elements out of them."""
    return rx.el.div(rx.el.span("Loading", class_name="sr"), *[skeleton_row()] * rows, role="status", key="waiting")


def skeleton_card(rows: int, shape: str = "card") -> rx.Component:
    """A card with a list's skeleton; `shape` is its class."""
    return rx.el.div(skeleton_rows(rows), class_name=shape, key="waiting")


def empty_state(title: str, sentence: str, action: rx.Component | None = None) -> rx.Component:
    """Nothing here yet: what would be here, and the first step as a button."""
    extra = [action] if action is not None else []
    return rx.el.div(rx.el.h2(title), rx.el.p(sentence), *extra, class_name="state")


def error_panel(sentence: Any, on_retry: Any) -> rx.Component:
    """What failed (with the reference to report, which the sentence holds) and Retry; what was typed is kept."""
    return rx.el.div(
        rx.el.h2("That did not load"),
        rx.el.p(sentence),
        button("Retry", "rotate_cw", on_click=on_retry),
        class_name="card state",
        role="alert",
    )


def not_found_panel() -> rx.Component:
    """The one answer for a record that does not exist and for one that this person may not know of."""
    return rx.el.div(
        rx.el.h2("Not found"),
        rx.el.p("We could not find that. It may have moved, or the link may be wrong."),
        rx.el.div(
            link_button("Back to the caseload", "arrow_left", href="/caseload"),
            rx.cond(
                ShellState.may_break_glass,
                link_button("Emergency access", "lock_open", href="/emergency", kind="ghost"),
                rx.fragment(),
            ),
            class_name="row wrap",
        ),
        class_name="card state",
    )


def banner(sentence: Any, tone: Any = "") -> rx.Component:
    """A message on the page; nothing when `sentence` is empty. `tone`: "", "good", "warn" or "bad"."""
    shown = rx.el.div(icon("info", 18), rx.el.span(sentence), class_name=rx.Var.create("banner ") + tone)
    return rx.el.div(rx.cond(sentence != "", shown, rx.fragment()), role="status")


def connection_overlay() -> rx.Component:
    """An app wrap in the place of the framework's connection toast: one calm sentence that says what is kept."""
    return rx.fragment(ConnectionNotice.create(failures=connection_errors_count))
