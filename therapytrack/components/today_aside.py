"""The sessions of today beside the caseload; above it, in a row, on tablets and phones."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import button, link, link_button
from therapytrack.components.day_words import hit_tag, step_label
from therapytrack.components.feedback import skeleton_rows
from therapytrack.components.status import tag
from therapytrack.state.caseload import CaseloadState

State: Any = CaseloadState


def _now(one: Any) -> rx.Component:
    label = rx.cond(one.status == "running", "Go on", "Start session")
    go = button(
        label,
        "play",
        kind="pri",
        small=True,
        on_click=State.start_planned(one.id),
        aria_label=step_label(label, one),
    )
    return rx.el.li(
        rx.el.span(one.hours, class_name="tm"),
        rx.el.div(
            link(one.title, href=one.href, class_name="b cell-link"),
            rx.el.span(one.who, class_name="sub-line"),
            hit_tag(one),
            rx.cond(
                one.can_start & one.is_next,
                go,
                rx.cond(one.status == "finished", tag("Done", "good", "check"), rx.fragment()),
            ),
            class_name="grow now-box",
        ),
        class_name=rx.cond(one.is_next, "now", ""),
        key=one.id,
    )


def today_aside() -> rx.Component:
    """The card "Today": what is planned, with the session that runs or comes next to be started. In a row, what the
    calendar has against all of them stands once, above them."""
    listed = rx.el.ul(rx.foreach(State.today, _now), class_name="list", tab_index=0, aria_label="Sessions today")
    nothing = rx.el.div(
        rx.el.p("Nothing planned today.", class_name="t2 s14"),
        link_button("Open the schedule", "calendar_days", small=True, href="/schedule"),
        class_name="pad-m nothing",
    )
    return rx.el.section(
        rx.el.div(
            rx.el.h2("Today", class_name="grow"),
            hit_tag(State),
            link("Open", href="/today", class_name="link s14"),
            class_name="panel-h",
        ),
        rx.cond(State.today.length() > 0, listed, rx.cond(State.ready, nothing, skeleton_rows(2))),
        class_name="card clip aside-first",
        aria_label="Today",
    )
