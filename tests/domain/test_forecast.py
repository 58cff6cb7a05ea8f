"""What will be missing of a mandate, in words, and the free times that would mend it."""

from datetime import date, time, timedelta
from uuid import uuid4

import pytest

from therapytrack.domain.clashes import Booking, BusyTime, Circumstances
from therapytrack.domain.forecast import Opening, Search, brief_forecast, forecast_words, mending_words, openings
from therapytrack.domain.ledger import Sums
from therapytrack.domain.minutes import Period
from therapytrack.domain.school_calendar import DayHours, DayKind, SchoolDay

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))
MONDAY = date(2026, 11, 23)
STUDENT, PROVIDER = uuid4(), uuid4()


def search(short: int, **values: object) -> Search:
    """A search at the usual time of nine, with nothing in the way but what is given."""
    known: dict[str, object] = {"usual": [time(9)], "taken": [], "around": Circumstances()}
    return Search(STUDENT, PROVIDER, short, 30, **(known | values))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sums", "today", "words"),
    [
        (Sums(120, 75, short=45), MONDAY, "45 minutes short by Nov 30 at the present schedule"),
        (Sums(120, 119, short=1), MONDAY, "1 minute short by Nov 30 at the present schedule"),
        (Sums(120, 75, planned=45), MONDAY, "All minutes by Nov 30 at the present schedule"),
        (Sums(120, 135, over=15), MONDAY, "All provided"),
        (Sums(120, 75, short=45), date(2026, 12, 1), "45 minutes missing at its end"),
        (Sums(120, 120), date(2026, 12, 1), "All provided"),
    ],
)
def test_the_forecast_in_words(sums: Sums, today: date, words: str) -> None:
    assert forecast_words(sums, NOVEMBER, today) == words


@pytest.mark.parametrize(
    ("sums", "today", "words"),
    [
        (Sums(120, 75, short=45), MONDAY, "45 short by Nov\u00a030"),
        (Sums(120, 75, planned=45), MONDAY, "All minutes by Nov\u00a030"),
        (Sums(120, 135, over=15), MONDAY, "All provided"),
        (Sums(120, 75, short=45), date(2026, 12, 1), "45 missing"),
        (Sums(), MONDAY, "All provided"),
    ],
)
def test_the_forecast_in_a_tables_words(sums: Sums, today: date, words: str) -> None:
    assert brief_forecast(sums, NOVEMBER, today) == words


def test_the_usual_time_is_offered_on_as_many_days_as_mend_it() -> None:
    found = openings(search(45), MONDAY, NOVEMBER.end)
    assert found == [Opening(MONDAY, time(9), 30), Opening(MONDAY + timedelta(days=1), time(9), 30)]
    assert found[0].words == "Mon, Nov 23, 9:00–9:30 AM"
    assert mending_words(found, 45, NOVEMBER.end) == "These make up all of it."
    assert mending_words(found[:1], 45, NOVEMBER.end) == "These make up 30 of the 45 minutes."


def test_a_time_that_clashes_is_not_offered() -> None:
    meeting = Booking("other", "Group", MONDAY, time(9), time(9, 30), PROVIDER, ())
    math = BusyTime(STUDENT, 1, time(8, 0), time(14, 45), "math")
    closed = SchoolDay(date(2026, 11, 25), date(2026, 11, 27), DayKind.CLOSED, "Thanksgiving")
    around = Circumstances(busy=[math], calendar=[closed])
    found = openings(search(90, taken=[meeting], around=around), MONDAY, NOVEMBER.end)
    assert [(one.day.day, one.starts) for one in found] == [(23, time(8)), (30, time(9))]


def test_free_times_are_within_the_schools_day_and_end_before_an_early_release() -> None:
    hours = DayHours(time(9, 30), time(11))
    early = SchoolDay(MONDAY, MONDAY, DayKind.EARLY_RELEASE, "Staff", closes_at=time(10, 15))
    taken = [Booking("other", "Group", MONDAY, time(9, 30), time(9, 45), PROVIDER, ())]
    found = openings(search(90, hours=hours, taken=taken, around=Circumstances(calendar=[early])), MONDAY, MONDAY)
    assert [one.starts for one in found] == [time(9, 45)], "nine is her usual time, and before school"
    late = SchoolDay(MONDAY, MONDAY, DayKind.EARLY_RELEASE, "Staff", closes_at=time(9, 45))
    assert openings(search(30, hours=hours, around=Circumstances(calendar=[late])), MONDAY, MONDAY) == []
    short = DayHours(time(9), time(9, 20))
    assert openings(search(30, hours=short), MONDAY, MONDAY) == [], "no meeting fits into the day"


def test_nothing_is_offered_when_nothing_is_short_or_no_day_is_left() -> None:
    assert openings(search(0), MONDAY, NOVEMBER.end) == []
    assert openings(search(30), date(2026, 12, 1), NOVEMBER.end) == []
    assert "No free time" in mending_words([], 30, NOVEMBER.end)


def days_of(found: list[Opening]) -> list[date]:
    return [one.day for one in found]


def test_at_most_five_free_times_are_offered_on_school_days() -> None:
    friday = MONDAY - timedelta(days=3)
    found = openings(search(600), friday, date(2026, 12, 31))
    assert days_of(found) == [friday, *(MONDAY + timedelta(days=day) for day in range(4))]
    assert len(openings(search(30), friday, date(2026, 12, 31))) == 1, "what is made up is enough"


@pytest.mark.parametrize(("days", "count"), [(44, 1), (45, 1), (46, 0)])
def test_nothing_is_searched_beyond_forty_five_days(days: int, count: int) -> None:
    open_on = date(2027, 1, 7)
    first = open_on - timedelta(days=days)
    closed = SchoolDay(first, open_on - timedelta(days=1), DayKind.CLOSED, "Strike")
    found = openings(search(30, around=Circumstances(calendar=[closed])), first, open_on)
    assert days_of(found) == [open_on] * count


def test_a_meeting_may_begin_with_the_school_day_and_end_with_it() -> None:
    hours = DayHours(time(9), time(9, 45))
    assert openings(search(30, hours=hours), MONDAY, MONDAY)[0].starts == time(9), "her usual time is its beginning"
    ending = search(30, hours=hours, usual=[time(9, 15)])
    assert openings(ending, MONDAY, MONDAY)[0].starts == time(9, 15), "her usual time ends with it"
    late = search(30, hours=hours, usual=[time(9, 30)])
    assert openings(late, MONDAY, MONDAY)[0].starts == time(9), "no meeting goes on after school"
    taken = [Booking("other", "Group", MONDAY, time(9), time(9, 15), PROVIDER, ())]
    quarter = search(30, hours=hours, usual=[], taken=taken)
    assert [one.starts for one in openings(quarter, MONDAY, MONDAY)] == [time(9, 15)]


def test_neither_the_student_nor_the_provider_is_at_two_places() -> None:
    hours = DayHours(time(9), time(9, 30))
    hers = Booking("other", "Group", MONDAY, time(9, 15), time(9, 45), uuid4(), (STUDENT,))
    elsewhere = Booking("other", "Group", MONDAY, time(9), time(9, 30), uuid4(), (uuid4(),))
    mine = Booking("other", "Group", MONDAY, time(9, 15), time(9, 45), PROVIDER, ())
    for taken, free in (([hers], 0), ([elsewhere], 1), ([mine], 0)):
        assert len(openings(search(30, hours=hours, taken=taken), MONDAY, MONDAY)) == free
    tomorrow = MONDAY + timedelta(days=1)
    assert days_of(openings(search(30, hours=hours, taken=[mine]), MONDAY, tomorrow)) == [tomorrow]


def test_a_clash_of_others_takes_no_time_away() -> None:
    crowd = uuid4()
    both = [Booking(key, key, MONDAY, time(9), time(10), crowd, ()) for key in ("one", "two")]
    assert openings(search(30, taken=both), MONDAY, MONDAY)[0].starts == time(9)


def test_the_last_day_of_a_period_still_belongs_to_it() -> None:
    short, given = Sums(120, 75, short=45), Sums(120, 75, planned=45)
    assert forecast_words(short, NOVEMBER, NOVEMBER.end) == "45 minutes short by Nov 30 at the present schedule"
    assert brief_forecast(short, NOVEMBER, NOVEMBER.end) == "45 short by Nov\u00a030"
    assert brief_forecast(given, NOVEMBER, NOVEMBER.end) == "All minutes by Nov\u00a030"
    assert forecast_words(Sums(120, 120), NOVEMBER, MONDAY) == "All provided"
    assert brief_forecast(Sums(120, 120), NOVEMBER, MONDAY) == "All provided"


def test_exactly_as_much_as_is_short_makes_up_all_of_it() -> None:
    found = [Opening(MONDAY, time(9), 30)]
    assert mending_words(found, 30, NOVEMBER.end) == "These make up all of it."
    assert mending_words([], 30, NOVEMBER.end).startswith("No free time was found until Nov 30.")
