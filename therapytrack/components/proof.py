"""The question for the password before an act that needs a proof: inside the page, so that nothing typed is lost."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import button
from therapytrack.components.feedback import banner
from therapytrack.components.forms import http_form, text_field
from therapytrack.state.base import SignedInState
from therapytrack.state.shell import ShellState

State: Any = SignedInState


def demo_hint() -> rx.Component:
    """In a demonstration the password is public."""
    hint = ("Its people have the password ", rx.el.b(ShellState.demo_password), ".")
    return rx.cond(ShellState.demo_password != "", rx.el.p("This is a demonstration. ", *hint), rx.fragment())


def password_fields(confirm: str = "Confirm") -> list[rx.Component]:
    """The password and the button; give them to an `http_form` on /auth/prove."""
    return [
        text_field("password", "Your password", type="password", auto_complete="current-password", auto_focus=True),
        rx.el.div(button(confirm, "shield", kind="pri", type="submit"), class_name="form-foot"),
    ]


def proof_panel() -> rx.Component:
    """Nothing, until a service asks for a proof; then the question, and after it a word that the act can go on."""
    asked = rx.el.section(
        rx.el.h2("Confirm that it is you"),
        rx.el.p(State.proof_asked, class_name="t2"),
        demo_hint(),
        http_form(*password_fields(), action="/auth/prove", on_done=State.proved, class_name="stack"),
        class_name="card pad-l stack proof",
        aria_label="Confirm that it is you",
    )
    given = banner("Confirmed for five minutes. What you typed is still here: send it again.", "good")
    return rx.fragment(
        rx.cond(State.proof_asked != "", asked, rx.fragment()), rx.cond(State.proof_given, given, rx.fragment())
    )
