"""Create an account and the workspace that it owns."""

import reflex as rx

from therapytrack.components.buttons import button, link
from therapytrack.components.forms import http_form, select_field, text_field
from therapytrack.components.layout import gate, page_title
from therapytrack.domain.people import PROFESSIONS
from therapytrack.domain.us_states import US_STATES
from therapytrack.pages.sign_in import demo_people, promises
from therapytrack.state.sign_in import SignInState

CHOOSE = ("", "Choose")


def _fields() -> rx.Component:
    return rx.el.div(
        text_field("name", "Your name", auto_complete="name"),
        text_field("email", "Email", type="email", auto_complete="username"),
        text_field(
            "password",
            "Password",
            type="password",
            auto_complete="new-password",
            hint="At least 15 characters: a sentence works well.",
        ),
        select_field("profession", "Profession", [CHOOSE, *PROFESSIONS.items()], span="c6"),
        text_field("credential", "Credential", optional=True, span="c6", placeholder="CCC-SLP", auto_complete="off"),
        select_field("us_state", "State or territory", [CHOOSE, *US_STATES.items()], span="c6"),
        text_field("workspace_name", "Workspace", span="c6", placeholder="Lincoln School District"),
        rx.el.input(type="hidden", name="time_zone"),
        class_name="fields",
    )


def sign_up() -> rx.Component:
    """The page /sign-up."""
    return gate(
        rx.el.div(
            rx.el.h1("Create an account"),
            rx.el.p("You will own a new workspace, with a caseload of its own.", class_name="t2"),
            class_name="stack tight",
        ),
        http_form(
            _fields(), button("Create account", kind="pri", type="submit"), action="/auth/sign-up", class_name="stack"
        ),
        rx.el.p("You have one? ", link("Sign in", href="/sign-in", class_name="link"), class_name="t2"),
        aside=rx.cond(SignInState.demo, demo_people(), promises()),
    )


PAGE = {"route": "/sign-up", "title": page_title("Create an account"), "on_load": SignInState.enter}
