"""A workspace's own words for attendance: each stands for one of the normal reasons, and says if a make-up is owed.

No federal rule says when a missed session is to be made up (docs of OSEP and ASHA judge child by child): it is the
workspace's policy, and the defaults are unverified.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from therapytrack.domain.attendance import LABELS, Attendance
from therapytrack.domain.form_fields import FieldReader
from therapytrack.errors import Invalid

LONGEST_LABEL = 60
OWED_BY_DEFAULT = (Attendance.PROVIDER_ABSENT, Attendance.PROVIDER_DUTY)
REASON_WORDS = {str(code): words for code, words in LABELS.items()}


@dataclass(frozen=True, slots=True)
class CodeForm:
    """What a code is to be; `owed`: a session that is missed with it is to be made up."""

    label: str
    reason: Attendance
    owed: bool


DEFAULT_CODES = tuple(CodeForm(words, code, code in OWED_BY_DEFAULT) for code, words in LABELS.items())


def parse_code(form: Mapping[str, str]) -> CodeForm:
    """A code from the fields label, reason, owed. Nothing is owed for a student who was present. Raises Invalid."""
    read = FieldReader(form)
    label = read.line("label", LONGEST_LABEL, "Enter the word that your team uses.")
    reason = read.choice("reason", REASON_WORDS, "Choose what it stands for.")
    if read.wrong:
        raise Invalid(read.wrong)
    return CodeForm(label, Attendance(reason), bool(read.raw("owed")) and reason != Attendance.PRESENT)
