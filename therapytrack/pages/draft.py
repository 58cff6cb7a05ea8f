"""A draft in review: sentences with their sources, what to check, the editor. Accepting signs and sends nothing."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import button, link, link_button
from therapytrack.components.feedback import banner, error_panel, not_found_panel, skeleton_rows
from therapytrack.components.forms import text_area
from therapytrack.components.layout import page_title, shell
from therapytrack.components.status import tag
from therapytrack.state.drafts import DraftState

State: Any = DraftState  # its attributes are the browser's variables, which types do not know


def _status() -> rx.Component:
    return rx.match(
        State.status,
        ("written", tag("Needs review", "warn", "eye")),
        ("accepted", tag("Accepted", "good", "check")),
        ("writing", tag("Being written", "info", "pencil")),
        ("prepared", tag("Not written yet")),
        tag("No text", "bad", "circle_alert"),
    )


def _dates(one: Any) -> rx.Component:
    more = rx.cond(one.more > 0, rx.el.span("+", one.more, class_name="tag"), rx.fragment())
    chips = rx.foreach(one.dates, lambda day: rx.el.span(day, class_name="tag info"))
    return rx.cond(
        one.dates.length() > 0,
        link(chips, more, href=one.href, class_name="row wrap", aria_label="Rows behind this sentence"),
        rx.fragment(),
    )


def _sentence(one: Any) -> rx.Component:
    mark = rx.cond(one.warning != "", tag("Check", "warn", "circle_alert"), rx.fragment())
    return rx.el.li(rx.el.p(one.text), rx.el.div(_dates(one), mark, class_name="row wrap"), class_name="stack tight")


def _sentences() -> rx.Component:
    return rx.el.section(
        rx.el.div(rx.el.h2("What the data say"), _status(), class_name="panel-h"),
        rx.el.ul(rx.foreach(State.sentences, _sentence), class_name="draft-lines pad-m stack"),
        class_name="card clip",
    )


def _editor() -> rx.Component:
    area = text_area(
        "draft-text",
        "Text",
        hint="Yours to change. It stays a draft until you use it; nothing is signed or sent.",
        error=State.field_errors.get("text", ""),
        default_value=State.text,
        key=State.editor_key,
        rows="14",
        read_only=~State.head.may_change,
        on_change=State.save.debounce(1500),
        on_blur=State.save,
    )
    actions = rx.el.div(
        button("Accept", "check", kind="pri", on_click=State.accept, disabled=State.status == "accepted"),
        button("Discard", "trash_2", kind="ghost", on_click=State.discard),
        rx.el.span(State.saved, class_name="t2 s13", role="status"),
        class_name="form-foot",
    )
    return rx.el.section(
        rx.el.h2("Edit", class_name="sr"),
        area,
        _conflict(),
        rx.cond(State.head.may_change, actions, rx.fragment()),
        class_name="card pad-m stack",
    )


def _conflict() -> rx.Component:
    panel = rx.el.div(
        rx.el.h3("The other text"),
        rx.el.p(State.theirs, class_name="draft-live"),
        rx.el.div(
            button("Keep mine", on_click=State.keep_mine),
            button("Take the other", kind="ghost", on_click=State.take_theirs),
            class_name="row wrap",
        ),
        class_name="stack tight",
        role="group",
        aria_label="Two texts",
    )
    return rx.cond(State.theirs != "", panel, rx.fragment())


def _checks() -> rx.Component:
    none = rx.el.p("Every number is from the documented data, and nothing changed since.", class_name="t2")
    found = rx.el.ul(rx.foreach(State.checks, lambda said: rx.el.li(said)), class_name="stack tight")
    return rx.el.section(
        rx.el.h2("Checks", class_name="panel-h"),
        rx.el.div(rx.cond(State.checks.length() > 0, found, none), class_name="pad-m"),
        class_name="card clip",
    )


def _sent() -> rx.Component:
    """What is sent, word for word; open by itself while it still waits to be sent."""
    shown = rx.el.details(
        rx.el.summary("Show what is sent", class_name="link"),
        rx.el.pre(State.payload, class_name="draft-sent", tab_index=0),
        open=State.status == "prepared",
        class_name="card pad-m",
    )
    return rx.cond(State.payload != "", shown, rx.fragment())


def _waiting() -> rx.Component:
    ask = rx.el.div(
        rx.el.h2("Ready to write"),
        rx.el.p("Look at what would be sent to the AI service. It holds no name and no number; they are put in here."),
        rx.el.div(
            button("Send and write", "sparkles", kind="pri", on_click=State.write(False)),
            button("Write the plain draft", on_click=State.write(True)),
            class_name="row wrap",
        ),
        class_name="card pad-l stack",
    )
    plain = rx.el.div(button("Write the draft", kind="pri", on_click=State.write(True)), class_name="card pad-l")
    allowed = rx.cond(State.head.asks_ai, ask, plain)
    return rx.cond(State.head.may_change, allowed, rx.fragment())


def _writing() -> rx.Component:
    return rx.el.section(
        rx.el.div(rx.el.h2("Writing"), _status(), class_name="panel-h"),
        rx.el.div(
            rx.el.p(State.shown, class_name="draft-live"),
            rx.el.p("Not checked yet. Nothing is kept until it is whole.", class_name="t2 s13"),
            rx.el.div(button("Stop", "x", on_click=State.stop), class_name="row"),
            class_name="pad-m stack",
        ),
        class_name="card clip",
        aria_busy="true",
    )


def _failed() -> rx.Component:
    again = rx.el.div(
        button("Retry", "rotate_cw", kind="pri", on_click=State.write(~State.head.asks_ai)),
        rx.cond(State.head.asks_ai, button("Write the plain draft", on_click=State.write(True)), rx.fragment()),
        link_button("Change the period", href=State.head.again_href, kind="ghost"),
        class_name="row wrap",
    )
    return rx.el.section(
        rx.el.h2("No draft was stored"),
        rx.el.p("What was documented is untouched. Try again, or write it without the AI service."),
        rx.cond(State.head.may_change, again, rx.fragment()),
        class_name="card state",
    )


def _review() -> rx.Component:
    return rx.el.div(
        rx.el.div(_sentences(), _editor(), class_name="stack"),
        rx.el.aside(_checks(), _sent(), class_name="stack", aria_label="Checks"),
        class_name="split",
    )


def _body() -> rx.Component:
    shown = rx.match(
        State.status,
        ("prepared", rx.el.div(_waiting(), _sent(), class_name="stack narrow")),
        ("writing", rx.el.div(_writing(), class_name="narrow")),
        ("written", _review()),
        ("accepted", _review()),
        rx.el.div(_failed(), _sent(), class_name="stack narrow"),
    )
    return rx.el.div(banner(State.problem, "bad"), shown)


def draft() -> rx.Component:
    """The page /drafts/ID."""
    waiting = rx.cond(State.problem != "", error_panel(State.problem, State.reload), skeleton_rows(6))
    head = rx.el.span(State.head.period, rx.cond(State.head.writer != "", " · " + State.head.writer, ""))
    return shell(
        rx.cond(State.missing, not_found_panel(), rx.cond(State.status != "", _body(), waiting)),
        title="Draft summary",
        subtitle=rx.cond(State.head.period != "", head, rx.fragment()),
        crumbs=[("Caseload", "/caseload"), (State.head.student, State.head.student_href), ("Draft", "")],
    )


PAGE = {"route": "/drafts/[draft_id]", "title": page_title("Draft"), "on_load": DraftState.enter}
