"""How a door refuses: the error in words, with what was tried noted on it for the activity log."""

from uuid import UUID

from therapytrack.access.actions import Action
from therapytrack.access.facts import Facts
from therapytrack.access.roles import decide
from therapytrack.errors import NotPermitted, Refusal, TherapyTrackError


def require(action: Action, facts: Facts, kind: str, record_id: UUID) -> None:
    """Raise NotPermitted, in the decision's own words, when `action` is not allowed under `facts`."""
    decision = decide(action, facts)
    if not decision.allowed:
        raise refused(NotPermitted(decision.reason), action, kind, record_id)


def refused(error: TherapyTrackError, action: Action, kind: str, record_id: UUID | None) -> TherapyTrackError:
    """Note on the error what was refused, so that whoever ends the transaction can log it."""
    error.refusal = Refusal(action, kind, record_id)
    return error
