"""The school calendar's settings: its days, the schools and the road between them, a file, and a state's holidays."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import button, link, segments
from therapytrack.components.feedback import banner
from therapytrack.components.forms import date_field, error_of, http_form, select_field, text_field
from therapytrack.components.islands import FocusInvalid
from therapytrack.components.layout import page_title
from therapytrack.components.settings_parts import away_button, settings_page, who_can
from therapytrack.components.status import tag
from therapytrack.domain.calendar_form import COUNTS
from therapytrack.domain.school_calendar import KINDS
from therapytrack.state.settings_calendar import SettingsCalendarState

State: Any = SettingsCalendarState
OFFICE = "The workspace's owner and its admins keep the calendar. Ask one of them."


def _error(name: str) -> Any:
    return error_of(State.field_errors, name)


def _panel(title: str, *parts: rx.Component) -> rx.Component:
    return rx.el.section(
        rx.el.div(rx.el.h2(title), class_name="panel-h"), *parts, class_name="card clip", aria_label=title
    )


def _entry(one: Any) -> rx.Component:
    out = button("Take out", small=True, on_click=State.remove_day(one.id), aria_label="Take out " + one.words)
    return rx.el.li(
        rx.el.div(
            rx.el.p(one.words, class_name="b"),
            rx.el.span(one.days, " · ", one.where, class_name="sub-line"),
            rx.cond(one.source != "", rx.el.div(tag(one.source)), rx.fragment()),
            class_name="grow",
        ),
        rx.cond(State.may_edit, out, rx.fragment()),
        class_name="wrap",
    )


def _year(one: Any) -> rx.Component:
    return link(one.words, href=one.href, aria_current=rx.cond(one.here, "true", "false"))


def _take_out(words: str, source: str) -> rx.Component:
    return button(words, small=True, on_click=State.remove_source(source))


def _days() -> rx.Component:
    nothing = rx.el.p("Nothing is in the calendar of this school year yet.", class_name="pad-m t2")
    office = rx.el.div(
        rx.cond(State.imported > 0, _take_out("Take out all that was imported", "import"), rx.fragment()),
        rx.cond(State.defaults > 0, _take_out("Take out all defaults", "holidays"), rx.fragment()),
        class_name="row wrap pad-m ruled",
    )
    sources = State.imported + State.defaults
    return _panel(
        "School calendar",
        rx.el.div(segments(rx.foreach(State.years, _year), label="School year"), class_name="pad-m"),
        rx.cond(
            State.entries.length() > 0, rx.el.ul(rx.foreach(State.entries, _entry), class_name="list ruled"), nothing
        ),
        rx.cond(State.more > 0, rx.el.p(State.more, " further entries are not shown.", class_name="pad-m t2")),
        rx.cond(State.may_edit, rx.cond(sources > 0, office, rx.fragment()), rx.fragment()),
        rx.cond(State.may_edit, rx.fragment(), rx.el.div(who_can(OFFICE), class_name="pad-m ruled")),
    )


def _day_form() -> rx.Component:
    return rx.el.form(
        rx.el.h2("Add days"),
        rx.el.div(
            select_field(
                "kind", "What is different", [(str(one), words) for one, words in KINDS.items()], span="c6",
                error=_error("kind"),
            ),
            text_field("label", "What it is", span="c6", placeholder="Winter break", error=_error("label")),
            date_field("first_on", "First day", span="c6", error=_error("first_on")),
            date_field("last_on", "Last day", span="c6", optional=True, error=_error("last_on")),
            select_field(
                "day_school", "Where", State.offered, none="All schools", span="c6", error=_error("day_school"),
            ),
            text_field(
                "closes_at", "Early release at", type="time", span="c6", error=_error("closes_at"),
                optional=True,
            ),
            class_name="fields",
        ),
        rx.el.div(button("Add to the calendar", kind="pri", type="submit"), class_name="form-foot"),
        on_submit=State.save_day,
        class_name="card pad-l stack",
        key=State.day_key,
        no_validate=True,
        aria_label="Add days",
    )  # fmt: skip


def _import() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2("Import a calendar"),
            rx.el.p(
                "The file (.ics) that your district publishes: days of this school year and the next. The same file "
                "twice changes nothing; all that was imported can be taken out again.",
                class_name="s13 t2",
            ),
        ),
        http_form(
            rx.el.div(
                text_field("file", "Calendar file", type="file", accept=".ics,text/calendar", hint="At most 1 MB."),
                select_field("counts", "Which events count", list(COUNTS.items())),
                select_field("file_school", "For", State.offered, none="All schools", span="c6"),
                text_field(
                    "file_closes_at", "Early releases without a time end at", type="time", optional=True, span="c6"
                ),
                class_name="fields",
            ),
            rx.el.div(button("Import", "upload", type="submit"), class_name="form-foot"),
            action="/settings/calendar/import",
            class_name="stack",
        ),
        class_name="card pad-l stack",
        aria_label="Import a calendar",
    )


def _defaults() -> rx.Component:
    offer = rx.el.div(
        button("Add the holidays of " + State.us_state + ", " + State.year, on_click=State.add_defaults),
        class_name="form-foot",
    )
    none = rx.el.p(
        "Choose the state in which this team works under ", link("Workspace", href="/settings/workspace"), "."
    )
    return rx.el.section(
        rx.el.div(
            rx.el.h2("Holidays of your state"),
            rx.el.p(
                "A first draft. They are defaults to be checked: your district keeps other days as well.",
                class_name="s13 t2",
            ),
        ),
        rx.cond(State.us_state != "", offer, none),
        class_name="card pad-l stack",
        aria_label="Holidays of your state",
    )


def _school(one: Any) -> rx.Component:
    away = away_button(State, one, one.name)
    rename = button("Rename", small=True, on_click=State.edit_school(one.id), aria_label="Rename " + one.name)
    return rx.el.li(
        rx.el.span(one.name, class_name="grow b"),
        rx.cond(one.away, tag("Put away"), rx.fragment()),
        rx.cond(State.may_edit, rx.fragment(rename, away), rx.fragment()),
        class_name="wrap",
    )


def _school_form() -> rx.Component:
    changing = State.editing != ""
    return rx.el.form(
        rx.el.input(type="hidden", name="school_id", value=State.editing, read_only=True),
        text_field(
            "school_name",
            rx.cond(changing, "New name of " + State.editing_name, "Add a school"),
            default_value=State.editing_name,
            error=_error("school_name"),
            auto_complete="off",
        ),
        rx.el.div(
            button(rx.cond(changing, "Rename", "Add school"), kind="pri", type="submit"),
            rx.cond(changing, button("Cancel", kind="ghost", on_click=State.edit_school("")), rx.fragment()),
            class_name="form-foot",
        ),
        on_submit=State.save_school,
        class_name="pad-l stack ruled",
        key=State.school_key,
        no_validate=True,
        aria_label="School",
    )


def _schools() -> rx.Component:
    nothing = rx.el.p("No school yet.", class_name="pad-m t2")
    return _panel(
        "Schools",
        rx.cond(State.schools.length() > 0, rx.el.ul(rx.foreach(State.schools, _school), class_name="list"), nothing),
        rx.cond(State.may_edit, _school_form(), rx.fragment()),
    )


def _road(one: Any) -> rx.Component:
    return rx.el.li(rx.el.span(one.words, class_name="grow"), rx.el.span(one.minutes, class_name="num t2"))


def _road_form() -> rx.Component:
    return rx.el.form(
        rx.el.div(
            select_field("road_from", "From", State.offered, none="Choose", span="c4", error=_error("road_from")),
            select_field("road_to", "To", State.offered, none="Choose", span="c4", error=_error("road_to")),
            text_field("road_minutes", "Minutes", span="c4", input_mode="numeric", error=_error("road_minutes")),
            class_name="fields",
        ),
        rx.el.div(button("Save", "check", type="submit"), class_name="form-foot"),
        on_submit=State.save_road,
        class_name="pad-l stack ruled",
        key=State.road_key,
        no_validate=True,
        aria_label="On the road",
    )


def _roads() -> rx.Component:
    nothing = rx.el.p("No time on the road is known between two schools.", class_name="pad-m t2")
    shown = rx.el.ul(rx.foreach(State.roads, _road), class_name="list")
    panel = _panel(
        "On the road",
        rx.cond(State.roads.length() > 0, shown, nothing),
        rx.cond(State.may_edit & (State.offered.length() > 1), _road_form(), rx.fragment()),
    )
    return rx.cond((State.offered.length() > 1) | (State.roads.length() > 0), panel, rx.fragment())


def _hours_form() -> rx.Component:
    return rx.el.form(
        rx.el.div(
            select_field(
                "hours_school", "Where", State.offered, none="All schools", span="c4", error=_error("hours_school")
            ),
            text_field("hours_open", "Begins", type="time", span="c4", error=_error("hours_open")),
            text_field("hours_close", "Ends", type="time", span="c4", error=_error("hours_close")),
            class_name="fields",
        ),
        rx.el.p("One school without times has the hours of all schools.", class_name="s13 t2"),
        rx.el.div(button("Save hours", "check", type="submit"), class_name="form-foot"),
        on_submit=State.save_hours,
        class_name="pad-l stack ruled",
        key=State.hours_key,
        no_validate=True,
        aria_label="The school's day",
    )


def _hours() -> rx.Component:
    return _panel(
        "The school's day",
        rx.el.ul(rx.foreach(State.hours, _road), class_name="list"),
        rx.cond(State.may_edit, _hours_form(), rx.fragment()),
    )


def settings_calendar() -> rx.Component:
    """The page /settings/calendar."""
    office = rx.fragment(_day_form(), _import(), _defaults())
    undo = rx.el.div(button("Undo", "undo_2", on_click=State.undo_removal), class_name="row")
    content = rx.fragment(
        banner(State.problem, "bad"),
        rx.cond(State.undo, undo, rx.fragment()),
        FocusInvalid.create(errors=State.field_errors),
        _days(),
        rx.cond(State.may_edit, office, rx.fragment()),
        _schools(),
        _hours(),
        _roads(),
    )
    return settings_page("Calendar", State, State.loaded, content)


PAGE = {"route": "/settings/calendar", "title": page_title("Settings"), "on_load": SettingsCalendarState.enter}
