"""Notes: a list, the note that is open, its data beside it; sign and go on without leaving the page."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import button, link, link_button, segments
from therapytrack.components.feedback import banner, empty_state, error_panel, not_found_panel
from therapytrack.components.forms import text_area
from therapytrack.components.islands import FocusInvalid
from therapytrack.components.layout import page_style, page_title, shell
from therapytrack.components.note_field import Keys, NoteEditor, keys_attr, part
from therapytrack.components.note_parts import earlier_note, goal_data, note_text, steps
from therapytrack.components.skeletons import desk_skeleton
from therapytrack.components.status import avatar, tag
from therapytrack.domain.quick_phrases import QUICK_PHRASES
from therapytrack.state.notes import NotesState

Notes: Any = NotesState  # its attributes are the browser's variables, which types do not know


def _tab(one: Any) -> rx.Component:
    count = rx.cond(one.count > 0, rx.el.span(one.count, class_name="num t3 note-count"), rx.fragment())
    return rx.cond(
        one.current,
        link(one.label, count, href=one.href, aria_current="true"),
        link(one.label, count, href=one.href),
    )


def _row(one: Any) -> rx.Component:
    inside = (
        rx.el.span(
            avatar(one.initials),
            rx.el.span(
                rx.el.span(one.student, class_name="b"), rx.el.span(one.line, class_name="sub-line"), class_name="grow"
            ),
            rx.cond(one.late != "", tag(one.late, "warn"), rx.fragment()),
            tag(one.status, one.tone),
            class_name="row",
        ),
        rx.cond(one.wanting != "", rx.el.span(tag(one.wanting, "bad"), class_name="row"), rx.fragment()),
        rx.cond(one.can_sign & one.read, rx.el.span(tag("Read", "good"), class_name="row"), rx.fragment()),
        rx.el.span(one.facts_line, rx.cond(one.data_line != "", " · " + one.data_line, ""), class_name="sub-line num"),
        rx.cond(one.text != "", rx.el.span(one.text, class_name="note-row-text"), rx.fragment()),
    )
    return rx.el.li(
        rx.cond(
            one.current,
            link(*inside, href=one.href, class_name="note-row", aria_current="true"),
            link(*inside, href=one.href, class_name="note-row"),
        )
    )


def _empty_list() -> rx.Component:
    supervises = empty_state(
        "No note of yours waits",
        "What your assistants hand in waits under Co-sign.",
        link_button("Open Co-sign", "check", href="/co-sign"),
    )
    done = empty_state("No note waits for you", "Notes appear here when a session is finished.")
    done = rx.cond(Notes.may_cosign, supervises, done)
    nothing = empty_state("Nothing here", "No note is in this list.")
    return rx.cond(Notes.tab == "unsigned", done, nothing)


def _list() -> rx.Component:
    fill = rx.el.div(
        button("Fill empty notes from the template", "file_text", small=True, on_click=Notes.fill_notes),
        class_name="pad-m",
    )
    rows = rx.el.ul(rx.foreach(Notes.rows, _row), class_name="note-rows")
    listed = rx.fragment(rx.cond(Notes.can_fill > 0, fill, rx.fragment()), rows)
    return rx.el.section(
        rx.cond(Notes.rows.length() > 0, listed, _empty_list()), class_name="card clip note-list", aria_label="List"
    )


def _editor() -> rx.Component:
    hint = rx.cond(Notes.scope != "", rx.el.p(Notes.scope, class_name="s13 t2"), rx.fragment())
    return rx.fragment(hint, _field())


def _field() -> rx.Component:
    sheet = Notes.sheet
    return part(
        NoteEditor,
        key=sheet.id,
        entry=sheet.id,
        student=sheet.student,
        text=sheet.text,
        version=sheet.version,
        answer=Notes.answer,
        phrases=QUICK_PHRASES,
        data_text=sheet.data_text,
        actions=sheet.acts,
        offers=Notes.offers,
        listed=Notes.session_id != "",
        on_save=Notes.save_note,
        on_act=Notes.act,
        on_read=Notes.note_read,
    )


def _read() -> rx.Component:
    sheet = Notes.sheet
    return rx.el.div(
        note_text(sheet.text),
        rx.cond(sheet.signed != "", rx.el.p(sheet.signed, class_name="s14 t2 note-signed"), rx.fragment()),
        rx.cond(sheet.why != "", rx.el.p(sheet.why, class_name="s14 t2"), rx.fragment()),
        class_name="stack tight",
    )


def _return(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.p(one.comment, class_name="note-text"), rx.el.p(one.by, ", ", one.when, class_name="sub-line")
    )


def _returns() -> rx.Component:
    shown = rx.el.section(
        rx.el.h3("Returned with this comment"),
        rx.el.ul(rx.foreach(Notes.sheet.returns, _return), class_name="stack tight"),
        class_name="note-comment",
    )
    return rx.cond(Notes.sheet.returns.length() > 0, shown, rx.fragment())


def _addendum(one: Any) -> rx.Component:
    revise = rx.el.form(
        rx.el.p(one.comment, class_name="note-comment note-text"),
        rx.el.input(type="hidden", name="key", value=one.id, read_only=True),
        text_area("revised", "Addendum", error=Notes.field_errors.get("revised", ""), default_value=one.text),
        button("Submit again", type="submit"),
        key=one.id,
        on_submit=Notes.revise_addendum,
        class_name="stack tight",
        aria_label="Returned addendum",
        no_validate=True,
        custom_attrs={"data-send": ""},
    )
    return rx.el.li(
        rx.el.p(rx.el.span(one.line, class_name="grow"), tag(one.status, one.tone), class_name="row s13 t2"),
        rx.cond(one.can_revise, revise, note_text(one.text)),
        class_name="stack tight",
    )


def _new_addendum() -> rx.Component:
    return rx.el.form(
        rx.el.input(type="hidden", name="key", value=Notes.new_addendum, read_only=True),
        text_area(
            "addendum",
            "New addendum",
            error=Notes.field_errors.get("addendum", ""),
            hint="The signed note stays as it is.",
            max_length=20000,
            custom_attrs=keys_attr("a"),
        ),
        rx.el.div(button("Add addendum", "plus", type="submit")),
        key=Notes.new_addendum,
        on_submit=Notes.add_addendum,
        class_name="stack tight no-print",
        aria_label="New addendum",
        no_validate=True,
        custom_attrs={"data-send": ""},
    )


def _addenda() -> rx.Component:
    sheet = Notes.sheet
    listed = rx.el.section(
        rx.el.h3("Addenda"), rx.el.ul(rx.foreach(sheet.addenda, _addendum), class_name="stack"), class_name="stack"
    )
    return rx.fragment(
        FocusInvalid.create(errors=Notes.field_errors),
        rx.cond(sheet.addenda.length() > 0, listed, rx.fragment()),
        rx.cond(sheet.may_add, _new_addendum(), rx.fragment()),
    )


def _sheet() -> rx.Component:
    sheet = Notes.sheet
    head = rx.el.div(
        avatar(sheet.initials),
        rx.el.div(
            rx.el.h2(link(sheet.student, href=sheet.student_href)),
            rx.el.p(sheet.session, " · ", sheet.when, class_name="sub-line"),
            class_name="grow",
        ),
        tag(sheet.status, sheet.tone),
        steps(Notes.previous_href, Notes.next_href),
        class_name="panel-h",
    )
    body = rx.el.div(
        _returns(), rx.cond(sheet.editable, _editor(), _read()), _addenda(), class_name="pad-l stack", key=sheet.id
    )
    return rx.el.section(head, body, class_name="card note-open", aria_label="Note")


def _question(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.p(tag(one.word, one.tone), class_name="row"),
        rx.el.p(one.sentence, class_name="s14"),
        rx.el.p("Source: ", one.source, class_name="sub-line"),
        class_name="stack tight",
    )


def _questions() -> rx.Component:
    """What an auditor would ask about the note, before it is signed."""
    asked = rx.el.section(
        rx.el.div(rx.el.h2("Before you sign"), class_name="panel-h"),
        rx.el.ul(rx.foreach(Notes.questions, _question), class_name="pad-m stack"),
        class_name="card clip note-asked",
        aria_label="Before you sign",
    )
    return rx.cond(Notes.questions.length() > 0, asked, rx.fragment())


def _aside() -> rx.Component:
    sheet = Notes.sheet
    return rx.el.div(
        rx.el.section(
            rx.el.div(rx.el.h2("Session data"), class_name="panel-h"),
            rx.el.p(rx.el.span(sheet.attendance, class_name="b"), " · ", sheet.minutes, class_name="pad-m s14"),
            goal_data(sheet.goals),
            class_name="card clip",
            aria_label="Session data",
        ),
        earlier_note(sheet.before, sheet.before_on),
        class_name="stack note-aside",
    )


def _content() -> rx.Component:
    opened = rx.fragment(_questions(), _sheet(), _aside())
    return rx.el.div(
        _list(),
        rx.cond(Notes.sheet.id != "", opened, rx.fragment()),
        class_name=rx.cond(Notes.session_id != "", "notes whole", "notes"),
    )


def notes() -> rx.Component:
    """The pages /notes and /sessions/ID/notes."""
    tabs = rx.cond(
        Notes.session_id != "",
        link_button("Session", "arrow_left", href="/sessions/" + Notes.session_id),
        segments(rx.foreach(Notes.tabs, _tab), label="Lists"),
    )
    failed = Notes.ready & (Notes.problem != "") & (Notes.rows.length() == 0)
    shown = rx.cond(failed, error_panel(Notes.problem, Notes.enter), rx.cond(Notes.ready, _content(), desk_skeleton()))
    return shell(
        page_style("notes"),
        banner(rx.cond(failed, "", Notes.problem), "bad"),
        rx.el.p(Notes.said, role="status", class_name="sr"),
        rx.cond(Notes.missing, not_found_panel(), shown),
        part(Keys, subject=Notes.sheet.id),
        active="notes",
        title=Notes.title,
        subtitle=rx.el.span("J and K move, E writes, Ctrl Enter signs and goes on", class_name="hide-m of-keys"),
        actions=[tabs],
    )


PAGE = {"route": "/notes", "title": page_title("Notes"), "on_load": Notes.enter}
