"""What a Medicaid service log says: the federal minimum, times, goals and progress, and what a workspace adds.

CMS's guide of 2023 (p. 91) asks for the date, the recipient, the Medicaid number, the provider agency and person, the
nature, extent or units, and the place. Start and stop times, goals, progress and signatures are additions of states:
the first three are in each log, because most ask for them; others are columns that a workspace chooses. What auditors
found missing or wrong in claims (OIG on North Carolina and on Boston) is named in a column of its own. None of it is
checked against a payer's rules.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from therapytrack.domain.actual_times import minutes_between
from therapytrack.domain.dates import long_date
from therapytrack.domain.names import problem_with, tidy
from therapytrack.errors import Invalid

MINIMUM = (
    "Date", "Recipient", "Medicaid number", "Provider agency", "Provider", "Service", "Minutes", "Place",
)  # fmt: skip
BESIDE = ("Planned start", "Planned end", "Actual start", "Actual end", "Goals", "Progress")
CHECK = "To check"
KNOWN = (
    "Units", "Birth date", "Student number", "Came", "Left", "Delivery", "Individual or group", "Group size",
    "Credential", "Note", "Note status", "Signed on", "Makes up",
)  # fmt: skip
# Columns that were once chosen and are in each log now.
NOW_BESIDE = ("starts", "ends")
UNIT, FIRST_UNIT = 15, 8
TAKEN = frozenset(one.casefold() for one in (*MINIMUM, *BESIDE, CHECK))
MOST, LONGEST_COLUMN, LONGEST_TEXT = 40, 60, 200


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the workspace's own: one of KNOWN, or a `fixed` text under a name."""

    name: str
    fixed: str | None = None


def columns_in(stored: str) -> list[Column]:
    """The columns of a workspace, a line each: "Units", or "Agency NPI = 1234567890"."""
    found = (_column(line) for line in stored.splitlines() if line.strip())
    return [one for one in found if one.fixed is not None or one.name.casefold() not in NOW_BESIDE]


def _column(line: str) -> Column:
    name, equals, fixed = line.partition("=")
    return Column(tidy(name), tidy(fixed) if equals else None)


def heads(own: Sequence[Column]) -> tuple[str, ...]:
    """The log's columns in their order."""
    return (*MINIMUM, *BESIDE, *(one.name for one in own), CHECK)


def units(minutes: int) -> int:
    """Timed units of a service: 8 to 22 minutes are one, 23 to 37 two, and so on; under 8 there is none."""
    return (minutes + UNIT - FIRST_UNIT) // UNIT


@dataclass(frozen=True, slots=True)
class Service:
    """What the check of one service looks at. `began`, `ended`: None where the app was not told; `ieps`: from when an
    IEP holds and when its review is due; `closed`: why there was no school on the day, "" when there was."""

    day: date
    minutes: int
    medicaid_number: str
    place: str
    credential: str
    began: datetime | None
    ended: datetime | None
    goals: int
    signed: bool
    mandated: bool
    ieps: Sequence[tuple[date, date]]
    closed: str


def to_check(one: Service) -> str:
    """What of a service is missing, or unlike what else is known: "" where nothing is."""
    timed = one.began is not None and one.ended is not None
    passed = minutes_between(one.began, one.ended) if one.began and one.ended else 0
    found = (
        ("no Medicaid number", not one.medicaid_number),
        ("no place", not one.place),
        ("the provider has no credential", not one.credential),
        ("no actual start and end", not timed),
        (f"{one.minutes} minutes, but {passed} from start to end", timed and passed != one.minutes),
        ("no goal with data", not one.goals),
        ("the note is not signed", not one.signed),
        ("no mandate on this day", not one.mandated),
        (_iep_words(one), True),
        (f"no school: {one.closed}", bool(one.closed)),
    )
    return "; ".join(words for words, wrong in found if wrong and words)


def _iep_words(one: Service) -> str:
    begun = [due for starts, due in one.ieps if starts <= one.day]
    if not begun:
        return "no IEP on this day"
    return "" if max(begun) >= one.day else f"the review of the IEP was due {long_date(max(begun))}"


def parse_columns(text: str) -> str:
    """What somebody typed, as it is stored. Raises Invalid for a line that is neither known nor has a text."""
    if sum(not line.isspace() for line in text.splitlines()) > MOST:
        raise _wrong(f"Use at most {MOST} columns.")
    found = columns_in(text)
    names = [one.name.casefold() for one in found]
    known = {one.casefold(): one for one in KNOWN}
    for one in found:
        if one.fixed is None and one.name.casefold() not in known:
            raise _wrong(f"“{one.name[:LONGEST_COLUMN]}” is not known. Write “{one.name[:LONGEST_COLUMN]} = its text”.")
        if not one.name or problem_with(one.name, LONGEST_COLUMN) or problem_with(one.fixed or "", LONGEST_TEXT):
            raise _wrong(f"A column's name has at most {LONGEST_COLUMN} signs, and its text {LONGEST_TEXT}.")
        if one.name.casefold() in TAKEN or names.count(one.name.casefold()) > 1:
            raise _wrong(f"“{one.name}” is in the log already. Leave it out.")
    lines = [known[one.name.casefold()] if one.fixed is None else f"{one.name} = {one.fixed}" for one in found]
    return "\n".join(lines)


def _wrong(sentence: str) -> Invalid:
    return Invalid({"columns": sentence})
