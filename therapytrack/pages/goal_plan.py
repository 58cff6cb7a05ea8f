"""A goal's plan: objectives on the way to it, and the stages of its life with their dates."""

from functools import partial
from typing import Any

import reflex as rx

from therapytrack.components.buttons import button, link_button
from therapytrack.components.feedback import banner, error_panel, not_found_panel
from therapytrack.components.forms import date_field, error_of, select_field, text_area, text_field, tick_field
from therapytrack.components.goal_events import HAPPENED, event_entry, event_panel_foot
from therapytrack.components.goal_plan_form import entry_form
from therapytrack.components.icons import icon
from therapytrack.components.islands import FocusInvalid, for_record
from therapytrack.components.layout import page_title, shell
from therapytrack.components.settings_parts import who_can
from therapytrack.components.skeletons import form_skeleton
from therapytrack.components.status import tag
from therapytrack.domain.life_cycle import LONGEST_NOTE, LONGEST_WHY, STAGES
from therapytrack.domain.objectives import LONGEST_OBJECTIVE
from therapytrack.state.goal_plan import GoalPlanState

State: Any = GoalPlanState
LIFE = (
    "Each stage is a line of the chart, where the data path breaks. An entry is never changed: it is corrected by "
    "another one, or withdrawn, and stays here to be read with the reason."
)
STEPS = (
    "Steps on the way to the goal, measured with the goal's own data and judged as the data come. An objective that is "
    "corrected or withdrawn stays here to be read."
)


def _error(name: str) -> Any:
    return error_of(State.field_errors, name)


def _why(of: str) -> rx.Component:
    return text_field(
        "why",
        "Why it is corrected",
        hint=f"It stays beside the {of} as it was.",
        error=_error("why"),
        max_length=LONGEST_WHY,
        auto_complete="off",
    )


def _withdrawing(one: Any) -> rx.Component:
    """The form that asks for the reason, in the place of the entry's buttons."""
    return rx.el.form(
        rx.el.input(type="hidden", name="entry", value=one.id, read_only=True),
        text_field(
            "why", "Why it is withdrawn", error=_error("why"), max_length=LONGEST_WHY, auto_complete="off",
            auto_focus=True,
        ),
        rx.el.div(
            button("Withdraw", kind="danger", small=True, type="submit"),
            button("Keep", kind="ghost", small=True, on_click=State.leave_out("")),
            class_name="row",
        ),
        on_submit=State.withdraw,
        no_validate=True,
        class_name="stack grow",
        aria_label="Withdraw " + one.name,
    )  # fmt: skip


def _entry(one: Any, edit: Any) -> rx.Component:
    """A stage or an objective; `edit` is the handler that begins to correct it."""
    acts = rx.el.div(
        button("Correct", small=True, on_click=edit(one.id), aria_label="Correct " + one.name),
        button(
            "Withdraw", kind="ghost", small=True, on_click=State.leave_out(one.id), aria_label="Withdraw " + one.name
        ),
        class_name="row",
    )
    open_to = State.head.may_edit & (one.gone == "")
    asked = rx.cond(State.leaving.id == one.id, _withdrawing(one), acts)
    return rx.el.li(
        rx.el.div(
            rx.cond(one.gone != "", rx.el.s(one.name), rx.el.span(one.name, class_name="b")),
            rx.el.span(one.detail, class_name="sub-line"),
            rx.cond(one.words != "", rx.el.p(one.words, class_name="s14"), rx.fragment()),
            rx.el.span(one.entered, class_name="sub-line"),
            rx.cond(one.gone != "", rx.el.span(one.gone, class_name="sub-line"), rx.fragment()),
            class_name="grow",
        ),
        rx.cond(one.mark != "", tag(one.mark, one.tone), rx.fragment()),
        rx.cond(one.gone != "", tag("Withdrawn"), rx.fragment()),
        rx.cond(open_to, asked, rx.fragment()),
        key=one.id,
        class_name="wrap",
    )


def _offer() -> rx.Component:
    asked = rx.el.div(
        icon("circle_check", 18),
        rx.el.span(State.head.offer, class_name="grow"),
        button("Mark as mastered", kind="pri", small=True, on_click=State.mark_mastered),
        class_name="banner good",
        role="status",
    )
    return rx.cond(State.head.offer != "", asked, rx.fragment())


def _stage_form() -> rx.Component:
    fields, correcting = State.stage_fields, State.stage.id != ""
    parts = [
        select_field(
            "stage", "Stage", [(one.value, words) for one, words in STAGES.items()], span="c4",
            default_value=fields["stage"], error=_error("stage"),
        ),
        date_field("stage_on", "Begins on", span="c4", default_value=fields["stage_on"], error=_error("stage_on")),
        text_field(
            "stage_note", "What changes", span="c4", optional=True, default_value=fields["stage_note"],
            error=_error("stage_note"), max_length=LONGEST_NOTE, auto_complete="off",
            placeholder="picture schedule",
        ),
        rx.cond(correcting, _why("entry"), rx.fragment()),
    ]  # fmt: skip
    heading = rx.cond(correcting, "Correct " + State.stage.name, "Begin a stage")
    return entry_form("Stage", State.stage, heading, parts, "Begin stage", State.edit_stage, State.save_stage)


def _number(name: str, label: Any, span: str, *, optional: bool = True, **more: Any) -> rx.Component:
    return text_field(
        name,
        label,
        span=span,
        optional=optional,
        default_value=State.objective_fields[name],
        error=_error(name),
        **({"input_mode": "numeric"} | more),
    )


def _criterion() -> list[rx.Component]:
    fields = State.objective_fields
    level = select_field(
        "max_prompt_level", "Highest prompt level", State.levels, none="Any", span="c6", optional=True,
        default_value=fields["max_prompt_level"], error=_error("max_prompt_level"),
    )  # fmt: skip
    probes = tick_field("probe_only", "Probes only", default_checked=fields["probe_only"] != "")
    return [
        _number("target_value", State.head.target_label, "c3", optional=False, input_mode="decimal"),
        date_field("target_on", "By", span="c3", default_value=fields["target_on"], error=_error("target_on")),
        _number("points_needed", "Points needed", "c3", optional=False),
        _number("points_out_of", "Out of", "c3", placeholder="in a row"),
        rx.cond(State.head.trials, _number("min_opportunities", "Trials each, at least", "c3"), rx.fragment()),
        _number("people", "Different people", "c3"),
        _number("settings", "Different settings", "c3"),
        rx.cond(State.head.trials, level, rx.fragment()),
        probes,
    ]


def _objective_form() -> rx.Component:
    fields, correcting = State.objective_fields, State.objective.id != ""
    parts = [
        text_area(
            "objective_text", "Objective", default_value=fields["objective_text"], error=_error("objective_text"),
            max_length=LONGEST_OBJECTIVE, placeholder="produce /s/ blends in single words", rows=2,
        ),
        *_criterion(),
        rx.cond(correcting, _why("objective"), rx.fragment()),
    ]  # fmt: skip
    heading = rx.cond(correcting, "Correct the objective", "Add an objective or benchmark")
    return entry_form(
        "Objective", State.objective, heading, parts, "Add objective", State.edit_objective, State.save_objective
    )


def _panel(title: str, meaning: str, entries: Any, entry: Any, nothing: str, form: rx.Component) -> rx.Component:
    listed = rx.el.ul(rx.foreach(entries, entry), class_name="list t-invites ruled")
    return rx.el.section(
        rx.el.div(rx.el.h2(title), class_name="panel-h"),
        rx.el.p(meaning, class_name="pad-m s13 t2"),
        rx.cond(entries.length() > 0, listed, rx.el.p(nothing, class_name="pad-m t2 ruled")),
        rx.cond(State.head.may_edit, form, rx.fragment()),
        class_name="card clip",
        aria_label=title,
    )


def _plan() -> rx.Component:
    told = rx.el.p(
        "This goal is told in words, so there is nothing to measure a step with.", class_name="pad-m t2 ruled"
    )
    return rx.el.div(
        banner(State.problem, "bad"),
        banner(rx.cond(State.can_undo, "", State.done), "good"),
        FocusInvalid.create(errors=State.field_errors),
        _offer(),
        rx.el.div(
            rx.el.p(State.head.text, class_name="goal-text"),
            rx.cond(State.head.criterion != "", rx.el.p(State.head.criterion, class_name="t2 s14"), rx.fragment()),
            rx.cond(State.head.may_edit, rx.fragment(), who_can(State.head.why_not)),
            class_name="stack tight",
        ),
        _panel(
            "Objectives and benchmarks", STEPS, State.objectives, partial(_entry, edit=State.edit_objective),
            "No objectives.", rx.cond(State.head.measured, _objective_form(), told),
        ),
        _panel(
            "Stages of the goal", LIFE, State.stages, partial(_entry, edit=State.edit_stage), "No stage was entered.",
            _stage_form(),
        ),
        _panel("Events", HAPPENED, State.events, event_entry, "No events.", event_panel_foot()),
        class_name="stack",
    )  # fmt: skip


def goal_plan() -> rx.Component:
    """The page /students/[student_id]/goals/[goal_id]/plan."""
    head = State.head
    crumbs = [("Caseload", "/caseload"), (head.student, State.student_href), (head.label, State.goal_href)]
    chart = link_button("Chart", "chart_line", href=State.goal_href)
    found = shell(_plan(), title="Objectives, stages and events", subtitle=head.label, actions=[chart], crumbs=crumbs)
    waiting = _other(form_skeleton(6))
    failed = _other(error_panel(State.problem, State.enter))
    known = rx.cond(State.missing, _other(not_found_panel()), rx.cond(head.label != "", found, failed))
    return for_record(State.goal_href, rx.cond(State.ready, known, waiting), waiting)


def _other(content: rx.Component) -> rx.Component:
    return shell(content, title="Objectives, stages and events", crumbs=[("Caseload", "/caseload")])


PAGE = {
    "route": "/students/[student_id]/goals/[goal_id]/plan",
    "title": page_title("Objectives, stages and events"),
    "on_load": GoalPlanState.enter,
}
