"""Beside a progress report: a supervisor's two answers, and the addenda under it."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import button
from therapytrack.components.forms import text_area
from therapytrack.components.note_parts import note_text
from therapytrack.components.status import tag
from therapytrack.state.report import ReportState

State: Any = ReportState


def _record() -> rx.Component:
    return rx.el.input(type="hidden", name="record", value=State.report.record, read_only=True)


def _piece(one: Any) -> rx.Component:
    return rx.match(
        one.kind,
        ("deleted", rx.el.del_(one.text)),
        ("inserted", rx.el.ins(one.text)),
        rx.el.span(one.text),
    )


def _change(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.h4(one.place, class_name="s13"), rx.el.p(rx.foreach(one.pieces, _piece), class_name="note-text note-diff")
    )


def since_return() -> rx.Component:
    """What she asked for when she returned it, and what reads otherwise since."""
    one = State.report
    changed = rx.el.ul(rx.foreach(one.changes, _change), class_name="stack tight")
    return rx.el.section(
        rx.el.h3("You asked"),
        rx.el.p(one.comment, class_name="note-comment note-text"),
        rx.el.h3("Changed since"),
        rx.cond(one.changes.length() > 0, changed, rx.el.p("Nothing reads otherwise than then.", class_name="s13 t2")),
        class_name="stack tight",
        aria_label="Since you returned it",
    )


def answer_panel() -> rx.Component:
    """Co-sign what is shown, or return it with a comment."""
    one = State.report
    return rx.el.section(
        rx.el.div(rx.el.h2("Co-sign"), class_name="panel-h"),
        rx.el.div(
            rx.cond(one.comment != "", since_return(), rx.fragment()),
            button("Co-sign", "signature", kind="pri", on_click=State.co_sign(one.hash)),
            rx.el.form(
                _record(),
                rx.el.input(type="hidden", name="shown", value=one.hash, read_only=True),
                text_area(
                    "comment", "Comment for the author", error=State.comment_error,
                    hint="What to change, when you return it.", max_length=2000,
                ),
                button("Return", "undo_2", type="submit"),
                on_submit=State.send_back,
                class_name="stack tight",
                aria_label="Return",
                no_validate=True,
            ),
            class_name="pad-m stack",
        ),
        class_name="card clip",
        aria_label="Co-sign",
    )  # fmt: skip


def _addendum(one: Any) -> rx.Component:
    revise = rx.el.form(
        rx.el.p("Returned: ", one.comment, class_name="note-comment"),
        rx.el.input(type="hidden", name="one", value=one.id, read_only=True),
        rx.el.textarea(name="revised", default_value=one.text, class_name="input", aria_label="Your addendum", rows=3),
        button("Submit again", type="submit"),
        on_submit=State.revise,
        class_name="stack tight",
    )
    since = rx.el.section(
        rx.el.p("You asked: ", one.comment, class_name="note-comment"),
        rx.el.p(rx.foreach(one.pieces, _piece), class_name="note-text note-diff"),
        class_name="stack tight",
        aria_label="Since you returned it",
    )
    answer = rx.fragment(
        rx.cond(one.pieces.length() > 0, since, rx.fragment()),
        button("Co-sign addendum", "signature", on_click=State.co_sign_addendum(one.id, one.hash)),
        rx.el.form(
            rx.el.input(type="hidden", name="one", value=one.id, read_only=True),
            rx.el.input(type="hidden", name="shown", value=one.hash, read_only=True),
            rx.el.input(name="comment", class_name="input", aria_label="Comment for the addendum's author"),
            button("Return addendum", type="submit"),
            on_submit=State.return_addendum,
            class_name="row wrap",
        ),
    )
    return rx.el.li(
        rx.el.div(rx.el.span(one.line, class_name="grow sub-line"), tag(one.state, one.tone), class_name="row"),
        rx.cond(one.mine, revise, note_text(one.text)),
        rx.cond(one.answers, answer, rx.fragment()),
        class_name="stack tight pad-m ruled",
    )


def addenda_panel() -> rx.Component:
    """The addenda under a signed report, and a field for one more."""
    add = rx.el.form(
        _record(),
        rx.el.input(type="hidden", name="key", value=State.new_addendum, read_only=True),
        text_area("addendum", "Correction or addition", error=State.addendum_error, max_length=20000),
        button("Add addendum", "plus", type="submit"),
        on_submit=State.add,
        class_name="pad-m stack tight",
        key="addendum-" + State.forms.to_string(),
        aria_label="Addendum",
        no_validate=True,
    )
    return rx.el.section(
        rx.el.div(rx.el.h2("Addenda"), class_name="panel-h"),
        rx.el.ul(rx.foreach(State.addenda, _addendum)),
        rx.cond(State.report.add, add, rx.fragment()),
        class_name="card clip",
        aria_label="Addenda",
    )
