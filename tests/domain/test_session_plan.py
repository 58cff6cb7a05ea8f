"""The form for a new group: what it takes, and the sentence beside each field that needs another look."""

from datetime import date
from uuid import uuid4

import pytest

from therapytrack.domain.session_plan import parse_plan
from therapytrack.errors import Invalid

DAY = date(2026, 11, 25)
FORM = {"title": "Tuesday  group A", "starts": "10:00", "ends": "10:30", "place": "", "delivery": "pull_out"}


def test_a_complete_form_is_a_plan() -> None:
    student = uuid4()
    plan = parse_plan(FORM, [str(student), str(student)], DAY)
    assert (plan.title, plan.starts.minute, plan.student_ids) == ("Tuesday group A", 0, (student,))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", " "),
        ("title", "x" * 121),
        ("title", "A\0B"),
        ("title", "A\ud800B"),
        ("place", "A\u202eB"),
        ("starts", ""),
        ("starts", "25:00"),
        ("ends", "10:00"),
        ("delivery", "post"),
    ],
)
def test_each_wrong_field_gets_a_sentence(field: str, value: str) -> None:
    with pytest.raises(Invalid) as problem:
        parse_plan(FORM | {field: value}, [str(uuid4())], DAY)
    assert set(problem.value.fields) & {field, "ends"}


@pytest.mark.parametrize("chosen", [[], ["nobody"], [str(uuid4()) for _ in range(9)]])
def test_a_group_has_one_to_eight_students(chosen: list[str]) -> None:
    with pytest.raises(Invalid) as problem:
        parse_plan(FORM, chosen, DAY)
    assert list(problem.value.fields) == ["students"]
