"""Letters about invitations and ownership: what they say. Whoever asked for one is told when it did not go out.

No letter names a student.
"""

from therapytrack.domain.dates import long_date
from therapytrack.domain.member_place import can_line, role_line
from therapytrack.services.invites import Sent
from therapytrack.services.letters import Letter
from therapytrack.services.ownership import HandedOver, Offered
from therapytrack.settings import get_settings


def keeps_mail() -> bool:
    """Whether letters stay in the outbox folder, because the settings name no mail server."""
    return get_settings().smtp_server is None


def invitation_link(token: str) -> str:
    """The address that lets its holder accept, once."""
    return f"{get_settings().origin}/invite/{token}"


def invitation_letter(sent: Sent) -> Letter:
    """The letter with the link."""
    return Letter(
        sent.email,
        f"{sent.inviter} invites you to {sent.workspace} on TherapyTrack",
        f"{sent.inviter} invites you to {sent.workspace} on TherapyTrack.\n"
        f"Your role there: {role_line(sent.place)}. {can_line(sent.place)}\n\n"
        f"Open this link to accept. It works once, until {long_date(sent.link_until)}:\n\n"
        f"{invitation_link(sent.token)}\n\n"
        "You need no account yet: the page asks for what is missing. If you did not expect this letter, leave it;\n"
        "nothing happens without you.\n",
    )


def offer_letter(offered: Offered) -> Letter:
    """The letter to the person to whom the ownership is offered."""
    return Letter(
        offered.to_email,
        f"You are offered the ownership of {offered.workspace} on TherapyTrack",
        f"The owner of {offered.workspace} offers you its ownership.\n\n"
        f"Sign in at {get_settings().origin}/team and accept or decline. The offer stands for seven days.\n"
        "Nothing changes until you accept.\n",
    )


def handed_over_letter(handed: HandedOver) -> Letter:
    """The letter to the former owner, so that nobody loses a workspace unnoticed."""
    return Letter(
        handed.former_email,
        f"{handed.workspace} on TherapyTrack has a new owner",
        f"{handed.new_owner} has accepted the ownership of {handed.workspace}. You are an admin there now.\n\n"
        f"If this was not meant to happen, speak to {handed.new_owner} and to whoever runs {get_settings().origin}.\n",
    )


def reset_letter(email: str, token: str) -> Letter:
    """The letter with the link that sets a new password."""
    return Letter(
        email,
        "A new password for TherapyTrack",
        f"Somebody, perhaps you, asked for a new password for your account at {get_settings().origin}.\n\n"
        "Open this link to choose one. It works once, within half an hour:\n\n"
        f"{get_settings().origin}/reset/{token}\n\n"
        "If it was not you, leave this letter: your password stays as it is.\n",
    )


def password_letter(email: str) -> Letter:
    """The letter that tells a person that her password was changed, in case it was not she."""
    return Letter(
        email,
        "Your TherapyTrack password was changed",
        f"The password of your account at {get_settings().origin} was changed, and all other browsers signed out.\n\n"
        "If it was not you, speak at once to the office of your workspace: it can suspend you until this is clear.\n",
    )
