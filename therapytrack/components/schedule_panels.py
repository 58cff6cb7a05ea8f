"""What opens over the schedule: one meeting with all that can be done with it, and the form of a slot."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import button, link
from therapytrack.components.dialog import dialog
from therapytrack.components.feedback import banner
from therapytrack.components.forms import date_field, error_of, group_error, select_field, text_field, tick_field
from therapytrack.components.islands import FocusInvalid
from therapytrack.components.keyboard import search_box
from therapytrack.components.status import avatar, tag
from therapytrack.components.week_grid import ChosenNames, HoursFollow
from therapytrack.domain.attendance import Attendance
from therapytrack.domain.dates import WEEKDAYS
from therapytrack.domain.recurrence import REPEATS
from therapytrack.domain.session_plan import DELIVERIES, LONGEST_TITLE
from therapytrack.domain.slot_form import WEEKDAY
from therapytrack.state.schedule import TICK, ScheduleState

Desk: Any = ScheduleState
PICKS = "slot-students"


def _error(name: str) -> Any:
    return error_of(Desk.field_errors, name)


def refusal() -> rx.Component:
    """What went wrong; a sentence about the day itself belongs to no field, so it stands here."""
    return banner(rx.cond(_error("on") != "", _error("on"), Desk.problem), "bad")


def _said() -> rx.Component:
    return rx.fragment(refusal(), FocusInvalid.create(errors=Desk.field_errors))


def next_step(one: Any) -> rx.Component:
    """The button of what comes next with a meeting, none when there is nothing for this person to do."""

    def act(words: str, kind: str = "") -> rx.Component:
        return button(words, kind=kind, on_click=Desk.start(one.key), aria_label=f"{words}, " + one.title)

    return rx.match(
        one.next_step,
        ("start", act("Start session", "pri")),
        ("late", act("Start session")),
        ("open", act("Open session")),
        rx.fragment(),
    )


def status_tags(one: Any) -> rx.Component:
    """Where a meeting stands, when that is not as planned."""
    return rx.fragment(
        rx.match(
            one.status,
            ("running", tag("Running", "info")),
            ("finished", tag("Done", "good", "check")),
            ("cancelled", tag("Called off")),
            rx.fragment(),
        ),
        rx.cond(one.moved, tag("Moved", "info"), rx.fragment()),
    )


def _students(one: Any) -> rx.Component:
    def person(student: Any) -> rx.Component:
        return rx.el.li(
            avatar(student.initials),
            link(student.name, href="/students/" + student.id, class_name="link"),
            class_name="row",
        )

    return rx.el.ul(rx.foreach(one.students, person), class_name="stack tight", aria_label="Students")


def _about(one: Any) -> rx.Component:
    lines = rx.el.div(
        rx.el.p(rx.el.b(one.day_words, " · ", one.hours)),
        rx.cond(one.repeats != "", rx.el.p("Repeats ", one.repeats, class_name="t2"), rx.fragment()),
        rx.el.p(one.provider, " · ", one.delivery, class_name="t2"),
        rx.cond(one.where != "", rx.el.p(one.where, class_name="t2"), rx.fragment()),
        class_name="s14",
    )
    state = rx.el.div(status_tags(one), class_name="row wrap")
    clashes = rx.el.ul(
        rx.foreach(one.clashes, lambda words: rx.el.li(tag("Does not fit", "warn", "circle_alert"), " ", words)),
        class_name="stack tight s14",
        aria_label="What does not fit",
    )
    return rx.el.div(
        _said(), lines, state, rx.cond(one.clashes.length() > 0, clashes, rx.fragment()), _students(one),
        next_step(one), class_name="pad-l stack",
    )  # fmt: skip


def _move_form(one: Any) -> rx.Component:
    return rx.el.form(
        rx.el.h3("Move this day"),
        HoursFollow.create(),
        rx.el.div(
            date_field("to", "Day", error=_error("to"), default_value=one.day, span="c12"),
            text_field("starts", "From", error=_error("starts"), span="c6", type="time", default_value=one.starts),
            text_field("ends", "To", error=_error("ends"), span="c6", type="time", default_value=one.ends),
            class_name="fields",
        ),
        rx.el.div(button("Move", kind="", type="submit"), class_name="row"),
        on_submit=Desk.move_to,
        key="move-" + one.key,
        no_validate=True,
        class_name="pad-l stack tight ruled",
        aria_label="Move this day",
    )


def _closed_form(one: Any) -> rx.Component:
    """One press calls off what the school calendar says cannot be held."""
    return rx.el.form(
        rx.el.input(type="hidden", name="key", value=one.key, read_only=True),
        rx.el.input(type="hidden", name="reason", value=Attendance.SCHOOL_CLOSED.value, read_only=True),
        button("Call off: school closed", kind="pri", type="submit"),
        on_submit=Desk.call_off,
        key="closed-" + one.key,
        class_name="pad-l ruled",
        aria_label="School closed",
    )


def _call_off_form(one: Any) -> rx.Component:
    off = rx.el.form(
        rx.el.h3("Not held"),
        rx.el.input(type="hidden", name="key", value=one.key, read_only=True),
        select_field("reason", "Why", Desk.reasons, none="Choose a reason", error=_error("reason")),
        rx.el.div(button("Call off this day", type="submit"), class_name="row"),
        on_submit=Desk.call_off,
        key="off-" + one.key,
        no_validate=True,
        class_name="pad-l stack tight ruled",
        aria_label="Not held",
    )
    back = rx.el.div(button("Hold it after all", on_click=Desk.resume(one.key)), class_name="pad-l ruled")
    return rx.match(one.status, ("planned", off), ("cancelled", back), rx.fragment())


def _series(one: Any) -> rx.Component:
    return rx.el.section(
        rx.el.h3("From this day on"),
        rx.el.div(
            button("Change", "pencil", on_click=Desk.edit(one.key)),
            button("Take off the schedule", kind="danger", on_click=Desk.end(one.key)),
            class_name="row wrap",
        ),
        class_name="pad-l stack tight ruled",
        aria_label="From this day on",
    )


def meeting_panel() -> rx.Component:
    """The meeting that was picked."""
    one = Desk.picked
    closed = rx.cond(one.closed & (one.status == "planned"), _closed_form(one), rx.fragment())
    changes = rx.fragment(closed, rx.cond(one.moves, _move_form(one), rx.fragment()), _call_off_form(one), _series(one))
    return dialog(one.title, _about(one), rx.cond(one.changeable, changes, rx.fragment()), on_shut=Desk.shut, side=True)


def _choice(person: Any) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="checkbox", name=TICK + person.id, default_checked=Desk.in_slot.contains(person.id)),
        avatar(person.initials),
        person.name,
        class_name="tick pick",
        key=person.id,
        custom_attrs={"data-search": person.name},
    )


def _weekdays() -> rx.Component:
    days = [
        tick_field(f"{WEEKDAY}{number}", name[:3], default_checked=Desk.fields.contains(f"{WEEKDAY}{number}"))
        for number, name in enumerate(WEEKDAYS)
    ]
    return rx.el.fieldset(
        rx.el.legend("On further weekdays ", rx.el.span("(optional)", class_name="opt")),
        rx.el.div(*days, class_name="row wrap ticks"),
    )


def _slot_fields() -> rx.Component:
    fields = Desk.fields
    return rx.el.div(
        date_field("starts_on", "First day", error=_error("starts_on"), span="c6", default_value=fields["starts_on"]),
        select_field(
            "repeat", "Repeats", list(REPEATS.items()), error=_error("repeat"), span="c6",
            default_value=fields["repeat"],
        ),
        text_field("starts", "From", error=_error("starts"), span="c6", type="time", default_value=fields["starts"]),
        text_field("ends", "To", error=_error("ends"), span="c6", type="time", default_value=fields["ends"]),
        text_field(
            "title", "Name", error=_error("title"), optional=True, span="c12", max_length=LONGEST_TITLE,
            default_value=fields["title"],
        ),
        select_field(
            "school", "School", Desk.schools, none="None", error=_error("school"), optional=True, span="c6",
            default_value=fields["school"],
        ),
        text_field("place", "Place", error=_error("place"), optional=True, span="c6", default_value=fields["place"]),
        select_field(
            "delivery", "Delivery", list(DELIVERIES.items()), error=_error("delivery"), span="c6",
            default_value=fields["delivery"],
        ),
        date_field(
            "ends_on", "Last day", error=_error("ends_on"), optional=True, span="c6", default_value=fields["ends_on"]
        ),
        class_name="fields",
    )  # fmt: skip


def slot_panel() -> rx.Component:
    """The form of a slot, new or changed from a day on: the students first, the rest has its usual values."""
    changing = Desk.changing != ""
    form = rx.el.form(
        _said(),
        rx.el.input(type="hidden", name="form_key", value=Desk.form_key, read_only=True),
        rx.el.input(type="hidden", name="changing", value=Desk.changing, read_only=True),
        rx.el.fieldset(
            rx.el.legend("Students"),
            search_box("Find a student", f"#{PICKS}", keep=False),
            ChosenNames.create(scope=f"#{PICKS}"),
            rx.el.div(rx.foreach(Desk.students, _choice), class_name="picks slot-picks", id=PICKS),
            group_error(_error("students")),
        ),
        _slot_fields(),
        HoursFollow.create(),
        _weekdays(),
        rx.el.div(
            button(rx.cond(changing, "Change from this day on", "Add to the schedule"), kind="pri", type="submit"),
            button("Cancel", kind="ghost", on_click=Desk.shut),
            class_name="form-foot",
        ),
        key=Desk.form_key,
        on_submit=Desk.save,
        class_name="pad-l stack",
        aria_label=rx.cond(changing, "Change from this day on", "New session"),
        no_validate=True,
    )
    title = rx.cond(changing, "Change from this day on", "New session")
    return dialog(title, form, on_shut=Desk.shut, side=True)
