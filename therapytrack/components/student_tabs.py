"""The tabs of a student's page that list what is kept about her: sessions, notes, access, and the timeline."""

from typing import Any

import reflex as rx

from therapytrack.components.access import right_chip, right_reason
from therapytrack.components.buttons import link, link_button
from therapytrack.components.feedback import empty_state
from therapytrack.components.icons import icon
from therapytrack.components.status import avatar, due_tag, tag
from therapytrack.components.tables import cell, data_table, fold_row
from therapytrack.state.student import StudentState

State: Any = StudentState
KINDS = {
    "session": ("calendar_days", "Session"),
    "note": ("signature", "Note"),
    "goal": ("target", "Goal"),
    "file": ("paperclip", "File"),
    "access": ("key_round", "Access"),
    "export": ("download", "Export"),
    "disclosure": ("shield", "Disclosure"),
}


def _card(title: str, *content: rx.Component, action: rx.Component | None = None) -> rx.Component:
    head = rx.el.div(rx.el.h2(title, class_name="grow"), *([action] if action else []), class_name="panel-h")
    return rx.el.section(head, *content, class_name="card clip", aria_label=title)


def _pages() -> rx.Component:
    """The way to older days, and back to the newest; nothing where one page holds everything."""
    base = rx.Var.create("/students/") + State.student.id + "?tab=" + State.tab
    newest = rx.cond(State.until != "", link_button("Newest", "arrow_up", href=base, small=True), rx.fragment())
    further = link_button("Older", "arrow_down", href=base + "&until=" + State.older, small=True)
    more = rx.cond(State.older != "", further, rx.fragment())
    return rx.cond(
        (State.until != "") | (State.older != ""),
        rx.el.nav(newest, more, class_name="row wrap pad-m", aria_label="Pages"),
        rx.fragment(),
    )


def _result(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(one.goal, " "),
        rx.el.b(one.value, class_name="b num"),
        rx.el.span(" ", one.counts, class_name="t2 s13"),
    )


def _session(one: Any) -> rx.Component:
    there = rx.fragment(one.minutes, " min")
    away = rx.el.span(one.attendance, class_name="soon")
    results = rx.el.ul(rx.foreach(one.results, _result), class_name="results")
    return fold_row(
        rx.el.th(
            link(one.title, href=rx.Var.create("/sessions/") + one.id, class_name="b cell-link"),
            rx.el.span(one.day, " · ", one.by, class_name="sub-line"),
            scope="row",
            role="rowheader",
        ),
        cell(
            rx.cond(one.missed, away, there), rx.cond(one.missed, "", rx.el.span(one.attendance, class_name="sub-line"))
        ),
        cell(
            rx.cond(one.results.length() > 0, results, rx.el.span("–", class_name="t3", aria_label="No data")),
            label="Goals",
            class_name="whole",
        ),
        cell(tag(one.note_status, one.note_tone), label="Note"),
        key=one.id,
    )


def sessions_tab() -> rx.Component:
    """Sessions with attendance, minutes and what came of each goal."""
    columns = ("Session", "Attendance", "Goals", "Note")
    table = data_table("Sessions", columns, rx.foreach(State.sessions, _session), folds=True)
    nothing = empty_state("No sessions yet", "The first one appears here as soon as it is held.")
    return _card("Sessions", rx.cond(State.sessions.length() > 0, table, nothing), _pages())


def _note(one: Any) -> rx.Component:
    href = rx.Var.create("/sessions/") + one.session + "/notes?note=" + one.id
    title = rx.cond(
        one.closed == "",
        link(one.title, href=href, class_name="b cell-link"),
        rx.el.span(one.title, class_name="b"),
    )
    text = rx.cond(
        one.closed == "",
        rx.cond(one.text != "", rx.el.p(one.text, class_name="s14 t2 note-line"), rx.fragment()),
        rx.el.p(one.closed, class_name="s13 t3"),
    )
    return rx.el.li(
        rx.el.div(title, rx.el.span(one.day, " · ", one.by, class_name="sub-line"), text, class_name="grow"),
        tag(one.status, one.tone),
        key=one.id,
    )


def notes_tab() -> rx.Component:
    """Notes that were begun, with their standing; the beginning of those that may be read."""
    listed = rx.el.ul(rx.foreach(State.notes, _note), class_name="list")
    nothing = empty_state("No notes yet", "A session's note stands here once somebody has begun it.")
    return _card("Notes", rx.cond(State.notes.length() > 0, listed, nothing), _pages())


def _report(one: Any) -> rx.Component:
    href = rx.Var.create("/reports/") + one.period + "/" + State.student.id
    return rx.el.li(
        rx.el.div(
            link(one.name, href=href, class_name="b cell-link"),
            rx.el.span(one.days, rx.cond(one.by != "", rx.fragment(" · ", one.by), ""), class_name="sub-line"),
            class_name="grow",
        ),
        rx.cond(one.due != "", due_tag(one.due, one.due_tone), rx.fragment()),
        tag(one.status, one.tone),
        key=one.period,
    )


def reports_tab() -> rx.Component:
    """The progress report of each period, with its standing."""
    listed = rx.el.ul(rx.foreach(State.reports, _report), class_name="list")
    nothing = empty_state("No progress report is due", "The office sets the periods that are reported on.")
    return _card("Progress reports", rx.cond(State.reports.length() > 0, listed, nothing))


def _mandate(one: Any) -> rx.Component:
    keeps = rx.el.span(rx.cond(one.provided < one.expected, "Not behind yet", "On pace"))
    behind = rx.cond(one.behind > 0, rx.el.span(one.behind, " behind", class_name="soon"), keeps)
    made_up = rx.cond(one.made_up > 0, rx.el.span(one.made_up, " made up", class_name="sub-line"), rx.fragment())
    return fold_row(
        rx.el.th(
            rx.el.span(one.asked, class_name="b"),
            rx.el.span(one.days, class_name="sub-line"),
            scope="row",
            role="rowheader",
        ),
        cell(rx.el.b(one.provided, class_name="b num"), " of ", one.allowable, " min", made_up, label="Given"),
        cell(one.expected, " min", label="At an even pace"),
        cell(behind, label="Today"),
        key=one.asked,
    )


def mandates() -> rx.Component:
    """Minutes of each mandate in the period that runs, as the ledger counts them."""
    columns = ("Mandate", "Given", "At an even pace", "Today")
    table = data_table("Minutes of the running period", columns, rx.foreach(State.minutes, _mandate), folds=True)
    nothing = empty_state("No mandate runs", "The minutes of the IEP are entered with Edit.")
    return _card("Minutes", rx.cond(State.minutes.length() > 0, table, nothing))


def _person(one: Any) -> rx.Component:
    lines = rx.foreach(
        one.lines,
        lambda line: rx.el.li(
            line.what, rx.cond(line.period != "", rx.fragment(" · ", line.period), ""), class_name="s13 t2"
        ),
    )
    return rx.el.li(
        avatar(one.initials),
        rx.el.div(
            rx.el.span(
                rx.el.span(one.name, class_name="b"), rx.el.span(one.role, class_name="sub-line"), class_name="grow"
            ),
            rx.el.ul(rx.foreach(one.rights, right_chip), class_name="rights", aria_label="Rights"),
            rx.el.ul(lines),
            class_name="grow stack tight",
        ),
        key=one.id,
    )


def access_tab() -> rx.Component:
    """What the reader may do here and why, and for those who govern access, who else may do what."""
    access = State.access
    href = rx.Var.create("/students/") + State.student.id + "/access"
    manager = rx.el.p("Case manager: ", rx.el.b(access.manager, class_name="b"), class_name="pad-m s14")
    mine = rx.el.ul(rx.foreach(access.mine, right_reason), class_name="reasons pad-m")
    change = link_button("Change access", "key_round", href=href, small=True)
    people = _card("People with access", rx.el.ul(rx.foreach(access.people, _person), class_name="list"), action=change)
    closed = rx.el.p(access.closed, class_name="pad-m s14 t2")
    return rx.el.div(
        _card("You", manager, mine),
        rx.cond(access.closed == "", people, _card("Others", closed)),
        class_name="stack",
    )


def _drawn(kind: Any) -> rx.Component:
    cases = [
        (name, rx.el.span(icon(drawn, 17), rx.el.span(words, class_name="sr"), class_name="t3"))
        for name, (drawn, words) in KINDS.items()
    ]
    return rx.match(kind, *cases, rx.fragment())


def _event(one: Any) -> rx.Component:
    words = rx.cond(
        one.href != "", link(one.words, href=one.href, class_name="b cell-link"), rx.el.span(one.words, class_name="b")
    )
    return rx.el.li(
        _drawn(one.kind),
        rx.el.div(words, rx.cond(one.more != "", rx.el.span(one.more, class_name="sub-line"), ""), class_name="grow"),
        rx.el.span(one.day, rx.cond(one.at != "", rx.fragment(" ", one.at), ""), class_name="s13 t2 num nowrap"),
        key=one.id,
    )


def timeline_tab() -> rx.Component:
    """What happened, newest first, and what the list leaves out for this reader."""
    listed = rx.el.ol(rx.foreach(State.timeline, _event), class_name="list")
    nothing = empty_state("Nothing has happened yet", "Sessions, notes, goals and access appear here with their days.")
    left_out = rx.el.ul(rx.foreach(State.unseen, lambda why: rx.el.li(why)), class_name="stack tight s13 t2")
    return rx.el.div(
        _card("Timeline", rx.cond(State.timeline.length() > 0, listed, nothing), _pages()),
        rx.cond(State.unseen.length() > 0, left_out, rx.fragment()),
        class_name="stack",
    )
