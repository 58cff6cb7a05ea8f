"""The pages of a forgotten password, as HTML: asking for a link, and setting a new one behind it."""

from html import escape

from starlette.responses import HTMLResponse

from therapytrack.routes.form_parts import fixed_email, form, frame, text_input
from therapytrack.routes.plain_pages import form_page
from therapytrack.services.password_reset import Resetting

TITLE = "New password"
ABOUT = (
    "About the link",
    "It goes to the address of your account, and to nobody else.",
    "It works once, within half an hour; a newer one replaces it.",
    "A new password signs you out in every browser.",
)
BACK = '<p><a class="link" href="/sign-in/">Back to sign-in</a></p>'


def ask_page() -> HTMLResponse:
    """Which address the link goes to."""
    head = "<h1>Forgot your password?</h1><p class='t2'>We send a link to the address of your account.</p>"
    fields = text_input("email", "Email", "email", autocomplete="username")
    return _page(f"{head}{form('ask', fields, 'Send the link')}{BACK}")


def asked_page() -> HTMLResponse:
    """The same words for every address."""
    return _page(
        "<h1>Look into your mailbox</h1>"
        "<p role='status'>If the address belongs to an account, a letter with a link is on its way. "
        "The link works once, within half an hour.</p>"
        f"<p class='t2'>Nothing came? Look among unwanted mail, or ask for another link in a few minutes.</p>{BACK}"
    )


def new_password_page(whose: Resetting) -> HTMLResponse:
    """The new password of the person whose link it is."""
    fields = fixed_email(whose.email, "The address of your account.") + text_input(
        "password",
        "New password",
        "password",
        autocomplete="new-password",
        hint="At least 15 characters: a sentence works well.",
    )
    return _page(f"<h1>Choose a new password</h1>{form('set', fields, 'Set the password')}")


def refused_page(sentence: str, status: int) -> HTMLResponse:
    """Why the link cannot be used, and the way to a new one."""
    again = '<p><a class="btn pri" href="/forgot">Ask for a new link</a></p>'
    return _page(f"<h1>New password</h1><p>{escape(sentence)}</p>{again}{BACK}", status)


def _page(content: str, status: int = 200) -> HTMLResponse:
    return form_page(TITLE, frame(content, *ABOUT), status)
