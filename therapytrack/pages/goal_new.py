"""Add a goal."""

from typing import Any

import reflex as rx

from therapytrack.components.feedback import banner, not_found_panel
from therapytrack.components.goal_fields import goal_form
from therapytrack.components.islands import for_record
from therapytrack.components.layout import page_title, shell
from therapytrack.components.skeletons import form_skeleton
from therapytrack.state.goal_editor import GoalEditorState

State: Any = GoalEditorState


def goal_new() -> rx.Component:
    """The page /students/ID/goals/new."""
    form = rx.el.div(goal_form(), class_name="narrow")
    refused = banner(State.problem, "warn")
    shown = rx.cond(State.form_key != "", form, refused)
    return shell(
        banner(State.done, "good"),
        rx.cond(
            State.ready,
            for_record(State.record, rx.cond(State.missing, not_found_panel(), shown), form_skeleton(8)),
            form_skeleton(8),
        ),
        title="Add a goal",
        crumbs=[
            ("Caseload", "/caseload"),
            (rx.cond(State.student_name != "", State.student_name, "Student"), State.back),
        ],
    )


PAGE = {
    "route": "/students/[student_id]/goals/new",
    "title": page_title("Add a goal"),
    "on_load": GoalEditorState.enter_new,
}
