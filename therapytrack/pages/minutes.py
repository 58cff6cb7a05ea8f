"""Minutes: the ledger by student, clinician, school or all together, the forecast, and how each figure was made."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import button, choices, file_button, link, link_button
from therapytrack.components.feedback import banner, empty_state, error_panel, skeleton_rows
from therapytrack.components.forms import error_of, text_area
from therapytrack.components.layout import page_style, page_title, shell
from therapytrack.components.student_ledger import openings
from therapytrack.components.tables import cell, data_table, facts, fold_row
from therapytrack.domain.service_log import BESIDE, KNOWN, MINIMUM
from therapytrack.state.minutes import MinutesState

State: Any = MinutesState
HELP = (
    "Allowable = provided + not provided (by reason) + not accounted for, in minutes. A day without school takes "
    "nothing off what is allowable. To make up is all that is open today, whenever it was missed. An archived student "
    "counts until the day on which she was archived; students whom you may not view are not counted. "
)


def _forecast(row: Any) -> rx.Component:
    """In words that may take two lines: a tablet has no room for them in one."""
    return rx.el.span(row.forecast, class_name=rx.cond(row.tone == "warn", "forecast soon", "forecast t2"))


def _why(words: Any) -> rx.Component:
    return rx.cond(words != "", rx.el.span(words, class_name="sub-line"), rx.fragment())


def _some(minutes: Any, what: str) -> rx.Component:
    return rx.cond(minutes > 0, rx.el.span(minutes, f" {what}", class_name="sub-line"), rx.fragment())


def _row(row: Any) -> rx.Component:
    explain = link(row.name, href=row.href, class_name="b cell-link")
    return fold_row(
        rx.el.th(
            rx.cond(row.href != "", explain, rx.el.span(row.name, class_name="b")),
            _why(row.sub),
            scope="row",
            role="rowheader",
        ),
        cell(row.allowable, label="Allowable", class_name="num"),
        cell(row.provided, _some(row.made_up, "made up"), _some(row.over, "more than asked"), label="Provided"),
        cell(row.lost, _why(row.lost_words), label="Not provided", class_name="num"),
        cell(row.rest, _some(row.planned, "scheduled"), label="Not accounted for"),
        cell(row.owed, _why(row.owed_words), label="To make up", class_name="num"),
        cell(_forecast(row), class_name="whole"),
    )


def _table() -> rx.Component:
    columns = [State.head, "Allowable", "Provided", "Not provided", "Not accounted for", "To make up", "Forecast"]
    pages = rx.el.nav(
        rx.cond(State.links.page_before != "", link_button("Back", href=State.links.page_before), rx.fragment()),
        rx.cond(State.links.page_after != "", link_button("More", href=State.links.page_after), rx.fragment()),
        class_name="row pad-m",
        aria_label="Pages",
    )
    more = (State.links.page_before != "") | (State.links.page_after != "")
    return rx.fragment(
        data_table("Minutes", columns, rx.foreach(State.rows, _row), folds=True), rx.cond(more, pages, rx.fragment())
    )


def _sums() -> rx.Component:
    sums = State.sums
    return facts(
        ("Allowable", sums.allowable, "what the mandates ask for"),
        ("Provided", sums.provided, _some(sums.over, "more than asked")),
        ("Not provided", sums.lost, sums.lost_words),
        ("Not accounted for", sums.rest, _some(sums.planned, "scheduled")),
        ("To make up", sums.owed, sums.owed_words),
        wide=True,
    )


def _figure(what: str, value: Any) -> rx.Component:
    return rx.cond(value != "", rx.el.p(rx.el.b(what, class_name="b"), ": ", value), rx.fragment())


def _line(line: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.h3(line.title),
            _forecast(line),
            rx.el.p(line.identity, class_name="num"),
            rx.el.div(
                _figure("Allowable", line.allowable),
                _figure("Provided", line.provided),
                _figure("Not provided", line.reasons),
                _figure("Not accounted for", line.rest),
                class_name="stack tight s14",
            ),
            class_name="stack tight grow",
        )
    )


def _mending() -> rx.Component:
    one = State.explained
    return rx.cond(
        one.mending != "",
        rx.el.div(
            rx.el.h3("Free times that would make it up"),
            openings(one.openings),
            rx.el.p(one.mending, class_name="t2"),
            class_name="pad-m stack tight ruled",
        ),
        rx.fragment(),
    )


def _explained() -> rx.Component:
    one = State.explained
    href = rx.Var.create("/students/") + one.id
    said = rx.el.div(
        rx.cond(one.owed != "", rx.el.p("To make up: ", one.owed), rx.fragment()),
        rx.cond(one.beside != "", rx.el.p("Beside the mandates: ", one.beside), rx.fragment()),
        rx.foreach(one.dates, lambda words: rx.el.p(words)),
        class_name="pad-m stack tight s14 t2 ruled",
    )
    panel = rx.el.section(
        rx.el.div(
            rx.el.h2(link(one.name, href=href), class_name="grow"),
            link_button("Mandates", "calendar_days", href=href + "/plan", small=True),
            link_button("Close", "x", kind="ghost", href=State.links.all, small=True),
            class_name="panel-h wrap",
        ),
        rx.cond(one.nothing != "", rx.el.p(one.nothing, class_name="pad-m t2"), rx.fragment()),
        rx.el.ul(rx.foreach(one.lines, _line), class_name="list"),
        _mending(),
        rx.cond((one.owed != "") | (one.beside != "") | (one.dates.length() > 0), said, rx.fragment()),
        class_name="card clip",
        aria_label="How it was made",
    )
    return rx.cond(one.id != "", panel, rx.fragment())


def _export() -> rx.Component:
    links = State.links
    menu = rx.el.div(
        file_button("Minutes as PDF", "file_text", href=links.pdf, kind="ghost"),
        file_button("Minutes as CSV", "table", href=links.csv, kind="ghost"),
        file_button("Minutes as XLSX", "table", href=links.xlsx, kind="ghost"),
        file_button("Medicaid service log as CSV", "table", href=links.log, kind="ghost"),
        id="export",
        class_name="menu-box",
        custom_attrs={"popover": "auto"},
    )
    return rx.fragment(button("Export", "download", custom_attrs={"popoverTarget": "export"}), menu)


def _columns() -> rx.Component:
    """Which columns the service log has beyond the minimum: read by all, kept by the office."""
    form = rx.el.form(
        text_area(
            "columns",
            "The service log's own columns",
            error=error_of(State.field_errors, "columns"),
            default_value=State.columns,
            optional=True,
            max_length=4000,
            read_only=~State.may_edit_columns,
        ),
        rx.el.p(
            "The log always has "
            + ", ".join((*MINIMUM, *BESIDE))
            + ", and To check: what a service lacks. One line for each further column: one of "
            + ", ".join(KNOWN)
            + "; or a name and its text, such as “Agency NPI = 1234567890”. Check them against your payer's rules.",
            class_name="s13 t2",
        ),
        rx.cond(
            State.may_edit_columns,
            rx.el.div(button("Save columns", "check", kind="pri", type="submit"), class_name="form-foot"),
            rx.el.p("The workspace's owner and its admins choose them.", class_name="s13 t2"),
        ),
        on_submit=State.save_columns,
        class_name="card pad-l stack",
        key="columns-" + State.forms.to_string(),
        no_validate=True,
        aria_label="Columns of the service log",
    )
    ask = button("Columns of the service log", "settings", kind="ghost", small=True, on_click=State.open_columns)
    return rx.cond(State.asks_columns, form, rx.el.div(ask, class_name="row no-print"))


def _choose() -> rx.Component:
    links = State.links
    return rx.el.div(
        choices(State.by, "Whose minutes"),
        choices(State.spans, "Which period"),
        choices(State.whose, "Which students"),
        rx.el.div(
            rx.cond(
                links.before != "", link_button("Before", "chevron_left", href=links.before, small=True), rx.fragment()
            ),
            rx.cond(
                links.after != "", link_button("After", "chevron_right", href=links.after, small=True), rx.fragment()
            ),
            class_name="row",
        ),
        class_name="panel-h wrap",
    )


def _nothing() -> rx.Component:
    first = link_button("Caseload", href="/caseload", kind="pri")
    return empty_state(
        "No mandate asks for minutes in these days",
        "Open a student and add the mandate of the IEP under Mandates. What you may not view is not counted here.",
        first,
    )


def minutes() -> rx.Component:
    """The page /minutes."""
    failed = State.ready & ~State.loaded
    table = rx.cond(State.rows.length() > 0, _table(), _nothing())
    page = rx.fragment(
        banner(rx.cond(failed, "", State.problem), "warn"),
        banner(State.done, "good"),
        rx.el.div(_sums(), class_name="five"),
        _explained(),
        rx.el.section(_choose(), table, class_name="card clip ledger", aria_label="Ledger"),
        rx.el.p(
            HELP,
            State.unsaid,
            class_name="s13 t2",
        ),
        _columns(),
    )
    return shell(
        page_style("minutes"),
        rx.cond(
            State.ready,
            rx.cond(failed, error_panel(State.problem, State.retry), rx.el.div(page, class_name="stack")),
            rx.el.section(skeleton_rows(8), class_name="card", key="waiting"),
        ),
        active="caseload",
        title="Minutes",
        subtitle=State.words,
        actions=[rx.cond(State.loaded, _export(), rx.fragment())],
        crumbs=[("Caseload", "/caseload")],
    )


PAGE = {"route": "/minutes", "title": page_title("Minutes"), "on_load": MinutesState.enter}
