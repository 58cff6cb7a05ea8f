"""What a Medicaid service log says: the federal minimum, and what a state or a district adds.

CMS's guide of 2023 (p. 91) asks for the date, the recipient, the Medicaid number, the provider agency and person, the
nature, extent or units, and the place. Start and stop times, signatures and others are additions of states: they are
columns that a workspace chooses. None of it is checked against a payer's rules.
"""

from dataclasses import dataclass

from therapytrack.domain.names import problem_with, tidy
from therapytrack.errors import Invalid

MINIMUM = (
    "Date", "Recipient", "Medicaid number", "Provider agency", "Provider", "Service", "Minutes", "Place",
)  # fmt: skip
KNOWN = (
    "Birth date", "Student number", "Starts", "Ends", "Came", "Left", "Delivery", "Individual or group", "Group size",
    "Credential", "Note", "Note status", "Signed on", "Makes up",
)  # fmt: skip
MOST, LONGEST_COLUMN, LONGEST_TEXT = 40, 60, 200


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the workspace's own: one of KNOWN, or a `fixed` text under a name."""

    name: str
    fixed: str | None = None


def columns_in(stored: str) -> list[Column]:
    """The columns of a workspace, a line each: "Starts", or "Agency NPI = 1234567890"."""
    return [_column(line) for line in stored.splitlines() if line.strip()]


def _column(line: str) -> Column:
    name, equals, fixed = line.partition("=")
    return Column(tidy(name), tidy(fixed) if equals else None)


def parse_columns(text: str) -> str:
    """What somebody typed, as it is stored. Raises Invalid for a line that is neither known nor has a text."""
    found = columns_in(text)
    names = [one.name.casefold() for one in found]
    known = {one.casefold(): one for one in KNOWN}
    for one in found:
        if one.fixed is None and one.name.casefold() not in known:
            raise _wrong(f"“{one.name[:LONGEST_COLUMN]}” is not known. Write “{one.name[:LONGEST_COLUMN]} = its text”.")
        if not one.name or problem_with(one.name, LONGEST_COLUMN) or problem_with(one.fixed or "", LONGEST_TEXT):
            raise _wrong(f"A column's name has at most {LONGEST_COLUMN} signs, and its text {LONGEST_TEXT}.")
        if one.name in MINIMUM or names.count(one.name.casefold()) > 1:
            raise _wrong(f"“{one.name}” is in the log already. Leave it out.")
    if len(found) > MOST:
        raise _wrong(f"Use at most {MOST} columns.")
    lines = [known[one.name.casefold()] if one.fixed is None else f"{one.name} = {one.fixed}" for one in found]
    return "\n".join(lines)


def _wrong(sentence: str) -> Invalid:
    return Invalid({"columns": sentence})
