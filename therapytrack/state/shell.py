"""Who is signed in and what waits for her: the frame around every page."""

from dataclasses import dataclass

import reflex as rx


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
