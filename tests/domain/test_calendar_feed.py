"""The feed against programs that nobody here wrote: python-dateutil for rules, recurring-ical-events for the file."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events  # type: ignore[import-untyped]
from dateutil.rrule import rrulestr
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from therapytrack.domain.calendar_feed import Feed, FeedMeeting, FeedSeries, calendar_text, students_in_words
from therapytrack.domain.recurrence import CODES, Repeat, days_of, rule_of
from therapytrack.domain.slots import Slot, SlotChange, moment, occurrences

NEW_YORK = "America/New_York"
FIRST, LAST = date(2026, 11, 25), date(2027, 11, 25)  # a year with a change of the clock each way
NOW = datetime(2026, 11, 25, 15, tzinfo=UTC)
SLOT = UUID(int=7)
DAYS = st.dates(date(2026, 7, 1), date(2027, 12, 31))
CLOCKS = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
MINUTES = st.integers(5, 120)
CODE_SETS = st.lists(st.sampled_from(CODES), min_size=1, max_size=4, unique=True).map(",".join)
NUMBERED = st.builds(lambda number, code: f"{number}{code}", st.sampled_from([1, 2, 3, 4, -1]), st.sampled_from(CODES))
RULES = st.one_of(
    st.just(""),
    st.builds("FREQ=DAILY;INTERVAL={}".format, st.integers(1, 12)),
    st.builds("FREQ=DAILY;INTERVAL={};BYDAY={}".format, st.integers(1, 12), CODE_SETS),
    st.builds("FREQ=WEEKLY;INTERVAL={};BYDAY={}".format, st.integers(1, 12), CODE_SETS),
    st.builds("FREQ=WEEKLY;INTERVAL={};WKST=SU;BYDAY={}".format, st.integers(1, 4), CODE_SETS),
    st.just("FREQ=WEEKLY"),
    st.just("FREQ=MONTHLY"),
    st.builds("FREQ=MONTHLY;INTERVAL={};BYDAY={}".format, st.integers(1, 12), NUMBERED),
)
FORM_RULES = st.builds(
    lambda how, days, start: rule_of(Repeat(how, tuple(days)), start),
    st.sampled_from(["once", "week", "two_weeks", "month"]),
    st.sets(st.integers(0, 6), max_size=3),
    DAYS,
)
CHANGES = st.lists(st.tuples(st.integers(0, 400), st.integers(-40, 40), CLOCKS, MINUTES), max_size=6)
Found = list[tuple[datetime, timedelta]]


def expanded(text: bytes, first: date = FIRST, last: date = LAST) -> Found:
    """Beginning, in UTC, and length of every event of the days, as an independent library reads them."""
    calendar = icalendar.Calendar.from_ical(text)
    events = recurring_ical_events.of(calendar).between(first, last + timedelta(days=1))
    return sorted((one.start.astimezone(UTC), one.end - one.start) for one in events)


def planned(series: Sequence[FeedSeries], zone: ZoneInfo) -> Found:
    """The same by our own reckoning."""
    days = [day for one in series for day in occurrences(one.slot, one.changes, FIRST, LAST) if day.on not in one.off]
    return sorted((moment(day.day, day.starts, zone), timedelta(minutes=day.minutes)) for day in days)


def some_rule(dice: Random) -> str:
    """A rule as slots may have it; not every seventh day on another weekday, which never comes."""
    codes = ",".join(dice.sample(CODES, dice.randint(1, 4)))
    every, week = dice.randint(1, 12), dice.choice(["", ";WKST=SU", ";WKST=WE"])
    numbered = f"{dice.choice([1, 2, 3, 4, -1])}{dice.choice(CODES)}"
    return dice.choice(
        [
            "FREQ=DAILY",
            f"FREQ=DAILY;INTERVAL={dice.randint(1, 6)};BYDAY={codes}",
            "FREQ=WEEKLY",
            f"FREQ=WEEKLY;INTERVAL={every}{week};BYDAY={codes}",
            f"FREQ=WEEKLY;INTERVAL=2;BYDAY={codes}",
            f"FREQ=MONTHLY;INTERVAL={every};BYDAY={numbered}",
            "FREQ=MONTHLY",
        ]
    )


def by_hand(rule: str, start: date, day: date) -> bool:
    """Whether `rule`, begun on `start`, names `day`: reckoned on the calendar, without any library."""
    parts = dict(one.split("=") for one in rule.split(";"))
    every, codes = int(parts.get("INTERVAL", "1")), parts.get("BYDAY", "").split(",")
    if parts["FREQ"] == "DAILY":
        return (day - start).days % every == 0 and ("BYDAY" not in parts or CODES[day.weekday()] in codes)
    if parts["FREQ"] == "WEEKLY":
        begins = CODES.index(parts.get("WKST", "MO"))
        first, this = (one - timedelta(days=(one.weekday() - begins) % 7) for one in (start, day))
        wanted = codes if "BYDAY" in parts else [CODES[start.weekday()]]
        return (this - first).days // 7 % every == 0 and CODES[day.weekday()] in wanted
    if (day.year * 12 + day.month - start.year * 12 - start.month) % every:
        return False
    if "BYDAY" not in parts:
        return day.day == start.day
    number, code = int(codes[0][:-2]), codes[0][-2:]
    nth = (day.day - 1) // 7 + 1 == number if number > 0 else (day + timedelta(days=7)).month != day.month
    return nth and CODES[day.weekday()] == code


@settings(max_examples=12, phases=[Phase.explicit, Phase.generate])
@given(st.integers(0, 2**32))
def test_thousands_of_rules_fall_on_the_days_that_the_reference_and_the_calendar_name(seed: int) -> None:
    """A thousand rules an example: twelve thousand in a run."""
    dice = Random(seed)
    for _ in range(1_000):
        starts_on = FIRST + timedelta(days=dice.randint(-120, 200))
        rule, last = some_rule(dice), FIRST + timedelta(days=dice.randint(0, 120))
        found = list(days_of(starts_on, rule, FIRST, last))
        window = [FIRST + timedelta(days=one) for one in range((last - FIRST).days + 1)]
        assert found == [one for one in window if one >= starts_on and by_hand(rule, starts_on, one)], rule
        reference = rrulestr(f"{rule};UNTIL={last:%Y%m%d}T235959", dtstart=datetime.combine(starts_on, time()))
        assert found == [one.date() for one in reference if one.date() >= FIRST], rule


@settings(max_examples=200)
@given(
    st.one_of(RULES, FORM_RULES),
    DAYS,
    st.one_of(st.none(), DAYS),
    CLOCKS,
    MINUTES,
    CHANGES,
    st.sets(st.integers(0, 60), max_size=5),
    st.sampled_from([NEW_YORK, "America/Phoenix", "America/Los_Angeles", "Pacific/Guam"]),
)
def test_what_a_calendar_program_reads_is_what_the_schedule_shows(
    rule: str,
    starts_on: date,
    ends_on: date | None,
    starts: time,
    minutes: int,
    moves: list[tuple[int, int, time, int]],
    off: set[int],
    zone: str,
) -> None:
    ends_on = max(starts_on, ends_on) if ends_on else None
    slot = Slot(SLOT, starts_on, ends_on, rule, starts, minutes)
    days = days_of(starts_on, rule, starts_on, min(LAST + timedelta(days=60), ends_on or date.max))
    chosen = {days[place % len(days)]: (by, clock, long) for place, by, clock, long in moves if days}
    changes = [SlotChange(on, on + timedelta(days=by), clock, long) for on, (by, clock, long) in chosen.items()]
    left_out = frozenset(days[place % len(days)] for place in off if days)
    series = [FeedSeries(slot, "3 students", "Room 12", changes, left_out)]
    text = calendar_text(Feed(zone, FIRST, LAST, NOW, series))
    assert expanded(text) == planned(series, ZoneInfo(zone))


def test_an_event_says_what_where_and_how_and_keeps_its_name() -> None:
    slot = Slot(SLOT, FIRST, date(2026, 12, 31), "FREQ=WEEKLY;BYDAY=WE", time(10), 30)
    move = SlotChange(date(2026, 12, 2), date(2026, 12, 3), time(11), 20)
    series = FeedSeries(slot, "2 students", "Room 12, Oak", [move], frozenset({date(2026, 12, 16)}))
    once = FeedMeeting("once", date(2026, 12, 1), time(9), 45, "1 student")
    text = calendar_text(Feed(NEW_YORK, FIRST, LAST, NOW, [series], [once])).decode()
    for line in (
        f"UID:{SLOT}@therapytrack",
        "DTSTART;TZID=America/New_York:20261125T100000",
        "RRULE:FREQ=WEEKLY;UNTIL=20261230T150000Z;BYDAY=WE",
        "EXDATE;TZID=America/New_York:20261216T100000",
        "RECURRENCE-ID;TZID=America/New_York:20261202T100000",
        "DTSTART;TZID=America/New_York:20261203T110000",
        "UID:once@therapytrack",
        "BEGIN:VTIMEZONE",
        "LOCATION:Room 12\\, Oak",
    ):
        assert f"{line}\r\n" in text
    assert len(expanded(text.encode())) == 6


@pytest.mark.parametrize(
    ("shows", "words"),
    [("counts", "2 students"), ("initials", "A.T., B.C."), ("first_names", "Ana, Ben"), ("anything", "2 students")],
)
def test_students_are_never_named_entirely(shows: str, words: str) -> None:
    said = students_in_words(shows, [("Ana", "Test"), ("Ben Carter", "")])
    assert said.replace(".", "") == words.replace(".", "")
    assert not {"Test", "Carter"} & set(said.replace(",", " ").split())
    assert students_in_words("counts", [("Ana", "Test")]) == "1 student"
