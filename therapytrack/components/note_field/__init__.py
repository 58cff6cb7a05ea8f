"""A note's text in the browser: it saves itself, survives a lost connection, and shows both texts on a conflict.

`use_note.jsx` is shared with the live session; `note_editor.jsx` is the editor of the notes page, `keys.jsx` lets keys
press buttons that carry `data-keys`.
"""

from collections.abc import Callable
from typing import Any

import reflex as rx

_PATHS = {name: rx.asset(name, shared=True).importable_path for name in ("use_note.jsx", "note_editor.jsx", "keys.jsx")}


def save_spec(
    entry: rx.Var[str], text: rx.Var[str], version: rx.Var[int]
) -> tuple[rx.Var[str], rx.Var[str], rx.Var[int]]:
    """What saving sends: the entry's id, the text, the version that it was written over."""
    return (entry, text, version)


def act_spec(
    action: rx.Var[str], entry: rx.Var[str], text: rx.Var[str], version: rx.Var[int]
) -> tuple[rx.Var[str], rx.Var[str], rx.Var[str], rx.Var[int]]:
    """What a button beneath the text sends, once the server has said that the text is saved."""
    return (action, entry, text, version)


class NoteEditor(rx.Component):
    """The text with its phrases and buttons. `answer` changes with every answer of the server, so that buttons wake.

    `actions` are {name, label, primary}; the primary one also answers Ctrl/Cmd-Enter. `data_text` is what the chip
    "Scores" writes.
    """

    library = _PATHS["note_editor.jsx"]
    tag = "NoteEditor"
    entry: rx.Var[str]
    student: rx.Var[str]
    text: rx.Var[str]
    version: rx.Var[int]
    answer: rx.Var[int]
    phrases: rx.Var[list[str]]
    data_text: rx.Var[str]
    actions: rx.Var[list[Any]]
    on_save: rx.EventHandler[save_spec]  # type: ignore[type-arg, valid-type]
    on_act: rx.EventHandler[act_spec]  # type: ignore[type-arg, valid-type]


class Keys(rx.Component):
    """Lets a key press the button or link whose `data-keys` names it, while nobody types.

    A button with `data-armed` waits until `subject` has been on the screen for half a second: nothing is signed unseen.
    """

    library = _PATHS["keys.jsx"]
    tag = "Keys"
    subject: rx.Var[str]


def keys_attr(keys: str, *, armed: bool = False) -> dict[str, str]:
    """The attributes of a button that `keys` press ("enter c"); `armed` ones wait until their subject was shown."""
    return {"data-keys": keys} | ({"data-armed": ""} if armed else {})


def part(component: type[rx.Component], *children: Any, **props: Any) -> rx.Component:
    """Create one of these components with typed call sites."""
    create: Callable[..., rx.Component] = component.create
    return create(*children, **props)
