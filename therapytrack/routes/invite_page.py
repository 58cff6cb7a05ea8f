"""The pages behind an invitation's link, as HTML: accept, sign in, fill in who you are, or why it cannot be used."""

from collections.abc import Mapping
from html import escape

from starlette.responses import HTMLResponse

from therapytrack.domain.dates import long_date
from therapytrack.domain.member_place import can_line, role_line
from therapytrack.domain.people import PROFESSIONS
from therapytrack.domain.us_states import US_STATES
from therapytrack.routes.form_parts import fixed_email, form, frame, text_input
from therapytrack.routes.plain_pages import form_page
from therapytrack.services.joining import Invitation

TITLE = "Invitation"
INVITED = "The address that was invited; it cannot be changed here."
BESIDE = (
    "What happens when you accept",
    "You see the students to whom somebody gives you access, and no others.",
    "The office of this workspace knows your name, credential and email; its people know your name and role.",
    "What you open, write and export is logged.",
)
ABOUT = (
    "About invitations",
    "An invitation is for one email address.",
    "Its link works once, within seven days.",
    "Sending it again replaces the link before.",
)


def accept_page(invitation: Invitation, person: str) -> HTMLResponse:
    """For the person who is signed in with the invited address."""
    words = f"<p>You are signed in as <b>{escape(person)}</b>, {escape(invitation.email)}.</p>"
    return _page(invitation, words + form("accept", "", "Accept the invitation"))


def stranger_page(invitation: Invitation) -> HTMLResponse:
    """For somebody who is not signed in: her password, or who she is; both, where the link must not tell which."""
    if invitation.by_hand:
        known = f"<h2>If you have an account</h2>{_password_form(invitation)}"
        return _page(invitation, f"{known}<hr><h2>If you are new here</h2>{_new_form(invitation, 'new-')}")
    if invitation.has_account:
        return _page(invitation, f"<p>You have an account. Sign in to accept.</p>{_password_form(invitation)}")
    return _page(invitation, _new_form(invitation))


def _password_form(invitation: Invitation) -> str:
    fields = fixed_email(invitation.email, INVITED) + text_input(
        "password", "Password", "password", autocomplete="current-password"
    )
    return form("password", fields, "Sign in and accept")


def _new_form(invitation: Invitation, prefix: str = "") -> str:
    fields = (
        text_input("name", "Your name", "text", autocomplete="name", hint="As it should stand under your notes.")
        + fixed_email(invitation.email, INVITED, prefix)
        + text_input(
            "password",
            "New password",
            "password",
            autocomplete="new-password",
            hint="At least 15 characters: a sentence works well.",
            prefix=prefix,
        )
        + _select("profession", "Profession", PROFESSIONS)
        + text_input("credential", "Credential", "text", optional=True, span="c6", placeholder="CCC-SLP")
        + _select("us_state", "State or territory", US_STATES)
    )
    return form("new", f'<div class="fields">{fields}</div>', "Create account and accept")


def refused_page(sentence: str, status: int, *, offer_sign_out: bool = False) -> HTMLResponse:
    """Why the link cannot be used, in one sentence; for another person's link a way to sign out and come back."""
    way = form("sign-out", "", "Sign out and open the invitation again") if offer_sign_out else ""
    back = '<p><a class="link" href="/today/">Go to TherapyTrack</a></p>'
    return form_page(TITLE, frame(f"<h1>Invitation</h1><p>{escape(sentence)}</p>{way}{back}", *ABOUT), status)


def _page(invitation: Invitation, content: str) -> HTMLResponse:
    place = invitation.place
    until = f" Your membership ends after {long_date(place.until)}." if place.until else ""
    head = (
        f'<div class="stack tight"><h1>Join {escape(invitation.workspace)}</h1>'
        f"<p class='t2'>{escape(invitation.inviter)} invites you as <b>{escape(role_line(place))}</b>. "
        f"{escape(can_line(place))}{escape(until)}</p></div>"
    )
    return form_page(TITLE, frame(head + content, *BESIDE))


def _select(name: str, label: str, choices: Mapping[str, str]) -> str:
    options = "".join(f'<option value="{code}">{escape(words)}</option>' for code, words in choices.items())
    return (
        f'<div class="field c6"><label for="{name}">{escape(label)}</label>'
        f'<select class="input" id="{name}" name="{name}" aria-required="true" aria-describedby="{name}-error">'
        f'<option value="">Choose</option>{options}</select>'
        f'<p class="error" id="{name}-error" role="alert"></p></div>'
    )
