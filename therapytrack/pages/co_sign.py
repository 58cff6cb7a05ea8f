"""Co-sign: what assistants submitted, one after the other; the difference since a return stands in the text."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import button, link
from therapytrack.components.feedback import banner, empty_state, error_panel
from therapytrack.components.forms import text_area
from therapytrack.components.islands import FocusInvalid
from therapytrack.components.layout import page_style, page_title, shell
from therapytrack.components.note_field import Keys, keys_attr, part
from therapytrack.components.note_parts import earlier_note, goal_data, note_text, steps
from therapytrack.components.skeletons import desk_skeleton
from therapytrack.components.status import goal_mark, sparkline, tag
from therapytrack.state.co_sign import CoSignState

Desk: Any = CoSignState  # its attributes are the browser's variables, which types do not know


def _row(one: Any) -> rx.Component:
    inside = (
        rx.el.span(
            rx.el.span(
                rx.el.span(one.student, class_name="b"),
                rx.el.span(one.line, " · ", one.kind, class_name="sub-line"),
                class_name="grow",
            ),
            rx.cond(one.again, tag("Back again", "cue", "rotate_cw"), rx.fragment()),
            class_name="row",
        ),
    )
    return rx.fragment(
        rx.cond(one.first, rx.el.li(one.author, class_name="note-group"), rx.fragment()),
        rx.el.li(
            rx.cond(
                one.current,
                link(*inside, href=one.href, class_name="note-row", aria_current="true"),
                link(*inside, href=one.href, class_name="note-row"),
            )
        ),
    )


def _report(one: Any) -> rx.Component:
    inside = rx.el.span(
        rx.el.span(
            rx.el.span(one.student, class_name="b"), rx.el.span(one.line, class_name="sub-line"), class_name="grow"
        ),
        rx.cond(one.again, tag("Back again", "cue", "rotate_cw"), rx.fragment()),
        class_name="row",
    )
    return rx.fragment(
        rx.cond(one.first, rx.el.li(one.author, class_name="note-group"), rx.fragment()),
        rx.el.li(link(inside, href=one.href, class_name="note-row")),
    )


def _reports() -> rx.Component:
    """Progress reports that wait: each is read and answered on its own page."""
    listed = rx.el.section(
        rx.el.div(rx.el.h2("Progress reports"), class_name="panel-h"),
        rx.el.ul(rx.foreach(Desk.reports, _report), class_name="note-rows"),
        aria_label="Progress reports to co-sign",
    )
    return rx.cond(Desk.reports.length() > 0, listed, rx.fragment())


def _piece(one: Any) -> rx.Component:
    return rx.match(
        one.kind,
        ("deleted", rx.el.del_(one.text)),
        ("inserted", rx.el.ins(one.text)),
        rx.el.span(one.text),
    )


def _since_return() -> rx.Component:
    sheet = Desk.sheet
    return rx.el.section(
        rx.el.h3("You asked"),
        rx.el.p(sheet.comment, class_name="note-comment note-text"),
        rx.el.h3("Changed since"),
        rx.el.p(rx.foreach(sheet.pieces, _piece), class_name="note-text note-diff"),
        class_name="stack tight",
    )


def _text() -> rx.Component:
    sheet = Desk.sheet
    return rx.fragment(
        rx.cond(
            sheet.is_addendum,
            rx.el.section(
                rx.el.h3("Signed note"), note_text(sheet.note), rx.el.h3("Addendum"), class_name="stack tight"
            ),
            rx.fragment(),
        ),
        note_text(sheet.text),
        rx.cond(sheet.pieces.length() > 0, _since_return(), rx.fragment()),
    )


def _co_sign() -> rx.Component:
    sheet = Desk.sheet
    return rx.el.div(
        button(
            "Co-sign",
            "signature",
            kind="pri",
            on_click=Desk.co_sign(sheet.id, sheet.hash),
            aria_keyshortcuts="C Enter",
            custom_attrs=keys_attr("enter c", armed=True),
        ),
        rx.el.span("goes on to the next", class_name="s13 t3"),
        class_name="row wrap",
    )


def _return() -> rx.Component:
    sheet = Desk.sheet
    return rx.el.form(
        FocusInvalid.create(errors=Desk.field_errors),
        rx.el.input(type="hidden", name="one", value=sheet.id, read_only=True),
        rx.el.input(type="hidden", name="shown", value=sheet.hash, read_only=True),
        text_area(
            "comment",
            "Comment for the author",
            error=Desk.comment_error,
            hint="What to change, when you return it.",
            max_length=2000,
            default_value=Desk.draft,
            on_blur=lambda words: Desk.keep_comment(sheet.id, words),
            custom_attrs=keys_attr("r"),
        ),
        rx.el.div(
            button("Return", "undo_2", type="submit", aria_keyshortcuts="R"),
            rx.el.span(rx.el.kbd("Ctrl"), " ", rx.el.kbd("Enter"), class_name="s13 t3 hide-m"),
            class_name="row wrap",
        ),
        key=sheet.id,
        on_submit=Desk.send_back,
        class_name="stack tight note-return",
        aria_label="Return",
        no_validate=True,
        custom_attrs={"data-send": ""},
    )


def _sheet() -> rx.Component:
    sheet = Desk.sheet
    head = rx.el.div(
        rx.el.div(
            rx.el.h2(sheet.student),
            rx.el.p(sheet.author, " · submitted ", sheet.submitted, class_name="sub-line"),
            class_name="grow",
        ),
        steps(Desk.previous_href, Desk.next_href),
        class_name="panel-h",
    )
    return rx.el.section(
        head,
        rx.el.div(_text(), _co_sign(), _return(), class_name="pad-l stack", key=sheet.id),
        class_name="card note-open",
        aria_label="Note to co-sign",
    )


def _chart(one: Any) -> rx.Component:
    return rx.el.li(
        link(one.goal, href=one.href, class_name="link grow"),
        goal_mark(one.status, ""),
        sparkline(one.line, one.dot, one.target, one.label),
        rx.el.span("Against the aim line: ", one.standing, ", ", one.why, class_name="sub-line"),
    )


def _charts() -> rx.Component:
    shown = rx.el.section(
        rx.el.div(rx.el.h2("Charts"), class_name="panel-h"),
        rx.el.ul(rx.foreach(Desk.sheet.charts, _chart), class_name="note-data note-charts"),
        class_name="card clip",
        aria_label="Charts",
    )
    return rx.cond(Desk.sheet.charts.length() > 0, shown, rx.fragment())


def _aside() -> rx.Component:
    sheet = Desk.sheet
    return rx.el.div(
        rx.el.section(
            rx.el.div(rx.el.h2("Session data"), class_name="panel-h"),
            rx.el.p(
                rx.el.span(sheet.session, class_name="b"),
                rx.el.span(sheet.when, class_name="sub-line"),
                rx.el.span(sheet.attendance, " · ", sheet.minutes),
                class_name="pad-m s14 note-attended",
            ),
            goal_data(sheet.goals),
            class_name="card clip",
            aria_label="Session data",
        ),
        _charts(),
        earlier_note(sheet.before, ""),
        class_name="stack note-aside",
    )


def _content() -> rx.Component:
    headed = rx.cond(Desk.reports.length() > 0, rx.el.div(rx.el.h2("Notes"), class_name="panel-h ruled"), rx.fragment())
    notes = rx.el.ul(rx.foreach(Desk.queue, _row), class_name="note-rows")
    listed = rx.el.div(
        _reports(),
        rx.cond(Desk.queue.length() > 0, rx.el.section(headed, notes, aria_label="Waiting for you"), rx.fragment()),
        class_name="card clip note-list",
    )
    none = rx.el.div(
        empty_state("No note waits for your signature", "Open a progress report to read it and answer."),
        class_name="card",
    )
    desk = rx.cond(
        Desk.queue.length() > 0,
        rx.el.div(listed, _sheet(), _aside(), class_name="notes"),
        rx.el.div(listed, none, class_name="notes"),
    )
    empty = rx.el.div(
        empty_state(
            "Nothing waits for your signature",
            "Notes and progress reports appear here when your assistants submit them.",
        ),
        class_name="card",
    )
    return rx.cond(Desk.queue.length() + Desk.reports.length() > 0, desk, empty)


def co_sign() -> rx.Component:
    """The page /co-sign."""
    return shell(
        page_style("notes"),
        banner(rx.cond(Desk.failed, "", Desk.problem), "bad"),
        banner(Desk.said, "good"),
        rx.cond(
            Desk.ready,
            rx.cond(Desk.failed, error_panel(Desk.problem, Desk.retry), _content()),
            desk_skeleton(),
        ),
        part(Keys, subject=Desk.sheet.id + Desk.sheet.hash),
        active="co-sign",
        title="Co-sign",
        subtitle=rx.el.span(
            "C or Enter co-signs and goes on, R returns with a comment, J and K move", class_name="hide-m of-keys"
        ),
    )


PAGE = {"route": "/co-sign", "title": page_title("Co-sign"), "on_load": Desk.enter}
