"""A note's text in the browser: it saves itself, survives a lost connection, and shows both texts on a conflict.

`use_note.jsx` is shared with the live session; `note_editor.jsx` is the editor of the notes page, `keys.jsx` lets keys
press buttons that carry `data-keys`.
"""

from collections.abc import Callable
from typing import Any

import reflex as rx

_FILES = ("use_note.jsx", "note_template.jsx", "note_editor.jsx", "keys.jsx", "placeholders.jsx", "saved_text.jsx")
_PATHS = {name: rx.asset(name, shared=True).importable_path for name in _FILES}


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


def read_spec(entry: rx.Var[str], version: rx.Var[int]) -> tuple[rx.Var[str], rx.Var[int]]:
    """What is sent once the text of this version was on the screen for a moment."""
    return (entry, version)


class NoteEditor(rx.Component):
    """The text with its phrases and buttons. `answer` changes with every answer of the server, so that buttons wake.

    `actions` are {name, label, primary}; the primary one also answers Ctrl/Cmd-Enter. `data_text` is what the chip
    "Scores" writes; `offers` are templates filled for this note: {id, name, text, values: {value, source}}.
    `listed`: it is one of a list that can be signed together, so that `on_read` tells what was read.
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
    offers: rx.Var[list[Any]]
    listed: rx.Var[bool]
    on_save: rx.EventHandler[save_spec]  # type: ignore[type-arg, valid-type]
    on_act: rx.EventHandler[act_spec]  # type: ignore[type-arg, valid-type]
    on_read: rx.EventHandler[read_spec]  # type: ignore[type-arg, valid-type]


class SavedText(rx.Component):
    """A text that saves itself over its version; `record` names it and goes back with it. `lang`: its language."""

    library = _PATHS["saved_text.jsx"]
    tag = "SavedText"
    record: rx.Var[str]
    label: rx.Var[str]
    text: rx.Var[str]
    version: rx.Var[int]
    lang: rx.Var[str]
    rows: rx.Var[int]
    on_save: rx.EventHandler[save_spec]  # type: ignore[type-arg, valid-type]


class Placeholders(rx.Component):
    """Chips that write a placeholder at the cursor of the text area whose id is `field`; `choices`: [name, words]."""

    library = _PATHS["placeholders.jsx"]
    tag = "Placeholders"
    field: rx.Var[str]
    choices: rx.Var[list[Any]]


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
