"""Rules of slots: what the form makes, what is refused, on which days they fall."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapytrack.domain.recurrence import (
    REPEATS,
    Repeat,
    days_of,
    first_day,
    repeat_of,
    repeat_words,
    rule_of,
)

TUESDAY = date(2026, 11, 24)
DAYS = st.dates(date(2020, 1, 1), date(2032, 12, 31))


def test_a_weekly_slot_falls_on_its_weekdays_from_its_first_day_on() -> None:
    rule = rule_of(Repeat("week", (1, 3)), TUESDAY)
    assert rule == "FREQ=WEEKLY;BYDAY=TU,TH"
    days = days_of(TUESDAY, rule, date(2026, 11, 1), date(2026, 12, 3))
    assert list(days) == [TUESDAY, date(2026, 11, 26), date(2026, 12, 1), date(2026, 12, 3)]


def test_every_two_weeks_counts_from_the_first_week() -> None:
    days = days_of(TUESDAY, rule_of(Repeat("two_weeks"), TUESDAY), TUESDAY, date(2026, 12, 31))
    assert list(days) == [TUESDAY, date(2026, 12, 8), date(2026, 12, 22)]


def test_a_monthly_slot_keeps_the_number_of_its_weekday() -> None:
    rule = rule_of(Repeat("month"), TUESDAY)
    assert rule == "FREQ=MONTHLY;BYDAY=4TU"
    assert list(days_of(TUESDAY, rule, TUESDAY, date(2027, 1, 31))) == [
        TUESDAY,
        date(2026, 12, 22),
        date(2027, 1, 26),
    ]


def test_a_fifth_weekday_becomes_the_last_of_each_month() -> None:
    monday = date(2026, 11, 30)
    days = days_of(monday, rule_of(Repeat("month"), monday), monday, date(2027, 2, 28))
    assert list(days) == [monday, date(2026, 12, 28), date(2027, 1, 25), date(2027, 2, 22)]


@given(st.sampled_from([how for how in REPEATS if how != "month"]), st.sets(st.integers(0, 6), min_size=1), DAYS)
def test_the_form_reads_back_what_it_made(how: str, weekdays: set[int], starts_on: date) -> None:
    repeat = Repeat(how, tuple(sorted(weekdays)) if how != "once" else ())
    assert repeat_of(rule_of(repeat, starts_on)) == repeat


@given(st.sampled_from(sorted(REPEATS)), st.sets(st.integers(0, 6)), DAYS, DAYS, st.integers(0, 60))
def test_a_window_shows_the_same_days_as_the_whole(
    how: str, weekdays: set[int], starts_on: date, first: date, length: int
) -> None:
    rule, last = rule_of(Repeat(how, tuple(weekdays)), starts_on), first + timedelta(days=length)
    whole = days_of(starts_on, rule, starts_on, last)
    assert list(days_of(starts_on, rule, first, last)) == [one for one in whole if one >= first]


def test_the_first_day_is_the_first_that_the_rule_names() -> None:
    assert first_day(TUESDAY, "FREQ=WEEKLY;BYDAY=FR") == date(2026, 11, 27)
    assert first_day(TUESDAY, "") == TUESDAY


@pytest.mark.parametrize(
    "rule, words",
    [
        ("", "once"),
        ("FREQ=WEEKLY;BYDAY=TU", "every week on Tue"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE,FR", "every two weeks on Mon, Wed and Fri"),
        ("FREQ=MONTHLY;BYDAY=-1MO", "every month on the last Mon"),
    ],
)
def test_a_rule_is_told_in_words(rule: str, words: str) -> None:
    assert repeat_words(rule, TUESDAY) == words
