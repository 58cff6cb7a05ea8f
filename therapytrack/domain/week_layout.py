"""How a schedule stands on the page: which days, which hours, and side by side what is at the same time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from therapytrack.domain.dates import MONTHS, WEEKDAYS, long_date, short_date
from therapytrack.domain.school_calendar import DayHours
from therapytrack.domain.slots import within_reach

VIEWS = {"week": "Week", "day": "Day", "agenda": "Agenda"}
MINE, ALL = "", "all"
AGENDA_DAYS, HALF_HOUR = 14, 30
WEEK, SATURDAY = timedelta(days=7), 5


@dataclass(frozen=True, slots=True)
class ScheduleChoice:
    """What the address asks for: the view, a day in it, and whose meetings ("" hers, "all", or a membership's id)."""

    view: str
    day: date
    who: str = MINE

    @property
    def first(self) -> date:
        """The first day shown: of a week its Monday."""
        return self.day - timedelta(days=self.day.weekday()) if self.view == "week" else self.day

    @property
    def last(self) -> date:
        """The last day shown: of a week its Sunday, which is left out when nothing is on it."""
        length = {"week": 6, "agenda": AGENDA_DAYS - 1}.get(self.view, 0)
        return self.first + timedelta(days=length)

    @property
    def title(self) -> str:
        """The days in words: "Nov 30 – Dec 4, 2026" for a school week, "Tuesday, Nov 24, 2026" for a day."""
        if self.view == "day":
            return f"{WEEKDAYS[self.day.weekday()]}, {long_date(self.day)}"
        last = self.first + timedelta(days=4) if self.view == "week" else self.last
        same_month = (self.first.year, self.first.month) == (last.year, last.month)
        end = f"{last.day}, {last.year}" if same_month else long_date(last)
        begin = short_date(self.first) if self.first.year == last.year else long_date(self.first)
        return f"{begin} – {end}"

    def moved(self, steps: int) -> "ScheduleChoice":
        """The same view `steps` further on."""
        length = {"week": WEEK, "agenda": timedelta(days=AGENDA_DAYS)}.get(self.view, timedelta(days=1))
        return replace(self, day=self.first + steps * length)

    def showing(self, day: date) -> "ScheduleChoice":
        """The same view with `day` in it, of one's own meetings unless everybody's are shown."""
        seen = self.first <= day <= self.last
        return replace(self, day=self.day if seen else day, who=ALL if self.who == ALL else MINE)

    def href(self, **other: object) -> str:
        """The address of this choice with `other` in place of what it says."""
        chosen = replace(self, **other)  # type: ignore[arg-type]
        asked = {"view": chosen.view, "day": chosen.day.isoformat()} | ({"who": chosen.who} if chosen.who else {})
        return f"/schedule?{urlencode(asked)}"


def parse_schedule(asked: Mapping[str, str], today: date) -> ScheduleChoice:
    """The choice in an address; what cannot be read is as it usually is: this week, one's own."""
    view = asked.get("view", "week")
    try:
        day = date.fromisoformat(asked.get("day", ""))
    except ValueError:
        day = today
    if not within_reach(day, today):
        day = today
    return ScheduleChoice(view if view in VIEWS else "week", day, asked.get("who", MINE)[:36])


@dataclass(frozen=True, slots=True)
class Place:
    """Where a meeting stands in its day: in `lane` of `lanes` side by side."""

    lane: int
    lanes: int


def side_by_side(spans: Mapping[str, tuple[time, time]]) -> dict[str, Place]:
    """Lanes for the meetings of one day, by key: each in the first that is free, those that touch in one.

    All of a cluster (meetings that overlap, directly or through others) share the width evenly.
    """
    found: dict[str, Place] = {}
    cluster: list[tuple[str, int]] = []
    ends: list[time] = []
    for key, (starts, over) in sorted(spans.items(), key=lambda one: (one[1], one[0])):
        if ends and starts >= max(ends):
            found |= _shared(cluster, len(ends))
            cluster, ends = [], []
        lane = next((number for number, end in enumerate(ends) if end <= starts), len(ends))
        ends[lane : lane + 1] = [over]
        cluster.append((key, lane))
    return found | _shared(cluster, len(ends))


def _shared(cluster: Iterable[tuple[str, int]], lanes: int) -> dict[str, Place]:
    return {key: Place(lane, lanes) for key, lane in cluster}


def hours_shown(spans: Iterable[tuple[time, time]], school: Iterable[DayHours]) -> tuple[int, int]:
    """From and until which minute of the day a grid shows, in whole hours: the days of the schools (at least one, each
    ending after it begins), and what lies outside of them."""
    days = [(one.opens, one.closes) for one in school]
    first, last = 24 * 60, 0
    for starts, ends in [*days, *spans]:
        first = min(first, starts.hour * 60)
        last = max(last, minutes_of(ends) + 59)
    return first, last // 60 * 60


def minutes_of(clock: time) -> int:
    """Minutes since midnight."""
    return clock.hour * 60 + clock.minute


def clock_of(minutes: int) -> time:
    """The inverse of `minutes_of`, held within the day."""
    held = min(max(minutes, 0), 24 * 60 - 1)
    return time(held // 60, held % 60)


def next_half_hour(now: datetime, first: int, last: int) -> int:
    """The half hour that runs, as minutes of the day; `first` when it is not between `first` and `last`."""
    minutes = minutes_of(now.time()) // HALF_HOUR * HALF_HOUR
    return minutes if first <= minutes < last else first


def days_shown(choice: ScheduleChoice, busy: Iterable[date]) -> Sequence[date]:
    """The columns: of a week Monday to Friday, and a Saturday or Sunday on which there is something."""
    days = [choice.first + timedelta(days=one) for one in range((choice.last - choice.first).days + 1)]
    if choice.view != "week":
        return days
    taken = set(busy)
    return [one for one in days if one.weekday() < SATURDAY or one in taken]


def column_title(day: date) -> tuple[str, str]:
    """A day as ("Mon", "Nov 30")."""
    return WEEKDAYS[day.weekday()][:3], f"{MONTHS[day.month - 1]} {day.day}"
