"""Change a student's profile and plan."""

from typing import Any

import reflex as rx

from therapytrack.components.feedback import banner, not_found_panel
from therapytrack.components.islands import for_record
from therapytrack.components.layout import page_title, shell
from therapytrack.components.skeletons import form_skeleton
from therapytrack.components.student_fields import student_form
from therapytrack.state.student_form import StudentFormState

State: Any = StudentFormState


def student_edit() -> rx.Component:
    """The page /students/ID/edit."""
    refused = banner(State.problem, "warn")
    shown = rx.cond(State.form_key != "", student_form(), refused)
    return shell(
        rx.cond(
            State.ready,
            for_record(State.record, rx.cond(State.missing, not_found_panel(), shown), form_skeleton(8)),
            form_skeleton(8),
        ),
        title="Edit student",
        crumbs=[("Caseload", "/caseload"), ("Student", State.back)],
    )


PAGE = {
    "route": "/students/[student_id]/edit",
    "title": page_title("Edit student"),
    "on_load": StudentFormState.enter_edit,
}
