"""The settings of attendance: the workspace's own words for what happened, and when a make-up is owed."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import button
from therapytrack.components.feedback import banner
from therapytrack.components.forms import error_of, select_field, text_field, tick_field
from therapytrack.components.islands import FocusInvalid
from therapytrack.components.layout import page_title
from therapytrack.components.settings_parts import away_button, settings_page, who_can
from therapytrack.components.status import tag
from therapytrack.domain.attendance_codes import LONGEST_LABEL, REASON_WORDS
from therapytrack.state.settings_attendance import SettingsAttendanceState

State: Any = SettingsAttendanceState
OFFICE = "The workspace's owner and its admins keep these codes. Ask one of them."
POLICY = (
    "Each code stands for one of the reasons that minutes and reports count. Whether a missed session is to be made up "
    "is your team's policy: no federal rule says it, and the defaults are not checked against your state's or "
    "district's rules."
)


def _error(name: str) -> Any:
    return error_of(State.field_errors, name)


def _code(one: Any) -> rx.Component:
    away = away_button(State, one, one.label)
    change = button("Change", small=True, on_click=State.edit(one.id), aria_label="Change " + one.label)
    return rx.el.li(
        rx.el.div(
            rx.el.p(one.label, class_name="b"),
            rx.cond(one.label != one.words, rx.el.span("Counts as: ", one.words, class_name="sub-line")),
            rx.cond(one.owed, tag("Make-up owed", "info"), rx.fragment()),
            class_name="grow",
        ),
        rx.cond(one.away, tag("Put away"), rx.fragment()),
        rx.cond(State.may_edit, rx.fragment(rx.cond(one.away, rx.fragment(), change), away), rx.fragment()),
        class_name="wrap",
    )


def _codes() -> rx.Component:
    return rx.el.section(
        rx.el.div(rx.el.h2("Attendance codes"), class_name="panel-h"),
        rx.el.p(POLICY, class_name="pad-m s13 t2"),
        rx.el.ul(rx.foreach(State.lines, _code), class_name="list ruled"),
        rx.cond(State.may_edit, rx.fragment(), rx.el.div(who_can(OFFICE), class_name="pad-m ruled")),
        class_name="card clip",
        aria_label="Attendance codes",
    )


def _form() -> rx.Component:
    one = State.editing
    changing = one.id != ""
    return rx.el.form(
        rx.el.h2(rx.cond(changing, "Change " + one.label, "Add a code")),
        rx.el.div(
            text_field(
                "label", "Your team's word", span="c6", default_value=one.label, max_length=LONGEST_LABEL,
                error=_error("label"), auto_complete="off",
            ),
            select_field(
                "reason", "Counts as", list(REASON_WORDS.items()), none="Choose", span="c6",
                default_value=one.reason, error=_error("reason"),
            ),
            class_name="fields",
        ),
        tick_field(
            "owed", "A make-up is owed", default_checked=one.owed, hint="For a session that is missed with this code."
        ),
        rx.el.div(
            button(rx.cond(changing, "Save", "Add code"), kind="pri", type="submit"),
            rx.cond(changing, button("Cancel", kind="ghost", on_click=State.edit("")), rx.fragment()),
            class_name="form-foot",
        ),
        on_submit=State.save,
        class_name="card pad-l stack",
        key=State.form_key,
        no_validate=True,
        aria_label="Attendance code",
    )  # fmt: skip


def settings_attendance() -> rx.Component:
    """The page /settings/attendance."""
    content = rx.fragment(
        banner(State.problem, "bad"),
        FocusInvalid.create(errors=State.field_errors),
        _codes(),
        rx.cond(State.may_edit, _form(), rx.fragment()),
    )
    return settings_page("Attendance", State, State.loaded, content)


PAGE = {"route": "/settings/attendance", "title": page_title("Settings"), "on_load": SettingsAttendanceState.enter}
