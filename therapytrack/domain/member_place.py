"""A person's place in a workspace on its three axes, as a form types it and as people read it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from therapytrack.domain.form_fields import FieldReader
from therapytrack.domain.people import DISCIPLINES
from therapytrack.domain.us_states import US_STATES

CLINICAL_ROLES: Final = {
    "assistant": "Assistant",
    "clinician": "Clinician",
    "supervisor": "Supervisor",
    "reader": "Reader",
    "none": "No student records",
}
ADMIN_ROLES: Final = {"owner": "Owner", "admin": "Admin"}
CAN: Final = {
    "owner": "governs the workspace",
    "admin": "invites and manages people",
    "supervisor": "works with granted students and co-signs assistants' notes",
    "clinician": "works with granted students and adds new ones",
    "assistant": "records sessions and submits notes under a supervisor",
    "reader": "looks at granted students",
    "none": "opens no student's record",
    "billing": "sees invoices",
}
WITH_DISCIPLINE: Final = ("assistant", "clinician", "supervisor")
TICKED: Final = ("on", "true")


@dataclass(frozen=True, slots=True)
class Place:
    """Roles by their codes ("owner", "admin" or "none"; a clinical role); `until`: the last day, None for no end;
    `us_state`: whose rules hold for her work, "" for the workspace's."""

    clinical: str
    admin: str = "none"
    billing: bool = False
    discipline: str = ""
    until: date | None = None
    us_state: str = ""

    @property
    def axes(self) -> tuple[str, str, bool]:
        """What makes a role: a change of any of it is a change of role."""
        return self.clinical, self.admin, self.billing


def read_place(read: FieldReader, today: date) -> Place:
    """The place in the fields clinical, admin ("owner" or a tick), billing, discipline, until; mistakes are noted."""
    clinical = read.choice("clinical", CLINICAL_ROLES, "Choose what this person does with students.")
    discipline = read.choice("discipline", {"": "", **DISCIPLINES}, "Choose a discipline of the list.")
    if clinical in WITH_DISCIPLINE and not discipline:
        read.wrong.setdefault("discipline", "Choose the discipline: supervision goes by it.")
    until = read.day("until")
    if until is not None and until < today:
        read.deny("until", "Choose today or a later day, or leave it empty for no end.")
    admin = "owner" if read.raw("admin") == "owner" else "admin" if ticked(read, "admin") else "none"
    billing = ticked(read, "billing")
    if clinical == "none" and admin == "none" and not billing:
        read.wrong.setdefault("clinical", "Choose at least one role: without one there is nothing to open.")
    return Place(clinical, admin, billing, discipline, until)


def parse_place(form: Mapping[str, str], today: date) -> Place:
    """The place in a form, with us_state ("" for the workspace's). Raises Invalid naming every wrong field."""
    read = FieldReader(form)
    place = read_place(read, today)
    us_state = read.choice("us_state", {"": "", **US_STATES}, "Choose a state of the list.")
    read.finish()
    return replace(place, us_state=us_state)


def ticked(read: FieldReader, name: str) -> bool:
    """Whether a checkbox was on."""
    return read.raw(name).lower() in TICKED


def role_line(place: Place) -> str:
    """The roles as "Admin · Clinician · Billing"; the clinical axis is left out where it is none and another is not."""
    words = [ADMIN_ROLES[place.admin]] if place.admin in ADMIN_ROLES else []
    if place.clinical != "none":
        words.append(CLINICAL_ROLES.get(place.clinical, place.clinical))
    if place.billing:
        words.append("Billing")
    return " · ".join(words) or CLINICAL_ROLES["none"]


def can_line(place: Place) -> str:
    """What the roles allow, as a sentence: "Invites and manages people; looks at granted students."."""
    codes = [place.admin] if place.admin in ADMIN_ROLES else []
    codes += [place.clinical] + (["billing"] if place.billing else [])
    words = "; ".join(CAN[code] for code in codes if code in CAN)
    return f"{words[:1].upper()}{words[1:]}."
