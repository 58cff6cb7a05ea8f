"""Supervision: percentages and days since observed for each assistant, contacts apart from co-signatures, the rule."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import button, go_button
from therapytrack.components.feedback import banner, empty_state, error_panel, skeleton_card
from therapytrack.components.forms import date_field, error_of, select_field, text_area, text_field, tick_field
from therapytrack.components.islands import FocusInvalid
from therapytrack.components.layout import page_title, shell
from therapytrack.components.status import due_tag, tag
from therapytrack.components.tables import cell, data_table, facts, fold_row
from therapytrack.domain.supervision_form import EVERY_DISCIPLINE, KINDS, LONGEST_TOPIC, METHODS
from therapytrack.domain.us_states import US_STATES
from therapytrack.state.shell import ShellState
from therapytrack.state.supervision import SupervisionState

Desk: Any = SupervisionState
NOT_LEGAL = "Rules are data that your workspace checks against its own state's text. This is not legal advice."


def _share(share: Any) -> rx.Component:
    return rx.el.span(
        rx.el.span(share.minutes, class_name="sub-line"), rx.cond(share.asked != "", tag(share.asked, share.tone), "")
    )


def _observed(one: Any) -> rx.Component:
    return fold_row(
        rx.el.th(one.name, scope="row", role="rowheader"),
        cell(due_tag(one.due, one.tone), class_name="nowrap"),
        cell(one.since, label="Last observed", class_name="whole"),
    )


def _students(one: Any) -> rx.Component:
    columns = ["Student", "Next", "Last observed"]
    table = data_table("Students and days since observed", columns, rx.foreach(one.students, _observed), folds=True)
    return rx.cond(one.students.length() > 0, rx.el.div(table, class_name="dense"), rx.fragment())


def _assistant(one: Any) -> rx.Component:
    checked = rx.cond(one.verified, tag("Checked by your workspace", "good"), tag("Unverified default", "warn"))
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                rx.el.h2(one.name), rx.el.p("supervised by ", one.supervisors, class_name="sub-line"), class_name="grow"
            ),
            rx.cond(one.late != "", tag(one.late, "bad", "circle_alert"), rx.fragment()),
            class_name="panel-h",
        ),
        facts(
            ("Supervised", one.total.percent, _share(one.total)),
            ("Directly", one.direct.percent, _share(one.direct)),
            ("Time looked at", one.period, "treatment minutes of the assistant's own sessions"),
            wide=True,
            framed=False,
        ),
        rx.el.div(
            rx.el.p(one.rule, " ", checked, class_name="s14"),
            rx.el.p(one.source, class_name="s13 t2"),
            class_name="pad-m stack tight",
        ),
        _students(one),
        class_name="card clip",
        aria_label=one.name,
    )


def _contact_form() -> rx.Component:
    errors = Desk.field_errors
    return rx.el.form(
        rx.el.h2("Log a contact"),
        rx.el.input(type="hidden", name="contact_id", value=Desk.form_key, read_only=True),
        FocusInvalid.create(errors=errors),
        rx.el.div(
            select_field("assistant", "Assistant", Desk.assistants, error=error_of(errors, "assistant"), span="c12"),
            select_field(
                "student",
                "About",
                Desk.students,
                none="Nobody in particular",
                error=error_of(errors, "student"),
                span="c12",
            ),
            select_field("kind", "Kind", list(KINDS.items()), error=error_of(errors, "kind"), span="c12"),
            select_field("method", "How", list(METHODS.items()), error=error_of(errors, "method"), span="c12"),
            date_field("held_on", "Day", error=error_of(errors, "held_on"), default_value=Desk.today),
            text_field("minutes", "Minutes", error=error_of(errors, "minutes"), span="c6", input_mode="numeric"),
            text_area(
                "topic", "What it was about", error=error_of(errors, "topic"), optional=True, max_length=LONGEST_TOPIC
            ),
            class_name="fields",
        ),
        rx.el.div(button("Log contact", "check", kind="pri", type="submit"), class_name="form-foot"),
        on_submit=Desk.log,
        key=Desk.form_key,
        no_validate=True,
        class_name="card pad-m stack",
        aria_label="Log a contact",
    )


def _strike(one: Any) -> rx.Component:
    asked = rx.el.form(
        rx.el.input(type="hidden", name="contact", value=one.id, read_only=True),
        text_field("why", "What is wrong with this entry", error=error_of(Desk.field_errors, "why")),
        rx.el.div(
            button("Strike out", type="submit", kind="danger"),
            button("Keep it", kind="ghost", on_click=Desk.ask_why("")),
            class_name="row wrap",
        ),
        on_submit=Desk.strike_out,
        no_validate=True,
        class_name="stack tight grow",
    )
    ask = button("Strike out", kind="ghost", on_click=Desk.ask_why(one.id))
    return rx.cond(one.may_strike, rx.cond(Desk.striking == one.id, asked, ask), rx.fragment())


def _contact(one: Any) -> rx.Component:
    about = rx.cond(one.about != "", rx.fragment(" · ", one.about), rx.fragment())
    return rx.el.li(
        rx.el.div(
            rx.cond(
                one.struck,
                rx.el.p(rx.el.s(one.day, " · ", one.minutes), " ", tag("Struck out", "warn"), class_name="b"),
                rx.el.p(one.day, " · ", one.minutes, class_name="b"),
            ),
            rx.el.p(one.kind, about, " · ", one.people, class_name="sub-line"),
            rx.cond(one.topic != "", rx.el.p(one.topic, class_name="note-text s14"), rx.fragment()),
            rx.cond(one.why != "", rx.el.p("Why: ", one.why, class_name="s13 t2"), rx.fragment()),
            class_name="grow",
        ),
        _strike(one),
        class_name="wrap",
    )


def _log() -> rx.Component:
    return rx.el.section(
        rx.el.div(rx.el.h2("Contacts"), class_name="panel-h"),
        rx.cond(
            Desk.contacts.length() > 0,
            rx.el.ul(rx.foreach(Desk.contacts, _contact), class_name="list"),
            rx.el.p("No contact is logged yet.", class_name="pad-m t2"),
        ),
        class_name="card clip",
        aria_label="Contacts",
    )


def _rule_form() -> rx.Component:
    errors, rule = Desk.field_errors, Desk.rule

    def text(name: str, label: str, value: Any, span: str = "c6") -> rx.Component:
        error = error_of(errors, name)
        return text_field(name, label, error=error, default_value=value, span=span, aria_required="false")

    form = rx.el.form(
        rx.el.p(NOT_LEGAL, " Leave empty what the rule does not ask for.", class_name="t2 s13"),
        FocusInvalid.create(errors=errors),
        rx.el.div(
            select_field(
                "us_state", "State", list(US_STATES.items()), error=error_of(errors, "us_state"), span="c6",
                default_value=rule.us_state,
            ),
            select_field(
                "discipline", "Discipline", [(one, one.upper()) for one in EVERY_DISCIPLINE],
                error=error_of(errors, "discipline"), span="c6", default_value=rule.discipline,
            ),
            date_field(
                "starts_on", "Holds from", error=error_of(errors, "starts_on"), default_value=Desk.today, span="c6"
            ),
            text("period_days", "Period in days", rule.period),
            text("total_percent", "Supervised, %", rule.total),
            text("direct_percent", "Directly, %", rule.direct),
            text("observe_every_days", "Days until each student is seen again", rule.observe, "c12"),
            text("source", "Where it stands", rule.source, "c12"),
            class_name="fields",
        ),
        tick_field("verified", "We checked this rule against its text", default_checked=False),
        tick_field("may_interpret", "Assistants' notes may go beyond data statements", default_checked=rule.interpret),
        rx.el.p(error_of(errors, "may_interpret"), class_name="error", role="alert"),
        rx.el.div(button("Save rule", "check", kind="pri", type="submit"), class_name="form-foot"),
        on_submit=Desk.save_rule,
        key=Desk.rule_key,
        no_validate=True,
        class_name="stack",
        aria_label="Rule",
    )  # fmt: skip
    summary = rx.el.summary(rx.el.h2("Rule"), class_name="pad-m")
    return rx.el.details(summary, rx.el.div(form, class_name="pad-m"), class_name="card")


def _link(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            rx.el.span(one.people, class_name="b"), rx.el.span(one.line, class_name="sub-line"), class_name="grow"
        ),
        button("End", kind="ghost", on_click=Desk.unlink(one.id), aria_label=rx.Var.create("End: ") + one.people),
        class_name="wrap",
    )


def _link_form() -> rx.Component:
    errors = Desk.field_errors
    return rx.el.form(
        rx.el.input(type="hidden", name="link_id", value=Desk.link_key, read_only=True),
        FocusInvalid.create(errors=errors),
        rx.el.div(
            select_field("supervisor", "Supervisor", Desk.supervisors, error=error_of(errors, "supervisor"), span="c6"),
            select_field(
                "link_assistant", "Assistant", Desk.linkable, error=error_of(errors, "link_assistant"), span="c6"
            ),
            date_field(
                "link_starts_on",
                "From",
                error=error_of(errors, "link_starts_on"),
                default_value=Desk.today,
                span="c6",
            ),
            date_field("link_ends_on", "Last day", error=error_of(errors, "link_ends_on"), optional=True, span="c6"),
            class_name="fields",
        ),
        rx.el.div(button("Link", "check", kind="pri", type="submit"), class_name="form-foot"),
        on_submit=Desk.link,
        key=Desk.link_key,
        no_validate=True,
        class_name="pad-m stack ruled",
        aria_label="Link a supervisor with an assistant",
    )


def _links() -> rx.Component:
    return rx.el.section(
        rx.el.div(rx.el.h2("Who supervises whom"), class_name="panel-h"),
        rx.el.ul(rx.foreach(Desk.links, _link), class_name="list"),
        _link_form(),
        class_name="card clip",
        aria_label="Who supervises whom",
    )


def _content() -> rx.Component:
    empty = rx.el.div(
        empty_state(
            "Nobody is supervised here yet", "The owner or an admin links a supervisor with an assistant on this page."
        ),
        class_name="card",
    )
    office_words = rx.el.p("The office of your workspace changes the rule.", class_name="s13 t2")
    return rx.el.div(
        rx.el.div(
            rx.cond(Desk.supervised.length() > 0, rx.foreach(Desk.supervised, _assistant), empty),
            rx.cond(Desk.may_set_rule, _links(), rx.fragment()),
            _log(),
            class_name="stack",
        ),
        rx.el.div(
            rx.cond(Desk.may_log, _contact_form(), rx.fragment()),
            rx.cond(Desk.may_set_rule, _rule_form(), office_words),
            class_name="stack",
        ),
        class_name=rx.cond(Desk.may_log | Desk.may_set_rule, "split wide", "stack"),
    )


def supervision() -> rx.Component:
    """The page /supervision."""
    failed = (Desk.problem != "") & (Desk.supervised.length() == 0)
    others = empty_state("Supervision is for supervisors, assistants and the office", Desk.problem)
    instead = rx.cond(Desk.refused, rx.el.div(others, class_name="card"), error_panel(Desk.problem, Desk.enter))
    loaded = rx.cond(failed, instead, _content())
    return shell(
        rx.cond(failed, rx.fragment(), banner(Desk.problem, "bad")),
        banner(Desk.said, "good"),
        rx.cond(Desk.ready, loaded, skeleton_card(6)),
        active="supervision",
        title="Supervision",
        subtitle="Contacts count here. A co-signature is not supervision.",
        actions=[
            rx.cond(
                ShellState.may_cosign,
                go_button("Assistants' caseloads", "users", href="/supervision/caseloads"),
                rx.fragment(),
            )
        ],
    )


PAGE = {"route": "/supervision", "title": page_title("Supervision"), "on_load": Desk.enter}
