"""A session as somebody plans it on a form: checked, with a sentence beside each field that needs another look."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from therapytrack.domain.form_fields import FieldReader
from therapytrack.errors import Invalid

LONGEST_TITLE = 120
LARGEST_GROUP = 8
DELIVERIES = {
    "pull_out": "Pull-out",
    "push_in": "Push-in",
    "consult": "Consult",
    "telepractice": "Telepractice",
}


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """When, where and with whom; `starts` and `ends` on the workspace's clock, on the same day."""

    title: str
    held_on: date
    starts: time
    ends: time
    place: str
    delivery: str
    student_ids: tuple[UUID, ...]


def parse_plan(form: Mapping[str, str], student_ids: Sequence[str], held_on: date) -> SessionPlan:
    """A plan from the fields title, starts, ends (HH:MM), place, delivery. Raises Invalid naming every wrong field."""
    read = FieldReader(form)
    wrong = read.wrong
    title = read.line("title", LONGEST_TITLE, "Give the group a name, for example Tuesday group A.")
    starts, ends = _time(form.get("starts", "")), _time(form.get("ends", ""))
    if starts is None:
        wrong["starts"] = "Enter a time, for example 10:00."
    if ends is None:
        wrong["ends"] = "Enter a time, for example 10:30."
    if starts and ends and ends <= starts:
        wrong["ends"] = "Choose an end after the start."
    place = read.line("place", LONGEST_TITLE)
    if form.get("delivery", "") not in DELIVERIES:
        wrong["delivery"] = "Choose how the service is given."
    students = _students(student_ids, wrong)
    if wrong or starts is None or ends is None:
        raise Invalid(wrong)
    return SessionPlan(title, held_on, starts, ends, place, form["delivery"], students)


def _students(chosen: Sequence[str], wrong: dict[str, str]) -> tuple[UUID, ...]:
    try:
        students = tuple(dict.fromkeys(UUID(one) for one in chosen))
    except ValueError:
        students = ()
    if not students:
        wrong["students"] = "Choose at least one student."
    elif len(students) > LARGEST_GROUP:
        wrong["students"] = f"A group can have at most {LARGEST_GROUP} students."
    return students


def _time(text: str) -> time | None:
    try:
        return time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        return None
