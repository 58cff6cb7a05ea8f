"""What does not fit in a week, each with its sentence."""

from datetime import date, time
from uuid import UUID

from therapytrack.domain.clashes import Booking, BusyTime, Circumstances, Clash, ClashKind, GroupLimit, clashes
from therapytrack.domain.school_calendar import DayKind, SchoolDay

DAY = date(2026, 11, 24)
ANA, BEN = UUID(int=1), UUID(int=2)
MAPLE, OAK = UUID(int=11), UUID(int=12)
RUTH, DANA = UUID(int=21), UUID(int=22)
NAMES = {ANA: "Ana", BEN: "Ben", MAPLE: "Maple", OAK: "Oak"}


def booking(
    key: str, starts: time, ends: time, *students: UUID, of: UUID = RUTH, school: UUID | None = None
) -> Booking:
    return Booking(key, f"Group {key}", DAY, starts, ends, of, students, school)


def around(**what: object) -> Circumstances:
    return Circumstances(**what, school=NAMES.__getitem__, name=NAMES.__getitem__)  # type: ignore[arg-type]


def kinds(found: list[Clash]) -> list[tuple[str, ClashKind]]:
    return [(one.key, one.kind) for one in found]


def test_two_meetings_at_once_name_each_other() -> None:
    found = clashes([booking("a", time(9), time(9, 30)), booking("b", time(9, 15), time(9, 45))], around())
    assert kinds(found) == [("a", ClashKind.DOUBLE_BOOKED), ("b", ClashKind.DOUBLE_BOOKED)]
    assert found[0].sentence == "At the same time as Group b, 9:15–9:45 AM."


def test_meetings_that_touch_and_those_of_two_people_do_not_clash() -> None:
    one, after_it = booking("a", time(9), time(9, 30)), booking("b", time(9, 30), time(10))
    elsewhere = booking("c", time(9), time(9, 30), of=DANA)
    assert clashes([one, after_it, elsewhere], around()) == []


def test_a_long_meeting_clashes_with_each_that_begins_within_it() -> None:
    found = clashes(
        [booking("a", time(9), time(11)), booking("b", time(9), time(9, 30)), booking("c", time(10), time(10, 30))],
        around(),
    )
    assert {one.key for one in found} == {"a", "b", "c"}


def test_a_student_cannot_be_with_two_people_at_once() -> None:
    found = clashes(
        [booking("a", time(9), time(9, 30), ANA), booking("b", time(9), time(9, 30), ANA, BEN, of=DANA)], around()
    )
    assert kinds(found) == [("a", ClashKind.STUDENT_TWICE), ("b", ClashKind.STUDENT_TWICE)]
    assert found[0].sentence == "Ana is in Group b at the same time, 9:00–9:30 AM."


def test_a_students_lunch_is_kept_free_on_its_weekday_alone() -> None:
    lunch = [BusyTime(ANA, weekday, time(12), time(12, 30), "lunch") for weekday in (1, 2)]
    found = clashes([booking("a", time(12, 15), time(12, 45), ANA)], around(busy=lunch))
    assert [one.sentence for one in found] == ["Ana has lunch at the same time, 12:00–12:30 PM."]


def test_a_group_over_the_limit_of_a_mandate_says_whose_while_it_runs() -> None:
    alone, ended = GroupLimit(ANA, 1, DAY, DAY), GroupLimit(BEN, 1, date(2026, 1, 1), date(2026, 11, 23))
    found = clashes([booking("a", time(9), time(9, 30), ANA, BEN)], around(limits=[alone, ended]))
    assert [one.sentence for one in found] == ["Ana is to be seen alone; this group has 2."]


def test_the_road_between_two_schools_takes_its_time() -> None:
    day = [booking("a", time(9), time(9, 30), school=MAPLE), booking("b", time(9, 40), time(10), school=OAK)]
    road = {frozenset({MAPLE, OAK}): 20}
    assert [one.sentence for one in clashes(day, around(travel=road))] == [
        "The way from Maple takes 20 minutes; there are 10."
    ]
    assert clashes(day, around(travel={frozenset({MAPLE, OAK}): 10})) == []


def test_a_closed_day_hits_its_school_and_an_early_release_what_ends_after_it() -> None:
    snow = SchoolDay(DAY, DAY, DayKind.CLOSED, "Snow", MAPLE)
    early = SchoolDay(DAY, DAY, DayKind.EARLY_RELEASE, "Conferences", OAK, time(12))
    week = [
        booking("a", time(9), time(9, 30), school=MAPLE),
        booking("b", time(10), time(10, 30), school=OAK),
        booking("c", time(11, 45), time(12, 15), school=OAK),
        booking("d", time(13), time(13, 30)),
    ]
    assert [(one.key, one.sentence) for one in clashes(week, around(calendar=[snow, early]))] == [
        ("a", "No school: Snow."),
        ("c", "Early release at 12:00 PM: Conferences."),
    ]
