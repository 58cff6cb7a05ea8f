"""Emergency access: who, why, and what it means; one student, to look at, for four hours."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import button
from therapytrack.components.feedback import banner, empty_state
from therapytrack.components.forms import error_of, text_area, text_field
from therapytrack.components.islands import FocusInvalid
from therapytrack.components.layout import page_title, shell
from therapytrack.components.skeletons import form_skeleton
from therapytrack.domain.access_form import LONGEST_REASON, SHORTEST_REASON
from therapytrack.state.emergency import EmergencyState

State: Any = EmergencyState
MEANS = (
    "You can look at one student's record for four hours, and change nothing.",
    "The owner and the student's case manager are told at once; your reason stands on her page of access.",
    "It can be used twice within 24 hours. Every page you open is logged.",
)


def _find() -> rx.Component:
    return rx.el.form(
        FocusInvalid.create(errors=State.field_errors),
        text_field(
            "who",
            "Student's full name or number",
            error=error_of(State.field_errors, "who"),
            hint="Exactly as in the record. There is no list to choose from.",
            auto_complete="off",
        ),
        rx.el.div(button("Find", "search", type="submit"), class_name="form-foot"),
        on_submit=State.find,
        no_validate=True,
        class_name="card pad-l stack",
        aria_label="Find the student",
    )


def _open() -> rx.Component:
    return rx.el.form(
        rx.el.h2(State.name),
        FocusInvalid.create(errors=State.field_errors),
        text_area(
            "reason",
            "Why this cannot wait",
            error=error_of(State.field_errors, "reason"),
            hint=f"At least {SHORTEST_REASON} characters. The owner and the case manager read it.",
            max_length=LONGEST_REASON,
        ),
        rx.el.div(button("Open the record", "lock_open", kind="danger", type="submit"), class_name="form-foot"),
        on_submit=State.break_glass,
        no_validate=True,
        class_name="card pad-l stack",
        aria_label="Open the record",
    )


def emergency() -> rx.Component:
    """The page /emergency."""
    means = rx.el.ul(*[rx.el.li(sentence) for sentence in MEANS], class_name="stack tight s14 t2")
    content = rx.el.div(
        banner(State.problem, "bad"), means, _find(), rx.cond(State.name != "", _open(), ""), class_name="stack narrow"
    )
    closed = rx.el.div(
        empty_state("Your role does not include this", "Ask the workspace's owner for access to the student."),
        class_name="card",
    )
    shown = rx.cond(State.may_break_glass, content, closed)
    return shell(
        rx.cond(State.ready, shown, rx.el.div(means, form_skeleton(1), class_name="stack narrow", key="waiting")),
        active="",
        title="Emergency access",
        subtitle="For a student whom you have no right to view, when it cannot wait.",
    )


PAGE = {"route": "/emergency", "title": page_title("Emergency access"), "on_load": EmergencyState.enter}
