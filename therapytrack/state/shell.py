"""Who is signed in and what waits for her: the frame around every page."""

from dataclasses import dataclass

import reflex as rx


@dataclass(frozen=True, slots=True)
class PersonView:
    """The signed-in person as the foot of the navigation shows her."""

    name: str = ""
    initials: str = ""
    line: str = ""


class ShellState(rx.State):
    """What the navigation shows on every page."""

    person: PersonView = PersonView()
    unsigned: int = 0
    to_cosign: int = 0
    may_cosign: bool = False
    sees_supervision: bool = False
    demo_password: str = ""
