"""Goals of one student beside one another: a panel each over the same days, and their data in one table."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import choices, file_button, link, link_button
from therapytrack.components.charts import PngButton
from therapytrack.components.feedback import empty_state, error_panel, not_found_panel, skeleton, skeleton_card
from therapytrack.components.islands import PrintButton, for_record
from therapytrack.components.layout import page_style, page_title, shell
from therapytrack.components.status import goal_mark
from therapytrack.components.tables import scroll
from therapytrack.state.goal_compare import GoalCompareState

State: Any = GoalCompareState


def _top() -> rx.Component:
    here = [
        rx.el.li(link("Caseload", href="/caseload")),
        rx.el.li("›", aria_hidden="true"),
        rx.el.li(link(State.head.student, href=State.student_href)),
        rx.el.li("›", aria_hidden="true"),
        rx.el.li("Compare goals", aria_current="page"),
    ]
    words = rx.el.div(
        rx.el.nav(rx.el.ol(*here, class_name="crumbs"), aria_label="Breadcrumb"),
        rx.el.h1("Compare goals"),
        rx.el.p(State.head.span, class_name="sub"),
        class_name="grow",
    )
    printed = PrintButton.create(rx.icon("printer", size=17, aria_hidden="true"), "Print", class_name="btn")
    return rx.el.header(words, printed, class_name="topbar")


def _pick(one: Any) -> rx.Component:
    return link(one.words, href=one.href, replace=True, aria_current=one.current, class_name="btn sm pick-goal")


def _choose() -> rx.Component:
    """Which goals, and over which time; every choice is an address."""
    goals = rx.el.div(rx.foreach(State.picks, _pick), class_name="row wrap", role="group", aria_label="Goals shown")
    asked = rx.cond(State.head.asked != "", rx.el.p(State.head.asked, class_name="s13 t2"), rx.fragment())
    trends = rx.cond(State.trends.length() > 0, choices(State.trends, "Trend line"), rx.fragment())
    time = rx.el.div(
        choices(State.periods, "Time shown"),
        trends,
        rx.foreach(State.steps, lambda one: link_button(one.words, href=one.href, small=True, replace=True)),
        class_name="row wrap",
    )
    return rx.el.div(goals, asked, rx.cond(State.panels.length() > 0, time, rx.fragment()), class_name="stack no-print")


def _drawing(one: Any) -> rx.Component:
    said = one.title + ". The sentence below the chart says what it shows."
    drawn = rx.el.div(
        rx.el.div(rx.html(one.wide), class_name="for-wide"),
        rx.el.div(rx.html(one.narrow), class_name="for-narrow"),
        role="img",
        aria_label=said,
        class_name="drawing",
    )
    return rx.cond(one.wide != "", rx.fragment(rx.el.p(one.title, class_name="t3 s13"), drawn), rx.fragment())


def _panel(one: Any) -> rx.Component:
    standing = rx.el.p(
        goal_mark(one.status, ""),
        rx.el.b(one.standing),
        rx.el.span(one.why, class_name="t2 s13"),
        class_name="row wrap",
    )
    return rx.el.li(
        rx.el.div(rx.el.h2(link(one.label, href=one.href, class_name="cell-link")), standing, class_name="panel-words"),
        _drawing(one),
        rx.el.p(one.words, class_name="t2 s14"),
        key=one.key,
        class_name="card",
    )


def _files() -> rx.Component:
    png = PngButton.create(
        rx.icon("download", size=17, aria_hidden="true"),
        "Charts as PNG",
        href=State.picture_href + "&medium=png",
        file_name="goals-compared.png",
        class_name="btn sm",
    )
    files = rx.fragment(
        png,
        file_button("Charts as SVG", href=State.picture_href, small=True),
        file_button("CSV", href=State.csv_href, small=True),
    )
    refused = rx.el.span(State.head.no_export, class_name="s13 t3")
    return rx.el.div(rx.cond(State.head.may_export, files, refused), class_name="row wrap no-print")


def _day(one: Any) -> rx.Component:
    cells = rx.foreach(one.cells, lambda words: rx.el.td(rx.cond(words != "", words, "–"), class_name="num"))
    return rx.el.tr(rx.el.th(one.day, scope="row", class_name="nowrap"), cells, key=one.day)


def _table() -> rx.Component:
    heads = rx.foreach(State.panels, lambda one: rx.el.th(one.label, scope="col", key=one.key))
    table = rx.el.table(
        rx.el.caption("Data of these goals by day, newest first", class_name="sr"),
        rx.el.thead(rx.el.tr(rx.el.th("Date", scope="col"), heads)),
        rx.el.tbody(rx.foreach(State.days, _day)),
        class_name="grid",
    )
    more = rx.el.p(
        "The newest ",
        State.days.length(),
        " of ",
        State.found_days,
        " days. The CSV has all of them.",
        class_name="pad-m s13 t2",
    )
    return rx.el.section(
        rx.el.div(rx.el.h2("Data by day", class_name="grow"), _files(), class_name="panel-h wrap"),
        scroll(table, "Table of the goals' data"),
        rx.cond(State.found_days > State.days.length(), more, rx.fragment()),
        class_name="card dense",
        aria_label="Data by day",
    )


def _content() -> rx.Component:
    nothing = rx.el.section(
        empty_state("Nothing to compare yet", State.head.asked, link_button("To the student", href=State.student_href)),
        class_name="card",
    )
    panels = rx.el.ul(rx.foreach(State.panels, _panel), class_name="panels")
    shown = rx.fragment(panels, rx.cond(State.days.length() > 0, _table(), rx.fragment()))
    body = rx.cond(State.panels.length() > 0, rx.fragment(_choose(), shown), nothing)
    return rx.el.div(_top(), rx.el.div(body, class_name="stack"))


def _loading() -> rx.Component:
    return rx.el.div(
        rx.el.div(skeleton("third"), class_name="stack"), skeleton_card(4), skeleton_card(4), key="waiting"
    )


def goal_compare() -> rx.Component:
    """The page /students/[student_id]/compare."""
    error = _other(error_panel(State.problem, State.enter))
    found = rx.cond(State.problem != "", error, shell(_content(), active="caseload"))
    known = rx.cond(State.missing, _other(not_found_panel()), rx.cond(State.ready, found, _other(_loading())))
    return rx.fragment(page_style("charts"), for_record(State.page_href, known, _other(_loading())))


def _other(content: rx.Component) -> rx.Component:
    return shell(content, title="Compare goals", crumbs=[("Caseload", "/caseload")])


PAGE = {
    "route": "/students/[student_id]/compare",
    "title": page_title("Compare goals"),
    "on_load": GoalCompareState.enter,
}
