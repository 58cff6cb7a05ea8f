"""A goal's plan as its page shows it: the objectives, where each stands, and the question whether it is mastered."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import link_button
from therapytrack.components.icons import icon
from therapytrack.components.status import tag


def _objective(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(one.text, class_name="b s14"), rx.el.span(one.words, class_name="sub-line"), class_name="grow"
        ),
        tag(one.mark, one.tone),
        class_name="wrap",
    )


def objectives_panel(objectives: Any, goal_href: Any) -> rx.Component:
    """The objectives that count, in their order, and the way to them and to the stages of the goal's life."""
    return rx.el.section(
        rx.el.div(rx.el.h2("Objectives"), class_name="panel-h"),
        rx.cond(
            objectives.length() > 0, rx.el.ul(rx.foreach(objectives, _objective), class_name="list"), rx.fragment()
        ),
        rx.el.div(
            link_button("Objectives, stages and events", href=goal_href + "/plan", small=True),
            class_name="pad-m no-print",
        ),
        class_name=rx.cond(objectives.length() > 0, "card clip", "card clip no-print"),
        aria_label="Objectives",
    )


def mastery_offer(question: Any, goal_href: Any) -> rx.Component:
    """The question of `domain.life_cycle.offer` with the way to answer it; nothing without one."""
    asked = rx.el.div(
        icon("circle_check", 18),
        rx.el.span(question, class_name="grow"),
        link_button("Decide", href=goal_href + "/plan", small=True),
        class_name="banner good no-print",
        role="status",
    )
    return rx.cond(question != "", asked, rx.fragment())
