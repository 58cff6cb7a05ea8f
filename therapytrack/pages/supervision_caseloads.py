"""The caseloads of a supervisor's assistants: what is owed on each, with the way to every goal's chart."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import link, link_button, segments
from therapytrack.components.feedback import empty_state, error_panel, not_found_panel, skeleton_rows
from therapytrack.components.layout import page_style, page_title, shell
from therapytrack.components.status import due_tag, goal_mark, minutes_bar, tag
from therapytrack.components.tables import cell, data_table, fold_row
from therapytrack.state.supervision_caseloads import SupervisionCaseloadsState

State: Any = SupervisionCaseloadsState


def _goal(row: Any, goal: Any) -> rx.Component:
    href = rx.Var.create("/students/") + row.id + "/goals/" + goal.id
    return link(goal_mark(goal.status, goal.label), href=href, class_name="mark-link", title=goal.label)


def _notes(row: Any) -> rx.Component:
    waiting = link(tag(row.waiting.to_string() + " to co-sign", "info"), href="/co-sign")
    return rx.el.span(
        rx.cond(row.unsigned > 0, tag(row.unsigned.to_string() + " unsigned", "warn"), rx.fragment()),
        rx.cond(row.waiting > 0, waiting, rx.fragment()),
        rx.cond(row.unsigned + row.waiting == 0, rx.el.span("None owed", class_name="t3 s13"), rx.fragment()),
        class_name="row wrap",
    )


def _row(row: Any) -> rx.Component:
    return fold_row(
        rx.el.th(
            link(row.name, href=rx.Var.create("/students/") + row.id, class_name="b cell-link"),
            rx.el.span(row.place, class_name="sub-line"),
            rx.el.span("with ", row.assistant, class_name="sub-line"),
            scope="row",
            role="rowheader",
        ),
        cell(_minutes(row.minutes), class_name="whole"),
        cell(
            rx.el.span(rx.foreach(row.goals, lambda goal: _goal(row, goal)), class_name="marks"),
            label="Goals",
        ),
        cell(_notes(row), label="Notes"),
        cell(
            rx.el.span(row.observed, class_name="s14 observed"),
            rx.cond(row.due != "", due_tag(row.due, row.tone), rx.fragment()),
            label="Observed",
            class_name="whole",
        ),
        cell(row.last_on, label="Last seen", class_name="nowrap whole"),
        key=row.key,
    )


def _minutes(minutes: Any) -> rx.Component:
    return rx.cond(minutes.due != "", minutes_bar(minutes), rx.el.span("No mandate", class_name="t3 s13"))


def _table() -> rx.Component:
    columns = ("Student", "Minutes", "Goals", "Notes", "Observed", "Last seen")
    return data_table("Students of your assistants", columns, rx.foreach(State.rows, _row), folds=True)


def _view(label: str, view: str, href: Any, count: Any) -> rx.Component:
    current = rx.cond(State.choice.view == view, "true", "false")
    return link(label, " ", rx.cond(State.ready, count, "–"), href=href, aria_current=current)


def _filters() -> rx.Component:
    counts, links = State.counts, State.links
    return rx.el.div(
        segments(
            _view("All", "all", links.everyone, counts.students),
            _view("Need a look", "watch", links.watch, counts.off_track),
            _view("Behind on minutes", "short", links.short, counts.short),
            _view("Notes", "unsigned", links.unsigned, counts.unsigned + counts.waiting),
            _view("To observe", "observe", links.observe, counts.observe),
            label="Which students",
        ),
        rx.el.span(class_name="grow"),
        link_button("Charts", href=State.charts_href, small=True),
        rx.el.select(
            rx.el.option("All assistants", value=""),
            rx.foreach(State.assistants, lambda pair: rx.el.option(pair[1], value=pair[0])),
            value=State.choice.of,
            on_change=State.choose,
            aria_label="Assistant",
            class_name="input slim",
        ),
        class_name="panel-h wrap caseloads-h",
    )


def _nobody() -> rx.Component:
    nobody = empty_state(
        "No student of an assistant yet",
        "A student appears here once an assistant of your discipline whom you supervise may edit her record. The "
        "office links you with assistants; a student's case manager gives them access.",
    )
    filtered = empty_state(
        "Nobody here", "No student fits this view.", link_button("Show all students", href="/supervision/caseloads")
    )
    return rx.cond((State.choice.view == "all") & (State.choice.of == ""), nobody, filtered)


def _list() -> rx.Component:
    more = rx.el.p(
        "The first ",
        State.rows.length(),
        " of ",
        State.found,
        ". Choose an assistant or a view.",
        class_name="pad-m t2",
    )
    rows = rx.cond(State.rows.length() > 0, _table(), _nobody())
    return rx.el.section(
        _filters(),
        rx.cond(State.ready, rows, skeleton_rows(8)),
        rx.cond(State.found > State.rows.length(), more, rx.fragment()),
        key=rx.cond(State.ready, "list", "waiting"),  # a banner may come above it, and moves nothing that was there
        class_name="card clip",
        aria_label="Students",
    )


def supervision_caseloads() -> rx.Component:
    """The page /supervision/caseloads."""
    failed = State.ready & (State.problem != "")
    return rx.fragment(
        page_style("student"),
        shell(
            rx.cond(
                State.missing, not_found_panel(), rx.cond(failed, error_panel(State.problem, State.retry), _list())
            ),
            active="supervision",
            title="Assistants' caseloads",
            subtitle="You see these students through the assistants whom you supervise: to look, not to change.",
            crumbs=[("Supervision", "/supervision")],
        ),
    )


PAGE = {
    "route": "/supervision/caseloads",
    "title": page_title("Assistants' caseloads"),
    "on_load": SupervisionCaseloadsState.enter,
}
