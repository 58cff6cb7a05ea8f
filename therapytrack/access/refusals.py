"""How a door refuses: the error in words, with what was tried noted on it for the activity log."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar
from uuid import UUID

from therapytrack.access.actions import Action
from therapytrack.access.facts import Facts
from therapytrack.access.roles import decide
from therapytrack.errors import Invalid, NotPermitted, Refusal, TherapyTrackError

P = ParamSpec("P")
R = TypeVar("R")


def require(action: Action, facts: Facts, kind: str, record_id: UUID) -> None:
    """Raise NotPermitted, in the decision's own words, when `action` is not allowed under `facts`."""
    decision = decide(action, facts)
    if not decision.allowed:
        raise refused(NotPermitted(decision.reason), action, kind, record_id)


def refused(error: TherapyTrackError, action: Action, kind: str, record_id: UUID | None) -> TherapyTrackError:
    """Note on the error what was refused, so that whoever ends the transaction can log it."""
    error.refusal = Refusal(action, kind, record_id)
    return error


def read_form(action: Action, kind: str, parse: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """What `parse` reads out of a form as it was typed. Raises its Invalid, marked as a refusal of `action` when the
    form asks for something that nobody may have; a mere slip of the pen stays what it is."""
    try:
        return parse(*args, **kwargs)
    except Invalid as error:
        raise (refused(error, action, kind, None) if error.denied else error) from None
