"""What the pages of notes and of co-signing share: the data beside a note, ways on, text as it was written."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import link
from therapytrack.components.icons import icon
from therapytrack.components.note_field import keys_attr


def note_text(text: Any, **props: Any) -> rx.Component:
    """A note's text with its lines as they were typed; says so when it is empty."""
    shown = rx.el.p(text, class_name="note-text", **props)
    return rx.cond(text != "", shown, rx.el.p("No text was written.", class_name="note-text t3"))


def goal_data(goals: Any) -> rx.Component:
    """A list of scores: goal, per cent, count, purpose and prompts."""
    return rx.cond(
        goals.length() > 0,
        rx.el.ul(rx.foreach(goals, _goal), class_name="note-data"),
        rx.el.p("No data were recorded.", class_name="pad-m s14 t2"),
    )


def _goal(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(one.goal, class_name="b grow"),
        rx.el.span(one.percent, class_name="b num"),
        rx.el.span(
            one.count,
            " · ",
            one.purpose,
            rx.cond(one.prompts != "", rx.el.span(" · ", one.prompts), rx.fragment()),
            class_name="sub-line num",
        ),
    )


def steps(previous_href: Any, next_href: Any) -> rx.Component:
    """Links to the note before and after, also by the keys K and J."""
    return rx.el.span(
        _step("Previous note", "chevron_up", previous_href, "k"),
        _step("Next note", "chevron_down", next_href, "j"),
        class_name="row no-print",
    )


def _step(label: str, icon_name: str, href: Any, key: str) -> rx.Component:
    shown = link(
        icon(icon_name, 19),
        href=href,
        class_name="icobtn",
        aria_label=label,
        title=f"{label} ({key.upper()})",
        custom_attrs=keys_attr(key),
    )
    return rx.cond(href != "", shown, rx.fragment())


def earlier_note(text: Any, day: Any) -> rx.Component:
    """The student's last signed note, folded away."""
    shown = rx.el.details(
        rx.el.summary("Last note", rx.cond(day != "", rx.el.span(", ", day, class_name="t2"), rx.fragment())),
        rx.el.p(text, class_name="note-text s14"),
        class_name="card note-before",
    )
    return rx.cond(text != "", shown, rx.fragment())
