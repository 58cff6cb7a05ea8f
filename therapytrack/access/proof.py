"""Acts that a stolen minute at an open screen must not be enough for: they ask for the password again.

Role changes, making an admin, removing a person, transferring ownership, exporting the audit or the account, switching
AI: the proof may be at most five minutes old (OWASP ASVS 5.0, 7.5.1 and 7.5.3). Signing in with a password is a proof.
"""

from datetime import timedelta
from uuid import UUID

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.refusals import refused
from therapytrack.errors import NotProved

PROOF_LASTS = timedelta(minutes=5)


def require_proof(actor: Actor, action: Action, kind: str, record_id: UUID | None) -> None:
    """Raise NotProved unless the actor proved with her password, within the last five minutes, that it is she.

    Ask the gate for the right first: who lacks it is told so and not asked for a password.
    """
    if actor.proved_at is None or actor.at - actor.proved_at > PROOF_LASTS:
        raise refused(NotProved(), action, kind, record_id)
