"""Change a goal."""

import reflex as rx

from therapytrack.components.goal_fields import goal_editor, goal_form
from therapytrack.components.layout import page_title
from therapytrack.state.goal_editor import GoalEditorState


def goal_edit() -> rx.Component:
    """The page /students/ID/goals/ID/edit."""
    return goal_editor(rx.el.div(goal_form(), class_name="narrow"), "Edit goal")


PAGE = {
    "route": "/students/[student_id]/goals/[goal_id]/edit",
    "title": page_title("Edit goal"),
    "on_load": GoalEditorState.enter_edit,
}
