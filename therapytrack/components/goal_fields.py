"""The goal editor's fields: words, how data are taken, dates and the mastery criterion."""

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Any

import reflex as rx

from therapytrack.components.buttons import button, link_button
from therapytrack.components.feedback import banner, not_found_panel
from therapytrack.components.forms import date_field, error_of, select_field, text_area, text_field, tick_field
from therapytrack.components.islands import FocusInvalid, for_record
from therapytrack.components.layout import shell
from therapytrack.components.skeletons import form_skeleton
from therapytrack.components.student_fields import conflict_panel
from therapytrack.domain.goal_form import DIRECTIONS, MEASURES
from therapytrack.domain.goal_setup import INTERVAL_KINDS
from therapytrack.domain.measures import WITH_TARGETS, Measure
from therapytrack.state.goal_editor import GoalEditorState

State: Any = GoalEditorState


def _props(name: str, span: str, optional: bool) -> dict[str, Any]:
    return {
        "error": error_of(State.field_errors, name),
        "default_value": State.fields[name],
        "span": span,
        "optional": optional,
    }


def _text(name: str, label: str, span: str, *, optional: bool = False, **more: Any) -> rx.Component:
    return text_field(name, label, **_props(name, span, optional), **more)


def _area(name: str, label: str, span: str = "", *, optional: bool = True, **more: Any) -> rx.Component:
    return text_area(name, label, **_props(name, span, optional), **more)


def _date(name: str, label: str, *, optional: bool = False) -> rx.Component:
    return date_field(name, label, **_props(name, "c3", optional))


def _choice(name: str, label: str, options: Mapping[Any, str], span: str, **more: Any) -> rx.Component:
    choices = [(str(value), words) for value, words in options.items()]
    return select_field(name, label, choices, **_props(name, span, False), **more)


def _words() -> rx.Component:
    return rx.el.div(
        _text("label", "Short name", "", placeholder="/s/ blends, words", auto_complete="off"),
        _area("condition", "Condition", "c4", placeholder="given picture cards"),
        _area("behavior", "Behavior", "c4", placeholder="produce /s/ blends in words"),
        _area("criterion", "Criterion", "c4", placeholder="with 80% accuracy across 3 probes"),
        _area(
            "text",
            "Goal",
            "",
            hint="Leave it empty to have it put together from the three parts.",
            placeholder="By May 28, …",
        ),
        class_name="fields",
    )


def _measures(*measures: Measure) -> Any:
    """Whether data are taken in one of these ways."""
    chosen = [State.measure == measure.value for measure in measures]
    return reduce(or_, chosen)


def _told() -> Any:
    return _measures(Measure.NARRATIVE)


def _setup() -> rx.Component:
    """What the chosen way of taking data needs to know."""
    lines: dict[str, Any] = {"optional": False, "rows": 5}
    intervals = rx.el.div(
        _choice("interval_kind", "An interval counts", INTERVAL_KINDS, "c6"),
        _text("interval_seconds", "Seconds each", "c3", input_mode="numeric"),
        _text("interval_number", "Intervals", "c3", input_mode="numeric"),
        class_name="fields",
    )
    steps = _area("steps", "Steps", hint="One a line, in their order.", placeholder="Turns on the water", **lines)
    levels = _area(
        "levels",
        "Levels",
        hint="One a line, the lowest first: its name, a colon, what it means.",
        placeholder="Emerging: tries with a full model",
        **lines,
    )
    targets = _area(
        "targets",
        "Targets",
        "",
        hint="Words or sounds, one a line: each mark then says at which of them it was made.",
        placeholder="sun",
    )
    return rx.fragment(
        rx.cond(_measures(Measure.INTERVAL), intervals, rx.fragment()),
        rx.cond(_measures(Measure.TASK), steps, rx.fragment()),
        rx.cond(_measures(Measure.RUBRIC), levels, rx.fragment()),
        rx.cond(_measures(*WITH_TARGETS), targets, rx.fragment()),
    )


def _numbers() -> rx.Component:
    measure = _choice("measure", "Data", MEASURES, "c6", on_change=State.choose_measure)
    values = rx.fragment(
        _text("baseline_value", State.baseline_label, "c3", optional=True, input_mode="decimal"),
        _date("baseline_on", "Baseline on", optional=True),
        _text("target_value", State.target_label, "c3", input_mode="decimal"),
    )
    return rx.el.div(
        measure,
        _choice("direction", "Direction", DIRECTIONS, "c6"),
        _setup(),
        rx.cond(_told(), rx.fragment(), values),
        _date("target_on", "Target date"),
        _date("starts_on", "Goal starts"),
        class_name="fields",
    )


def _mastery() -> rx.Component:
    changed = State.choose_metric
    trials = _text("min_opportunities", "Trials each, at least", "c3", optional=True, input_mode="numeric")
    counts = select_field("metric", "What counts", State.metrics, on_change=changed, **_props("metric", "c6", False))
    return rx.el.div(
        rx.cond(State.metrics.length() > 0, counts, rx.fragment()),
        _text("points_needed", "Points needed", "c3", input_mode="numeric"),
        _text("points_out_of", "Out of", "c3", optional=True, input_mode="numeric", placeholder="in a row"),
        rx.cond(_measures(*WITH_TARGETS), trials, rx.fragment()),
        _text(
            "people",
            "Different people",
            "c6",
            optional=True,
            input_mode="numeric",
            hint="How many people must have recorded the data, so that it does not hang on one.",
        ),
        _text(
            "settings",
            "Different settings",
            "c6",
            optional=True,
            input_mode="numeric",
            hint="In how many places the sessions must have been. A session without a place counts in none.",
        ),
        rx.cond(_measures(*WITH_TARGETS, Measure.TASK), _highest_level(), rx.fragment()),
        tick_field(
            "probe_only",
            "Probes only",
            hint="Practice, where help is given as it comes, then neither counts nor breaks a run.",
            default_checked=State.fields["probe_only"] != "",
        ),
        class_name="fields",
    )


def _highest_level() -> rx.Component:
    return select_field(
        "max_prompt_level",
        "Highest prompt level",
        State.levels,
        none="Any",
        hint="Matters where correct with cues counts: a point with more help than this does not.",
        **_props("max_prompt_level", "c6", True),
    )


def goal_form() -> rx.Component:
    """The form; everything typed stays until the server has saved it."""
    versions = rx.cond(
        State.has_data,
        banner(
            "Data were taken under this wording. Your change becomes a new version; the old one stays with its data."
        ),
        rx.fragment(),
    )
    return rx.el.form(
        banner(State.problem, "bad"),
        conflict_panel(State.conflict.theirs, State.keep_mine, State.take_theirs),
        FocusInvalid.create(errors=State.field_errors),
        versions,
        rx.el.section(rx.el.h2("Words"), _words(), class_name="stack"),
        rx.el.hr(),
        rx.el.section(rx.el.h2("Data and dates"), _numbers(), class_name="stack"),
        rx.cond(
            _told(),
            rx.fragment(),
            rx.el.section(rx.el.hr(), rx.el.h2("When it counts as met"), _mastery(), class_name="stack"),
        ),
        rx.el.div(
            button("Save goal", "check", kind="pri", type="submit"),
            link_button("Cancel", href=State.back, kind="ghost"),
            class_name="form-foot",
        ),
        on_submit=State.save,
        class_name="card pad-l stack",
        key=State.form_key,
        no_validate=True,
    )


def goal_editor(form: rx.Component, title: str) -> rx.Component:
    """The page around `form`: for the record in the address alone, else what is known of why there is none."""
    shown = rx.cond(State.form_key != "", form, banner(State.problem, "warn"))
    found = for_record(State.record, rx.cond(State.missing, not_found_panel(), shown), form_skeleton(8))
    student = rx.cond(State.student_name != "", State.student_name, "Student")
    steps = link_button("Objectives, stages and events", "list_checks", href=State.plan, kind="ghost")
    return shell(
        banner(State.done, "good"),
        rx.cond(State.ready, found, form_skeleton(8)),
        title=title,
        actions=[rx.cond(State.plan != "", steps, rx.fragment())],
        crumbs=[("Caseload", "/caseload"), (student, State.back)],
    )
