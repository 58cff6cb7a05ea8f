"""A goal as somebody types it: words, numbers, dates and the mastery criterion, each checked beside its field.

The parts follow the template that teams use: by a date, under a condition, a behavior, to a criterion (Southwest
Service Cooperative, "IEP goals"); IDEA asks for measurable annual goals (34 CFR 300.320(a)(2)).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from therapytrack.domain.accuracy import Measure
from therapytrack.domain.dates import long_date
from therapytrack.domain.form_fields import FieldReader
from therapytrack.domain.mastery import Comparator, MasteryCriterion, Window, WindowKind
from therapytrack.domain.points import Direction, Metric
from therapytrack.errors import Invalid

MEASURES = {
    Measure.TRIALS: "Accuracy over trials, with prompt levels",
    Measure.TALLY: "Quick tally of correct and total",
}
DIRECTIONS = {Direction.UP: "More is better", Direction.DOWN: "Less is better"}
METRICS = {Metric.INDEPENDENT: "Correct without cues", Metric.SUPPORTED: "Correct with or without cues"}
LONGEST_LABEL, LONGEST_TEXT, LONGEST_PART, LONGEST_PHASE = 80, 2000, 500, 60
MASTERY_FIELDS = {"target": "target_value", "window": "points_needed", "max_prompt_level": "max_prompt_level"}


@dataclass(frozen=True, slots=True)
class GoalForm:
    """A checked goal; percentages from 0 to 100; `mastery` as MasteryCriterion.to_dict gives it."""

    label: str
    text: str
    condition: str
    behavior: str
    criterion: str
    measure: str
    direction: str
    baseline_value: float | None
    baseline_on: date | None
    target_value: float
    target_on: date
    starts_on: date
    mastery: dict[str, Any]


def parse_goal(form: Mapping[str, str], today: date) -> GoalForm:
    """Check the fields of the goal editor. Raises Invalid naming every wrong field."""
    read = FieldReader(form)
    label = read.line("label", LONGEST_LABEL, "Give the goal a short name, for example /s/ blends, words.")
    parts = {name: read.text(name, LONGEST_PART) for name in ("condition", "behavior", "criterion")}
    measure = read.choice("measure", tuple(MEASURES), "Choose how data are taken.")
    direction = read.choice("direction", tuple(DIRECTIONS), "Choose which way is better.")
    baseline = read.percent("baseline_value")
    baseline_on = read.day("baseline_on")
    target = read.percent("target_value", required=True)
    starts_on = read.day("starts_on") or today
    target_on = read.day("target_on", "Enter the day by which the goal should be met.")
    text = read.text("text", LONGEST_TEXT)
    if not text and not parts["behavior"]:
        read.wrong.setdefault("text", "Write the goal, or at least its behavior.")
    _check_order(read, baseline, baseline_on, starts_on, target_on)
    mastery = _mastery(read, target or 0.0, direction)
    read.finish()
    if target is None or target_on is None or mastery is None:
        raise Invalid({"target_value": "Enter a percentage from 0 to 100."})
    return GoalForm(
        label=label,
        text=text or compose_text(parts, target_on),
        **parts,
        measure=measure,
        direction=direction,
        baseline_value=baseline,
        baseline_on=baseline_on,
        target_value=target,
        target_on=target_on,
        starts_on=starts_on,
        mastery=mastery.to_dict(),
    )


def _check_order(
    read: FieldReader, baseline: float | None, baseline_on: date | None, starts_on: date, target_on: date | None
) -> None:
    if baseline is not None and baseline_on is None:
        read.wrong.setdefault("baseline_on", "Enter the day of the baseline: the aim line starts there.")
    if baseline is None and baseline_on is not None:
        read.wrong.setdefault("baseline_value", "Enter the baseline in per cent, or clear its date.")
    if target_on and target_on <= starts_on:
        read.wrong.setdefault("target_on", "The target date has to be after the start.")
    if target_on and baseline_on and target_on <= baseline_on:
        read.wrong.setdefault("target_on", "The target date has to be after the baseline.")


def _mastery(read: FieldReader, target: float, direction: str) -> MasteryCriterion | None:
    needed = read.whole("points_needed", 1, 50, required=True)
    out_of = read.whole("points_out_of", 1, 50)
    trials = read.whole("min_opportunities", 1, 500)
    people = read.whole("people", 1, 20)
    level = read.whole("max_prompt_level", 1, 20)
    metric = read.choice("metric", tuple(METRICS), "Choose what counts as correct.")
    if read.wrong or needed is None:
        return None
    among = out_of or needed
    try:
        return MasteryCriterion(
            target=target,
            metric=Metric(metric),
            comparator=Comparator.AT_LEAST if direction == Direction.UP else Comparator.AT_MOST,
            min_opportunities=trials or 1,
            window=Window(WindowKind.CONSECUTIVE if among == needed else WindowKind.K_OF_N, needed, among),
            max_prompt_level=level,
            probe_only=bool(read.raw("probe_only")),
            people=people or 1,
        )
    except Invalid as error:
        read.wrong |= {MASTERY_FIELDS.get(name, name): sentence for name, sentence in error.fields.items()}
        return None


def compose_text(parts: Mapping[str, str], target_on: date) -> str:
    """The goal as one sentence from its parts."""
    words = [f"By {long_date(target_on)}", parts["condition"], f"the student will {parts['behavior']}"]
    sentence = ", ".join(part.strip().rstrip(".,") for part in words if part.strip())
    criterion = parts["criterion"].strip().rstrip(".")
    return f"{sentence} {criterion}.".replace("  ", " ") if criterion else f"{sentence}."


def fields_of(form: GoalForm) -> dict[str, str]:
    """The form as the texts of its fields."""
    criterion = MasteryCriterion.from_dict({"target": form.target_value, **form.mastery})
    window = criterion.window
    level = criterion.max_prompt_level
    return {
        "label": form.label,
        "text": form.text,
        "condition": form.condition,
        "behavior": form.behavior,
        "criterion": form.criterion,
        "measure": form.measure,
        "direction": form.direction,
        "baseline_value": _number(form.baseline_value),
        "baseline_on": form.baseline_on.isoformat() if form.baseline_on else "",
        "target_value": _number(form.target_value),
        "target_on": form.target_on.isoformat(),
        "starts_on": form.starts_on.isoformat(),
        "points_needed": str(window.k),
        "points_out_of": str(window.n) if window.n != window.k else "",
        "min_opportunities": str(criterion.min_opportunities),
        "people": str(criterion.people),
        "max_prompt_level": "" if level is None else str(level),
        "metric": criterion.metric.value,
        "probe_only": "on" if criterion.probe_only else "",
    }


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"
