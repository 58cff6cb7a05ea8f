"""How far two scorers agreed, as a list: on the session's page of it and on a goal's page."""

from typing import Any

import reflex as rx

from therapytrack.components.status import tag

MEANING = (
    "Point by point: trials with the same outcome, of all trials; the steps of a task are held against the same step, "
    "and a trial that only one of them scored counts as a difference. With the cue level: the same outcome and, where "
    "it is cued, the same level; a cued trial is left out of that figure unless both recorded a level. 80% is commonly "
    "taken as enough."
)


def agreement_list(lines: Any, in_all: Any) -> rx.Component:
    """The lines, what they come to together, and what the figure means."""
    return rx.fragment(
        rx.el.ul(rx.foreach(lines, _line), class_name="list"),
        rx.el.p(rx.el.span(in_all, class_name="b"), " ", MEANING, class_name="pad-m s13 t2"),
    )


def _line(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(one.who, " · ", one.goal, class_name="b"),
            rx.el.span(one.line, class_name="sub-line"),
            rx.el.span(one.count, rx.cond(one.cue != "", " · " + one.cue, ""), class_name="sub-line num"),
            class_name="grow",
        ),
        tag(one.percent, one.tone),
    )
