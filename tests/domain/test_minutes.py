"""Mandated minutes: periods, proration and pace, against the figures of the caseload page."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapytrack.domain.mandates import DatedMandate, Plan, asked, expected
from therapytrack.domain.minutes import (
    Mandate,
    MinutesStatus,
    Per,
    Period,
    active_part,
    held_against,
    not_accounted_minutes,
    period_of,
)
from therapytrack.errors import Invalid

NOVEMBER = Period(date(2025, 11, 1), date(2025, 11, 30))
TODAY = date(2025, 11, 23)
WEEKLY = Mandate(30, 2, Per.WEEK, date(2025, 8, 20))
days = st.dates(date(2024, 1, 1), date(2030, 12, 31))


def asked_for(mandate: Mandate, period: Period) -> int:
    """What a mandate asks of a student who is always enrolled."""
    return asked(Plan(), DatedMandate(mandate), period, period)


def pace(mandated: int, delivered: int, period: Period, today: date, per: Per = Per.MONTH) -> MinutesStatus:
    """How `delivered` minutes stand against a mandate that runs since long."""
    mandate = DatedMandate(Mandate(mandated, 1, per, date(2020, 1, 1)))
    return held_against(mandated, delivered, expected(Plan(), mandate, period, period, today), period, today)


mandates = st.builds(Mandate, st.integers(1, 120), st.integers(1, 40), st.sampled_from(Per), days)


@pytest.mark.parametrize(
    ("delivered", "mandated", "expected", "behind"),
    [
        (60, 120, 92, 32),
        (90, 120, 92, 0),
        (30, 120, 92, 62),
        (120, 120, 92, 0),
        (45, 60, 46, 0),
        (60, 90, 69, 9),
        (30, 60, 46, 16),
        (75, 120, 92, 17),
    ],
)
def test_pace_in_november(delivered: int, mandated: int, expected: int, behind: int) -> None:
    status = pace(mandated, delivered, NOVEMBER, TODAY)
    assert (status.expected_by_now, status.behind) == (expected, behind)


@pytest.mark.parametrize(("delivered", "behind"), [(96, 0), (95, 5)])
def test_a_shortfall_is_behind_from_five_percent_of_the_mandate(delivered: int, behind: int) -> None:
    assert pace(100, delivered, NOVEMBER, NOVEMBER.end).behind == behind


def test_the_bar_and_its_words() -> None:
    status = pace(120, 60, NOVEMBER, TODAY)
    assert (status.label, status.percent_of_mandate(status.delivered)) == ("32 behind", 50)
    assert status.percent_of_mandate(status.expected_by_now) == 77
    assert pace(120, 130, NOVEMBER, TODAY).label == ""


@pytest.mark.parametrize(
    ("per", "today", "start", "end"),
    [
        (Per.WEEK, date(2025, 11, 23), date(2025, 11, 17), date(2025, 11, 23)),
        (Per.WEEK, date(2025, 11, 24), date(2025, 11, 24), date(2025, 11, 30)),
        (Per.MONTH, date(2028, 2, 10), date(2028, 2, 1), date(2028, 2, 29)),
        (Per.MONTH, date(2025, 12, 31), date(2025, 12, 1), date(2025, 12, 31)),
        (Per.QUARTER, date(2025, 11, 23), date(2025, 10, 1), date(2025, 12, 31)),
        (Per.QUARTER, date(2026, 3, 31), date(2026, 1, 1), date(2026, 3, 31)),
        (Per.YEAR, date(2025, 11, 23), date(2025, 8, 20), date(2026, 8, 19)),
        (Per.YEAR, date(2026, 8, 19), date(2025, 8, 20), date(2026, 8, 19)),
        (Per.YEAR, date(2026, 8, 20), date(2026, 8, 20), date(2027, 8, 19)),
    ],
)
def test_the_period_of_a_day(per: Per, today: date, start: date, end: date) -> None:
    assert period_of(Mandate(30, 2, per, date(2025, 8, 20)), today) == Period(start, end)


def test_an_iep_year_from_a_leap_day_begins_on_march_1_in_other_years() -> None:
    mandate = Mandate(30, 60, Per.YEAR, date(2028, 2, 29))
    assert period_of(mandate, date(2029, 2, 28)) == Period(date(2028, 2, 29), date(2029, 2, 28))
    assert period_of(mandate, date(2029, 3, 1)) == Period(date(2029, 3, 1), date(2030, 2, 28))


@given(mandates, days)
def test_every_day_lies_in_its_period_and_the_next_day_begins_the_next(mandate: Mandate, today: date) -> None:
    period = period_of(mandate, today)
    assert period.start <= today <= period.end
    assert period_of(mandate, period.start) == period == period_of(mandate, period.end)
    assert period_of(mandate, period.end + timedelta(days=1)).start == period.end + timedelta(days=1)


def test_a_mandate_that_begins_inside_the_period_is_prorated() -> None:
    mandate = Mandate(30, 4, Per.MONTH, date(2025, 11, 16))
    assert asked_for(mandate, NOVEMBER) == 60
    assert active_part(mandate, NOVEMBER) == Period(date(2025, 11, 16), date(2025, 11, 30))


def test_a_mandate_that_ended_before_the_period_asks_for_nothing() -> None:
    mandate = Mandate(30, 4, Per.MONTH, date(2025, 8, 20), date(2025, 10, 31))
    assert (asked_for(mandate, NOVEMBER), active_part(mandate, NOVEMBER)) == (0, None)


@given(mandates, days, st.integers(1, 200))
def test_two_mandates_that_follow_each_other_ask_for_one_full_period(mandate: Mandate, today: date, share: int) -> None:
    period = period_of(mandate, today)
    cut = period.start + timedelta(days=share % period.days)
    before = Mandate(mandate.minutes, mandate.sessions, mandate.per, min(period.start, cut), cut)
    after = Mandate(mandate.minutes, mandate.sessions, mandate.per, cut + timedelta(days=1))
    total = asked_for(before, period) + asked_for(after, period)
    assert abs(total - mandate.per_period) <= 1


@given(st.integers(1, 2000), st.integers(0, 2000), days)
def test_nobody_is_behind_before_the_period_and_all_is_expected_after(
    mandated: int, delivered: int, today: date
) -> None:
    status = pace(mandated, delivered, NOVEMBER, today)
    assert 0 <= status.behind <= status.expected_by_now <= mandated
    if today < NOVEMBER.start:
        assert status.expected_by_now == 0
    if today >= NOVEMBER.end:
        assert status.expected_by_now == mandated


def test_the_ledger_names_what_has_neither_session_nor_reason() -> None:
    assert not_accounted_minutes(240, 180, {"student_absent": 30, "school_closed": 15}) == 15
    assert not_accounted_minutes(60, 90, {}) == 0


def test_senseless_mandates_are_refused() -> None:
    for minutes, sessions, ends_on in [(0, 1, None), (30, 0, None), (30, 1, date(2025, 8, 1))]:
        with pytest.raises(Invalid):
            Mandate(minutes, sessions, Per.WEEK, date(2025, 8, 20), ends_on)


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(Invalid):
        Period(TODAY, TODAY - timedelta(days=1))


@pytest.mark.parametrize(("day", "behind"), [(24, 0), (27, 0), (28, 43), (30, 60)])
def test_a_week_is_behind_only_when_its_school_days_are_over(day: int, behind: int) -> None:
    week = period_of(WEEKLY, date(2025, 11, 24))
    assert pace(60, 0, week, date(2025, 11, day), Per.WEEK).behind == behind
