"""Due dates, grades and ages in words, checked against the caseload as clinicians know it."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapytrack.domain.dates import (
    age_on,
    clock_range,
    clock_time,
    due_label,
    full_months,
    long_date,
    school_grade_label,
    short_date,
    span_words,
)
from therapytrack.errors import Invalid

TODAY = date(2025, 11, 23)
days = st.dates(date(1950, 1, 1), date(2100, 1, 1))


@pytest.mark.parametrize(
    ("due", "text", "tone"),
    [
        (date(2025, 12, 9), "in 16 days", "warn"),
        (date(2025, 12, 18), "in 25 days", "warn"),
        (date(2025, 12, 23), "in 30 days", "warn"),
        (date(2025, 12, 24), "in 31 days", ""),
        (date(2026, 1, 14), "in 52 days", ""),
        (date(2026, 1, 28), "in 2 mo", ""),
        (date(2026, 2, 24), "in 3 mo", ""),
        (date(2026, 4, 16), "in 4 mo", ""),
        (date(2028, 11, 23), "in 3 y", ""),
        (date(2025, 11, 24), "in 1 day", "warn"),
        (TODAY, "today", "warn"),
        (date(2025, 11, 22), "1 day overdue", "bad"),
        (date(2025, 11, 20), "3 days overdue", "bad"),
        (date(2025, 5, 1), "6 mo overdue", "bad"),
    ],
)
def test_a_due_date_is_told_in_words_with_a_tone(due: date, text: str, tone: str) -> None:
    assert due_label(due, TODAY) == (text, tone)


@given(days, days)
def test_only_past_dates_are_overdue(due: date, today: date) -> None:
    assert due_label(due, today)[0].endswith("overdue") == (due < today)


@pytest.mark.parametrize(
    ("grade", "label"),
    [
        ("2", "Gr 2"),
        ("02", "Gr 2"),
        ("k", "K"),
        ("Kindergarten", "K"),
        ("PreK", "Pre-K"),
        (" 12 ", "Gr 12"),
        ("", ""),
        ("Transition", "Transition"),
        ("٣", "٣"),
    ],
)
def test_a_grade_is_shown_short(grade: str, label: str) -> None:
    assert school_grade_label(grade) == label


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        (date(2018, 8, 23), date(2025, 11, 23), "7;3"),
        (date(2018, 8, 24), date(2025, 11, 23), "7;2"),
        (date(2016, 2, 29), date(2025, 2, 28), "8;11"),
        (date(2016, 2, 29), date(2025, 3, 1), "9;0"),
        (TODAY, TODAY, "0;0"),
    ],
)
def test_age_is_completed_years_and_months(birth: date, day: date, age: str) -> None:
    assert str(age_on(birth, day)) == age


def test_an_age_before_birth_is_refused() -> None:
    with pytest.raises(Invalid):
        age_on(TODAY, TODAY - timedelta(days=1))


@given(days, st.integers(0, 20000))
def test_full_months_never_run_ahead_of_the_days(start: date, length: int) -> None:
    months = full_months(start, start + timedelta(days=length))
    assert 0 <= months <= length / 28
    assert months >= length / 31 - 1


def test_dates_are_written_the_american_way() -> None:
    assert (short_date(date(2026, 3, 1)), long_date(date(2026, 3, 1))) == ("Mar 1", "Mar 1, 2026")


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (time(0, 5), "12:05 AM"),
        (time(9), "9:00 AM"),
        (time(12), "12:00 PM"),
        (datetime(2026, 1, 5, 13, 5, tzinfo=UTC), "1:05 PM"),
    ],
)
def test_a_time_says_which_half_of_the_day(at: time | datetime, words: str) -> None:
    assert clock_time(at) == words


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (time(9), time(9, 30), "9:00–9:30 AM"),
        (time(11, 30), time(12, 15), "11:30 AM–12:15 PM"),
        (time(12), time(12, 30), "12:00–12:30 PM"),
        (time(23, 45), time(0, 15), "11:45 PM–12:15 AM"),
    ],
)
def test_a_range_says_the_half_of_the_day_once_where_it_is_one(start: time, end: time, words: str) -> None:
    assert clock_range(start, end) == words


def test_days_over_new_year_say_both_years() -> None:
    assert span_words(date(2026, 9, 1), date(2026, 10, 30)) == "Sep 1 to Oct 30, 2026"
    assert span_words(date(2026, 11, 16), date(2027, 1, 29)) == "Nov 16, 2026 to Jan 29, 2027"
