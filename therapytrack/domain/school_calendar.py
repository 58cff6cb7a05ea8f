"""When a school's day begins and ends, and days on which it is closed or lets out early."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from uuid import UUID

from therapytrack.domain.dates import clock_range, clock_time


class DayKind(StrEnum):
    """What is different about a day."""

    CLOSED = "closed"
    EARLY_RELEASE = "early_release"


KINDS = {DayKind.CLOSED: "No school", DayKind.EARLY_RELEASE: "Early release"}


@dataclass(frozen=True, slots=True)
class DayHours:
    """When a school's day begins and ends."""

    opens: time
    closes: time

    @property
    def words(self) -> str:
        """ "8:00 AM–3:00 PM"."""
        return clock_range(self.opens, self.closes)


USUAL_HOURS = DayHours(time(8), time(15))


@dataclass(frozen=True, slots=True)
class SchoolDay:
    """Days from `first` to `last`, both included, of one school (None: of all), which is called `school` where its name
    was read; `closes_at` for an early release."""

    first: date
    last: date
    kind: DayKind
    label: str
    school_id: UUID | None = None
    closes_at: time | None = None
    school: str = ""

    @property
    def words(self) -> str:
        """Such as "No school: Thanksgiving", "Early release at 12:30 PM: Staff meeting"."""
        at = f" at {clock_time(self.closes_at)}" if self.closes_at else ""
        return f"{KINDS[self.kind]}{at}: {self.label}"

    @property
    def told(self) -> str:
        """The words with the school that they are about: "No school: Water damage (Oak School)"."""
        return f"{self.words} ({self.school})" if self.school else self.words


def days_that_hit(
    calendar: Iterable[SchoolDay],
    day: date,
    school_id: UUID | None,
    ends: time | None = None,
    schools: Collection[str] = (),
) -> list[SchoolDay]:
    """The entries that keep a session of `school_id` on `day` from being held as planned.

    A session without a school is hit by entries of all schools, and of those that its students go to (`schools`, by
    name); an early release hits one that ends after it.
    """
    names = {one.casefold() for one in schools if one} if school_id is None else set()
    return [
        one
        for one in calendar
        if one.first <= day <= one.last
        and (one.school_id in (None, school_id) or one.school.casefold() in names)
        and _too_late(one, ends)
    ]


def _too_late(entry: SchoolDay, ends: time | None) -> bool:
    if entry.kind is DayKind.CLOSED or entry.closes_at is None or ends is None:
        return True
    return ends > entry.closes_at


def closed_on(calendar: Iterable[SchoolDay], day: date, school_id: UUID | None) -> SchoolDay | None:
    """The entry that closes `school_id` on `day`, or None."""
    hits = days_that_hit(calendar, day, school_id)
    return next((one for one in hits if one.kind is DayKind.CLOSED), None)
