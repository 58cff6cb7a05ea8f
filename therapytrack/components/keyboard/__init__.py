"""The keyboard on every page: `?` lists the keys, `/` searches, `G` and a letter goes, X and Shift-click select rows.

No key does anything while somebody types, and nothing that is typed leaves the tab's memory.
"""

from collections.abc import Mapping

import reflex as rx

from therapytrack.state.shell import ShellState

_LIBRARY = rx.asset("keyboard.jsx", shared=True).importable_path
PLACES = {"t": "/today", "c": "/caseload", "s": "/schedule", "n": "/notes", "r": "/reports", "m": "/team"}

Keys = tuple[tuple[str, str], ...]
EVERYWHERE: Keys = (
    ("?", "This list"),
    ("/ or Ctrl K", "Search the caseload"),
    ("G then T", "Today"),
    ("G then C", "Caseload"),
    ("G then S", "Schedule"),
    ("G then N", "Session notes"),
    ("G then R", "Reports"),
    ("G then M", "Team"),
)
OF_PAGE: Mapping[str, tuple[str, Keys]] = {
    "caseload": (
        "Caseload",
        (
            ("Enter", "In the search: open the first student"),
            ("Esc", "In the search: show everybody again"),
            ("X", "Select the row in focus or under the pointer"),
            ("Shift click", "Select all rows since the last one"),
        ),
    ),
    "notes": (
        "Session notes",
        (("J", "Next note"), ("K", "Note before"), ("E", "Write"), ("Ctrl Enter", "Sign and go on")),
    ),
    "co-sign": (
        "Co-sign",
        (("C or Enter", "Co-sign and go on"), ("R", "Return"), ("J", "Next note"), ("K", "Note before")),
    ),
    "schedule": (
        "Schedule",
        (
            ("Enter", "Open the meeting in focus"),
            ("M", "Take it up; then arrows, and Enter to put it down, Esc to let it go"),
        ),
    ),
    "session": (
        "Live session",
        (
            ("1 to 8", "Student"),
            ("Q W E", "First goal: incorrect, cued, correct; or the buttons of its row"),
            ("A S D", "Second goal"),
            ("Z X C", "Third goal"),
            ("N P", "Further goals, and back"),
            ("Shift W", "Choose the help that was given, then its number; S and X likewise"),
            ("Shift Q", "On a rubric: then the number of its level; A and Z likewise"),
            ("T", "Next target; with Shift the one before"),
            ("Ctrl Z", "Undo"),
        ),
    ),
}


class _Island(rx.Component):
    library = _LIBRARY


class KeysLayer(_Island):
    """The dialog with the list of keys, and the keys that go to `places` (letter to address).

    `single`: whether keys of one letter, number or sign act for this person, here and in every other handler.
    """

    tag = "KeysLayer"
    places: rx.Var[dict[str, str]]
    single: rx.Var[bool]


class SearchBox(_Island):
    """A search field that hides the rows of `scope` (a CSS selector) that do not match, in the browser.

    `keep`: what was typed is there on coming back.
    """

    tag = "SearchBox"
    label: rx.Var[str]
    scope: rx.Var[str]
    keep: rx.Var[bool]


class RowPicking(_Island):
    """Lets X and Shift-click tick the boxes of the rows in `scope` (a CSS selector)."""

    tag = "RowPicking"
    scope: rx.Var[str]


class InAddress(_Island):
    """Keeps `values` as `name` in the address, once they change; the address is not loaded again."""

    tag = "InAddress"
    name: rx.Var[str]
    values: rx.Var[list[str]]


def search_box(label: str, scope: str, *, keep: bool = True) -> rx.Component:
    """The page's search field: Enter opens the first match, Escape clears; `keep`: it is filled again on coming back.

    `scope` selects the container whose [data-search] descendants are matched; accents are folded.
    """
    return SearchBox.create(label=label, scope=scope, keep=keep)


def _keys(title: str, keys: Keys) -> rx.Component:
    rows = [rx.el.div(rx.el.dt(_caps(caps)), rx.el.dd(words)) for caps, words in keys]
    return rx.el.section(rx.el.h3(title), rx.el.dl(*rows))


def _caps(caps: str) -> rx.Component:
    shown = [word if word in ("or", "then", "to") else rx.el.kbd(word) for word in caps.split()]
    return rx.el.span(*shown, class_name="caps")


def keys_layer(page: str) -> rx.Component:
    """The keys of a page and their list; the live session keeps its letters to itself and only has the list."""
    lists = [_keys(*OF_PAGE[page])] if page in OF_PAGE else []
    general = EVERYWHERE[:1] if page == "session" else EVERYWHERE
    off = "Keys of one letter, number or sign are switched off for you. Those with Ctrl, Enter and Escape work."
    words = rx.cond(ShellState.single_keys, "Keys of one letter, number or sign can be switched off.", off)
    settings = rx.el.a("Settings, Profile", href="/settings/profile", class_name="link")
    return KeysLayer.create(
        rx.el.p(words, " ", settings, class_name="pad-m s14 t2"),
        rx.el.div(_keys("Everywhere", general), *lists, class_name="keys-lists"),
        single=ShellState.single_keys,
        places={} if page == "session" else PLACES,
    )
