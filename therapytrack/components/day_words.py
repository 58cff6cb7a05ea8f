"""What Today and the panel beside the caseload say alike of one of the day's sessions."""

from typing import Any

import reflex as rx

from therapytrack.components.status import tag


def hit_tag(one: Any) -> rx.Component:
    """What the school calendar says against the session, such as "No school: Thanksgiving"; nothing when it agrees."""
    return rx.cond(one.hit != "", tag(one.hit, "warn long", "calendar_x"), rx.fragment())


def step_label(step: Any, one: Any) -> Any:
    """The name of the button that starts the session: the step, the session, and what the calendar has against it."""
    named = rx.Var.create(step) + ", " + one.title
    return rx.cond(one.hit != "", named + ", " + one.hit, named)
