"""Today: what comes next, one button each."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import button, link, link_button
from therapytrack.components.day_words import hit_tag, step_label
from therapytrack.components.feedback import banner, empty_state, error_panel
from therapytrack.components.forms import group_error, select_field, text_field
from therapytrack.components.islands import FocusInvalid
from therapytrack.components.layout import page_title, shell
from therapytrack.components.skeletons import today_skeleton
from therapytrack.components.status import avatar, tag
from therapytrack.domain.session_plan import DELIVERIES
from therapytrack.state.today import TICK, TodayState

Day: Any = TodayState  # its attributes are the browser's variables, which types do not know


def _next_step(one: Any) -> rx.Component:
    start = button(
        "Start session",
        kind="pri",
        on_click=Day.start(one.id),
        aria_label=step_label("Start session", one),
    )
    go_on = link_button("Go on", "arrow_right", kind="pri", href="/sessions/" + one.id)
    return rx.match(
        one.status,
        ("planned", rx.cond(one.can_start, start, link_button("Open", href=one.href))),
        ("running", rx.cond(one.can_start, go_on, link_button("Open", href=one.href))),
        link_button("Notes", "square_pen", href="/sessions/" + one.id + "/notes"),
    )


def _session(one: Any) -> rx.Component:
    people = rx.el.ul(
        rx.foreach(one.students, lambda person: rx.el.li(avatar(person.initials), person.name, class_name="row")),
        class_name="day-kids",
        aria_label="Students",
    )
    return rx.el.li(
        rx.el.span(one.hours, class_name="day-tm num"),
        rx.el.div(
            rx.el.div(
                link(one.title, href=one.href, class_name="b"),
                rx.cond(one.status == "running", tag("Running", "info"), rx.fragment()),
                rx.cond(one.status == "finished", tag("Done", "good", "check"), rx.fragment()),
                hit_tag(one),
                class_name="row wrap",
            ),
            rx.cond(one.place != "", rx.el.p(one.place, class_name="sub-line"), rx.fragment()),
            people,
            class_name="grow",
        ),
        _next_step(one),
        class_name=rx.cond(one.status == "running", "day now", "day"),
    )


def _unsigned(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(one.students, class_name="b"), rx.el.span(one.line, class_name="sub-line"), class_name="grow"
        ),
        rx.cond(one.late != "", tag(one.late, "warn"), rx.fragment()),
        link_button("Notes", small=True, href="/sessions/" + one.id + "/notes", aria_label="Notes of " + one.students),
    )


def _choice(person: Any) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="checkbox", name=TICK + person.id, custom_attrs={"data-student": person.id}),
        avatar(person.initials),
        rx.el.span(person.name, rx.el.small(person.grade, class_name="sub-line")),
        class_name="tick pick",
    )


def _form() -> rx.Component:
    def error(name: str) -> Any:
        return Day.field_errors.get(name, "")

    return rx.el.form(
        rx.el.h2("New session"),
        FocusInvalid.create(errors=Day.field_errors),
        rx.el.div(
            text_field("title", "Name", error=error("title"), span="c6", max_length=120, auto_focus=True),
            text_field("starts", "From", error=error("starts"), span="c3", type="time", default_value=Day.starts),
            text_field("ends", "To", error=error("ends"), span="c3", type="time", default_value=Day.ends),
            text_field("place", "Place", error=error("place"), optional=True, span="c6", max_length=120),
            select_field("delivery", "Delivery", list(DELIVERIES.items()), error=error("delivery"), span="c6"),
            class_name="fields",
        ),
        rx.el.fieldset(
            rx.el.legend("Students"),
            rx.el.div(rx.foreach(Day.students, _choice), class_name="picks"),
            group_error(error("students")),
        ),
        rx.el.input(type="hidden", name="form_id", value=Day.form_id, read_only=True),
        rx.el.div(
            button("Add to today", kind="pri", type="submit"),
            button("Cancel", kind="ghost", on_click=Day.close_form),
            class_name="form-foot",
        ),
        key=Day.form_id,
        on_submit=Day.plan,
        class_name="card pad-l stack",
        aria_label="New session",
        no_validate=True,
    )


def _new_group() -> rx.Component:
    return button("New session", "plus", kind="pri", on_click=Day.open_form)


def _day() -> rx.Component:
    empty = rx.cond(
        Day.students.length() > 0,
        empty_state(
            "Nothing planned today",
            "Put one together, or start from a student's page. Sessions that you plan appear here.",
            _new_group(),
        ),
        empty_state(
            "Nothing planned today",
            "Sessions with the students of your caseload appear here once they are planned.",
            link_button("Open the caseload", href="/caseload"),
        ),
    )
    office = empty_state(
        "Sessions are with those who see students",
        "You have no clinical role in this workspace, so no session or note of yours comes up here. People, their "
        "roles and the access to students are on Team.",
        link_button("Open Team", "users", kind="pri", href="/team"),
    )
    listed = rx.el.ul(rx.foreach(Day.sessions, _session), class_name="list")
    return rx.el.section(
        rx.el.div(rx.el.h2("Sessions"), class_name="panel-h"),
        rx.cond(Day.sessions.length() > 0, listed, rx.cond(Day.sees_students, empty, office)),
        class_name="card clip",
    )


def _panel(title: str, listed: rx.Component, *more: rx.Component) -> rx.Component:
    return rx.el.section(rx.el.div(rx.el.h2(title), class_name="panel-h"), listed, *more, class_name="card clip")


def _unsigned_notes() -> rx.Component:
    listed = rx.el.ul(rx.foreach(Day.unsigned_sessions, _unsigned), class_name="list")
    nothing = rx.el.p("No note waits for you.", class_name="pad-m t2")
    return _panel("Unsigned notes", rx.cond(Day.unsigned_sessions.length() > 0, listed, nothing))


def _owed_line(one: Any) -> rx.Component:
    return rx.el.li(
        link(one.name, href="/students/" + one.id, class_name="b grow"),
        rx.match(one.tone, ("bad", tag(one.words, "bad")), ("warn", tag(one.words, "warn")), tag(one.words)),
    )


def _owed(title: str, lines: Any, more: Any, view: str) -> rx.Component:
    """What is owed to whom; nothing at all when nobody is owed anything. `view`: the caseload's that lists them all."""
    rest = link(more, " more", href=f"/caseload?view={view}", class_name="link")
    rest = rx.cond(more > 0, rx.el.p(rest, class_name="pad-m s14"))
    listed = rx.el.ul(rx.foreach(lines, _owed_line), class_name="list")
    return rx.cond(lines.length() > 0, _panel(title, listed, rest), rx.fragment())


def _reports() -> rx.Component:
    """The reporting period of which reports are not signed yet."""
    one = Day.reports
    line = rx.el.div(
        rx.el.p(link(one.name, href=one.href, class_name="b"), rx.el.span(one.ends, class_name="sub-line")),
        rx.el.p(rx.match(one.tone, ("bad", tag(one.words, "bad")), ("warn", tag(one.words, "warn")), tag(one.words))),
        class_name="stack tight pad-m",
    )
    return rx.cond(one.href != "", _panel("Progress reports", line), rx.fragment())


def _aside() -> rx.Component:
    return rx.el.div(
        _unsigned_notes(),
        _reports(),
        _owed("Due", Day.due, Day.more_due, "iep"),
        _owed("Minutes owed", Day.owed, Day.more_owed, "short"),
        _owed("To make up", Day.to_make_up, Day.more_to_make_up, "make_up"),
        class_name="stack",
    )


def today() -> rx.Component:
    """The page /today."""
    content = rx.el.div(
        rx.el.div(rx.cond(Day.form_open, _form(), rx.fragment()), _day(), class_name="stack"),
        _aside(),
        class_name="split",
    )
    failed = Day.ready & (Day.day == "")
    new = rx.cond((Day.students.length() > 0) & ~Day.form_open, _new_group(), rx.fragment())
    return shell(
        banner(rx.cond(failed, "", Day.problem), "bad"),
        rx.cond(failed, error_panel(Day.problem, Day.enter), rx.cond(Day.ready, content, today_skeleton())),
        active="today",
        title="Today",
        subtitle=Day.day,
        actions=[new],
    )


PAGE = {"route": "/today", "title": page_title("Today"), "on_load": Day.enter}
