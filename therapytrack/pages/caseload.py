"""The caseload: a row for each student with what is owed next; on phones the rows become cards."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import button, go_button, held_place, link, link_button, segments
from therapytrack.components.feedback import banner, empty_state, error_panel, skeleton_rows
from therapytrack.components.icons import icon
from therapytrack.components.keyboard import InAddress, RowPicking, search_box
from therapytrack.components.layout import page_style, page_title, shell
from therapytrack.components.status import due_tag, goal_mark, minutes_bar, sparkline
from therapytrack.components.today_aside import today_aside
from therapytrack.state.caseload import CaseloadState

State: Any = CaseloadState


def _pick(row: Any) -> rx.Component:
    """The initials are the checkbox: a tap selects the student for a session."""
    return rx.el.label(
        rx.el.input(
            type="checkbox",
            default_checked=State.selected.contains(row.id),
            key=State.round.to_string(),
            on_change=lambda on: State.pick(row.id, on),
            aria_label=rx.Var.create("Select ") + row.name,
        ),
        rx.el.span(row.initials, class_name="av", aria_hidden="true"),
        class_name="stu-pick",
    )


def _student(row: Any) -> rx.Component:
    return rx.el.td(
        rx.el.div(
            _pick(row),
            rx.el.span(
                link(row.name, href=rx.Var.create("/students/") + row.id), rx.el.small(row.place), class_name="grow"
            ),
            class_name="stu",
        ),
        role="cell",
        class_name="c-stu",
    )


def _row(row: Any) -> rx.Component:
    minutes, spark = row.minutes, row.spark
    return rx.el.tr(
        _student(row),
        rx.el.td(
            rx.el.span(row.iep_on, class_name="b"),
            due_tag(row.iep_label, row.iep_tone),
            role="cell",
            class_name="c-iep",
        ),
        rx.el.td(
            minutes_bar(minutes),
            role="cell",
            class_name="c-min",
        ),
        rx.el.td(
            rx.el.div(
                sparkline(spark.line, spark.dot, spark.target, spark.label),
                rx.el.span(rx.foreach(row.marks, lambda mark: goal_mark(mark.status, mark.label)), class_name="marks"),
                class_name="goals-cell",
            ),
            rx.el.span(spark.goal, class_name="sub-line spark-goal"),
            role="cell",
            class_name="c-goals",
        ),
        rx.el.td(
            rx.el.span(row.last_on, rx.cond(row.missed, rx.el.span(" · absent", class_name="late"), rx.fragment())),
            rx.el.span(row.next_words, class_name="sub-line"),
            role="cell",
            class_name="c-seen nowrap",
        ),
        role="row",
        data_search=row.name + rx.Var.create(" ") + row.place + " " + row.search,
        key=row.id,
    )


def _sort_head(label: str, sort: str, href: Any, class_name: str = "") -> rx.Component:
    on = State.choice.sort == sort
    arrow = rx.cond(on, icon("arrow_down", 13), rx.fragment())
    return rx.el.th(
        link(label, arrow, href=href, class_name="sort"),
        scope="col",
        role="columnheader",
        aria_sort=rx.cond(on, "ascending", "none"),
        class_name=class_name,
    )


def _table() -> rx.Component:
    links = State.links
    heads = rx.el.tr(
        _sort_head("Student", "name", links.by_name),
        _sort_head("Next IEP", "iep", links.by_iep),
        _sort_head("Minutes", "minutes", links.by_minutes),
        rx.el.th("Goals", scope="col", role="columnheader"),
        _sort_head("Last seen", "seen", links.by_seen),
        role="row",
    )
    return rx.el.table(
        rx.el.caption("Students", class_name="sr"),
        rx.el.thead(heads, role="rowgroup"),
        rx.el.tbody(rx.foreach(State.rows, _row), role="rowgroup"),
        class_name="grid cl",
        role="table",
    )


def _view(label: str, view: str, href: Any, count: Any = None) -> rx.Component:
    words = [label] if count is None else [label, " ", rx.cond(State.ready, count, "–")]
    return link(*words, href=href, aria_current=rx.cond(State.choice.view == view, "true", "false"))


def _filters() -> rx.Component:
    counts, links, choice = State.counts, State.links, State.choice
    return rx.el.div(
        segments(
            _view("All", "all", links.everyone, counts.students),
            _view("Mine", "mine", links.mine, counts.mine),
            _view("Need a look", "watch", links.watch, counts.watch),
            _view("Archived", "archived", links.archived),
            label="Which students",
        ),
        link_button("Charts", href="/progress", small=True),
        rx.el.span(class_name="grow"),
        rx.el.select(
            rx.el.option("All grades", value=""),
            rx.foreach(State.grades, lambda pair: rx.el.option(pair[1], value=pair[0])),
            value=choice.grade,
            on_change=State.filter_grade,
            aria_label="Grade",
            class_name="input slim",
        ),
        rx.el.select(
            rx.el.option("All schools", value=""),
            rx.foreach(State.schools, lambda school: rx.el.option(school, value=school)),
            value=choice.school,
            on_change=State.filter_school,
            aria_label="School",
            class_name="input slim",
        ),
        class_name="panel-h wrap",
    )


def _due(count: Any, label: str, sub: Any, href: Any) -> rx.Component:
    return link(
        rx.el.span(rx.cond(State.ready, count, "–"), class_name="n"),
        rx.el.span(rx.el.span(label, class_name="lbl"), sub, class_name="grow"),
        href=href,
    )


def _sub(sentence: Any, late: Any = False) -> rx.Component:
    return rx.el.span(rx.cond(State.ready, sentence, "\u00a0"), class_name=rx.cond(late, "sub late", "sub"))


def _queue() -> rx.Component:
    counts, links = State.counts, State.links
    late = counts.ieps_late > 0
    return rx.el.nav(
        _due(
            State.unsigned,
            "Unsigned notes",
            _sub(rx.cond(State.unsigned > 0, "to sign or submit", "none waits for you")),
            "/notes",
        ),
        _due(
            counts.ieps_due,
            "IEPs due soon",
            _sub(rx.cond(late, counts.ieps_late.to_string() + " already late", "within 30 days"), late),
            links.iep,
        ),
        _due(counts.short, "Behind on minutes", _sub(counts.short_minutes.to_string() + " minutes"), links.short),
        _due(counts.off_track, "Goals off track", _sub("below the aim line"), links.off),
        class_name="card queue",
        aria_label="What is owed",
    )


def _selection() -> rx.Component:
    many = State.selected.length()
    bar = rx.el.div(
        rx.el.span(many, " selected", class_name="b grow", role="status"),
        button("Clear", kind="ghost", on_click=State.clear_selection),
        rx.cond(State.may_create, button("Access", "key_round", on_click=State.open_access), rx.fragment()),
        button("Start session", "play", kind="pri", on_click=State.start_session),
        class_name="bulk",
    )
    return rx.cond(many > 0, bar, rx.fragment())


def _nobody() -> rx.Component:
    first = empty_state(
        "No students yet",
        "Add the first one: a name is enough, dates and minutes can follow.",
        go_button("Add student", "plus", href="/students/new", kind="pri"),
    )
    no_rights = empty_state("No students yet", "Ask a case manager to give you access to a student.")
    office = empty_state(
        "Students are with those who see them",
        "No student's record is shared with you: an office governs who works with whom, and opens none by that. Who "
        "has which students is on Team; new ones are added by clinicians and supervisors.",
        go_button("Student access", "key_round", href="/team/access", kind="pri"),
    )
    filtered = empty_state(
        "Nobody here", "No student fits this view.", link_button("Show all students", href="/caseload")
    )
    unfiltered = State.links.everyone == "/caseload"
    on_all = unfiltered & (State.choice.view == "all")
    return rx.cond(on_all, rx.cond(State.may_create, first, rx.cond(State.sees_activity, office, no_rights)), filtered)


def _list() -> rx.Component:
    rows = rx.cond(State.rows.length() > 0, _table(), _nobody())
    return rx.el.section(
        _filters(),
        rx.cond(State.ready, rows, skeleton_rows(8)),
        rx.el.p("No student fits these words.", class_name="state", hidden=True, data_no_match="true"),
        _selection(),
        RowPicking.create(scope="#caseload"),
        InAddress.create(name="pick", values=State.selected),
        class_name="card",
        id="caseload",
        aria_label="Students",
    )


def caseload() -> rx.Component:
    """The page /caseload."""
    failed = State.ready & (State.problem != "") & (State.rows.length() == 0)
    add = rx.cond(
        State.may_create,
        go_button("Add student", "plus", href="/students/new"),
        held_place("Add student", "plus"),
    )
    bank = link_button("Goal bank", "library", href="/goal-bank", kind="ghost")
    return shell(
        page_style("caseload"),
        banner(rx.cond(failed, "", State.problem), "warn"),
        rx.cond(
            failed,
            error_panel(State.problem, State.retry),
            rx.fragment(_queue(), rx.el.div(today_aside(), _list(), class_name="split")),
        ),
        active="caseload",
        title="Caseload",
        subtitle=State.line,
        actions=[
            search_box("Search or jump to", "#caseload"),
            rx.el.div(bank, class_name="hide-m"),
            go_button("Minutes", "timer", href="/minutes"),
            add,
        ],
    )


PAGE = {
    "route": "/caseload",
    "title": page_title("Caseload"),
    "on_load": CaseloadState.enter,
}
