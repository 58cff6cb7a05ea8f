"""The live session's island: what must answer on the device at once and never lose a mark. The rest is Python.

`keep.js` keeps unsent marks, `send.js` sends them, `store.js` merges them with other people's, `watch.js` counts time;
the JSX files draw.
"""

from collections.abc import Callable
from typing import Any

import reflex as rx

from therapytrack.components.note_field import save_spec

_FILES = (
    "keep.js", "send.js", "watch.js", "store.js", "context.jsx", "pads.jsx", "measure_rows.jsx", "goal_row.jsx",
    "handed.jsx", "note_box.jsx", "leftovers.jsx",
)  # fmt: skip
_PATHS = {name: rx.asset(name, shared=True).importable_path for name in (*_FILES, "session_grid.jsx")}


class _Island(rx.Component):
    library = _PATHS["session_grid.jsx"]


class SessionRoot(_Island):
    """Holds the marks of one session for everything inside; `owner` binds what is kept to the signed-in person.

    `on_stale`: the server answers with other `entries`, another `stage` or other `facts` than the page shows.
    """

    tag = "SessionRoot"
    session: rx.Var[str]
    owner: rx.Var[str]
    entries: rx.Var[list[str]]
    stage: rx.Var[str]
    levels: rx.Var[list[Any]]
    facts: rx.Var[dict[str, str]]
    on_stale: rx.EventHandler[rx.event.no_args_event_spec]  # type: ignore[type-arg, valid-type]


class Adults(_Island):
    """What is not drawn while the tablet is in a student's hands."""

    tag = "Adults"


class HandOver(_Island):
    """Hands the tablet to one student: her goals alone are shown until an adult takes it back."""

    tag = "HandOver"
    entry: rx.Var[str]
    name: rx.Var[str]


class PurposeSwitch(_Island):
    """Practice or probe, for the marks to come and for the strips shown."""

    tag = "PurposeSwitch"


class SaveState(_Island):
    """Saved 10:18 AM, Saving, Offline · 7 kept, Signed out · 7 kept."""

    tag = "SaveState"


class Company(_Island):
    """Who else is here: initials and words, said once to those who listen; an empty line while nobody is."""

    tag = "Company"


class Refusals(_Island):
    """Marks that the server did not take, with its sentences; `labels` names the goals that are on the page."""

    tag = "Refusals"
    labels: rx.Var[dict[str, str]]


class UndoButton(_Island):
    """Takes back the last mark that this person made; `labels` names a goal id for the button."""

    tag = "UndoButton"
    labels: rx.Var[dict[str, str]]


class SessionTimer(_Island):
    """Time since the start (`started_at` and `finished`: milliseconds since 1970, 0 for not yet), `planned` minutes."""

    tag = "SessionTimer"
    started_at: rx.Var[int]
    finished: rx.Var[int]
    planned: rx.Var[int]


class FinishButton(_Island):
    """Sends every mark, then tells the page."""

    tag = "FinishButton"
    label: rx.Var[str]
    disabled: rx.Var[bool]
    on_finish: rx.EventHandler[rx.event.no_args_event_spec]  # type: ignore[type-arg, valid-type]


class StudentTabs(_Island):
    """The students as tabs, on a phone."""

    tag = "StudentTabs"
    entries: rx.Var[list[str]]
    names: rx.Var[list[str]]
    letters: rx.Var[list[str]]


class StudentCard(_Island):
    """One student's frame; it becomes the current one when touched."""

    tag = "StudentCard"
    entry: rx.Var[str]
    name: rx.Var[str]
    missed: rx.Var[bool]


class GoalRow(_Island):
    """One goal: score, strip of marks, and the buttons of its measure; `text` is a narrative, saved by `on_text`."""

    tag = "GoalRow"
    entry: rx.Var[str]
    goal: rx.Var[str]
    name: rx.Var[str]
    student: rx.Var[str]
    index: rx.Var[int]
    measure: rx.Var[str]
    setup: rx.Var[Any]
    targets: rx.Var[list[Any]]
    text: rx.Var[Any]
    on_text: rx.EventHandler[save_spec]  # type: ignore[type-arg, valid-type]
    target: rx.Var[str]
    last_practice: rx.Var[str]
    last_probe: rx.Var[str]
    levels: rx.Var[list[Any]]
    closed: rx.Var[bool]


class SessionKeys(_Island):
    """The keyboard: `kids` lists {entry, name, closed, goals: [{id, name, measure, targets}]} in order."""

    tag = "SessionKeys"
    kids: rx.Var[list[Any]]


class NoteBox(rx.Component):
    """Chips and the note, which saves itself: `on_save(entry, text, version)`."""

    library = _PATHS["note_box.jsx"]
    tag = "NoteBox"
    entry: rx.Var[str]
    student: rx.Var[str]
    text: rx.Var[str]
    version: rx.Var[int]
    phrases: rx.Var[list[str]]
    read_only: rx.Var[bool]
    why: rx.Var[str]
    on_save: rx.EventHandler[save_spec]  # type: ignore[type-arg, valid-type]


class TapSender(rx.Component):
    """On every signed-in page: sends what an earlier page left behind, and clears this browser at sign-out."""

    library = _PATHS["leftovers.jsx"]
    tag = "TapSender"


def part(component: type[rx.Component], *children: Any, **props: Any) -> rx.Component:
    """Create one part of the island with typed call sites."""
    create: Callable[..., rx.Component] = component.create
    return create(*children, **props)


def tap_sender() -> rx.Component:
    """An app wrap: marks that a page left behind are sent from whichever page is opened next."""
    return rx.fragment(part(TapSender))
