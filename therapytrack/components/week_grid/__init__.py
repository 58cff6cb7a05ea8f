"""The week as a grid of hours: what is dragged must follow the pointer at once. The rest is Python.

Every meeting is a button: Enter opens it; M takes it up, the arrows move it by a day or five minutes, Enter puts it
down, Escape lets it go. Nothing is stored in the browser.
"""

from typing import Any

import reflex as rx

_LIBRARY = rx.asset("week_grid.jsx", shared=True).importable_path


def _place_spec(key: rx.Var[str], day: rx.Var[str], minutes: rx.Var[int]) -> list[rx.Var[Any]]:
    return [key, day, minutes]


def _empty_spec(day: rx.Var[str], minutes: rx.Var[int]) -> list[rx.Var[Any]]:
    return [day, minutes]


class WeekGrid(rx.Component):
    """Columns of `days` (DayView) with `meetings` (MeetingView), from minute `first` to `last` of the day.

    `on_pick(key)`, `on_move(key, day, minutes)`, `on_empty(day, minutes)` where nothing is; `may_add`: whether it may
    be asked for.
    """

    library = _LIBRARY
    tag = "WeekGrid"
    days: rx.Var[list[Any]]
    meetings: rx.Var[list[Any]]
    first: rx.Var[int]
    last: rx.Var[int]
    may_add: rx.Var[bool]
    on_pick: rx.EventHandler[rx.event.passthrough_event_spec(str)]  # type: ignore[type-arg, valid-type]
    on_move: rx.EventHandler[_place_spec]  # type: ignore[type-arg, valid-type]
    on_empty: rx.EventHandler[_empty_spec]  # type: ignore[type-arg, valid-type]


class HoursFollow(rx.Component):
    """In a form with the time fields `starts` and `ends`: when the first changes, the second keeps the length."""

    library = _LIBRARY
    tag = "HoursFollow"


class ChosenNames(rx.Component):
    """A line that names who is ticked in the list at the selector `scope`, whose rows carry their names to search."""

    library = _LIBRARY
    tag = "ChosenNames"
    scope: rx.Var[str]
