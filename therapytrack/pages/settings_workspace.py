"""The workspace's settings: a form for the office, the same values in words for everybody else."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import button
from therapytrack.components.feedback import banner
from therapytrack.components.forms import error_of, select_field, text_field, tick_field
from therapytrack.components.islands import FocusInvalid
from therapytrack.components.layout import page_title
from therapytrack.components.settings_parts import settings_page, who_can
from therapytrack.components.student_fields import conflict_panel
from therapytrack.domain.us_states import US_STATES
from therapytrack.state.settings_workspace import SettingsWorkspaceState

State: Any = SettingsWorkspaceState


def _given(name: str) -> dict[str, Any]:
    return {"error": error_of(State.field_errors, name), "default_value": State.fields[name]}


def _switch(name: str, label: str, meaning: str) -> rx.Component:
    return rx.el.div(
        tick_field(name, label, default_checked=State.fields[name] != "", aria_describedby=f"{name}-hint"),
        rx.el.p(meaning, class_name="s13 t2", id=f"{name}-hint"),
    )


def _fields() -> rx.Component:
    return rx.el.div(
        text_field("name", "Name", hint="It stands on reports and exports.", auto_complete="off", **_given("name")),
        select_field(
            "time_zone",
            "Time zone",
            State.zones,
            span="c6",
            **_given("time_zone"),
            hint="Days and times of everybody here.",
        ),
        select_field(
            "us_state",
            "State or territory",
            list(US_STATES.items()),
            none="Choose",
            span="c6",
            hint="Where this team works.",
            **_given("us_state"),
        ),
        _switch(
            "assistants_may_export",
            "Assistants may export session logs",
            "Only of students whom they may view and for whom they hold the right to export. Each export is logged.",
        ),
        _switch(
            "break_glass_enabled",
            "Emergency access",
            "A clinician or the office may open one student's record to read it, with a reason, for up to four hours. "
            "The owner and the case manager are told.",
        ),
        text_field(
            "alarm_students_an_hour",
            "Records opened in an hour",
            span="c6",
            input_mode="numeric",
            hint="The owner is told when one person opens more.",
            **_given("alarm_students_an_hour"),
        ),
        text_field(
            "alarm_exports_an_hour",
            "Exports in an hour",
            span="c6",
            input_mode="numeric",
            hint="The owner is told when one person makes more.",
            **_given("alarm_exports_an_hour"),
        ),
        text_field(
            "note_due_days",
            "Days to sign a note",
            span="c6",
            input_mode="numeric",
            hint="After the session. A later note is marked in the lists and asked about before it is signed.",
            **_given("note_due_days"),
        ),
        class_name="fields",
    )


def _form() -> rx.Component:
    return rx.el.form(
        banner(State.problem, "bad"),
        conflict_panel(State.conflict.theirs, State.keep_mine, State.take_theirs),
        FocusInvalid.create(errors=State.field_errors),
        rx.el.h2("Workspace"),
        _fields(),
        rx.el.div(button("Save", "check", kind="pri", type="submit"), class_name="form-foot"),
        on_submit=State.save,
        class_name="card pad-l stack",
        key=State.form_key,
        no_validate=True,
        aria_label="Workspace",
    )


def _line(one: Any) -> rx.Component:
    return rx.el.div(rx.el.dt(one[0]), rx.el.dd(one[1]))


def _words() -> rx.Component:
    return rx.el.section(
        rx.el.div(rx.el.h2("Workspace"), class_name="panel-h"),
        rx.el.dl(rx.foreach(State.lines, _line), class_name="facts"),
        rx.el.div(
            who_can("The workspace's owner and its admins can change this. Ask one of them."), class_name="pad-m"
        ),
        class_name="card clip",
        aria_label="Workspace",
    )


def _files() -> rx.Component:
    return rx.el.section(
        rx.el.div(rx.el.h2("Students' files"), class_name="panel-h"),
        rx.el.p(State.files_used, class_name="pad-m"),
        rx.cond(
            State.files_by.length() > 0,
            rx.el.dl(rx.foreach(State.files_by, _line), class_name="facts", aria_label="Files by who added them"),
            rx.fragment(),
        ),
        class_name="card clip",
        aria_label="Students' files",
    )


def settings_workspace() -> rx.Component:
    """The page /settings/workspace."""
    office = rx.el.div(_form(), rx.cond(State.files_used != "", _files(), rx.fragment()), class_name="stack")
    return settings_page("Workspace", State, State.lines.length() > 0, rx.cond(State.may_edit, office, _words()))


PAGE = {"route": "/settings/workspace", "title": page_title("Settings"), "on_load": SettingsWorkspaceState.enter}
