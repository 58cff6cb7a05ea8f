"""The form that every panel of a goal's plan ends with: for a new entry, or for one that is corrected."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import button
from therapytrack.state.goal_plan import GoalPlanState

State: Any = GoalPlanState


def entry_form(kind: str, one: Any, heading: Any, fields: list[rx.Component], add: str, edit: Any, save: Any) -> Any:
    """A form for an entry of `kind`: a new one by the button `add`, or `one` when it has an id.

    `edit` begins to correct an entry, and with "" leaves it as it is; `save` takes what was typed.
    """
    correcting = one.id != ""
    return rx.el.form(
        rx.el.h3(heading),
        rx.el.input(type="hidden", name="key", value=State.form_key, read_only=True),
        rx.el.input(type="hidden", name="entry", value=one.id, read_only=True),
        rx.el.div(*fields, class_name="fields"),
        rx.el.div(
            button(rx.cond(correcting, "Save the correction", add), kind="pri", type="submit"),
            rx.cond(correcting, button("Cancel", kind="ghost", on_click=edit("")), rx.fragment()),
            class_name="form-foot",
        ),
        on_submit=save,
        no_validate=True,
        key=f"{kind.lower()}-" + State.forms[kind.lower()].to_string(),
        class_name="pad-l stack ruled",
        aria_label=kind,
    )
