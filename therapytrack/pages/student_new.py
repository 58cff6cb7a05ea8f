"""Add a student."""

from typing import Any

import reflex as rx

from therapytrack.components.feedback import banner
from therapytrack.components.layout import page_title, shell
from therapytrack.components.skeletons import form_skeleton
from therapytrack.components.student_fields import student_form
from therapytrack.state.student_form import StudentFormState

State: Any = StudentFormState


def student_new() -> rx.Component:
    """The page /students/new."""
    return shell(
        rx.cond(
            State.ready, rx.cond(State.form_key != "", student_form(), banner(State.problem, "warn")), form_skeleton(8)
        ),
        title="Add a student",
        subtitle="You become the case manager.",
        crumbs=[("Caseload", "/caseload")],
    )


PAGE = {"route": "/students/new", "title": page_title("Add a student"), "on_load": StudentFormState.enter_new}
