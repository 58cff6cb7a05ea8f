"""The goal bank as a file, CSV or JSON, written and read: the same columns, and nothing is lost on the way back.

A file is read whole or not at all: everything that is wrong is said by row and column.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from therapytrack.domain.goal_bank import BankForm, bank_fields, parse_bank_goal
from therapytrack.domain.goal_form import MEASURES
from therapytrack.domain.measures import METRICS, Measure
from therapytrack.errors import Invalid

COLUMNS = {
    "name": "label",
    "discipline": "discipline",
    "area": "area",
    "grade band": "grade_band",
    "data": "measure",
    "direction": "direction",
    "what counts": "metric",
    "condition": "condition",
    "behavior": "behavior",
    "criterion": "criterion",
    "target": "target_value",
    "points needed": "points_needed",
    "out of": "points_out_of",
    "trials each": "min_opportunities",
    "people": "people",
    "settings": "settings",
    "probes only": "probe_only",
    "interval kind": "interval_kind",
    "interval seconds": "interval_seconds",
    "intervals": "interval_number",
    "steps": "steps",
    "levels": "levels",
}
NAMES = {field: column for column, field in COLUMNS.items()}
NEEDED = ("name", "data", "condition", "behavior")
# What a file may leave out, with what is then meant.
DEFAULTS = {"direction": "up", "points_needed": "3", "probe_only": "yes"}
FORMAT = "therapytrack goal bank"
LARGEST_FILE, MOST_ROWS, MOST_PROBLEMS = 1_000_000, 2000, 8
# A cell that a spreadsheet could take for a formula was written behind one apostrophe more.
GUARDED = re.compile("'+[\\s\u200b-\u200f\u2060\ufeff]*[=+\\-@\uff1d\uff0b\uff0d\uff20\\t\\r\\n]")
NOT_TEXT = "This file is not text in UTF-8. Save it as “CSV UTF-8” or as JSON, and choose it again."
EMPTY = "There is no goal in this file. Its first row names the columns, and each row after it is a goal."
BROKEN = "Row {row}: this cannot be read as CSV. Look for a quotation mark that is not closed."
NOT_JSON = "This file is neither the CSV nor the JSON of a goal bank. Save one from the bank to see how it looks."
TWICE = "Something in this file has two values under one name. Take one of them out."
TOO_MANY = f"There are more than {MOST_ROWS:,} goals in this file. Divide it."


@dataclass(frozen=True, slots=True)
class BankRead:
    """The goals of a file in their order, or the sentence that says what is wrong with it."""

    goals: tuple[BankForm, ...] = ()
    problem: str = ""


def csv_rows(goals: Iterable[BankForm]) -> Iterator[list[str]]:
    """The cells of each goal, in the order of COLUMNS; guard them against formulas when they are written."""
    for goal in goals:
        yield [f"'{text}" if GUARDED.match(text) else text for text in _texts(goal).values()]


def json_text(goals: Iterable[BankForm]) -> str:
    """The goals as JSON, with the columns of the CSV as keys."""
    return json.dumps({"format": FORMAT, "goals": [_texts(one) for one in goals]}, ensure_ascii=False, indent=1)


def _texts(goal: BankForm) -> dict[str, str]:
    fields = bank_fields(goal)
    shown = {column: fields[field] for column, field in COLUMNS.items()}
    if goal.measure != "interval":
        shown |= dict.fromkeys(("interval kind", "interval seconds", "intervals"), "")
    return shown | {"probes only": "yes" if fields["probe_only"] else "no"}


def read_bank_file(data: bytes) -> BankRead:
    """Read a file of at most LARGEST_FILE bytes. Never raises: whatever is wrong becomes the sentence."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return BankRead(problem=NOT_TEXT)
    try:
        rows = _json_rows(text) if text.lstrip()[:1] in ("{", "[") else _csv_rows(text)
    except Invalid as error:
        return BankRead(problem=error.fields["file"])
    if not rows or len(rows) > MOST_ROWS:
        return BankRead(problem=TOO_MANY if rows else EMPTY)
    return _checked(rows)


def _checked(rows: list[tuple[str, dict[str, str]]]) -> BankRead:
    goals: list[BankForm] = []
    problems: list[str] = []
    for place, row in rows:
        fields = {COLUMNS[column]: text for column, text in row.items()}
        try:
            goals.append(parse_bank_goal(_meant(fields)))
        except Invalid as error:
            problems += [f"{place}, {NAMES.get(name, name)}: {said}" for name, said in error.fields.items()]
    if not problems:
        return BankRead(tuple(goals))
    more = len(problems) - MOST_PROBLEMS
    told = problems[:MOST_PROBLEMS] + ([f"And {more} more."] if more > 0 else [])
    return BankRead(problem=" ".join(told))


def _meant(fields: Mapping[str, str]) -> dict[str, str]:
    """The fields with what a file may leave out."""
    meant = DEFAULTS | {name: text.strip() for name, text in fields.items() if text.strip()}
    for name in ("discipline", "grade_band", "measure", "direction", "metric"):
        meant[name] = meant.get(name, "").lower()
    if not meant["metric"] and meant["measure"] in MEASURES:
        meant["metric"] = METRICS[Measure(meant["measure"])][0].value
    yes = meant["probe_only"].lower() in ("yes", "true", "on", "1")
    return meant | {"probe_only": "on" if yes else ""}


def _csv_rows(text: str) -> list[tuple[str, dict[str, str]]]:
    if not text.strip():
        return []
    head = text.partition("\n")[0]
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=";" if ";" in head and "," not in head else ",", strict=True
    )
    rows: list[tuple[str, dict[str, str]]] = []
    number = 0
    try:
        columns = _columns(next(reader, []))
        for number, cells in enumerate(reader, start=2):
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > len(columns):
                raise Invalid({"file": f"Row {number}: there are {len(cells)} cells, and {len(columns)} columns."})
            plain = [cell[1:] if GUARDED.match(cell) else cell for cell in cells]
            rows.append((f"Row {number}", dict(zip(columns, plain, strict=False))))
    except csv.Error:
        raise Invalid({"file": BROKEN.format(row=number + 1)}) from None
    return rows


def _columns(cells: list[str]) -> list[str]:
    columns = [cell.strip().lower() for cell in cells]
    for column in columns:
        if column not in COLUMNS:
            raise Invalid({"file": f"Row 1: “{column[:40]}” is no column of a goal bank."})
        if columns.count(column) > 1:
            raise Invalid({"file": f"Row 1: the column “{column}” is there twice."})
    for column in NEEDED:
        if column not in columns:
            raise Invalid({"file": f"Row 1: the column “{column}” is missing."})
    return columns


def _json_rows(text: str) -> list[tuple[str, dict[str, str]]]:
    try:
        found = json.loads(text, object_pairs_hook=_each_once)
    except (ValueError, RecursionError):
        raise Invalid({"file": NOT_JSON}) from None
    goals = found.get("goals") if isinstance(found, dict) and found.get("format") == FORMAT else None
    if not isinstance(goals, list):
        raise Invalid({"file": NOT_JSON})
    return [(f"Goal {number}", _json_row(number, goal)) for number, goal in enumerate(goals, start=1)]


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object of the file. Raises Invalid for a name that is there twice: the first value would be lost."""
    names = dict(pairs)
    if len(names) < len(pairs):
        raise Invalid({"file": TWICE})
    return names


def _json_row(number: int, goal: object) -> dict[str, str]:
    if not isinstance(goal, dict):
        raise Invalid({"file": f"Goal {number}: it has no columns."})
    for column, value in goal.items():
        if column not in COLUMNS:
            raise Invalid({"file": f"Goal {number}: “{str(column)[:40]}” is no column of a goal bank."})
        if not isinstance(value, str | int | float):
            raise Invalid({"file": f"Goal {number}, {column}: write it as text."})
    return {column: str(value) for column, value in goal.items()}
