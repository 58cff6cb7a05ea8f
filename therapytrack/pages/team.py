"""The team: who is here in which role, who is invited, and for the office a way to change it."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import button, link_button
from therapytrack.components.feedback import banner, error_panel, skeleton_card
from therapytrack.components.forms import http_form
from therapytrack.components.icons import icon
from therapytrack.components.islands import copy_button
from therapytrack.components.layout import page_title, shell
from therapytrack.components.proof import demo_hint, password_fields, proof_panel
from therapytrack.components.status import avatar, tag
from therapytrack.components.tables import cell, data_table, fold_row
from therapytrack.components.team_panels import panels
from therapytrack.state.team import TeamState

Desk: Any = TeamState


def _name(one: Any) -> rx.Component:
    return rx.el.th(
        rx.el.div(
            avatar(one.initials),
            rx.el.span(
                one.name,
                rx.cond(one.me, rx.fragment(" ", tag("You", "info")), rx.fragment()),
                rx.cond(one.state != "", rx.fragment(" ", tag(one.state, "warn", "pause")), rx.fragment()),
                rx.el.small(one.below),
            ),
            class_name="stu",
        ),
        scope="row",
        role="rowheader",
        class_name="whole",
    )


def _role(one: Any) -> rx.Component:
    return cell(one.role, rx.el.span(one.can, class_name="sub-line"), class_name="t-role whole")


def _office_row(one: Any) -> rx.Component:
    until = rx.cond(one.until != "", rx.el.span("until ", one.until, class_name="sub-line"), rx.fragment())
    change = button("Change", small=True, on_click=Desk.open_person(one.id), aria_label="Change " + one.name)
    act = rx.cond(one.why_not == "", change, rx.el.span(one.why_not, class_name="s13 t2"))
    return fold_row(
        _name(one),
        _role(one),
        cell(one.since, until, label="Since"),
        cell(one.last, label="Last active"),
        cell(one.students, label="Students", class_name="num"),
        cell(act, class_name="t-act"),
    )


def _colleague_row(one: Any) -> rx.Component:
    return fold_row(_name(one), _role(one))


def _people() -> rx.Component:
    office = data_table(
        "People",
        ["Name", "Role", "Since", "Last active", "Students", rx.el.span("Actions", class_name="sr")],
        rx.foreach(Desk.people, _office_row),
        folds=True,
    )
    colleagues = data_table("People", ["Name", "Role"], rx.foreach(Desk.people, _colleague_row), folds=True)
    words = rx.el.p(
        "People are invited and changed here by ", rx.el.b(Desk.office), ".", class_name="pad-m s14 t2 ruled"
    )
    return rx.el.section(
        rx.el.div(
            rx.el.h2("People", class_name="grow"),
            rx.cond(Desk.may_invite, rx.fragment(), tag(rx.el.span(Desk.people.length(), " here"))),
            class_name="panel-h",
        ),
        rx.el.div(rx.cond(Desk.may_invite, office, rx.fragment(colleagues, words)), class_name="team"),
        class_name="card clip",
        aria_label="People",
    )


def _invite_acts(one: Any) -> rx.Component:
    def act(label: str, handler: Any) -> rx.Component:
        return button(label, small=True, on_click=handler(one.id, one.version), aria_label=label + ": " + one.email)

    return rx.el.div(
        act("Send again", Desk.resend),
        act("Get the link", Desk.take_link),
        act("Withdraw", Desk.revoke),
        class_name="row wrap",
    )


def _invite(one: Any) -> rx.Component:
    state = rx.cond(one.expired, tag("Link too old", "warn", "clock"), tag(rx.el.span("Link until ", one.until)))
    return rx.el.li(
        rx.el.div(
            rx.el.div(rx.el.span(one.email, class_name="b"), state, class_name="row wrap"),
            rx.el.span(one.role, " · ", one.line, class_name="sub-line"),
            rx.cond(
                one.by_hand, rx.el.span("Its link was handed over by a person", class_name="sub-line"), rx.fragment()
            ),
            class_name="grow",
        ),
        rx.cond(one.why_not == "", _invite_acts(one), rx.el.span(one.why_not, class_name="s13 t2")),
    )


def _invites() -> rx.Component:
    listed = rx.el.ul(rx.foreach(Desk.invites, _invite), class_name="list t-invites")
    none = rx.el.p("Nobody is invited at the moment.", class_name="pad-m t2")
    return rx.el.section(
        rx.el.div(rx.el.h2("Invitations"), class_name="panel-h"),
        rx.cond(Desk.invites.length() > 0, listed, none),
        class_name="card clip",
        aria_label="Invitations",
    )


def _link() -> rx.Component:
    """A link that a person hands over: shown once, since only its hash is kept."""
    shown = rx.el.section(
        rx.el.h2("Link for ", Desk.link.email),
        rx.el.p("It works once and is not shown again. Give it to this person only."),
        rx.el.div(
            rx.el.input(
                value=Desk.link.url,
                read_only=True,
                class_name="input grow",
                aria_label="Invitation link",
                id="invitation-link",
            ),
            copy_button("invitation-link"),
            class_name="row wrap",
        ),
        class_name="card pad-l stack tight",
        aria_label="Invitation link",
    )
    return rx.cond(Desk.link.url != "", shown, rx.fragment())


def _offer() -> rx.Component:
    """The owner sees that her offer stands; the other person answers it with her password."""
    made = rx.el.section(
        rx.el.p("You offered the ownership to ", rx.el.b(Desk.offered_to), ". Until it is accepted nothing changes."),
        button("Withdraw the offer", on_click=Desk.withdraw),
        class_name="card pad-l row wrap",
        aria_label="Offer of ownership",
    )
    in_hand = rx.el.section(
        rx.el.h2(Desk.offered_by, " offers you the ownership of this workspace"),
        rx.el.p(
            "As the owner you govern settings, people and billing; it opens no student's record. The former owner "
            "becomes an admin and is signed out once.",
            class_name="t2",
        ),
        demo_hint(),
        http_form(*password_fields("Accept ownership"), action="/auth/ownership", class_name="stack narrow"),
        rx.el.div(button("Decline", on_click=Desk.decline), class_name="row"),
        class_name="card pad-l stack",
        aria_label="Offer of ownership",
    )
    return rx.fragment(
        rx.cond(Desk.offered_to != "", made, rx.fragment()), rx.cond(Desk.offered_by != "", in_hand, rx.fragment())
    )


def _told() -> rx.Component:
    undo = rx.cond(Desk.can_undo, button("Undo", "undo_2", small=True, on_click=Desk.undo), rx.fragment())
    done = rx.el.div(icon("check", 18), rx.el.span(Desk.done, class_name="grow"), undo, class_name="banner good")
    return rx.fragment(
        rx.el.div(rx.cond(Desk.done != "", done, rx.fragment()), role="status"),
        rx.cond(Desk.panel == "", rx.fragment(banner(Desk.problem, "bad"), proof_panel()), rx.fragment()),
        _link(),
    )


def team() -> rx.Component:
    """The page /team."""
    content = rx.el.div(
        _told(), _offer(), _people(), rx.cond(Desk.may_invite, _invites(), rx.fragment()), class_name="stack"
    )
    failed = rx.cond(
        Desk.ready & (Desk.problem != ""),
        error_panel(Desk.problem, Desk.retry),
        skeleton_card(6),
    )
    invite = button("Invite", "user_plus", kind="pri", on_click=Desk.open_invite)
    return shell(
        rx.cond(Desk.people.length() > 0, content, failed),
        panels(),
        active="team",
        title="Team",
        subtitle="Who is here, and what each may do",
        actions=[
            link_button("Student access", "key_round", href="/team/access"),
            rx.cond(Desk.may_invite, invite, rx.fragment()),
        ],
        asks_proof=False,
    )


PAGE = {"route": "/team", "title": page_title("Team"), "on_load": TeamState.enter}
