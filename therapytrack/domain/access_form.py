"""What somebody asks for when she changes access: who, which rights, from which local day until which."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from therapytrack.domain.form_fields import FieldReader
from therapytrack.domain.local_days import end_of, first_day, midnight
from therapytrack.domain.permission_words import RIGHTS

TICKED = ("on", "true", "1")
FINISH_DAYS, LONGEST_FINISH = 14, 60
LONGEST_REASON, SHORTEST_REASON = 500, 20


@dataclass(frozen=True, slots=True)
class Period:
    """From which day until which, both inclusive; None: from now on, without an end."""

    first: date | None = None
    last: date | None = None

    def starts_at(self, now: datetime, zone: str) -> datetime:
        """The moment of its beginning: now, or the first instant of its first day where `zone` is."""
        return now if self.first is None or self.first == first_day(now, zone) else midnight(self.first, zone)

    def ends_at(self, zone: str) -> datetime | None:
        """The moment from which it is over: the instant after its last day; None without an end."""
        return end_of(self.last, zone)


@dataclass(frozen=True, slots=True)
class GrantWish:
    """Rights for one person: view is always among them, because nothing counts without it."""

    person: UUID
    rights: frozenset[str]
    period: Period


@dataclass(frozen=True, slots=True)
class TakeWish:
    """Rights to take from one person; view takes all."""

    person: UUID
    rights: frozenset[str]


@dataclass(frozen=True, slots=True)
class SubstituteWish:
    """`to` stands in for `of`; with `pause` the rights of `of` rest meanwhile."""

    of: UUID
    to: UUID
    period: Period
    pause: bool


@dataclass(frozen=True, slots=True)
class HandoverWish:
    """`to` takes over the caseload of `of` on `first` (None: now); `finish_days` remain for what is unsigned."""

    of: UUID
    to: UUID
    first: date | None
    finish_days: int


def parse_grant(form: Mapping[str, str], today: date) -> GrantWish:
    """The form "Give access". Raises Invalid naming every wrong field."""
    read = FieldReader(form)
    person, rights = _person(read, "person"), _rights(read) | {"view"}
    period = _period(read, today)
    read.finish()
    return GrantWish(person, rights, period)


def parse_take(form: Mapping[str, str]) -> TakeWish:
    """The form "Take access away". Raises Invalid naming every wrong field."""
    read = FieldReader(form)
    person, rights = _person(read, "person"), _rights(read)
    if not rights:
        read.wrong["rights"] = "Tick what to take away. View takes everything."
    read.finish()
    return TakeWish(person, rights)


def parse_substitute(form: Mapping[str, str], today: date) -> SubstituteWish:
    """The form "Substitute". Raises Invalid naming every wrong field."""
    read = FieldReader(form)
    of, to = _two_people(read)
    period = _period(read, today, required="Enter the last day, for example six weeks from now.")
    pause = read.choice("pause", ("stay", "pause"), "Choose whether the absent person's rights stay or rest.")
    read.finish()
    return SubstituteWish(of, to, period, pause == "pause")


def parse_handover(form: Mapping[str, str], today: date) -> HandoverWish:
    """The form "Hand over a caseload". Raises Invalid naming every wrong field."""
    read = FieldReader(form)
    of, to = _two_people(read)
    first = read.day("starts_on")
    if first is not None and first < today:
        read.wrong["starts_on"] = "This day is in the past. Leave it empty to hand over now."
    days = read.whole("finish_days", 0, LONGEST_FINISH, required=True)
    read.finish()
    return HandoverWish(of, to, first, days or 0)


def parse_reason(form: Mapping[str, str]) -> str:
    """The reason for emergency access. Raises Invalid when it is shorter than 20 characters or too long."""
    read = FieldReader(form)
    reason = read.text("reason", LONGEST_REASON, "Say why this cannot wait: 20 characters or more.")
    if reason and len(" ".join(reason.split())) < SHORTEST_REASON:
        read.wrong.setdefault("reason", "Say a little more about why this cannot wait: 20 characters or more.")
    read.finish()
    return reason


def _two_people(read: FieldReader) -> tuple[UUID, UUID]:
    of, to = _person(read, "of"), _person(read, "to")
    if of == to and not read.wrong:
        read.wrong["to"] = "Choose two different people."
    return of, to


def _person(read: FieldReader, name: str) -> UUID:
    try:
        return UUID(read.raw(name))
    except ValueError:
        read.wrong[name] = "Choose a person."
        return UUID(int=0)


def _rights(read: FieldReader) -> frozenset[str]:
    return frozenset(right for right in RIGHTS if read.raw(right).lower() in TICKED)


def _period(read: FieldReader, today: date, required: str = "") -> Period:
    first, last = read.day("starts_on"), read.day("ends_on", required)
    if first is not None and first < today:
        read.wrong["starts_on"] = "The first day is in the past. Leave it empty to start now."
    if last is not None and last < today:
        read.wrong["ends_on"] = "The last day is in the past. Choose a later one."
    elif first is not None and last is not None and last < first:
        read.wrong["ends_on"] = "The last day is before the first one. Change one of them."
    return Period(first, last)
