"""Planned and actual times: over midnight, over a change of the clocks, late, early, and the wrong way round."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapytrack.domain.actual_times import (
    ASK_FROM,
    BEFORE_COMING,
    Hours,
    Part,
    clock_moment,
    clock_part,
    credited_minutes,
    differs,
    hours_of,
    length_words,
    minutes_between,
    part_words,
    require_credit,
    require_order,
)
from therapytrack.errors import Invalid

ZONE = ZoneInfo("America/New_York")
DAY = date(2026, 11, 12)
SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)
moments = st.integers(0, 2 * 365 * 24 * 60 * 60).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


def at(clock: str, day: date = DAY, fold: int = 0) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock).replace(fold=fold), ZONE)


PLAN = Hours(at("10:00"), at("10:30"))


def part(came: str = "", left: str = "", hours: Hours = PLAN) -> Part:
    found = clock_part({"came": came, "left": left}, hours, ZONE)
    require_order(found, hours)
    return found


@pytest.mark.parametrize(
    ("came", "left", "minutes"),
    [("", "", 30), ("10:10", "", 20), ("", "10:22", 22), ("10:10", "10:22", 12), ("9:55".zfill(5), "10:40", 45)],
)
def test_the_minutes_follow_from_when_a_student_came_and_left(came: str, left: str, minutes: int) -> None:
    assert credited_minutes(PLAN, part(came, left)) == minutes


@pytest.mark.parametrize(
    ("came", "left", "field"),
    [
        ("10:20", "10:10", "left"),
        ("10:10", "10:10", "left"),
        ("10:30", "", "came"),
        ("", "10:00", "left"),
        ("10:00", "21:00", "left"),
        ("late", "", "came"),
        ("", "25:00", "left"),
    ],
)
def test_times_that_leave_no_part_of_a_session_are_named(came: str, left: str, field: str) -> None:
    with pytest.raises(Invalid) as problem:
        part(came, left)
    assert list(problem.value.fields) == [field]


def test_a_session_over_midnight_is_as_long_as_it_is() -> None:
    hours = Hours(at("23:45"), at("00:15", DAY + timedelta(days=1)))
    assert credited_minutes(hours, part("", "00:05", hours)) == 20
    assert credited_minutes(hours, part("23:50", "", hours)) == 25
    assert credited_minutes(hours, part("00:05", "", hours)) == 10


def test_leaving_is_read_as_near_to_coming_however_far_both_are_from_the_session() -> None:
    late = Hours(at("22:57"), at("23:27"))
    assert credited_minutes(late, part("11:10", "11:20", late)) == 10
    with pytest.raises(Invalid) as problem:
        part("11:20", "11:10", late)
    assert problem.value.fields == {"left": BEFORE_COMING}


def test_a_session_while_the_clocks_are_set_is_as_long_as_it_is() -> None:
    assert minutes_between(at("01:45", SPRING), at("03:15", SPRING)) == 30
    assert minutes_between(at("01:45", AUTUMN), at("01:15", AUTUMN, fold=1)) == 30
    repeated = Hours(at("01:45", AUTUMN), at("01:15", AUTUMN, fold=1))
    assert credited_minutes(repeated, part("", "01:05", repeated)) == 20
    skipped = Hours(at("01:45", SPRING), at("03:15", SPRING))
    assert credited_minutes(skipped, part("", "03:05", skipped)) == 20


def test_an_end_before_the_start_is_no_time_at_all() -> None:
    assert minutes_between(at("10:30"), at("10:00")) == 0
    assert hours_of(at("10:00"), at("10:30"), at("10:40"), 0).end == at("10:40")


@given(moments, moments)
def test_minutes_are_whole_and_never_negative(start: datetime, end: datetime) -> None:
    minutes = minutes_between(start, end)
    assert minutes >= 0
    if end >= start:
        assert timedelta(0) <= (end - start) - timedelta(minutes=minutes) < timedelta(minutes=1)


@given(st.times(timezones=st.none()), moments)
def test_a_clock_is_read_as_the_nearest_moment(clock: time, near: datetime) -> None:
    clock = clock.replace(second=0, microsecond=0)
    found = clock_moment(clock, near, ZONE)
    assert abs(found - near) <= timedelta(hours=13)
    local = found.astimezone(ZONE)
    assert (local.hour, local.minute) == (clock.hour, clock.minute) or local.date() in (SPRING, date(2027, 3, 14))


@pytest.mark.parametrize(("began", "start"), [("10:03", "10:00"), ("9:56".zfill(5), "10:00"), ("10:08", "10:08")])
def test_a_session_that_begins_about_on_time_has_the_hours_of_its_plan(began: str, start: str) -> None:
    hours = hours_of(at("10:00"), at("10:30"), at(began), None)
    assert (hours.start, hours.end - hours.start) == (at(start), timedelta(minutes=30))


def test_minutes_that_were_settled_on_count_from_the_real_beginning() -> None:
    assert hours_of(at("10:00"), at("10:30"), at("10:03"), 12) == Hours(at("10:03"), at("10:15"))
    assert hours_of(at("10:00"), at("10:30"), None, None) == PLAN


@pytest.mark.parametrize(
    ("passed", "asked"), [(30, False), (25, False), (35, False), (24, True), (36, True), (0, True)]
)
def test_somebody_is_asked_from_six_minutes_on(passed: int, asked: bool) -> None:
    assert ASK_FROM == 5
    assert differs(30, passed) is asked


@pytest.mark.parametrize(("credit", "stored"), [(30, None), (12, 12), (0, 0), (10, 10)])
def test_the_plan_or_minutes_that_passed_can_be_credited(credit: int, stored: int | None) -> None:
    assert require_credit(credit, planned=30, passed=12) == stored


@pytest.mark.parametrize(("credit", "passed"), [(13, 12), (-1, 12), (601, 700)])
def test_nobody_credits_more_than_has_passed(credit: int, passed: int) -> None:
    with pytest.raises(Invalid):
        require_credit(credit, planned=30, passed=passed)


@pytest.mark.parametrize(("minutes", "words"), [(0, "0 min"), (90, "90 min"), (125, "2 h 5 min"), (905, "15 h 5 min")])
def test_a_length_is_told_in_hours_from_two_on(minutes: int, words: str) -> None:
    assert length_words(minutes) == words


def test_a_note_says_when_a_student_came_and_left_and_nothing_of_the_others() -> None:
    assert part_words(Part(at("10:10"), at("10:22")), ZONE) == ", came 10:10 AM, left 10:22 AM"
    assert part_words(Part(), ZONE) == ""
