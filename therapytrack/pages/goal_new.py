"""Add a goal."""

import reflex as rx

from therapytrack.components.goal_fields import goal_editor, goal_form
from therapytrack.components.layout import page_title
from therapytrack.state.goal_editor import GoalEditorState


def goal_new() -> rx.Component:
    """The page /students/ID/goals/new."""
    return goal_editor(rx.el.div(goal_form(), class_name="narrow"), "Add a goal")


PAGE = {
    "route": "/students/[student_id]/goals/new",
    "title": page_title("Add a goal"),
    "on_load": GoalEditorState.enter_new,
}
