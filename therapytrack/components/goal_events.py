"""The outside events on a student's charts: the list, the form, and the way back after one was taken off."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import button
from therapytrack.components.forms import date_field, error_of, text_field, tick_field
from therapytrack.components.goal_plan_form import entry_form
from therapytrack.domain.outside_events import LONGEST_EVENT
from therapytrack.state.goal_plan import GoalPlanState

State: Any = GoalPlanState
HAPPENED = (
    "What happened outside of teaching, such as new hearing aids or another classroom: a dotted line on every chart of "
    "the student, at which the data path does not break. The words stand in reports and printed charts too, which "
    "families read."
)


def event_entry(one: Any) -> rx.Component:
    """An event in the list, with its buttons."""
    acts = rx.el.div(
        button("Correct", small=True, on_click=State.edit_event(one.id), aria_label="Correct " + one.name),
        button(
            "Remove", kind="ghost", small=True, on_click=State.remove_event(one.id), aria_label="Remove " + one.name
        ),
        class_name="row",
    )
    return rx.el.li(
        rx.el.div(
            rx.el.span(one.name, class_name="b"),
            rx.el.span(one.detail, class_name="sub-line"),
            rx.el.span(one.entered, class_name="sub-line"),
            class_name="grow",
        ),
        rx.cond(State.head.may_edit, acts, rx.fragment()),
        key=one.id,
        class_name="wrap",
    )


def event_form() -> rx.Component:
    """The fields of an event, new or to be corrected."""
    fields, correcting = State.event_fields, State.event.id != ""
    parts = [
        text_field(
            "event_text", "What happened", span="c6", default_value=fields["event_text"],
            error=error_of(State.field_errors, "event_text"), max_length=LONGEST_EVENT, auto_complete="off",
            placeholder="New hearing aids",
        ),
        date_field(
            "event_on", "On", span="c4", default_value=fields["event_on"],
            error=error_of(State.field_errors, "event_on"),
        ),
        tick_field("event_here", "On this goal's chart only", default_checked=fields["event_here"] != ""),
    ]  # fmt: skip
    heading = rx.cond(correcting, "Correct " + State.event.name, "Add an event")
    return entry_form("Event", State.event, heading, parts, "Add event", State.edit_event, State.save_event)


def event_panel_foot() -> rx.Component:
    """The way back after an event was taken off, where it stood, and the form."""
    taken = rx.el.div(
        rx.el.span(State.done, class_name="grow"),
        button("Undo", small=True, on_click=State.undo_remove, auto_focus=True),
        class_name="row pad-m ruled",
        role="status",
    )
    return rx.fragment(rx.cond(State.can_undo, taken, rx.fragment()), event_form())
