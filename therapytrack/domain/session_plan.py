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
    "indirect": "Indirect",
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
    hours = parse_hours(read)
    place = read.line("place", LONGEST_TITLE)
    if form.get("delivery", "") not in DELIVERIES:
        wrong["delivery"] = "Choose how the service is given."
    students = parse_students(student_ids, wrong)
    if wrong or hours is None:
        raise Invalid(wrong)
    return SessionPlan(title, held_on, *hours, place, form["delivery"], students)


def parse_hours(read: FieldReader) -> tuple[time, time] | None:
    """The fields starts and ends, on the same day; None, with sentences in `read.wrong`, when they are not right."""
    starts = read.clock("starts", "Enter a time, for example 10:00.")
    ends = read.clock("ends", "Enter a time, for example 10:30.")
    if starts is None or ends is None:
        return None
    if ends <= starts:
        read.wrong["ends"] = "Choose an end after the start. A session ends on the day on which it begins."
        return None
    return starts, ends


def parse_students(chosen: Sequence[str], wrong: dict[str, str]) -> tuple[UUID, ...]:
    """The students of a session, each once; without one, or with too many, the sentence is put into `wrong`."""
    try:
        students = tuple(dict.fromkeys(UUID(one) for one in chosen))
    except ValueError:
        students = ()
    if not students:
        wrong["students"] = "Choose at least one student."
    elif len(students) > LARGEST_GROUP:
        wrong["students"] = f"A group can have at most {LARGEST_GROUP} students."
    return students
