"""The settings of progress reports: reporting periods, and sets of progress codes."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import button
from therapytrack.components.dialog import dialog, first
from therapytrack.components.feedback import banner
from therapytrack.components.forms import date_field, error_of, text_area, text_field, tick_field
from therapytrack.components.islands import FocusInvalid
from therapytrack.components.layout import page_title
from therapytrack.components.settings_parts import settings_page, who_can
from therapytrack.components.status import tag
from therapytrack.domain.progress_codes import LONGEST_NAME, LONGEST_SOURCE, SUGGESTED_FOR
from therapytrack.state.settings_reports import SettingsReportsState

State: Any = SettingsReportsState
OFFICE = "The workspace's owner and its admins keep these. Ask one of them."
REMOVING = "It goes from Reports and from Today. Only a period without any report can be removed."
DEFAULTS = (
    "Codes differ by state and district. The sets that come with the product are defaults that nobody has checked "
    "against your own rules; mark a set as checked once somebody has."
)
HOW = "One code a line, as in “C = Goal met | met”. After the bar: what the data must say for it to be suggested."


def _error(name: str) -> Any:
    return error_of(State.field_errors, name)


def _period(one: Any) -> rx.Component:
    change = button("Change", small=True, on_click=State.edit_period(one.id), aria_label="Change " + one.name)
    remove = button(
        "Remove", kind="ghost", small=True, on_click=State.ask_remove(one.id), aria_label="Remove " + one.name
    )
    return rx.el.li(
        rx.el.div(rx.el.p(one.name, class_name="b"), rx.el.span(one.days, class_name="sub-line"), class_name="grow"),
        rx.cond(State.may_edit, rx.el.div(change, remove, class_name="row"), rx.fragment()),
        class_name="wrap",
    )


def _periods() -> rx.Component:
    none = rx.el.p("No period yet.", class_name="pad-m t2")
    return rx.el.section(
        rx.el.div(rx.el.h2("Reporting periods"), class_name="panel-h"),
        rx.cond(
            State.periods.length() > 0, rx.el.ul(rx.foreach(State.periods, _period), class_name="list ruled"), none
        ),
        rx.cond(State.may_edit, rx.fragment(), rx.el.div(who_can(OFFICE), class_name="pad-m ruled")),
        class_name="card clip",
        aria_label="Reporting periods",
    )


def _removing() -> rx.Component:
    """The question before a period is removed."""
    one = State.removing
    acts = rx.el.div(
        button("Remove", "trash_2", kind="danger", on_click=State.remove_period(one.id)),
        button("Cancel", on_click=State.ask_remove(""), custom_attrs=first()),
        class_name="form-foot",
    )
    return dialog(
        "Remove " + one.name + "?",
        rx.el.div(banner(State.problem, "bad"), class_name="said"),
        rx.el.div(rx.el.p(one.days), rx.el.p(REMOVING), acts, class_name="pad-m stack"),
        on_shut=State.ask_remove(""),
    )


def _period_form() -> rx.Component:
    one = State.editing
    changing = one.id != ""
    return rx.el.form(
        rx.el.h2(rx.cond(changing, "Change " + one.name, "Add a period")),
        rx.el.div(
            text_field("name", "Name", span="c6", default_value=one.name, max_length=80, error=_error("name")),
            date_field("due_on", "Reports are due", span="c6", default_value=one.due_on, error=_error("due_on")),
            date_field("first_on", "First day", span="c6", default_value=one.first_on, error=_error("first_on")),
            date_field("last_on", "Last day", span="c6", default_value=one.last_on, error=_error("last_on")),
            class_name="fields",
        ),
        rx.el.div(
            button(rx.cond(changing, "Save", "Add period"), kind="pri", type="submit"),
            rx.cond(changing, button("Cancel", kind="ghost", on_click=State.edit_period("")), rx.fragment()),
            class_name="form-foot",
        ),
        on_submit=State.save_period,
        class_name="card pad-l stack",
        key=State.period_key,
        no_validate=True,
        aria_label="Reporting period",
    )


def _set(one: Any) -> rx.Component:
    use = rx.cond(
        one.in_use,
        rx.fragment(),
        button("Use this set", small=True, on_click=State.use_set(one.id), aria_label="Use " + one.name),
    )
    change = button("Change", small=True, on_click=State.edit_set(one.id), aria_label="Change " + one.name)
    return rx.el.li(
        rx.el.div(
            rx.el.p(one.title, class_name="b"),
            rx.el.ul(rx.foreach(one.codes, lambda line: rx.el.li(line)), class_name="s14"),
            rx.cond(one.source != "", rx.el.span("Source: ", one.source, class_name="sub-line"), rx.fragment()),
            class_name="grow",
        ),
        rx.cond(one.in_use, tag("In use", "good"), rx.fragment()),
        rx.cond(one.verified, tag("Checked", "info"), tag("Unverified default", "warn")),
        rx.cond(State.may_edit, rx.fragment(change, use), rx.fragment()),
        class_name="wrap",
    )


def _sets() -> rx.Component:
    return rx.el.section(
        rx.el.div(rx.el.h2("Progress codes"), class_name="panel-h"),
        rx.el.p(DEFAULTS, class_name="pad-m s13 t2"),
        rx.el.ul(rx.foreach(State.sets, _set), class_name="list t-invites ruled"),
        class_name="card clip",
        aria_label="Progress codes",
    )


def _set_form() -> rx.Component:
    one = State.changing
    changing = one.id != ""
    words = [rx.el.li(rx.el.code(key), ": ", meaning) for key, meaning in SUGGESTED_FOR.items() if key]
    return rx.el.form(
        rx.el.h2(rx.cond(changing, "New version of " + one.name, "Add a set")),
        text_field(
            "set_name", "Name of the set", default_value=one.name, max_length=LONGEST_NAME, error=_error("set_name"),
            read_only=changing,
        ),
        text_area("codes", "Codes", hint=HOW, rows=7, default_value=one.lines, error=_error("codes")),
        rx.el.ul(*words, class_name="s13 t2"),
        text_field(
            "source", "Source", optional=True, default_value=one.source, max_length=LONGEST_SOURCE,
            error=_error("source"),
        ),
        tick_field("verified", "We have checked this set against its source", default_checked=one.verified),
        rx.el.div(
            button(rx.cond(changing, "Save as a new version", "Add set"), kind="pri", type="submit"),
            rx.cond(changing, button("Cancel", kind="ghost", on_click=State.edit_set("")), rx.fragment()),
            class_name="form-foot",
        ),
        on_submit=State.save_set,
        class_name="card pad-l stack",
        key=State.set_key,
        no_validate=True,
        aria_label="Set of progress codes",
    )  # fmt: skip


def settings_reports() -> rx.Component:
    """The page /settings/reports."""
    content = rx.fragment(
        banner(State.problem, "bad"),
        FocusInvalid.create(errors=State.field_errors),
        _periods(),
        rx.cond(State.may_edit, _period_form(), rx.fragment()),
        _sets(),
        rx.cond(State.may_edit, _set_form(), rx.fragment()),
        rx.cond(State.removing.id != "", _removing(), rx.fragment()),
    )
    return settings_page("Reports", State, State.loaded, content)


PAGE = {"route": "/settings/reports", "title": page_title("Settings"), "on_load": SettingsReportsState.enter}
