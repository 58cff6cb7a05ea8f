"""The frame of every page: navigation, heading, the person at the foot; a rail on tablets, a bar of tabs on phones."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from therapytrack.components.buttons import button, link, link_button
from therapytrack.components.emergency import glass_banner
from therapytrack.components.forms import http_form
from therapytrack.components.icons import brand_mark, icon
from therapytrack.components.islands import CloseOnEscape
from therapytrack.components.keyboard import keys_layer
from therapytrack.components.proof import proof_panel
from therapytrack.components.status import avatar
from therapytrack.state.shell import ShellState

Crumb = tuple[Any, Any]


def page_title(name: str) -> str:
    """The window's title: the page, never a student."""
    return f"{name} · TherapyTrack"


def _nav_link(
    label: str, icon_name: str, href: str, current: bool, count: Any = None, *, wide: bool = False
) -> rx.Component:
    """One place of the navigation; `wide`: not among the tabs of a phone."""
    shown = [] if count is None else [rx.cond(count > 0, rx.el.span(count, class_name="count"), rx.fragment())]
    current_attr = {"aria_current": "page"} if current else {}
    return rx.el.li(
        link(
            icon(icon_name, 20),
            rx.el.span(label, class_name="t"),
            *shown,
            href=href,
            class_name="nav-a",
            **current_attr,
        ),
        class_name="hide-m" if wide else "",
    )


def _person() -> rx.Component:
    person = ShellState.person
    return rx.el.details(
        rx.el.summary(
            rx.el.span("Account", class_name="sr"),
            avatar(person.initials),
            rx.el.span(
                rx.el.span(person.name, class_name="b trunc"),
                rx.el.small(person.line, class_name="sub-line trunc"),
                class_name="grow",
            ),
        ),
        rx.el.div(
            link_button("Settings", "settings", href="/settings/profile", kind="ghost"),
            rx.cond(
                ShellState.sees_activity | (ShellState.alarms > 0),
                link_button("Activity", "history", href="/activity", kind="ghost"),
                rx.fragment(),
            ),
            link_button("Reports", "file_text", href="/reports", kind="ghost"),
            rx.cond(
                ShellState.sees_supervision,
                link_button("Supervision", "users_round", href="/supervision", kind="ghost"),
                rx.fragment(),
            ),
            link_button("Workspaces", "building_2", href="/workspaces", kind="ghost"),
            button("Keys", "keyboard", kind="ghost", custom_attrs={"data-keys-list": ""}),
            http_form(button("Sign out", "log_out", kind="ghost", type="submit"), action="/auth/sign-out", wipe=True),
            http_form(
                button("Sign out everywhere", "shield", kind="ghost", type="submit"),
                action="/auth/sign-out-everywhere",
                wipe=True,
            ),
            class_name="who-menu",
        ),
        CloseOnEscape.create(),
        class_name="who",
    )


def navigation(active: str) -> rx.Component:
    """The landmark "Main"; `active` is the first word of the page's address, such as "today" or "co-sign"."""
    supervision = _nav_link("Supervision", "users_round", "/supervision", active == "supervision", wide=True)
    cosign = _nav_link("Co-sign", "signature", "/co-sign", active == "co-sign", ShellState.to_cosign)
    return rx.el.nav(
        rx.el.div(brand_mark(), rx.el.span("TherapyTrack"), class_name="brand"),
        rx.el.ul(
            _nav_link("Today", "sun", "/today", active == "today"),
            _nav_link("Caseload", "users", "/caseload", active == "caseload"),
            _nav_link("Schedule", "calendar_days", "/schedule", active == "schedule"),
            _nav_link("Notes", "square_pen", "/notes", active == "notes", ShellState.unsigned),
            _nav_link("Reports", "file_text", "/reports", active == "reports", wide=True),
            rx.cond(ShellState.may_cosign, cosign, rx.fragment()),
            rx.cond(ShellState.sees_supervision, supervision, rx.fragment()),
            _nav_link("Team", "contact", "/team", active == "team"),
            class_name="nav-list",
        ),
        rx.el.ul(
            rx.cond(
                ShellState.sees_activity | (ShellState.alarms > 0),
                _nav_link("Activity", "history", "/activity", active == "activity", ShellState.alarms, wide=True),
                rx.el.li(class_name="nav-a held", aria_hidden="true"),
            ),
            _nav_link("Settings", "settings", "/settings/profile", active == "settings", wide=True),
            class_name="nav-list nav-foot hide-m",
        ),
        _person(),
        class_name="nav",
        aria_label="Main",
    )


def crumbs_of(crumbs: Sequence[Crumb]) -> rx.Component:
    """The way back: (words, address) each, the nearest last; the page itself has the address ""."""
    parts: list[rx.Component] = []
    for words, href in crumbs:
        here = isinstance(href, str) and not href
        parts.append(
            rx.el.li(words, aria_current="page") if here else rx.el.li(link(words, href=href), class_name="row")
        )
        parts.append(rx.el.li(icon("chevron_right", 13), aria_hidden="true"))
    return rx.el.nav(rx.el.ol(*parts[:-1], class_name="crumbs"), aria_label="Breadcrumb")


def heading(
    title: Any, subtitle: Any = "", actions: Sequence[rx.Component] = (), crumbs: Sequence[Crumb] = ()
) -> rx.Component:
    """The page's h1 with a line beneath and its actions at the right."""
    sub = [] if isinstance(subtitle, str) and not subtitle else [rx.el.p(subtitle, class_name="sub")]
    above = [crumbs_of(crumbs)] if crumbs else []
    return rx.el.header(rx.el.div(*above, rx.el.h1(title), *sub, class_name="grow"), *actions, class_name="topbar")


def shell(
    *children: Any,
    active: str = "caseload",
    title: Any = "",
    subtitle: Any = "",
    actions: Sequence[rx.Component] = (),
    crumbs: Sequence[Crumb] = (),
    asks_proof: bool = True,
) -> rx.Component:
    """A page of the product: skip link, navigation, heading (none when `title` is ""), content.

    `asks_proof=False` where the page itself has a place for `proof_panel`, such as an open dialog.
    """
    top = [] if isinstance(title, str) and not title else [heading(title, subtitle, actions, crumbs)]
    proof = [proof_panel()] if asks_proof else []
    return rx.el.div(
        rx.el.a("Skip to the page", href="#main", class_name="skip"),
        navigation(active),
        rx.el.main(*top, glass_banner(), *proof, *children, id="main", tab_index=-1, class_name="main"),
        keys_layer(active),
        class_name="shell",
    )


def page_style(name: str) -> rx.Component:
    """The style that few pages need, from assets/NAME.css: it comes with the page, which waits for it.

    It stands before the style of all pages: its rules are nested in `html`, which is just enough to win over an equal.
    """
    return rx.el.link(rel="stylesheet", href=f"/{name}.css", custom_attrs={"precedence": "default"})


def gate(*children: Any, aside: rx.Component) -> rx.Component:
    """The frame of the pages before sign-in: the form at the left, `aside` beside or beneath it."""
    return rx.el.div(
        page_style("gate"),
        rx.el.main(
            rx.el.div(brand_mark(), rx.el.span("TherapyTrack"), class_name="brand"),
            *children,
            id="main",
            class_name="gate-a",
        ),
        rx.el.aside(aside, class_name="gate-b", aria_label="About TherapyTrack"),
        class_name="gate",
    )
