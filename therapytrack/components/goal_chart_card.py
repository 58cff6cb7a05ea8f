"""The chart of a goal with what can be chosen about it, its sentence in words, and the decision rules beside it."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import choices, file_button, link_button
from therapytrack.components.charts import PaperDrawing, PngButton, chart_legend, goal_plot, stage_legend
from therapytrack.components.feedback import empty_state
from therapytrack.state.goal import GoalState
from therapytrack.state.goal_choices import ChoiceView
from therapytrack.state.goal_statistics_views import PromptView


def chart_card() -> rx.Component:
    """The chart, or the first step where there are no data yet."""
    offered = GoalState.offered
    head = rx.el.div(
        rx.el.h2(GoalState.head.chart_title, class_name="grow"),
        _if_any(offered.periods, rx.el.div(choices(offered.periods, "Time shown"), class_name="no-print")),
        class_name="panel-h",
    )
    nothing = empty_state(
        "No data points yet",
        GoalState.head.nothing,
        link_button("Go to today's sessions", "sun", href="/today"),
    )
    drawn = rx.el.div(
        _how(),
        goal_plot(GoalState.figure, GoalState.head.chart_title + ". The sentence below the chart says what it shows."),
        PaperDrawing.create(href=GoalState.paper_href, class_name="on-paper"),
        stage_legend(GoalState.stages, GoalState.stages_upto),
        chart_legend(GoalState.legend, GoalState.joined),
        rx.el.p(GoalState.head.alt, class_name="t2 s14"),
        _downloads(),
        class_name="plot-frame",
    )
    return rx.el.section(head, rx.cond(GoalState.total > 0, drawn, nothing), class_name="card", aria_label="Chart")


def _how() -> rx.Component:
    """The method of the trend, what stands beside the points, and the way to other months."""
    offered = GoalState.offered
    trends = _if_any(offered.trends, choices(offered.trends, "Trend line"))
    layers = _if_any(offered.layers, choices(offered.layers, "Beside the points"))
    scales = _if_any(offered.scales, choices(offered.scales, "Scale"))
    return rx.el.div(scales, trends, layers, rx.foreach(offered.steps, _step), class_name="row wrap no-print")


def _if_any(some: Any, shown: rx.Component) -> rx.Component:
    return rx.cond(some.length() > 0, shown, rx.fragment())


def _downloads() -> rx.Component:
    """The chart as it is shown, to take along; why not, where that is not allowed."""
    png = PngButton.create(
        rx.icon("download", size=17, aria_hidden="true"),
        "Chart as PNG",
        href=GoalState.picture_href + "&medium=png",
        file_name="goal-chart.png",
        class_name="btn sm",
    )
    files = rx.fragment(png, file_button("Chart as SVG", href=GoalState.picture_href, small=True))
    refused = rx.el.span(GoalState.head.no_export, class_name="s13 t3")
    shown = rx.el.div(rx.cond(GoalState.head.may_export, files, refused), class_name="row wrap no-print")
    return rx.cond(GoalState.picture_href != "", shown, rx.fragment())


def _step(one: ChoiceView) -> rx.Component:
    return link_button(one.words, href=one.href, small=True, replace=True)


def prompts_card() -> rx.Component:
    """Decision rules: prompts to look, each with its definition a click away."""
    note = "Prompts to look, not verdicts: no rule knows the child."
    shown = rx.el.section(
        rx.el.div(
            rx.el.div(rx.el.h2("Decision rules"), rx.el.p(note, class_name="t3 s13"), class_name="grow"),
            class_name="panel-h",
        ),
        rx.el.dl(rx.foreach(GoalState.prompts, _prompt), class_name="facts wide"),
        class_name="card clip",
        aria_label="Decision rules",
    )
    return _if_any(GoalState.prompts, shown)


def _prompt(one: PromptView) -> rx.Component:
    rule = rx.el.details(
        rx.el.summary("The rule", rx.el.span(": ", one.name, class_name="sr")),
        rx.el.p(one.definition),
        rx.el.p("Source: ", one.source, class_name="t3"),
        class_name="s13",
    )
    return rx.el.div(
        rx.el.dt(one.name),
        rx.el.dd(rx.el.span(one.headline, class_name="fact-line"), rx.el.small(one.detail), rule),
        key=one.name,
    )
