"""The supervisor's tab of a goal: single-case statistics, each with its definition, source and conditions."""

import reflex as rx

from therapytrack.components.buttons import choices
from therapytrack.components.tables import scroll
from therapytrack.state.goal import GoalState
from therapytrack.state.goal_statistics_views import CellView, ComparedView, IndexView

CAUTION = (
    "These indices describe how far the phases differ, not why, and they assume that points are independent of each "
    "other, which data of one child rarely are. They belong in a supervisor's hands, not in a report to parents."
)


def statistics_panel() -> rx.Component:
    """The whole tab: the table, or the words that say why there is none."""
    refused = rx.el.p(GoalState.statistics.refused, class_name="pad-m t2")
    return rx.el.section(
        rx.el.div(
            rx.el.h2("Single-case statistics", class_name="grow"),
            rx.cond(
                GoalState.statistics.refused == "", choices(GoalState.offered.kinds, "Points compared"), rx.fragment()
            ),
            class_name="panel-h",
        ),
        rx.cond(GoalState.statistics.refused != "", refused, _known()),
        class_name="card dense",
        aria_label="Single-case statistics",
    )


def _known() -> rx.Component:
    problem = rx.el.p(GoalState.statistics.problem, class_name="pad-m")
    said = rx.el.div(
        rx.el.p(GoalState.statistics.ground, class_name="t2"),
        rx.el.p(CAUTION, class_name="t3 s13"),
        class_name="stack tight pad-m",
    )
    table = rx.cond(GoalState.statistics.problem != "", rx.fragment(), scroll(_table(), "Table of statistics"))
    return rx.fragment(said, rx.cond(GoalState.statistics.problem != "", problem, rx.fragment()), table, _definitions())


def _table() -> rx.Component:
    columns = rx.el.tr(rx.el.th("Index", scope="col"), rx.foreach(GoalState.statistics.compared, _column))
    return rx.el.table(
        rx.el.caption("Each phase of treatment against its baseline", class_name="sr"),
        rx.el.thead(columns),
        rx.el.tbody(rx.foreach(GoalState.statistics.rows, _row)),
        class_name="grid",
    )


def _column(one: ComparedView) -> rx.Component:
    return rx.el.th(one.name, rx.el.span(one.counts, class_name="sub-line"), scope="col")


def _row(one: IndexView) -> rx.Component:
    return rx.el.tr(rx.el.th(one.name, scope="row", class_name="nowrap"), rx.foreach(one.cells, _cell), key=one.name)


def _cell(one: CellView) -> rx.Component:
    words = rx.el.span("Cannot say. ", one.text, class_name="t2 s13")
    return rx.el.td(rx.cond(one.said, rx.el.b(one.text, class_name="num"), words))


def _definitions() -> rx.Component:
    return rx.el.div(
        rx.el.h3("What each index is, where it comes from, and when it says nothing"),
        rx.el.p("All of them need at least three points in each phase, and points that are not all the same."),
        rx.el.dl(rx.foreach(GoalState.statistics.rows, _definition), class_name="stack tight"),
        class_name="stack tight pad-m s14",
    )


def _definition(one: IndexView) -> rx.Component:
    return rx.el.div(
        rx.el.dt(rx.el.b(one.name)),
        rx.el.dd(one.definition, " ", one.says_nothing, rx.el.span(one.source, class_name="sub-line")),
        key=one.name,
    )
