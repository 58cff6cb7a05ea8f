"""A batch of marks as a browser sends it: checked against the closed lists of what a mark of any kind can be.

A mark is keyed where it was made, so that sending it twice stores it once; an undo is a mark of its own (a tombstone),
so that marks and undos can arrive in any order and any number of times with the same result.
"""

from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from therapytrack.domain.accuracy import Outcome, Purpose
from therapytrack.domain.measures import Sign
from therapytrack.errors import Invalid

LARGEST_BATCH = 500
EPOCH, MILLISECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(milliseconds=1)
Milliseconds = Annotated[int, Field(ge=0, le=4_102_444_800_000, strict=True)]  # up to the year 2100


LONGEST_ELAPSED = 12 * 3600 * 1000
MOST_PLACES = 2000
WITH_PLACE = frozenset({Sign.HIT, Sign.MISS, Sign.RATED})
WITHOUT_PLACE = frozenset({Sign.COUNT, Sign.START, Sign.STOP, Sign.NONE})


class Tap(BaseModel):
    """One event: `at` in milliseconds since 1970 by the device's clock, `n` its running number there.

    `prompt` is a rank of the scale version `scale` (the first when none is named); `place` a target, step, interval or
    level, from 1; `amount` the milliseconds that a stop ends, counted by the device: no clock is compared with another.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: UUID
    entry: UUID
    goal: UUID
    outcome: Outcome | Sign
    prompt: Annotated[int, Field(ge=0, le=99, strict=True)] | None = None
    scale: Annotated[int, Field(ge=1, le=1_000_000, strict=True)] | None = None
    place: Annotated[int, Field(ge=1, le=MOST_PLACES, strict=True)] | None = None
    amount: Annotated[int, Field(ge=0, le=LONGEST_ELAPSED, strict=True)] | None = None
    purpose: Purpose
    at: Milliseconds
    n: Annotated[int, Field(ge=0, le=1_000_000, strict=True)] = 0

    @model_validator(mode="after")
    def _whole(self) -> "Tap":
        """A stop has an amount and nothing else does; what is scored at a place names it."""
        missing = self.outcome in WITH_PLACE and self.place is None
        too_much = self.outcome in WITHOUT_PLACE and self.place is not None
        if (self.amount is not None) != (self.outcome == Sign.STOP) or missing or too_much:
            raise ValueError("an event of another form")
        if self.prompt is not None and not isinstance(self.outcome, Outcome):
            raise ValueError("only a trial has a prompt")
        return self


class Undo(BaseModel):
    """The trial `id` does not count any more."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: UUID
    at: Milliseconds


class TapBatch(BaseModel):
    """What one request carries."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    taps: Annotated[list[Tap], Field(max_length=LARGEST_BATCH)] = []
    undo: Annotated[list[Undo], Field(max_length=LARGEST_BATCH)] = []


def parse_batch(body: bytes) -> TapBatch:
    """The marks in a JSON request body. Raises Invalid; the sentence never repeats the input."""
    try:
        return TapBatch.model_validate_json(body)
    except ValidationError as error:
        raise Invalid({"taps": "These marks could not be read. Reload the page; they stay on this device."}) from error


def moment(milliseconds: int, now: datetime) -> datetime:
    """A device's time as UTC; a clock that runs ahead is cut to `now`, so that no trial lies in the future."""
    return min(EPOCH + milliseconds * MILLISECOND, now)


def milliseconds(at: datetime) -> int:
    """Milliseconds since 1970 of an aware time."""
    return (at - EPOCH) // MILLISECOND
