"""Co-scoring of a session: two people score the same trials apart from each other, and how far they agree."""

from typing import Any

import reflex as rx

from therapytrack.components.agreement import agreement_list
from therapytrack.components.buttons import link_button
from therapytrack.components.feedback import empty_state, error_panel, not_found_panel
from therapytrack.components.layout import page_title, shell
from therapytrack.components.skeletons import form_skeleton
from therapytrack.state.session_agreement import SessionAgreementState

State: Any = SessionAgreementState
HOW = (
    "A colleague who may record these students opens this page and scores along: she sees her own marks alone, and "
    "they count in no chart, note or minute. The two are compared once the session is finished."
)
ENDED = "The session has ended: nobody can score along any more."


def _agreement() -> rx.Component:
    none = empty_state("Nobody scored along yet", "The agreement on each goal stands here then.")
    waits = empty_state("Compared when the session is finished", "Until then each scorer goes by what she sees.")
    found = rx.cond(State.lines.length() > 0, agreement_list(State.lines, State.in_all), none)
    return rx.el.section(
        rx.el.div(rx.el.h2("Agreement"), class_name="panel-h"),
        rx.cond(State.finished, found, waits),
        class_name="card clip",
        aria_label="Agreement",
    )


def _content() -> rx.Component:
    along = link_button("Score along", "square_pen", href="/sessions/" + State.session_id + "?second=1", kind="pri")
    start = rx.el.section(
        rx.el.h2("Second scorer"),
        rx.el.p(HOW, class_name="t2"),
        rx.cond(State.can_score, rx.el.div(along), rx.fragment()),
        rx.cond(State.finished, rx.el.p(ENDED, class_name="t2"), rx.fragment()),
        class_name="card pad-l stack",
        aria_label="Second scorer",
    )
    return rx.el.div(start, _agreement(), class_name="stack narrow")


def session_agreement() -> rx.Component:
    """The page /sessions/ID/agreement."""
    failed = rx.cond(State.problem != "", error_panel(State.problem, State.enter), form_skeleton(3))
    back = link_button("Session", "arrow_left", href="/sessions/" + State.session_id)
    return shell(
        rx.cond(State.missing, not_found_panel(), rx.cond(State.session_id != "", _content(), failed)),
        active="today",
        title="Co-scoring",
        subtitle=State.title,
        actions=[rx.cond(State.session_id != "", back, rx.fragment())],
    )


PAGE = {"route": "/sessions/[session_id]/agreement", "title": page_title("Co-scoring"), "on_load": State.enter}
