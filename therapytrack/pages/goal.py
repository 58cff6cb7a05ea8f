"""One goal: the chart with its facts in words, and the same points as a table."""

from functools import partial
from typing import Any

import reflex as rx

from therapytrack.components.agreement import agreement_list
from therapytrack.components.buttons import button, choices, file_button, link, link_button, segments
from therapytrack.components.feedback import banner, error_panel, not_found_panel, skeleton, skeleton_card
from therapytrack.components.goal_chart_card import chart_card, prompts_card
from therapytrack.components.goal_statistics import statistics_panel
from therapytrack.components.goal_steps import mastery_offer, objectives_panel
from therapytrack.components.islands import PrintButton, for_record
from therapytrack.components.layout import page_style, page_title, shell
from therapytrack.components.status import goal_mark, tag
from therapytrack.components.tables import data_table, scroll
from therapytrack.state.goal import PAGE_ROWS, FactView, GoalState, PlaceView, PointView
from therapytrack.state.shell import ShellState

COUNTED = rx.el.span(GoalState.head.counted)
COLUMNS: list[str | rx.Component] = ["Date", "Condition", COUNTED, "Score", "95% interval", "Recorded by", "Note"]
WITHOUT_INTERVAL = [*COLUMNS[:4], *COLUMNS[5:]]


def _top() -> rx.Component:
    head = GoalState.head
    here = [
        rx.el.li(link("Caseload", href="/caseload")),
        rx.el.li("›", aria_hidden="true"),
        rx.el.li(link(head.student, href=GoalState.student_href)),
        rx.el.li("›", aria_hidden="true"),
        rx.el.li("Goal ", head.number, aria_current="page"),
    ]
    words = rx.el.div(
        rx.el.nav(rx.el.ol(*here, class_name="crumbs"), aria_label="Breadcrumb"),
        rx.el.h1(head.label),
        rx.el.p(head.text, class_name="goal-text"),
        class_name="grow",
    )
    return rx.el.header(words, _actions(), class_name="topbar")


def _actions() -> rx.Component:
    edit = link_button("Edit goal", "pencil", href=GoalState.goal_href + "/edit", kind="ghost")
    compare = link_button("Compare", href=GoalState.compare_href)
    draft = link_button("Draft update", "sparkles", href=GoalState.draft_href)
    return rx.el.div(
        rx.cond(GoalState.head.may_edit, edit, rx.fragment()),
        compare,
        rx.cond(GoalState.head.may_draft, draft, rx.fragment()),
        PrintButton.create(rx.icon("printer", size=17, aria_hidden="true"), "Print", class_name="btn"),
        class_name="row wrap",
    )


def _tabs() -> rx.Component:
    """The chart for everybody, the statistics for supervisors; who may see one of them alone chooses nothing."""
    tabs: Any = GoalState.offered.tabs
    shown = rx.el.div(choices(tabs, "Part of the goal"), class_name="row no-print")
    return rx.cond(tabs.length() > 0, shown, rx.fragment())


def _fact(fact: FactView) -> rx.Component:
    mark = rx.cond(fact.mark != "", goal_mark(fact.mark, fact.headline), rx.fragment())
    return rx.el.div(
        rx.el.dt(fact.title),
        rx.el.dd(rx.el.span(mark, fact.headline, class_name="fact-line"), rx.el.small(fact.detail)),
    )


def _aside() -> rx.Component:
    head = GoalState.head
    listed = rx.el.dl(rx.foreach(GoalState.facts, _fact), class_name="card clip facts")
    known = rx.cond(head.told, rx.fragment(), listed)
    criterion = rx.el.section(
        rx.el.h2("Mastery"),
        rx.el.p(head.criterion, class_name="t2"),
        rx.cond(head.versions != "", rx.el.p(head.versions, class_name="t3 s13"), rx.fragment()),
        class_name="card pad-m stack tight hide-m",
    )
    return rx.el.aside(
        known,
        rx.cond(head.criterion != "", criterion, rx.fragment()),
        objectives_panel(GoalState.objectives, GoalState.goal_href),
        _agreement(),
        class_name="stack aside-first",
        aria_label="Facts",
    )


def _agreement() -> rx.Component:
    """Asked for by a button: few goals have a second scorer."""
    lines: Any = GoalState.agreement
    asked = rx.cond(
        lines.length() > 0,
        agreement_list(lines, GoalState.agreement_said),
        rx.el.p(GoalState.agreement_said, class_name="pad-m s14 t2"),
    )
    show = rx.el.div(button("Show agreement", small=True, on_click=GoalState.show_agreement), class_name="pad-m")
    return rx.el.section(
        rx.el.div(rx.el.h2("Two scorers"), class_name="panel-h"),
        rx.cond(GoalState.agreement_said != "", asked, show),
        class_name="card clip no-print",
        aria_label="Two scorers",
    )


def _row(point: PointView, *, intervals: bool) -> rx.Component:
    interval = [rx.el.td(point.interval, class_name="num nowrap t2")] if intervals else []
    return rx.el.tr(
        rx.el.th(point.day, scope="row", class_name="nowrap"),
        rx.el.td(point.condition),
        rx.el.td(point.trials, class_name="num"),
        rx.el.td(rx.el.b(point.score, class_name="num")),
        *interval,
        rx.el.td(point.recorded_by),
        rx.el.td(tag(point.note, point.tone)),
        key=point.key,
    )


def _card(point: PointView) -> rx.Component:
    return rx.el.li(
        rx.el.div(rx.el.b(point.day), rx.el.span(point.condition, class_name="sub-line")),
        rx.el.div(
            rx.el.b(point.score, class_name="num"),
            rx.el.span(
                point.trials, rx.cond(point.interval != "", " · ", ""), point.interval, class_name="sub-line num"
            ),
            class_name="right",
        ),
        rx.el.span(point.recorded_by, class_name="t2 s13"),
        rx.el.div(tag(point.note, point.tone), class_name="right"),
        key=point.key,
    )


def _pager() -> rx.Component:
    first, total = GoalState.shown_from, GoalState.in_window
    at_end = first + PAGE_ROWS >= total
    last = rx.cond(at_end, total, first + PAGE_ROWS)
    shown = rx.el.div(
        button("Newer", small=True, disabled=first == 0, on_click=GoalState.newer),
        button("Older", small=True, disabled=at_end, on_click=GoalState.older),
        rx.el.span(first + 1, " to ", last, " of ", total, class_name="s13 t2 num"),
        class_name="row pad-m no-print",
    )
    return rx.cond(total > PAGE_ROWS, shown, rx.fragment())


def _points(columns: list[str | rx.Component], *, intervals: bool) -> rx.Component:
    """The points as a table; one of 95% intervals only where the measure has any."""
    rows = rx.foreach(GoalState.points, partial(_row, intervals=intervals))
    return data_table("Data points, newest first", columns, rows, has_cards=True)


def _table() -> rx.Component:
    csv = file_button("CSV", href=GoalState.csv_href, small=True)
    count = rx.el.span(GoalState.in_window, rx.cond(GoalState.in_window == 1, " point", " points"), class_name="t2 s13")
    table = rx.cond(
        GoalState.head.intervals, _points(COLUMNS, intervals=True), _points(WITHOUT_INTERVAL, intervals=False)
    )
    happened = GoalState.head.events
    return rx.el.section(
        rx.el.div(
            rx.el.div(rx.el.h2("Data points"), count, class_name="row grow"),
            rx.cond(GoalState.head.may_export, csv, rx.el.span(GoalState.head.no_export, class_name="s13 t3")),
            class_name="panel-h",
        ),
        rx.cond(happened != "", rx.el.p("Events: " + happened, class_name="pad-m s13 t2"), rx.fragment()),
        scroll(table, "Table of data points"),
        rx.el.ul(rx.foreach(GoalState.points, _card), class_name="cards"),
        _pager(),
        class_name="card dense",
        aria_label="Data points",
    )


def _place(one: PlaceView) -> rx.Component:
    stuck = rx.cond(one.stuck, tag("Most help needed", "warn"), rx.fragment())
    return rx.el.tr(
        rx.el.th(rx.el.span(one.name, class_name="row wrap"), stuck, scope="row"),
        rx.el.td(one.probe, class_name="num"),
        rx.el.td(one.practice, class_name="num"),
        key=one.name,
    )


def _places() -> rx.Component:
    """Results by target or step."""
    title = rx.Var.create("By ") + GoalState.head.places.lower()
    columns = [rx.el.span(GoalState.head.places), "Probe", "Practice"]
    table = data_table("Results in the time shown", columns, rx.foreach(GoalState.places, _place))
    return rx.el.section(
        rx.el.div(rx.el.h2(title), class_name="panel-h"),
        scroll(table, "Table of results"),
        class_name="card dense",
        aria_label="Results by place",
    )


def _loading() -> rx.Component:
    chart = rx.el.div(
        rx.el.div(skeleton("third"), class_name="panel-h"), rx.el.div(class_name="plot"), class_name="card"
    )
    table = skeleton_card(4)
    fact = rx.el.div(rx.el.dt(skeleton("third")), rx.el.dd(skeleton("tall"), rx.el.small(skeleton())))
    aside = rx.el.div(rx.el.dl(*[fact] * 4, class_name="card clip facts", aria_hidden="true"), class_name="aside-first")
    words = rx.el.div(skeleton("third"), class_name="stack goal-text")
    body = rx.el.div(aside, rx.el.div(chart, table, class_name="stack"), class_name="split")
    tabs = segments(rx.el.span("Progress"), rx.el.span("Supervisor"), label="Part of the goal")
    held = rx.el.div(tabs, class_name="row held", aria_hidden="true")
    supervises = ShellState.may_cosign
    place = rx.cond(supervises, held, rx.fragment())
    # Drawn anew when the person becomes known, so that nothing that was there moves.
    key = rx.cond(supervises, "waiting for a supervisor", "waiting")
    return rx.el.div(words, rx.el.div(place, body, class_name="stack"), key=key)


def _content() -> rx.Component:
    body: list[Any] = [
        rx.el.div(
            rx.cond(GoalState.tab == "supervisor", statistics_panel(), _progress()),
            class_name="stack",
        ),
        _aside(),
    ]
    return rx.el.div(
        _top(),
        banner(GoalState.problem, "bad"),
        mastery_offer(GoalState.head.offer, GoalState.goal_href),
        rx.el.div(
            rx.cond(GoalState.head.told, rx.fragment(), _tabs()),
            rx.el.div(*body, class_name="split"),
            class_name="stack",
        ),
    )


def _progress() -> rx.Component:
    return rx.fragment(
        rx.cond(GoalState.head.told & (GoalState.total > 0), rx.fragment(), chart_card()),
        prompts_card(),
        rx.cond(GoalState.total > 0, _table(), rx.fragment()),
        rx.cond(GoalState.head.places != "", _places(), rx.fragment()),
    )


def goal() -> rx.Component:
    """The page /students/[student_id]/goals/[goal_id]."""
    failed = (GoalState.problem != "") & (GoalState.head.label == "")
    error = _other(error_panel(GoalState.problem, GoalState.enter))
    found = rx.cond(failed, error, shell(_content(), active="caseload"))
    known = rx.cond(GoalState.missing, _other(not_found_panel()), rx.cond(GoalState.ready, found, _other(_loading())))
    return rx.fragment(page_style("charts"), for_record(GoalState.goal_href, known, _other(_loading())))


def _other(content: rx.Component) -> rx.Component:
    return shell(content, title="Goal", crumbs=[("Caseload", "/caseload")])


PAGE = {
    "route": "/students/[student_id]/goals/[goal_id]",
    "title": page_title("Goal"),
    "on_load": GoalState.enter,
}
