"""Icons as inline drawings, one import each (about 0.3 kB): always beside words or inside a named control."""

import reflex as rx


def icon(name: str, size: int = 18) -> rx.Component:
    """The Lucide icon `name` (snake case, a literal: dynamic names would load the whole set), `size` in pixels."""
    return rx.icon(name, size=size, stroke_width=2, aria_hidden="true")


def brand_mark() -> rx.Component:
    """The product's mark: a rising line on a teal ground."""
    return rx.el.svg(
        rx.el.rect(width="26", height="26", rx="7", fill="var(--accent)"),
        rx.el.path(
            d="M6 17.5l4.6-5 3.4 3L19.5 9",
            fill="none",
            stroke="var(--on-accent)",
            stroke_width="2.4",
            stroke_linecap="round",
            stroke_linejoin="round",
        ),
        rx.el.circle(cx="19.6", cy="8.8", r="2.1", fill="var(--on-accent)"),
        view_box="0 0 26 26",
        aria_hidden="true",
    )
