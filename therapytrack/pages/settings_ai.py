"""The switch for AI and, in plain words, what it does: what is sent, to whom, and what never leaves."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import button
from therapytrack.components.feedback import banner
from therapytrack.components.layout import page_title
from therapytrack.components.settings_parts import settings_page, who_can
from therapytrack.components.status import tag
from therapytrack.state.settings_ai import SettingsAiState

State: Any = SettingsAiState

SENT = (
    "which facts there are, each as a placeholder with its meaning, such as “the last value of goal 1”",
    "each goal's short name, with people, addresses, dates and numerals replaced",
    "whether a goal's data rise, fall or stay level",
    "our instructions for the wording",
)
NEVER_SENT = (
    "names of students or staff, birth dates, schools, student numbers",
    "numbers, percentages, minutes and dates: they are put in here, after the words have come back",
    "notes, trials, attendance, reports and files",
    "anything about a student who is opted out (the student's page, Edit)",
)


def _list(title: str, lines: tuple[str, ...]) -> rx.Component:
    return rx.el.div(
        rx.el.h3(title),
        rx.el.ul(*[rx.el.li(line) for line in lines], class_name="stack tight s14"),
        class_name="stack tight",
    )


def _state() -> rx.Component:
    on = rx.el.form(
        button("Turn AI off", type="submit"),
        rx.el.input(type="hidden", name="turn", value="off", read_only=True),
        on_submit=State.turn,
    )
    off = rx.el.form(
        button("Turn AI on", kind="pri", type="submit"),
        rx.el.input(type="hidden", name="turn", value="on", read_only=True),
        on_submit=State.turn,
    )
    return rx.el.div(
        rx.el.div(
            rx.el.h2("AI for drafts"),
            rx.el.p(
                rx.cond(
                    State.on,
                    "On: a draft may be worded by the AI service below.",
                    "Off: nothing is sent to any AI service.",
                ),
                class_name="t2",
            ),
            class_name="grow",
        ),
        rx.cond(State.on, tag("On", "info"), tag("Off")),
        rx.cond(State.may_switch, rx.cond(State.on, on, off), rx.fragment()),
        class_name="row wrap",
    )


def _to_whom() -> rx.Component:
    asked = rx.el.p(
        "To ", rx.el.span(State.address, class_name="b"), ", model ", rx.el.span(State.model, class_name="b"), "."
    )
    keyless = rx.el.p(
        "No key is set on this server, so nothing can be sent, whatever this switch says: drafts are put together from "
        "the data alone. The person who runs TherapyTrack can set one. It would go to ",
        rx.el.span(State.address, class_name="b"),
        ", model ",
        rx.el.span(State.model, class_name="b"),
        ".",
    )
    return rx.el.div(rx.el.h3("To whom"), rx.cond(State.has_key, asked, keyless), class_name="stack tight")


def _content() -> rx.Component:
    mine = who_can(
        "Only you, as the owner, can change this. It takes your password, unless you gave it just now, and is logged."
    )
    others = who_can("Only the workspace's owner can change this. Ask the owner.")
    return rx.el.section(
        banner(State.problem, "bad"),
        _state(),
        rx.cond(State.may_switch, mine, others),
        rx.el.hr(),
        _to_whom(),
        _list("What is sent when somebody asks for a draft", SENT),
        _list("What is never sent", NEVER_SENT),
        rx.el.p(
            "Each draft keeps exactly what was sent for it (Show what is sent), and the activity log says who sent it, "
            "and when. Nobody but a person signs or sends a draft.",
            class_name="s13 t2",
        ),
        class_name="card pad-l stack",
        aria_label="AI for drafts",
    )


def settings_ai() -> rx.Component:
    """The page /settings/ai."""
    return settings_page("AI", State, State.loaded, _content())


PAGE = {"route": "/settings/ai", "title": page_title("Settings"), "on_load": SettingsAiState.enter}
