"""Objectives and benchmarks: steps on the way to a goal, each with a criterion and a date of its own.

Federal law asks for them where a student takes alternate assessments (34 CFR 300.320(a)(2)(ii)), and some states for
everybody. They are measured with the goal's own data, in the unit of its measure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from therapytrack.domain.dates import long_date, short_date
from therapytrack.domain.form_fields import FieldReader
from therapytrack.domain.goal_form import level_value, read_mastery, read_target
from therapytrack.domain.mastery import MasteryCriterion
from therapytrack.domain.measures import METRICS, WITH_TARGETS, Measure
from therapytrack.domain.points import Direction, Metric, Point
from therapytrack.errors import Invalid

LONGEST_OBJECTIVE = 500
MOST_OBJECTIVES = 20


@dataclass(frozen=True, slots=True)
class ObjectiveForm:
    """A checked objective; `mastery` as `MasteryCriterion.to_dict` gives it."""

    text: str
    mastery: dict[str, Any]
    target_on: date


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where an objective stands: "met", "late" (met after its date), "missed" (its date is over) or "open"."""

    mark: str
    words: str


MARKS = {"met": "Met", "late": "Met late", "missed": "Not met", "open": "Not yet"}


def parse_objective(form: Mapping[str, str], measure: str, direction: str, metric: Metric) -> ObjectiveForm:
    """Check the fields of an objective of a goal that is measured so. Raises Invalid naming every wrong field."""
    if metric is Metric.NOTHING:
        raise Invalid({"objective_text": "This goal is told in words, so there is nothing to measure a step with."})
    read = FieldReader(form)
    text = read.text("objective_text", LONGEST_OBJECTIVE, "Write what the student does by then.")
    target_on = read.day("target_on", "Enter the day by which it should be met.")
    target = read_target(read, direction, metric)
    trials = read.whole("min_opportunities", 1, 500)
    fewest = trials if trials and measure in WITH_TARGETS else 1
    mastery = read_mastery(read, target or 0.0, Direction(direction), metric, fewest)
    read.finish()
    assert mastery is not None and target_on is not None
    return ObjectiveForm(text, mastery, target_on)


def objective_fields(text: str, mastery: Mapping[str, Any], target_on: date | None) -> dict[str, str]:
    """The fields of an objective, or, without text and day, those with which a new one of that criterion begins."""
    criterion = MasteryCriterion.from_dict(mastery)
    window, level = criterion.window, criterion.max_prompt_level
    return {
        "objective_text": text,
        "target_on": target_on.isoformat() if target_on else "",
        "target_value": f"{criterion.target:g}" if text else "",
        "points_needed": str(window.k),
        "points_out_of": str(window.n) if window.n != window.k else "",
        "min_opportunities": str(criterion.min_opportunities),
        "people": str(criterion.people),
        "settings": str(criterion.settings),
        "max_prompt_level": "" if level is None else level_value(criterion.prompt_scale, level),
        "probe_only": "on" if criterion.probe_only else "",
    }


def judge(
    criterion: MasteryCriterion, target_on: date, points: Sequence[Point], today: date, since: date | None = None
) -> Verdict:
    """Hold `points` (with their phases) against an objective; `since` as in `MasteryCriterion.is_met`."""
    found = criterion.is_met(points, since)
    if found.met_on is None:
        return Verdict("missed" if today > target_on else "open", found.sentence)
    if found.met_on <= target_on:
        return Verdict("met", f"Met on {long_date(found.met_on)}.")
    return Verdict("late", f"Met on {long_date(found.met_on)}, after its date of {short_date(target_on)}.")


def fits(mastery: Mapping[str, Any], measure: str) -> bool:
    """Whether an objective can be measured with data of `measure`."""
    return mastery.get("metric") in METRICS[Measure(measure)]
