"""The banner that lasts as long as emergency access does, with the time that is left."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import button, link
from therapytrack.components.icons import icon
from therapytrack.state.emergency import EmergencyState
from therapytrack.state.shell import ShellState

Desk: Any = EmergencyState
Frame: Any = ShellState
_LIBRARY = rx.asset("emergency.jsx", shared=True).importable_path


class TimeLeft(rx.Component):
    """The time until `until` (milliseconds since 1970): "3 h 12 min left".

    When it is over, a page of `record` (an id in its address) is loaded again, and is not there any more.
    """

    library = _LIBRARY
    tag = "TimeLeft"
    until: rx.Var[int]
    record: rx.Var[str]


def _one(glass: Any) -> rx.Component:
    return rx.el.div(
        icon("lock_open", 18),
        rx.el.span(
            "Emergency access to ",
            link(glass.name, href=rx.Var.create("/students/") + glass.student_id, class_name="under"),
            " until ",
            glass.until,
            ": ",
            TimeLeft.create(until=glass.until_ms, record=glass.student_id),
            ". View only; the owner and the case manager were told.",
            class_name="grow",
        ),
        button("End now", small=True, on_click=Desk.end_now(glass.student_id)),
        class_name="banner warn no-print",
        key=glass.student_id,
    )


def glass_banner() -> rx.Component:
    """A banner for each emergency access that lasts; nothing else."""
    shown = rx.el.div(rx.foreach(Frame.glass, _one), role="region", aria_label="Emergency access")
    return rx.cond(Frame.glass.length() > 0, shown, rx.fragment())
