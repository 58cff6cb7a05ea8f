"""A page that stays on the screen while a server that started again reads its record anew.

Such a server knows nothing of the tab: it first sends the blank page, then the record. When the connection goes between
the two, the page would be blank until it is back.
"""

from collections.abc import Callable
from typing import Any

import reflex as rx
from reflex_base.constants.state import FIELD_MARKER

from therapytrack.state.base import SignedInState
from therapytrack.state.shell import ShellState


class Standing(rx.Component):
    """Holds what `state` held last, at the same address, while its `record` is blank and the page waits for it."""

    library = rx.asset("standing.jsx", shared=True).importable_path
    tag = "Standing"
    state: rx.Var[str]
    page: rx.Var[str]
    frame: rx.Var[str]
    record: rx.Var[str]
    ready: rx.Var[str]
    ended: rx.Var[str]


def standing(state: type[SignedInState], record: str, *children: rx.Component) -> rx.Component:
    """`children`, kept on the screen while the var `record` of `state` is blank and the page is not `ready`.

    An answer without the record ends it, as does the end of the sign-in.
    """
    create: Callable[..., rx.Component] = Standing.create
    names: dict[str, Any] = {"record": record, "ready": "ready", "ended": "ended"}
    return create(
        *children,
        state=state.get_full_name(),
        page=SignedInState.get_full_name(),
        frame=ShellState.get_full_name(),
        **{name: var + FIELD_MARKER for name, var in names.items()},
    )
