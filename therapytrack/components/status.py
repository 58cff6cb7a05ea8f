"""Tags, marks, bars and sparklines: colour never speaks alone, each has a shape and words."""

from typing import Any

import reflex as rx

from therapytrack.components.icons import icon

MARKS = {
    "on_track": ("good", "M5.5 .5a5 5 0 1 0 0 10a5 5 0 1 0 0-10z"),
    "watch": ("warn", "M5.5 .5a5 5 0 1 0 0 10a5 5 0 1 0 0-10zM5.5 1.9a3.6 3.6 0 0 1 0 7.2z"),
    "off_track": ("bad", "M5.5 .8L10.8 10.2H.2z"),
    "too_few": ("mute", "M5.5 .5a5 5 0 1 0 0 10a5 5 0 1 0 0-10zM5.5 2a3.5 3.5 0 0 1 0 7a3.5 3.5 0 0 1 0-7z"),
}


def avatar(letters: Any, *, large: bool = False) -> rx.Component:
    """A person's initials on a quiet ground; decoration, since the name stands beside it."""
    return rx.el.span(letters, class_name="av l" if large else "av", aria_hidden="true")


def tag(text: Any, tone: Any = "", icon_name: str = "") -> rx.Component:
    """A small label; `tone` is "", "good", "warn", "bad", "info" or "cue"; with " long" its words may wrap."""
    drawn = [icon(icon_name, 13)] if icon_name else []
    return rx.el.span(*drawn, text, class_name=rx.Var.create("tag ") + tone)


def due_tag(text: Any, tone: Any) -> rx.Component:
    """How far off a date is: a tag with a clock when it is near, with a warning sign when it has passed, else words."""
    return rx.match(
        tone,
        ("bad", tag(text, "bad", "circle_alert")),
        ("warn", tag(text, "warn", "clock")),
        rx.el.span(text, class_name="sub-line"),
    )


def _drawn_mark(status: str, label: Any) -> rx.Component:
    tone, path = MARKS[status]
    spoken = {"aria_hidden": "true"} if isinstance(label, str) and not label else {"role": "img", "aria_label": label}
    return rx.el.svg(
        rx.el.path(d=path, fill="currentColor", fill_rule="evenodd"),
        view_box="0 0 11 11",
        class_name=f"mark {tone}",
        **spoken,
    )


def goal_mark(status: Any, label: Any) -> rx.Component:
    """One goal's standing: filled disc, half disc, triangle or ring.

    `label` says which goal and how it stands; "" where these words stand beside the mark.
    """
    cases = [(name, _drawn_mark(name, label)) for name in MARKS if name != "too_few"]
    return rx.match(status, *cases, _drawn_mark("too_few", label))


def minutes_bar(minutes: Any) -> rx.Component:
    """Minutes given of minutes mandated, as `services.caseload_rows.MinutesView`."""
    done, due, share, pace, behind = minutes.done, minutes.due, minutes.share, minutes.pace, minutes.behind
    short = rx.cond(minutes.short != "", rx.fragment(rx.el.span(" · "), rx.el.b(minutes.short)), rx.fragment())
    words = rx.cond(behind > 0, rx.el.span(behind, " behind", class_name="behind-n"), rx.fragment())
    further = rx.cond(minutes.more == 1, " more mandate", " more mandates")
    beside = rx.el.div("and ", minutes.more, further, class_name="sub-line")
    drawn = rx.el.svg(
        rx.el.rect(class_name="track", y="3", width="100%", height="6", rx="3"),
        rx.el.rect(class_name="done", y="3", width=share, height="6", rx="3"),
        rx.el.rect(class_name="pace", x=pace, width="2", height="12"),
        class_name=rx.cond(behind > 0, "bar behind", "bar"),
        aria_hidden="true",
    )
    return rx.el.div(
        rx.el.div(rx.el.b(done, class_name="b"), rx.el.span(" of ", due, class_name="t2"), words),
        drawn,
        rx.el.div(minutes.period, short, class_name="sub-line"),
        rx.cond(minutes.more > 0, beside, rx.fragment()),
        class_name="minutes",
    )


def sparkline(line: Any, dot: Any, target: Any, label: Any) -> rx.Component:
    """Paths of domain.sparkline in a box of 80 by 24: the last points, the newest one, the target; `label` in words."""
    drawn = rx.el.svg(
        rx.el.path(d=target, stroke="var(--text3)", stroke_dasharray="1.5 3"),
        rx.el.path(d=line, fill="none", stroke="currentColor", stroke_width="1.75", stroke_linejoin="round"),
        rx.el.path(d=dot, stroke="currentColor", stroke_width="5.5", stroke_linecap="round"),
        view_box="0 0 80 24",
        class_name="spark",
        role="img",
        aria_label=label,
    )
    return rx.cond(label != "", drawn, rx.el.span("No data yet", class_name="t3 s12"))
