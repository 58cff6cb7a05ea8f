"""One student: what is owed, what can be done here, and tabs for everything that is kept about her."""

from typing import Any

import reflex as rx

from therapytrack.components.access import right_reason
from therapytrack.components.buttons import button, file_button, go_button, link, link_button
from therapytrack.components.feedback import banner, empty_state, error_panel, not_found_panel
from therapytrack.components.icons import icon
from therapytrack.components.islands import for_record
from therapytrack.components.layout import page_style, page_title, shell
from therapytrack.components.make_ups import make_ups
from therapytrack.components.skeletons import student_skeleton, tab_skeleton
from therapytrack.components.status import due_tag, goal_mark, minutes_bar, sparkline
from therapytrack.components.student_files import files_tab
from therapytrack.components.student_ledger import ledger_card
from therapytrack.components.student_tabs import (
    access_tab,
    mandates,
    notes_tab,
    reports_tab,
    sessions_tab,
    timeline_tab,
)
from therapytrack.components.tables import facts
from therapytrack.components.tabs import tab_bar, tab_panel
from therapytrack.domain.student_choice import StudentTab
from therapytrack.state.student import StudentState

State: Any = StudentState
TABS = [(str(one), one.capitalize()) for one in StudentTab]


def _export() -> rx.Component:
    """A small menu of what can be taken along; each is a plain address, checked and logged on the server."""
    href = rx.Var.create("/students/") + State.student.id
    menu = rx.el.div(
        file_button("Summary to print", "printer", href=href + "/summary", kind="ghost"),
        file_button("Summary as PDF", "file_text", href=href + "/summary.pdf", kind="ghost"),
        file_button("Session log as CSV", "table", href=href + "/sessions.csv", kind="ghost"),
        go_button("Disclosures", "shield", href=href + "/disclosures", kind="ghost"),
        id="export",
        class_name="menu-box",
        custom_attrs={"popover": "auto"},
    )
    opener = button("Export", "download", custom_attrs={"popoverTarget": "export"})
    return rx.fragment(opener, menu)


def _actions() -> list[rx.Component]:
    rights = State.student.rights
    href = rx.Var.create("/students/") + State.student.id
    return [
        rx.cond(rights.edit, go_button("Edit", "pencil", href=href + "/edit"), rx.fragment()),
        go_button("Mandates", "timer", href=href + "/plan"),
        rx.cond(rights.draft, go_button("Draft", "sparkles", href=href + "/drafts/new"), rx.fragment()),
        rx.cond(rights.export, _export(), rx.fragment()),
        rx.cond(rights.log, button("Log session", "play", kind="pri", on_click=State.log_session), rx.fragment()),
    ]


def _facts() -> rx.Component:
    student = State.student
    minutes = student.minutes
    bar = minutes_bar(minutes)
    none = rx.el.span("None yet", class_name="t2")
    made_up = rx.cond(minutes.made_up > 0, rx.el.span(minutes.made_up, " made up", class_name="block"), rx.fragment())
    href = rx.Var.create("/students/") + student.id + "?tab=minutes"
    owed = rx.cond(student.owed != "", link(student.owed, href=href, class_name="link soon"), rx.fragment())
    ledger = rx.Var.create("/minutes?student=") + student.id
    how = rx.cond(minutes.due != "", link("How it was counted", href=ledger, class_name="link block"), rx.fragment())
    return facts(
        ("Next IEP", rx.cond(student.iep_on != "", student.iep_on, none), due_tag(student.iep_label, student.iep_tone)),
        ("Minutes this period", rx.cond(minutes.due != "", bar, none), rx.fragment(made_up, owed, how)),
        ("Last seen", rx.cond(student.last != "", student.last, none), ""),
        ("Next session", rx.cond(student.next != "", student.next, none), ""),
        wide=True,
    )


def _goal(goal: Any) -> rx.Component:
    href = rx.Var.create("/students/") + State.student.id + "/goals/" + goal.id
    return rx.el.tr(
        rx.el.td(
            link(goal.label, href=href, class_name="b cell-link"),
            rx.el.span(goal.target, class_name="sub-line"),
        ),
        rx.el.td(
            rx.el.span(
                goal_mark(goal.status, ""),
                rx.el.span(goal.standing, rx.el.span(goal.why, class_name="sub-line hide-m")),
                class_name="row",
            )
        ),
        rx.el.td(
            link(
                sparkline(goal.spark.line, goal.spark.dot, goal.spark.target, goal.spark.label),
                href=href,
                class_name="chart-link",
            ),
            class_name="hide-m",
        ),
        rx.el.td(goal.latest, class_name="num b"),
        rx.el.td(
            rx.cond(
                State.student.rights.goals,
                link(icon("pencil", 17), href=href + "/edit", class_name="icobtn", aria_label="Edit " + goal.label),
                rx.fragment(),
            ),
            class_name="t-act",
        ),
        key=goal.id,
    )


def _goals() -> rx.Component:
    new = rx.Var.create("/students/") + State.student.id + "/goals/new"
    may = State.student.rights.goals
    add = rx.cond(may, go_button("Add goal", "plus", href=new, small=True), rx.fragment())
    together = rx.Var.create("/students/") + State.student.id + "/compare"
    compare = rx.cond(State.goals.length() > 1, link_button("Compare", href=together, small=True), rx.fragment())
    columns = ("Goal", "Against the aim line", "Last points", "Latest", "")
    heads = [rx.el.th(name, scope="col", class_name="hide-m" if name == "Last points" else "") for name in columns[:-1]]
    table = rx.el.table(
        rx.el.caption("Goals", class_name="sr"),
        rx.el.thead(rx.el.tr(*heads, rx.el.th(rx.el.span("Change", class_name="sr"), scope="col"))),
        rx.el.tbody(rx.foreach(State.goals, _goal)),
        class_name="grid",
    )
    first = rx.cond(may, go_button("Add goal", "plus", href=new, kind="pri"), rx.fragment())
    nothing = empty_state("No goals yet", "Add the goals of the IEP; each becomes a row of the session sheet.", first)
    return rx.el.section(
        rx.el.div(rx.el.h2("Goals", class_name="grow"), compare, add, class_name="panel-h"),
        rx.cond(State.goals.length() > 0, table, nothing),
        class_name="card clip",
    )


def _minutes() -> rx.Component:
    """Minutes of the running period, and missed sessions with what makes them up."""
    nothing = empty_state("Nothing was missed", "A missed session stands here with what is owed for it.")
    missed = (State.make_ups.length() > 0) | (State.other_missed.length() > 0)
    return rx.el.div(
        mandates(),
        rx.cond(missed, make_ups(), rx.el.section(nothing, class_name="card")),
        ledger_card(),
        class_name="stack",
    )


def _rights() -> rx.Component:
    """Archiving, and in words what this person may not do here, why, and whom to ask."""
    rights = State.student.rights
    missing = rx.el.ul(rx.foreach(rights.missing, lambda why: rx.el.li(why)), class_name="stack tight s13 t2")
    archive = button("Archive student", "archive", kind="ghost", small=True, on_click=State.archive)
    return rx.el.section(
        rx.cond(rights.missing.length() > 0, missing, rx.fragment()),
        rx.el.div(rx.el.ul(rx.foreach(State.reasons, right_reason), class_name="reasons"), role="status"),
        rx.el.div(
            button("What you may do here, and why", "circle_help", kind="ghost", small=True, on_click=State.explain),
            rx.cond(rights.archive, archive, rx.fragment()),
            class_name="row wrap",
        ),
        class_name="stack no-print",
        aria_label="What you may do here",
    )


def _archived() -> rx.Component:
    student = State.student
    restore = rx.cond(
        student.rights.restore, button("Restore", "rotate_ccw", small=True, on_click=State.restore), rx.fragment()
    )
    words = rx.el.div(
        icon("archive", 18),
        rx.el.span("Archived ", student.archived, ". Nothing was deleted.", class_name="grow"),
        restore,
        class_name="banner warn",
    )
    return rx.cond(student.archived != "", words, rx.fragment())


def _panel() -> rx.Component:
    panels = {
        StudentTab.MINUTES: _minutes(),
        StudentTab.SESSIONS: sessions_tab(),
        StudentTab.NOTES: notes_tab(),
        StudentTab.REPORTS: reports_tab(),
        StudentTab.FILES: files_tab(),
        StudentTab.ACCESS: access_tab(),
        StudentTab.TIMELINE: timeline_tab(),
    }
    return rx.match(State.tab, *[(str(tab), panel) for tab, panel in panels.items()], _goals())


def _page() -> rx.Component:
    base = rx.Var.create("/students/") + State.student.id
    return rx.el.div(
        banner(State.problem, "bad"),
        banner(State.done, "good"),
        _archived(),
        _facts(),
        tab_bar("Parts of the record", base, TABS),
        tab_panel(State.tab, TABS, _panel(), tab_skeleton()),
        _rights(),
        class_name="stack",
    )


def _found() -> rx.Component:
    return shell(
        _page(),
        title=State.student.name,
        subtitle=State.student.line,
        actions=_actions(),
        crumbs=[("Caseload", "/caseload")],
    )


def _other(content: rx.Component) -> rx.Component:
    return shell(content, title="Student", crumbs=[("Caseload", "/caseload")])


def student() -> rx.Component:
    """The page /students/ID; `?tab=` opens a part of it."""
    waiting = _other(student_skeleton())
    failed = error_panel(State.problem, State.retry)
    nobody = _other(rx.cond(State.missing, not_found_panel(), failed))
    page = rx.cond(State.ready, rx.cond(State.student.id != "", _found(), nobody), waiting)
    return rx.fragment(page_style("student"), for_record(State.student.id, page, waiting))


PAGE = {"route": "/students/[student_id]", "title": page_title("Student"), "on_load": StudentState.enter}
