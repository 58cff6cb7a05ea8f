"""Which days and hours a schedule shows, and what stands side by side."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapytrack.domain.school_calendar import USUAL_HOURS, DayHours
from therapytrack.domain.week_layout import (
    ScheduleChoice,
    clock_of,
    days_shown,
    hours_shown,
    minutes_of,
    next_half_hour,
    parse_schedule,
    side_by_side,
)

TODAY = date(2026, 11, 25)
CLOCKS = st.integers(0, 24 * 60 - 2).map(clock_of)


def test_a_week_is_its_school_days_and_a_saturday_on_which_there_is_something() -> None:
    choice = parse_schedule({}, TODAY)
    assert [one.day for one in days_shown(choice, [])] == [23, 24, 25, 26, 27]
    assert days_shown(choice, [date(2026, 11, 28)])[-1] == date(2026, 11, 28)
    assert choice.title == "Nov 23 – 27, 2026"


@pytest.mark.parametrize(
    "view, day, title",
    [
        ("week", date(2026, 11, 30), "Nov 30 – Dec 4, 2026"),
        ("week", date(2026, 12, 30), "Dec 28, 2026 – Jan 1, 2027"),
        ("day", TODAY, "Wednesday, Nov 25, 2026"),
        ("agenda", TODAY, "Nov 25 – Dec 8, 2026"),
    ],
)
def test_the_title_says_which_days(view: str, day: date, title: str) -> None:
    assert ScheduleChoice(view, day).title == title


@pytest.mark.parametrize("asked", [{"view": "year"}, {"day": "x"}, {"day": "0001-01-01"}, {"day": "9999-12-31"}])
def test_an_address_that_cannot_be_read_shows_this_week(asked: dict[str, str]) -> None:
    assert parse_schedule(asked, TODAY) == ScheduleChoice("week", TODAY)


@given(st.sampled_from(["week", "day", "agenda"]), st.dates(date(2001, 1, 1), date(2098, 1, 1)))
def test_one_step_on_and_one_back_shows_the_same_days(view: str, day: date) -> None:
    choice = ScheduleChoice(view, day)
    assert choice.moved(1).first == choice.last + timedelta(days=1)
    assert choice.moved(1).moved(-1).first == choice.first


def test_an_address_reads_back() -> None:
    choice = ScheduleChoice("day", TODAY, "all")
    asked = dict(pair.split("=") for pair in choice.href().partition("?")[2].split("&"))
    assert parse_schedule(asked, date(2027, 1, 1)) == choice
    assert parse_schedule(asked, date(2031, 1, 1)).day == date(2031, 1, 1)


@pytest.mark.parametrize(
    ("choice", "day", "shown"),
    [
        (ScheduleChoice("week", TODAY), date(2026, 11, 29), ScheduleChoice("week", TODAY)),
        (ScheduleChoice("week", TODAY), date(2026, 11, 30), ScheduleChoice("week", date(2026, 11, 30))),
        (ScheduleChoice("day", TODAY, "all"), date(2026, 11, 26), ScheduleChoice("day", date(2026, 11, 26), "all")),
        (ScheduleChoice("agenda", TODAY, "7"), date(2026, 12, 8), ScheduleChoice("agenda", TODAY)),
    ],
)
def test_what_was_added_is_shown_where_it_is(choice: ScheduleChoice, day: date, shown: ScheduleChoice) -> None:
    assert choice.showing(day) == shown


@given(st.lists(st.tuples(CLOCKS, CLOCKS).map(lambda pair: (min(pair), max(pair))), max_size=12))
def test_what_is_at_the_same_time_never_shares_a_lane(pairs: list[tuple[time, time]]) -> None:
    spans = {str(number): pair for number, pair in enumerate(pairs) if pair[0] < pair[1]}
    places = side_by_side(spans)
    assert places.keys() == spans.keys()
    for one, (starts, ends) in spans.items():
        assert 0 <= places[one].lane < places[one].lanes
        for other, (begins, over) in spans.items():
            if one != other and starts < over and begins < ends:
                assert places[one].lane != places[other].lane
                assert places[one].lanes == places[other].lanes


def test_a_meeting_alone_has_the_whole_width() -> None:
    places = side_by_side({"a": (time(9), time(9, 30)), "b": (time(9, 30), time(10))})
    assert {one.lanes for one in places.values()} == {1}


def test_the_hours_are_those_of_the_schools_and_of_what_lies_outside() -> None:
    usual = [USUAL_HOURS]
    assert hours_shown([], usual) == (480, 900)
    assert hours_shown([(time(7, 15), time(7, 45)), (time(15), time(15, 30))], usual) == (420, 960)
    assert hours_shown([(time(14), time(15))], usual) == (480, 900)
    late = [DayHours(time(9, 15), time(16, 10))]
    assert hours_shown([], late) == (540, 1020)
    assert hours_shown([], [*usual, *late]) == (480, 1020)
    assert hours_shown([(time(8, 30), time(9))], late) == (480, 1020)


@given(st.lists(st.tuples(CLOCKS, CLOCKS).map(sorted).filter(lambda one: one[0] < one[1]), min_size=1, max_size=6))
def test_the_hours_hold_everything_and_are_whole(spans: list[list[time]]) -> None:
    (opens, closes), *rest = spans
    first, last = hours_shown([(one, other) for one, other in rest], [DayHours(opens, closes)])
    assert (first % 60, last % 60) == (0, 0)
    assert 0 <= first <= min(minutes_of(one) for one, _ in spans)
    assert max(minutes_of(other) for _, other in spans) <= last <= 24 * 60


def test_a_new_meeting_begins_at_the_half_hour_that_runs_or_with_the_day() -> None:
    at = datetime(2026, 11, 25, 9, 44, tzinfo=UTC)
    assert next_half_hour(at, 480, 900) == 570
    assert next_half_hour(at, 600, 900) == next_half_hour(at, 600, 960) == 600
    assert next_half_hour(at.replace(hour=16), 480, 900) == 480


@given(CLOCKS)
def test_minutes_and_clocks_are_each_others_inverse(clock: time) -> None:
    assert clock_of(minutes_of(clock)) == clock
