"""The student form: the same fields for a new student and for a change."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from therapytrack.components.buttons import button, link_button
from therapytrack.components.feedback import banner
from therapytrack.components.forms import date_field, error_of, select_field, text_field, tick_field
from therapytrack.components.islands import FocusInvalid
from therapytrack.domain.busy_form import DAYS, LINES, field_of
from therapytrack.domain.dates import school_grade_label
from therapytrack.domain.student_form import GRADES, PERIODS
from therapytrack.state.student_form import StudentFormState

State: Any = StudentFormState
GRADE_CHOICES = [(grade, school_grade_label(grade) or "None") for grade in GRADES]


def _props(name: str, span: str, optional: bool) -> dict[str, Any]:
    return {
        "error": error_of(State.field_errors, name),
        "default_value": State.fields[name],
        "span": span,
        "optional": optional,
    }


def _text(name: str, label: str, span: str = "c6", *, optional: bool = True, **more: Any) -> rx.Component:
    return text_field(name, label, **_props(name, span, optional), **more)


def _date(name: str, label: str, span: str = "c4") -> rx.Component:
    return date_field(name, label, **_props(name, span, True))


def _choice(name: str, label: str, options: Sequence[tuple[str, str]], span: str) -> rx.Component:
    return select_field(name, label, options, **_props(name, span, True))


def _group(title: str, hint: str, *fields: rx.Component) -> rx.Component:
    return rx.el.section(
        rx.el.div(rx.el.h2(title), rx.el.p(hint, class_name="t2 s13")),
        rx.el.div(*fields, class_name="fields"),
        class_name="stack",
    )


def _who() -> rx.Component:
    return _group(
        "Student",
        "A first name is enough to begin.",
        _text("given_name", "First name", optional=False, auto_complete="off"),
        _text("family_name", "Last name", auto_complete="off"),
        _text("preferred_name", "Preferred name"),
        _text("pronouns", "Pronouns", placeholder="she/her"),
        _date("birth_date", "Birth date"),
        _choice("grade", "Grade", GRADE_CHOICES, "c4"),
        _text("local_number", "Student number", "c4"),
        _text("medicaid_number", "Medicaid number", "c6", auto_complete="off"),
        _text("school", "School", "c6"),
        rx.el.div(
            tick_field(
                "ai_opt_out",
                "Never use an AI service for this student",
                default_checked=State.fields["ai_opt_out"] != "",
            ),
            rx.el.p(
                "Drafts are then put together from the data alone, whatever the workspace allows.", class_name="s13 t2"
            ),
        ),
    )


def _plan() -> rx.Component:
    return _group(
        "IEP and minutes",
        "The review is set one year after the start unless you enter another day.",
        _date("iep_starts_on", "IEP starts"),
        _date("review_due_on", "Next review due"),
        _date("reevaluation_due_on", "Re-evaluation due"),
        _text("sessions", "Sessions", "c3", input_mode="numeric"),
        _text("minutes", "Minutes each", "c3", input_mode="numeric"),
        _choice("period", "Every", list(PERIODS.items()), "c3"),
        _text("service", "Service", "c6", placeholder="Speech"),
        _text("max_group", "Largest group", "c3", input_mode="numeric", placeholder="any"),
    )


def _busy_line(line: int) -> rx.Component:
    """One line of hours; each is numbered, and none has to be filled in."""
    day, begin, end, why = (field_of(line, name) for name in ("day", "from", "to", "why"))

    def given(name: str) -> dict[str, Any]:
        return _props(name, "c3", optional=False) | {"aria_required": "false"}

    return rx.fragment(
        select_field(day, f"Day {line + 1}", list(DAYS.items()), none="None", **given(day)),
        text_field(begin, f"From {line + 1}", type="time", **given(begin)),
        text_field(end, f"To {line + 1}", type="time", **given(end)),
        text_field(why, f"Reason {line + 1}", placeholder="" if line else "Lunch", **given(why)),
    )


def _busy() -> rx.Component:
    return _group(
        "When the student cannot come",
        "Lunch, recess, band: the schedule says so when a session does not fit. Leave what you do not need empty.",
        *(_busy_line(line) for line in range(LINES)),
    )


def conflict_panel(theirs: Any, keep_mine: Any, take_theirs: Any) -> rx.Component:
    """What a colleague saved meanwhile, beside what is typed here; nothing when `theirs` is empty."""
    panel = rx.el.section(
        rx.el.h2("Saved by a colleague"),
        rx.el.pre(theirs, class_name="theirs"),
        rx.el.div(
            button("Save mine over it", kind="pri", type="submit", on_click=keep_mine),
            button("Take theirs", on_click=take_theirs),
            class_name="row wrap",
        ),
        class_name="card pad-m stack conflict",
        role="alert",
    )
    return rx.cond(theirs != "", panel, rx.fragment())


def student_form() -> rx.Component:
    """The form; everything typed stays until the server has saved it."""
    return rx.el.form(
        banner(State.problem, "bad"),
        conflict_panel(State.conflict.theirs, State.keep_mine, State.take_theirs),
        FocusInvalid.create(errors=State.field_errors),
        _who(),
        rx.el.hr(),
        _plan(),
        rx.el.hr(),
        _busy(),
        rx.el.div(
            button("Save student", "check", kind="pri", type="submit"),
            link_button("Cancel", href=State.back, kind="ghost"),
            class_name="form-foot",
        ),
        on_submit=State.save,
        class_name="card pad-l stack narrow",
        key=State.form_key,
        no_validate=True,
    )
