"""Sign in: e-mail and password, and in a demonstration one button for each of its people."""

import reflex as rx

from therapytrack.components.buttons import button, link
from therapytrack.components.feedback import banner
from therapytrack.components.forms import http_form, text_field
from therapytrack.components.layout import gate, page_title
from therapytrack.state.sign_in import SignInState

DEMO_PEOPLE = (
    ("Owner", "Governs the workspace; opens no student records"),
    ("Supervisor", "Co-signs what her assistant writes"),
    ("Clinician", "Has the caseload: start here"),
    ("Assistant", "Records sessions, submits notes"),
    ("Reader", "Looks, and exports where granted"),
    ("Outsider", "Works in another workspace"),
)


def _demo_button(person: str, what: str) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            person, type="submit", name="who", value=person.lower(), class_name="btn", aria_describedby=f"demo-{person}"
        ),
        rx.el.span(what, id=f"demo-{person}", class_name="s13"),
        class_name="demo-one",
    )


def demo_people() -> rx.Component:
    """The accounts of the demonstration, one button each."""
    return rx.el.section(
        rx.el.h2("Look around with invented students"),
        rx.el.p("Each button signs you in as one of the people of the demonstration."),
        http_form(
            rx.el.ul(*[_demo_button(person, what) for person, what in DEMO_PEOPLE], class_name="demo"),
            action="/auth/demo",
        ),
        class_name="stack",
        aria_label="Demonstration",
    )


def promises() -> rx.Component:
    """What the product is for, in three lines."""
    return rx.el.section(
        rx.el.h2("Caseload, session data, notes and progress in one place"),
        rx.el.ul(
            rx.el.li("Record a trial with one tap; it is kept even when the network is not."),
            rx.el.li("Sign the notes while the children walk back to class."),
            rx.el.li("Show a team how a goal is going, with every number traced to its session."),
            class_name="stack tight",
        ),
        class_name="stack",
    )


def sign_in() -> rx.Component:
    """The page /sign-in."""
    return gate(
        rx.el.div(
            rx.el.h1("Sign in"),
            rx.cond(
                SignInState.welcome,
                banner("If this address was new here, your account is ready. Sign in with your new password.", "good"),
                rx.fragment(),
            ),
            rx.cond(
                SignInState.reset_done,
                banner("Your new password is set, and every browser is signed out. Sign in with it.", "good"),
                rx.fragment(),
            ),
            rx.cond(
                SignInState.ended,
                banner("Your sign-in has ended. Sign in again to go on."),
                rx.fragment(),
            ),
            class_name="stack",
        ),
        http_form(
            text_field("email", "Email", type="email", auto_complete="username", auto_focus=True),
            text_field("password", "Password", type="password", auto_complete="current-password"),
            rx.el.input(type="hidden", name="next", value=SignInState.next_page, read_only=True),
            button("Sign in", kind="pri", type="submit"),
            action="/auth/sign-in",
            class_name="stack",
        ),
        # A page of the server's own: a full load, not a step within the app.
        rx.el.p(link("Forgot password?", href="/forgot", reload_document=True, class_name="link")),
        rx.el.p("New here? ", link("Create an account", href="/sign-up", class_name="link"), class_name="t2"),
        aside=rx.cond(SignInState.demo, demo_people(), promises()),
    )


PAGE = {"route": "/sign-in", "title": page_title("Sign in"), "on_load": SignInState.enter}
