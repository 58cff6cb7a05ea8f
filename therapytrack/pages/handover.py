"""Hand over a caseload: who to whom and from when; first what would move and stay, then the act, then the result."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import button, link_button
from therapytrack.components.feedback import banner, error_panel
from therapytrack.components.forms import date_field, error_of, group_error, select_field, text_field
from therapytrack.components.islands import FocusInvalid
from therapytrack.components.layout import page_title, shell
from therapytrack.components.skeletons import form_skeleton
from therapytrack.domain.access_form import LONGEST_FINISH
from therapytrack.state.handover import HandoverState

State: Any = HandoverState


def _form() -> rx.Component:
    errors = State.field_errors

    def person(name: str, label: str) -> rx.Component:
        return select_field(name, label, State.choices, none="Choose", error=error_of(errors, name), span="c6")

    return rx.el.form(
        FocusInvalid.create(errors=errors),
        rx.el.div(
            person("of", "Caseload of"),
            person("to", "Goes to"),
            date_field(
                "starts_on",
                "First day of the new clinician",
                error=error_of(errors, "starts_on"),
                hint="Empty: at once.",
                optional=True,
                span="c6",
            ),
            text_field(
                "finish_days",
                "Days to finish what is unsigned",
                error=error_of(errors, "finish_days"),
                hint=f"At most {LONGEST_FINISH}; for students with unsigned notes only.",
                default_value=State.days,
                input_mode="numeric",
                span="c6",
            ),
            class_name="fields",
        ),
        group_error(error_of(errors, "students")),
        rx.el.div(button("Check", "list_checks", type="submit"), class_name="form-foot"),
        on_submit=State.check,
        key=State.form_key,
        no_validate=True,
        class_name="card pad-l stack",
        aria_label="Hand over a caseload",
    )


def _lines(title: str, lines: Any) -> rx.Component:
    listed = rx.el.ul(rx.foreach(lines, lambda words: rx.el.li(words)), class_name="stack tight s14")
    return rx.cond(lines.length() > 0, rx.el.div(rx.el.h3(title), listed, class_name="stack tight"), rx.fragment())


def _told() -> rx.Component:
    title = rx.cond(State.done, "Handed over", "What this does")
    confirm = button("Hand over", "check", kind="pri", on_click=State.confirm)
    again = rx.el.div(
        button("Another one", on_click=State.begin_again),
        link_button("Student access", href="/team/access", kind="ghost"),
        class_name="row",
    )
    shown = rx.el.section(
        rx.el.h2(title),
        _lines("Moves", State.moving),
        _lines("Stays", State.staying),
        rx.foreach(State.warned, lambda words: rx.el.p(words, class_name="soon s14")),
        rx.cond(State.done, again, rx.el.div(confirm)),
        class_name="card pad-l stack",
        role="status",
        aria_label="What moves and what stays",
    )
    return rx.cond((State.moving.length() > 0) | (State.staying.length() > 0), shown, rx.fragment())


def handover() -> rx.Component:
    """The page /team/handover."""
    failed = (State.problem != "") & (State.choices.length() == 0)
    content = rx.el.div(banner(State.problem, "bad"), _form(), _told(), class_name="stack narrow")
    shown = rx.cond(failed, error_panel(State.problem, State.retry), content)
    return shell(
        rx.cond(State.ready, shown, form_skeleton(4)),
        active="team",
        title="Hand over a caseload",
        subtitle="Rights, planned sessions and case management go over; signed records stay as they are.",
        crumbs=[("Team", "/team"), ("Student access", "/team/access")],
    )


PAGE = {"route": "/team/handover", "title": page_title("Hand over a caseload"), "on_load": HandoverState.enter}
