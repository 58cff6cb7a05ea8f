"""Planned and actual times of a session: what its clock says, what a student is credited with, and when to ask.

The start and the end of a service are elements of its claim in several states (Texas SHARS; domain rule "start and stop
times"), and a claim for thirty minutes of a session that took two is false. The clock is the server's. All arithmetic
is in UTC, so that neither midnight nor a change to or from daylight-saving time adds or takes an hour.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from therapytrack.domain.attendance import LONGEST_MINUTES
from therapytrack.domain.dates import clock_time
from therapytrack.domain.form_fields import FieldReader
from therapytrack.errors import Invalid

# A session begins and ends a little beside its plan: up to so many minutes nobody is asked.
ASK_FROM = 5
MINUTE, HALF_DAY = timedelta(minutes=1), timedelta(hours=12)
NOT_A_TIME = "Enter a time, for example 10:10."
BEFORE_COMING = "Enter a time after the student came, or empty one of the two."
AFTER_THE_END = "The session was over by then. Enter when the student left, too."
BEFORE_THE_START = "The session had not begun by then. Enter when the student came, too."
TOO_LONG = f"That is longer than {LONGEST_MINUTES // 60} hours. Correct one of the two."


@dataclass(frozen=True, slots=True)
class Hours:
    """From when to when a session is credited; aware, the end never before the start."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """When a student came and left, None where that was with the session."""

    arrived: datetime | None = None
    left: datetime | None = None


def minutes_between(start: datetime, end: datetime) -> int:
    """Whole minutes that passed from `start` to `end`, none when the end is not after the start."""
    return max(0, (end.astimezone(UTC) - start.astimezone(UTC)) // MINUTE)


def hours_of(starts: datetime, ends: datetime, began: datetime | None, credited: int | None) -> Hours:
    """The hours of a session planned from `starts` to `ends`, which `began` then (None: not yet).

    They are the plan's while the session begins about on time, and the plan's length from its real beginning when it
    does not. `credited`: minutes that were settled on when it was finished, counted from its real beginning.
    """
    length = minutes_between(starts, ends) if credited is None else credited
    late = began is not None and abs(began.astimezone(UTC) - starts.astimezone(UTC)) > ASK_FROM * MINUTE
    start = (began if began is not None and (late or credited is not None) else starts).astimezone(UTC)
    return Hours(start, start + length * MINUTE)


def credited_minutes(hours: Hours, part: Part) -> int:
    """Minutes of a student who was there for `part` of `hours`; a time that somebody entered counts as entered."""
    return minutes_between(part.arrived or hours.start, part.left or hours.end)


def differs(planned: int, passed: int) -> bool:
    """Whether the minutes that `passed` are so unlike the plan that somebody has to say which are credited."""
    return abs(passed - planned) > ASK_FROM


def clock_moment(clock: time, near: datetime, zone: ZoneInfo) -> datetime:
    """The moment at which the clock of `zone` says `clock`, the one nearest to `near`, in UTC.

    That is on the day after for a session that goes over midnight. Where a clock is set back, an hour comes twice, and
    the nearer one is meant; where it is set forward, a time that is left out is counted from before.
    """
    day = near.astimezone(zone).date()
    return min(_on_days(clock, day, zone), key=lambda one: abs(one - near.astimezone(UTC)))


def _on_days(clock: time, day: date, zone: ZoneInfo) -> Iterator[datetime]:
    for offset in (-1, 0, 1):
        for fold in (0, 1):
            local = datetime.combine(day + timedelta(days=offset), clock.replace(fold=fold), zone)
            yield local.astimezone(UTC)


def clock_part(form: Mapping[str, str], hours: Hours, zone: ZoneInfo) -> Part:
    """When a student came and left, from the fields came and left: HH:MM on the workspace's clock, or empty.

    Coming is near the start of the session; leaving near the coming, or else near the end.

    Raises Invalid naming each field that is no time.
    """
    read = FieldReader(form)
    came, left = (read.clock(name, NOT_A_TIME, required=False) for name in ("came", "left"))
    read.finish()
    arrived = _moment(came, hours.start, zone)
    return Part(arrived, _moment(left, arrived or hours.end, zone))


def _moment(clock: time | None, near: datetime, zone: ZoneInfo) -> datetime | None:
    return None if clock is None else clock_moment(clock, near, zone)


def require_order(part: Part, hours: Hours) -> None:
    """Raise Invalid, naming the field, for an end that is not after the start, and for a time beside the session that
    leaves no minute of it."""
    if part.arrived and part.left and part.left <= part.arrived:
        raise Invalid({"left": BEFORE_COMING})
    if part.arrived and not part.left and part.arrived >= hours.end:
        raise Invalid({"came": AFTER_THE_END})
    if part.left and not part.arrived and part.left <= hours.start:
        raise Invalid({"left": BEFORE_THE_START})
    if credited_minutes(hours, part) > LONGEST_MINUTES:
        raise Invalid({"left": TOO_LONG})


def require_credit(credit: int, planned: int, passed: int) -> int | None:
    """What a session credits: None for its plan, else minutes that have passed, up to the longest there is.

    Raises Invalid for minutes that neither the plan nor the clock says: nobody credits a session with more.
    """
    if credit == planned:
        return None
    if not 0 <= credit <= min(passed, LONGEST_MINUTES):
        raise Invalid({"credit": "Choose the planned minutes, or those that have passed."})
    return credit


def length_words(minutes: int) -> str:
    """ "12 min", and "2 h 5 min" from two hours on."""
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if hours > 1 else f"{minutes} min"


def part_words(part: Part, zone: ZoneInfo) -> str:
    """ ", came 10:10, left 10:22" on the clock of `zone`; nothing for a student who was there throughout."""
    times = (("came", part.arrived), ("left", part.left))
    return "".join(f", {what} {clock_time(at.astimezone(zone))}" for what, at in times if at)
