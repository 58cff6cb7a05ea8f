"""What will be missing of a mandate when its period ends if the schedule is kept, and free times that would mend it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from uuid import UUID

from therapytrack.domain.clashes import Booking, Circumstances, clashes
from therapytrack.domain.dates import WEEKDAYS, clock_range, short_date
from therapytrack.domain.ledger import Sums
from therapytrack.domain.minutes import Period
from therapytrack.domain.school_calendar import USUAL_HOURS, DayHours
from therapytrack.domain.slots import after

STEP = 15
LOOKS_AHEAD = timedelta(days=45)
MOST = 5
CANDIDATE = "candidate"


@dataclass(frozen=True, slots=True)
class Opening:
    """A free time on a day, for whole minutes."""

    day: date
    starts: time
    minutes: int

    @property
    def words(self) -> str:
        """ "Mon, Nov 30, 10:15–10:45 AM"."""
        day = f"{WEEKDAYS[self.day.weekday()][:3]}, {short_date(self.day)}"
        return f"{day}, {clock_range(self.starts, after(self.starts, self.minutes))}"


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for: `short` minutes of a student with a provider, in meetings of `length`, at `usual` times first.

    `taken` are the meetings of either; `around` says when the student cannot come and when there is no school or it
    lets out early. All is within the `hours` of her school's day.
    """

    student_id: UUID
    provider_id: UUID
    short: int
    length: int
    usual: Sequence[time]
    taken: Sequence[Booking]
    around: Circumstances
    school_id: UUID | None = None
    hours: DayHours = USUAL_HOURS


def forecast_words(sums: Sums, period: Period, today: date) -> str:
    """ "45 minutes short by Nov 30 at the present schedule"; of a period that is over, what was missing at its end."""
    short = f"{sums.short} minute{'' if sums.short == 1 else 's'}"
    if period.end < today:
        return f"{short} missing at its end" if sums.short else "All provided"
    if sums.short:
        return f"{short} short by {short_date(period.end)} at the present schedule"
    if sums.provided >= sums.allowable:
        return "All provided"
    return f"All minutes by {short_date(period.end)} at the present schedule"


def brief_forecast(sums: Sums, period: Period, today: date) -> str:
    """The same in a table's words, the day in one piece: "45 short by Nov 30"; of what is over "45 missing"."""
    day = short_date(period.end).replace(" ", "\u00a0")
    if not sums.short:
        whole = sums.provided >= sums.allowable or period.end < today
        return "All provided" if whole else f"All minutes by {day}"
    return f"{sums.short} missing" if period.end < today else f"{sums.short} short by {day}"


def openings(search: Search, first: date, last: date) -> list[Opening]:
    """Free times from `first` to `last`, at most one a day, until together they mend what is short, at most MOST.

    Nothing is searched beyond LOOKS_AHEAD of `first`. None where nothing is short or nothing fits.
    """
    found: list[Opening] = []
    day = first
    while day <= min(last, first + LOOKS_AHEAD) and len(found) < MOST and _given(found) < search.short:
        fits = next((one for one in _times(search) if day.weekday() < 5 and _is_free(search, day, one)), None)
        if fits is not None:
            found.append(Opening(day, fits, search.length))
        day += timedelta(days=1)
    return found


def mending_words(found: Sequence[Opening], short: int, last: date) -> str:
    """What these free times would do: "These make up all of it.", "These make up 60 of the 90 minutes."."""
    if not found:
        return f"No free time was found until {short_date(last)}. A make-up after it counts for what was missed in it."
    given = _given(found)
    return "These make up all of it." if given >= short else f"These make up {given} of the {short} minutes."


def _given(found: Sequence[Opening]) -> int:
    return sum(one.minutes for one in found)


def _times(search: Search) -> Iterator[time]:
    begins, ends = (one.hour * 60 + one.minute for one in (search.hours.opens, search.hours.closes))
    usual = (one for one in search.usual if begins <= one.hour * 60 + one.minute <= ends - search.length)
    yield from dict.fromkeys(usual)
    yield from (time(start // 60, start % 60) for start in range(begins, ends - search.length + 1, STEP))


def _is_free(search: Search, day: date, starts: time) -> bool:
    ends = after(starts, search.length)
    students = (search.student_id,)
    wanted = Booking(CANDIDATE, "", day, starts, ends, search.provider_id, students, search.school_id)
    beside = [one for one in search.taken if one.day == day]
    return not any(one.key == CANDIDATE for one in clashes([*beside, wanted], search.around))
