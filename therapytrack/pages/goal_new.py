"""Add a goal: typed, or from the goal bank with its blanks filled in."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import button, link_button
from therapytrack.components.feedback import banner
from therapytrack.components.forms import error_of, text_field
from therapytrack.components.goal_fields import goal_editor, goal_form
from therapytrack.components.islands import FocusInvalid
from therapytrack.components.layout import page_title
from therapytrack.state.goal_editor import GoalEditorState

State: Any = GoalEditorState


def _blank(one: Any) -> rx.Component:
    return text_field(
        one.field,
        one.label,
        span="c6",
        default_value=one.value,
        error=error_of(State.field_errors, one.field),
        auto_complete="off",
    )


def _blanks() -> rx.Component:
    """What a goal of the bank leaves open; the form begins with it filled in."""
    return rx.el.form(
        banner(State.problem, "bad"),
        FocusInvalid.create(errors=State.field_errors),
        rx.el.h2("Fill in the goal from the bank"),
        rx.el.p(State.blank_goal, class_name="t2"),
        rx.el.div(rx.foreach(State.blanks, _blank), class_name="fields"),
        rx.el.div(
            button("Fill in", "check", kind="pri", type="submit"),
            link_button("Back to the bank", href=State.bank_href, kind="ghost"),
            class_name="form-foot",
        ),
        on_submit=State.fill,
        class_name="card pad-l stack",
        key="blanks-" + State.form_key,
        no_validate=True,
        aria_label="Blanks",
    )


def goal_new() -> rx.Component:
    """The page /students/ID/goals/new."""
    bank = link_button("Choose from the goal bank", "library", href=State.bank_href, kind="ghost")
    form = rx.cond(State.blanks.length() > 0, _blanks(), rx.fragment(rx.el.div(bank, class_name="row"), goal_form()))
    return goal_editor(rx.el.div(form, class_name="narrow stack"), "Add a goal")


PAGE = {
    "route": "/students/[student_id]/goals/new",
    "title": page_title("Add a goal"),
    "on_load": GoalEditorState.enter_new,
}
