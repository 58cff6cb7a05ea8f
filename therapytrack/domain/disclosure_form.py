"""The form of a disclosure: to whom a student's record went, why, when and what (34 CFR 99.32, 300.614)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from therapytrack.domain.form_fields import FieldReader
from therapytrack.domain.ids import parse_id
from therapytrack.errors import NotFound

LONGEST_PARTY, LONGEST_PURPOSE, LONGEST_WHAT = 200, 500, 1000


@dataclass(frozen=True, slots=True)
class DisclosureForm:
    """A checked entry; `corrects_id` names the entry that it puts right, None for a new one."""

    party: str
    purpose: str
    disclosed_on: date
    what: str
    corrects_id: UUID | None


def parse_disclosure(form: Mapping[str, str], today: date) -> DisclosureForm:
    """Read the form. Raises Invalid with a sentence for each wrong field."""
    read = FieldReader(form)
    party = read.line("party", LONGEST_PARTY, "Enter who received the record: person or organization.")
    purpose = read.line("purpose", LONGEST_PURPOSE, "Enter the purpose, or the interest that allows it.")
    day = read.day("disclosed_on", "Enter the day on which it was disclosed.")
    if day and day > today:
        read.wrong["disclosed_on"] = "This day is still to come. Enter it when it has happened."
    what = read.text("what", LONGEST_WHAT, "Enter what was disclosed, for example: progress summary, Sep to Nov.")
    corrects = _corrected(read)
    read.finish()
    assert day
    return DisclosureForm(party, purpose, day, what, corrects)


def _corrected(read: FieldReader) -> UUID | None:
    if not read.raw("corrects"):
        return None
    try:
        return parse_id(read.raw("corrects"))
    except NotFound:
        read.wrong["corrects"] = "Choose the entry that this one puts right, or none."
        return None
