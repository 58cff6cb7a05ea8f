"""Time in the live session: the question at its end, when a student came and left, and what is made up."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import button
from therapytrack.components.forms import error_of, text_field
from therapytrack.components.icons import icon
from therapytrack.components.islands import FocusInvalid
from therapytrack.state.session import SessionState

Sheet: Any = SessionState


def closing_question() -> rx.Component:
    """Which minutes are credited, where the clock is unlike the plan; nothing else is asked at the end."""
    closing = Sheet.closing
    by_plan = button(
        rx.Var.create("Credit ") + closing.planned.to_string() + " min, as planned",
        kind="pri",
        on_click=Sheet.finish_with(closing.planned),
        auto_focus=True,
    )
    passed = rx.Var.create("Credit ") + closing.passed.to_string() + " min, as passed"
    by_clock = button(
        rx.cond(closing.passed == 0, "Credit no minutes", passed), on_click=Sheet.finish_with(closing.passed)
    )
    asked = rx.el.section(
        rx.el.p(
            rx.el.b(closing.words, class_name="num"),
            rx.el.span("Minutes and times that you set on a card stay.", class_name="sub-line"),
            class_name="grow",
        ),
        by_plan,
        rx.cond(closing.offer, by_clock, rx.fragment()),
        button("Go on", kind="ghost", on_click=Sheet.go_on),
        class_name="banner wrap",
        aria_label="Which minutes count",
    )
    return rx.cond(closing.ask, asked, rx.fragment())


def minutes_opener(kid: Any) -> rx.Component:
    """The minutes of a card; pressed, they show when the student came and left."""
    return rx.el.button(
        kid.minutes,
        " min",
        type="button",
        class_name="num link",
        aria_label=kid.minutes.to_string() + " min, times of " + kid.name,
        aria_expanded=rx.cond(Sheet.times_entry == kid.entry, "true", "false"),
        disabled=kid.closed,
        on_click=Sheet.open_times(kid.entry),
    )


def times_panel(kid: Any) -> rx.Component:
    """When the student of a card came and left, if that was not with the session."""

    def clock(name: str, label: str, value: Any, **props: Any) -> rx.Component:
        props |= {"error": error_of(Sheet.field_errors, name), "default_value": value}
        return text_field(name, label, optional=True, span="c6", type="time", **props)

    form = rx.el.form(
        FocusInvalid.create(errors=Sheet.field_errors),
        rx.el.input(type="hidden", name="entry", value=kid.entry, read_only=True),
        rx.el.div(
            clock("came", "Came", kid.came, auto_focus=True), clock("left", "Left", kid.left), class_name="fields"
        ),
        rx.el.div(
            button("Save", kind="pri", small=True, type="submit"),
            rx.cond(
                Sheet.status == "running",
                button("Left now", small=True, on_click=Sheet.leaves_now(kid.entry)),
                rx.fragment(),
            ),
            button("Close", kind="ghost", small=True, on_click=Sheet.open_times(kid.entry)),
            class_name="row wrap",
        ),
        on_submit=Sheet.save_times,
        class_name="sheet",
        aria_label="Times of " + kid.name,
        no_validate=True,
    )
    return rx.cond(Sheet.times_entry == kid.entry, form, rx.fragment())


def makes_up(kid: Any) -> rx.Component:
    """Which missed session this one makes up; nothing for a student to whom none is owed."""
    select = rx.el.select(
        rx.el.option("Makes up nothing", value=""),
        rx.foreach(kid.owed, lambda one: rx.el.option("Makes up " + one.label, value=one.id)),
        value=kid.makes_up,
        on_change=lambda missed: Sheet.make_up(kid.entry, missed),
        disabled=kid.closed,
        aria_label="Make-up by " + kid.name,
        class_name="input",
    )
    row = rx.el.div(icon("history", 16), select, class_name="kid-f")
    return rx.cond(kid.owed.length() > 0, row, rx.fragment())
