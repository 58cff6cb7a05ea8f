"""A goal as somebody types it: words, numbers, dates and the mastery criterion, each checked beside its field.

The parts follow the template that teams use: by a date, under a condition, a behavior, to a criterion (Southwest
Service Cooperative, "IEP goals"); IDEA asks for measurable annual goals (34 CFR 300.320(a)(2)).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from therapytrack.domain.dates import long_date
from therapytrack.domain.form_fields import FieldReader
from therapytrack.domain.goal_setup import Setup, read_setup, read_targets, setup_fields
from therapytrack.domain.mastery import Comparator, MasteryCriterion, Window, WindowKind
from therapytrack.domain.measures import METRICS as METRICS_OF
from therapytrack.domain.measures import WITH_TARGETS, Measure
from therapytrack.domain.points import Direction, Metric
from therapytrack.domain.units import UNITS, is_percent
from therapytrack.errors import Invalid

MEASURES = {
    Measure.TRIALS: "Accuracy over trials, with prompt levels",
    Measure.TALLY: "Quick tally of correct and total",
    Measure.TASK: "Task analysis, step by step",
    Measure.RATE: "Rate: times per minute, with a clock",
    Measure.FREQUENCY: "Frequency: times in a session",
    Measure.DURATION: "Duration, with a stopwatch",
    Measure.LATENCY: "Latency: time until the response",
    Measure.INTERVAL: "Intervals: partial, whole or momentary",
    Measure.RUBRIC: "Rubric with written levels",
    Measure.NARRATIVE: "Narrative: a text for each session",
}
DIRECTIONS = {Direction.UP: "More is better", Direction.DOWN: "Less is better"}
METRICS = {
    Metric.INDEPENDENT: "Correct without cues",
    Metric.SUPPORTED: "Correct with or without cues",
    Metric.MEAN_TIME: "Mean of a session",
    Metric.MEDIAN_TIME: "Median of a session",
    Metric.TOTAL_TIME: "Total of a session",
}
LONGEST_LABEL, LONGEST_TEXT, LONGEST_PART = 80, 2000, 500
TOLD = MasteryCriterion(target=0, metric=Metric.NOTHING).to_dict()
MASTERY_FIELDS = {"target": "target_value", "window": "points_needed", "max_prompt_level": "max_prompt_level"}


@dataclass(frozen=True, slots=True)
class GoalForm:
    """A checked goal; values in the unit of its measure; `mastery` as MasteryCriterion.to_dict gives it.

    `setup` and `places` as in `GoalVersion`; `targets` are the names of the targets in use.
    """

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
    setup: Setup = field(default_factory=dict)
    places: int = 0
    targets: tuple[str, ...] = ()


def parse_goal(form: Mapping[str, str], today: date) -> GoalForm:
    """Check the fields of the goal editor. Raises Invalid naming every wrong field."""
    read = FieldReader(form)
    label = read.line("label", LONGEST_LABEL, "Give the goal a short name, for example /s/ blends, words.")
    parts = {name: read.text(name, LONGEST_PART) for name in ("condition", "behavior", "criterion")}
    measure = read.choice("measure", tuple(MEASURES), "Choose how data are taken.")
    direction = read.choice("direction", tuple(DIRECTIONS), "Choose which way is better.")
    metric = read_metric(read, measure)
    unit = UNITS[metric]
    baseline = read.number("baseline_value", unit.limit, unit.sentence)
    baseline_on = read.day("baseline_on")
    told = metric is Metric.NOTHING
    target = 0.0 if told else read_target(read, direction, metric)
    starts_on = read.day("starts_on") or today
    target_on = read.day("target_on", "Enter the day by which the goal should be met.")
    text = _text(read, parts)
    _check_order(read, baseline, baseline_on, starts_on, target_on)
    setup, places = read_setup(read, measure)
    check_level(read, measure, places, target)
    targets = read_targets(read) if measure in WITH_TARGETS else ()
    mastery = TOLD if told else read_mastery(read, target or 0.0, direction, metric, read_fewest(read, measure))
    read.finish()
    if target is None or target_on is None or mastery is None:
        raise Invalid({"target_value": unit.sentence})
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
        mastery=mastery,
        setup=setup,
        places=places,
        targets=targets,
    )


def _text(read: FieldReader, parts: Mapping[str, str]) -> str:
    text = read.text("text", LONGEST_TEXT)
    if not text and not parts["behavior"]:
        read.wrong.setdefault("text", "Write the goal, or at least its behavior.")
    return text


def check_level(read: FieldReader, measure: str, places: int, target: float | None) -> None:
    """Note a target that is none of the levels of a rubric."""
    if measure == Measure.RUBRIC and places and target is not None and not 1 <= target <= places:
        read.wrong.setdefault("target_value", f"Enter a level from 1 to {places}.")


def read_target(read: FieldReader, direction: str, metric: Metric) -> float | None:
    """What is asked for, in the metric's unit; one that any data at all would meet is noted."""
    unit = UNITS[metric]
    target = read.number("target_value", unit.limit, unit.sentence, required=True)
    if direction == Direction.UP and target == 0:
        read.wrong.setdefault("target_value", "More is better, so anything meets a target of 0. Enter more.")
    elif direction == Direction.DOWN and is_percent(metric) and target == unit.limit:
        read.wrong.setdefault("target_value", "Less is better, so anything meets a target of 100%. Enter less.")
    return target


def read_metric(read: FieldReader, measure: str) -> Metric:
    """What a point is: chosen where the measure offers several, among what it offers."""
    if measure not in MEASURES:
        return Metric.INDEPENDENT
    offered = METRICS_OF[Measure(measure)]
    if len(offered) == 1:
        return offered[0]
    chosen = read.choice("metric", offered, "Choose what counts.")
    return Metric(chosen) if chosen in offered else offered[0]


def _check_order(
    read: FieldReader, baseline: float | None, baseline_on: date | None, starts_on: date, target_on: date | None
) -> None:
    if baseline is not None and baseline_on is None:
        read.wrong.setdefault("baseline_on", "Enter the day of the baseline: the aim line starts there.")
    if baseline is None and baseline_on is not None:
        read.wrong.setdefault("baseline_value", "Enter the baseline, or clear its date.")
    if target_on and target_on <= starts_on:
        read.wrong.setdefault("target_on", "The target date has to be after the start.")
    if target_on and baseline_on and target_on <= baseline_on:
        read.wrong.setdefault("target_on", "The target date has to be after the baseline.")


def read_fewest(read: FieldReader, measure: str) -> int:
    """How many trials a point needs. A task has as many opportunities as steps, and other measures have no trials."""
    trials = read.whole("min_opportunities", 1, 500)
    return trials if trials and measure in WITH_TARGETS else 1


def read_mastery(
    read: FieldReader, target: float, direction: str, metric: Metric, fewest: int
) -> dict[str, Any] | None:
    """The criterion from points_needed, points_out_of, people, settings, max_prompt_level and probe_only; None, with
    the wrong fields noted, where it makes no sense."""
    needed = read.whole("points_needed", 1, 50, required=True)
    out_of = read.whole("points_out_of", 1, 50)
    people, settings = read.whole("people", 1, 20), read.whole("settings", 1, 20)
    scale, level = _level(read)
    if read.wrong or needed is None:
        return None
    among = out_of or needed
    try:
        return MasteryCriterion(
            target=target,
            metric=metric,
            comparator=Comparator.AT_LEAST if direction == Direction.UP else Comparator.AT_MOST,
            min_opportunities=fewest,
            window=Window(WindowKind.CONSECUTIVE if among == needed else WindowKind.K_OF_N, needed, among),
            max_prompt_level=level,
            probe_only=bool(read.raw("probe_only")),
            people=people or 1,
            settings=settings or 1,
            prompt_scale=scale,
        ).to_dict()
    except Invalid as error:
        read.wrong |= {MASTERY_FIELDS.get(name, name): sentence for name, sentence in error.fields.items()}
        return None


def _level(read: FieldReader) -> tuple[int, int | None]:
    """The version of the prompt scale and the rank in it, as `level_value` writes them; (1, None) for none."""
    scale, _, rank = read.raw("max_prompt_level").rpartition("/")
    parts = FieldReader({"scale": scale or "1", "max_prompt_level": rank})
    found = parts.whole("scale", 1, 999_999) or 1, parts.whole("max_prompt_level", 1, 20)
    read.wrong |= parts.wrong
    return found


def level_value(scale: int, rank: int) -> str:
    """A level of a prompt scale as the value of a field; one of the first scale is its rank."""
    return str(rank) if scale == 1 else f"{scale}/{rank}"


def value_labels(measure: str, metric: str) -> tuple[str, str]:
    """What the fields of the baseline and the target are called."""
    offered = METRICS_OF[Measure(measure)] if measure in MEASURES else (Metric.INDEPENDENT,)
    known = Metric(metric) if metric in offered else offered[0]
    unit = "%" if is_percent(known) else f"({UNITS[known].counting})"
    return f"Baseline {unit}", f"Target {unit}"


def metric_choices(measure: str) -> list[tuple[str, str]]:
    """What can be chosen as counting, (value, words); nothing where the measure leaves no choice."""
    offered = METRICS_OF[Measure(measure)] if measure in MEASURES else ()
    return [(metric.value, METRICS[metric]) for metric in offered] if len(offered) > 1 else []


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
        "settings": str(criterion.settings),
        "max_prompt_level": "" if level is None else level_value(criterion.prompt_scale, level),
        "metric": criterion.metric.value,
        "probe_only": "on" if criterion.probe_only else "",
    } | setup_fields(form.setup, form.targets)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"
