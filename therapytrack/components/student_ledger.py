"""A student's ledger on her page: each period with its reasons, the forecast, and free times that would mend it."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import button, link_button
from therapytrack.state.student import StudentState

State: Any = StudentState


def _figure(what: str, value: Any) -> rx.Component:
    return rx.cond(value != "", rx.el.p(rx.el.b(what, class_name="b"), ": ", value), rx.fragment())


def _line(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.h3(one.title),
            rx.el.p(one.forecast, class_name=rx.cond(one.tone == "warn", "soon", "t2")),
            rx.el.p(one.identity, class_name="num"),
            rx.el.div(
                _figure("Allowable", one.allowable),
                _figure("Provided", one.provided),
                _figure("Not provided", one.reasons),
                _figure("Not accounted for", one.rest),
                class_name="stack tight s14",
            ),
            class_name="stack tight grow",
        )
    )


def openings(times: Any) -> rx.Component:
    """Free times; each opens the schedule's form of a session with student, day and time filled in."""

    def one(time: Any) -> rx.Component:
        return rx.el.li(link_button(time.words, "plus", href=time.href, small=True))

    return rx.el.ul(rx.foreach(times, one), class_name="row wrap s14")


def _times() -> rx.Component:
    times = State.times
    found = rx.el.div(
        rx.el.h3("Free times that would make it up"),
        openings(times.openings),
        rx.el.p(times.mending, class_name="t2"),
        class_name="pad-m stack tight ruled",
        role="status",
    )
    ask = rx.el.div(
        button("Find free times to make it up", "search", small=True, on_click=State.find_times),
        class_name="pad-m ruled",
    )
    return rx.cond(times.mending != "", found, rx.cond(State.ledger.may_mend, ask, rx.fragment()))


def ledger_card() -> rx.Component:
    """The running periods and those before, each explained, with the ways to the ledger of all and to the mandates."""
    one = State.ledger
    said = rx.el.div(
        rx.cond(one.owed != "", rx.el.p("To make up: ", one.owed), rx.fragment()),
        rx.foreach(one.dates, lambda words: rx.el.p(words)),
        class_name="pad-m stack tight s14 t2 ruled",
    )
    return rx.el.section(
        rx.el.div(
            rx.el.h2("Ledger", class_name="grow"),
            link_button(
                "Minutes page", "timer", href=rx.Var.create("/minutes?student=") + State.student.id, small=True
            ),
            link_button(
                "Mandates", "calendar_days", href=rx.Var.create("/students/") + State.student.id + "/plan", small=True
            ),
            class_name="panel-h wrap",
        ),
        rx.cond(one.nothing != "", rx.el.p(one.nothing, class_name="pad-m t2"), rx.fragment()),
        rx.el.ul(rx.foreach(one.running, _line), class_name="list"),
        _times(),
        rx.cond((one.owed != "") | (one.dates.length() > 0), said, rx.fragment()),
        rx.cond(
            one.past.length() > 0,
            rx.el.details(
                rx.el.summary("Earlier periods of this school year", class_name="pad-m b"),
                rx.el.ul(rx.foreach(one.past, _line), class_name="list"),
                class_name="ruled",
            ),
            rx.fragment(),
        ),
        class_name="card clip",
        aria_label="Ledger",
    )
