"""Goals of several students together as small charts over the same year, each with its standing in words."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import link, link_button
from therapytrack.components.feedback import empty_state, error_panel, skeleton_rows
from therapytrack.components.layout import page_style, page_title, shell
from therapytrack.components.status import goal_mark
from therapytrack.state.group_charts import GroupChartsState

State: Any = GroupChartsState


def _goal(one: Any) -> rx.Component:
    drawn = rx.el.div(rx.html(one.drawing), role="img", aria_label=one.alt, class_name="drawing")
    words = rx.el.p(
        goal_mark(one.status, ""),
        rx.el.b(one.standing),
        rx.el.span(one.why, class_name="t2"),
        class_name="row wrap s13",
    )
    return rx.el.li(
        link(one.label, href=one.href, class_name="b cell-link"),
        words,
        rx.cond(one.drawing != "", drawn, rx.fragment()),
        key=one.key,
    )


def _student(one: Any) -> rx.Component:
    compare = link_button("Compare", href=one.compare, small=True, aria_label="Compare the goals of " + one.name)
    head = rx.el.div(
        rx.el.div(
            rx.el.h2(link(one.name, href=one.href, class_name="cell-link")),
            rx.el.span(one.place, class_name="sub-line"),
            class_name="grow",
        ),
        rx.cond(one.compare != "", rx.el.div(compare, class_name="no-print"), rx.fragment()),
        class_name="panel-h",
    )
    none = rx.el.p("No active goals.", class_name="pad-m t2")
    goals = rx.el.ul(rx.foreach(one.goals, _goal), class_name="small-charts")
    return rx.el.section(
        head, rx.cond(one.goals.length() > 0, goals, none), key=one.key, class_name="card clip", aria_label=one.name
    )


def _choose() -> rx.Component:
    label = rx.cond(State.supervised, "Assistant", "Group")
    select = rx.el.select(
        rx.foreach(State.offers, lambda pair: rx.el.option(pair[1], value=pair[0])),
        value=State.chosen,
        on_change=State.choose,
        aria_label=label,
        class_name="input slim long",
    )
    key = rx.el.p(
        "Dots are probes, squares practice, hollow ones baseline; the solid line is what is asked for, the dashed one "
        "the aim line, the dotted one the trend; upright, dashed is a new stage, dotted a new version or an outside "
        "event. ",
        State.span,
        class_name="s13 t2",
    )
    return rx.el.div(
        rx.cond(State.offers.length() > 0, rx.el.div(select, class_name="row wrap no-print"), rx.fragment()),
        rx.cond(State.students.length() > 0, key, rx.fragment()),
        class_name="stack tight",
    )


def _nobody() -> rx.Component:
    groups = empty_state(
        "No group yet",
        "A group appears here once two or more of your students are scheduled together in these weeks.",
        link_button("To the schedule", href="/schedule"),
    )
    assistants = empty_state(
        "No student of an assistant yet",
        "A student appears here once an assistant whom you supervise may edit her record.",
        link_button("To the caseloads", href="/supervision/caseloads"),
    )
    return rx.el.section(rx.cond(State.supervised, assistants, groups), class_name="card")


def _pager() -> rx.Component:
    shown = rx.el.nav(
        rx.cond(State.before != "", link_button("Before", href=State.before, small=True), rx.fragment()),
        rx.cond(State.after != "", link_button("Next", href=State.after, small=True), rx.fragment()),
        rx.el.span(
            "Students ", State.shown_from + 1, " to ", State.shown_to, " of ", State.found, class_name="s13 t2 num"
        ),
        class_name="row wrap no-print",
        aria_label="Pages",
    )
    return rx.cond((State.before != "") | (State.after != ""), shown, rx.fragment())


def group_charts() -> rx.Component:
    """The page /progress."""
    shown = rx.cond(State.students.length() > 0, rx.foreach(State.students, _student), _nobody())
    content = rx.el.div(_choose(), shown, _pager(), key=rx.cond(State.ready, "list", "waiting"), class_name="stack")
    failed = State.ready & (State.problem != "")
    others = empty_state(
        "Assistants' caseloads are for supervisors", State.problem, link_button("To the caseload", href="/caseload")
    )
    instead = rx.cond(State.refused, rx.el.section(others, class_name="card"), error_panel(State.problem, State.enter))
    body = rx.cond(failed, instead, rx.cond(State.ready, content, skeleton_rows(8)))
    return rx.fragment(
        page_style("charts"),
        shell(
            body,
            active="caseload",
            title="Goals together",
            subtitle="Small charts over the same days: to look where to look. Each leads to its goal.",
            crumbs=[
                (
                    rx.cond(State.supervised, "Assistants' caseloads", "Caseload"),
                    rx.cond(State.supervised, "/supervision/caseloads", "/caseload"),
                )
            ],
        ),
    )


PAGE = {"route": "/progress", "title": page_title("Goals together"), "on_load": GroupChartsState.enter}
