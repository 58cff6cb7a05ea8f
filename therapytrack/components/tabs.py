"""Tabs whose choice the address holds (`?tab=`, the first one without it): they work after a reload and with Back."""

from collections.abc import Sequence

import reflex as rx

_LIBRARY = rx.asset("tabs.jsx", shared=True).importable_path


class _Island(rx.Component):
    library = _LIBRARY


class TabBar(_Island):
    """The tabs as links; arrow keys, Home and End move the focus, Enter and Space open."""

    tag = "TabBar"
    label: rx.Var[str]
    base: rx.Var[str]
    tabs: rx.Var[list[tuple[str, str]]]


class TabPanel(_Island):
    """The panel of the tab in the address: its first child when the tab `shown` is that one, else its second."""

    tag = "TabPanel"
    shown: rx.Var[str]
    tabs: rx.Var[list[tuple[str, str]]]


def tab_bar(label: str, base: rx.Var[str], tabs: Sequence[tuple[str, str]]) -> rx.Component:
    """Links to `base`, where the first of `tabs` (code, words) is open, and to the others."""
    return TabBar.create(label=label, base=base, tabs=list(tabs))


def tab_panel(
    shown: rx.Var[str], tabs: Sequence[tuple[str, str]], panel: rx.Component, waiting: rx.Component
) -> rx.Component:
    """`panel` once the tab of the address has been loaded, `waiting` until then."""
    return TabPanel.create(panel, waiting, shown=shown, tabs=list(tabs))
