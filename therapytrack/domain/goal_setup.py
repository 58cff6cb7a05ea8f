"""What a goal's measure needs to know besides its target: intervals, the steps of a task, the levels of a rubric."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from therapytrack.domain.form_fields import FieldReader
from therapytrack.domain.measures import Measure
from therapytrack.domain.names import problem_with, tidy
from therapytrack.domain.taps import MOST_PLACES
from therapytrack.errors import Invalid

INTERVAL_KINDS: Final = {
    "partial": "Partial: it happened at any time in the interval",
    "whole": "Whole: it lasted the whole interval",
    "momentary": "Momentary: it happens as the interval ends",
}
MOST_STEPS, MOST_LEVELS, MOST_TARGETS = 40, 10, 60
LONGEST_STEP, LONGEST_LEVEL, LONGEST_DEFINITION, LONGEST_TARGET = 120, 40, 300, 60
LONGEST_LIST = 8000

Setup = dict[str, Any]


def read_setup(read: FieldReader, measure: str) -> tuple[Setup, int]:
    """The setup of `measure` and its number of places (steps or levels, 0 for none); wrong fields are noted."""
    if measure == Measure.INTERVAL:
        return _intervals(read), 0
    if measure == Measure.TASK:
        steps = _steps(read)
        return {"steps": steps}, len(steps)
    if measure == Measure.RUBRIC:
        levels = _levels(read)
        return {"levels": levels}, len(levels)
    return {}, 0


def _intervals(read: FieldReader) -> Setup:
    kind = read.choice("interval_kind", tuple(INTERVAL_KINDS), "Choose what an interval has to show.")
    seconds = read.whole("interval_seconds", 3, 600, required=True)
    number = read.whole("interval_number", 1, 200, required=True)
    return {"kind": kind, "seconds": seconds, "intervals": number}


def _steps(read: FieldReader) -> list[str]:
    steps = _lines(read, "steps", LONGEST_STEP)
    if not 1 <= len(steps) <= MOST_STEPS:
        read.wrong.setdefault("steps", f"Write the steps, one a line: 1 to {MOST_STEPS}.")
    return steps


def _levels(read: FieldReader) -> list[list[str]]:
    """ "Name: definition" a line, the lowest level first."""
    lines = _lines(read, "levels", LONGEST_LEVEL + LONGEST_DEFINITION)
    parts = [[part.strip() for part in line.partition(":")[::2]] for line in lines]
    if not 2 <= len(parts) <= MOST_LEVELS:
        read.wrong.setdefault("levels", f"Write the levels, one a line, the lowest first: 2 to {MOST_LEVELS}.")
    elif not all(name and definition for name, definition in parts):
        read.wrong.setdefault("levels", "Give each level a name and, after a colon, what it means.")
    elif any(len(name) > LONGEST_LEVEL for name, _ in parts):
        read.wrong.setdefault("levels", f"Use at most {LONGEST_LEVEL} characters for the name of a level.")
    return parts


def read_targets(read: FieldReader) -> tuple[str, ...]:
    """The words or sounds that are worked on, one a line, each once."""
    names = tuple(dict.fromkeys(_lines(read, "targets", LONGEST_TARGET)))
    if len(names) > MOST_TARGETS:
        read.wrong.setdefault("targets", f"Use at most {MOST_TARGETS} targets.")
    return names


def _lines(read: FieldReader, field: str, longest: int) -> list[str]:
    lines = [line for line in map(tidy, read.text(field, LONGEST_LIST).splitlines()) if line]
    if sentence := next((found for line in lines if (found := problem_with(line, longest))), ""):
        read.wrong.setdefault(field, sentence)
    return lines


def merged_targets(stored: Sequence[Mapping[str, Any]], names: Iterable[str]) -> list[dict[str, Any]]:
    """`stored` with exactly `names` in use: a target keeps its number for good, because marks name it by that.

    Raises Invalid when there were too many over the years for a mark to name the next.
    """
    wanted = list(names)
    known = [{"name": one["name"], "away": one["name"] not in wanted} for one in stored]
    fresh = [name for name in wanted if name not in {one["name"] for one in known}]
    if len(known) + len(fresh) > MOST_PLACES:
        raise Invalid({"targets": f"A goal keeps at most {MOST_PLACES} targets, old ones too. Begin a new goal."})
    return known + [{"name": name, "away": False} for name in fresh]


def targets_in_use(stored: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The names of the targets that are worked on now."""
    return tuple(one["name"] for one in stored if not one["away"])


def setup_fields(setup: Setup, targets: Sequence[str]) -> dict[str, str]:
    """The setup as the texts of its fields."""
    return {
        "interval_kind": setup.get("kind", "partial"),
        "interval_seconds": str(setup.get("seconds", 10)),
        "interval_number": str(setup.get("intervals", 30)),
        "steps": "\n".join(setup.get("steps", ())),
        "levels": "\n".join(f"{name}: {definition}" for name, definition in setup.get("levels", ())),
        "targets": "\n".join(targets),
    }
