"""Change a goal, its phases and its status."""

from typing import Any

import reflex as rx

from therapytrack.components.feedback import banner, not_found_panel
from therapytrack.components.goal_fields import goal_form, phases_panel
from therapytrack.components.islands import for_record
from therapytrack.components.layout import page_title, shell
from therapytrack.components.skeletons import form_skeleton
from therapytrack.state.goal_editor import GoalEditorState

State: Any = GoalEditorState


def goal_edit() -> rx.Component:
    """The page /students/ID/goals/ID/edit."""
    form = rx.el.div(goal_form(), phases_panel(), class_name="split")
    refused = banner(State.problem, "warn")
    shown = rx.cond(State.form_key != "", form, refused)
    return shell(
        banner(State.done, "good"),
        rx.cond(
            State.ready,
            for_record(State.record, rx.cond(State.missing, not_found_panel(), shown), form_skeleton(8)),
            form_skeleton(8),
        ),
        title="Edit goal",
        crumbs=[
            ("Caseload", "/caseload"),
            (rx.cond(State.student_name != "", State.student_name, "Student"), State.back),
        ],
    )


PAGE = {
    "route": "/students/[student_id]/goals/[goal_id]/edit",
    "title": page_title("Edit goal"),
    "on_load": GoalEditorState.enter_edit,
}
