"""A batch of marks as a browser sends it: checked against the closed lists of what a mark can be.

A mark is keyed where it was made, so that sending it twice stores it once; an undo is a mark of its own (a tombstone),
so that marks and undos can arrive in any order and any number of times with the same result.
"""

from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from therapytrack.domain.accuracy import Outcome, Purpose
from therapytrack.errors import Invalid

LARGEST_BATCH = 500
EPOCH, MILLISECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(milliseconds=1)
Milliseconds = Annotated[int, Field(ge=0, le=4_102_444_800_000, strict=True)]  # up to the year 2100


class Tap(BaseModel):
    """One trial: `at` in milliseconds since 1970 by the device's clock, `n` its running number there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: UUID
    entry: UUID
    goal: UUID
    outcome: Outcome
    prompt: Annotated[int, Field(ge=0, le=99, strict=True)] | None = None
    purpose: Purpose
    at: Milliseconds
    n: Annotated[int, Field(ge=0, le=1_000_000, strict=True)] = 0


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
