"""An invitation as somebody types it: an address, a place, and perhaps students with what may be done with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from therapytrack.domain.emails import normal_email
from therapytrack.domain.form_fields import FieldReader
from therapytrack.domain.ids import parse_id
from therapytrack.domain.member_place import Place, read_place, ticked
from therapytrack.errors import NotFound

MOST_STUDENTS = 500
MORE_RIGHTS = ("edit", "export", "generate")


@dataclass(frozen=True, slots=True)
class InviteForm:
    """A checked form; `rights` always hold "view" and count for every one of `students`."""

    email: str
    place: Place
    students: tuple[UUID, ...] = ()
    rights: frozenset[str] = field(default=frozenset({"view"}))


def parse_invite(form: Mapping[str, str], students: Sequence[str], today: date) -> InviteForm:
    """Check the fields of the invitation form. Raises Invalid naming every wrong field."""
    read = FieldReader(form)
    email = normal_email(read.raw("email").strip())
    if not email:
        read.wrong["email"] = "Enter an email address like name@school.org."
    place = read_place(read, today)
    chosen = _ids(read, students)
    if chosen and place.clinical == "none":
        read.deny("students", "Without a clinical role no student can be opened. Choose a role or no students.")
    read.finish()
    rights = {"view"} | {one for one in MORE_RIGHTS if ticked(read, f"right_{one}")}
    return InviteForm(email, place, chosen, frozenset(rights))


def _ids(read: FieldReader, students: Sequence[str]) -> tuple[UUID, ...]:
    if len(students) > MOST_STUDENTS:
        read.deny("students", f"Choose at most {MOST_STUDENTS} students.")
        return ()
    try:
        return tuple(dict.fromkeys(parse_id(one) for one in students))
    except NotFound:
        read.deny("students", "One of these students could not be found. Choose again.")
        return ()
