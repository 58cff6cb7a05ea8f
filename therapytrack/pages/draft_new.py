"""Start a draft: the days it covers, all goals or one; what was drafted before."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import button, link, link_button
from therapytrack.components.feedback import banner, error_panel, not_found_panel
from therapytrack.components.forms import date_field, group_error
from therapytrack.components.islands import FocusInvalid
from therapytrack.components.layout import page_title, shell
from therapytrack.components.skeletons import form_skeleton
from therapytrack.components.status import tag
from therapytrack.state.draft_start import DraftStartState

State: Any = DraftStartState  # its attributes are the browser's variables, which types do not know


def _error(name: str) -> Any:
    return State.field_errors.get(name, "")


def _goal_choice() -> rx.Component:
    options = rx.foreach(State.goals, lambda goal: rx.el.option(goal[1], value=goal[0], key=goal[0]))
    return rx.el.div(
        rx.el.label("About", html_for="goal"),
        rx.el.select(
            rx.el.option("All goals and attendance", value=""),
            options,
            id="goal",
            name="goal",
            default_value=State.form.goal,
            class_name="input",
        ),
        class_name="field c12",
    )


def _form() -> rx.Component:
    said = rx.cond(
        State.form.asks_ai,
        "The AI service is on here. You see exactly what is sent before it leaves: no name, no number.",
        "The draft is written here from the documented data. Nothing leaves this server.",
    )
    return rx.el.form(
        FocusInvalid.create(errors=State.field_errors),
        rx.el.div(
            date_field("since", "First day", error=_error("since"), default_value=State.form.since, span="c6"),
            date_field("until", "Last day", error=_error("until"), default_value=State.form.until, span="c6"),
            _goal_choice(),
            class_name="fields",
        ),
        group_error(_error("range")),
        rx.el.p(said, class_name="t2 s13"),
        rx.el.div(
            button("Draft", "sparkles", kind="pri", type="submit"),
            link_button("Cancel", href=State.form.student_href, kind="ghost"),
            class_name="form-foot",
        ),
        on_submit=State.start,
        class_name="card pad-l stack",
        key=State.form.since,
        no_validate=True,
    )


def _earlier() -> rx.Component:
    def line(one: Any) -> rx.Component:
        return rx.el.li(link(one.period, href=one.href, class_name="link grow"), tag(one.words))

    drafts = rx.el.section(
        rx.el.h2("Your earlier drafts", class_name="panel-h"),
        rx.el.ul(rx.foreach(State.earlier, line), class_name="list"),
        class_name="card clip",
    )
    return rx.cond(State.earlier.length() > 0, drafts, rx.fragment())


def draft_new() -> rx.Component:
    """The page /students/ID/drafts/new."""
    body = rx.el.div(banner(State.problem, "bad"), _form(), _earlier(), class_name="stack narrow")
    failed = rx.cond(State.problem != "", error_panel(State.problem, State.retry), form_skeleton(3))
    return shell(
        rx.cond(State.missing, not_found_panel(), rx.cond(State.form.student != "", body, failed)),
        title="New draft",
        subtitle="From documented data only. Nothing is signed or sent by itself.",
        crumbs=[("Caseload", "/caseload"), (State.form.student, State.form.student_href), ("Draft", "")],
    )


PAGE = {
    "route": "/students/[student_id]/drafts/new",
    "title": page_title("New draft"),
    "on_load": DraftStartState.enter,
}
