"""The goal bank: goals for any student, with placeholders in braces where a student's own words and numbers belong."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from therapytrack.domain.form_fields import FieldReader
from therapytrack.domain.goal_form import (
    DIRECTIONS,
    LONGEST_LABEL,
    LONGEST_PART,
    MEASURES,
    TOLD,
    check_level,
    read_fewest,
    read_mastery,
    read_metric,
)
from therapytrack.domain.goal_setup import Setup, read_setup, setup_fields
from therapytrack.domain.mastery import MasteryCriterion
from therapytrack.domain.people import DISCIPLINES
from therapytrack.domain.points import Metric
from therapytrack.domain.units import UNITS
from therapytrack.errors import Invalid

GRADE_BANDS = {
    "": "Any grade",
    "prek": "Preschool",
    "k2": "Kindergarten to grade 2",
    "g35": "Grades 3 to 5",
    "g68": "Grades 6 to 8",
    "g912": "Grades 9 to 12",
    "post": "After grade 12",
}
LONGEST_AREA, LONGEST_VALUE = 60, 120
PLACEHOLDER = re.compile(r"\{([a-z][a-z ]{0,29})\}")
BRACES = "Write a placeholder as words in braces, for example {target}."
# The placeholders that are the target's number, and the student's name.
NUMBERS, STUDENT = ("percent", "number"), "student"
WORDS = ("label", "condition", "behavior", "criterion")


@dataclass(frozen=True, slots=True)
class BankForm:
    """A checked goal of the bank; `mastery`, `setup` and `places` as in `GoalVersion`."""

    label: str
    discipline: str
    area: str
    grade_band: str
    measure: str
    direction: str
    condition: str
    behavior: str
    criterion: str
    target_value: float
    mastery: dict[str, Any]
    setup: Setup = field(default_factory=dict)
    places: int = 0


def parse_bank_goal(form: Mapping[str, str]) -> BankForm:
    """Check the fields of a goal of the bank. Raises Invalid naming every wrong field."""
    read = FieldReader(form)
    label = read.line("label", LONGEST_LABEL, "Give the goal a short name.")
    discipline = read.choice("discipline", ("", *DISCIPLINES), "Choose a discipline, or any.")
    area = read.line("area", LONGEST_AREA)
    grade_band = read.choice("grade_band", tuple(GRADE_BANDS), "Choose grades, or any.")
    measure = read.choice("measure", tuple(MEASURES), "Choose how data are taken.")
    direction = read.choice("direction", tuple(DIRECTIONS), "Choose which way is better.")
    condition = read.text("condition", LONGEST_PART, "Write under which condition the student does it.")
    behavior = read.text("behavior", LONGEST_PART, "Write what the student does, so that it can be seen or counted.")
    metric = read_metric(read, measure)
    told = metric is Metric.NOTHING
    criterion = read.text("criterion", LONGEST_PART, "" if told else "Write how well, and how often.")
    target = 0.0 if told else read.number("target_value", UNITS[metric].limit, UNITS[metric].sentence, required=True)
    setup, places = read_setup(read, measure)
    check_level(read, measure, places, target)
    _check_braces(read)
    mastery = TOLD if told else read_mastery(read, target or 0.0, direction, metric, read_fewest(read, measure))
    read.finish()
    if target is None or mastery is None:
        raise Invalid({"target_value": UNITS[metric].sentence})
    return BankForm(
        label, discipline, area, grade_band, measure, direction, condition, behavior, criterion, target, mastery, setup,
        places,
    )  # fmt: skip


def _check_braces(read: FieldReader) -> None:
    for name in WORDS:
        if set("{}") & set(PLACEHOLDER.sub("", read.raw(name))):
            read.wrong.setdefault(name, BRACES)


def bank_fields(form: BankForm) -> dict[str, str]:
    """The goal as the texts of its fields; `parse_bank_goal` gives it back."""
    criterion = MasteryCriterion.from_dict({"target": form.target_value, **form.mastery})
    window = criterion.window
    return {
        "label": form.label,
        "discipline": form.discipline,
        "area": form.area,
        "grade_band": form.grade_band,
        "measure": form.measure,
        "direction": form.direction,
        "metric": criterion.metric.value,
        "condition": form.condition,
        "behavior": form.behavior,
        "criterion": form.criterion,
        "target_value": f"{form.target_value:g}",
        "points_needed": str(window.k),
        "points_out_of": str(window.n) if window.n != window.k else "",
        "min_opportunities": str(criterion.min_opportunities),
        "people": str(criterion.people),
        "settings": str(criterion.settings),
        "probe_only": "on" if criterion.probe_only else "",
    } | setup_fields(form.setup, ())


def search_words(form: BankForm) -> str:
    """The words by which the goal is found, casefolded."""
    discipline = DISCIPLINES.get(form.discipline, "")
    parts = (form.label, form.area, discipline, form.condition, form.behavior, form.criterion)
    return " ".join(parts).casefold()


def placeholders_in(form: BankForm) -> list[str]:
    """The placeholders of a goal, each once, in the order in which they are read."""
    texts = (form.label, form.condition, form.behavior, form.criterion)
    return list(dict.fromkeys(name for text in texts for name in PLACEHOLDER.findall(text)))


def first_values(form: BankForm, student: str) -> dict[str, str]:
    """What the fields of the placeholders begin with: the student's name, the number of the criterion, else nothing."""
    known = {STUDENT: student} | dict.fromkeys(NUMBERS, f"{form.target_value:g}")
    return {name: known.get(name, "") for name in placeholders_in(form)}


def fill_field(name: str) -> str:
    """The field of a placeholder."""
    return f"fill:{name.replace(' ', '_')}"


def fill(form: BankForm, typed: Mapping[str, str]) -> dict[str, str]:
    """The fields of a new goal, with what was typed in the fields of the placeholders in their places.

    A number becomes the goal's target as well. Raises Invalid for a placeholder that was left empty.
    """
    read = FieldReader(typed)
    metric = MasteryCriterion.from_dict(form.mastery).metric
    values: dict[str, str] = {}
    for name in placeholders_in(form):
        field_name = fill_field(name)
        if name in NUMBERS:
            number = read.number(field_name, UNITS[metric].limit, UNITS[metric].sentence, required=True)
            values[name] = "" if number is None else f"{number:g}"
        else:
            values[name] = read.line(field_name, LONGEST_VALUE, "Fill this in.")
    read.finish()
    fields = bank_fields(form)
    for name in WORDS:
        fields[name] = PLACEHOLDER.sub(lambda found: values[found[1]], fields[name])
    fields["label"] = fields["label"][:LONGEST_LABEL]
    if number_typed := next((values[name] for name in NUMBERS if name in values), ""):
        fields["target_value"] = number_typed
    return fields
