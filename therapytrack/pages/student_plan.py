"""A student's plan of minutes: dated mandates, and when she was at which school."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import button, link_button
from therapytrack.components.feedback import banner, error_panel, not_found_panel, skeleton_rows
from therapytrack.components.forms import date_field, error_of, select_field, text_field
from therapytrack.components.islands import FocusInvalid
from therapytrack.components.layout import page_title, shell
from therapytrack.components.status import tag
from therapytrack.components.tables import cell, data_table, fold_row
from therapytrack.domain.plan_form import DELIVERY_CHOICES, SETTINGS
from therapytrack.domain.student_form import PERIODS
from therapytrack.state.student_plan import PlanState

State: Any = PlanState


def _props(name: str, span: str) -> dict[str, Any]:
    return {"error": error_of(State.field_errors, name), "default_value": State.fields[name], "span": span}


def _text(name: str, label: str, span: str = "c4", **more: Any) -> rx.Component:
    return text_field(name, label, **_props(name, span), **more)


def _line(one: Any) -> rx.Component:
    steps = rx.el.div(
        button("Change", small=True, on_click=State.edit(one.id), aria_label="Change " + one.words),
        rx.cond(
            one.kept,
            rx.fragment(),
            button(
                "Take away",
                kind="ghost",
                small=True,
                on_click=State.remove(one.id),
                aria_label="Take away " + one.words,
            ),
        ),
        class_name="row wrap",
    )
    return rx.el.li(
        rx.el.div(
            rx.el.p(one.words, class_name="b"),
            rx.el.span(one.days, class_name="sub-line"),
            rx.cond(one.more != "", rx.el.span(one.more, class_name="sub-line"), rx.fragment()),
            rx.cond(one.kept, tag("Has sessions"), rx.fragment()),
            class_name="grow",
        ),
        rx.cond(State.may_edit, steps, rx.fragment()),
        class_name="wrap",
    )


def _list(title: str, lines: Any, nothing: str, *more: rx.Component) -> rx.Component:
    listed = rx.el.ul(rx.foreach(lines, _line), class_name="list")
    return rx.el.section(
        rx.el.div(rx.el.h2(title), class_name="panel-h"),
        rx.cond(lines.length() > 0, listed, rx.el.p(nothing, class_name="pad-m t2")),
        *more,
        class_name="card clip",
        aria_label=title,
    )


def _foot(words: str) -> rx.Component:
    cancel = button("Cancel", kind="ghost", on_click=State.edit(""))
    return rx.el.div(
        button(words, "check", kind="pri", type="submit"),
        rx.cond((State.editing != "") | State.stay, cancel, rx.fragment()),
        class_name="form-foot",
    )


def _days(span: str = "c6") -> tuple[rx.Component, rx.Component]:
    return (
        date_field("starts_on", "First day", **_props("starts_on", span)),
        date_field("ends_on", "Last day", optional=True, **_props("ends_on", span)),
    )


def _mandate_form() -> rx.Component:
    return rx.el.form(
        rx.el.h2(rx.cond(State.editing != "", "Change the mandate", "Add a mandate")),
        _hidden(),
        rx.el.div(
            _text("sessions", "Sessions", "c3", input_mode="numeric"),
            _text("minutes", "Minutes each", "c3", input_mode="numeric"),
            select_field("period", "Every", list(PERIODS.items()), **_props("period", "c3")),
            select_field("setting", "Individual or group", list(SETTINGS.items()), **_props("setting", "c3")),
            _text("service", "Service", optional=True),
            _text("place", "Place", optional=True),
            select_field("delivery", "Delivery", list(DELIVERY_CHOICES.items()), **_props("delivery", "c4")),
            _text("max_group", "Largest group", "c4", optional=True, input_mode="numeric", placeholder="any"),
            *_days("c4"),
            class_name="fields",
        ),
        _foot("Save mandate"),
        on_submit=State.save_mandate,
        class_name="card pad-l stack",
        key="mandate-" + State.forms.to_string(),
        no_validate=True,
        aria_label="Mandate",
    )


def _stay_form() -> rx.Component:
    return rx.el.form(
        rx.el.h2(rx.cond(State.editing != "", "Change the enrollment", "Add an enrollment")),
        _hidden(),
        rx.el.p(
            "Nothing is owed for days on which the student is enrolled nowhere. Without any, every day counts.",
            class_name="s13 t2",
        ),
        rx.el.div(_text("school", "School", "c12"), *_days(), class_name="fields"),
        _foot("Save enrollment"),
        on_submit=State.save_stay,
        class_name="card pad-l stack",
        key="stay-" + State.forms.to_string(),
        no_validate=True,
        aria_label="Enrollment",
    )


def _hidden() -> rx.Component:
    return rx.el.input(type="hidden", name="record", value=State.editing, read_only=True)


def _difference(one: Any) -> rx.Component:
    return fold_row(
        rx.el.th(one.what, scope="row", role="rowheader"),
        cell(one.now, label="Saved now"),
        cell(one.typed, label="Typed by you"),
    )


def _both() -> rx.Component:
    """What a colleague saved beside what is typed in the form below."""
    heads = ["What", "Saved now", "Typed by you"]
    panel = rx.el.section(
        rx.el.div(rx.el.h2("Both versions"), class_name="panel-h"),
        data_table("Both versions", heads, rx.foreach(State.both, _difference), folds=True),
        rx.el.div(
            rx.el.p(
                "What you typed is still in the form. Save it to put it in place of what is saved.", class_name="grow"
            ),
            button("Keep what is saved", small=True, on_click=State.edit("")),
            class_name="pad-m row wrap",
        ),
        class_name="card clip",
        aria_label="Both versions",
    )
    return rx.cond(State.both.length() > 0, panel, rx.fragment())


def _page() -> rx.Component:
    notices = rx.el.div(
        rx.foreach(State.notices, lambda words: rx.el.p(words)), class_name="pad-m stack tight s14 soon ruled"
    )
    new = button("Add enrollment", "plus", small=True, on_click=State.edit("stay"))
    add = rx.el.div(new, class_name="pad-m ruled")
    said = rx.cond(State.notices.length() > 0, notices, rx.fragment())
    forms = rx.cond(State.stay, _stay_form(), _mandate_form())
    return rx.el.div(
        banner(State.problem, "bad"),
        banner(State.done, "good"),
        FocusInvalid.create(errors=State.field_errors),
        _list("Mandates", State.mandates, "No mandate yet.", said),
        _list("Schools", State.stays, "No enrollment is entered: every day counts.", rx.cond(State.may_edit, add, "")),
        _both(),
        rx.cond(State.may_edit, forms, rx.el.p(State.why_not, class_name="t2")),
        class_name="stack narrow",
    )


def student_plan() -> rx.Component:
    """The page /students/ID/plan."""
    href = rx.Var.create("/students/") + State.student
    minutes = link_button("Minutes", "timer", href=rx.Var.create("/minutes?student=") + State.student)
    found = shell(
        _page(),
        title="Mandates",
        subtitle=State.name,
        actions=[minutes],
        crumbs=[("Caseload", "/caseload"), (State.name, href)],
    )
    nobody = rx.cond(State.missing, not_found_panel(), error_panel(State.problem, State.retry))
    waiting = rx.el.section(skeleton_rows(4), class_name="card", key="waiting")
    other = shell(rx.cond(State.ready, nobody, waiting), title="Mandates", crumbs=[("Caseload", "/caseload")])
    return rx.cond(State.student != "", found, other)


PAGE = {"route": "/students/[student_id]/plan", "title": page_title("Student"), "on_load": PlanState.enter}
