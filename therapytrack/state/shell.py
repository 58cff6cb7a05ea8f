"""Who is signed in and what waits for her: the frame around every page."""

from dataclasses import dataclass, is_dataclass
from itertools import repeat
from typing import Any

import reflex as rx
from reflex_base.event import Event


@dataclass(frozen=True, slots=True)
class PersonView:
    """The signed-in person as the foot of the navigation shows her."""

    name: str = ""
    initials: str = ""
    line: str = ""


@dataclass(frozen=True, slots=True)
class GlassView:
    """Emergency access that lasts: to whom, until when in words, and as milliseconds for the clock in the browser."""

    student_id: str
    name: str
    until: str
    until_ms: int


class ShellState(rx.State):
    """What the frame shows on every page."""

    person: PersonView = PersonView()
    ended: bool = False  # her sign-in: nothing that was shown stays
    single_keys: bool = False  # until it is known that she wants them
    unsigned: int = 0
    to_cosign: int = 0
    may_cosign: bool = False
    sees_supervision: bool = False
    sees_activity: bool = False
    alarms: int = 0
    demo_password: str = ""
    may_break_glass: bool = False
    glass: list[GlassView] = []
    still_open: str = rx.SessionStorage(name="tt-open")  # see the module of that name
    _returned: bool = False  # the tab has reconnected, and its page is being asked for again
    _early: tuple[Event, ...] = ()  # what the tab sent meanwhile

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Let all tabs share the first values that nobody can change; a copy of each for each tab is what they cost."""
        super().__init_subclass__(**kwargs)
        for one in cls.__own_fields__.values():
            if never_changes(first := one.default_value()):
                one.set_default(default_factory=repeat(first).__next__)


def never_changes(value: object) -> bool:
    """Whether `value` is a frozen view all of whose parts are frozen too: only such have a hash."""
    try:
        return is_dataclass(value) and isinstance(hash(value), int)
    except TypeError:
        return False
