"""Progress-report day: the students of a period with where each report stands, and the batch for printing."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import button, file_button, link, link_button, segments
from therapytrack.components.feedback import banner, empty_state, error_panel, skeleton_card
from therapytrack.components.forms import select_field
from therapytrack.components.icons import icon
from therapytrack.components.layout import page_style, page_title, shell
from therapytrack.components.status import tag
from therapytrack.domain.report_content import KINDS
from therapytrack.state.reports import ReportsState

State: Any = ReportsState


def _period(one: Any) -> rx.Component:
    return rx.cond(one.current, link(one.name, href=one.href, aria_current="true"), link(one.name, href=one.href))


def _periods() -> list[rx.Component]:
    """This school year's periods beside one another; those before in a list, so that the row does not grow."""
    choices = rx.foreach(State.earlier, lambda one: rx.el.option(one.words, value=one.value))
    earlier = rx.el.select(
        rx.el.option("Earlier periods", value=""),
        choices,
        value=State.shown_earlier,
        on_change=State.choose_period,
        aria_label="Earlier periods",
        class_name="input slim",
    )
    several = State.periods.length() + State.earlier.length() > 1
    return [
        rx.cond(several, segments(rx.foreach(State.periods, _period), label="Period"), rx.fragment()),
        rx.cond(State.earlier.length() > 0, earlier, rx.fragment()),
    ]


def _line(one: Any) -> rx.Component:
    return rx.el.li(
        link(
            rx.el.span(
                rx.el.span(one.name, class_name="b"),
                rx.cond(one.missing != "", rx.el.span(one.missing, class_name="sub-line"), rx.fragment()),
                class_name="grow",
            ),
            rx.cond(one.answers, tag("Waits for you", "warn", "signature"), rx.fragment()),
            tag(one.state, one.tone),
            href=one.href,
            class_name="report-row",
        )
    )


def _queue() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.div(rx.el.h2(State.period), rx.el.p(State.days, class_name="sub-line"), class_name="grow"),
            rx.el.p(State.tally, class_name="s13 t2"),
            rx.el.a(icon("printer", 17), "Print", href="#print", class_name="btn sm to-print no-print"),
            class_name="panel-h wrap report-head",
        ),
        rx.cond(
            State.lines.length() > 0,
            rx.el.ul(rx.foreach(State.lines, _line), class_name="report-rows"),
            empty_state("No students yet", "Students whom you may view appear here."),
        ),
        class_name="card clip",
        aria_label="Reports of the period",
    )


def _running() -> rx.Component:
    return rx.el.div(
        rx.el.label("Making the files", html_for="batch-bar", class_name="b"),
        rx.el.progress(id="batch-bar", value=State.made, max=State.of, class_name="report-bar"),
        rx.el.p(State.made, " of ", State.of, " made", class_name="s13 t2"),
        button("Cancel", "x", on_click=State.cancel),
        class_name="stack tight",
    )


def _finished() -> rx.Component:
    base = "/reports/batches/" + State.batch
    return rx.el.div(
        rx.el.p(State.of, " made: ", State.kind_words, class_name="b"),
        file_button("One file for printing", "printer", href=base + "/all.pdf", kind="pri"),
        file_button("One file per student (ZIP)", href=base + "/each.zip"),
        rx.el.p("Kept encrypted, for you alone, until ", State.until, ".", class_name="s13 t3"),
        class_name="stack tight",
    )


def _batch() -> rx.Component:
    form = rx.el.form(
        select_field("kind", "What to print", list(KINDS.items())),
        rx.el.p(State.printable, " signed reports that you may export.", class_name="s13 t2"),
        button("Print all signed", "printer", type="submit"),
        on_submit=State.print_all,
        class_name="stack tight",
        aria_label="Print all signed reports",
    )
    none = rx.el.p("No report that you may export is signed yet. Sign, then print them here.", class_name="t2 s14")
    finished = rx.cond(State.batch != "", _finished(), rx.fragment())
    other = rx.cond(State.elsewhere != "", link_button("Look at it", href=State.elsewhere), rx.fragment())
    idle = rx.fragment(other, banner(State.halted, "warn"), finished, rx.cond(State.printable > 0, form, none))
    return rx.el.section(
        rx.el.div(rx.el.h2("Print"), class_name="panel-h"),
        rx.el.div(
            banner(State.first, "warn"),
            rx.cond(State.run != "", _running(), idle),
            rx.el.p(rx.cond(State.batch != "", "The files are ready.", ""), class_name="sr", role="status"),
            class_name="pad-m stack",
        ),
        id="print",
        tab_index=-1,
        class_name="card clip",
        aria_label="Print",
    )


def _content() -> rx.Component:
    none = rx.el.div(
        empty_state(
            "No reporting period yet",
            "The office sets the periods: their first day, their last, and the day by which reports are due.",
            link_button("Periods and codes", "settings", href="/settings/reports"),
        ),
        class_name="card",
    )
    shown = rx.el.div(_queue(), rx.el.div(_batch(), class_name="stack"), class_name="split")
    return rx.cond(State.period != "", shown, none)


def reports() -> rx.Component:
    """The page /reports."""
    waiting = rx.cond(State.ready & (State.problem != ""), error_panel(State.problem, State.retry), skeleton_card(6))
    return shell(
        page_style("reports"),
        rx.el.div(
            rx.cond(State.loaded, banner(State.problem, "bad"), rx.fragment()),
            rx.cond(State.loaded, _content(), waiting),
            class_name="stack",
        ),
        active="reports",
        title="Reports",
        actions=[*_periods(), link_button("Periods and codes", "settings", href="/settings/reports", kind="ghost")],
    )


PAGE = {"route": "/reports", "title": page_title("Reports"), "on_load": ReportsState.enter}
