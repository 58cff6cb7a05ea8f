"""Access to one student: what each person may do and why, from when until when; giving, revoking, undoing."""

from typing import Any

import reflex as rx

from therapytrack.components.access import give_fields, right_chip, right_reason
from therapytrack.components.buttons import button, link, link_button
from therapytrack.components.feedback import banner, empty_state, error_panel, not_found_panel, skeleton_card
from therapytrack.components.forms import error_of, group_error
from therapytrack.components.islands import FocusInvalid, for_record
from therapytrack.components.layout import page_style, page_title, shell
from therapytrack.components.status import avatar
from therapytrack.state.student_access import StudentAccessState

State: Any = StudentAccessState


def _mine() -> rx.Component:
    mine = State.view.mine
    card = rx.el.section(
        rx.el.div(rx.el.h2("You"), class_name="panel-h"),
        rx.el.ul(rx.foreach(mine, right_reason), class_name="reasons pad-m"),
        class_name="card clip",
        aria_label="What you may do",
    )
    return rx.cond(mine.length() > 0, card, rx.fragment())


def _grant(line: Any, name: Any) -> rx.Component:
    words = rx.el.span(
        rx.el.span(line.what, class_name="b"),
        rx.cond(line.period != "", rx.fragment(" · ", line.period), rx.fragment()),
        rx.cond(line.by != "", rx.fragment(" · granted by ", line.by), rx.fragment()),
        rx.cond(line.reason != "", rx.fragment(" · ", line.reason), rx.fragment()),
        rx.cond(line.warning != "", rx.el.span(line.warning, class_name="soon s13 block"), rx.fragment()),
        class_name="grow s14",
    )
    label = rx.Var.create("Revoke ") + line.what + ", " + name
    return rx.el.li(
        words,
        button("Revoke", small=True, on_click=State.revoke(line.id), aria_label=label),
        class_name="grant",
        key=line.id,
    )


def _person(one: Any) -> rx.Component:
    why = rx.el.details(
        rx.el.summary("Why", rx.el.span(", ", one.name, class_name="sr"), class_name="link s13"),
        rx.el.ul(rx.foreach(one.rights, right_reason), class_name="reasons"),
    )
    return rx.el.li(
        avatar(one.initials),
        rx.el.div(
            rx.el.div(
                rx.el.span(
                    rx.el.span(one.name, class_name="b"), rx.el.span(one.role, class_name="sub-line"), class_name="grow"
                ),
                rx.el.ul(rx.foreach(one.rights, right_chip), class_name="rights", aria_label="Rights"),
                class_name="row wrap",
            ),
            rx.el.ul(rx.foreach(one.lines, lambda line: _grant(line, one.name)), class_name="grants"),
            why,
            class_name="grow stack tight",
        ),
        class_name="person",
        key=one.id,
    )


def _people() -> rx.Component:
    nobody = empty_state("Nobody has access", "Give it to the student's clinician first.")
    listed = rx.el.ul(rx.foreach(State.people, _person), class_name="list people")
    return rx.el.section(
        rx.el.div(rx.el.h2("People with access"), class_name="panel-h"),
        rx.cond(State.people.length() > 0, listed, nobody),
        class_name="card clip",
        aria_label="People with access",
    )


def _give() -> rx.Component:
    errors = State.field_errors
    return rx.el.form(
        rx.el.h2("Give access"),
        FocusInvalid.create(errors=errors),
        rx.el.div(*give_fields(errors, State.choices, person="c12", day="c6"), class_name="fields"),
        group_error(error_of(errors, "students")),
        rx.el.p(
            "Without a first day it counts from now; without a last day until somebody ends it.", class_name="s13 t2"
        ),
        rx.el.div(button("Give access", "check", kind="pri", type="submit"), class_name="form-foot"),
        on_submit=State.give,
        key=State.form_key,
        no_validate=True,
        class_name="card pad-m stack",
        aria_label="Give access",
    )


def _gone(line: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            rx.el.span(line.who, class_name="b"),
            rx.el.span(line.what, " · ", line.period, " · granted by ", line.by, class_name="sub-line"),
            rx.cond(line.reason != "", rx.el.span(line.reason, class_name="sub-line"), rx.fragment()),
            class_name="grow s14",
        ),
        rx.el.span(line.ended, class_name="s13 t2"),
        key=line.id,
    )


def _past() -> rx.Component:
    listed = rx.el.details(
        rx.el.summary(rx.el.h2("Ended"), class_name="pad-m"),
        rx.el.ul(rx.foreach(State.past, _gone), class_name="list"),
        class_name="card clip",
    )
    return rx.cond(State.past.length() > 0, listed, rx.fragment())


def _done() -> rx.Component:
    undo = rx.cond(State.can_undo, button("Undo", "undo_2", small=True, on_click=State.undo), rx.fragment())
    said = rx.el.div(rx.el.span(State.done, class_name="grow"), undo, class_name="banner good")
    return rx.el.div(rx.cond(State.done != "", said, rx.fragment()), role="status")


def _emergency() -> rx.Component:
    href = rx.Var.create("/emergency?student=") + State.view.id
    shown = rx.el.div(link_button("Emergency access", "lock_open", href=href, kind="ghost", small=True))
    return rx.cond(State.view.may_break_glass, shown, rx.fragment())


def _content() -> rx.Component:
    governing = rx.el.div(
        rx.el.div(_people(), _past(), class_name="stack"),
        rx.el.div(_give(), _mine(), _emergency(), class_name="stack"),
        class_name="split wide",
    )
    return rx.fragment(_done(), banner(State.problem, "bad"), rx.cond(State.view.governs, governing, _mine()))


def _found() -> rx.Component:
    view = State.view
    back = rx.cond(view.opens, link(view.name, href=rx.Var.create("/students/") + view.id), rx.el.span(view.name))
    return shell(
        _content(),
        title="Access",
        subtitle=rx.el.span(back, rx.cond(view.archived, " · archived", ""), " · case manager ", view.manager),
        crumbs=[
            (
                rx.cond(view.opens, "Caseload", "Student access"),
                rx.cond(view.opens, "/caseload", "/team/access"),
            )
        ],
    )


def _other(content: rx.Component) -> rx.Component:
    return shell(content, title="Access", crumbs=[("Caseload", "/caseload")])


def student_access() -> rx.Component:
    """The page /students/ID/access."""
    waiting = _other(skeleton_card(4))
    nobody = _other(rx.cond(State.missing, not_found_panel(), error_panel(State.problem, State.retry)))
    page = rx.cond(State.ready, rx.cond(State.view.id != "", _found(), nobody), waiting)
    return rx.fragment(page_style("access"), for_record(State.view.id, page, waiting))


PAGE = {
    "route": "/students/[student_id]/access",
    "title": page_title("Access"),
    "on_load": StudentAccessState.enter,
}
