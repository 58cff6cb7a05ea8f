"""Access of everybody to everybody: students down, people across; a selection is given, loses or is lent rights."""

from typing import Any

import reflex as rx

from therapytrack.components.access import cell_mark, give_fields, rights_ticks
from therapytrack.components.buttons import button, held_place, link, link_button
from therapytrack.components.feedback import banner, empty_state, error_panel, skeleton_rows
from therapytrack.components.forms import date_field, error_of, group_error, select_field
from therapytrack.components.islands import FocusInvalid
from therapytrack.components.keyboard import InAddress, RowPicking
from therapytrack.components.layout import page_style, page_title, shell
from therapytrack.state.access_matrix import AccessMatrixState

State: Any = AccessMatrixState
TITLES = {"give": "Give access", "take": "Take access away", "substitute": "Substitute"}


def _pick(row: Any) -> rx.Component:
    """The initials are the checkbox."""
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


def _cell(cell: Any) -> rx.Component:
    shown = rx.el.span(
        cell_mark(cell.mark),
        rx.el.span(cell.word, aria_hidden="true"),
        rx.el.span(cell.words, class_name="sr"),
        class_name="cell",
        title=cell.words,
    )
    return rx.el.td(rx.cond(cell.mark == "none", rx.el.span("no access", class_name="sr"), shown))


def _row(row: Any) -> rx.Component:
    href = rx.Var.create("/students/") + row.id + "/access"
    name = rx.el.span(link(row.name, href=href), rx.el.small(row.manager), class_name="grow")
    return rx.el.tr(
        rx.el.th(rx.el.div(_pick(row), name, class_name="stu"), scope="row"),
        rx.foreach(row.cells, _cell),
        key=row.id,
    )


def _table() -> rx.Component:
    everybody = rx.el.label(
        rx.el.input(
            type="checkbox",
            checked=(State.selected.length() == State.rows.length()),
            on_change=State.pick_all,
            aria_label="Select everybody shown",
        ),
        "Student, case manager",
        class_name="tick all",
    )
    heads = rx.el.tr(
        rx.el.th(everybody, scope="col"),
        rx.foreach(
            State.people,
            lambda one: rx.el.th(rx.el.span(one.name), rx.el.small(one.role, class_name="t2"), scope="col"),
        ),
    )
    table = rx.el.table(
        rx.el.caption("Who may edit and view whom", class_name="sr"),
        rx.el.thead(heads),
        rx.el.tbody(rx.foreach(State.rows, _row)),
        class_name="grid matrix",
    )
    return rx.el.div(table, class_name="scroll-x", role="region", aria_label="Table of rights", tab_index=0)


def _legend() -> rx.Component:
    marks = (("edit", "may edit"), ("view", "may view"), ("later", "later, or does not count now"))
    items = [rx.el.li(cell_mark(rx.Var.create(mark)), words) for mark, words in marks]
    return rx.el.div(rx.el.ul(*items, class_name="legend"), class_name="pad-m ruled")


def _pages() -> rx.Component:
    before = rx.cond(State.before != "", link_button("Before", "arrow_left", href=State.before, small=True), "")
    after = rx.cond(State.after != "", link_button("Next", "arrow_right", href=State.after, small=True), "")
    words = rx.el.span("Page ", State.choice.page, " of ", State.pages, class_name="s13 t2")
    return rx.cond(State.pages > 1, rx.el.div(before, words, after, class_name="row pad-m"), rx.fragment())


def _search() -> rx.Component:
    return rx.el.form(
        rx.el.input(
            type="search",
            name="words",
            id="words",
            class_name="input slim",
            placeholder="Find a student",
            aria_label="Find a student",
            default_value=State.words,
            auto_complete="off",
        ),
        button("Find", small=True, type="submit"),
        on_submit=State.find,
        class_name="row",
        role="search",
    )


def _bar() -> rx.Component:
    many = State.selected.length()
    bar = rx.el.div(
        rx.el.span(many, " selected", class_name="b grow", role="status"),
        button("Clear", kind="ghost", on_click=State.pick_all(False)),
        button("Substitute", "repeat", on_click=State.start("substitute")),
        button("Take away", "minus", on_click=State.start("take")),
        button("Give access", "plus", kind="pri", on_click=State.start("give")),
        class_name="bulk",
    )
    return rx.cond((many > 0) & (State.doing == ""), bar, rx.fragment())


def _people_field(name: str, label: str) -> rx.Component:
    errors = State.field_errors
    return select_field(name, label, State.choices, none="Choose", error=error_of(errors, name), span="c6")


def _fields(doing: str) -> list[rx.Component]:
    errors = State.field_errors
    if doing == "give":
        return give_fields(errors, State.choices)
    if doing == "take":
        return [
            select_field("person", "Person", State.choices, none="Choose", error=error_of(errors, "person"), span="c6"),
            rights_ticks(errors, with_view=True, legend="Rights (view takes all)"),
        ]
    return [
        _people_field("of", "Who is away"),
        _people_field("to", "Who stands in"),
        date_field("starts_on", "First day", error=error_of(errors, "starts_on"), optional=True, span="c4"),
        date_field("ends_on", "Last day", error=error_of(errors, "ends_on"), span="c4"),
        select_field(
            "pause",
            "Rights of the person who is away",
            [("stay", "Stay"), ("pause", "Rest until the last day")],
            error=error_of(errors, "pause"),
            span="c4",
        ),
    ]


def _asked() -> rx.Component:
    lines = rx.el.ul(rx.foreach(State.asked, lambda words: rx.el.li(words)), class_name="stack tight s14")
    warned = rx.foreach(State.warned, lambda words: rx.el.p(words, class_name="soon s14"))
    sure = rx.cond(State.doing == "take", "Take it away", "Do this")
    shown = rx.el.div(
        rx.el.h3("What this does"),
        lines,
        warned,
        rx.el.div(button(sure, "check", kind="pri", on_click=State.confirm), class_name="row"),
        class_name="stack tight asked",
        role="status",
    )
    return rx.cond((State.asked.length() > 0) | (State.warned.length() > 0), shown, rx.fragment())


def _form(doing: str) -> rx.Component:
    send = {"give": "Give access", "take": "Take away", "substitute": "Check"}[doing]
    return rx.el.form(
        rx.el.h2(TITLES[doing], " · ", State.selected.length(), " selected"),
        FocusInvalid.create(errors=State.field_errors),
        rx.el.div(*_fields(doing), class_name="fields"),
        group_error(error_of(State.field_errors, "students")),
        _asked(),
        rx.el.div(
            button(send, "check", kind="pri" if doing != "substitute" else "", type="submit"),
            button("Cancel", kind="ghost", on_click=State.start("")),
            class_name="form-foot",
        ),
        on_submit=State.submit,
        key=State.form_key,
        no_validate=True,
        class_name="card pad-m stack",
        aria_label=TITLES[doing],
    )


def _open_form() -> rx.Component:
    return rx.match(State.doing, *[(doing, _form(doing)) for doing in TITLES], rx.fragment())


def _done() -> rx.Component:
    undo = rx.cond(State.can_undo, button("Undo", "undo_2", small=True, on_click=State.undo), rx.fragment())
    said = rx.el.div(rx.el.span(State.done, class_name="grow"), undo, class_name="banner good")
    return rx.el.div(rx.cond(State.done != "", said, rx.fragment()), role="status")


def _list() -> rx.Component:
    nothing = empty_state(
        "No students here",
        "You govern access to a student as her case manager, or to all of them as owner or admin.",
    )
    shown = rx.cond(State.rows.length() > 0, rx.fragment(_table(), _legend(), _pages()), nothing)
    return rx.el.section(
        rx.el.div(rx.el.h2("Students and people", class_name="grow hide-m"), _search(), class_name="panel-h wrap"),
        rx.cond(State.ready, shown, skeleton_rows(8)),
        _bar(),
        RowPicking.create(scope="#matrix"),
        InAddress.create(name="pick", values=State.selected),
        InAddress.create(name="do", values=[State.doing]),
        key=rx.cond(State.ready, "list", "waiting"),  # a form may come above it, and moves nothing that was there
        class_name="card",
        id="matrix",
        aria_label="Students and people",
    )


def access_matrix() -> rx.Component:
    """The page /team/access."""
    failed = State.ready & (State.problem != "") & (State.rows.length() == 0)
    hand_over = link_button("Hand over a caseload", "arrow_right_left", href="/team/handover")
    room = held_place("Hand over a caseload", "arrow_right_left")
    content = rx.fragment(_done(), banner(State.problem, "bad"), _open_form(), _list())
    return shell(
        page_style("access"),
        page_style("caseload"),
        rx.el.div(rx.cond(failed, error_panel(State.problem, State.retry), content), class_name="stack"),
        active="team",
        title="Student access",
        subtitle=rx.el.span(State.students, " students whose access you govern"),
        actions=[rx.cond(State.ready & (State.choices.length() > 0), hand_over, room)],
        crumbs=[("Team", "/team")],
    )


PAGE = {"route": "/team/access", "title": page_title("Student access"), "on_load": AccessMatrixState.enter}
