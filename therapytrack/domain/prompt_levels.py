"""A workspace's prompt scale as somebody types it: one level a line, the least help first, each with its definition."""

from collections.abc import Iterable, Mapping

from therapytrack.domain.form_fields import FieldReader
from therapytrack.domain.names import problem_with, tidy
from therapytrack.errors import Invalid

LONGEST_NAME, LONGEST_DEFINITION, MOST_LEVELS = 60, 500, 9
LONGEST_SCALE = MOST_LEVELS * (LONGEST_NAME + LONGEST_DEFINITION + 4)

Level = tuple[str, str]


def parse_levels(form: Mapping[str, str]) -> list[Level]:
    """(name, definition) of each level from the field `levels`. Raises Invalid."""
    read = FieldReader(form)
    lines = [line for line in map(tidy, read.text("levels", LONGEST_SCALE).splitlines()) if line]
    levels = [(name.strip(), definition.strip()) for name, _, definition in (line.partition(":") for line in lines)]
    if sentence := _problem(levels):
        read.wrong.setdefault("levels", sentence)
    if read.wrong:
        raise Invalid(read.wrong)
    return levels


def _problem(levels: list[Level]) -> str:
    """What is wrong with the first wrong level, "" when nothing is."""
    if not 1 <= len(levels) <= MOST_LEVELS:
        return f"Write 1 to {MOST_LEVELS} levels, one a line, the least help first."
    if not all(name and definition for name, definition in levels):
        return "Give each level a name and, after a colon, what it means."
    if len({name.casefold() for name, _ in levels}) < len(levels):
        return "Two levels have the same name."
    checks = ((part, longest) for level in levels for part, longest in zip(level, LENGTHS, strict=True))
    return next((found for part, longest in checks if (found := problem_with(part, longest))), "")


LENGTHS = (LONGEST_NAME, LONGEST_DEFINITION)


def levels_text(levels: Iterable[Level]) -> str:
    """The levels as the text of the field."""
    return "\n".join(f"{name}: {definition}" for name, definition in levels)
