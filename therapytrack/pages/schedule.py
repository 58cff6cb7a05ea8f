"""The schedule: the week as a grid, a day, or the next two weeks as an agenda."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import button, link, link_button, segments
from therapytrack.components.feedback import banner, empty_state, error_panel, skeleton_rows
from therapytrack.components.islands import PrintButton
from therapytrack.components.layout import page_style, page_title, shell
from therapytrack.components.schedule_panels import meeting_panel, next_step, refusal, slot_panel, status_tags
from therapytrack.components.status import tag
from therapytrack.components.week_grid import WeekGrid
from therapytrack.domain.week_layout import VIEWS
from therapytrack.state.schedule import ScheduleState

Desk: Any = ScheduleState


def _views() -> rx.Component:
    addresses = {"week": Desk.links.week, "day": Desk.links.day, "agenda": Desk.links.agenda}
    items = [
        link(words, href=addresses[view], aria_current=rx.cond(Desk.choice_view == view, "true", "false"))
        for view, words in VIEWS.items()
    ]
    return segments(*items, label="View")


def _steps() -> rx.Component:
    return rx.el.div(
        link_button("", "chevron_left", href=Desk.links.before, kind="ghost", aria_label="Earlier"),
        link_button("Today", href=Desk.links.now, aria_label="Show today"),
        link_button("", "chevron_right", href=Desk.links.after, kind="ghost", aria_label="Later"),
        class_name="row",
    )


def _people() -> rx.Component:
    choices = rx.foreach(Desk.people, lambda one: rx.el.option(one.words, value=one.value))
    chooser = rx.el.select(
        choices, value=Desk.who, on_change=Desk.show_person, class_name="input whose", aria_label="Whose schedule"
    )
    return rx.cond(Desk.people.length() > 1, chooser, rx.fragment())


def _grid() -> rx.Component:
    return rx.el.div(
        WeekGrid.create(
            days=Desk.days,
            meetings=Desk.meetings,
            first=Desk.first,
            last=Desk.last,
            may_add=Desk.may_add,
            on_pick=Desk.pick,
            on_move=Desk.move,
            on_empty=Desk.new_slot,
        ),
        class_name="card scroll-x",
    )


def _agenda_line(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(one.hours, class_name="day-tm num"),
        rx.el.div(
            rx.el.div(
                rx.el.button(
                    one.title,
                    type="button",
                    class_name=rx.cond(one.status == "cancelled", "link called-off", "link"),
                    on_click=Desk.pick(one.key),
                ),
                status_tags(one),
                class_name="row wrap",
            ),
            rx.cond(one.where != "", rx.el.p(one.where, class_name="sub-line"), rx.fragment()),
            rx.cond(one.names != one.title, rx.el.p(one.names, class_name="s14"), rx.fragment()),
            rx.foreach(one.clashes, lambda words: rx.el.p(words, class_name="clash-words")),
            class_name="grow",
        ),
        next_step(one),
        class_name="day",
    )


def _agenda_day(day: Any) -> rx.Component:
    mine = rx.foreach(Desk.meetings, lambda one: rx.cond(one.day == day.iso, _agenda_line(one), rx.fragment()))
    nothing = rx.el.p("Nothing on the schedule.", class_name="pad-m t2")
    return rx.el.section(
        rx.el.h2(day.name, ", ", day.date, rx.cond(day.today, tag("Today", "good"), rx.fragment())),
        rx.foreach(day.notes, lambda words: rx.el.p(words, class_name="clash-words")),
        rx.cond(day.meetings > 0, rx.el.ul(mine, class_name="list card clip"), nothing),
        class_name="ag-day",
        aria_label="Agenda, " + day.name + ", " + day.date,
    )


def _agenda() -> rx.Component:
    return rx.el.div(rx.foreach(Desk.days, _agenda_day), class_name="ag")


def _content() -> rx.Component:
    undo = button("Undo", "undo_2", on_click=Desk.undo_move)
    subscribe = link_button("Subscribe", href="/settings/profile#calendar-feed", kind="ghost")
    empty = empty_state(
        "Nothing on the schedule",
        "Put a group or a student on it once: it repeats by itself, and each day starts with one tap.",
        rx.cond(Desk.may_add, button("New session", "plus", kind="pri", on_click=Desk.new_slot("", 0)), rx.fragment()),
    )
    grid = rx.fragment(
        rx.el.div(_grid(), class_name="week-grid"), rx.el.div(_agenda(), class_name="week-agenda no-print")
    )
    shown = rx.cond(Desk.choice_view == "agenda", _agenda(), grid)
    nothing = (Desk.choice_view == "agenda") & (Desk.meetings.length() == 0)
    return rx.el.div(
        banner(Desk.said, "good"),
        rx.cond((Desk.picked.key == "") & (Desk.form_key == ""), refusal(), rx.fragment()),
        rx.el.div(
            _steps(),
            _views(),
            _people(),
            rx.cond(Desk.undo != "", undo, rx.fragment()),
            rx.el.span(class_name="grow"),
            rx.cond(Desk.may_add, subscribe, rx.fragment()),
            PrintButton.create("Print", class_name="btn ghost hide-m"),
            class_name="row wrap no-print",
        ),
        rx.cond(nothing, rx.el.section(empty, class_name="card"), shown),
        rx.cond(Desk.picked.key != "", meeting_panel(), rx.fragment()),
        rx.cond(Desk.form_key != "", slot_panel(), rx.fragment()),
        class_name="stack",
    )


def schedule() -> rx.Component:
    """The page /schedule."""
    failed = (Desk.problem != "") & (Desk.days.length() == 0)
    new = rx.cond(Desk.may_add, button("New session", "plus", kind="pri", on_click=Desk.new_slot("", 0)), rx.fragment())
    return shell(
        page_style("schedule"),
        rx.cond(Desk.ready, rx.cond(failed, error_panel(Desk.problem, Desk.retry), _content()), skeleton_rows(8)),
        active="schedule",
        title="Schedule",
        subtitle=Desk.title,
        actions=[new],
    )


PAGE = {"route": "/schedule", "title": page_title("Schedule"), "on_load": Desk.enter}
