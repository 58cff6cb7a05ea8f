"""The minutes ledger: a year by hand, the identity over 10,000 random worlds, and what bad input means."""

import random
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.ledger_reference import reference
from tests.domain.ledger_year import AFTER, MONTHS, PLAN, WEEKS, YEAR, Figures, what_happened
from therapytrack.domain.attendance import Attendance
from therapytrack.domain.forecast import forecast_words
from therapytrack.domain.ledger import Given, Happened, Ledger, Line, Lost, Sums, ledger_of, reach_of, running_ledger
from therapytrack.domain.mandates import DatedMandate, Enrollment, Plan, Setting, apart, expected, gaps_and_overlaps
from therapytrack.domain.minutes import Mandate, Per, Period, period_of, share_of
from therapytrack.errors import Invalid

TODAY = date(2025, 11, 26)
NOVEMBER = Period(date(2025, 11, 1), date(2025, 11, 30))
SINCE = date(2025, 8, 1)
ALONE, GROUP = Setting.INDIVIDUAL, Setting.GROUP
MONTHLY = DatedMandate(Mandate(30, 4, Per.MONTH, SINCE))
REASONS = [one for one in Attendance if one not in (Attendance.PRESENT, Attendance.PLANNED)]


def figures(sums: Sums) -> Figures:
    """The figures of the hand-worked table."""
    return Figures(sums.allowable, sums.provided, sums.made_up, sums.over, dict(sums.not_provided), sums.not_accounted)


@pytest.mark.parametrize(("monday", "tuesday", "thursday", "expected"), WEEKS)
def test_each_week_of_the_year_by_hand(monday: date, tuesday: object, thursday: object, expected: Figures) -> None:
    week = Period(monday, monday + timedelta(days=6))
    assert figures(ledger_of(PLAN, what_happened(), week, AFTER).sums) == expected


@pytest.mark.parametrize(("first", "last", "expected"), MONTHS)
def test_each_month_of_the_year_by_hand(first: date, last: date, expected: Figures) -> None:
    assert figures(ledger_of(PLAN, what_happened(), Period(first, last), AFTER).sums) == expected


def test_the_year_by_hand_is_the_sum_of_its_months() -> None:
    year = ledger_of(PLAN, what_happened(), Period(date(2025, 7, 1), date(2026, 6, 30)), AFTER)
    assert figures(year.sums) == YEAR
    assert sum(month.allowable for _, _, month in MONTHS) == YEAR.allowable


def world(chance: random.Random, days: int = 300) -> tuple[Plan, Happened, Period, date]:
    """A random plan, what happened in it, the days to look at, and today; all begins within so many days."""

    def day() -> date:
        return SINCE + timedelta(days=chance.randrange(days))

    def mandate() -> DatedMandate:
        starts = day()
        ends = starts + timedelta(days=chance.randrange(120)) if chance.random() < 0.5 else None
        asks = Mandate(chance.randrange(1, 90), chance.randrange(1, 9), chance.choice([*Per]), starts, ends)
        return DatedMandate(asks, chance.choice([*Setting]))

    def enrollment() -> Enrollment:
        starts = day()
        ends = starts + timedelta(days=chance.randrange(90)) if chance.random() < 0.6 else None
        return Enrollment("", starts, ends)

    def breaks(first: date) -> set[date]:
        return {first + timedelta(days=number) for number in range(chance.choice([0, 7, 40]))}

    def minutes() -> Given:
        return Given(day(), chance.randrange(120), chance.choice([*Setting]), chance.random() < 0.2)

    plan = Plan(
        [mandate() for _ in range(chance.randrange(4))],
        [enrollment() for _ in range(chance.choice([0, 0, 1, 2]))],
        chance.choice([None, None, day()]),
    )
    happened = Happened(
        [minutes() for _ in range(chance.randrange(12))],
        [Lost(day(), chance.randrange(90), chance.choice(REASONS), chance.choice([*Setting])) for _ in range(4)],
        [minutes() for _ in range(chance.randrange(5))],
        frozenset(day() + timedelta(days=number) for number in range(chance.choice([0, 3, 30]))) | breaks(day()),
    )
    first = day()
    return plan, happened, Period(first, first + timedelta(days=chance.choice([2, 6, 27, 30, 91, 364]))), day()


def holds(ledger: Ledger) -> None:
    """The identity of every line and of their sum; nothing negative, no minute in two places."""
    for one in [*(line.sums for line in ledger.lines), ledger.sums]:
        parts = (one.counted, *one.not_provided.values(), one.not_accounted)
        assert one.allowable == sum(parts)
        others = (one.allowable, one.provided, one.made_up, one.over, one.planned, one.expected, one.behind, one.short)
        assert min((*parts, *others)) >= 0
        assert one.made_up <= one.provided and one.planned <= one.allowable and one.expected <= one.allowable
        assert all(isinstance(number, int) for number in (*parts, *others))


@settings(max_examples=500)
@given(st.integers(0, 2**32))
def test_the_identity_holds_over_ten_thousand_random_worlds(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(20):
        plan, happened, chosen, today = world(chance)
        ledger = ledger_of(plan, happened, chosen, today)
        holds(ledger)
        holds(running_ledger(plan, happened, today))
        given_then = sum(one.minutes for one in happened.given)
        assert ledger.sums.provided + ledger.beside <= given_then


def facts(line: Line) -> tuple[object, ...]:
    """A line as the reference says it."""
    one = line.sums
    given = (one.provided, one.made_up, one.over, dict(one.not_provided))
    left = (one.not_accounted, one.planned, one.expected, one.behind, one.short)
    return line.claim.setting, line.claim.per, line.period.start, one.allowable, *given, *left


@given(st.integers(0, 2**32))
@settings(max_examples=50)
def test_each_minute_lies_where_a_plain_count_of_days_and_minutes_puts_it(seed: int) -> None:
    chance = random.Random(seed)
    for number in range(5):
        plan, happened, chosen, today = world(chance, days=chance.choice([20, 60, 300]))
        ledger = ledger_of(plan, happened, chosen, today)
        assert ([facts(one) for one in ledger.lines], ledger.beside) == reference(plan, happened, chosen, today)
        if not number:
            running = running_ledger(plan, happened, today)
            assert [facts(one) for one in running.lines] == reference(plan, happened, None, today)[0]


@given(st.integers(0, 2**32))
@settings(max_examples=60)
def test_a_running_month_is_the_same_line_as_the_month_somebody_chose(seed: int) -> None:
    _, happened, _, today = world(random.Random(seed))
    month = period_of(MONTHLY.asks, today)
    plan = Plan([MONTHLY])
    chosen, running = ledger_of(plan, happened, month, today), running_ledger(plan, happened, today)
    assert [one.sums for one in chosen.lines] == [one.sums for one in running.lines]


def test_the_sum_of_lines_is_the_sum_of_each_figure() -> None:
    lost = {Attendance.STUDENT_ABSENT: 5, Attendance.SCHOOL_CLOSED: 7}
    one = Sums(120, 60, 10, 20, lost, 9, 8, 40, 6, 4)
    other = Sums(30, 15, 5, 1, {Attendance.SCHOOL_CLOSED: 2}, 3, 2, 11, 12, 13)
    both = {Attendance.STUDENT_ABSENT: 5, Attendance.SCHOOL_CLOSED: 9}
    assert one + other == Sums(150, 75, 15, 21, both, 12, 10, 51, 18, 17)


def test_a_week_without_school_in_which_somebody_met_all_the_same_keeps_what_was_given() -> None:
    monday = date(2025, 11, 24)
    happened = Happened(
        [Given(monday, 20, ALONE)],
        [Lost(monday, 15, Attendance.STUDENT_ABSENT)],
        closed=frozenset(monday + timedelta(days=number) for number in range(5)),
    )
    weekly = Plan([DatedMandate(Mandate(30, 2, Per.WEEK, SINCE))])
    sums = ledger_of(weekly, happened, Period(monday, monday + timedelta(days=6)), TODAY).sums
    assert (sums.provided, sums.not_accounted) == (20, 0)
    assert dict(sums.not_provided) == {Attendance.STUDENT_ABSENT: 15, Attendance.SCHOOL_CLOSED: 25}


def test_times_at_schools_that_touch_lie_within_each_other_or_leave_a_day_are_counted_by_their_days() -> None:
    def november(*days: tuple[int, int]) -> list[tuple[int, int]]:
        found = apart(Period(date(2025, 11, first), date(2025, 11, last)) for first, last in days)
        return [(one.start.day, one.end.day) for one in found]

    assert november((11, 20), (1, 10)) == [(1, 20)]
    assert november((1, 20), (5, 8)) == [(1, 20)]
    assert november((1, 9), (11, 20)) == [(1, 9), (11, 20)]


def test_a_month_without_a_session_is_not_accounted_for() -> None:
    sums = ledger_of(Plan([MONTHLY]), Happened(), NOVEMBER, TODAY).sums
    assert (sums.allowable, sums.provided, sums.not_accounted, sums.short) == (120, 0, 120, 120)


def test_nothing_is_owed_without_a_mandate_and_minutes_then_are_beside_it() -> None:
    ledger = ledger_of(Plan(), Happened([Given(TODAY, 30, ALONE)]), NOVEMBER, TODAY)
    assert (list(ledger.lines), ledger.sums, ledger.beside) == ([], Sums(), 30)


def test_nothing_is_owed_for_the_days_between_two_mandates() -> None:
    early = DatedMandate(Mandate(30, 4, Per.MONTH, SINCE, date(2025, 11, 6)))
    late = DatedMandate(Mandate(30, 4, Per.MONTH, date(2025, 11, 22)))
    happened = Happened([Given(date(2025, 11, 10), 30, ALONE), Given(date(2025, 11, 25), 30, ALONE)])
    ledger = ledger_of(Plan([early, late]), happened, NOVEMBER, TODAY)
    assert (ledger.sums.allowable, ledger.sums.provided, ledger.beside) == (24 + 36, 30, 30)
    assert gaps_and_overlaps([early, late]) == ["No mandate runs from Nov 7 to Nov 21. Nothing is owed for these days."]


def test_a_mandate_that_ends_within_the_period_is_forecast_to_its_last_day() -> None:
    ending = DatedMandate(Mandate(30, 4, Per.MONTH, SINCE, date(2025, 11, 15)))
    (line,) = running_ledger(Plan([ending]), Happened([Given(date(2025, 11, 4), 30, ALONE)]), date(2025, 11, 15)).lines
    assert (line.sums.allowable, line.sums.short, line.span) == (60, 30, Period(NOVEMBER.start, date(2025, 11, 15)))
    assert (
        forecast_words(line.sums, line.span, date(2025, 11, 15)) == "30 minutes short by Nov 15 at the present schedule"
    )
    assert forecast_words(line.sums, line.span, TODAY) == "30 minutes missing at its end"


def test_a_period_without_a_school_day_asks_for_the_same_and_says_why_nothing_was_given() -> None:
    weekly = DatedMandate(Mandate(30, 2, Per.WEEK, SINCE))
    week = Period(date(2025, 11, 24), date(2025, 11, 30))
    closed = frozenset(week.start + timedelta(days=number) for number in range(5))
    sums = ledger_of(Plan([weekly]), Happened(closed=closed), week, week.end).sums
    assert (sums.allowable, sums.provided, dict(sums.not_provided)) == (60, 0, {Attendance.SCHOOL_CLOSED: 60})
    assert (sums.not_accounted, sums.short) == (0, 60)


def test_a_mandate_whose_days_are_all_without_enrollment_divides_by_nothing() -> None:
    for per in Per:
        mandate = DatedMandate(Mandate(30, 1, per, SINCE))
        plan = Plan([mandate], [Enrollment("Oak", date(2027, 3, 1))])
        assert expected(plan, mandate, NOVEMBER, NOVEMBER, TODAY) == 0
        assert running_ledger(plan, Happened([Given(TODAY, 30, ALONE)]), TODAY).lines == []


@pytest.mark.parametrize(("minutes", "sessions"), [(0, 1), (30, 0), (-1, 1)])
def test_a_mandate_of_nothing_is_refused_and_not_counted_as_kept(minutes: int, sessions: int) -> None:
    with pytest.raises(Invalid) as error:
        Mandate(minutes, sessions, Per.WEEK, SINCE)
    assert "at least 1 minute" in error.value.fields["minutes"]


def test_two_mandates_at_once_are_both_owed_and_a_minute_counts_once() -> None:
    weekly = DatedMandate(Mandate(30, 1, Per.WEEK, SINCE))
    happened = Happened([Given(date(2025, 11, day), 60, ALONE) for day in (4, 11, 18)])
    ledger = running_ledger(Plan([MONTHLY, weekly]), happened, date(2025, 11, 18))
    week, month = ledger.lines
    assert (week.sums.allowable, week.sums.provided, week.sums.over) == (30, 30, 0)
    assert (month.sums.allowable, month.sums.provided) == (120, 90)
    assert "Both are owed" in gaps_and_overlaps([MONTHLY, weekly])[0]


def test_minutes_alone_and_in_a_group_are_kept_apart() -> None:
    alone = DatedMandate(Mandate(30, 2, Per.MONTH, SINCE), ALONE)
    group = DatedMandate(Mandate(30, 4, Per.MONTH, SINCE), GROUP)
    happened = Happened(
        [Given(date(2025, 11, 4), 30, ALONE), *(Given(date(2025, 11, day), 30, GROUP) for day in range(5, 11))]
    )
    first, second = ledger_of(Plan([group, alone]), happened, NOVEMBER, TODAY).lines
    assert (first.claim.setting, first.sums.provided, first.sums.not_accounted) == (ALONE, 30, 30)
    assert (second.claim.setting, second.sums.provided, second.sums.over) == (GROUP, 180, 60)
    assert ledger_of(Plan([alone]), happened, NOVEMBER, TODAY).beside == 180


def test_a_session_longer_than_planned_goes_beyond_the_mandate_and_repays_no_other_week() -> None:
    weekly = DatedMandate(Mandate(30, 1, Per.WEEK, SINCE))
    happened = Happened([Given(date(2025, 11, 4), 60, ALONE)])
    sums = ledger_of(Plan([weekly]), happened, Period(date(2025, 11, 3), date(2025, 11, 16)), TODAY).sums
    assert (sums.allowable, sums.provided, sums.over, sums.not_accounted) == (60, 60, 30, 30)


def test_the_weeks_at_the_edges_of_the_longest_running_period_are_read_whole() -> None:
    reach = reach_of(Plan([MONTHLY]), TODAY)
    assert (reach.start, reach.end) == (date(2025, 10, 26), date(2025, 12, 6))


def test_nothing_is_asked_of_a_period_before_the_enrollment() -> None:
    plan = Plan([MONTHLY], [Enrollment("Lincoln", date(2025, 12, 1))])
    ledger = ledger_of(plan, Happened([Given(TODAY, 30, ALONE)]), NOVEMBER, TODAY)
    assert (ledger.sums, ledger.beside) == (Sums(), 30)


def test_a_student_who_moves_is_owed_what_her_days_at_both_schools_ask_and_belongs_to_the_later_one() -> None:
    moved = Plan(
        [MONTHLY],
        [Enrollment("Lincoln", SINCE, date(2025, 11, 9)), Enrollment("Jefferson", date(2025, 11, 16))],
    )
    sums = ledger_of(moved, Happened(), NOVEMBER, TODAY).sums
    assert sums.allowable == 96  # 120 x 24/30: six days at no school
    assert moved.school_on(date(2025, 11, 12), "") == "Lincoln"
    assert moved.school_on(date(2025, 11, 16), "") == moved.school_on(NOVEMBER.end, "") == "Jefferson"
    assert moved.school_on(date(2025, 7, 1), "?") == "?"


def test_a_student_who_moved_and_was_archived_is_owed_what_her_days_until_then_ask() -> None:
    stays = [Enrollment("Maple", SINCE, NOVEMBER.start), Enrollment("Oak", date(2025, 11, 11), None)]
    for until, days in ((None, 21), (date(2025, 11, 20), 11), (date(2025, 11, 5), 1), (date(2025, 10, 31), 0)):
        found = ledger_of(Plan([MONTHLY], stays, until), Happened(), NOVEMBER, date(2025, 12, 15))
        assert found.sums.allowable == share_of(MONTHLY.asks, NOVEMBER, days)
        assert len(found.lines) == (days > 0)


def test_what_was_missed_beyond_the_mandate_is_not_counted_against_it() -> None:
    happened = Happened(
        [Given(date(2025, 11, day), 30, ALONE) for day in (3, 4, 5, 6)],
        [Lost(date(2025, 11, 10), 30, Attendance.STUDENT_ABSENT)],
    )
    sums = ledger_of(Plan([MONTHLY]), happened, NOVEMBER, TODAY).sums
    assert (sums.provided, sums.lost, sums.not_accounted) == (120, 0, 0)


def test_the_forecast_counts_what_is_planned_once() -> None:
    happened = Happened(
        [Given(date(2025, 11, 4), 30, ALONE)],
        [Lost(date(2025, 11, 11), 30, Attendance.PROVIDER_ABSENT)],
        [Given(date(2025, 11, 28), 45, ALONE)],
    )
    sums = ledger_of(Plan([MONTHLY]), happened, NOVEMBER, TODAY).sums
    assert (sums.not_accounted, sums.planned, sums.short) == (60, 45, 45)
