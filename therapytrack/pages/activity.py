"""The activity log: who did what, when, to whose record; and the quiet line of what the owner is told of."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import button, file_button, go_button, link, link_button, segments
from therapytrack.components.feedback import banner, empty_state, error_panel, skeleton_card
from therapytrack.components.forms import date_field, error_of, select_field, text_field
from therapytrack.components.icons import icon
from therapytrack.components.islands import FocusInvalid
from therapytrack.components.layout import page_title, shell
from therapytrack.components.status import tag
from therapytrack.components.tables import cell, data_table, fold_row
from therapytrack.domain.activity_groups import GROUPS
from therapytrack.state.activity import ActivityState

Desk: Any = ActivityState
WHAT = [("", "Everything"), *((key, words) for key, (words, _) in GROUPS.items())]
OUTCOMES = [("", "Any"), ("done", "Done"), ("refused", "Refused")]


def _alarm(one: Any) -> rx.Component:
    return rx.el.li(
        icon("bell", 18),
        rx.el.span(one.words, rx.el.span(one.at, class_name="sub-line"), class_name="grow"),
        rx.cond(
            Desk.sees_log,
            link_button("Look", href="/activity?person=" + one.person, small=True, aria_label="Look at " + one.words),
            rx.fragment(),
        ),
        button("Seen", "check", small=True, on_click=Desk.aside(one.id), aria_label="Seen: " + one.words),
    )


def _told() -> rx.Component:
    listed = rx.el.section(
        rx.el.div(rx.el.h2("You were told"), class_name="panel-h"),
        rx.el.ul(rx.foreach(Desk.told, _alarm), class_name="list"),
        class_name="card clip",
        aria_label="You were told",
    )
    return rx.cond(Desk.told.length() > 0, listed, rx.fragment())


def _act(one: Any) -> rx.Component:
    student = link(one.student, href="/activity?student=" + one.student_id, class_name="cell-link")
    return fold_row(
        cell(one.at, class_name="nowrap num"),
        cell(one.person),
        cell(
            rx.el.span(one.act, class_name="b"),
            rx.cond(one.refused, rx.el.span(" ", tag("Refused", "warn", "circle_alert")), rx.fragment()),
            rx.cond(one.detail != "", rx.el.span(one.detail, class_name="sub-line"), rx.fragment()),
            class_name="whole",
        ),
        cell(rx.cond(one.student != "", student, rx.fragment()), label="Student"),
        cell(one.number, class_name="num t3 hide-m"),
        key=one.number,
    )


def _day(name: str, label: str, value: Any) -> rx.Component:
    """A date that may stay empty, as everything in a filter may."""
    error = error_of(Desk.field_errors, name)
    return date_field(name, label, error=error, default_value=value, aria_required="false")


def _filters() -> rx.Component:
    errors, chosen = Desk.field_errors, Desk.choice
    people = rx.el.div(
        rx.el.label("Person", html_for="person"),
        rx.el.select(
            rx.el.option("Everybody", value=""),
            rx.foreach(Desk.people, lambda pair: rx.el.option(pair[1], value=pair[0])),
            id="person",
            name="person",
            default_value=chosen.person,
            class_name="input",
        ),
        class_name="field",
    )
    return rx.el.form(
        FocusInvalid.create(errors=errors),
        rx.el.div(
            people,
            select_field("what", "What", WHAT, default_value=chosen.what, aria_required="false"),
            select_field("outcome", "Outcome", OUTCOMES, default_value=chosen.outcome, aria_required="false"),
            _day("since", "From", chosen.since),
            _day("until", "To", chosen.until),
            rx.el.div(
                button("Show", "list_filter", kind="pri", type="submit"),
                rx.cond(chosen.all != "", link_button("Clear", kind="ghost", href=chosen.all), rx.fragment()),
                class_name="row",
            ),
            class_name="filters",
        ),
        key=chosen.all + chosen.log,
        on_submit=Desk.show,
        no_validate=True,
        class_name="pad-m",
        aria_label="Filters",
    )


def _student() -> rx.Component:
    """The chosen student, or the way to choose one: by a name that stays out of the address."""
    chosen = Desk.choice
    one = rx.el.div(
        rx.el.p("Student: ", rx.el.b(chosen.student)),
        go_button("Who has seen the record", "shield", href=chosen.register, small=True),
        link_button("All students", "x", kind="ghost", small=True, href=chosen.without_student),
        class_name="row wrap pad-m",
    )
    matches = rx.cond(
        Desk.found.length() > 0,
        rx.el.ul(
            rx.foreach(Desk.found, lambda one: rx.el.li(link(one.name, href=one.href, class_name="link"))),
            class_name="row wrap",
            aria_label="Students found",
        ),
        rx.cond(Desk.searched, rx.el.p("No student has this name.", class_name="t2"), rx.fragment()),
    )
    finder = rx.el.div(
        rx.el.form(
            text_field("name", "Student", auto_complete="off", max_length=300, aria_required="false"),
            button("Find", "search", type="submit"),
            on_submit=Desk.search,
            class_name="row find",
            aria_label="Find a student",
        ),
        rx.el.div(matches, role="status"),
        class_name="stack tight pad-m",
    )
    return rx.cond(chosen.student != "", one, finder)


def _pages() -> rx.Component:
    chosen = Desk.choice
    pages = rx.el.nav(
        rx.cond(chosen.newest != "", link_button("Newest", "arrow_up", href=chosen.newest, small=True), rx.fragment()),
        rx.cond(chosen.older != "", link_button("Older", "arrow_down", href=chosen.older, small=True), rx.fragment()),
        class_name="row wrap pad-m",
        aria_label="Pages of the log",
    )
    return rx.cond((chosen.newest != "") | (chosen.older != ""), pages, rx.fragment())


def _log() -> rx.Component:
    chosen = Desk.choice
    tabs = segments(
        link("All", href=chosen.log, aria_current=rx.cond(chosen.tab == "log", "true", "false")),
        link("Exports", href=chosen.exports, aria_current=rx.cond(chosen.tab == "exports", "true", "false")),
        label="Which acts",
    )
    columns = ["When", "Who", "What", "Student", "No."]
    table = data_table("Acts, newest first", columns, rx.foreach(Desk.rows, _act), folds=True)
    nothing = empty_state("Nothing here", "No act fits these filters.", link_button("Show all", href="/activity"))
    return rx.el.section(
        rx.el.div(rx.el.h2("Log", class_name="grow"), tabs, class_name="panel-h wrap"),
        _filters(),
        _student(),
        rx.cond(
            Desk.rows.length() > 0,
            rx.el.div(table, class_name="dense ruled"),
            nothing,
        ),
        _pages(),
        class_name="card clip",
        aria_label="Log",
    )


def activity() -> rx.Component:
    """The page /activity."""
    failed = (Desk.problem != "") & (Desk.rows.length() == 0)
    office = rx.cond(failed, error_panel(Desk.problem, Desk.retry), _log())
    others = empty_state("The log is read by the office", "What you are told of stands here until you have seen it.")
    content = rx.el.div(
        _told(), rx.cond(Desk.sees_log, office, rx.el.div(others, class_name="card")), class_name="stack"
    )
    export = rx.cond(Desk.may_export, file_button("Export", "download", href=Desk.choice.file), rx.fragment())
    return shell(
        rx.cond(failed, rx.fragment(), banner(Desk.problem, "bad")),
        rx.cond(Desk.ready, content, skeleton_card(8)),
        active="activity",
        title="Activity",
        subtitle="Who did what, when, to whose record. Rows are never changed.",
        actions=[export],
    )


PAGE = {"route": "/activity", "title": page_title("Activity"), "on_load": ActivityState.enter}
