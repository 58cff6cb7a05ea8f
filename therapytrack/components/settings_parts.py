"""What the pages of the settings share: the way from one to the other, and the frame around them."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import button, link, segments
from therapytrack.components.feedback import banner, error_panel
from therapytrack.components.layout import shell
from therapytrack.components.skeletons import form_skeleton

PLACES = (
    ("Profile", "/settings/profile"),
    ("Workspace", "/settings/workspace"),
    ("Calendar", "/settings/calendar"),
    ("Attendance", "/settings/attendance"),
    ("Templates", "/settings/templates"),
    ("Reports", "/settings/reports"),
    ("Prompts", "/settings/prompts"),
    ("AI", "/settings/ai"),
)


def settings_page(here: str, state: Any, loaded: Any, content: rx.Component) -> rx.Component:
    """The page named `here` around `content`, which is shown once `loaded`; a failure before that offers Retry."""
    links = [link(name, href=href, **({"aria_current": "true"} if name == here else {})) for name, href in PLACES]
    waiting = rx.cond(state.ready & (state.problem != ""), error_panel(state.problem, state.retry), form_skeleton(4))
    return shell(
        rx.el.div(banner(state.done, "good"), rx.cond(loaded, content, waiting), class_name="stack narrow"),
        active="settings",
        title="Settings",
        actions=[segments(*links, label="Settings")],
    )


def away_button(state: Any, one: Any, name: Any) -> rx.Component:
    """Put one of a kept list away, or bring it back."""
    return rx.cond(
        one.away,
        button("Bring back", small=True, on_click=state.bring_back(one.id), aria_label="Bring back " + name),
        button("Put away", small=True, on_click=state.put_away(one.id), aria_label="Put away " + name),
    )


def who_can(sentence: str) -> rx.Component:
    """In words, who can change what is shown here."""
    return rx.el.p(sentence, class_name="s13 t2")
