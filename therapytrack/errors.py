"""The errors of the product: each carries the sentence that the person sees.

Services raise them, `state.base` and `routes` show them. Nothing else turns a failure into words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was refused: the action, the kind of record and its id, for the activity log."""

    action: str
    record_kind: str
    record_id: UUID | None


class TherapyTrackError(Exception):
    """Base of all expected failures; `sentence` is shown to the person as it is."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.refusal: Refusal | None = None


class NotFound(TherapyTrackError):
    """The record does not exist, or exists where this person may not know of it: one answer for both."""

    def __init__(self, sentence: str = "We could not find that. It may have moved, or the link may be wrong.") -> None:
        super().__init__(sentence)


class IdTaken(NotFound):
    """The id of a new record is in use by one that this transaction does not see: another workspace's, or one that was
    made in this very moment."""


class NotPermitted(TherapyTrackError):
    """A colleague lacks a right; the sentence says which one and whom to ask."""


class NotProved(NotPermitted):
    """The right is there, but the act needs a proof of at most five minutes; the page asks for the password."""

    def __init__(self, sentence: str = "Enter your password once more, so that nobody else can do this.") -> None:
        super().__init__(sentence)


class Invalid(TherapyTrackError):
    """Input that cannot be taken; `fields` maps a form field's name to the sentence shown beside it.

    `denied`: something was asked for that nobody may have, which is more than a slip of the pen and goes into the log.
    """

    def __init__(self, fields: Mapping[str, str], *, denied: bool = False) -> None:
        super().__init__("Some answers need another look.")
        self.fields = dict(fields)
        self.denied = denied


class Conflict(TherapyTrackError):
    """Someone else saved first; `theirs` is the text now stored and `version` its version (nothing was overwritten)."""

    def __init__(self, sentence: str, *, theirs: str = "", version: int = 0) -> None:
        super().__init__(sentence)
        self.theirs = theirs
        self.version = version


class TooLarge(TherapyTrackError):
    """More was sent than the place takes; the sentence says what to do instead."""


class Wait(TherapyTrackError):
    """Too much was asked for in a short time; the sentence says how long to wait."""


class Unavailable(TherapyTrackError):
    """An outside service or the storage did not answer; the sentence says what was kept and what to try."""
