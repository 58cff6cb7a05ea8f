"""The ledger by school: a student who moves, worked out by hand, and random ones whose schools add up to them."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.ledger_year import Figures
from tests.domain.test_ledger import figures, world
from therapytrack.domain.attendance import Attendance
from therapytrack.domain.ledger import Given, Happened, Line, Lost, Sums, ledger_of, running_ledger, total
from therapytrack.domain.mandates import DatedMandate, Enrollment, Plan, Setting
from therapytrack.domain.minutes import Mandate, Per, Period
from therapytrack.domain.school_shares import Closed, Kept, apportion, by_school, stays_of

ALONE, GROUP = Setting.INDIVIDUAL, Setting.GROUP
ABSENT, AWAY, CLOSED = Attendance.STUDENT_ABSENT, Attendance.PROVIDER_ABSENT, Attendance.SCHOOL_CLOSED
SINCE = date(2025, 9, 1)
NOVEMBER = Period(date(2025, 11, 1), date(2025, 11, 30))
AFTER = date(2025, 12, 5)
MONTHLY = DatedMandate(Mandate(30, 5, Per.MONTH, SINCE), ALONE)
WEEKLY = DatedMandate(Mandate(30, 2, Per.WEEK, SINCE), GROUP)
# She moves in the middle of a month and of a week, on Wednesday, Nov 12.
MOVES = [Enrollment("Maple", SINCE, date(2025, 11, 11)), Enrollment("Oak", date(2025, 11, 12))]
HOLIDAYS = {date(2025, 11, 11), date(2025, 11, 27), date(2025, 11, 28)}


def nov(day: int) -> date:
    return date(2025, 11, day)


def holidays(_: str, day: date) -> bool:
    return day in HOLIDAYS


def always(_: str, __: date) -> bool:
    return False


def kept(plan: Plan, happened: Happened, chosen: Period | None = NOVEMBER, today: date = AFTER) -> Kept:
    """A student's ledger of the days `chosen`, or of her running periods."""
    ledger = ledger_of(plan, happened, chosen, today) if chosen else running_ledger(plan, happened, today)
    return Kept(plan, happened, ledger.lines, chosen, today)


def sums_by_school(one: Kept, closed: Closed = always) -> dict[str, Sums]:
    """What each school's lines come to."""
    stays = stays_of(one.plan, one.lines, "Stated")
    return {name: total(line.sums for line in lines) for name, lines in by_school(one, stays, closed).items()}


HAND = Happened(
    [
        # Alone. Of the 30 minutes missed on Nov 10 at Maple, 20 were made up at Oak on Nov 19: they are Nov 10's.
        Given(nov(4), 30, ALONE), Given(nov(10), 20, ALONE, made_up=True),
        Given(nov(18), 30, ALONE), Given(nov(25), 30, ALONE),
        # In the group: a long week, one with 30 minutes before the move, and two after it.
        Given(nov(6), 30, GROUP), Given(nov(7), 45, GROUP), Given(nov(10), 30, GROUP),
        Given(nov(20), 30, GROUP), Given(nov(25), 30, GROUP),
    ],
    [Lost(nov(10), 10, AWAY, ALONE), Lost(nov(13), 30, ABSENT, GROUP), Lost(nov(27), 30, CLOSED, GROUP)],
)  # fmt: skip


def test_a_student_who_moves_in_the_middle_of_a_month_by_hand() -> None:
    """School days of November: 6 at Maple (3 to 7, 10) and 11 at Oak (12 to 14, 17 to 21, 24 to 26).

    Alone, 150 minutes: 150 x 6/17 = 52.9, so 53 at Maple and 97 at Oak. Maple gave 50 and missed 10 with a reason: 60,
    7 beyond its part. Oak gave 60. The 30 that nobody accounted for are Oak's, whose part is 90 then.
    In the group, 60 a week: Nov 3 Maple's, with 15 beyond the mandate; Nov 10 by 1 and 3 school days 15 and 45, but
    Maple gave 30 and at Oak she was absent for 30; Nov 17 and 24 Oak's, 30 of them closed and 30 not accounted for.
    """
    one = kept(Plan([MONTHLY, WEEKLY], MOVES), HAND)
    found = sums_by_school(one, holidays)
    assert {name: figures(sums) for name, sums in found.items()} == {
        "Maple": Figures(60 + 60 + 30, 50 + 75 + 30, 20, 15, {AWAY: 10}, 0),
        "Oak": Figures(90 + 30 + 60 + 60, 60 + 0 + 30 + 30, 0, 0, {ABSENT: 30, CLOSED: 30}, 30 + 30),
    }
    assert figures(total(line.sums for line in one.lines)) == Figures(
        390, 275, 20, 15, {AWAY: 10, ABSENT: 30, CLOSED: 30}, 60
    )
    weeks = [
        line
        for line in by_school(one, stays_of(one.plan, one.lines, ""), holidays)["Maple"]
        if line.claim.per is Per.WEEK
    ]
    assert [(line.period.start.day, line.sums.allowable) for line in weeks] == [(3, 60), (10, 30)]


def test_what_a_school_owes_is_never_more_than_its_part() -> None:
    """180 by 6 and 11 school days is 63.5 and 116.5: 64 to the greater remainder, and 116."""
    plan = Plan([DatedMandate(Mandate(30, 6, Per.MONTH, SINCE))], MOVES)
    alone = sums_by_school(kept(plan, Happened()), holidays)
    assert {name: (one.allowable, one.not_accounted) for name, one in alone.items()} == {
        "Maple": (64, 64), "Oak": (116, 116),
    }  # fmt: skip
    much = Happened([Given(nov(4), 100, ALONE)])
    found = sums_by_school(kept(plan, much), holidays)
    assert {name: (one.allowable, one.not_accounted) for name, one in found.items()} == {
        "Maple": (100, 0), "Oak": (80, 80),
    }  # fmt: skip


def test_what_was_given_beyond_the_whole_mandate_is_over_where_a_school_gave_more_than_its_part() -> None:
    """Of 30 days 11 at Maple: 20 school days, 7 of them there. 120 is 42 and 78; given 62 and 88, so 30 are over."""
    plan = Plan([DatedMandate(Mandate(30, 4, Per.MONTH, SINCE))], MOVES)
    gave = Happened([Given(nov(4), 62, ALONE), Given(nov(18), 88, ALONE)])
    found = sums_by_school(kept(plan, gave))
    assert {name: (one.allowable, one.provided, one.over) for name, one in found.items()} == {
        "Maple": (42, 62, 20), "Oak": (78, 88, 10),
    }  # fmt: skip


def test_a_week_without_a_school_day_is_shared_by_calendar_days_with_its_reason() -> None:
    """Three of seven days at Maple, 60 x 3/7 = 25.7."""
    moves = [replace(MOVES[0], ends_on=nov(26)), replace(MOVES[1], starts_on=nov(27))]
    week = Period(nov(24), nov(30))
    closed = frozenset(nov(day) for day in range(24, 29))
    one = kept(Plan([WEEKLY], moves), Happened(closed=closed), week)
    found = sums_by_school(one, lambda _, day: day in closed)
    assert {name: figures(sums) for name, sums in found.items()} == {
        "Maple": Figures(26, 0, 0, 0, {CLOSED: 26}, 0),
        "Oak": Figures(34, 0, 0, 0, {CLOSED: 34}, 0),
    }


def test_a_day_off_at_one_school_alone_takes_it_from_that_schools_part() -> None:
    """Seven of 20 school days at Maple, which is closed on four: 3 of 16, and 120 x 3/16 = 22.5, the tie first."""
    plan = Plan([DatedMandate(Mandate(30, 4, Per.MONTH, SINCE))], MOVES)
    found = sums_by_school(kept(plan, Happened()), lambda school, day: school == "Maple" and 3 <= day.day <= 6)
    assert {name: one.allowable for name, one in found.items()} == {"Maple": 23, "Oak": 97}


def test_the_forecast_of_a_student_who_moved_lies_where_minutes_will_be_missing() -> None:
    """On Nov 14, of 42 and 78: Maple gave 22 of its part, Oak will have given 70 with what is planned there."""
    plan = Plan([DatedMandate(Mandate(30, 4, Per.MONTH, SINCE))], MOVES)
    happened = Happened([Given(nov(4), 22, ALONE)], planned=[Given(nov(18), 35, ALONE), Given(nov(25), 35, ALONE)])
    found = sums_by_school(kept(plan, happened, None, nov(14)))
    assert {name: (one.allowable, one.planned, one.short) for name, one in found.items()} == {
        "Maple": (42, 0, 20), "Oak": (78, 70, 8),
    }  # fmt: skip
    # An even pace had given 120 x 14/30 = 56 by now: 39 in Maple's 7 school days, 17 in Oak's 3. So 34 are behind.
    assert {name: (one.expected, one.behind) for name, one in found.items()} == {"Maple": (39, 17), "Oak": (17, 17)}


def test_nothing_is_behind_yet_at_a_school_to_which_she_will_move() -> None:
    """On Nov 7, 7 of 30 days: an even pace had given 28 of 120, all of it at Maple."""
    plan = Plan([DatedMandate(Mandate(30, 4, Per.MONTH, SINCE))], MOVES)
    found = sums_by_school(kept(plan, Happened(), None, nov(7)))
    assert {name: (one.allowable, one.expected, one.behind) for name, one in found.items()} == {
        "Maple": (42, 28, 28), "Oak": (78, 0, 0),
    }  # fmt: skip


def test_what_is_behind_and_will_be_short_lies_where_less_than_asked_is_given() -> None:
    """On Nov 14, 56 of 120: 39 at Maple, which gave 42, and 17 at Oak, which gave none. 14 are behind, all Oak's; so
    are the 38 that its 40 planned minutes leave of 78."""
    plan = Plan([DatedMandate(Mandate(30, 4, Per.MONTH, SINCE))], MOVES)
    happened = Happened([Given(nov(4), 42, ALONE)], planned=[Given(nov(18), 40, ALONE)])
    found = sums_by_school(kept(plan, happened, None, nov(14)))
    assert {name: (one.expected, one.behind, one.short) for name, one in found.items()} == {
        "Maple": (39, 0, 0), "Oak": (17, 14, 38),
    }  # fmt: skip


def test_a_student_who_comes_back_is_at_her_first_school_on_both_stays() -> None:
    moves = [
        Enrollment("Maple", SINCE, nov(9)),
        Enrollment("Oak", nov(10), nov(16)),
        Enrollment("Maple", nov(17)),
    ]
    plan = Plan([DatedMandate(Mandate(30, 4, Per.MONTH, SINCE))], moves)
    found = sums_by_school(kept(plan, Happened([Given(nov(4), 30, ALONE), Given(nov(18), 30, ALONE)])))
    assert {name: (one.allowable, one.provided) for name, one in found.items()} == {"Maple": (90, 60), "Oak": (30, 0)}


def test_of_two_schools_at_once_it_is_the_later_and_on_a_day_without_any_the_one_before() -> None:
    moves = [Enrollment("Maple", nov(5), nov(20)), Enrollment("Oak", nov(10), nov(14)), Enrollment("Elm", nov(25))]
    one = kept(Plan([MONTHLY], moves), Happened())
    stays = stays_of(one.plan, one.lines, "")
    assert [stays.school_on(nov(day)) for day in (1, 5, 9, 10, 14, 15, 20, 22, 25, 30)] == [
        "Maple", "Maple", "Maple", "Oak", "Oak", "Maple", "Maple", "Maple", "Elm", "Elm",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("moves", "school"),
    [
        ([], "Stated"),
        ([Enrollment("Oak", nov(20))], "Oak"),
        ([replace(MOVES[0], ends_on=nov(1) - timedelta(days=9)), MOVES[1]], "Oak"),
    ],
)
def test_a_student_of_one_school_has_her_lines_as_they_are(moves: list[Enrollment], school: str) -> None:
    one = kept(Plan([MONTHLY, WEEKLY], moves), HAND)
    assert by_school(one, stays_of(one.plan, one.lines, "Stated"), holidays) == {school: list(one.lines)}


def test_minutes_are_shared_by_the_largest_remainder_and_none_is_lost() -> None:
    assert apportion(10, {"a": 1, "b": 1, "c": 1}) == {"a": 4, "b": 3, "c": 3}
    assert apportion(100, {"a": 1, "b": 4, "c": 2}) == {"a": 14, "b": 57, "c": 29}
    assert apportion(0, {"a": 0, "b": 0}) == {"a": 0, "b": 0}


def moving(chance: random.Random) -> tuple[Kept, Closed]:
    """A random student who is at two to four schools, perhaps with days between them, or at two of them at once."""
    plan, happened, days, today = world(chance, days=chance.choice([40, 120, 300]))
    chosen = days if chance.random() < 0.7 else None
    stays, day = [], (chosen.start if chosen else today) - timedelta(days=chance.randrange(-5, 20))
    for name in chance.sample(["Maple", "Oak", "Elm", "Oak"], k=chance.randrange(2, 5)):
        ends = day + timedelta(days=chance.randrange((chosen.days if chosen else 30) + 7))
        stays.append(Enrollment(name, day, None if chance.random() < 0.2 else ends))
        day = max(day, ends + timedelta(days=chance.choice([1, 1, 1, -4, 6])))
    always_asked = DatedMandate(Mandate(30, chance.randrange(1, 9), chance.choice([*Per]), SINCE))
    off = frozenset(today + timedelta(days=chance.randrange(-40, 40)) for _ in range(chance.choice([0, 4, 60])))
    of = chance.choice(["Maple", ""])
    one = kept(replace(plan, mandates=[*plan.mandates, always_asked], enrollments=stays), happened, chosen, today)
    return one, lambda school, day: day in off and of in ("", school)


def adds_up(line: Line, parts: Sequence[Sums]) -> None:
    """The schools' sums are the student's, and each is whole in itself."""
    assert total(parts) == line.sums
    for one in parts:
        assert one.allowable == one.counted + one.lost + one.not_accounted
        lost = one.not_provided.values()
        assert (
            min(one.counted, *lost, one.not_accounted, one.over, one.made_up, one.planned, one.behind, one.short) >= 0
        )
        assert one.made_up <= one.provided and one.over <= one.provided


def check(seed: int) -> bool:
    """Whether the student of a seed has more than one school, after trying that hers add up."""
    one, closed = moving(random.Random(seed))
    if not one.lines:
        return False
    stays = stays_of(one.plan, one.lines, "Stated")
    found = by_school(one, stays, closed)
    for line in one.lines:
        adds_up(line, [part.sums for lines in found.values() for part in lines if same(part, line)])
    assert sum(len(lines) for lines in found.values()) >= len(one.lines)
    assert total(part.sums for lines in found.values() for part in lines) == total(line.sums for line in one.lines)
    return len(found) > 1


def same(part: Line, line: Line) -> bool:
    """Whether it is a school's part of the line."""
    return (part.claim, part.period) == (line.claim, line.period)


@settings(max_examples=60)
@given(st.integers(0, 2**32))
def test_the_schools_of_random_students_add_up_to_them(seed: int) -> None:
    for number in range(5):
        check(seed + number)


def test_many_of_the_random_students_move() -> None:
    assert sum(check(seed) for seed in range(100)) > 30


@settings(max_examples=100)
@given(st.integers(0, 2**32))
def test_each_minute_is_at_the_school_of_its_day_by_a_plain_count(seed: int) -> None:
    """With one mandate all minutes of its days are its own, so that they can be counted without a ledger."""
    chance = random.Random(seed)
    one, closed = moving(chance)
    plan = replace(one.plan, mandates=one.plan.mandates[-1:], until=None)
    one = kept(plan, replace(one.happened, closed=frozenset()))
    found = by_school(one, stays_of(plan, one.lines, ""), closed) if one.lines else {}
    for name, lines in found.items():
        for line in lines:
            here = [day for day in days_of(line.within) if at(plan, day) == name]
            assert line.sums.provided == sum(each.minutes for each in one.happened.given if each.on in here)
            assert line.sums.lost <= sum(each.minutes for each in one.happened.lost if each.on in here)


def days_of(period: Period) -> list[date]:
    return [period.start + timedelta(days=number) for number in range(period.days)]


def at(plan: Plan, day: date) -> str:
    """The school of the last stay that has the day, of those begun at once the first; "" for none."""
    here = [one for one in plan.enrollments if one.starts_on <= day and (one.ends_on is None or day <= one.ends_on)]
    return sorted(here, key=lambda one: one.starts_on, reverse=True)[0].school if here else ""
