"""The pages while they wait, each in its real shape, so that nothing moves when the data come."""

import reflex as rx

from therapytrack.components.feedback import skeleton, skeleton_row


def _waiting(*parts: rx.Component, class_name: str) -> rx.Component:
    """Its key keeps the browser from making the page out of the skeleton's own elements, which would move them."""
    said = rx.el.span("Loading", class_name="sr", role="status")
    return rx.el.div(said, rx.el.div(*parts, class_name=class_name, aria_hidden="true"), key="waiting")


def _rows(rows: int) -> rx.Component:
    return rx.fragment(*[skeleton_row()] * rows)


def _titled(title: str, rows: int) -> rx.Component:
    return rx.el.div(
        rx.el.div(rx.el.span(title, class_name="b"), class_name="panel-h"), _rows(rows), class_name="card clip"
    )


def today_skeleton() -> rx.Component:
    """The day's sessions, and the unsigned notes beside them."""
    return _waiting(_titled("Sessions", 4), _titled("Unsigned notes", 3), class_name="split")


def student_skeleton() -> rx.Component:
    """Facts, the tabs, one of them."""
    fact = rx.el.div(skeleton("third"), skeleton("tall"))
    facts = rx.el.div(*[fact] * 4, class_name="card facts wide")
    bar = rx.el.div(*[rx.el.span(skeleton("tall"))] * 6, class_name="tabbar")
    return _waiting(facts, bar, _titled("", 3), class_name="stack")


def tab_skeleton() -> rx.Component:
    """A tab that was just opened: a list."""
    return _waiting(_titled("", 6), class_name="stack")


def desk_skeleton() -> rx.Component:
    """A list of notes, the open one, its data."""
    sheet = rx.el.div(skeleton("third"), skeleton("box"), skeleton("fifth"), class_name="stack")
    return _waiting(
        rx.el.div(_rows(6), class_name="card clip note-list"),
        rx.el.div(sheet, class_name="card pad-l"),
        _titled("Session data", 3),
        class_name="notes",
    )


def form_skeleton(fields: int) -> rx.Component:
    """A form of so many fields, two in a row."""
    field = rx.el.div(skeleton("third"), skeleton("box"), class_name="field c6")
    return _waiting(rx.el.div(*[field] * fields, class_name="fields"), class_name="card pad-l narrow")


def session_skeleton() -> rx.Component:
    """Four students with three goals each; on phones the first one."""
    head = rx.el.div(skeleton("disc"), skeleton("third"), class_name="kid-h")
    goal = rx.el.div(skeleton("third"), rx.el.div(*[skeleton("tall")] * 3, class_name="pads"), class_name="goal")
    cards = [rx.el.div(head, goal, goal, goal, class_name=f"card kid{cur}") for cur in (" cur", "", "", "")]
    return rx.el.main(
        rx.el.h1("Session", class_name="sr"),
        rx.el.span("Loading", class_name="sr", role="status"),
        rx.el.div(skeleton("fifth"), class_name="sess-h", aria_hidden="true"),
        rx.el.div(class_name="here"),
        rx.el.div(*cards, class_name="sess-b", aria_hidden="true"),
        class_name="sess",
    )
