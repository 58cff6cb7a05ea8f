"""A student's missed sessions: what is owed, what made it up, and the next step for each."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import button, link
from therapytrack.components.forms import error_of, text_field
from therapytrack.components.islands import FocusInvalid
from therapytrack.components.status import tag
from therapytrack.state.student import StudentState

State: Any = StudentState


def make_ups() -> rx.Component:
    """What is to be made up, and the other missed sessions folded away; nothing where no session was missed."""
    listed = rx.el.ul(rx.foreach(State.make_ups, _line), class_name="list")
    owed = rx.el.section(
        rx.el.div(rx.el.h2("To make up"), class_name="panel-h"),
        listed,
        class_name="card clip",
    )
    others = rx.el.details(
        rx.el.summary("Other missed sessions", class_name="pad-m"),
        rx.el.ul(rx.foreach(State.other_missed, _line), class_name="list"),
        class_name="card",
    )
    return rx.fragment(
        rx.cond(State.make_ups.length() > 0, owed, rx.fragment()),
        rx.cond(State.other_missed.length() > 0, others, rx.fragment()),
    )


def _line(line: Any) -> rx.Component:
    tones = (("warn", tag(line.standing, "warn")), ("good", tag(line.standing, "good", "check")))
    why = rx.cond(line.why != "", rx.el.span(line.why, class_name="sub-line"), rx.fragment())
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                link(line.title, href=rx.Var.create("/sessions/") + line.session, class_name="b cell-link"),
                rx.match(line.tone, *tones, tag(line.standing)),
                class_name="row wrap",
            ),
            rx.el.span(line.what, class_name="sub-line"),
            why,
            rx.foreach(line.repairs, _repair),
            rx.cond(State.deciding == line.id, _decision(line), _steps(line)),
            class_name="grow stack tight",
        ),
        key=line.id,
    )


def _repair(repair: Any) -> rx.Component:
    undo = button(
        "Unlink", small=True, on_click=State.unlink(repair.value), aria_label="Unlink the session of " + repair.words
    )
    return rx.el.div(
        rx.el.span("Made up on ", repair.words, class_name="s14"),
        rx.cond(State.student.rights.log, undo, rx.fragment()),
        class_name="row wrap",
    )


def _steps(line: Any) -> rx.Component:
    """Start one or name one, for whoever records sessions; decide, for whoever answers for the plan."""
    what = line.title + ", " + line.what
    start = button("Make up", "play", small=True, on_click=State.start_make_up(line.id), aria_label="Make up " + what)
    by = rx.el.select(
        rx.el.option("Made up by…", value=""),
        rx.foreach(line.choices, lambda one: rx.el.option(one.words, value=one.value)),
        value="",
        on_change=lambda entry: State.made_up_by(line.id, entry),
        aria_label="Session that made up " + what,
        class_name="chip",
    )
    rights = State.student.rights
    policy = button(
        "Follow the policy",
        small=True,
        on_click=State.by_policy(line.id),
        aria_label="Follow the policy, " + what,
    )
    words = rx.cond(line.owed, "Mark as not owed", "Mark as owed")
    against = button(
        words,
        small=True,
        on_click=State.open_decision(line.id),
        aria_label=words + ", " + what,
    )
    return rx.el.div(
        rx.cond(rights.log & line.open, start, rx.fragment()),
        rx.cond(rights.log & (line.choices.length() > 0), by, rx.fragment()),
        rx.cond(rights.plan, rx.cond(line.decided, policy, against), rx.fragment()),
        class_name="row wrap no-print",
    )


def _decision(line: Any) -> rx.Component:
    """The reason for deciding against the policy."""
    return rx.el.form(
        FocusInvalid.create(errors=State.field_errors),
        rx.el.input(type="hidden", name="missed", value=line.id, read_only=True),
        rx.el.input(type="hidden", name="decided", value=rx.cond(line.owed, "not_owed", "owed"), read_only=True),
        text_field(
            "why",
            rx.cond(line.owed, "Why it is not owed", "Why it is owed"),
            error=error_of(State.field_errors, "why"),
            max_length=200,
            auto_focus=True,
        ),
        rx.el.div(
            button("Save", kind="pri", small=True, type="submit"),
            button("Cancel", kind="ghost", small=True, on_click=State.open_decision(line.id)),
            class_name="row wrap",
        ),
        on_submit=State.decide,
        class_name="stack tight",
        no_validate=True,
        aria_label="Decision about " + line.title,
    )
