"""What is asked about a note before it is signed."""

from dataclasses import replace
from datetime import date

import pytest

from therapytrack.domain.attendance import Attendance
from therapytrack.domain.claim_check import ClaimFacts, MandateOnFile, Question, check_claim
from therapytrack.domain.late_notes import days_late, late_rule

DAY = date(2026, 11, 24)
GOOD = ClaimFacts(
    attendance=Attendance.PRESENT,
    held_on=DAY,
    minutes=30,
    planned_minutes=30,
    group=2,
    place="Room 12",
    has_data=True,
    mandates=[MandateOnFile(date(2026, 9, 1), DAY, 3)],
    has_iep=True,
    review_due_on=DAY,
    credential_until=DAY,
    closings=(),
    overlaps=(),
    signed_on=DAY,
    late=late_rule("NY", 7),
)


def test_nothing_is_asked_about_a_note_in_order_on_the_last_day_of_its_mandate_iep_and_credential() -> None:
    assert check_claim(GOOD) == []


@pytest.mark.parametrize(
    "changes, question, sentence",
    [
        ({"closings": ["No school: Snow"]}, Question.CLOSED, "No school: Snow."),
        (
            {"mandates": [MandateOnFile(date(2026, 9, 1), date(2026, 11, 23))]},
            Question.NO_MANDATE,
            "No mandate runs on Nov 24. The last one ended on Nov 23, 2026.",
        ),
        ({"mandates": []}, Question.NO_MANDATE, "No mandate runs on Nov 24."),
        (
            {"review_due_on": date(2026, 11, 23)},
            Question.IEP_LAPSED,
            "The IEP's review was due on Nov 23, 2026, before this session.",
        ),
        ({"has_iep": False, "review_due_on": None}, Question.IEP_LAPSED, "No IEP had begun by Nov 24."),
        (
            {"credential_until": date(2026, 11, 23)},
            Question.CREDENTIAL_LAPSED,
            "Your credential ended on Nov 23, 2026. Renew it in your profile.",
        ),
        (
            {"group": 4},
            Question.GROUP_SIZE,
            "4 students were present, and this student is to be seen in groups of at most 3.",
        ),
        ({"overlaps": ["Pair B, 10:15–10:45 AM"]}, Question.OVERLAP, "At the same time as Pair B, 10:15–10:45 AM."),
        ({"minutes": 0}, Question.MISSING, "No minutes are recorded."),
        ({"minutes": 31}, Question.MISSING, "1 minute more than planned is recorded. Say why."),
        ({"minutes": 45}, Question.MISSING, "15 minutes more than planned are recorded. Say why."),
        ({"place": ""}, Question.MISSING, "The place is not recorded."),
        ({"has_data": False}, Question.MISSING, "No data are recorded. Say in words what was done."),
        (
            {"signed_on": date(2026, 12, 2)},
            Question.LATE,
            "This is 1 day later than 7 days after the session.",
        ),
        (
            {"attendance": Attendance.STUDENT_ABSENT, "has_data": False},
            Question.ABSENT,
            "30 minutes are recorded, and the entry says student absent.",
        ),
        (
            {"attendance": Attendance.STUDENT_ABSENT, "minutes": 0},
            Question.ABSENT,
            "Data are recorded for a student who is marked absent: the entry says student absent. Correct one of them.",
        ),
        ({"attendance": Attendance.PLANNED}, Question.ABSENT, "Nobody said yet whether the student came."),
    ],
)
def test_each_question_has_its_sentence_and_its_source(
    changes: dict[str, object], question: Question, sentence: str
) -> None:
    (found,) = check_claim(replace(GOOD, **changes))  # type: ignore[arg-type]
    assert (found.question, found.sentence) == (question, sentence)
    assert found.source


def test_a_missed_session_without_minutes_is_asked_only_when_it_is_late() -> None:
    missed = replace(GOOD, attendance=Attendance.STUDENT_ABSENT, minutes=0, has_data=False, mandates=[])
    assert check_claim(missed) == []
    assert [one.question for one in check_claim(replace(missed, signed_on=date(2026, 12, 20)))] == [Question.LATE]


@pytest.mark.parametrize("days, late", [(0, 0), (7, 0), (8, 1), (30, 23)])
def test_a_note_is_late_from_the_eighth_day_on(days: int, late: int) -> None:
    assert days_late(DAY, date.fromordinal(DAY.toordinal() + days), 7) == late


def test_the_stricter_of_the_workspaces_and_the_states_rule_holds_and_no_other_state_is_cited() -> None:
    assert late_rule("TX", 10) == late_rule("TX", 7)
    assert late_rule("TX", 10).source.startswith("Texas SHARS")
    assert (late_rule("TX", 3).days, late_rule("TX", 3).source) == (3, "your workspace's rule: within 3 days")
    assert (late_rule("NY", 10).days, late_rule("NY", 10).source) == (10, "your workspace's rule: within 10 days")
    assert late_rule("", 1).source == "your workspace's rule: within 1 day"
