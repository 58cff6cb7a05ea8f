"""Confirm with the password that it is you, then go on to what was asked for."""

import reflex as rx

from therapytrack.components.forms import http_form
from therapytrack.components.layout import page_title, shell
from therapytrack.components.proof import demo_hint, password_fields
from therapytrack.state.prove import ProveState


def prove() -> rx.Component:
    """The page /prove."""
    return shell(
        rx.el.section(
            rx.el.p("What you asked for needs your password once more. It then counts for five minutes."),
            demo_hint(),
            http_form(
                rx.el.input(type="hidden", name="next", value=ProveState.next_page, read_only=True),
                *password_fields("Confirm and go on"),
                action="/auth/prove",
                class_name="stack",
            ),
            class_name="card pad-l stack narrow",
        ),
        active="",
        title="Confirm that it is you",
        asks_proof=False,
    )


PAGE = {"route": "/prove", "title": page_title("Confirm that it is you"), "on_load": ProveState.enter}
