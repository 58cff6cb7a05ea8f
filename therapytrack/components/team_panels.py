"""The dialogs of the team page: inviting somebody, one person's place, and the two questions before a lasting act."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import button, link
from therapytrack.components.dialog import dialog, first
from therapytrack.components.feedback import banner
from therapytrack.components.forms import date_field, error_of, select_field, text_field, tick_field
from therapytrack.components.islands import FocusInvalid
from therapytrack.components.keyboard import search_box
from therapytrack.components.proof import proof_panel
from therapytrack.domain.member_place import CLINICAL_ROLES
from therapytrack.domain.people import DISCIPLINES
from therapytrack.domain.us_states import US_STATES
from therapytrack.state.team import TeamState
from therapytrack.state.team_invites import TICK

Desk: Any = TeamState
REMOVING = (
    "Sign-ins, rights on students and supervision links end at once. Notes and data stay. A later invitation brings "
    "none of the rights back."
)
OFFERING = (
    "You stay the owner until the offer is accepted on this page, with the other person's password, within seven days. "
    "You are an admin afterwards, and only the new owner can change that."
)
STATE_HINT = "Supervision, and what an assistant's notes may say, go by the rules of this state."
ROLE_HINT = "What this person does with students. Access to each student is given apart."


def _said() -> rx.Component:
    """What is wrong, and the question for the password, inside the dialog: the page beneath cannot be reached.

    It stands before the dialog's own form, since a form holds no other.
    """
    said = rx.el.div(banner(Desk.problem, "bad"), proof_panel(), class_name="said")
    return rx.fragment(said, FocusInvalid.create(errors=Desk.field_errors))


def _place_fields(clinical: Any, discipline: Any, until: Any, *ticks: rx.Component) -> rx.Component:
    errors = Desk.field_errors
    return rx.el.div(
        select_field(
            "clinical",
            "Role",
            list(CLINICAL_ROLES.items()),
            error=error_of(errors, "clinical"),
            hint=ROLE_HINT,
            default_value=clinical,
        ),
        select_field(
            "discipline",
            "Discipline",
            [("", "None"), *DISCIPLINES.items()],
            error=error_of(errors, "discipline"),
            span="c6",
            default_value=discipline,
        ),
        date_field("until", "Last day", error=error_of(errors, "until"), optional=True, span="c6", default_value=until),
        rx.el.div(*ticks, class_name="stack tight"),
        class_name="fields",
    )


def _student(one: Any) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="checkbox", name=TICK + one.id),
        rx.el.span(one.name, rx.el.small(one.grade, class_name="sub-line")),
        class_name="tick",
        key=one.id,
        custom_attrs={"data-search": one.name},
    )


def _students() -> rx.Component:
    chosen = rx.el.div(
        search_box("Search students", ".roll"),
        rx.el.div(rx.foreach(Desk.roster, _student), class_name="roll"),
        rx.el.div(
            rx.el.span("With the right to view, and to", class_name="label"),
            tick_field("right_edit", "record and write notes", default_checked=True),
            tick_field("right_export", "export"),
            tick_field("right_generate", "draft"),
            class_name="stack tight",
        ),
        class_name="stack",
    )
    later = rx.el.div(
        rx.el.p("None yet. You can give access later, student by student.", class_name="t2 s14"),
        rx.el.div(button("Choose students", "users", small=True, on_click=Desk.choose_students), class_name="row"),
        class_name="stack tight",
    )
    errors = Desk.field_errors
    return rx.el.fieldset(
        rx.el.legend("Students"),
        rx.cond(Desk.roster.length() > 0, chosen, later),
        rx.el.p(error_of(errors, "students"), error_of(errors, "rights"), class_name="error", role="alert"),
    )


def invite_panel() -> rx.Component:
    """An invitation: an address is enough, everything else stands at what is asked for most."""
    admin = rx.cond(
        Desk.may_make_admins,
        tick_field("admin", "Admin: invites and manages people (takes your password)"),
        rx.el.p("Only the owner can invite an admin.", class_name="s13 t2"),
    )
    form = rx.el.form(
        text_field(
            "email",
            "Email",
            error=error_of(Desk.field_errors, "email"),
            type="email",
            auto_complete="off",
            custom_attrs=first(),
        ),
        _place_fields("assistant", Desk.discipline, "", admin, tick_field("billing", "Billing: sees invoices")),
        _students(),
        rx.el.div(
            button(rx.cond(Desk.busy, "Sending", "Send invitation"), "send", kind="pri", type="submit"),
            button("Cancel", kind="ghost", on_click=Desk.close_panel),
            class_name="form-foot",
        ),
        key=Desk.form_key,
        on_submit=Desk.send_invite,
        class_name="pad-m stack",
        aria_label="Invite",
        no_validate=True,
    )
    return dialog("Invite", _said(), form, on_shut=Desk.close_panel, side=True)


def _lasting() -> rx.Component:
    one = Desk.subject
    shut_out = rx.cond(
        one.suspended,
        button("Resume", "rotate_cw", on_click=Desk.resume),
        button("Suspend", "pause", on_click=Desk.suspend),
    )
    offer = rx.cond(Desk.may_transfer, button("Offer ownership", "key_round", on_click=Desk.ask_offer), rx.fragment())
    stays = rx.el.p(
        "A workspace always has one owner. To step back, offer the ownership to somebody else.", class_name="s14 t2"
    )
    acts = rx.el.div(
        shut_out, offer, button("Remove", "user_minus", kind="danger", on_click=Desk.ask_remove), class_name="row wrap"
    )
    return rx.el.section(
        rx.el.h3("More"), rx.cond(one.is_owner, stays, acts), class_name="pad-m stack tight ruled", aria_label="More"
    )


def person_panel() -> rx.Component:
    """One person's place, and what can be done besides changing it."""
    one = Desk.subject
    admin = rx.cond(
        one.is_owner,
        rx.el.input(type="hidden", name="admin", value="owner", read_only=True),
        rx.cond(
            Desk.may_make_admins,
            tick_field("admin", "Admin: invites and manages people", default_checked=one.is_admin),
            rx.el.p("Only the owner can make somebody an admin.", class_name="s13 t2"),
        ),
    )
    billing = tick_field("billing", "Billing: sees invoices", default_checked=one.billing)
    form = rx.el.form(
        rx.el.p(one.role, class_name="t2"),
        _place_fields(one.clinical, one.discipline, one.until, admin, billing),
        select_field(
            "us_state",
            "State whose rules hold here",
            [("", "As the workspace"), *US_STATES.items()],
            error=error_of(Desk.field_errors, "us_state"),
            hint=STATE_HINT,
            default_value=one.us_state,
        ),
        rx.el.p("A change of role takes your password and signs this person out once.", class_name="s13 t2"),
        rx.el.div(
            button("Save", "check", kind="pri", type="submit", custom_attrs=first()),
            button("Cancel", kind="ghost", on_click=Desk.close_panel),
            class_name="form-foot",
        ),
        key=Desk.form_key,
        on_submit=Desk.save_person,
        class_name="pad-m stack",
        aria_label="Change",
        no_validate=True,
    )
    return dialog(one.name, _said(), form, _lasting(), on_shut=Desk.close_panel, side=True)


def _question(title: Any, words: list[Any], act: rx.Component) -> rx.Component:
    return dialog(
        title,
        _said(),
        rx.el.div(
            *[rx.el.p(one) for one in words],
            rx.el.div(act, button("Cancel", on_click=Desk.close_panel, custom_attrs=first()), class_name="form-foot"),
            class_name="pad-m stack",
        ),
        on_shut=Desk.close_panel,
    )


def remove_panel() -> rx.Component:
    """The question before somebody is removed."""
    one = Desk.subject
    named = rx.fragment(
        rx.el.b(one.manages, " students name this person as case manager. "),
        link("Hand over the caseload", href="/team/handover", class_name="link"),
        " first.",
    )
    words = [REMOVING, rx.cond(one.manages > 0, named, "")]
    act = button("Remove", "user_minus", kind="danger", on_click=Desk.remove)
    return _question("Remove " + one.name + "?", words, act)


def offer_panel() -> rx.Component:
    """The question before the workspace is offered."""
    act = button("Offer ownership", "key_round", kind="pri", on_click=Desk.offer)
    words = [OFFERING, "It opens no student's record to either of you."]
    return _question("Offer the workspace to " + Desk.subject.name + "?", words, act)


def panels() -> rx.Component:
    """The dialog that is open, if any."""
    return rx.match(
        Desk.panel,
        ("invite", invite_panel()),
        ("person", person_panel()),
        ("remove", remove_panel()),
        ("offer", offer_panel()),
        rx.fragment(),
    )
