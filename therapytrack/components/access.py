"""Rights as marks and words, and the fields in which access is given: for a student's page and for the whole roster."""

from typing import Any

import reflex as rx

from therapytrack.components.forms import date_field, error_of, group_error, select_field, tick_field
from therapytrack.domain.permission_words import LABELS

# A mark says how a right stands: it counts, it was given but does not count, it begins later, there is none.
MARKS = {
    "held": ("good", "M5.5 .5a5 5 0 1 0 0 10a5 5 0 1 0 0-10z", "yes"),
    "asleep": ("warn", "M5.5 .5a5 5 0 1 0 0 10a5 5 0 1 0 0-10zM5.5 1.9a3.6 3.6 0 0 1 0 7.2z", "given, does not count"),
    "planned": (
        "mute",
        "M5.5 .5a5 5 0 1 0 0 10a5 5 0 1 0 0-10zM5.5 2a3.5 3.5 0 0 1 0 7a3.5 3.5 0 0 1 0-7z",
        "begins later",
    ),
    "none": ("mute", "M2 4.8h7v1.4h-7z", "no"),
}
# The same shapes in the matrix, where one cell speaks of all rights: edit, view only, nothing that counts now.
CELLS = {"edit": "held", "view": "asleep", "later": "planned", "none": "none"}


def _drawn(name: str, tone: str = "") -> rx.Component:
    usual, path, _ = MARKS[name]
    return rx.el.svg(
        rx.el.path(d=path, fill="currentColor", fill_rule="evenodd"),
        view_box="0 0 11 11",
        class_name=f"mark {tone or usual}",
        aria_hidden="true",
    )


def right_mark(mark: Any) -> rx.Component:
    """How one right stands: filled, half, hollow or a dash; its words stand beside it."""
    return rx.match(mark, *[(name, _drawn(name)) for name in MARKS if name != "none"], _drawn("none"))


def cell_mark(mark: Any) -> rx.Component:
    """A cell of the matrix: filled for edit, half for view, hollow for what does not count now, nothing for nothing."""
    shapes = [(name, _drawn(shape, "good")) for name, shape in CELLS.items() if name in ("edit", "view")]
    return rx.match(mark, *shapes, ("later", _drawn("planned")), rx.fragment())


def right_chip(right: Any) -> rx.Component:
    """One right of a person: mark and name, with how it stands for those who do not see the mark."""
    names = rx.match(right.right, *[(code, label) for code, label in LABELS.items()], right.right)
    said = rx.match(right.mark, *[(name, rx.fragment(words)) for name, (_, _, words) in MARKS.items()], rx.fragment())
    return rx.el.li(
        right_mark(right.mark), names, rx.el.span(": ", said, class_name="sr"), class_name="right", title=right.sentence
    )


def right_reason(right: Any) -> rx.Component:
    """One right of a person with its reason in words."""
    return rx.el.li(right_mark(right.mark), rx.el.span(right.sentence), class_name="reason")


def rights_ticks(errors: Any, *, with_view: bool, legend: str) -> rx.Component:
    """The rights to choose; `with_view=False` where view goes without saying."""
    names = [name for name in LABELS if with_view or name != "view"]
    ticks = [tick_field(name, LABELS[name]) for name in names]
    return rx.el.fieldset(
        rx.el.legend(legend, class_name="b s14"),
        rx.el.div(*ticks, class_name="row wrap ticks"),
        group_error(error_of(errors, "rights")),
        class_name="field",
    )


def give_fields(errors: Any, choices: Any, *, person: str = "c4", day: str = "c4") -> list[rx.Component]:
    """Who, what, from when until when; `person` and `day` are the widths of their fields."""
    return [
        select_field("person", "Person", choices, none="Choose", error=error_of(errors, "person"), span=person),
        date_field("starts_on", "First day", error=error_of(errors, "starts_on"), optional=True, span=day),
        date_field("ends_on", "Last day", error=error_of(errors, "ends_on"), optional=True, span=day),
        rights_ticks(errors, with_view=False, legend="Rights besides view"),
    ]
