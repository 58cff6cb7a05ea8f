"""The workspaces of a person who works in several: which one is open, and opening another."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import button
from therapytrack.components.feedback import error_panel, skeleton_card
from therapytrack.components.forms import http_form
from therapytrack.components.layout import page_title, shell
from therapytrack.components.status import tag
from therapytrack.state.workspaces import WorkspacesState

State: Any = WorkspacesState


def _place(one: Any) -> rx.Component:
    go = http_form(
        rx.el.input(type="hidden", name="workspace", value=one.id, read_only=True),
        button("Open", "arrow_right", type="submit", aria_label="Open " + one.name),
        action="/auth/workspace",
        wipe=True,
    )
    until = rx.cond(one.until != "", rx.el.span("until ", one.until, class_name="sub-line"), rx.fragment())
    return rx.el.li(
        rx.el.div(
            rx.el.span(one.name, class_name="b"),
            rx.el.span(one.role, " · ", one.can, class_name="sub-line"),
            until,
            class_name="grow",
        ),
        rx.cond(one.here, tag("Open now", "info", "check"), go),
    )


def workspaces() -> rx.Component:
    """The page /workspaces."""
    listed = rx.el.section(
        rx.el.ul(rx.foreach(State.places, _place), class_name="list"),
        rx.el.p(
            "An invitation that you accept adds a workspace here. What is kept of one is never seen in another.",
            class_name="pad-m s13 t2 ruled",
        ),
        class_name="card clip narrow",
        aria_label="Workspaces",
    )
    skeleton = skeleton_card(2, "card narrow")
    waiting = rx.cond(State.problem != "", error_panel(State.problem, State.retry), skeleton)
    return shell(
        rx.cond(State.places.length() > 0, listed, waiting),
        active="",
        title="Workspaces",
        subtitle="Where you work, and what you are there",
    )


PAGE = {"route": "/workspaces", "title": page_title("Workspaces"), "on_load": WorkspacesState.enter}
