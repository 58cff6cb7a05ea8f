"""Which missed sessions are owed, by policy and against it, and what makes them up."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from therapytrack.domain.attendance import Attendance
from therapytrack.domain.make_ups import (
    MakeUp,
    Missed,
    Repair,
    owed_words,
    parse_decision,
    require_repair,
    still_owed,
)
from therapytrack.errors import Invalid

DAY, LATER = date(2026, 11, 12), date(2026, 11, 19)
MISSED = Missed(
    entry_id=uuid4(),
    session_id=uuid4(),
    title="Group A",
    held_on=DAY,
    attendance=Attendance.PROVIDER_ABSENT,
    words="",
    minutes=30,
    policy=True,
    decided=MakeUp.POLICY,
    why="",
    repairs_another=False,
)


def repaired(*minutes: int) -> Missed:
    return replace(MISSED, repairs=tuple(Repair(uuid4(), uuid4(), LATER, one) for one in minutes))


@pytest.mark.parametrize(
    ("policy", "decided", "owed"),
    [
        (True, MakeUp.POLICY, True),
        (False, MakeUp.POLICY, False),
        (False, MakeUp.OWED, True),
        (True, MakeUp.NOT_OWED, False),
        (None, MakeUp.POLICY, True),
    ],
)
def test_the_policy_of_the_code_holds_unless_somebody_decided_otherwise(
    policy: bool | None, decided: MakeUp, owed: bool
) -> None:
    assert replace(MISSED, policy=policy, decided=decided).owed is owed


def test_without_a_code_the_default_of_the_reason_holds() -> None:
    assert replace(MISSED, policy=None, attendance=Attendance.STUDENT_ABSENT).owed is False


@pytest.mark.parametrize("attendance", [Attendance.PRESENT, Attendance.PLANNED])
def test_nothing_is_owed_for_a_session_that_was_not_missed(attendance: Attendance) -> None:
    assert replace(MISSED, attendance=attendance, decided=MakeUp.OWED).owed is False


def test_a_make_up_that_was_missed_owes_nothing_besides_the_first_session() -> None:
    assert replace(MISSED, repairs_another=True, decided=MakeUp.OWED).owed is False


@pytest.mark.parametrize(
    ("minutes", "left", "standing"),
    [((), 30, "30 min owed"), ((20,), 10, "10 of 30 min owed"), ((20, 15), 0, "Made up"), ((0,), 30, "30 min owed")],
)
def test_what_is_left_is_told_in_minutes(minutes: tuple[int, ...], left: int, standing: str) -> None:
    one = repaired(*minutes)
    assert (one.left, one.standing) == (left, standing)


def test_the_oldest_is_owed_first_and_what_is_made_up_is_not_listed() -> None:
    newer = replace(MISSED, held_on=LATER, entry_id=uuid4())
    owed = still_owed([newer, repaired(30), MISSED])
    assert owed == [MISSED, newer]
    assert (owed_words(owed), owed_words(owed[:1])) == ("2 sessions · 60 min", "1 session · 30 min")


def test_a_part_that_is_left_says_so_in_a_choice() -> None:
    assert (MISSED.label, repaired(20).label) == ("Nov 12 · 30 min", "Nov 12 · 10 of 30 min left")


def test_what_was_given_up_to_two_weeks_ahead_makes_up_too() -> None:
    require_repair(MISSED, uuid4(), Attendance.PRESENT, date(2026, 10, 29))


def test_a_later_session_makes_up_what_is_owed_and_can_be_named_again() -> None:
    part = uuid4()
    require_repair(MISSED, part, Attendance.PRESENT, DAY)
    full = replace(MISSED, repairs=(Repair(part, uuid4(), LATER, 30),))
    require_repair(full, part, Attendance.PLANNED, LATER)


@pytest.mark.parametrize(
    ("missed", "attendance", "day"),
    [
        (MISSED, Attendance.STUDENT_ABSENT, LATER),
        (MISSED, Attendance.PRESENT, date(2026, 10, 28)),
        (replace(MISSED, policy=False), Attendance.PRESENT, LATER),
        (repaired(30), Attendance.PRESENT, LATER),
    ],
)
def test_what_cannot_make_up_a_session_is_refused(missed: Missed, attendance: Attendance, day: date) -> None:
    with pytest.raises(Invalid):
        require_repair(missed, uuid4(), attendance, day)


def test_a_decision_has_its_reason_and_the_policy_needs_none() -> None:
    assert parse_decision("not_owed", "  Team met,  no impact. ") == (MakeUp.NOT_OWED, "Team met, no impact.")
    assert parse_decision("", "left over") == (MakeUp.POLICY, "")


@pytest.mark.parametrize(
    ("decided", "why"), [("owed", " "), ("maybe", "x"), ("owed", "x" * 201), ("owed", "a\0b"), ("owed", "\ud83d")]
)
def test_a_decision_that_is_none_is_refused(decided: str, why: str) -> None:
    with pytest.raises(Invalid):
        parse_decision(decided, why)
